#include "tests/server/console/wire.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace lupaus::server::console {

using boost::system::error_code;

Wire::Wire(uint16_t port) {
  error_code error;
  const boost::asio::ip::tcp::endpoint place(boost::asio::ip::address_v4::loopback(), port);
  socket_.connect(place, error);
  is_connected_ = !error;
}

Wire::Wire(const std::string& path) {
  error_code error;
  socket_.connect(boost::asio::local::stream_protocol::endpoint(path), error);
  is_connected_ = !error;
}

void Wire::send(std::string_view bytes) {
  error_code ignored;
  boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
}

std::string Wire::read_all() {
  error_code error;
  boost::asio::read(socket_, boost::asio::dynamic_buffer(read_), error);
  return std::exchange(read_, "");
}

std::string Wire::read_until(const std::string& text) {
  error_code error;
  const size_t end =
      boost::asio::read_until(socket_, boost::asio::dynamic_buffer(read_), text, error);
  if (error) return std::exchange(read_, "");
  const std::string got = read_.substr(0, end);
  read_.erase(0, end);
  return got;
}

std::string Answer::header(const std::string& name) const {
  const std::string line = "\r\n" + name + ": ";
  const size_t at = head.find(line);
  if (at == std::string::npos) return {};
  const size_t begin = at + line.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

Answer parse_answer(const std::string& text) {
  Answer answer;
  const size_t end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.1 ") || end == std::string::npos) return answer;
  answer.status = std::stoi(text.substr(9, 3));
  answer.head = text.substr(0, end + 2);
  std::string rest = text.substr(end + 4);
  if (answer.header("Transfer-Encoding") != "chunked") {
    answer.body = rest;
    return answer;
  }
  while (true) {
    const size_t line = rest.find("\r\n");
    if (line == std::string::npos) return answer;
    const size_t size = std::stoul(rest.substr(0, line), nullptr, 16);
    answer.body += rest.substr(line + 2, size);
    if (size == 0 || rest.size() < line + 4 + size) return answer;
    rest.erase(0, line + 4 + size);
  }
}

std::string request_text(const std::string& line, const std::string& headers,
                         const std::string& body) {
  const std::string host = headers.find("Host:") == std::string::npos ? "Host: localhost\r\n" : "";
  const std::string size =
      body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const std::string ending =
      headers.find("Connection:") == std::string::npos ? "Connection: close\r\n" : "";
  return line + " HTTP/1.1\r\n" + host + ending + headers + size + "\r\n" + body;
}

Answer ask(uint16_t port, const std::string& line, const std::string& headers,
           const std::string& body) {
  Wire wire(port);
  wire.send(request_text(line, headers, body));
  return parse_answer(wire.read_all());
}

}  // namespace lupaus::server::console
