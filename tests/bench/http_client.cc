#include "tests/bench/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace lupaus::tests::bench {
namespace {

constexpr int kPollMs = 100;

/// A connection over which `path` is asked for; -1: there is none.
int ask(const std::string& address, const std::string& path, const char* connection) {
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1)));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: " + connection + "\r\n\r\n";
  const auto size = static_cast<ssize_t>(request.size());
  if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0 &&
      ::write(socket, request.data(), request.size()) == size)
    return socket;
  ::close(socket);
  return -1;
}

}  // namespace

std::string http_get(const std::string& address, const std::string& path) {
  const int socket = ask(address, path, "close");
  std::string answer;
  if (socket < 0) return answer;
  char buffer[16'384];
  ssize_t got = 0;
  while ((got = ::read(socket, buffer, sizeof(buffer))) > 0)
    answer.append(buffer, static_cast<size_t>(got));
  ::close(socket);
  return answer;
}

EventStream::EventStream(const std::string& address, const std::string& path)
    : socket_(ask(address, path, "keep-alive")) {}
EventStream::~EventStream() {
  if (socket_ >= 0) ::close(socket_);
}

bool EventStream::read(std::string& event) {
  size_t end = 0;
  while ((end = bytes_.find("\n\n")) == std::string::npos) {
    char buffer[65'536];
    const ssize_t got = socket_ < 0 ? 0 : ::read(socket_, buffer, sizeof(buffer));
    if (got <= 0) return false;
    bytes_.append(buffer, static_cast<size_t>(got));
  }
  event = bytes_.substr(0, end);
  bytes_.erase(0, end + 2);
  return true;
}

void EventStream::hang_up() {
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

EventStreams::EventStreams(const std::string& address, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) sockets_.push_back(ask(address, path, "keep-alive"));
  thread_ = std::thread([this] { run(); });
}

EventStreams::~EventStreams() {
  is_stopping_ = true;
  thread_.join();
  for (const int socket : sockets_) {
    if (socket >= 0) ::close(socket);
  }
}

void EventStreams::run() {
  std::vector<pollfd> polled;
  for (const int socket : sockets_) polled.push_back({socket, POLLIN, 0});
  std::vector<char> last(sockets_.size(), 0);
  std::vector<char> buffer(1 << 18);
  while (!is_stopping_) {
    ::poll(polled.data(), polled.size(), kPollMs);
    size_t closed = 0;
    for (size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].fd >= 0 && (polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        const ssize_t got = ::read(polled[i].fd, buffer.data(), buffer.size());
        if (got <= 0) polled[i].fd = -1;  // is not looked at any more
        for (ssize_t at = 0; at < got; ++at) {
          const char byte = buffer[static_cast<size_t>(at)];
          if (byte == '\n' && last[i] == '\n') ++events_;
          last[i] = byte;
        }
        bytes_ += static_cast<uint64_t>(std::max<ssize_t>(got, 0));
      }
      closed += polled[i].fd < 0 ? 1 : 0;
    }
    closed_ = closed;
  }
}

}  // namespace lupaus::tests::bench
