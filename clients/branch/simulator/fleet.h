// The terminals of simulated branches: takes what the days generate, moves time to it by the
// caller's clock, and reports it as real terminals do.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/branch/simulator/day.h"
#include "clients/branch/terminal.h"

namespace lupaus::clients::branch::simulator {

struct FleetOptions {
  std::string server;
  std::string spool_dir;  ///< one directory a source is made in it
  /// The clock of all sources; empty: the machine's.
  std::function<Instant()> now;
  /// Returns once the clock shows the instant; false: stop at once.
  std::function<bool(Instant)> wait_until;
  /// By that clock.
  std::chrono::milliseconds heartbeat_every = std::chrono::seconds(1);
  /// Time stands still until what was reported is acknowledged.
  bool is_lock_step = false;
  std::function<void(const Occurrence&)> on_reported;
  /// After each round of heartbeats was handed to the terminals.
  std::function<void(Instant)> on_beat;
};

/// One thread.
class Fleet {
 public:
  /// A terminal for each source. Errors: those of Terminal::open.
  static Result<std::unique_ptr<Fleet>> open(FleetOptions options,
                                             const std::vector<std::string>& sources);

  /// Reports all that the days hold, in order of time, with heartbeats between. False in the
  /// result: `wait_until` said stop. Errors: those of Terminal::report; "not_acked" when lock-step
  /// waits in vain.
  Result<bool> run(std::vector<Day>& days);
  /// Only heartbeats until `end`.
  Result<bool> idle_until(Instant end);
  /// Stops all terminals; `is_last`: nothing follows.
  void close(bool is_last);

 private:
  explicit Fleet(FleetOptions options) : options_(std::move(options)) {}
  Result<bool> step_to(Instant at);
  Result<void> report(const Occurrence& occurrence);
  Result<void> settle();
  void beat();

  FleetOptions options_;
  std::map<std::string, std::unique_ptr<Terminal>> terminals_;
  std::vector<Terminal*> waiting_for_;
  Instant next_beat_{};
};

}  // namespace lupaus::clients::branch::simulator
