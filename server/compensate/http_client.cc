#include "server/compensate/http_client.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <charconv>
#include <optional>

namespace lupaus::server::compensate {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using rules::model::Error;
using rules::model::Result;

constexpr size_t kAnswerBytesMax =
    64 * 1024;  // an answer is a reference and an amount; more is not ours to hold
constexpr size_t kHeaderBytesMax = 16 * 1024;

/// One exchange. The asynchronous operations run one after another on a loop of their own, because
/// only they obey the stream's time limit.
class Exchange {
 public:
  Exchange(const Url& url, std::chrono::milliseconds limit) : url_(url), limit_(limit) {}

  error_code run(const HttpRequest& request, const std::string& authorities, HttpAnswer& answer) {
    asio::ssl::context tls(asio::ssl::context::tls_client);
    error_code error;
    if (url_.is_tls) {
      if (authorities.empty()) {
        tls.set_default_verify_paths(error);
      } else {
        tls.load_verify_file(authorities, error);
      }
      if (error) return error;
      SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    }
    beast::ssl_stream<beast::tcp_stream> stream(loop_, tls);
    beast::tcp_stream& socket = stream.next_layer();
    if (error = connect(socket); error) return error;
    if (!url_.is_tls) return talk(socket, request, answer);
    stream.set_verify_mode(asio::ssl::verify_peer, error);
    if (!error) stream.set_verify_callback(asio::ssl::host_name_verification(url_.host), error);
    if (error) return error;
    SSL_set_tlsext_host_name(stream.native_handle(), url_.host.c_str());
    error = wait([&](auto done) { stream.async_handshake(asio::ssl::stream_base::client, done); });
    return error ? error : talk(stream, request, answer);
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

  error_code connect(beast::tcp_stream& socket) {
    asio::ip::tcp::resolver resolver(loop_);
    error_code error;
    const auto places = resolver.resolve(url_.host, url_.port, error);
    if (error) return error;
    socket.expires_after(limit_);  // for everything up to the answer
    return wait([&](auto done) { socket.async_connect(places, done); });
  }

  template <typename Stream>
  error_code talk(Stream& stream, const HttpRequest& request, HttpAnswer& answer) {
    http::request<http::string_body> message(http::verb::post, url_.target, 11);
    const bool is_six = url_.host.find(':') != std::string::npos;
    message.set(http::field::host, (is_six ? "[" + url_.host + "]" : url_.host) + ":" + url_.port);
    message.set(http::field::user_agent, "lupaus");
    message.set(http::field::connection, "close");
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();
    if (auto error = wait([&](auto done) { http::async_write(stream, message, done); }); error)
      return error;

    beast::flat_buffer buffer(kHeaderBytesMax + kAnswerBytesMax);
    http::response_parser<http::string_body> parser;
    parser.body_limit(kAnswerBytesMax);
    parser.header_limit(kHeaderBytesMax);
    if (auto error = wait([&](auto done) { http::async_read(stream, buffer, parser, done); });
        error)
      return error;
    answer.status = static_cast<int>(parser.get().result_int());
    answer.content_type = std::string(parser.get()[http::field::content_type]);
    answer.body = std::move(parser.get().body());
    return {};
  }

  asio::io_context loop_{1};
  const Url& url_;
  const std::chrono::milliseconds limit_;
};

Error bad_url(std::string_view text, std::string_view why) {
  return Error{"bad_url",
               "expected a URL such as `https://bank.example/pay`, but `" + std::string(text) +
                   "` " + std::string(why),
               "",
               {}};
}

/// Splits "host", "host:port", "[::1]:port".
bool split_authority(std::string_view authority, Url& url) {
  std::string_view host = authority, port;
  if (!authority.empty() && authority.front() == '[') {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return false;
    host = authority.substr(1, end - 1);
    const std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return false;
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return false;
  } else if (const size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    if (port.empty()) return false;
  }
  if (host.empty()) return false;
  if (!port.empty()) {
    uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number == 0) return false;
    url.port = std::to_string(number);
  }
  url.host = std::string(host);
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return true;
}

}  // namespace

Result<Url> read_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    url.is_tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return bad_url(text, "is neither http nor https");
  }
  const bool is_plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!is_plain) return bad_url(text, "holds a space or a character that must be escaped");
  if (rest.find('#') != std::string_view::npos) return bad_url(text, "has a fragment");
  const size_t path = std::min(rest.find('/'), rest.find('?'));
  const std::string_view authority = rest.substr(0, path);
  if (authority.find('@') != std::string_view::npos) return bad_url(text, "carries a user name");
  url.port = url.is_tls ? "443" : "80";
  if (!split_authority(authority, url)) return bad_url(text, "has no valid host and port");
  url.target = path == std::string_view::npos ? "/" : std::string(rest.substr(path));
  if (url.target.front() == '?') url.target.insert(0, "/");
  return url;
}

Result<HttpAnswer> post(const Url& url, const HttpRequest& request, std::chrono::milliseconds limit,
                        const std::string& authorities) {
  HttpAnswer answer;
  const auto no_answer = [&url](const std::string& why) {
    return Error{"no_answer",
                 "expected an answer from `" + url.host + "`, but " + why,
                 "it will be asked again",
                 {}};
  };
  try {
    Exchange exchange(url, limit);
    if (const error_code error = exchange.run(request, authorities, answer))
      return no_answer(error.message());
  } catch (const std::exception& thrown) {
    return no_answer(thrown.what());
  }
  return answer;
}

}  // namespace lupaus::server::compensate
