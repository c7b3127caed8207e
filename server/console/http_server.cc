// Accepts connections, on loopback and from the trusted proxy.
#include "server/console/http_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "fmt/format.h"
#include "server/console/connection.h"
#include "server/runtime/give_way.h"

namespace lupaus::server::console {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using boost::system::error_code;
using rules::model::Error;
using rules::model::Result;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);
/// Above it bind fails with a message that says nothing of paths.
constexpr size_t kSocketPathMax = 107;

Error cannot_listen(const std::string& place, const std::string& why, std::string hint) {
  return Error{"cannot_listen",
               fmt::format("expected to listen for HTTP on `{}`, but {}", place, why),
               std::move(hint),
               {}};
}

/// Takes away a socket that a server left behind; whatever else is there stays, and bind says so.
void remove_left_behind(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return;
  asio::io_context loop;
  stream_protocol::socket probe(loop);
  error_code error;
  probe.connect(stream_protocol::endpoint(path), error);
  if (error == asio::error::connection_refused) ::unlink(path.c_str());
}

/// Accepts of one kind: `admit` takes each socket, for as long as the acceptor is open.
template <typename Protocol>
class Door {
 public:
  Door(Hall& hall, bool is_proxy) : hall_(hall), is_proxy_(is_proxy) {}

  typename Protocol::acceptor& acceptor() { return acceptor_; }
  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }
  void accept() {
    acceptor_.async_accept([this](error_code error, typename Protocol::socket socket) {
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
      if (!error) {
        admit(std::move(socket));
        accept();
        return;
      }
      // WHY: out of descriptors fails at once, again and again; a pause leaves room for others to
      // be closed.
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this](error_code stopped) {
        if (!stopped) accept();
      });
    });
  }

 private:
  void admit(typename Protocol::socket socket) {
    if (hall_.connections.size() >= hall_.settings.connections_max)
      return;  // closed by going out of scope
    error_code ignored;
    // WHY: a small event must not wait for the acknowledgement of the one before.
    if constexpr (std::is_same_v<Protocol, tcp>) socket.set_option(tcp::no_delay(true), ignored);
    const auto connection = make_connection(hall_, Socket(std::move(socket)), is_proxy_);
    hall_.connections.insert(connection);
    connection->start();
  }

  Hall& hall_;
  const bool is_proxy_;
  typename Protocol::acceptor acceptor_{hall_.loop};
  asio::steady_timer pause_{hall_.loop};
};

}  // namespace

class HttpServer::Listener {
 public:
  Listener(ConsoleSettings settings, ConsoleSources sources)
      : hall_(std::make_shared<Hall>(std::move(settings), std::move(sources))) {}

  Result<void> start();
  void stop();
  uint16_t port() const { return port_; }

 private:
  Result<void> listen_tcp();
  Result<void> listen_proxy();

  std::shared_ptr<Hall> hall_;
  Door<tcp> people_{*hall_, false};
  Door<stream_protocol> proxy_{*hall_, true};
  bool has_socket_ = false;
  uint16_t port_ = 0;
  std::thread thread_;
};

Result<void> HttpServer::Listener::listen_tcp() {
  const ConsoleSettings& settings = hall_->settings;
  error_code error;
  const auto address = asio::ip::make_address(settings.address, error);
  const tcp::endpoint place(address, settings.port);
  const std::string name = fmt::format("{}:{}", settings.address, settings.port);
  if (!error && !address.is_loopback()) {
    return cannot_listen(name, "that is beyond this machine",
                         "listen on 127.0.0.1, and let a proxy connect to http.proxy_socket");
  }
  auto& acceptor = people_.acceptor();
  if (!error) acceptor.open(place.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(place, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return cannot_listen(name, error.message(),
                         "choose another address with http.listen; port 0 picks a free one");
  }
  port_ = acceptor.local_endpoint().port();
  return {};
}

Result<void> HttpServer::Listener::listen_proxy() {
  const std::string& path = hall_->settings.proxy_socket;
  if (path.empty()) return {};
  const std::string hint =
      "http.proxy_socket names a file that does not exist yet, in a folder that this server may "
      "write to";
  if (path.size() > kSocketPathMax)
    return cannot_listen(path, fmt::format("a path may have {} bytes", kSocketPathMax), hint);
  remove_left_behind(path);
  auto& acceptor = proxy_.acceptor();
  error_code error;
  acceptor.open(stream_protocol(), error);
  if (!error) acceptor.bind(stream_protocol::endpoint(path), error);
  if (error) return cannot_listen(path, error.message(), hint);
  has_socket_ = true;
  // Nobody can connect before `listen`.
  if (::chmod(path.c_str(), 0660) != 0) return cannot_listen(path, std::strerror(errno), hint);
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(path, error.message(), hint);
  return {};
}

Result<void> HttpServer::Listener::start() {
  if (Result<void> listening = listen_tcp(); !listening) return listening;
  if (Result<void> listening = listen_proxy(); !listening) return listening;
  people_.accept();
  if (has_socket_) proxy_.accept();
  thread_ = std::thread([this] {
    runtime::give_way();
    hall_->loop.run();
  });
  return {};
}

void HttpServer::Listener::stop() {
  if (has_socket_) ::unlink(hall_->settings.proxy_socket.c_str());
  has_socket_ = false;
  if (!thread_.joinable()) return;
  asio::post(hall_->loop, [this] {
    people_.close();
    proxy_.close();
    for (const auto& connection : std::set(hall_->connections)) connection->close();
    hall_->loop.stop();
  });
  thread_.join();
}

HttpServer::HttpServer(ConsoleSettings settings, ConsoleSources sources)
    : listener_(std::make_unique<Listener>(std::move(settings), std::move(sources))) {}
HttpServer::~HttpServer() { stop(); }

Result<void> HttpServer::start() { return listener_->start(); }
void HttpServer::stop() { listener_->stop(); }
uint16_t HttpServer::port() const { return listener_->port(); }

}  // namespace lupaus::server::console
