// The engine loop of one partition: one thread, one queue, the only writer of state and journal.
// Everything that changes the world comes in by `submit`; nothing is answered before the facts that
// made the answer are synced.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/ledger/step.h"
#include "server/runtime/clock.h"
#include "server/runtime/storage.h"

namespace lupaus::server::runtime {

struct LoopSettings {
  uint32_t partition = 1;
  size_t queued_events_max = 65'536;  ///< above it try_submit says no: streams stop reading
  size_t batch_events_max = 2'048;    ///< decided before the facts are handed to the writer
  uint64_t tail_facts_max =
      2'000'000;  ///< recovery replays at most about this many; the sweep keeps up with it
  size_t sweep_tickets_max = 4'096;  ///< a batch
  rules::model::Duration forget_after = std::chrono::hours(48);
  rules::ledger::BreakerSettings breaker = {};
  std::string phase_board_path =
      {};  ///< a file for tests that kill the server; "" for none (phase_board.h)
  /// Told of LoopFigures::clock_jump when wall time was set, set again, and agrees again (zero). On
  /// the loop's thread; must not block.
  std::function<void(rules::model::Duration)> on_clock_jump = {};
};

/// Why one event of a batch was kept but not applied.
struct Rejection {
  uint64_t sequence = 0;
  std::string reason;
  std::string message;
};

/// Events of one source, in sequence. The views in `events` (and the ids) live in `storage`.
struct Intake {
  std::span<const rules::model::Event> events;
  std::shared_ptr<const void> storage;
  std::shared_ptr<const rules::model::Actor> actor;
  bool is_backfill = false;
  bool is_retry = false;
  std::optional<rules::model::Instant> sent_at{};  ///< by the source's clock
  rules::model::Instant received_at{};             ///< with it; by the server's, before any queue
  struct Outcome {
    rules::model::Result<void>
        result;             ///< sequence_gap, changed_duplicate, no_book …: the stream ends
    uint64_t up_to = 0;     ///< every sequence up to here is durable
    uint64_t expected = 0;  ///< the next sequence wanted
    std::vector<Rejection> rejected;
  };
  /// On the writer's thread, after the sync. Must not block.
  std::function<void(Outcome)> done;
};

/// Facts that are durable now. The views live as long as the pointer.
struct Committed {
  rules::model::Facts facts;
  std::vector<std::shared_ptr<const void>> storage;  ///< what the facts' views point into
};
using CommittedPtr = std::shared_ptr<const Committed>;

/// What metrics show; a copy, any thread.
struct LoopFigures {
  uint64_t queued_events = 0, last_position = 0, armed = 0, tickets = 0, batches = 0, syncs = 0,
           dirty = 0;
  rules::model::Instant oldest_overdue = rules::model::kEndOfTime;  ///< kEndOfTime: none
  /// How far wall time has been set from where the loop's time goes on; zero: they agree. While
  /// they do not, nothing is confirmed.
  rules::model::Duration clock_jump{};
  uint64_t clock_jumps = 0;   ///< since the start
  uint64_t under_review = 0;  ///< tickets with something for a person to decide
  rules::engine::Tally tally;
};

class EngineLoop {
 public:
  using Answer = std::function<void(rules::model::Result<rules::model::Facts>)>;

  /// `on_failure` is called once, with a sentence, when the journal cannot be written; the process
  /// must stop.
  EngineLoop(LoopSettings settings, Clock& clock, Storage& storage,
             std::function<void(std::string)> on_failure);
  ~EngineLoop();

  /// Loads rows, replays the tail, arms the wheel, starts the threads. Blocks; an error says what
  /// is damaged.
  rules::model::Result<void> start();
  /// As start(), but without threads: one thread drives the loop by `turn` and `commit`, and the
  /// loop decides, writes and acknowledges as its two threads would. `drain` and visit_tickets,
  /// which wait for the other thread, are not for a driven loop.
  rules::model::Result<void> start_driven();
  /// Of a driven loop: runs one wake-up or alarm. False when there is none. With `is_writer_busy`
  /// what it decides waits for `commit`, as it does behind a slow disk.
  bool turn(bool is_writer_busy);
  /// Of a driven loop: one synced write of what waits for it. False when nothing waits.
  bool commit();
  /// Of a driven loop: writes nothing more and answers nobody, as if the process were killed.
  void abandon();

  /// Finishes what is queued, syncs, checkpoints, stops the threads.
  void stop();

  /// False when the queue is full or others wait for room: try again after `on_room` rang. Any
  /// thread.
  bool try_submit(Intake& intake);
  /// Calls `room` once (any thread) when the queue has room again.
  void on_room(std::function<void()> room);
  /// True: it is in the queue. False: it waits for room, first come, first served, and `admitted`
  /// is called once (loop's thread; must not block) when it is in; never after the loop stops. Any
  /// thread.
  bool submit_in_turn(Intake intake, std::function<void()> admitted);
  /// `answer` gets the facts that the command made, after the sync. Never refused for lack of room.
  /// Any thread.
  void submit(rules::model::CommandBody command, std::shared_ptr<const rules::model::Actor> actor,
              Answer answer);
  /// As `submit`, but ahead of all that waits: for small commands of which each sender has at most
  /// one under way (heartbeats), and none that must follow what the sender submitted before.
  void submit_ahead(rules::model::CommandBody command,
                    std::shared_ptr<const rules::model::Actor> actor, Answer answer);
  /// Runs `read` on the loop; then calls `done` once the position it saw is durable. Keep it short:
  /// 4,096 tickets.
  void query(std::function<void(const rules::ledger::State&)> read, std::function<void()> done);

  /// Followers get every committed batch in order, on the writer's thread. Must not block. Before
  /// start().
  void follow(std::function<void(const CommittedPtr&)> follower);

  LoopFigures figures() const;
  rules::model::Instant now() const;
  /// Waits until everything submitted so far is decided and durable and no deadline at or before
  /// now() is unserved.
  void drain();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

/// A copy of the state, cut at one position, may be far larger than a query: walks all tickets in
/// chunks on the loop and gives each to `visit` on the loop; returns after the last. For lists,
/// exports and tests.
void visit_tickets(
    EngineLoop& loop,
    const std::function<void(const rules::ledger::State&, rules::model::TicketSlot)>& visit);

}  // namespace lupaus::server::runtime
