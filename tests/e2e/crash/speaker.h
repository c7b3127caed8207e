// A source that keeps everything it told in memory, sends it over StreamEvents, and after each
// death of the server resumes where the welcome says. It holds the server to its word: what was
// acknowledged must be known to every later welcome.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lupaus/v1/event.grpc.pb.h"
#include "tests/e2e/crash/traffic.h"

namespace lupaus::tests::crash {

/// One thread tells and pumps, one (may be the same) opens and closes calls; gRPC's threads come
/// in. `mutex_` guards everything. Outlives its calls.
class Speaker {
 public:
  struct Figures {
    uint64_t told = 0;
    uint64_t acked = 0;       ///< every sequence up to it
    uint64_t lost = 0;        ///< acknowledged sequences that a later welcome did not know
    uint64_t sent_again = 0;  ///< events that went out more than once
    uint64_t epoch = 0;
    bool is_welcome = false;  ///< the call under way has its welcome
    std::string complaint;    ///< the first thing that must not happen; "" when fine
  };

  /// A `repeats` source sends again all that was not acknowledged, also what the welcome says is
  /// known.
  Speaker(size_t number, bool repeats);
  ~Speaker();

  void tell(const Told& told);
  /// Sends what waits; else, now and then, a heartbeat that says that all before `now` is told.
  void pump(rules::model::Instant now);

  /// Starts a call; the one before must be over.
  void open(v1::EventService::Stub& stub);
  /// Waits until the call is over: the server is gone, or `close` was called.
  void wait_until_over();
  /// Sends the closing heartbeat for `now` and ends the call. All told must be acknowledged, and
  /// nobody pumps any more.
  void close(rules::model::Instant now);

  Figures figures() const;
  const std::string& id() const { return id_; }
  const std::string& branch() const { return branch_; }
  /// All that was told, from sequence 1. Only when nothing is told any more.
  const std::vector<Told>& events() const { return events_; }

 private:
  class Call;

  // With mutex_ held:
  void take_welcome(const v1::Welcome& welcome);
  void take_ack(const v1::Ack& ack);
  void send_next();
  void send_closing();
  void fill_batch(v1::Batch& batch);
  void fill_heartbeat(v1::Heartbeat& heartbeat) const;
  void complain(std::string sentence);

  const std::string id_;
  const std::string branch_;
  const bool repeats_;
  mutable std::mutex mutex_;
  std::condition_variable over_;
  std::vector<Told> events_;
  Figures figures_;
  uint64_t next_to_send_ = 1;
  uint64_t sent_most_ = 0;
  std::deque<uint64_t> in_flight_;  ///< last sequences of batches that are not acknowledged
  uint32_t window_ = 1;
  rules::model::Instant heard_at_{};  ///< of the last heartbeat
  rules::model::Instant now_{};       ///< all before is told
  bool is_closing_ = false;
  std::unique_ptr<Call> call_;
};

}  // namespace lupaus::tests::crash
