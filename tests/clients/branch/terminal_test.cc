// A terminal against a small server in this process that refuses, forgets and falls silent on
// demand.
#include "clients/branch/terminal.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

#include "lupaus/v1/event.grpc.pb.h"
#include "lupaus/v1/signal.grpc.pb.h"

namespace lupaus::clients::branch {
namespace {

using lupaus::v1::StreamEventsRequest;
using lupaus::v1::StreamEventsResponse;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{20};

/// Keeps the events of one source as a real server does: each once, in order.
class FakeEvents : public lupaus::v1::EventService::Service {
 public:
  using Stream = grpc::ServerReaderWriter<StreamEventsResponse, StreamEventsRequest>;

  grpc::Status StreamEvents(grpc::ServerContext*, Stream* stream) override {
    StreamEventsRequest request;
    if (!stream->Read(&request)) return grpc::Status::OK;
    {
      const std::scoped_lock lock(mutex_);
      hellos_.push_back(request.hello());
      const auto& source = request.hello().sources(0);
      if (epoch_ == 0) epoch_ = source.epoch() == 0 ? 5 : source.epoch();
      StreamEventsResponse welcome;
      auto& answer = *welcome.mutable_welcome()->add_sources();
      answer.set_source(source.source());
      answer.set_epoch(epoch_);
      answer.set_next_sequence(next_override_ > 0 ? next_override_ : events_.size() + 1);
      welcome.mutable_welcome()->set_window_batches_count(2);
      welcome.mutable_welcome()->set_max_message_bytes(64 * 1024);
      stream->Write(welcome);
    }
    while (stream->Read(&request)) {
      if (request.has_heartbeat()) take_heartbeat(request.heartbeat());
      if (!request.has_batch()) continue;
      const grpc::Status status = take_batch(*stream, request.batch());
      if (!status.ok()) return status;
    }
    return grpc::Status::OK;
  }

  grpc::Status take_batch(Stream& stream, const lupaus::v1::Batch& batch) {
    const std::scoped_lock lock(mutex_);
    ++batches_;
    if (batch.epoch() != epoch_ || batch.first_sequence() > events_.size() + 1) {
      return {grpc::StatusCode::OUT_OF_RANGE, "sequence gap"};
    }
    if (is_twin_) return {grpc::StatusCode::ALREADY_EXISTS, "event 1 has other content"};
    for (int at = 0; at < batch.events_size(); ++at) {
      if (batch.first_sequence() + static_cast<uint64_t>(at) <= events_.size()) continue;
      events_.push_back(batch.events(at));
    }
    changed_.notify_all();
    if (break_after_batch_ > 0) {
      --break_after_batch_;
      return {grpc::StatusCode::UNAVAILABLE, "the acknowledgement was lost"};
    }
    StreamEventsResponse response;
    response.mutable_ack()->set_source(batch.source());
    response.mutable_ack()->set_epoch(epoch_);
    response.mutable_ack()->set_up_to_sequence(events_.size());
    if (is_rejecting_) {
      auto& rejected = *response.mutable_ack()->add_rejected();
      rejected.set_sequence(events_.size());
      rejected.set_reason("unknown_type");
    }
    stream.Write(response);
    return grpc::Status::OK;
  }

  void take_heartbeat(const lupaus::v1::Heartbeat& heartbeat) {
    const std::scoped_lock lock(mutex_);
    heartbeats_.push_back(heartbeat);
    changed_.notify_all();
  }

  template <typename Predicate>
  bool wait(Predicate predicate) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, predicate);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<lupaus::v1::Hello> hellos_;
  std::vector<lupaus::v1::Event> events_;
  std::vector<lupaus::v1::Heartbeat> heartbeats_;
  uint64_t epoch_ = 0;
  uint64_t next_override_ = 0;
  int batches_ = 0;
  int break_after_batch_ = 0;
  bool is_twin_ = false;
  bool is_rejecting_ = false;
};

/// Sends two signals of one position, breaks off, and sends all from the position that is asked
/// for.
class FakeSignals : public lupaus::v1::SignalService::Service {
 public:
  using Writer = grpc::ServerWriter<lupaus::v1::WatchSignalsResponse>;

  grpc::Status WatchSignals(grpc::ServerContext*, const lupaus::v1::WatchSignalsRequest* request,
                            Writer* writer) override {
    {
      const std::scoped_lock lock(mutex_);
      asked_.push_back(request->from_position());
    }
    const std::vector<std::pair<uint64_t, lupaus::v1::SignalKind>> all = {
        {3, lupaus::v1::SIGNAL_KIND_AT_RISK},
        {8, lupaus::v1::SIGNAL_KIND_OWED},
        {8, lupaus::v1::SIGNAL_KIND_VOUCHER_ISSUED},
        {9, lupaus::v1::SIGNAL_KIND_CONFIRMED}};
    const bool is_first = request->from_position() == 0;
    for (size_t at = 0; at < all.size(); ++at) {
      if (all[at].first < request->from_position()) continue;
      lupaus::v1::WatchSignalsResponse response;
      response.set_position(all[at].first);
      response.set_kind(all[at].second);
      response.set_commitment("b/t/p/1");
      writer->Write(response);
      if (is_first && at == 1) break;
    }
    return {grpc::StatusCode::UNAVAILABLE, "broken off"};
  }

  std::mutex mutex_;
  std::vector<uint64_t> asked_;
};

class TerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    spool_dir_ = std::filesystem::temp_directory_path() /
                 ("lupaus-terminal-" + std::to_string(::getpid()) + "-" + test.name());
    std::filesystem::remove_all(spool_dir_);
    serve();
  }
  void TearDown() override {
    if (server_) server_->Shutdown();
    std::filesystem::remove_all(spool_dir_);
  }
  void serve() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&events_);
    builder.RegisterService(&signals_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  Options options() {
    Options options;
    options.server = address_;
    options.source = "helsinki-1/kiosk-1";
    options.branch = "helsinki-1";
    options.spool_dir = spool_dir_.string();
    options.heartbeat_every = milliseconds(0);
    options.backoff_min = milliseconds(5);
    options.backoff_max = milliseconds(50);
    return options;
  }
  static std::unique_ptr<Terminal> open(Options options) {
    auto terminal = Terminal::open(std::move(options));
    EXPECT_TRUE(terminal.ok()) << terminal.error().message;
    return terminal.ok() ? std::move(*terminal) : nullptr;
  }
  std::vector<std::string> tickets() {
    const std::scoped_lock lock(events_.mutex_);
    std::vector<std::string> names;
    for (const auto& event : events_.events_) names.push_back(event.ticket());
    return names;
  }

  std::filesystem::path spool_dir_;
  FakeEvents events_;
  FakeSignals signals_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(TerminalTest, DeliversWhatItWasTold) {
  auto terminal = open(options());
  const Instant at(milliseconds(1'767'603'600'123));
  ASSERT_EQ(terminal->report("issued", "t-1", {{"service", "cash"}}, "A017", at).value(), 1U);
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  const std::scoped_lock lock(events_.mutex_);
  const lupaus::v1::Event& event = events_.events_.at(0);
  EXPECT_EQ(event.branch(), "helsinki-1");
  EXPECT_EQ(event.type(), "issued");
  EXPECT_EQ(event.label(), "A017");
  EXPECT_EQ(event.attributes().at("service"), "cash");
  EXPECT_EQ(event.occurred_at().seconds(), 1'767'603'600);
  EXPECT_EQ(event.occurred_at().nanos(), 123'000'000);
}

TEST_F(TerminalTest, ReportsAtOnceWhileTheServerIsDeadAndDeliversWhenItComes) {
  server_->Shutdown();
  server_.reset();
  auto dead = options();
  dead.server = "127.0.0.1:1";
  auto terminal = open(dead);
  const auto before = std::chrono::steady_clock::now();
  for (int count = 1; count <= 20; ++count)
    ASSERT_TRUE(terminal->report("issued", "t-" + std::to_string(count)).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(5));
  EXPECT_FALSE(terminal->wait_until_acked(milliseconds(50)));
  EXPECT_FALSE(terminal->status().is_connected);
  terminal.reset();
  serve();
  terminal = open(options());
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  EXPECT_EQ(tickets().size(), 20U);
  EXPECT_EQ(terminal->status().epoch, 5U);
}

TEST_F(TerminalTest, LosesAndRepeatsNothingWhenAcknowledgementsAreLost) {
  events_.break_after_batch_ = 5;
  auto terminal = open(options());
  std::vector<std::string> told;
  for (int count = 1; count <= 300; ++count) {
    told.push_back("t-" + std::to_string(count));
    ASSERT_TRUE(terminal->report("issued", told.back()).ok());
    if (count % 40 != 0) continue;
    ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  }
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  EXPECT_EQ(tickets(), told);
  const std::scoped_lock lock(events_.mutex_);
  EXPECT_EQ(events_.break_after_batch_, 0) << "the server was to break five times";
  EXPECT_EQ(events_.hellos_.size(), 6U);
  EXPECT_EQ(events_.hellos_.back().sources(0).epoch(), 5U);
}

TEST_F(TerminalTest, SendsAgainWhatARestoredServerForgot) {
  {
    auto terminal = open(options());
    for (int count = 1; count <= 10; ++count)
      ASSERT_TRUE(terminal->report("issued", "t-" + std::to_string(count)).ok());
    ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  }
  {
    const std::scoped_lock lock(events_.mutex_);
    events_.events_.resize(4);
  }
  auto terminal = open(options());
  ASSERT_TRUE(terminal->report("issued", "t-11").ok());
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  ASSERT_TRUE(events_.wait([&] { return events_.events_.size() == 11; }));
  EXPECT_EQ(tickets().at(4), "t-5");
  EXPECT_EQ(events_.hellos_.back().sources(0).last_acked_sequence(), 10U);
}

TEST_F(TerminalTest, StopsWhenATwinUsesItsName) {
  events_.is_twin_ = true;
  auto terminal = open(options());
  ASSERT_TRUE(terminal->report("issued", "t-1").ok());
  EXPECT_FALSE(terminal->wait_until_acked(kPatience));
  const Status status = terminal->status();
  EXPECT_TRUE(status.is_stopped);
  EXPECT_EQ(status.error.value().code, "twin_source");
  EXPECT_TRUE(terminal->report("called", "t-1").ok()) << "events are still kept on disk";
  const std::scoped_lock lock(events_.mutex_);
  EXPECT_EQ(events_.batches_, 1) << "the server must not be asked again";
}

TEST_F(TerminalTest, StopsWhenTheServerKnowsMoreThanItsDisk) {
  events_.next_override_ = 40;
  auto terminal = open(options());
  ASSERT_TRUE(terminal->report("issued", "t-1").ok());
  EXPECT_FALSE(terminal->wait_until_acked(kPatience));
  EXPECT_EQ(terminal->status().error.value().code, "spool_behind_server");
}

TEST_F(TerminalTest, PassesNoEventWithAHeartbeat) {
  auto chosen = options();
  std::atomic<int64_t> clock{1'000};
  chosen.now = [&] { return Instant(milliseconds(clock.load())); };
  auto terminal = open(chosen);
  ASSERT_TRUE(terminal->report("issued", "t-1").ok());
  terminal->beat();
  ASSERT_TRUE(events_.wait([&] { return events_.heartbeats_.size() == 1; }));
  clock = 5'000;
  terminal->close(true);
  ASSERT_TRUE(events_.wait([&] { return events_.heartbeats_.size() == 2; }));
  EXPECT_EQ(events_.events_.size(), 1U);
  EXPECT_EQ(events_.heartbeats_[0].last_sequence(), 1U);
  EXPECT_EQ(events_.heartbeats_[0].at().seconds(), 1);
  EXPECT_FALSE(events_.heartbeats_[0].closing());
  EXPECT_EQ(events_.heartbeats_[1].at().seconds(), 5);
  EXPECT_TRUE(events_.heartbeats_[1].closing());
  EXPECT_EQ(terminal->report("called", "t-1").error().code, "closed");
}

TEST_F(TerminalTest, TellsOfRejectedEvents) {
  events_.is_rejecting_ = true;
  auto chosen = options();
  std::mutex mutex;
  std::vector<std::string> reasons;
  chosen.on_rejected = [&](const Rejected& rejected) {
    const std::scoped_lock lock(mutex);
    reasons.push_back(rejected.reason);
  };
  auto terminal = open(chosen);
  ASSERT_TRUE(terminal->report("exploded", "t-1").ok());
  ASSERT_TRUE(terminal->wait_until_acked(kPatience));
  const std::scoped_lock lock(mutex);
  EXPECT_EQ(reasons, std::vector<std::string>{"unknown_type"});
}

TEST_F(TerminalTest, GetsEachSignalOnceThroughABreak) {
  auto chosen = options();
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::pair<uint64_t, Signal::Kind>> signals;
  chosen.on_signal = [&](const Signal& signal) {
    const std::scoped_lock lock(mutex);
    signals.emplace_back(signal.position, signal.kind);
    changed.notify_all();
  };
  auto terminal = open(chosen);
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, kPatience, [&] { return signals.size() >= 4; }));
  }
  terminal->close();
  EXPECT_EQ(signals,
            (std::vector<std::pair<uint64_t, Signal::Kind>>{{3, Signal::Kind::at_risk},
                                                            {8, Signal::Kind::owed},
                                                            {8, Signal::Kind::voucher_issued},
                                                            {9, Signal::Kind::confirmed}}));
  EXPECT_EQ(signals_.asked_.at(1), 8U);
}

TEST_F(TerminalTest, NeverGivesATicketIdTwice) {
  auto chosen = options();
  std::atomic<int64_t> clock{1'767'603'605'000};  // 2026-01-05T09:00:05Z
  chosen.now = [&] { return Instant(milliseconds(clock.load())); };
  auto terminal = open(chosen);
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260105-kiosk-1-32406");
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260105-kiosk-1-32407");
  terminal = nullptr;
  terminal = open(chosen);
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260105-kiosk-1-32506")
      << "after what may have been given";
  clock += 24 * 3'600'000;
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260106-kiosk-1-1");
  clock -= 24 * 3'600'000;
  EXPECT_EQ(terminal->make_ticket_id().value(), "20260106-kiosk-1-2")
      << "a clock that was set back";
}

TEST_F(TerminalTest, RefusesWhatItCannotKeep) {
  EXPECT_EQ(Terminal::open({}).error().code, "bad_option");
  auto secured = options();
  secured.tls = Tls{"/nowhere/ca.pem", "", ""};
  EXPECT_EQ(Terminal::open(secured).error().code, "bad_option");
  auto terminal = open(options());
  EXPECT_EQ(terminal->report("issued", "t", {{"note", std::string(40'000, 'x')}}).error().code,
            "event_too_large");
  EXPECT_EQ(Terminal::open(options()).error().code, "spool_in_use");
}

}  // namespace
}  // namespace lupaus::clients::branch
