#include "tests/bench/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/bench/http_client.h"

extern char** environ;

namespace lupaus::tests::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

pid_t spawn(const std::vector<std::string>& command, const std::string& log_file) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    std::fprintf(stderr, "cannot start %s\n", arguments[0]);
    std::exit(1);
  }
  return pid;
}

/// The text of a JSON member without escapes.
std::string member(const std::string& json, const std::string& name) {
  const auto key = json.find('"' + name + '"');
  if (key == std::string::npos) return "";
  const auto begin = json.find('"', json.find(':', key)) + 1;
  return json.substr(begin, json.find('"', begin) - begin);
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& command, const std::string& ready_file,
                             const std::string& log_file) {
  ::unlink(ready_file.c_str());
  const auto start = Clock::now();
  pid_ = spawn(command, log_file);
  std::string ready;
  while (member(ready, "grpc").empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::ostringstream text;
    text << std::ifstream(ready_file).rdbuf();
    ready = text.str();
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      std::fprintf(stderr, "%s ended before it was ready; see %s\n", command[0].c_str(),
                   log_file.c_str());
      std::exit(1);
    }
  }
  seconds_to_ready_ = seconds_since(start);
  grpc_ = member(ready, "grpc");
  http_ = member(ready, "http");
}

ServerProcess::~ServerProcess() { stop(); }

void ServerProcess::end(int signal) {
  if (pid_ == 0) return;
  ::kill(pid_, signal);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = 0;
}
void ServerProcess::stop() { end(SIGTERM); }
void ServerProcess::kill() { end(SIGKILL); }

double ServerProcess::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

uint64_t ServerProcess::resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
  uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::map<std::string, double> ServerProcess::metrics() const {
  std::map<std::string, double> found;
  if (http_.empty()) return found;
  std::istringstream lines(http_get(http_, "/metrics"));
  std::string line;
  while (std::getline(lines, line)) {
    const auto space = line.rfind(' ');
    if (line.empty() || line[0] == '#' || space == std::string::npos) continue;
    found[line.substr(0, space)] = std::strtod(line.c_str() + space + 1, nullptr);
  }
  return found;
}

double ServerProcess::wait_caught_up(double limit_seconds) const {
  const auto start = Clock::now();
  if (http_.empty()) return 0;
  while (seconds_since(start) < limit_seconds) {
    const auto values = metrics();
    const auto journal = values.find("lupaus_journal_position");
    bool is_behind = journal == values.end();
    for (const auto& [name, value] : values) {
      if (name.rfind("lupaus_projection_position", 0) == 0 && value < journal->second)
        is_behind = true;
    }
    if (!is_behind) return seconds_since(start);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return -1;
}

int run_command(const std::vector<std::string>& command, const std::string& log_file) {
  const pid_t pid = spawn(command, log_file);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace lupaus::tests::bench
