// `lupaus config show`, `lupaus log verify` and `lupaus restore`: what is done on the files of a
// server. Only lupausd knows them, so they run it, and its exit code is theirs.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "clients/cli/offline.h"

namespace lupaus::clients::cli {
namespace {

struct FileOptions {
  std::string config;
  bool has_origin = false;
  std::string folder;  ///< a data_dir, or a backup
  std::string backup;
  std::string program;  ///< "": beside this one, or on the PATH
};

/// The server's program: as installed, as built, or any on the PATH.
std::string find_program(const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  std::error_code failed;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  for (const char* place : {"lupausd", "../../server/lupausd"}) {
    const auto path = here / place;
    if (!failed && ::access(path.c_str(), X_OK) == 0) return path.string();
  }
  return "lupausd";
}

void run_program(Context& context, const std::string& wanted, std::vector<std::string> words) {
  const std::string program = find_program(wanted);
  words.insert(words.begin(), program);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  context.out().flush();
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ);
  if (failed != 0) {
    return context.fail({"no_program",
                         "cannot run `" + program + "`: " + std::strerror(failed),
                         "name it with --lupausd",
                         {}},
                        kNotFound);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) {
    context.exit_code = WEXITSTATUS(status);
  } else {
    context.fail("`" + program + "` was stopped by signal " + std::to_string(WTERMSIG(status)),
                 WTERMSIG(status) == SIGINT ? kInterrupted : kNo);
  }
}

void add_program(CLI::App& verb, FileOptions& options) {
  verb.add_option("--lupausd", options.program,
                  "The server's program (default: the one installed with this)")
      ->envname("LUPAUS_LUPAUSD")
      ->type_name("FILE");
}

}  // namespace

void add_file_verbs(CLI::App& app, Context& context) {
  {
    auto options = std::make_shared<FileOptions>();
    CLI::App& config = verb_group(app, "config", "The configuration of a server");
    CLI::App* verb = config.add_subcommand("show", "Every key as `lupausd serve` would take it");
    verb->add_option("--config", options->config, "lupaus.yaml")->type_name("FILE");
    verb->add_flag("--origin", options->has_origin,
                   "Also what set it: a place in the file, a variable, or the default");
    add_program(*verb, *options);
    verb->callback([&context, options] {
      std::vector<std::string> words = {"config"};
      if (!options->config.empty()) words.insert(words.end(), {"--config", options->config});
      if (options->has_origin) words.push_back("--origin");
      if (context.form == Form::json || context.form == Form::ndjson) words.push_back("--json");
      run_program(context, options->program, std::move(words));
    });
  }
  {
    auto options = std::make_shared<FileOptions>();
    CLI::App& log = verb_group(app, "log", "The journal of a server that is stopped");
    CLI::App* verb = log.add_subcommand(
        "verify",
        "Reads the whole journal, or a backup's, and compares what it gives with every row");
    verb->add_option("--data-dir,data_dir", options->folder, "data_dir of the server, or a backup")
        ->type_name("DIR")
        ->required();
    add_program(*verb, *options);
    verb->callback([&context, options] {
      std::vector<std::string> words = {"verify", "--data-dir", options->folder};
      if (context.form == Form::json || context.form == Form::ndjson) words.push_back("--json");
      run_program(context, options->program, std::move(words));
    });
  }
  {
    auto options = std::make_shared<FileOptions>();
    CLI::App* verb = app.add_subcommand("restore", "Puts a backup into an empty data_dir");
    verb->add_option("backup", options->backup, "Folder that `lupaus backup` wrote")->required();
    verb->add_option("--data-dir", options->folder, "data_dir of the server to come")
        ->type_name("DIR")
        ->required();
    add_program(*verb, *options);
    verb->callback([&context, options] {
      run_program(context, options->program,
                  {"restore", "--from", options->backup, "--data-dir", options->folder});
    });
  }
}

}  // namespace lupaus::clients::cli
