// Moves the virtual clock of `lupausd dev`: from one instant at which something happens to the
// next, never past a deadline of the engine, as fast as it goes or at a chosen speed.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>

#include "server/runtime/clock.h"
#include "server/runtime/engine_loop.h"

namespace lupaus::server {

/// One thread: the one that blocked SIGINT and SIGTERM.
class DevClock {
 public:
  DevClock(runtime::VirtualClock& clock, runtime::EngineLoop& loop);

  /// Virtual seconds a second; 0: as fast as it goes.
  void set_speed(double speed);
  /// Called after each move, before anything happens at the new instant.
  void on_move(std::function<void(rules::model::Instant)> moved) { moved_ = std::move(moved); }
  /// Returns once the clock shows `at` and the engine has served everything due until then; false
  /// when a signal asked to stop.
  bool wait_until(rules::model::Instant at);

 private:
  bool wait_for(std::chrono::nanoseconds length);
  bool pace_to(rules::model::Instant at);

  runtime::VirtualClock& clock_;
  runtime::EngineLoop& loop_;
  std::function<void(rules::model::Instant)> moved_;
  sigset_t signals_{};
  double speed_ = 0;
  bool is_stopped_ = false;
  std::chrono::steady_clock::time_point real_{};  ///< when virtual time was …
  rules::model::Instant virtual_{};               ///< … this
};

/// Blocks SIGINT and SIGTERM in the calling thread and those that it starts.
void block_stop_signals();

}  // namespace lupaus::server
