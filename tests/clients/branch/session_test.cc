// The terminal's protocol without threads, network or clocks: what it says, and when.
#include "clients/branch/session.h"

#include <gtest/gtest.h>

#include "tests/support/faulty_disk.h"

namespace lupaus::clients::branch {
namespace {

using lupaus::v1::StreamEventsRequest;
using lupaus::v1::StreamEventsResponse;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::support::FaultyDisk;
using Kind = Step::Kind;

const char* const kSource = "helsinki-1/kiosk-1";

StreamEventsResponse make_welcome(uint64_t next_sequence, uint64_t epoch = 5) {
  StreamEventsResponse response;
  auto& source = *response.mutable_welcome()->add_sources();
  source.set_source(kSource);
  source.set_epoch(epoch);
  source.set_next_sequence(next_sequence);
  response.mutable_welcome()->set_window_batches_count(2);
  response.mutable_welcome()->set_max_message_bytes(64 * 1024);
  return response;
}

StreamEventsResponse make_ack(uint64_t up_to, uint64_t epoch = 5) {
  StreamEventsResponse response;
  response.mutable_ack()->set_source(kSource);
  response.mutable_ack()->set_epoch(epoch);
  response.mutable_ack()->set_up_to_sequence(up_to);
  return response;
}

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    options_.server = "bank:7443";
    options_.source = kSource;
    options_.branch = "helsinki-1";
    options_.heartbeat_every = seconds(1);
    begin();
  }

  void begin() {
    session_.reset();
    spool_.reset();
    spool_ = std::move(*spool::Spool::open("/spool", {}, disk_));
    session_ = std::make_unique<Session>(options_, *spool_, 1);
  }
  uint64_t record(const std::string& ticket) {
    lupaus::v1::Event event;
    event.set_ticket(ticket);
    return session_->record(std::move(event), {}, now_).value();
  }
  void report(const std::string& ticket) { ASSERT_TRUE(spool_->sync_to(record(ticket)).ok()); }
  Kind next() {
    step_ = session_->next(now_, &message_);
    return step_.kind;
  }
  /// Next, with everything that concerns the disk done.
  Kind next_message() {
    while (next() == Kind::save || step_.kind == Kind::sync) {
      if (step_.kind == Kind::save) {
        session_->saved(spool_->save(), now_);
      } else {
        session_->synced(spool_->sync_to(spool_->last()));
      }
    }
    return step_.kind;
  }
  void pass(milliseconds length) {
    now_.wall += length;
    now_.steady += length;
  }
  void pass_to_attempt() {
    ASSERT_EQ(next_message(), Kind::wait);
    now_.steady = std::max(now_.steady, step_.wake_at);
  }
  void hear(const StreamEventsResponse& response) { session_->received(response, now_); }
  /// Connects and is welcomed.
  void open(uint64_t next_sequence = 1) {
    if (next_message() == Kind::wait) {
      now_.steady = step_.wake_at;
      next_message();
    }
    ASSERT_EQ(step_.kind, Kind::connect);
    session_->connected();
    ASSERT_EQ(next_message(), Kind::send);
    ASSERT_TRUE(message_.has_hello());
    hear(make_welcome(next_sequence));
  }
  std::string error_code() const { return session_->status().error.value_or(Error{}).code; }

  const std::shared_ptr<FaultyDisk> disk_ = std::make_shared<FaultyDisk>();
  Options options_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<Session> session_;
  Moment now_{Instant(seconds(1'000)), seconds(50)};
  Step step_;
  StreamEventsRequest message_;
};

TEST_F(SessionTest, TellsWhatItHasAndSendsAllThatWasNotAcknowledged) {
  for (const char* ticket : {"a", "b", "c"}) report(ticket);
  EXPECT_EQ(next(), Kind::connect);
  EXPECT_EQ(next(), Kind::wait);
  session_->connected();
  ASSERT_EQ(next(), Kind::send);
  EXPECT_EQ(message_.hello().sources(0).source(), kSource);
  EXPECT_EQ(message_.hello().sources(0).epoch(), 0U);
  EXPECT_EQ(message_.hello().sources(0).last_sequence(), 3U);
  EXPECT_EQ(next(), Kind::wait) << "nothing before the welcome";
  hear(make_welcome(2));
  EXPECT_EQ(next(), Kind::save) << "the epoch is on disk before the first event goes out under it";
  EXPECT_EQ(next(), Kind::save);
  session_->saved(spool_->save(), now_);
  ASSERT_EQ(next(), Kind::send);
  EXPECT_EQ(message_.batch().first_sequence(), 1U);
  EXPECT_EQ(message_.batch().epoch(), 5U);
  EXPECT_EQ(message_.batch().events_size(), 3);
  EXPECT_EQ(message_.batch().events(2).ticket(), "c");
  hear(make_ack(3));
  EXPECT_EQ(session_->status().acked, 3U);
}

/// A copy of its disk may have used its numbers: only the server can tell, and only when it sees
/// both events.
TEST_F(SessionTest, TakesNoWelcomeForAnAcknowledgement) {
  for (const char* ticket : {"a", "b", "c"}) report(ticket);
  open();
  ASSERT_EQ(next_message(), Kind::send);
  hear(make_ack(1));
  session_->disconnected({}, now_);
  open(4);
  EXPECT_EQ(session_->status().acked, 1U);
  ASSERT_EQ(next_message(), Kind::send);
  EXPECT_EQ(message_.batch().first_sequence(), 2U);
  EXPECT_EQ(message_.batch().events_size(), 2);
}

TEST_F(SessionTest, SendsNothingThatIsNotOnDisk) {
  open();
  ASSERT_EQ(next_message(), Kind::send);
  ASSERT_TRUE(message_.has_heartbeat());
  const uint64_t sequence = record("a");
  pass(seconds(5));
  EXPECT_EQ(next(), Kind::wait) << "neither the event nor a heartbeat that would pass it";
  ASSERT_TRUE(spool_->sync_to(sequence).ok());
  ASSERT_EQ(next(), Kind::send);
  EXPECT_EQ(message_.batch().events_size(), 1);
}

TEST_F(SessionTest, StopsAtTheWindowAndGoesOnWithTheAcknowledgement) {
  for (int count = 0; count < 600; ++count) record("t");
  ASSERT_TRUE(spool_->sync_to(600).ok());
  open();
  ASSERT_EQ(next_message(), Kind::send);
  EXPECT_EQ(message_.batch().events_size(), 256);
  ASSERT_EQ(next(), Kind::send);
  ASSERT_EQ(next(), Kind::wait) << "two batches are under way";
  hear(make_ack(256));
  ASSERT_EQ(next_message(), Kind::send);
  EXPECT_EQ(message_.batch().first_sequence(), 513U);
}

TEST_F(SessionTest, WaitsWhileAWriteIsUnderWayButNotForEver) {
  report("a");
  open();
  while (next_message() == Kind::send) continue;
  report("b");
  EXPECT_EQ(session_->next(now_, nullptr).kind, Kind::wait);
  pass(seconds(119));
  EXPECT_EQ(session_->next(now_, nullptr).kind, Kind::wait);
  pass(seconds(2));
  EXPECT_EQ(session_->next(now_, nullptr).kind, Kind::hang_up) << "no acknowledgement came";
  EXPECT_EQ(error_code(), "no_answer");
  session_->disconnected({.message = "cancelled"}, now_);
  EXPECT_EQ(error_code(), "no_answer") << "what the hanging up itself causes is no news";
  EXPECT_FALSE(session_->status().is_stopped);
}

TEST_F(SessionTest, HangsUpOnAServerThatNeverWelcomes) {
  ASSERT_EQ(next(), Kind::connect);
  session_->connected();
  ASSERT_EQ(next(), Kind::send);
  ASSERT_EQ(next(), Kind::wait);
  EXPECT_EQ(step_.wake_at, now_.steady + seconds(30));
  now_.steady = step_.wake_at;
  EXPECT_EQ(next(), Kind::hang_up);
  EXPECT_EQ(next(), Kind::wait);
  session_->disconnected({}, now_);
  pass_to_attempt();
  EXPECT_EQ(next(), Kind::connect);
}

TEST_F(SessionTest, StaysAwayAsLongAsTheServerAsks) {
  ASSERT_EQ(next(), Kind::connect);
  session_->disconnected({.message = "busy", .retry_after = seconds(7)}, now_);
  ASSERT_EQ(next(), Kind::wait);
  EXPECT_GT(step_.wake_at, now_.steady + seconds(7))
      << "and some more, drawn, so that not all come";
  EXPECT_LE(step_.wake_at, now_.steady + seconds(7) + options_.backoff_min);
  now_.steady += seconds(7);
  EXPECT_EQ(next(), Kind::wait);
  now_.steady = step_.wake_at;
  EXPECT_EQ(next(), Kind::connect);
  session_->disconnected({.retry_after = std::chrono::hours(1'000)}, now_);
  ASSERT_EQ(next(), Kind::wait);
  EXPECT_LT(step_.wake_at, now_.steady + std::chrono::minutes(6)) << "not any length is believed";
}

TEST_F(SessionTest, WaitsLongerEachTimeUntilSomethingIsAcknowledged) {
  report("a");
  milliseconds longest{0};
  for (int attempt = 0; attempt < 20; ++attempt) {
    ASSERT_EQ(next(), Kind::connect);
    session_->disconnected({.message = "refused"}, now_);
    ASSERT_EQ(next(), Kind::wait);
    longest = std::max(longest, step_.wake_at - now_.steady);
    now_.steady = step_.wake_at;
  }
  EXPECT_GT(longest, seconds(10));
  open();
  session_->disconnected({.message = "broke after the welcome"}, now_);
  longest = milliseconds(0);
  for (int attempt = 0; attempt < 6; ++attempt) {
    ASSERT_EQ(next_message(), Kind::wait);
    longest = std::max(longest, step_.wake_at - now_.steady);
    now_.steady = step_.wake_at;
    ASSERT_EQ(next(), Kind::connect);
    session_->disconnected({.message = "refused"}, now_);
  }
  EXPECT_GT(longest, seconds(1)) << "a welcome alone proves nothing";
  open();
  while (next_message() == Kind::send) continue;
  hear(make_ack(1));
  session_->disconnected({.message = "broke"}, now_);
  ASSERT_EQ(next_message(), Kind::wait);
  EXPECT_LE(step_.wake_at - now_.steady, options_.backoff_min);
}

TEST_F(SessionTest, SyncsInTimeAlsoWhileTheServerIsAway) {
  options_.sync_every = milliseconds(500);
  begin();
  record("a");
  ASSERT_EQ(next(), Kind::sync) << "nothing was synced for long";
  session_->synced(spool_->sync_to(1));
  ASSERT_EQ(next(), Kind::connect);
  session_->disconnected({.retry_after = seconds(60)}, now_);
  record("b");
  ASSERT_EQ(next(), Kind::wait);
  EXPECT_LE(step_.wake_at, now_.steady + milliseconds(500));
  now_.steady = step_.wake_at;
  EXPECT_EQ(next(), Kind::sync);
}

TEST_F(SessionTest, BeatsOnceASecondAndWhenAsked) {
  options_.report_delay_max = seconds(3);
  begin();
  open();
  ASSERT_EQ(next_message(), Kind::send);
  EXPECT_EQ(message_.heartbeat().at().seconds(), now_.wall.time_since_epoch() / seconds(1) - 3);
  EXPECT_EQ(message_.heartbeat().sent_at().seconds(), now_.wall.time_since_epoch() / seconds(1));
  ASSERT_EQ(next(), Kind::wait);
  EXPECT_EQ(step_.wake_at, now_.steady + seconds(1));
  session_->beat();
  ASSERT_EQ(next(), Kind::send);
  EXPECT_FALSE(message_.heartbeat().closing());
}

TEST_F(SessionTest, AsksForAnAnswerAfterALongSilenceAndHangsUpWithoutOne) {
  open();
  for (int beats = 0; beats < 10; ++beats) {
    ASSERT_EQ(next_message(), Kind::send);
    ASSERT_FALSE(message_.heartbeat().wants_ack()) << "a heartbeat a second needs none";
    pass(seconds(1));
  }
  ASSERT_EQ(next_message(), Kind::send);
  EXPECT_TRUE(message_.heartbeat().wants_ack());
  hear(make_ack(0));
  for (int beats = 0; beats < 130; ++beats) {
    pass(seconds(1));
    ASSERT_EQ(next_message(), Kind::send) << beats;
    ASSERT_EQ(message_.heartbeat().wants_ack(), beats == 9) << beats;
  }
  pass(milliseconds(500));
  ASSERT_EQ(next_message(), Kind::hang_up);
  EXPECT_EQ(error_code(), "no_answer");
}

TEST_F(SessionTest, SaysGoodbyeAfterItsLastEvent) {
  report("a");
  open();
  session_->close(true, now_);
  EXPECT_EQ(session_->record({}, {}, now_).error().code, "closed");
  ASSERT_EQ(next_message(), Kind::send);
  EXPECT_TRUE(message_.has_batch());
  ASSERT_EQ(next_message(), Kind::send);
  EXPECT_TRUE(message_.heartbeat().closing());
  EXPECT_EQ(message_.heartbeat().last_sequence(), 1U);
  ASSERT_EQ(next(), Kind::finish);
  ASSERT_EQ(next(), Kind::wait);
  session_->disconnected({.is_ok = true}, now_);
  EXPECT_EQ(next_message(), Kind::closed);
  EXPECT_EQ(next(), Kind::closed);
}

TEST_F(SessionTest, LeavesWithoutGoodbyeWhenTheServerTakesTooLong) {
  for (int count = 0; count < 600; ++count) record("t");
  ASSERT_TRUE(spool_->sync_to(600).ok());
  open();
  while (next_message() == Kind::send) continue;
  session_->close(true, now_);
  ASSERT_EQ(next(), Kind::wait);
  EXPECT_EQ(step_.wake_at, now_.steady + seconds(2));
  now_.steady = step_.wake_at;
  EXPECT_EQ(next(), Kind::hang_up);
}

TEST_F(SessionTest, KeepsTryingWhenTheEpochCannotBeSaved) {
  report("a");
  open();
  ASSERT_EQ(next(), Kind::save);
  disk_->set_capacity(0);
  session_->saved(spool_->save(), now_);
  EXPECT_EQ(error_code(), "disk_full");
  EXPECT_EQ(next(), Kind::hang_up);
  disk_->set_capacity(1 << 20);
  session_->disconnected({}, now_);
  EXPECT_FALSE(session_->status().is_stopped);
  open();
  EXPECT_EQ(next_message(), Kind::send);
  EXPECT_EQ(message_.batch().epoch(), 5U);
}

struct BadAnswer {
  const char* name;
  const char* code;
  bool is_stopped;
  StreamEventsResponse response;
};

TEST_F(SessionTest, BelievesNoAnswerThatCannotBe) {
  StreamEventsResponse foreign = make_welcome(1);
  foreign.mutable_welcome()->mutable_sources(0)->set_source("other");
  StreamEventsResponse foreign_ack = make_ack(1);
  foreign_ack.mutable_ack()->set_source("other");
  const BadAnswer to_hello[] = {
      {"an acknowledgement first", "bad_answer", false, make_ack(1)},
      {"a welcome for another", "bad_answer", true, foreign},
      {"no epoch", "bad_answer", true, make_welcome(1, 0)},
      {"no sequence", "bad_answer", true, make_welcome(0)},
      {"more than we ever had", "spool_behind_server", true, make_welcome(3)},
  };
  const BadAnswer to_batch[] = {
      {"a second welcome", "bad_answer", false, make_welcome(1)},
      {"for another", "bad_answer", false, foreign_ack},
      {"of another epoch", "bad_answer", false, make_ack(1, 6)},
      {"of what we never had", "spool_behind_server", true, make_ack(2)},
  };
  const auto expect = [this](const BadAnswer& bad) {
    SCOPED_TRACE(bad.name);
    hear(bad.response);
    EXPECT_EQ(error_code(), bad.code);
    EXPECT_EQ(session_->status().is_stopped, bad.is_stopped);
    EXPECT_EQ(session_->status().acked, 0U);
    EXPECT_EQ(next_message(), Kind::hang_up);
    begin();
  };
  report("a");
  for (const BadAnswer& bad : to_hello) {
    ASSERT_EQ(next(), Kind::connect);
    session_->connected();
    ASSERT_EQ(next(), Kind::send);
    expect(bad);
  }
  for (const BadAnswer& bad : to_batch) {
    open();
    while (next_message() == Kind::send) continue;
    expect(bad);
  }
}

TEST_F(SessionTest, NeverAsksAgainAfterATwinButStillKeepsEvents) {
  open();
  session_->disconnected({.is_twin = true, .message = "other content"}, now_);
  EXPECT_EQ(error_code(), "twin_source");
  pass(std::chrono::hours(10));
  EXPECT_EQ(next(), Kind::wait);
  EXPECT_EQ(step_.wake_at, milliseconds::max());
  report("a");
  session_->close(false, now_);
  EXPECT_EQ(next(), Kind::closed);
}

TEST_F(SessionTest, TakesNoAcknowledgementForWhatItDidNotSend) {
  for (int count = 0; count < 300; ++count) record("t");
  ASSERT_TRUE(spool_->sync_to(300).ok());
  open();
  ASSERT_EQ(next_message(), Kind::send);
  const uint64_t sent = message_.batch().first_sequence() + message_.batch().events_size() - 1;
  ASSERT_LT(sent, 300U);
  hear(make_ack(300));
  EXPECT_EQ(session_->status().acked, sent);
  ASSERT_EQ(next_message(), Kind::send);
  EXPECT_EQ(message_.batch().first_sequence(), sent + 1);
}

}  // namespace
}  // namespace lupaus::clients::branch
