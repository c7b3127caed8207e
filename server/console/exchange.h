// One HTTP request, and the way back for its answer. Knows neither Beast nor gRPC, so that what
// reads requests and what makes calls never meet in one source file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lupaus::server::console {

/// A request as it came; only headers that decide something. "" where a header is missing.
struct Request {
  std::string method;
  std::string target;  ///< as sent, percent-encoded
  std::string body;
  std::string host, origin, cookie, csrf, content_type;
  std::string accept_encoding, if_none_match, last_event_id;
  std::string proxy_name, proxy_roles;  ///< what a trusted proxy says
  std::optional<uint64_t> body_size;    ///< announced; nullopt: no body
  bool is_chunked = false;              ///< a body of unknown size may follow
  bool has_doubled_header = false;      ///< one of the above came twice
  bool is_from_proxy = false;           ///< over the proxy's socket
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  /// Behind the question mark.
  std::string_view query() const {
    const size_t mark = target.find('?');
    return mark == std::string::npos ? std::string_view()
                                     : std::string_view(target).substr(mark + 1);
  }
};

/// Free of line breaks.
struct Header {
  std::string name, value;
};

/// An answer, or the head of one that is sent in pieces.
struct Reply {
  int status = 200;
  std::string content_type;
  std::string body;
  std::string cache_control = "no-store";
  std::vector<Header> headers = {};
};

/// Bytes of an answer; many may be sent the same ones.
using Piece = std::shared_ptr<const std::string>;

/// Where the answer to one request goes: one `reply`, or `begin`, `write`s and `end`. For any
/// thread; what comes too late is dropped. Belongs to whoever answers.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void reply(Reply reply) = 0;
  /// The head of an answer in pieces; it is sent with the first of them. `size`: bytes of the whole
  /// body, where known. `head.body` is not looked at.
  virtual void begin(Reply head, std::optional<uint64_t> size) = 0;
  /// The next piece. `written` is called on the console's thread once the socket has taken it, and
  /// never when the client has gone; no other piece may be written before.
  virtual void write(Piece piece, std::function<void()> written) = 0;
  void write(std::string piece, std::function<void()> written) {
    write(std::make_shared<const std::string>(std::move(piece)), std::move(written));
  }
  /// The end. Not `is_whole`: the client is to see that something is missing.
  virtual void end(bool is_whole) = 0;
  /// `gone` is called once, on the console's thread, if the client hangs up before the end, at once
  /// if it has.
  virtual void on_gone(std::function<void()> gone) = 0;
};

}  // namespace lupaus::server::console
