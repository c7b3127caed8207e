// The machine on which the server runs: its disk, and, while it is up, the real store, engine loop,
// streams and outbox, driven one piece of work at a time on the simulation's one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/compensate/outbox.h"
#include "server/ingest/admission.h"
#include "server/ingest/stream.h"
#include "server/runtime/engine_loop.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"
#include "tests/simulation/bank.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/disk_env.h"
#include "tests/simulation/network.h"
#include "tests/simulation/replay.h"
#include "tests/simulation/witness.h"

namespace lupaus::tests::simulation {

/// What the machine shares with the world; all of it outlives the machine.
struct Surroundings {
  Agenda& agenda;
  Faults& faults;
  Witness& witness;
  Bank& bank;
};

class ServerMachine {
 public:
  ServerMachine(Surroundings around, Chance chance, rules::model::BookPtr book);
  ~ServerMachine();

  /// Recovers and takes streams. An error says why it cannot; the disk is then as it was.
  rules::model::Result<void> start();
  /// Everything but the disk is gone. `is_silent`: no terminal is told.
  void kill(bool is_silent);
  void stop();
  bool is_up() const { return loop_ != nullptr; }

  /// A terminal calls. False when nobody answers.
  bool accept(const std::shared_ptr<Wire>& wire, const std::string& source);
  /// Moves the server's clock.
  void move_to(Instant now);
  Instant next_alarm() const;
  /// One piece of work: an answer, a pass of the loop, a write, a step of the outbox. False when
  /// nothing waits. Nothing must be called after has_died() but kill().
  bool work();
  /// The disk failed under it, and the process ended itself.
  bool has_died() const { return !why_died_.empty() || disk_.has_stopped(); }
  const std::string& why_died() const { return why_died_; }

  void stall_until(Instant until) { stalled_until_ = std::max(stalled_until_, until); }
  void slow_until(Instant until) { slow_until_ = std::max(slow_until_, until); }
  /// Live, replayed and recovered state are one and the same. Complains to the witness.
  void check_state();
  /// Flips a bit of a copy of the disk; what the copy then says is right, or it says that it is
  /// damaged.
  void check_flipped_bit(Chance& chance);
  /// A person decides some of the reviews. False: nothing waits.
  bool decide_some(Chance& chance);

  Disk& disk() { return disk_; }
  server::runtime::EngineLoop& loop() { return *loop_; }
  server::compensate::OutboxFigures outbox_figures() const { return outbox_->figures(); }
  uint64_t last_hash() const { return last_hash_; }
  uint64_t check_count() const { return check_count_; }

 private:
  rules::model::Result<std::unique_ptr<server::store::Store>> open_store(DiskEnv& env);
  rules::model::Result<void> publish_first();
  void start_outbox();
  std::optional<uint64_t> live_hash();
  std::string difference_to_live(const rules::ledger::State& other);
  void settle_down();
  void drop_all();

  Surroundings around_;
  Chance chance_;
  const rules::model::BookPtr book_;
  Disk disk_;
  Replay replay_;
  server::telemetry::Registry registry_;
  server::ingest::StreamMetrics metrics_;
  Instant stalled_until_{}, slow_until_{};
  std::string why_died_;
  uint64_t last_hash_ = 0;
  uint64_t check_count_ = 0;

  // While it is up, in the order in which they are made:
  std::unique_ptr<DiskEnv> env_;
  std::unique_ptr<server::store::Store> store_;
  std::unique_ptr<server::runtime::VirtualClock> clock_;
  std::unique_ptr<server::runtime::EngineLoop> loop_;
  std::unique_ptr<server::compensate::Outbox> outbox_;
  struct Line {
    std::shared_ptr<Wire> wire;
    uint64_t number = 0;
  };
  std::unique_ptr<server::ingest::Admission> admission_;
  std::vector<Line> lines_;
  uint64_t last_line_ = 0;
};

/// The loop's settings in a simulation: everything that is rare happens all the time.
server::runtime::LoopSettings restless_settings();

}  // namespace lupaus::tests::simulation
