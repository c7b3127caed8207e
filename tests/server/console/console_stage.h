// A door on a free port, with calls behind it that a test answers by hand.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/console/http_server.h"
#include "tests/server/console/wire.h"

namespace lupaus::server::console {

/// GET /v1/echo and POST /v1/change answer what they were told, or wait for the test.
class HeldCalls final : public Calls {
 public:
  std::string verbs(std::string_view path) const override {
    if (path == "/v1/echo") return "GET, HEAD";
    return path == "/v1/change" ? "POST" : "";
  }
  void call(Request request, const Visitor& visitor, std::shared_ptr<Exchange> exchange) override {
    exchange->on_gone([this] { count_gone(); });
    const std::scoped_lock lock(mutex_);
    if (is_holding) {
      held_.push_back(std::move(exchange));
      changed_.notify_all();
    } else {
      exchange->reply(
          {200, "text/plain",
           visitor.name + " " + visitor.roles + " " + request.target + " " + request.body});
    }
  }
  void wait_for_calls(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
  }
  void wait_for_gone(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return gone_ >= count; });
  }
  size_t gone_count() {
    const std::scoped_lock lock(mutex_);
    return gone_;
  }
  void answer(size_t index, Reply reply) { held(index)->reply(std::move(reply)); }
  /// All pieces, each when the one before was taken, then the end.
  void stream(size_t index, std::vector<std::string> pieces) {
    held(index)->begin({200, "text/plain", ""}, std::nullopt);
    write_next(held(index), std::move(pieces));
  }
  std::shared_ptr<Exchange> held(size_t index) {
    const std::scoped_lock lock(mutex_);
    return held_.at(index);
  }
  std::atomic<bool> is_holding{false};

 private:
  static void write_next(const std::shared_ptr<Exchange>& exchange,
                         std::vector<std::string> pieces) {
    if (pieces.empty()) return exchange->end(true);
    std::string piece = std::move(pieces.front());
    pieces.erase(pieces.begin());
    exchange->write(std::move(piece), [exchange, pieces] { write_next(exchange, pieces); });
  }
  void count_gone() {
    const std::scoped_lock lock(mutex_);
    ++gone_;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<Exchange>> held_;
  size_t gone_ = 0;
};

class ConsoleStage : public ::testing::Test {
 protected:
  void start() {
    ConsoleSources sources;
    sources.ready = [this] { return is_ready_.load(); };
    sources.metrics = [] { return std::string("lupaus_projection_position 7\n"); };
    sources.calls = &calls_;
    sources.openapi = "{}";
    server_ = std::make_unique<HttpServer>(settings_, sources);
    ASSERT_TRUE(server_->start().ok());
  }
  Answer get(const std::string& path, const std::string& headers = "") {
    return ask(server_->port(), "GET " + path, headers);
  }
  /// The token of whoever sends `headers`.
  std::string csrf(const std::string& headers = "") {
    const std::string body = get("/session", headers).body;
    const size_t at = body.find("\"csrf\":\"");
    return at == std::string::npos ? "" : body.substr(at + 8, 32);
  }
  /// A request that changes something, with all that it needs.
  Answer change(const std::string& line, const std::string& body, const std::string& headers = "") {
    return ask(server_->port(), line,
               "Content-Type: application/json\r\nLupaus-Csrf: " + csrf(headers) + "\r\n" + headers,
               body);
  }

  HeldCalls calls_;  ///< outlives the server
  std::atomic<bool> is_ready_{false};
  ConsoleSettings settings_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace lupaus::server::console
