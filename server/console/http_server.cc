#include "server/console/http_server.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "server/console/routes.h"

namespace lupaus::server::console {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using rules::model::Error;
using rules::model::Result;

constexpr auto kLingerLimit = std::chrono::seconds(2);
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

class Session;

/// What sessions share; belongs to the loop's thread. A callback of a source may hold it a little
/// longer.
struct Hall : std::enable_shared_from_this<Hall> {
  ConsoleSettings settings;
  ConsoleSources sources;
  std::set<std::shared_ptr<Session>> sessions;
  asio::io_context loop{
      1};  // last: destroyed first, while what its handlers refer to is still there
};

/// One connection: read a request, answer it, again. Lives in the hall until it is closed.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Hall& hall, tcp::socket socket)
      : hall_(hall), stream_(std::move(socket)), buffer_(hall.settings.header_bytes_max + 4'096) {}

  void read() {
    parser_.emplace();
    parser_->header_limit(hall_.settings.header_bytes_max);
    parser_->body_limit(hall_.settings.body_bytes_max);
    stream_.expires_after(
        hall_.settings.request_limit);  // for the whole request, however slowly it comes
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, size_t) { self->on_read(error); });
  }

  void close() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
    hall_.sessions.erase(shared_from_this());
  }

  /// Sends as the answer to the request that was read; does nothing when the connection is closed.
  void send(Reply reply) {
    if (!stream_.socket().is_open()) return;
    response_.emplace(static_cast<http::status>(reply.status), version_);
    for (const Header& header : kHeaders) response_->set(header.name, header.value);
    response_->set(http::field::content_type, reply.content_type);
    if (!reply.allow.empty()) response_->set(http::field::allow, reply.allow);
    response_->keep_alive(is_kept_);
    response_->content_length(reply.body.size());
    if (!is_head_) response_->body() = std::move(reply.body);
    stream_.expires_after(hall_.settings.write_limit);
    http::async_write(stream_, *response_, [self = shared_from_this()](error_code error, size_t) {
      if (error) return self->close();
      return self->is_kept_ ? self->read() : self->linger();
    });
  }

 private:
  void on_read(error_code error) {
    if (error == http::error::body_limit) return send(refuse(413, "expected no body"));
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return send(refuse(431, "expected shorter headers"));
    }
    const bool is_malformed =
        error != http::error::end_of_stream && error != http::error::partial_message &&
        error.category() == http::make_error_code(http::error::bad_target).category();
    if (is_malformed) return send(refuse(400, "expected an HTTP/1.1 request"));
    if (error) return close();
    const auto& request = parser_->get();
    is_head_ = request.method() == http::verb::head;
    is_kept_ = request.keep_alive();
    version_ = request.version() == 10 ? 10 : 11;
    route(hall_.sources, request.method_string(), request.target(), to_answer());
  }

  /// For any thread and any time: by then the connection, or the whole hall, may be gone.
  std::function<void(Reply)> to_answer() {
    return [weak_hall = hall_.weak_from_this(), weak = weak_from_this()](Reply reply) {
      const auto hall = weak_hall.lock();
      if (hall == nullptr) return;
      asio::post(hall->loop, [weak, reply = std::move(reply)]() mutable {
        if (const auto session = weak.lock()) session->send(std::move(reply));
      });
    };
  }

  /// Lets the last answer reach a client that is still sending: closing at once would reset it
  /// away.
  void linger() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kLingerLimit);
    discard();
  }
  void discard() {
    stream_.async_read_some(asio::buffer(scratch_),
                            [self = shared_from_this()](error_code error, size_t) {
                              return error ? self->close() : self->discard();
                            });
  }

  Hall& hall_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::array<char, 1'024> scratch_{};
  unsigned version_ = 11;
  bool is_head_ = false;
  bool is_kept_ = false;
};

}  // namespace

class HttpServer::Listener {
 public:
  Listener(ConsoleSettings settings, ConsoleSources sources) : hall_(std::make_shared<Hall>()) {
    hall_->settings = std::move(settings);
    hall_->sources = std::move(sources);
  }

  Result<void> start();
  void stop();
  uint16_t port() const { return port_; }

 private:
  void accept();
  void admit(tcp::socket socket);

  std::shared_ptr<Hall> hall_;
  tcp::acceptor acceptor_{hall_->loop};
  asio::steady_timer pause_{hall_->loop};
  uint16_t port_ = 0;
  std::thread thread_;
};

Result<void> HttpServer::Listener::start() {
  const ConsoleSettings& settings = hall_->settings;
  error_code error;
  const auto address = asio::ip::make_address(settings.address, error);
  const tcp::endpoint place(address, settings.port);
  if (!error) acceptor_.open(place.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(place, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return Error{"cannot_listen",
                 "expected to listen for HTTP on `" + settings.address + ":" +
                     std::to_string(settings.port) + "`, but " + error.message(),
                 "choose another address with http.listen; port 0 picks a free one",
                 {}};
  }
  port_ = acceptor_.local_endpoint().port();
  accept();
  thread_ = std::thread([this] { hall_->loop.run(); });
  return {};
}

void HttpServer::Listener::stop() {
  if (!thread_.joinable()) return;
  asio::post(hall_->loop, [this] {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& session : std::set(hall_->sessions)) session->close();
    hall_->loop.stop();
  });
  thread_.join();
}

void HttpServer::Listener::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) {
      admit(std::move(socket));
      accept();
      return;
    }
    // WHY: out of descriptors fails at once, again and again; a pause leaves room for others to be
    // closed.
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code stopped) {
      if (!stopped) accept();
    });
  });
}

void HttpServer::Listener::admit(tcp::socket socket) {
  if (hall_->sessions.size() >= hall_->settings.connections_max)
    return;  // closed by going out of scope
  const auto session = std::make_shared<Session>(*hall_, std::move(socket));
  hall_->sessions.insert(session);
  session->read();
}

HttpServer::HttpServer(ConsoleSettings settings, ConsoleSources sources)
    : listener_(std::make_unique<Listener>(std::move(settings), std::move(sources))) {}
HttpServer::~HttpServer() { stop(); }

Result<void> HttpServer::start() { return listener_->start(); }
void HttpServer::stop() { listener_->stop(); }
uint16_t HttpServer::port() const { return listener_->port(); }

}  // namespace lupaus::server::console
