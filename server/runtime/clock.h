// The clock port: the only clock reads of the server. A system form and a virtual one that tests
// and `dev` drive.
#pragma once

#include <functional>
#include <memory>

#include "rules/model/instant.h"

namespace boost::asio {
class io_context;
}

namespace lupaus::server::runtime {

/// One alarm of one engine loop. `ring` runs on the loop's thread.
class Alarm {
 public:
  virtual ~Alarm() = default;
  /// Replaces what was set. `at` in the past rings as soon as the loop is free. Rings early when
  /// wall time is set meanwhile.
  virtual void set(rules::model::Instant at, std::function<void()> ring) = 0;
  virtual void cancel() = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  /// Milliseconds UTC; any thread.
  virtual rules::model::Instant now() const = 0;
  /// Two clocks read at one moment: wall time, and time since some start, which nobody sets and
  /// which goes on while the machine sleeps; any thread.
  struct Reading {
    rules::model::Instant wall{};
    rules::model::Duration steady{};
  };
  virtual Reading read() const = 0;
  virtual std::unique_ptr<Alarm> make_alarm(boost::asio::io_context& loop) = 0;
};

/// The machine's clock.
std::unique_ptr<Clock> make_system_clock();

/// Stands still until it is moved. `move_to` may come from any thread and never goes back; alarms
/// that it passes ring on their loops, each with now() already at the new instant. Whoever moves it
/// moves it in steps no larger than what he wants to be told apart.
class VirtualClock : public Clock {
 public:
  virtual void move_to(rules::model::Instant instant) = 0;
  /// The earliest instant for which an alarm is set; kEndOfTime if none.
  virtual rules::model::Instant next_alarm() const = 0;
  /// From here on wall time is `by` from what it would be: somebody set the machine's clock. All
  /// alarms that are set ring. `move_to` goes on in wall time.
  virtual void jump(rules::model::Duration by) = 0;
};
std::unique_ptr<VirtualClock> make_virtual_clock(rules::model::Instant start);

}  // namespace lupaus::server::runtime
