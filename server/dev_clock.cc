#include "server/dev_clock.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

namespace lupaus::server {
namespace {

using rules::model::Instant;
using Steady = std::chrono::steady_clock;

/// When pacing lags further than this it goes on from where it is, instead of hurrying after.
constexpr std::chrono::seconds kLagMax{1};

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

void block_stop_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

DevClock::DevClock(runtime::VirtualClock& clock, runtime::EngineLoop& loop)
    : clock_(clock), loop_(loop), signals_(stop_signals()) {}

void DevClock::set_speed(double speed) {
  speed_ = speed;
  real_ = Steady::now();
  virtual_ = clock_.now();
}

bool DevClock::wait_for(std::chrono::nanoseconds length) {
  if (is_stopped_) return false;
  const auto end = Steady::now() + length;
  while (true) {
    const auto left =
        std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(end - Steady::now()));
    timespec wait{};
    wait.tv_sec = left.count() / 1'000'000'000;
    wait.tv_nsec = left.count() % 1'000'000'000;
    if (sigtimedwait(&signals_, nullptr, &wait) > 0) {
      is_stopped_ = true;
      return false;
    }
    if (errno == EAGAIN) return true;
  }
}

bool DevClock::pace_to(Instant at) {
  if (speed_ <= 0) return wait_for(std::chrono::nanoseconds(0));
  const double seconds = std::chrono::duration<double>(at - virtual_).count() / speed_;
  const auto due =
      real_ + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
  const auto now = Steady::now();
  if (now - due > kLagMax) {
    real_ = now;
    virtual_ = at;
  }
  return wait_for(std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(due - now)));
}

bool DevClock::wait_until(Instant at) {
  while (true) {
    loop_.drain();
    const Instant next = std::clamp(clock_.next_alarm(), clock_.now(), std::max(at, clock_.now()));
    if (!pace_to(next)) return false;
    clock_.move_to(next);
    if (moved_) moved_(next);
    if (next >= at) break;
  }
  loop_.drain();
  return true;
}

}  // namespace lupaus::server
