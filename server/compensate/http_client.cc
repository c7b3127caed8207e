#include "server/compensate/http_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cerrno>
#include <map>
#include <mutex>

namespace lupaus::server::compensate {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using rules::model::Error;
using rules::model::Result;
using Places = std::vector<asio::ip::tcp::endpoint>;

constexpr size_t kAnswerBytesMax =
    64 * 1024;  // an answer is a reference and an amount; more is not ours to hold
constexpr size_t kHeaderBytesMax = 16 * 1024;
constexpr size_t kIdleMax = 256;  // of one receiver; above it connections are closed after use

/// One connection and its exchanges, one at a time. The asynchronous operations run one after
/// another on a loop of its own, because only they obey the stream's time limit.
class Connection {
 public:
  Connection(const Url& url, asio::ssl::context& tls)
      : is_tls_(url.is_tls), stream_(loop_, tls), host_(url.host), port_(url.port) {}

  error_code open(const Places& places, std::chrono::milliseconds limit) {
    beast::tcp_stream& socket = stream_.next_layer();
    socket.expires_after(limit);
    if (auto error = wait([&](auto done) { socket.async_connect(places, done); }); error)
      return error;
    error_code error;
    socket.socket().set_option(asio::ip::tcp::no_delay(true), error);
    if (!is_tls_) return {};
    stream_.set_verify_mode(asio::ssl::verify_peer, error);
    if (!error) stream_.set_verify_callback(asio::ssl::host_name_verification(host_), error);
    if (error) return error;
    SSL_set_tlsext_host_name(stream_.native_handle(), host_.c_str());
    return wait([&](auto done) { stream_.async_handshake(asio::ssl::stream_base::client, done); });
  }

  error_code exchange(const Url& url, const HttpRequest& request, std::chrono::milliseconds limit,
                      HttpAnswer& answer) {
    stream_.next_layer().expires_after(limit);
    const error_code error = is_tls_ ? talk(stream_, url, request, answer)
                                     : talk(stream_.next_layer(), url, request, answer);
    stream_.next_layer().expires_never();
    return error;
  }

  /// The last exchange left it open and in order.
  bool is_reusable() const { return is_reusable_; }
  /// The receiver has hung up, or speaks without having been asked.
  bool is_stale() {
    char byte = 0;
    const auto fd = stream_.next_layer().socket().native_handle();
    const ssize_t size = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

 private:
  /// Starts one operation and runs the loop until it is over.
  template <typename Start>
  error_code wait(Start start) {
    error_code outcome = asio::error::operation_aborted;
    start([&outcome](error_code error, auto&&...) { outcome = error; });
    loop_.restart();
    loop_.run();
    return outcome;
  }

  template <typename Stream>
  error_code talk(Stream& stream, const Url& url, const HttpRequest& request, HttpAnswer& answer) {
    is_reusable_ = false;
    http::request<http::string_body> message(request.is_get ? http::verb::get : http::verb::post,
                                             url.target, 11);
    const bool is_six = host_.find(':') != std::string::npos;
    message.set(http::field::host, (is_six ? "[" + host_ + "]" : host_) + ":" + port_);
    message.set(http::field::user_agent, "lupaus");
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();
    if (auto error = wait([&](auto done) { http::async_write(stream, message, done); }); error)
      return error;

    http::response_parser<http::string_body> parser;
    parser.body_limit(kAnswerBytesMax);
    parser.header_limit(kHeaderBytesMax);
    if (auto error = wait([&](auto done) { http::async_read(stream, buffer_, parser, done); });
        error)
      return error;
    answer.status = static_cast<int>(parser.get().result_int());
    answer.content_type = std::string(parser.get()[http::field::content_type]);
    answer.body = std::move(parser.get().body());
    // WHY: bytes behind an answer would be taken for the answer to the next request.
    is_reusable_ = parser.keep_alive() && buffer_.size() == 0;
    return {};
  }

  asio::io_context loop_{1};
  const bool is_tls_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  const std::string host_, port_;
  beast::flat_buffer buffer_{kHeaderBytesMax + kAnswerBytesMax};
  bool is_reusable_ = false;
};

using ConnectionPtr = std::unique_ptr<Connection>;

Error no_answer(const Url& url, const std::string& why) {
  return Error{"no_answer",
               "expected an answer from `" + url.host + "`, but " + why,
               "it will be asked again",
               {}};
}

}  // namespace

class HttpClient::Desk {
 public:
  explicit Desk(HttpSettings settings) : settings_(std::move(settings)) {
    if (settings_.authorities.empty()) {
      tls_.set_default_verify_paths(tls_error_);
    } else {
      tls_.load_verify_file(settings_.authorities, tls_error_);
    }
    SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
  }

  Result<HttpAnswer> exchange(const Url& url, const HttpRequest& request) {
    const std::string place = (url.is_tls ? "https " : "http ") + url.host + " " + url.port;
    ConnectionPtr connection = take_idle(place);
    if (connection == nullptr) {
      auto opened = open(url);
      if (!opened) return opened.error();
      connection = std::move(*opened);
    }
    HttpAnswer answer;
    if (const auto error = connection->exchange(url, request, settings_.limit, answer))
      return no_answer(url, error.message());
    if (connection->is_reusable()) keep(place, std::move(connection));
    return answer;
  }

 private:
  ConnectionPtr take_idle(const std::string& place) {
    const std::scoped_lock lock(lock_);
    auto& kept = idle_[place];
    while (!kept.empty()) {
      ConnectionPtr newest = std::move(kept.back());
      kept.pop_back();
      if (!newest->is_stale()) return newest;
    }
    return nullptr;
  }

  void keep(const std::string& place, ConnectionPtr connection) {
    const std::scoped_lock lock(lock_);
    auto& kept = idle_[place];
    if (kept.size() < kIdleMax) kept.push_back(std::move(connection));
  }

  Result<ConnectionPtr> open(const Url& url) {
    if (url.is_tls && tls_error_) return no_answer(url, tls_error_.message());
    asio::io_context loop;
    asio::ip::tcp::resolver resolver(loop);
    error_code error;
    const auto found = resolver.resolve(url.host, url.port, error);
    if (error) return no_answer(url, error.message());
    Places places;
    for (const auto& entry : found) {
      if (is_allowed(entry.endpoint().address())) places.push_back(entry.endpoint());
    }
    if (places.empty()) {
      return Error{"address_not_allowed",
                   "expected `" + url.host + "` at a public address, but it is at " +
                       (found.empty() ? "none" : found.begin()->endpoint().address().to_string()),
                   "name the address itself in `allow_hosts`, or set `allow_private: true`",
                   {}};
    }
    auto connection = std::make_unique<Connection>(url, tls_);
    if (error = connection->open(places, settings_.limit); error)
      return no_answer(url, error.message());
    return connection;
  }

  bool is_allowed(const asio::ip::address& address) const {
    const auto& named = settings_.allowed_addresses;
    return settings_.allow_private || is_public_address(address) ||
           std::find(named.begin(), named.end(), address.to_string()) != named.end();
  }

  const HttpSettings settings_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  error_code tls_error_;
  std::mutex lock_;
  std::map<std::string, std::vector<ConnectionPtr>> idle_;
};

HttpClient::HttpClient(HttpSettings settings)
    : desk_(std::make_unique<Desk>(std::move(settings))) {}
HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::exchange(const Url& url, const HttpRequest& request) {
  try {
    return desk_->exchange(url, request);
  } catch (const std::exception& thrown) {
    return no_answer(url, thrown.what());
  }
}

}  // namespace lupaus::server::compensate
