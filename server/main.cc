// lupausd: `serve` runs the server, `dev` shows the whole product, `config`, `verify` and `restore`
// work on files alone. Construct in order, run, stop in reverse.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "rules/calendar/zone.h"
#include "server/config/config.h"
#include "server/config/keys.h"
#include "server/databases.h"
#include "server/dev.h"
#include "server/offline.h"
#include "server/runtime/clock.h"
#include "server/server.h"
#include "server/show_config.h"
#include "server/telemetry/log.h"

namespace {

using lupaus::rules::model::Result;
using lupaus::server::Server;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

constexpr const char* kHelp =
    "usage: lupausd serve --config FILE [--ready-file FILE] [--KEY VALUE...]\n"
    "       lupausd dev [--help]\n"
    "       lupausd config [--config FILE] [--origin] [--json]\n"
    "       lupausd verify --data-dir DIR [--json]\n"
    "       lupausd restore --from BACKUP --data-dir DIR\n"
    "       lupausd --version\n"
    "\n"
    "serve    runs the server; flags like --data-dir, --grpc-listen win over LUPAUS_* variables, "
    "they over the file; serve --help lists them\n"
    "dev      shows everything at work: server, sample book, simulated branches\n"
    "config   every key as serve would take it, and what set it\n"
    "verify   reads the whole journal of a stopped server, or of a backup, and compares what it "
    "gives with every row\n"
    "restore  puts a backup into an empty data_dir\n";

/// The keys of the configuration as flags, variables and in the file.
std::string keys_help() {
  std::string text =
      "\nEvery key of lupaus.yaml as a flag and as a variable (flags win over variables, they over "
      "the file):\n";
  for (const auto& key : lupaus::server::config::keys()) {
    std::string line = "  " + lupaus::server::config::flag_name(key);
    line.resize(std::max<size_t>(line.size() + 1, 42), ' ');
    line += lupaus::server::config::environment_name(key);
    line.resize(std::max<size_t>(line.size() + 1, 84), ' ');
    text += line + std::string(key.path) + (key.is_list ? " (a list; with commas)" : "") + "\n";
  }
  return text;
}

bool is_help(const std::string& word) { return word == "--help" || word == "-h"; }

int complain(const std::string& sentence) {
  std::fprintf(stderr, "lupausd: %s\n", sentence.c_str());
  return kFailed;
}

struct ServeFlags {
  std::string config_file;
  std::string ready_file;
  std::vector<std::string> others;
};

/// Takes --NAME VALUE or --NAME=VALUE out of `arguments` at `i`.
bool take(const std::string& name, const std::vector<std::string>& arguments, size_t& i,
          std::string& value) {
  if (arguments[i].starts_with(name + "=")) {
    value = arguments[i].substr(name.size() + 1);
    return true;
  }
  if (arguments[i] != name || i + 1 == arguments.size()) return false;
  value = arguments[++i];
  return true;
}

ServeFlags read_flags(const std::vector<std::string>& arguments) {
  ServeFlags flags;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (take("--config", arguments, i, flags.config_file)) continue;
    if (take("--ready-file", arguments, i, flags.ready_file)) continue;
    flags.others.push_back(arguments[i]);
  }
  return flags;
}

/// Blocked before any thread starts, so that only the main thread takes them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

int serve(const std::vector<std::string>& arguments) {
  if (std::any_of(arguments.begin(), arguments.end(), is_help)) {
    std::printf("%s%s", kHelp, keys_help().c_str());
    return kDone;
  }
  ServeFlags flags = read_flags(arguments);
  if (flags.config_file.empty()) {
    std::fprintf(stderr, "lupausd: serve needs --config FILE\n%s", kHelp);
    return kUsage;
  }
  auto config = lupaus::server::config::load_file(flags.config_file, flags.others);
  if (!config) {
    std::fprintf(stderr, "%s\n", lupaus::rules::model::format_error(config.error()).c_str());
    return kUsage;
  }
  if (!config->finance.payee_key.empty()) lupaus::server::forbid_core_dumps();
  sigset_t signals = block_signals();
  std::unique_ptr<lupaus::server::runtime::Clock> clock =
      lupaus::server::runtime::make_system_clock();
  // WHY: memory may be ahead of the disk after a failed write. Nothing is drained or written any
  // more; replay is the one recovery path.
  auto on_failure = [](const std::string& why) {
    complain(why);
    std::fflush(nullptr);
    _exit(kFailed);
  };
  // WHY before the start: who waits for the file must not find that of an earlier run.
  if (!flags.ready_file.empty()) std::remove(flags.ready_file.c_str());
  auto server = Server::start(std::move(*config), *clock, on_failure);
  if (!server) return complain(lupaus::rules::model::format_error(server.error()));
  if (!flags.ready_file.empty()) {
    Result<void> written = lupaus::server::write_ready_file(flags.ready_file, **server);
    if (!written) return complain(written.error().message);
  }
  int received = 0;
  while (sigwait(&signals, &received) == 0 && received == SIGHUP) {
    Result<void> reloaded = (*server)->reload();
    if (reloaded) {
      lupaus::server::telemetry::info("secrets were read again");
    } else {
      lupaus::server::telemetry::warn("the secrets before stay in use: " +
                                      reloaded.error().message);
    }
  }
  lupaus::server::telemetry::info("stopping: what was taken is decided and synced");
  (*server)->stop();
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  // WHY: gRPC prints raw blocks of its insides before our own sentence says what is wrong. Whoever
  // wants them sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::string verb = arguments.empty() ? "" : arguments.front();
  if (!arguments.empty()) arguments.erase(arguments.begin());
  if (verb == "serve") return serve(arguments);
  if (verb == "config") return lupaus::server::run_show_config(arguments);
  if (verb == "verify") return lupaus::server::run_verify(arguments);
  if (verb == "restore") return lupaus::server::run_restore(arguments);
  if (verb == "dev") return lupaus::server::run_dev(arguments);
  if (verb == "--version") {
    std::printf("lupausd %s (tz %s)\n", LUPAUS_VERSION,
                std::string(lupaus::rules::calendar::built_in_tz_version()).c_str());
    return kDone;
  }
  if (is_help(verb) || verb == "help") {
    std::fputs(kHelp, stdout);
    return kDone;
  }
  if (verb.empty()) {
    std::fputs(kHelp, stderr);
    return kUsage;
  }
  const std::array<std::string, 6> verbs = {"serve", "dev", "config", "verify", "restore", "help"};
  std::string near = lupaus::server::config::nearest(verb, verbs);
  std::fprintf(stderr, "lupausd: there is no `%s`%s\n%s", verb.c_str(),
               near.empty() ? "" : (": did you mean `" + near + "`?").c_str(), kHelp);
  return kUsage;
}
