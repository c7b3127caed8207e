// A stream without a call under it: what it submits in which order, and what it tells its line.
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>

#include "lupaus/v1/event.pb.h"
#include "server/ingest/stream.h"
#include "tests/server/runtime/small_branch.h"

namespace lupaus::tests {
namespace {

using rules::model::Observed;
using rules::model::WatermarkAdvanced;
using server_runtime::kNine;
using server_runtime::Running;
using support::MemoryStorage;
using v1::StreamEventsRequest;
using v1::StreamEventsResponse;

/// Messages by hand: the test's thread writes them, and reads what came back.
class HandLine final : public server::ingest::StreamLine {
 public:
  HandLine(server::runtime::EngineLoop& loop, server::ingest::StreamMetrics& metrics)
      : stream_(std::make_shared<server::ingest::Stream>(
            loop, server::ingest::IngestSettings{}, metrics, server::wire::Identity{}, *this)) {
    stream_->open();
  }
  ~HandLine() override {
    stream_->cancelled();
    stream_->done();
  }

  void read(StreamEventsRequest& into) override {
    const std::scoped_lock lock(mutex_);
    into_ = &into;
    changed_.notify_all();
  }
  void write(const StreamEventsResponse& message) override {
    const std::scoped_lock lock(mutex_);
    written_.push_back(message);
    changed_.notify_all();
  }
  void finish(const rules::model::Result<void>&) override {}
  void moved(bool is_caught_up) override {
    const std::scoped_lock lock(mutex_);
    moves_.push_back(is_caught_up);
  }

  void say(const StreamEventsRequest& message) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return into_ != nullptr; });
      *std::exchange(into_, nullptr) = message;
    }
    stream_->read_done(true);
  }
  StreamEventsResponse answer() {
    StreamEventsResponse message;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !written_.empty(); });
      message = written_.front();
      written_.pop_front();
    }
    stream_->write_done(true);
    return message;
  }
  void hello(const std::string& source, uint64_t last_sequence) {
    StreamEventsRequest request;
    auto& speaker = *request.mutable_hello()->add_sources();
    speaker.set_source(source);
    speaker.set_last_sequence(last_sequence);
    say(request);
    ASSERT_TRUE(answer().has_welcome());
  }
  void batch(const std::string& source, uint64_t sequence, const std::string& ticket) {
    StreamEventsRequest request;
    request.mutable_batch()->set_source(source);
    request.mutable_batch()->set_epoch(1);
    request.mutable_batch()->set_first_sequence(sequence);
    v1::Event& event = *request.mutable_batch()->add_events();
    event.set_branch("helsinki-1");
    event.set_type("issued");
    event.set_ticket(ticket);
    event.mutable_occurred_at()->set_seconds(kNine.time_since_epoch() / std::chrono::seconds(1));
    say(request);
  }
  void last_heartbeat(const std::string& source, uint64_t sequence) {
    StreamEventsRequest request;
    request.mutable_heartbeat()->set_source(source);
    request.mutable_heartbeat()->set_epoch(1);
    request.mutable_heartbeat()->set_last_sequence(sequence);
    request.mutable_heartbeat()->mutable_at()->set_seconds(kNine.time_since_epoch() /
                                                           std::chrono::seconds(1));
    request.mutable_heartbeat()->set_closing(true);
    say(request);
  }
  std::vector<bool> moves() {
    const std::scoped_lock lock(mutex_);
    return moves_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  StreamEventsRequest* into_ = nullptr;
  std::deque<StreamEventsResponse> written_;
  std::vector<bool> moves_;
  const std::shared_ptr<server::ingest::Stream> stream_;
};

class StreamLanes : public testing::Test {
 protected:
  StreamLanes() { running_.open({}); }
  /// Events by sequence, last heartbeats by name, in the order of the journal.
  std::vector<std::string> journal() {
    std::vector<std::string> order;
    const auto read = storage_.read_journal(1, [&](std::span<const rules::model::Fact> facts) {
      for (const auto& fact : facts) {
        if (const auto* observed = std::get_if<Observed>(&fact.body))
          order.emplace_back(observed->event.ticket);
        const auto* heard = std::get_if<WatermarkAdvanced>(&fact.body);
        if (heard != nullptr && heard->is_closing) order.push_back(heard->source + " closed");
      }
      return true;
    });
    EXPECT_TRUE(read.ok());
    return order;
  }

  server::telemetry::Registry registry_;
  server::ingest::StreamMetrics metrics_{registry_.gauge("a", "a"),   registry_.counter("b", "b"),
                                         registry_.counter("c", "c"), registry_.counter("d", "d"),
                                         registry_.counter("e", "e"), registry_.counter("f", "f")};
  MemoryStorage storage_;
  Running running_{storage_};
};

TEST_F(StreamLanes, LetAHeartbeatPassTheEventsOfOthersButNeverItsOwn) {
  HandLine busy(running_.loop, metrics_);
  HandLine calm(running_.loop, metrics_);
  busy.hello("busy", 0);
  calm.hello("calm", 0);
  storage_.block_appends();
  busy.batch("busy", 1, "T1");
  storage_.wait_for_blocked_append();
  busy.batch("busy", 2, "T2");
  busy.batch("busy", 3, "T3");
  busy.last_heartbeat("busy", 3);
  calm.last_heartbeat("calm", 0);
  storage_.release_appends();
  running_.loop.drain();
  EXPECT_EQ(journal(), (std::vector<std::string>{"T1", "calm closed", "T2", "T3", "busy closed"}));
}

TEST_F(StreamLanes, KeepTheNewestOfHeartbeatsThatCannotBeDecidedYet) {
  HandLine line(running_.loop, metrics_);
  line.hello("s", 0);
  storage_.block_appends();
  line.batch("s", 1, "T1");
  storage_.wait_for_blocked_append();
  StreamEventsRequest beat;
  beat.mutable_heartbeat()->set_source("s");
  beat.mutable_heartbeat()->set_epoch(1);
  beat.mutable_heartbeat()->set_last_sequence(1);
  beat.mutable_heartbeat()->mutable_at()->set_seconds(1);
  for (int count = 0; count < 100; ++count) line.say(beat);
  line.last_heartbeat("s", 1);
  storage_.release_appends();
  running_.loop.drain();
  running_.loop.drain();  // the one that was held is submitted when the first is answered
  EXPECT_EQ(journal(), (std::vector<std::string>{"T1", "s closed"}));
}

TEST_F(StreamLanes, AcknowledgeAHeartbeatThatAsksForIt) {
  HandLine line(running_.loop, metrics_);
  line.hello("s", 0);
  line.batch("s", 1, "T1");
  EXPECT_EQ(line.answer().ack().up_to_sequence(), 1U);
  StreamEventsRequest beat;
  beat.mutable_heartbeat()->set_source("s");
  beat.mutable_heartbeat()->set_epoch(1);
  beat.mutable_heartbeat()->set_last_sequence(1);
  beat.mutable_heartbeat()->mutable_at()->set_seconds(1);
  line.say(beat);
  beat.mutable_heartbeat()->set_wants_ack(true);
  line.say(beat);
  EXPECT_EQ(line.answer().ack().up_to_sequence(), 1U);
}

TEST_F(StreamLanes, TellWhenEverythingThatTheHelloAnnouncedIsDurable) {
  HandLine line(running_.loop, metrics_);
  line.hello("s", 2);
  EXPECT_EQ(line.moves(), std::vector<bool>{false});
  line.batch("s", 1, "T1");
  EXPECT_EQ(line.answer().ack().up_to_sequence(), 1U);
  EXPECT_EQ(line.moves(), (std::vector<bool>{false, false}));
  line.batch("s", 2, "T2");
  EXPECT_EQ(line.answer().ack().up_to_sequence(), 2U);
  line.batch("s", 3, "T3");
  EXPECT_EQ(line.answer().ack().up_to_sequence(), 3U);
  EXPECT_EQ(line.moves(), (std::vector<bool>{false, false, true}));
}

TEST_F(StreamLanes, TakeASourceWithoutBacklogForCaughtUpAtOnce) {
  HandLine line(running_.loop, metrics_);
  line.hello("s", 0);
  EXPECT_EQ(line.moves(), std::vector<bool>{true});
}

}  // namespace
}  // namespace lupaus::tests
