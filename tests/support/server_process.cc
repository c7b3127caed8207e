#include "tests/support/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "rules/model/result.h"

namespace lupaus::tests::support {
namespace {

using rules::model::ensure;

enum class Order : char { start, wait };

pid_t spawn(const std::vector<char*>& arguments, int log) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

[[noreturn]] void keep(int test, const std::vector<char*>& arguments, int log) {
  pid_t pid = -1;
  Order order{};
  while (read(test, &order, sizeof order) == sizeof order) {
    int answer = 0;
    if (order == Order::start) {
      pid = spawn(arguments, log);
      answer = pid;
    } else {
      waitpid(pid, &answer, 0);
      pid = -1;
    }
    if (write(test, &answer, sizeof answer) != sizeof answer) break;
  }
  if (pid > 0) ::kill(pid, SIGKILL);
  _exit(0);
}

int ask(int keeper, Order order) {
  int answer = 0;
  ensure(write(keeper, &order, sizeof order) == sizeof order, "the keeper takes orders");
  ensure(read(keeper, &answer, sizeof answer) == sizeof answer, "the keeper answers");
  return answer;
}

}  // namespace

ServerProcess::ServerProcess(std::vector<std::string> arguments, const std::string& log) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const int output = open(log.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
  ensure(output >= 0, "the server's log can be written");
  int ends[2];
  ensure(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "a socket pair is made");
  keeper_pid_ = fork();
  ensure(keeper_pid_ >= 0, "a keeper can be forked");
  if (keeper_pid_ == 0) {
    close(ends[0]);
    keep(ends[1], pointers, output);
  }
  close(ends[1]);
  close(output);
  keeper_ = ends[0];
}

ServerProcess::~ServerProcess() {
  close(keeper_);
  waitpid(keeper_pid_, nullptr, 0);
}

void ServerProcess::start() {
  ensure(pid_ < 0, "one server at a time");
  pid_ = ask(keeper_, Order::start);
  ensure(pid_ > 0, "the server can be forked");
}

void ServerProcess::signal(int number) const {
  ensure(pid_ > 0, "a server was started");
  ::kill(pid_, number);
}

int ServerProcess::wait() {
  ensure(pid_ > 0, "a server was started");
  pid_ = -1;
  return ask(keeper_, Order::wait);
}

bool ServerProcess::has_ended() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const size_t name_end = text.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= text.size() || text[name_end + 2] == 'Z';
}

}  // namespace lupaus::tests::support
