// Connections of bytes to the console, and answers of HTTP read out of them.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace lupaus::server::console {

/// One connection.
class Wire {
 public:
  explicit Wire(uint16_t port);
  /// To a unix socket.
  explicit Wire(const std::string& path);
  bool is_connected() const { return is_connected_; }

  /// The server may hang up meanwhile: what it said is what counts.
  void send(std::string_view bytes);
  /// Everything until the server closes.
  std::string read_all();
  /// Until `text` has come, or the server closes.
  std::string read_until(const std::string& text);
  void close() { socket_.close(); }

 private:
  boost::asio::io_context loop_;
  boost::asio::generic::stream_protocol::socket socket_{loop_};
  bool is_connected_ = false;
  std::string read_;  ///< read beyond what was asked for
};

/// An answer, its chunks put together.
struct Answer {
  int status = 0;
  std::string head, body;
  /// "" where it is missing.
  std::string header(const std::string& name) const;
};
Answer parse_answer(const std::string& text);

/// A request as text; `headers` end with a line break each. Closes behind it unless told otherwise.
std::string request_text(const std::string& line, const std::string& headers = "",
                         const std::string& body = "");

/// Sends one request on a connection of its own.
Answer ask(uint16_t port, const std::string& line, const std::string& headers = "",
           const std::string& body = "");

}  // namespace lupaus::server::console
