// What one visitor may do to the others: nothing. Calls are held by a service that answers when the
// test says so.
#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <set>

#include "server/console/gateway.h"
#include "server/console/http_server.h"
#include "server/console/shares.h"
#include "server/console/worker.h"
#include "tests/server/console/wire.h"

namespace lupaus::server::console {
namespace {

using ::testing::HasSubstr;

TEST(Shares, OfOneVisitorLeaveRoomForTheOthers) {
  Shares shares({3, 2});
  EXPECT_EQ(shares.enter("anna"), Shares::Entry::taken);
  EXPECT_EQ(shares.enter("anna"), Shares::Entry::taken);
  EXPECT_EQ(shares.enter("anna"), Shares::Entry::share_full);
  EXPECT_EQ(shares.enter("bea"), Shares::Entry::taken);
  EXPECT_EQ(shares.enter("bea"), Shares::Entry::full);
  EXPECT_EQ(shares.enter("anna"), Shares::Entry::share_full) << "it is his own doing, full or not";
  shares.leave("anna");
  EXPECT_EQ(shares.enter("bea"), Shares::Entry::taken);
  EXPECT_EQ(shares.count(), 3u);
}

TEST(Worker, FinishesWhatWasPostedInItsOrder) {
  std::vector<int> done;
  Worker worker;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(worker.post([&done, i] { done.push_back(i); }));
  worker.stop();
  ASSERT_EQ(done.size(), 100u);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_FALSE(worker.post([] {}));
}

/// Takes every call, and ends none before it is told to.
class HeldService final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    const std::scoped_lock lock(mutex_);
    auto* const call = new HeldCall(*this);
    held_.insert(call);
    ++came_;
    changed_.notify_all();
    return call;
  }
  void wait_for_calls(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return came_ >= count; });
  }
  void let_go() {
    const std::scoped_lock lock(mutex_);
    for (HeldCall* call : held_) call->Finish({grpc::StatusCode::NOT_FOUND, "let go"});
    held_.clear();
  }

 private:
  class HeldCall final : public grpc::ServerGenericBidiReactor {
   public:
    explicit HeldCall(HeldService& service) : service_(service) {}
    void OnCancel() override {
      const std::scoped_lock lock(service_.mutex_);
      if (service_.held_.erase(this) > 0) Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    HeldService& service_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<HeldCall*> held_;
  size_t came_ = 0;
};

class Flood : public ::testing::Test {
 protected:
  void start(GatewaySettings settings = {}) {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&service_);
    services_ = builder.BuildAndStart();
    gateway_ = std::make_unique<Gateway>(services_->InProcessChannel({}), settings);
    ConsoleSources sources;
    sources.calls = gateway_.get();
    door_ = std::make_unique<HttpServer>(ConsoleSettings(), sources);
    ASSERT_TRUE(door_->start().ok());
  }
  void TearDown() override {
    if (door_ != nullptr) door_->stop();
    gateway_.reset();
    service_.let_go();
    if (services_ != nullptr) services_->Shutdown();
  }
  static std::string cookie(const std::string& name) {
    return name.empty() ? "" : "Cookie: lupaus-name=" + name + "\r\n";
  }
  /// A request whose answer is not waited for.
  Wire& send(const std::string& path, const std::string& name) {
    Wire& wire = wires_.emplace_back(door_->port());
    wire.send(request_text("GET " + path, cookie(name)));
    return wire;
  }
  Answer get(const std::string& path, const std::string& name) {
    return ask(door_->port(), "GET " + path, cookie(name));
  }
  /// The head and the body of a request that publishes a book of a million empty files, and ends in
  /// a letter that is no JSON.
  std::string large_request() {
    const std::string session = get("/session", "eve").body;
    std::string body = R"({"files":[{})";
    for (int i = 0; i < 1'000'000; ++i) body += ",{}";
    return request_text("POST /v1/promises:apply",
                        cookie("eve") + "Content-Type: application/json\r\nLupaus-Csrf: " +
                            session.substr(session.find("\"csrf\":\"") + 8, 32) + "\r\n",
                        body + "]x");
  }

  HeldService service_;
  std::unique_ptr<grpc::Server> services_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<HttpServer> door_;
  std::deque<Wire> wires_;
};

TEST_F(Flood, OfOneVisitorsCallsLeavesRoomForASecondOne) {
  start();
  const GatewaySettings settings;
  for (size_t i = 0; i < settings.unary_calls_a_visitor_max; ++i) send("/v1/promises", "anna");
  service_.wait_for_calls(settings.unary_calls_a_visitor_max);
  const Answer refused = get("/v1/promises", "anna");
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"too_many_calls\""));
  Wire& second = send("/v1/promises", "bea");
  send("/v1/promises", "");
  service_.wait_for_calls(settings.unary_calls_a_visitor_max + 2);
  service_.let_go();
  EXPECT_THAT(second.read_all(), HasSubstr("HTTP/1.1 404"));
  for (Wire& wire : wires_) wire.read_all();
  send("/v1/promises", "anna");
  service_.wait_for_calls(settings.unary_calls_a_visitor_max + 3);
}

TEST_F(Flood, OfOneVisitorsStreamsLeavesRoomForASecondOne) {
  GatewaySettings settings;
  settings.streams_a_visitor_max = 2;
  start(settings);
  for (int i = 0; i < 2; ++i) send("/v1/signals:watch", "anna");
  service_.wait_for_calls(2);
  EXPECT_EQ(get("/v1/signals:watch", "anna").status, 429);
  send("/v1/promises", "anna");
  send("/v1/signals:watch", "bea");
  service_.wait_for_calls(4);
}

TEST_F(Flood, OthersAreAnsweredWhileALargeBodyIsRead) {
  start();
  const std::string request = large_request();
  Wire large(door_->port());
  large.send(std::string_view(request).substr(0, request.size() - 1));
  // What lies between here and the server's buffer has come in by then.
  for (int i = 0; i < 100; ++i) ASSERT_EQ(get("/healthz", "").status, 200);
  large.send("x");
  auto answer = std::async(std::launch::async, [&large] { return parse_answer(large.read_all()); });
  int others = 0;
  while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    ASSERT_EQ(get("/healthz", "").status, 200);
    Wire other(door_->port());
    other.send(request_text("GET /v1/promises", cookie("anna")));
    service_.wait_for_calls(static_cast<size_t>(++others));
    service_.let_go();
    EXPECT_THAT(other.read_all(), HasSubstr("HTTP/1.1 404"));
  }
  EXPECT_EQ(answer.get().status, 400);
  EXPECT_GE(others, 10) << "at most one or two while the door itself reads it";
}

TEST_F(Flood, TheDoorStopsWhileALargeBodyIsRead) {
  start();
  Wire(door_->port()).send(large_request());  // and hangs up
  Wire large(door_->port());
  large.send(large_request());
  ASSERT_EQ(get("/healthz", "").status, 200);
  door_->stop();
  gateway_->stop();
  EXPECT_EQ(large.read_all(), "");
}

}  // namespace
}  // namespace lupaus::server::console
