// The HTTP door over raw sockets: what it serves, and how connections live and end.
#include "server/console/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/server/console/console_stage.h"

namespace lupaus::server::console {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using HttpServerTest = ConsoleStage;

TEST_F(HttpServerTest, IsHealthyAtOnceAndReadyWhenEventsAreTaken) {
  start();
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/readyz").status, 503);
  is_ready_ = true;
  EXPECT_EQ(get("/readyz").status, 200);
}

TEST_F(HttpServerTest, ShowsMetricsAsPrometheusText) {
  start();
  const Answer answer = get("/metrics");
  EXPECT_THAT(answer.header("Content-Type"), StartsWith("text/plain; version=0.0.4"));
  EXPECT_EQ(answer.body, "lupaus_projection_position 7\n");
}

TEST_F(HttpServerTest, EveryAnswerCarriesTheStrictHeaders) {
  start();
  for (const std::string line :
       {"GET /", "GET /nothing", "POST /", "GET /v1/echo", "GET /metrics"}) {
    const Answer answer = ask(server_->port(), line);
    EXPECT_THAT(
        answer.header("Content-Security-Policy"),
        StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                   "data:; font-src 'self'; connect-src 'self'"))
        << line;
    EXPECT_THAT(answer.head, Not(HasSubstr("unsafe"))) << line;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << line;
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer") << line;
    EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "same-origin") << line;
    EXPECT_NE(answer.header("Cache-Control"), "") << line;
  }
}

TEST_F(HttpServerTest, EachPathHasItsVerbs) {
  start();
  for (const std::string verb : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"}) {
    const Answer answer = ask(server_->port(), verb + " /healthz");
    EXPECT_EQ(answer.status, 405) << verb;
    EXPECT_EQ(answer.header("Allow"), "GET, HEAD") << verb;
  }
  EXPECT_EQ(ask(server_->port(), "PATCH /session").header("Allow"), "GET, HEAD, POST, DELETE");
  EXPECT_EQ(ask(server_->port(), "GET /v1/change").header("Allow"), "POST");
  EXPECT_EQ(get("/v1/nothing").status, 404);
}

TEST_F(HttpServerTest, HeadHasTheLengthAndNoBody) {
  start();
  const Answer answer = ask(server_->port(), "HEAD /metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Length"), "29");
  EXPECT_EQ(answer.body, "");
}

TEST_F(HttpServerTest, AConnectionServesManyRequests) {
  start();
  Wire wire(server_->port());
  for (int i = 0; i < 3; ++i) {
    wire.send(request_text("GET /healthz", "Connection: keep-alive\r\n"));
    EXPECT_THAT(wire.read_until("ok\n"), StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInTheirOrder) {
  start();
  calls_.is_holding = true;
  Wire wire(server_->port());
  wire.send(request_text("GET /v1/echo?1", "Connection: keep-alive\r\n") +
            request_text("GET /healthz", "Connection: keep-alive\r\n") +
            request_text("GET /metrics"));
  calls_.wait_for_calls(1);
  calls_.answer(0, {200, "text/plain", "first\n"});
  const std::string all = wire.read_all();
  EXPECT_LT(all.find("first\n"), all.find("ok\n"));
  EXPECT_LT(all.find("ok\n"), all.find("lupaus_projection"));
}

TEST_F(HttpServerTest, AboveItsLimitNewConnectionsAreClosed) {
  settings_.connections_max = 2;
  start();
  Wire first(server_->port()), second(server_->port());
  for (Wire* wire : {&first, &second}) {
    wire->send(request_text("GET /healthz", "Connection: keep-alive\r\n"));
    wire->read_until("ok\n");
  }
  Wire third(server_->port());
  third.send(request_text("GET /healthz"));
  EXPECT_EQ(third.read_all(), "");
}

TEST_F(HttpServerTest, AnAnswerThatComesAfterTheEndIsDropped) {
  start();
  calls_.is_holding = true;
  Wire wire(server_->port());
  wire.send(request_text("GET /v1/echo"));
  calls_.wait_for_calls(1);
  std::thread late([this] {
    server_->stop();
    calls_.answer(0, {200, "text/plain", "late"});
    server_.reset();
    calls_.answer(0, {200, "text/plain", "later"});
  });
  EXPECT_EQ(wire.read_all(), "");
  late.join();
}

TEST_F(HttpServerTest, AnAnswerInPiecesArrivesInChunksAndTheConnectionLivesOn) {
  start();
  calls_.is_holding = true;
  Wire wire(server_->port());
  wire.send(request_text("GET /v1/echo", "Connection: keep-alive\r\n"));
  calls_.wait_for_calls(1);
  calls_.stream(0, {"one\n", "two\n"});
  const Answer answer = parse_answer(wire.read_until("0\r\n\r\n"));
  EXPECT_EQ(answer.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.body, "one\ntwo\n");
  wire.send(request_text("GET /healthz"));
  EXPECT_THAT(wire.read_all(), HasSubstr("ok\n"));
}

TEST_F(HttpServerTest, AHangUpIsToldOnce) {
  start();
  calls_.is_holding = true;
  Wire wire(server_->port());
  wire.send(request_text("GET /v1/echo"));
  calls_.wait_for_calls(1);
  wire.close();
  calls_.wait_for_gone(1);
  server_->stop();
  EXPECT_EQ(calls_.gone_count(), 1u);
}

TEST_F(HttpServerTest, ATakenPortIsSaidSo) {
  start();
  ConsoleSettings settings;
  settings.port = server_->port();
  HttpServer second(settings, {});
  const auto started = second.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, "cannot_listen");
  EXPECT_THAT(started.error().message, HasSubstr("127.0.0.1:" + std::to_string(settings.port)));
}

TEST_F(HttpServerTest, NeverListensBeyondThisMachine) {
  for (const std::string address : {"0.0.0.0", "::", "192.0.2.1"}) {
    ConsoleSettings settings;
    settings.address = address;
    HttpServer server(settings, {});
    const auto started = server.start();
    ASSERT_FALSE(started.ok()) << address;
    EXPECT_THAT(started.error().message, HasSubstr("beyond this machine")) << address;
  }
}

}  // namespace
}  // namespace lupaus::server::console
