// One stream of sources: reads batches within a window, submits them, acknowledges what is durable.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/ingest/announced.h"
#include "server/ingest/event_service.h"
#include "server/ingest/message_pool.h"
#include "server/runtime/engine_loop.h"
#include "server/telemetry/metrics.h"
#include "server/wire/identity.h"

namespace lupaus::server::ingest {

/// What all streams count.
struct StreamMetrics {
  telemetry::Gauge& streams;
  telemetry::Counter& batches;
  telemetry::Counter& events;
  telemetry::Counter& rejected;
  telemetry::Counter& refused;  ///< streams that ended with an error of the source
  telemetry::Counter& waits;    ///< times that a stream stopped reading because the queue was full
  AnnouncedSequences announced{};
};

/// What a stream speaks over: a gRPC call, or whatever a test puts in its place. Each order is
/// answered later, never within the call, by the stream's function that is named with it.
class StreamLine {
 public:
  virtual ~StreamLine() = default;
  /// Stream::read_done once the next message is in `into`, or the other side said its last.
  virtual void read(v1::StreamEventsRequest& into) = 0;
  /// Stream::write_done; `message` lives until then.
  virtual void write(const v1::StreamEventsResponse& message) = 0;
  /// Stream::done; the last order. An error is what the source is told.
  virtual void finish(const rules::model::Result<void>& ending) = 0;
  /// No order: something of what the hello announced is durable now, or (`is_caught_up`) all of it.
  virtual void moved(bool is_caught_up) { static_cast<void>(is_caught_up); }
};

/// One stream, whatever carries it. Owned by itself from open() to done(); callbacks of the loop
/// share it. The line's threads, the writer's thread and the loop's thread come in; `mutex_` guards
/// everything. At most one read and one write are under way, and nothing is ordered of the line
/// after `finish`. A batch is read only while fewer than `window_batches` wait for their sync.
class Stream final : public std::enable_shared_from_this<Stream> {
 public:
  /// `line` lives until done().
  Stream(runtime::EngineLoop& loop, IngestSettings settings, StreamMetrics& metrics,
         wire::Identity identity, StreamLine& line);
  /// Begins to read; keeps the stream alive until done().
  void open();

  void read_done(bool ok);
  void write_done(bool ok);
  void cancelled();
  void done();

 private:
  struct Speaker {
    std::string id;
    uint64_t epoch = 0;
    uint64_t next_sequence = 0;
    std::shared_ptr<const rules::model::Actor> actor;
    uint64_t up_to = 0;
    std::vector<runtime::Rejection> rejected;
    bool is_ack_due = false;
    uint64_t announced = 0;    ///< by the hello: the last sequence that it has
    uint64_t known_acked = 0;  ///< by the hello: the last that it knows to be acknowledged
    uint32_t in_flight = 0;    ///< batches
    bool is_behind = false;    ///< not everything announced is durable
    bool is_hear_under_way = false;
    bool is_hear_ack_wanted = false;
    std::optional<rules::model::Hear> held;  ///< heard while another one was under way
  };
  using Outcome = runtime::Intake::Outcome;

  rules::model::Result<void> take_hello(const v1::Hello& hello);
  void register_speakers(const v1::Hello& hello);
  void registered(size_t index, const rules::model::Result<rules::model::Facts>& answer);
  void ask_positions();
  void send_welcome();
  rules::model::Result<void> take(std::shared_ptr<Incoming> message);
  rules::model::Result<void> take_batch(std::shared_ptr<Incoming> message);
  rules::model::Result<void> take_heartbeat(const v1::Heartbeat& heartbeat);
  rules::model::Result<Speaker*> find_speaker(std::string_view source, uint64_t epoch,
                                              std::string_view field);
  void hear(Speaker& speaker, rules::model::Hear command);
  void heard(Speaker& speaker);
  void admitted();
  void settled(Speaker& speaker, Outcome outcome);

  // With mutex_ held:
  void note_progress(Speaker& speaker);
  void owe_ack(Speaker& speaker);
  void read_more();
  void write_next();
  void end(const rules::model::Error& error);
  void finish_when_idle();

  runtime::EngineLoop& loop_;
  const IngestSettings settings_;
  StreamMetrics& metrics_;
  const wire::Identity identity_;
  StreamLine& line_;
  const std::shared_ptr<MessagePool> pool_ = std::make_shared<MessagePool>();

  std::mutex mutex_;
  std::shared_ptr<Stream> self_;
  std::deque<Speaker> speakers_;  ///< in the order of the hello; fixed after it
  std::map<std::string, Speaker*, std::less<>> by_id_;
  std::deque<Speaker*> acks_due_;
  std::shared_ptr<Incoming> reading_into_;
  v1::StreamEventsResponse response_;
  rules::model::Result<void> ending_;  ///< the error that ends the stream
  size_t unregistered_ = 0;
  uint32_t in_flight_ = 0;
  size_t behind_ = 0;  ///< speakers
  bool is_backfill_ = false;
  bool is_hello_taken_ = false;
  bool is_welcomed_ = false;
  bool is_welcome_due_ = false;
  bool is_waiting_for_room_ = false;
  bool is_reading_ = false;
  bool is_taking_ = false;  ///< one message at a time, or batches would change places
  bool is_writing_ = false;
  bool is_read_done_ = false;
  bool is_ending_ = false;
  bool is_finished_ = false;
};

}  // namespace lupaus::server::ingest
