// The only file that includes Beast: it parses requests; answers are written by hand, whole or in
// chunks, one write at a time.
#include "server/console/connection.h"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "server/console/refusal.h"

namespace lupaus::server::console {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

constexpr auto kLingerLimit = std::chrono::seconds(2);
constexpr size_t kReadBytes = 16'384;

/// Carried by every answer.
constexpr std::string_view kHeaders =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"
    "Server: lupaus\r\n";

/// The header's value, where it came once; notes when it came more often.
std::string single(const Parser::value_type& message, std::string_view name, Request& request) {
  const beast::string_view wanted(name.data(), name.size());
  const size_t count = message.count(wanted);
  if (count > 1) request.has_doubled_header = true;
  if (count != 1) return {};
  const auto value = message[wanted];
  return {value.data(), value.size()};
}

Request head_of(const Parser& parser, bool is_proxy) {
  const auto& message = parser.get();
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.is_from_proxy = is_proxy;
  // WHY: what says how long a body is in words that are not known here must not be read as no body:
  // what follows would be taken for the next request, with a name of its own.
  request.is_chunked = message.count(http::field::transfer_encoding) > 0;
  if (const auto size = parser.content_length()) request.body_size = *size;
  request.host = single(message, "Host", request);
  request.origin = single(message, "Origin", request);
  request.cookie = single(message, "Cookie", request);
  request.csrf = single(message, "Lupaus-Csrf", request);
  request.content_type = single(message, "Content-Type", request);
  request.accept_encoding = single(message, "Accept-Encoding", request);
  request.if_none_match = single(message, "If-None-Match", request);
  request.last_event_id = single(message, "Last-Event-ID", request);
  request.proxy_name = single(message, "Lupaus-Name", request);
  request.proxy_roles = single(message, "Lupaus-Roles", request);
  return request;
}

/// What is answered to a request that cannot be read; nullopt: nothing, the client has gone.
std::optional<Reply> answer_to(error_code error) {
  const auto refusal = [](int status, std::string message) {
    return to_reply(status, {"INVALID_ARGUMENT", "malformed", std::move(message), "", {}});
  };
  if (error == http::error::body_limit) return refusal(413, "expected a shorter body");
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refusal(431, "expected shorter headers");
  if (error.category() == http::make_error_code(http::error::bad_target).category())
    return refusal(400, "expected an HTTP/1.1 request");
  return std::nullopt;
}

class Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  Session(Hall& hall, Socket socket, bool is_proxy)
      : hall_(hall),
        socket_(std::move(socket)),
        deadline_(hall.loop),
        buffer_(hall.settings.header_bytes_max + kReadBytes),
        is_proxy_(is_proxy) {}

  void start() override {
    begin_request();
    read();
  }
  void close() override;

  // What an exchange asks for; `turn` names the request.
  bool is_open(uint64_t turn) const { return !is_closed_ && turn == turn_ && is_busy_; }
  bool is_closed() const { return is_closed_; }
  void reply(const Reply& reply);
  void begin(const Reply& head, std::optional<uint64_t> size);
  void write(Piece piece, std::function<void()> written);
  void end(bool is_whole);
  void on_gone(std::function<void()> gone) { gone_ = std::move(gone); }

 private:
  void begin_request();
  void read();
  void on_bytes(error_code error, size_t count);
  void parse();
  bool admit();
  void dispatch();
  void write_out(std::function<void()> then);
  void finish();
  void linger();
  void arm(std::chrono::milliseconds limit);
  std::string head_text(const Reply& reply, std::optional<uint64_t> size) const;

  Hall& hall_;
  Socket socket_;
  asio::steady_timer deadline_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Request request_;
  std::string out_;        ///< being written: this, then …
  Piece piece_;            ///< … what is shared, if anything, and then …
  std::string_view tail_;  ///< … the end of its chunk
  std::function<void()> gone_;
  std::optional<uint64_t> left_;  ///< bytes of a body of known size that are still to come
  std::optional<bool> ending_;    ///< `end` was called during a write
  uint64_t turn_ = 0;             ///< counts requests
  uint64_t body_bytes_ = 0;       ///< of this request in the hall's count
  unsigned version_ = 11;
  const bool is_proxy_;
  bool is_reading_ = false, is_writing_ = false;
  bool is_admitted_ = false;  ///< the head was looked at
  bool is_busy_ = false;      ///< a request is being answered
  bool is_chunked_ = false;   ///< its answer is
  bool is_head_ = false, is_kept_ = false, is_lingering_ = false, is_closed_ = false;
};

/// The way back to one request of a session. For any thread and any time: by then the connection,
/// or the whole hall, may be gone.
class Line final : public Exchange {
 public:
  Line(std::weak_ptr<Hall> hall, std::weak_ptr<Session> session, uint64_t turn)
      : hall_(std::move(hall)), session_(std::move(session)), turn_(turn) {}

  void reply(Reply reply) override {
    post([reply = std::move(reply)](Session& session) { session.reply(reply); });
  }
  void begin(Reply head, std::optional<uint64_t> size) override {
    post([head = std::move(head), size](Session& session) { session.begin(head, size); });
  }
  void write(Piece piece, std::function<void()> written) override {
    post([piece = std::move(piece), written = std::move(written)](Session& session) {
      session.write(piece, written);
    });
  }
  void end(bool is_whole) override {
    post([is_whole](Session& session) { session.end(is_whole); });
  }
  void on_gone(std::function<void()> gone) override {
    const auto hall = hall_.lock();
    if (hall == nullptr) return gone();
    asio::post(hall->loop, [weak = session_, turn = turn_, gone = std::move(gone)]() mutable {
      const auto session = weak.lock();
      if (session == nullptr || session->is_closed()) return gone();
      if (session->is_open(turn)) session->on_gone(std::move(gone));
    });
  }

 private:
  template <typename Work>
  void post(Work work) {
    const auto hall = hall_.lock();
    if (hall == nullptr) return;
    asio::post(hall->loop, [weak = session_, turn = turn_, work = std::move(work)]() mutable {
      const auto session = weak.lock();
      if (session != nullptr && session->is_open(turn)) work(*session);
    });
  }

  const std::weak_ptr<Hall> hall_;
  const std::weak_ptr<Session> session_;
  const uint64_t turn_;
};

void Session::close() {
  if (is_closed_) return;
  is_closed_ = true;
  error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
  deadline_.cancel();
  hall_.bodies_bytes -= std::exchange(body_bytes_, 0);
  const auto self = shared_from_this();
  hall_.connections.erase(self);
  if (const auto gone = std::exchange(gone_, nullptr)) gone();
}

void Session::arm(std::chrono::milliseconds limit) {
  deadline_.expires_after(limit);
  deadline_.async_wait([weak = weak_from_this()](error_code error) {
    const auto session = weak.lock();
    if (error || session == nullptr) return;
    // Its time may have been set anew while this was on the way.
    if (session->deadline_.expiry() <= std::chrono::steady_clock::now()) session->close();
  });
}

void Session::begin_request() {
  parser_.emplace();
  parser_->header_limit(hall_.settings.header_bytes_max);
  parser_->body_limit(hall_.settings.body_bytes_max);
  is_admitted_ = false;
  arm(hall_.settings.request_limit);  // for the whole request, however slowly it comes
}

/// Always reads, also while a request is answered, for only so a hang-up is seen; but no further
/// than the buffer holds.
void Session::read() {
  const size_t room = buffer_.max_size() - buffer_.size();
  if (is_reading_ || is_closed_ || room == 0) return;
  is_reading_ = true;
  socket_.async_read_some(buffer_.prepare(std::min(room, kReadBytes)),
                          [self = shared_from_this()](error_code error, size_t count) {
                            self->on_bytes(error, count);
                          });
}

void Session::on_bytes(error_code error, size_t count) {
  is_reading_ = false;
  if (error) return close();
  buffer_.commit(count);
  if (is_lingering_) buffer_.clear();
  parse();
  read();
}

void Session::parse() {
  while (!is_busy_ && !is_closed_ && !is_lingering_ && buffer_.size() > 0) {
    error_code error;
    const size_t used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    if (error == http::error::need_more) return;
    if (error) {
      is_busy_ = true;
      is_kept_ = is_head_ = false;
      const auto refused = answer_to(error);
      return refused ? reply(*refused) : close();
    }
    if (parser_->is_header_done() && !is_admitted_ && !admit()) return;
    if (parser_->is_done()) return dispatch();
    if (used == 0) return;
  }
}

/// False when the request is refused by its head.
bool Session::admit() {
  is_admitted_ = true;
  const auto& message = parser_->get();
  is_head_ = message.method() == http::verb::head;
  is_kept_ = parser_->keep_alive();
  version_ = message.version() == 10 ? 10 : 11;
  request_ = head_of(*parser_, is_proxy_);
  auto refused = hall_.router.refuse(request_);
  const uint64_t size = request_.body_size.value_or(0);
  if (!refused && hall_.bodies_bytes + size > hall_.settings.bodies_bytes_max) {
    refused = to_reply(503, {"UNAVAILABLE", "busy", "expected less to be sent at once", "", {}});
    refused->headers.push_back({"Retry-After", "1"});
  }
  if (!refused) {
    body_bytes_ = size;
    hall_.bodies_bytes += size;
    return true;
  }
  is_busy_ = true;
  // Else its body would be taken for a request.
  is_kept_ = is_kept_ && parser_->is_done() && !request_.is_chunked;
  reply(*refused);
  return false;
}

void Session::dispatch() {
  is_busy_ = true;
  deadline_.cancel();
  request_.body = std::move(parser_->get().body());
  if (is_head_) request_.method = "GET";
  hall_.router.answer(std::move(request_),
                      std::make_shared<Line>(hall_.weak_from_this(), weak_from_this(), turn_));
}

std::string Session::head_text(const Reply& reply, std::optional<uint64_t> size) const {
  const auto reason = http::obsolete_reason(static_cast<http::status>(reply.status));
  std::string text =
      fmt::format("HTTP/1.1 {} {}\r\n{}Cache-Control: {}\r\n", reply.status,
                  std::string_view(reason.data(), reason.size()), kHeaders, reply.cache_control);
  for (const Header& header : reply.headers)
    text += fmt::format("{}: {}\r\n", header.name, header.value);
  if (reply.status != 304) {
    text += fmt::format("Content-Type: {}\r\n", reply.content_type);
    if (size) text += fmt::format("Content-Length: {}\r\n", *size);
  }
  if (is_chunked_) text += "Transfer-Encoding: chunked\r\n";
  if (!is_kept_) {
    text += "Connection: close\r\n";
  } else if (version_ == 10) {
    text += "Connection: keep-alive\r\n";
  }
  return text + "\r\n";
}

void Session::write_out(std::function<void()> then) {
  is_writing_ = true;
  arm(hall_.settings.write_limit);
  const std::array<asio::const_buffer, 3> bytes = {
      asio::buffer(out_), piece_ == nullptr ? asio::const_buffer() : asio::buffer(*piece_),
      asio::buffer(tail_)};
  asio::async_write(socket_, bytes,
                    [self = shared_from_this(), then = std::move(then)](error_code error, size_t) {
                      self->is_writing_ = false;
                      self->out_.clear();
                      self->piece_ = nullptr;
                      self->tail_ = {};
                      if (error || self->is_closed_) return self->close();
                      self->deadline_.cancel();
                      then();
                      if (const auto ending = std::exchange(self->ending_, std::nullopt))
                        self->end(*ending);
                    });
}

void Session::reply(const Reply& reply) {
  is_chunked_ = false;
  out_ = head_text(reply, reply.body.size());
  if (!is_head_) out_ += reply.body;
  write_out([this] { finish(); });
}

void Session::begin(const Reply& head, std::optional<uint64_t> size) {
  left_ = size;
  is_chunked_ = !size && version_ == 11;
  if (!size && version_ == 10) is_kept_ = false;
  out_ = head_text(head, size);
}

void Session::write(Piece piece, std::function<void()> written) {
  if (is_writing_ || (left_ && piece->size() > *left_)) return close();
  if (left_) *left_ -= piece->size();
  if (is_chunked_ && !piece->empty()) {
    out_ += fmt::format("{:x}\r\n", piece->size());
    tail_ = "\r\n";
  }
  piece_ = std::move(piece);
  write_out([written = std::move(written)] {
    if (written) written();
  });
}

void Session::end(bool is_whole) {
  if (is_writing_) {
    ending_ = is_whole;
    return;
  }
  if (!is_whole || left_.value_or(0) > 0) return close();
  if (is_chunked_) out_ += "0\r\n\r\n";
  write_out([this] { finish(); });
}

void Session::finish() {
  ++turn_;
  is_busy_ = false;
  left_.reset();
  gone_ = nullptr;
  hall_.bodies_bytes -= std::exchange(body_bytes_, 0);
  request_ = {};
  if (!is_kept_) return linger();
  begin_request();
  parse();
  read();
}

/// Lets the last answer reach a client that is still sending: closing at once would reset it away.
void Session::linger() {
  is_lingering_ = true;
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  buffer_.clear();
  arm(kLingerLimit);
  read();
}

}  // namespace

std::shared_ptr<Connection> make_connection(Hall& hall, Socket socket, bool is_proxy) {
  return std::make_shared<Session>(hall, std::move(socket), is_proxy);
}

}  // namespace lupaus::server::console
