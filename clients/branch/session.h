// The protocol of one terminal as a state machine: hello, welcome, batches within the window,
// acknowledgements, heartbeats, and the waits between two connections. Pure but for the spool that
// it reads: time and messages come in as arguments, what is to be done comes out as steps; so a
// driver with threads and gRPC and a simulation run the same code.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "clients/branch/backoff.h"
#include "clients/branch/spool/spool.h"
#include "clients/branch/terminal.h"
#include "lupaus/v1/event.pb.h"

namespace lupaus::clients::branch {

/// What the caller's clocks show.
struct Moment {
  Instant wall{};                      ///< the source's clock; may jump
  std::chrono::milliseconds steady{};  ///< never jumps; counted from anywhere
};

/// What the caller must do next.
struct Step {
  enum class Kind : uint8_t {
    wait,     ///< nothing before `wake_at`, unless an input comes first
    connect,  ///< open a stream, then say connected() or disconnected()
    send,     ///< write the message
    sync,     ///< spool.sync_to(spool.last()), then synced() with what it returned
    save,     ///< spool.save(), then saved() with what it returned
    finish,   ///< end the writing side; disconnected() follows
    hang_up,  ///< cancel the stream, then say disconnected()
    closed,   ///< after close(): nothing follows
  };
  Kind kind = Kind::wait;
  std::chrono::milliseconds wake_at = std::chrono::milliseconds::max();  ///< steady; of `wait`
};

/// How a stream ended.
struct Ending {
  bool is_ok = false;
  bool is_twin = false;  ///< ALREADY_EXISTS: the server has other content under one of our numbers
  std::string message{};
  /// The server asks to stay away so long (google.rpc.RetryInfo).
  std::optional<std::chrono::milliseconds> retry_after{};
};

/// One thread at a time. After each input, and after the spool was synced, ask next() again, and go
/// on asking until it says `wait` or `closed`. INVARIANT: only what is synced on disk is sent, so
/// the server never knows an event that this source could forget; and no heartbeat passes an event
/// that was recorded.
class Session {
 public:
  /// Of `options` neither the clock nor the callbacks are used. `seed` draws the waits: terminals
  /// that break together must not come back together, so mix the source's name into it.
  Session(const Options& options, spool::Spool& spool, uint64_t seed);

  /// Appends to the spool; gives the sequence. The caller syncs (spool.sync_to) before he tells
  /// anybody, unless Options::sync_every is set. Errors: as Terminal::report.
  Result<uint64_t> record(lupaus::v1::Event event, std::optional<Instant> occurred_at, Moment now);
  /// A heartbeat is wanted as soon as everything recorded was sent.
  void beat() { is_beat_wanted_ = true; }
  /// Says goodbye if it can within two seconds, then stops. Nothing is recorded from now on.
  void close(bool is_last, Moment now);

  void connected();
  /// Gives the events that the server kept but could not apply.
  std::vector<Rejected> received(const lupaus::v1::StreamEventsResponse& response, Moment now);
  void disconnected(const Ending& ending, Moment now);
  void synced(const Result<void>& outcome);
  void saved(const Result<void>& outcome, Moment now);

  /// Fills `message` when the step is `send`. Without `message` (a write is under way, or the
  /// stream has ended but its status is not known) nothing is sent or finished, but time goes on.
  Step next(Moment now, lupaus::v1::StreamEventsRequest* message);

  Status status() const;
  bool is_closing() const { return is_closing_; }

 private:
  using Steady = std::chrono::milliseconds;
  enum class State : uint8_t {
    idle,        ///< until attempt_at_
    connecting,  ///< connect was said
    greeting,    ///< the hello is due
    asked,       ///< the hello was sent
    open,        ///< welcomed
    finishing,   ///< finish was said
    leaving,     ///< hang_up was said
    closed,
  };

  std::optional<Step> next_store(Moment now);
  Step next_while_idle(Moment now);
  Step next_while_open(Moment now, lupaus::v1::StreamEventsRequest* message);
  Step next_goodbye(Moment now, lupaus::v1::StreamEventsRequest* message);
  Step expect_until(Steady at, Moment now, const char* what);
  Step hang_up();
  Step wait_until(Steady at) const;
  void take_welcome(const lupaus::v1::Welcome& welcome, Moment now);
  std::vector<Rejected> take_ack(const lupaus::v1::Ack& ack, Moment now);
  void write_hello(lupaus::v1::StreamEventsRequest& message) const;
  bool write_batch(lupaus::v1::StreamEventsRequest& message, Moment now);
  void write_heartbeat(lupaus::v1::StreamEventsRequest& message, Moment now, bool is_goodbye);
  bool is_sync_asked() const;
  void break_off(Error error);
  void stop_for_good(Error error);

  const Options options_;
  spool::Spool& spool_;
  Backoff backoff_;
  State state_ = State::idle;
  bool is_closing_ = false;
  bool is_last_ = false;
  bool is_disk_failed_ = false;    ///< nothing more can be synced
  bool is_stopped_ = false;        ///< by an error that waiting does not mend
  bool is_broken_ = false;         ///< the stream is to be hung up
  bool is_epoch_unsaved_ = false;  ///< nothing is sent before it is on disk
  bool is_ack_unsaved_ = false;
  bool is_goodbye_said_ = false;
  bool is_ack_asked_ = false;  ///< by a heartbeat
  bool is_beat_wanted_ = false;
  std::optional<Error> error_;
  uint64_t sent_ = 0;               ///< last sequence sent on this stream
  std::deque<uint64_t> in_flight_;  ///< last sequence of each batch that is not acknowledged
  size_t window_ = 1;
  size_t message_bytes_max_ = 0;
  Steady attempt_at_ = Steady::min();  ///< of the next connection; the beginning: at once
  Steady opened_at_{};                 ///< of this stream's welcome
  Steady answer_by_{};                 ///< the server owes a welcome, or an acknowledgement
  Steady heard_at_{};                  ///< the last answer
  Steady goodbye_by_{};
  Steady next_beat_{};
  Steady next_save_{};
  Steady next_sync_{};
};

}  // namespace lupaus::clients::branch
