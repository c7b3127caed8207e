// Streams of sources over a real gRPC server: resume, duplicates, bad batches, bad events, waiting.
#include <gtest/gtest.h>

#include "clients/branch/channel.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using rules::model::Observed;
using rules::model::Rejected;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Stream, AcknowledgesWhatIsDurableAndResumesThere) {
  RunningServer running;
  {
    SourceStream stream(running.channel());
    v1::Welcome welcome = stream.hello("b1/counter");
    ASSERT_EQ(welcome.sources_size(), 1);
    EXPECT_EQ(welcome.sources(0).epoch(), 1u);
    EXPECT_EQ(welcome.sources(0).next_sequence(), 1u);
    EXPECT_EQ(welcome.max_message_bytes(), 65'536u);
    stream.send("b1/counter", 1,
                {make_event("A1", "issued", {}, "cash"), make_event("A2", "issued", {}, "cash")});
    v1::Ack ack;
    ASSERT_TRUE(stream.read_ack(ack));
    EXPECT_EQ(ack.up_to_sequence(), 2u);
    EXPECT_EQ(ack.rejected_size(), 0);
    EXPECT_EQ(running.count_facts<Observed>(), 2u);
    EXPECT_TRUE(stream.finish().ok());
  }
  SourceStream again(running.channel());
  EXPECT_EQ(again.hello("b1/counter", 1).sources(0).next_sequence(), 3u);
}

TEST(Stream, AcknowledgesNothingBeforeTheSync) {
  RunningServer running;
  SourceStream stream(running.channel());
  stream.hello("b1/counter");
  running.storage().block_appends();
  stream.send("b1/counter", 1, {make_event("A1", "issued", {}, "cash")});
  running.storage().wait_for_blocked_append();
  EXPECT_EQ(running.count_facts<Observed>(), 0u);
  running.storage().release_appends();
  v1::Ack ack;
  ASSERT_TRUE(stream.read_ack(ack));
  EXPECT_EQ(running.count_facts<Observed>(), 1u);
}

TEST(Stream, AcknowledgesARepeatedBatchAndRecordsNothingNew) {
  RunningServer running;
  SourceStream stream(running.channel());
  stream.hello("b1/counter");
  for (int i = 0; i < 3; ++i) {
    stream.send("b1/counter", 1, {make_event("A1", "issued", {}, "cash")});
    v1::Ack ack;
    ASSERT_TRUE(stream.read_ack(ack));
    EXPECT_EQ(ack.up_to_sequence(), 1u);
  }
  EXPECT_EQ(running.count_facts<Observed>(), 1u);
}

TEST(Stream, AcknowledgesATwinAndSaysSo) {
  RunningServer running;
  SourceStream stream(running.channel());
  stream.hello("b1/counter");
  stream.send("b1/counter", 1, {make_event("A1", "issued", {}, "cash")});
  v1::Ack ack;
  ASSERT_TRUE(stream.read_ack(ack));
  stream.send("b1/counter", 1, {make_event("A1", "issued", seconds(1), "cash")});
  ASSERT_TRUE(stream.read_ack(ack));
  ASSERT_EQ(ack.rejected_size(), 1);
  EXPECT_EQ(ack.rejected(0).reason(), "twin");
  EXPECT_EQ(running.count_facts<Observed>(), 1u);
  EXPECT_EQ(running.count_facts<rules::model::Quarantined>(), 1u);
}

TEST(Stream, RefusesAGapAndNamesTheSequenceThatIsWanted) {
  RunningServer running;
  SourceStream stream(running.channel());
  stream.hello("b1/counter");
  stream.send("b1/counter", 1, {make_event("A1", "issued", {}, "cash")});
  stream.send("b1/counter", 5, {make_event("A2", "issued", {}, "cash")});
  grpc::Status status = stream.finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_NE(status.error_message().find('2'), std::string::npos) << status.error_message();
  EXPECT_EQ(running.count_facts<Observed>(), 1u);
  SourceStream again(running.channel());
  EXPECT_EQ(again.hello("b1/counter", 1).sources(0).next_sequence(), 2u);
}

TEST(Stream, TellsToWaitBeforeTheFirstBook) {
  RunningServer running(false);
  SourceStream stream(running.channel());
  stream.hello("b1/counter");
  stream.send("b1/counter", 1, {make_event("A1", "issued", {}, "cash")});
  grpc::Status status = stream.finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(status.error_message().find("try again in 5 s"), std::string::npos)
      << status.error_message();
  EXPECT_EQ(clients::branch::retry_after_of(status.error_details()), seconds(5));
  ASSERT_TRUE(running.apply(sample_book()).ok());
  SourceStream again(running.channel());
  EXPECT_EQ(again.hello("b1/counter", 1).sources(0).next_sequence(), 1u);
}

struct BadBatch {
  const char* name;
  const char* field;
  void (*spoil)(v1::Batch&);
};

TEST(Stream, RefusesABatchThatContradictsItself) {
  const BadBatch cases[] = {
      {"foreign source", "batch.source", [](v1::Batch& b) { b.set_source("b1/other"); }},
      {"wrong epoch", "batch.epoch", [](v1::Batch& b) { b.set_epoch(7); }},
      {"no first sequence", "batch.first_sequence", [](v1::Batch& b) { b.set_first_sequence(0); }},
      {"overflow", "batch.first_sequence",
       [](v1::Batch& b) { b.set_first_sequence(~uint64_t{0}); }},
      {"no events", "batch.events", [](v1::Batch& b) { b.clear_events(); }},
      {"event's source", "batch.events[1].source",
       [](v1::Batch& b) { b.mutable_events(1)->set_source("x"); }},
      {"event's epoch", "batch.events[1].epoch",
       [](v1::Batch& b) { b.mutable_events(1)->set_epoch(2); }},
      {"event's sequence", "batch.events[1].sequence",
       [](v1::Batch& b) { b.mutable_events(1)->set_sequence(9); }},
      {"no time", "batch.events[1].occurred_at",
       [](v1::Batch& b) { b.mutable_events(1)->clear_occurred_at(); }},
      {"impossible time", "batch.events[1].occurred_at",
       [](v1::Batch& b) { b.mutable_events(1)->mutable_occurred_at()->set_nanos(-1); }},
  };
  RunningServer running;
  for (const BadBatch& bad : cases) {
    SCOPED_TRACE(bad.name);
    SourceStream stream(running.channel());
    uint64_t epoch = stream.hello("b1/counter").sources(0).epoch();
    v1::StreamEventsRequest request;
    v1::Batch& batch = *request.mutable_batch();
    batch.set_source("b1/counter");
    batch.set_epoch(epoch);
    batch.set_first_sequence(1);
    *batch.add_events() = make_event("A1", "issued", {}, "cash");
    *batch.add_events() = make_event("A2", "issued", {}, "cash");
    bad.spoil(batch);
    stream.send(request);
    grpc::Status status = stream.finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_TRUE(status.error_message().starts_with(bad.field)) << status.error_message();
  }
  EXPECT_EQ(running.count_facts<Observed>() + running.count_facts<Rejected>(), 0u);
}

TEST(Stream, RefusesToBeginWithoutAHello) {
  RunningServer running;
  SourceStream stream(running.channel());
  stream.send("b1/counter", 1, {make_event("A1", "issued", {}, "cash")});
  EXPECT_EQ(stream.finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(Stream, RefusesAMessageAboveTheLimit) {
  RunningServer running;
  SourceStream stream(running.channel());
  stream.hello("b1/counter");
  v1::Event large = make_event("A1", "issued", {}, "cash");
  large.set_label(std::string(70'000, 'x'));
  stream.send("b1/counter", 1, {large});
  EXPECT_EQ(stream.finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(running.count_facts<Observed>(), 0u);
}

TEST(Stream, KeepsABadEventAndGoesOn) {
  RunningServer running;
  SourceStream stream(running.channel());
  stream.hello("b1/counter");
  v1::Event unknown_branch = make_event("A1", "issued", {}, "cash");
  unknown_branch.set_branch("nowhere");
  v1::Event bad_attribute = make_event("A3", "issued", {}, "cash");
  (*bad_attribute.mutable_attributes())["priority"] = "high";
  stream.send("b1/counter", 1,
              {unknown_branch, make_event("A2", "teleported", {}), bad_attribute,
               make_event("A4", "issued", {}, "cash")});
  v1::Ack ack;
  ASSERT_TRUE(stream.read_ack(ack));
  EXPECT_EQ(ack.up_to_sequence(), 4u);
  ASSERT_EQ(ack.rejected_size(), 3);
  EXPECT_EQ(ack.rejected(0).reason(), "unknown_branch");
  EXPECT_EQ(ack.rejected(1).reason(), "unknown_type");
  EXPECT_EQ(ack.rejected(2).reason(), "bad_attribute");
  EXPECT_EQ(running.count_facts<Observed>(), 1u);
  EXPECT_EQ(running.count_facts<Rejected>(), 3u);
  EXPECT_TRUE(stream.finish().ok());
}

TEST(Stream, TakesEverythingThroughAFullQueueAndASmallWindow) {
  RunningServer running(true, [](server::config::Config& config) {
    config.limits.queued_events = 4;
    config.limits.window_batches = 2;
  });
  constexpr uint64_t kBatches = 40;
  std::vector<std::unique_ptr<SourceStream>> streams;
  for (int i = 0; i < 3; ++i) {
    streams.push_back(std::make_unique<SourceStream>(running.channel()));
    streams.back()->hello("s" + std::to_string(i));
  }
  running.storage().block_appends();
  for (uint64_t n = 1; n <= kBatches; ++n) {
    for (size_t i = 0; i < streams.size(); ++i) {
      v1::Event event =
          make_event("T" + std::to_string(i) + "-" + std::to_string(n), "issued", {}, "cash");
      event.set_branch("b2");
      streams[i]->send("s" + std::to_string(i), 2 * n - 1,
                       {event, [&] {
                          event.set_ticket(event.ticket() + "b");
                          return event;
                        }()});
    }
  }
  running.storage().wait_for_blocked_append();
  // What waits in the server is bounded, whatever was sent: the queue's limit and a batch for each
  // stream.
  EXPECT_LE(running.server().loop().figures().queued_events, 4u + 3 * 2);
  running.storage().release_appends();
  for (auto& stream : streams) {
    v1::Ack ack;
    while (ack.up_to_sequence() < 2 * kBatches) ASSERT_TRUE(stream->read_ack(ack));
    EXPECT_TRUE(stream->finish().ok());
  }
  EXPECT_EQ(running.count_facts<Observed>(), 3 * 2 * kBatches);
}

TEST(Stream, SendsAwayWhomItCannotServeYetAndSaysForHowLong) {
  RunningServer running(
      true, [](server::config::Config& config) { config.limits.streams_catching_up = 1; });
  SourceStream behind(running.channel());
  v1::StreamEventsRequest request;
  v1::Hello::Source& speaker = *request.mutable_hello()->add_sources();
  speaker.set_source("b1/counter");
  speaker.set_last_sequence(1);
  behind.send(request);
  v1::Ack ack;
  ASSERT_TRUE(behind.read_ack(ack));  // the welcome
  SourceStream refused(running.channel());
  const grpc::Status status = refused.finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(clients::branch::retry_after_of(status.error_details()),
            std::chrono::milliseconds(500));
  behind.send("b1/counter", 1, {make_event("A1", "issued", {}, "cash")});
  ASSERT_TRUE(behind.read_ack(ack));
  SourceStream again(running.channel());
  EXPECT_EQ(again.hello("s2").sources_size(), 1) << "the first one has caught up";
}

TEST(Stream, SpeaksForSeveralSourcesAndNumbersANewEpoch) {
  RunningServer running;
  {
    SourceStream stream(running.channel());
    v1::StreamEventsRequest request;
    request.mutable_hello()->add_sources()->set_source("s1");
    request.mutable_hello()->add_sources()->set_source("s2");
    stream.send(request);
    v1::Ack ack;
    ASSERT_TRUE(stream.read_ack(ack));  // the welcome
    v1::Event event = make_event("A1", "issued", {}, "cash");
    event.set_branch("b2");
    stream.send("s2", 1, {event});
    ASSERT_TRUE(stream.read_ack(ack));
    EXPECT_EQ(ack.source(), "s2");
  }
  SourceStream again(running.channel());
  v1::Welcome welcome = again.hello("s2", 0);
  EXPECT_EQ(welcome.sources(0).epoch(), 2u);
  EXPECT_EQ(welcome.sources(0).next_sequence(), 1u);
}

}  // namespace
}  // namespace lupaus::tests
