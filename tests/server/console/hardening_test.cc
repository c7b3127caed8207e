// What a hostile, careless or slow client gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/console/pages.h"
#include "tests/server/console/console_stage.h"

namespace lupaus::server::console {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Hardening = ConsoleStage;

TEST_F(Hardening, NoPathLeavesTheFixedList) {
  start();
  for (const std::string path :
       {"/../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/etc/passwd", "//etc/passwd",
        "/app.js/", "/./app.js", "/APP.JS", "/index.html", "/wall.html", "/style.css%00",
        "http://evil/app.js", "*", "/assets/../index.html", "/assets/", "/tickets/a", "/tickets//b",
        "/slip/a/b/c", "/breaches/", "/%62reaches"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(Hardening, EveryPageOfTheConsoleIsTheOneFile) {
  start();
  const std::string index = get("/").body;
  EXPECT_THAT(index, HasSubstr("<title>"));
  for (const std::string path : {"/breaches", "/tickets/helsinki-1/20260105-A017", "/slip/b%2F1/t",
                                 "/report", "/payouts", "/payouts/B-1", "/promises", "/what-if",
                                 "/sources", "/reviews", "/breaches?filter=a%20b"}) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, index) << path;
    EXPECT_EQ(answer.header("Cache-Control"), "no-cache") << path;
  }
}

TEST_F(Hardening, FilesAreSentGzippedAndTaggedAndWithTheirType) {
  start();
  for (const Asset& asset : embedded_assets()) {
    if (asset.path.ends_with(".html")) continue;
    const Answer plain = get(std::string(asset.path));
    EXPECT_EQ(plain.body, asset.bytes) << asset.path;
    EXPECT_NE(plain.header("Content-Type"), "application/octet-stream") << asset.path;
    const Answer zipped = get(std::string(asset.path), "Accept-Encoding: br, gzip\r\n");
    EXPECT_EQ(zipped.header("Content-Encoding"), asset.gzipped.empty() ? "" : "gzip");
    EXPECT_EQ(zipped.body, asset.gzipped.empty() ? asset.bytes : asset.gzipped);
    EXPECT_EQ(get(std::string(asset.path), "Accept-Encoding: gzip;q=0\r\n").body, asset.bytes);
    const Answer again =
        get(std::string(asset.path), "If-None-Match: W/" + plain.header("ETag") + "\r\n");
    EXPECT_EQ(again.status, 304) << asset.path;
    EXPECT_EQ(again.body, "");
    EXPECT_NE(plain.header("ETag"), asset.gzipped.empty() ? "" : zipped.header("ETag"));
  }
  EXPECT_EQ(get("/", "If-None-Match: " + get("/").header("ETag") + "\r\n").status, 304);
}

TEST_F(Hardening, OnlyHashedNamesAreKeptForEver) {
  for (const auto& [path, is_kept] : {std::pair{"/assets/app-1a2b3c4d.js", true},
                                      {"/assets/app-a-3c4d_x9z.js", true},
                                      {"/assets/app.js", false},
                                      {"/assets/app-1.js", false},
                                      {"/app-1a2b3c4d.js", false},
                                      {"/index.html", false}}) {
    const Asset asset{path, "x", "", "00"};
    EXPECT_EQ(answer_asset(asset, {}).cache_control.find("immutable") != std::string::npos, is_kept)
        << path;
  }
}

TEST_F(Hardening, APageHoldsNoInlineScriptOrStyle) {
  for (const Asset& asset : embedded_assets()) {
    if (!asset.path.ends_with(".html")) continue;
    const std::string page(asset.bytes);
    for (const std::string banned : {"style=\"", "onclick", "<style", "<script>", "javascript:"}) {
      EXPECT_THAT(page, Not(HasSubstr(banned))) << asset.path;
    }
  }
}

TEST_F(Hardening, LongHeadersAndBodiesAreRefused) {
  settings_.body_bytes_max = 1'000;
  start();
  EXPECT_EQ(get("/healthz", "X: " + std::string(40'000, 'a') + "\r\n").status, 431);
  EXPECT_EQ(get("/" + std::string(40'000, 'a')).status, 431);
  std::string many;
  for (int i = 0; i < 4'000; ++i) many += "X" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(get("/healthz", many).status, 431);
  EXPECT_EQ(change("POST /v1/change", std::string(1'000, ' ')).status, 200);
  EXPECT_EQ(change("POST /v1/change", std::string(1'001, ' ')).status, 413);
  EXPECT_EQ(get("/healthz", "Content-Length: 1\r\n").status, 413);
  EXPECT_EQ(get("/healthz", "Content-Length: 99999999999999999999\r\n").status, 400);
}

TEST_F(Hardening, ABodyOfUnknownSizeIsRefused) {
  start();
  const std::string headers =
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nLupaus-Csrf: " + csrf();
  EXPECT_EQ(ask(server_->port(), "POST /v1/change", headers + "\r\n", "").status, 411);
  EXPECT_EQ(ask(server_->port(), "POST /v1/change", headers + "\r\nContent-Length: 2\r\n").status,
            400)
      << "both";
}

TEST_F(Hardening, ATransferThatIsNotUnderstoodIsNoEmptyBody) {
  start();
  for (const std::string coding : {"chunked", "Chunked", "identity", "xchunked", "gzip, chunked",
                                   "chunked, identity", "", "chunked\r\nTransfer-Encoding: x"}) {
    Wire wire(server_->port());
    wire.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: " + coding +
              "\r\n\r\nGET /session HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string answers = wire.read_all();
    EXPECT_THAT(answers, Not(HasSubstr("HTTP/1.1 200"))) << coding;
    EXPECT_EQ(answers.find("HTTP/1.1 4", 1), std::string::npos) << coding << ": " << answers;
  }
}

TEST_F(Hardening, BodiesOfAllRequestsTogetherAreBounded) {
  settings_.bodies_bytes_max = 100;
  start();
  const std::string headers =
      "Content-Type: application/json\r\nConnection: keep-alive\r\nLupaus-Csrf: " + csrf() + "\r\n";
  calls_.is_holding = true;
  {
    Wire first(server_->port());
    first.send(request_text("POST /v1/change", headers, std::string(80, ' ')));
    calls_.wait_for_calls(1);
    EXPECT_EQ(change("POST /v1/change", std::string(30, ' ')).status, 503);
  }
  calls_.wait_for_gone(1);  // what a client that hung up announced is given back
  Wire second(server_->port());
  second.send(request_text("POST /v1/change", headers, std::string(80, ' ')));
  calls_.wait_for_calls(2);
}

TEST_F(Hardening, NonsenseIsABadRequest) {
  start();
  for (const std::string nonsense :
       {"\x16\x03\x01 hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n \r\n\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n folded\x01\r\n\r\n"}) {
    Wire wire(server_->port());
    wire.send(nonsense);
    EXPECT_EQ(parse_answer(wire.read_all()).status, 400) << nonsense;
  }
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Hardening, AForeignHostOrOriginIsRefused) {
  settings_.hosts = {"console.bank.example"};
  start();
  for (const std::string host :
       {"localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:80", "console.bank.example:1"}) {
    EXPECT_EQ(get("/healthz", "Host: " + host + "\r\n").status, 200) << host;
  }
  for (const std::string host : {"evil.example", "localhost.evil.example", "", "127.0.0.1.nip.io",
                                 "[::1", "evil:localhost", "localhost@evil"}) {
    EXPECT_EQ(get("/healthz", "Host: " + host + "\r\n").status, 421) << host;
  }
  EXPECT_EQ(get("/healthz", "Host: localhost\r\nHost: localhost\r\n").status, 400);
  EXPECT_EQ(get("/v1/echo", "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(get("/v1/echo", "Origin: http://localhost:8080\r\nHost: localhost:8080\r\n").status,
            200);
}

TEST_F(Hardening, ASlowClientIsHungUpOn) {
  settings_.request_limit = std::chrono::milliseconds(50);
  start();
  Wire silent(server_->port());
  EXPECT_EQ(silent.read_all(), "");
  Wire dripping(server_->port());
  dripping.send("GET /healthz HTTP/1.1\r\nX: ");
  EXPECT_EQ(dripping.read_all(), "");
  Wire half(server_->port());
  half.send(request_text(
      "POST /v1/change",
      "Content-Type: application/json\r\nContent-Length: 10\r\nLupaus-Csrf: " + csrf() + "\r\n"));
  EXPECT_EQ(half.read_all(), "");
}

TEST_F(Hardening, AReaderThatTakesNothingIsHungUpOn) {
  settings_.write_limit = std::chrono::milliseconds(50);
  start();
  calls_.is_holding = true;
  Wire wire(server_->port());
  wire.send(request_text("GET /v1/echo"));
  calls_.wait_for_calls(1);
  calls_.stream(0, std::vector<std::string>(32, std::string(1 << 20, 'x')));
  calls_.wait_for_gone(1);
}

TEST_F(Hardening, AnUnfinishedAnswerIsSeenToBeUnfinished) {
  start();
  calls_.is_holding = true;
  Wire wire(server_->port());
  wire.send(request_text("GET /v1/echo"));
  calls_.wait_for_calls(1);
  calls_.held(0)->begin({200, "text/plain", ""}, 10);
  calls_.held(0)->write("1234", nullptr);
  calls_.held(0)->end(true);
  const Answer answer = parse_answer(wire.read_all());
  EXPECT_EQ(answer.header("Content-Length"), "10");
  EXPECT_EQ(answer.body, "1234");
}

}  // namespace
}  // namespace lupaus::server::console
