// The machine's clock. An alarm is a steady timer that is measured against wall time again and
// again; it rings early when somebody sets the clock, so that its owner can look at the time anew.
#include <time.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "server/runtime/clock.h"
#include "server/runtime/loop_time.h"

namespace lupaus::server::runtime {
namespace {

using rules::model::Duration;
using rules::model::Instant;

/// Longest sleep without a look at wall time: a clock step is noticed this late at most.
constexpr auto kLongestSleep = std::chrono::milliseconds(1000);

Instant wall_now() {
  return std::chrono::floor<rules::model::Duration>(std::chrono::system_clock::now());
}

/// Counts on while the machine sleeps.
Duration steady_now() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::floor<Duration>(std::chrono::seconds(time.tv_sec) +
                                      std::chrono::nanoseconds(time.tv_nsec));
}

Clock::Reading read_both() {
  // WHY: a thread that was put aside between the two would see a jump that there was not.
  constexpr Duration kTogether = std::chrono::milliseconds(100);
  while (true) {
    const Duration before = steady_now();
    const Clock::Reading reading{wall_now(), before};
    if (steady_now() - before < kTogether) return reading;
  }
}

struct Setting {
  explicit Setting(boost::asio::io_context& loop) : timer(loop) {}
  boost::asio::steady_timer timer;
  Instant at{};
  LoopTime time;  ///< since it was set
  std::function<void()> ring;
};

void sleep_until_due(const std::shared_ptr<Setting>& setting) {
  const auto left =
      std::chrono::ceil<std::chrono::microseconds>(setting->at - std::chrono::system_clock::now());
  const auto most = std::chrono::duration_cast<std::chrono::microseconds>(kLongestSleep);
  setting->timer.expires_after(std::clamp(left, std::chrono::microseconds(0), most));
  setting->timer.async_wait(
      [weak = std::weak_ptr(setting)](const boost::system::error_code& error) {
        const auto set = weak.lock();
        if (error || !set || !set->ring) return;
        const auto reading = read_both();
        (void)set->time.read(reading.wall, reading.steady);
        if (reading.wall < set->at && !set->time.is_doubtful()) return sleep_until_due(set);
        const auto ring = std::move(set->ring);
        set->ring = nullptr;
        ring();
      });
}

class SystemAlarm : public Alarm {
 public:
  explicit SystemAlarm(boost::asio::io_context& loop) : setting_(std::make_shared<Setting>(loop)) {}

  void set(Instant at, std::function<void()> ring) override {
    // WHY: the difference to a far instant would overflow in microseconds; a year is looked at
    // again in time.
    setting_->at = std::min(at, wall_now() + std::chrono::hours(24 * 365));
    setting_->ring = std::move(ring);
    setting_->time = LoopTime();
    const auto reading = read_both();
    (void)setting_->time.read(reading.wall, reading.steady);
    sleep_until_due(setting_);
  }
  void cancel() override {
    setting_->ring = nullptr;
    setting_->timer.cancel();
  }

 private:
  std::shared_ptr<Setting> setting_;
};

class SystemClock : public Clock {
 public:
  Instant now() const override { return wall_now(); }
  Reading read() const override { return read_both(); }
  std::unique_ptr<Alarm> make_alarm(boost::asio::io_context& loop) override {
    return std::make_unique<SystemAlarm>(loop);
  }
};

}  // namespace

std::unique_ptr<Clock> make_system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace lupaus::server::runtime
