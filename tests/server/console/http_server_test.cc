// The HTTP door over raw sockets: what it serves, what it refuses, and what a hostile or slow
// client gets.
#include "server/console/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <mutex>
#include <thread>

namespace lupaus::server::console {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A connection of bytes.
class Wire {
 public:
  explicit Wire(uint16_t port) { socket_.connect({boost::asio::ip::address_v4::loopback(), port}); }
  void send(std::string_view bytes) {
    error_code ignored;  // the server may have hung up already: what it said is what counts
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  /// Everything until the server closes.
  std::string read_all() {
    std::string text;
    error_code error;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(text), error);
    return text;
  }
  /// Until `text` has come.
  std::string read_until(const std::string& text) {
    std::string got;
    error_code error;
    char c = 0;
    while (!error && got.find(text) == std::string::npos) {
      if (boost::asio::read(socket_, boost::asio::buffer(&c, 1), error) == 1) got += c;
    }
    return got;
  }

 private:
  boost::asio::io_context loop_;
  tcp::socket socket_{loop_};
};

class Console : public ::testing::Test {
 protected:
  void start(ConsoleSettings settings = {}) {
    ConsoleSources sources;
    sources.ready = [this] { return is_ready_.load(); };
    sources.metrics = [] { return std::string("lupaus_projection_position 7\n"); };
    sources.tickets = [this](const TicketsQuery& query, std::function<void(JsonAnswer)> answer) {
      const std::scoped_lock lock(lock_);
      query_ = query;
      if (is_holding_) {
        held_.push_back(std::move(answer));
      } else {
        answer({200, R"({"tickets":[]})"});
      }
    };
    server_ = std::make_unique<HttpServer>(settings, sources);
    ASSERT_TRUE(server_->start().ok());
  }
  std::string ask(const std::string& line, const std::string& headers = "") {
    Wire wire(server_->port());
    wire.send(line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
    return wire.read_all();
  }

  std::atomic<bool> is_ready_{false};
  std::mutex lock_;
  TicketsQuery query_;
  bool is_holding_ = false;
  std::vector<std::function<void(JsonAnswer)>> held_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(Console, IsHealthyAtOnceAndReadyWhenEventsAreTaken) {
  start();
  EXPECT_THAT(ask("GET /healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask("GET /readyz"), StartsWith("HTTP/1.1 503"));
  is_ready_ = true;
  EXPECT_THAT(ask("GET /readyz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Console, ShowsMetricsAsPrometheusText) {
  start();
  const std::string answer = ask("GET /metrics");
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nlupaus_projection_position 7\n"));
}

TEST_F(Console, ServesThePageAndItsTwoFiles) {
  start();
  EXPECT_THAT(ask("GET /"), HasSubstr("<title>Lupaus"));
  EXPECT_THAT(ask("GET /app.js"), HasSubstr("text/javascript"));
  EXPECT_THAT(ask("GET /app.js"), HasSubstr("STALE_MS = 12000"));
  EXPECT_THAT(ask("GET /style.css"), HasSubstr("prefers-color-scheme: dark"));
}

TEST_F(Console, EveryAnswerCarriesTheStrictHeaders) {
  start();
  for (const std::string line :
       {"GET /", "GET /nothing", "POST /", "GET /v1/tickets", "GET /metrics"}) {
    const std::string answer = ask(line);
    EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"))
        << line;
    EXPECT_THAT(answer, Not(HasSubstr("unsafe-inline"))) << line;
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff")) << line;
    EXPECT_THAT(answer, HasSubstr("Cache-Control: no-store")) << line;
  }
}

TEST_F(Console, ThePageHoldsNoInlineScriptOrStyle) {
  start();
  const std::string page = ask("GET /");
  EXPECT_THAT(page, Not(HasSubstr("style=\"")));
  EXPECT_THAT(page, Not(HasSubstr("onclick")));
  EXPECT_THAT(page, Not(HasSubstr("<style")));
  EXPECT_THAT(page, HasSubstr("<script src=\"/app.js\" defer></script>"));
}

TEST_F(Console, PassesTheTicketsQueryOn) {
  start();
  const std::string answer =
      ask("GET /v1/tickets?branch=helsinki%2F1+a&at_risk=true&open=true&page_size=7&page_token=x");
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json"));
  EXPECT_THAT(answer, HasSubstr("{\"tickets\":[]}"));
  EXPECT_EQ(query_.branch, "helsinki/1 a");
  EXPECT_TRUE(query_.is_at_risk);
  EXPECT_TRUE(query_.is_open);
  EXPECT_EQ(query_.page_size, 7);
  EXPECT_EQ(query_.page_token, "x");
}

TEST_F(Console, RefusesAQueryThatItCannotRead) {
  start();
  for (const std::string query :
       {"brunch=x", "at_risk=maybe", "page_size=-1", "page_size=1x", "branch=%", "branch=%zz",
        "branch=%00", "open", "page_size=99999999999"}) {
    EXPECT_THAT(ask("GET /v1/tickets?" + query), StartsWith("HTTP/1.1 400")) << query;
  }
}

TEST_F(Console, IsReadOnly) {
  start();
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"}) {
    const std::string answer = ask(method + " /v1/tickets");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405")) << method;
    EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD")) << method;
  }
}

TEST_F(Console, HeadHasTheLengthAndNoBody) {
  start();
  const std::string answer = ask("HEAD /metrics");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 29"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
}

TEST_F(Console, NoPathLeavesTheFixedRoutes) {
  start();
  for (const std::string path :
       {"/../etc/passwd", "/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/app.js/", "/./app.js",
        "/APP.JS", "/index.html", "/style.css%00", "http://evil/app.js", "*"}) {
    EXPECT_THAT(ask("GET " + path), StartsWith("HTTP/1.1 404")) << path;
  }
}

TEST_F(Console, LongHeadersAndBodiesAreRefused) {
  start();
  EXPECT_THAT(ask("GET /healthz", "X: " + std::string(20'000, 'a') + "\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(ask("GET /" + std::string(20'000, 'a')), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(ask("POST /healthz", "Content-Length: 100000\r\n"), StartsWith("HTTP/1.1 413"));
}

TEST_F(Console, NonsenseIsABadRequest) {
  start();
  Wire wire(server_->port());
  wire.send("\x16\x03\x01 hello\r\n\r\n");
  EXPECT_THAT(wire.read_all(), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask("GET /healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Console, ASlowClientIsHungUpOn) {
  ConsoleSettings settings;
  settings.request_limit = std::chrono::milliseconds(50);
  start(settings);
  Wire silent(server_->port());
  EXPECT_EQ(silent.read_all(), "");
  Wire dripping(server_->port());
  dripping.send("GET /healthz HTTP/1.1\r\nX: ");
  EXPECT_EQ(dripping.read_all(), "");
}

TEST_F(Console, AConnectionServesManyRequests) {
  start();
  Wire wire(server_->port());
  for (int i = 0; i < 3; ++i) {
    wire.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(wire.read_until("ok\n"), StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(Console, AboveItsLimitNewConnectionsAreClosed) {
  ConsoleSettings settings;
  settings.connections_max = 2;
  start(settings);
  Wire first(server_->port()), second(server_->port());
  for (Wire* wire : {&first, &second}) {
    wire->send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    wire->read_until("ok\n");
  }
  Wire third(server_->port());
  third.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(third.read_all(), "");
}

TEST_F(Console, AnAnswerThatComesAfterTheEndIsDropped) {
  start();
  is_holding_ = true;
  Wire wire(server_->port());
  wire.send("GET /v1/tickets HTTP/1.1\r\nHost: x\r\n\r\n");
  for (bool is_held = false; !is_held; std::this_thread::yield()) {
    const std::scoped_lock lock(lock_);
    is_held = !held_.empty();
  }
  std::thread late([this] {
    const std::scoped_lock lock(lock_);
    server_->stop();
    held_[0]({200, "{}"});
    server_.reset();
    held_[0]({200, "{}"});
  });
  EXPECT_EQ(wire.read_all(), "");
  late.join();
}

TEST_F(Console, AnAnswerFromAnotherThreadArrives) {
  start();
  is_holding_ = true;
  Wire wire(server_->port());
  wire.send("GET /v1/tickets HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  for (bool is_held = false; !is_held; std::this_thread::yield()) {
    const std::scoped_lock lock(lock_);
    is_held = !held_.empty();
  }
  std::thread([this] { held_[0]({200, "{\"late\":1}"}); }).join();
  EXPECT_THAT(wire.read_all(), HasSubstr("{\"late\":1}"));
}

TEST_F(Console, ATakenPortIsSaidSo) {
  start();
  ConsoleSettings settings;
  settings.port = server_->port();
  HttpServer second(settings, {});
  const auto started = second.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, "cannot_listen");
  EXPECT_THAT(started.error().message, HasSubstr("127.0.0.1:" + std::to_string(settings.port)));
}

}  // namespace
}  // namespace lupaus::server::console
