// `lupaus`: hands the process's words and streams to run().
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "clients/cli/context.h"

namespace {
void interrupted(int) { _exit(lupaus::clients::cli::kInterrupted); }
}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  signal(SIGINT, interrupted);
  // WHY: whoever reads us may have enough, as `head` has. gRPC never writes so that it would
  // signal.
  signal(SIGPIPE, SIG_DFL);
  // WHY: gRPC prints raw lines of its insides before our own sentence says what is wrong. Whoever
  // wants them sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  const std::vector<std::string> words(argv + 1, argv + argc);
  return lupaus::clients::cli::run(words, {std::cin, std::cout, std::cerr,
                                           isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1});
}
