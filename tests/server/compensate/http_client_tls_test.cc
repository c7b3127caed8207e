// Whom the client talks to over https: a receiver whose chain and name are right, and nobody else.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>

#include "server/compensate/http_client.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::server::compensate {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using tests::support::TemporaryDirectory;

/// A folder with ca.pem, server.pem for localhost and 127.0.0.1, and server.key.
class Authority {
 public:
  Authority() {
    EXPECT_EQ(std::system((LUPAUS_MAKE_TEST_CA " " + path() + " >/dev/null").c_str()), 0);
  }
  std::string path() const { return directory_.path().string(); }
  std::string certificate() const { return path() + "/ca.pem"; }

 private:
  TemporaryDirectory directory_;
};

/// Answers each request with 200, on every address of this machine, until it goes.
class Receiver {
 public:
  explicit Receiver(const Authority& authority) {
    tls_.use_certificate_chain_file(authority.path() + "/server.pem");
    tls_.use_private_key_file(authority.path() + "/server.key", asio::ssl::context::pem);
    thread_ = std::thread([this] { run(); });
  }
  ~Receiver() {
    is_closing_ = true;
    asio::io_context loop;
    tcp::socket last(loop);
    error_code ignored;
    last.connect({asio::ip::address_v4::loopback(), port_}, ignored);
    thread_.join();
  }
  std::string port() const { return std::to_string(port_); }
  int requests() const { return requests_; }

 private:
  void run() {
    while (!is_closing_) {
      asio::ssl::stream<tcp::socket> stream(loop_, tls_);
      error_code error;
      acceptor_.accept(stream.next_layer(), error);
      if (error || is_closing_) continue;
      stream.handshake(asio::ssl::stream_base::server, error);
      asio::streambuf request;
      if (!error) asio::read_until(stream, request, "\r\n\r\n", error);
      if (error) continue;
      ++requests_;
      const std::string answer =
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
      asio::write(stream, asio::buffer(answer), error);
    }
  }

  asio::io_context loop_{1};
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  tcp::acceptor acceptor_{loop_, {asio::ip::address_v4::any(), 0}};
  const uint16_t port_ = acceptor_.local_endpoint().port();
  std::atomic<bool> is_closing_{false};
  std::atomic<int> requests_{0};
  std::thread thread_;
};

class HttpsClient : public testing::Test {
 protected:
  /// The status, or the error's code.
  std::string ask(const std::string& host, const std::string& authorities) {
    HttpClient client({.limit = std::chrono::seconds(10),
                       .authorities = authorities,
                       .allowed_addresses = {"127.0.0.1", "127.0.0.2"}});
    HttpRequest request;
    request.is_get = true;
    const auto answer = client.exchange({true, host, receiver_.port(), "/"}, request);
    return answer ? std::to_string(answer->status) : answer.error().code;
  }

  Authority authority_;
  Receiver receiver_{authority_};
};

TEST_F(HttpsClient, TalksToWhomTheAuthorityVouchesFor) {
  EXPECT_EQ(ask("localhost", authority_.certificate()), "200");
  EXPECT_EQ(ask("127.0.0.1", authority_.certificate()), "200");
  EXPECT_EQ(receiver_.requests(), 2);
}

TEST_F(HttpsClient, SaysNothingToAStranger) {
  const Authority other;
  EXPECT_EQ(ask("localhost", other.certificate()), "no_answer");
  EXPECT_EQ(ask("localhost", ""), "no_answer") << "the system's authorities do not know it";
  EXPECT_EQ(ask("localhost", authority_.path() + "/none.pem"), "no_answer");
  EXPECT_EQ(receiver_.requests(), 0);
}

TEST_F(HttpsClient, SaysNothingToAnotherHostOfTheSameAuthority) {
  EXPECT_EQ(ask("127.0.0.2", authority_.certificate()), "no_answer");
  EXPECT_EQ(receiver_.requests(), 0);
}

}  // namespace
}  // namespace lupaus::server::compensate
