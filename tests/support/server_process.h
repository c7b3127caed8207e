// A server program that a test starts, kills and starts again. A small keeper process, forked
// before the test makes its first thread or gRPC object, does the forking from then on; when the
// test ends, however it ends, the keeper kills the server and goes.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace lupaus::tests::support {

/// One program at a time. Used by one thread.
class ServerProcess {
 public:
  /// Forks the keeper: no thread may exist yet. `arguments` begins with the program; its output is
  /// appended to `log`.
  ServerProcess(std::vector<std::string> arguments, const std::string& log);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// The one before must have been waited for.
  void start();
  /// Sends the signal at once, with no message to the keeper in between.
  void signal(int number) const;
  /// Waits for its end and gives the status as waitpid does.
  int wait();
  /// It has ended, and nobody has waited for it yet.
  bool has_ended() const;

 private:
  int keeper_ = -1;  ///< socket to the keeper
  pid_t keeper_pid_ = -1;
  pid_t pid_ = -1;
};

}  // namespace lupaus::tests::support
