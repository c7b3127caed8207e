// The one door of an engine loop: two lanes in, and a lobby before the wide one. Whoever finds his
// lane empty wakes the loop; whoever finds the wide lane full of events waits for his turn.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "server/runtime/submission.h"

namespace lupaus::server::runtime {

/// The lobby is served in the order of arrival and nobody passes it, so that among streams that
/// wait with one batch each none waits longer than one round of the others.
class IntakeQueue {
 public:
  /// `wake` is called (any thread) when something comes into an empty lane.
  IntakeQueue(size_t events_max, std::function<void()> wake);

  /// False when full or closed, or others wait; then `intake` is untouched.
  bool try_push(Intake& intake);
  /// True: it is in. False: it waits in the lobby, and `admitted` is called once when it is in,
  /// from `release`; never when the queue is closed.
  bool push_in_turn(Intake&& intake, std::function<void()> admitted);
  /// False when closed; then `submission` is untouched. Never refused for lack of room.
  bool push(Submission& submission);
  /// As push, but into the lane that is emptied first.
  bool push_ahead(Submission& submission);
  /// Calls `room` once when there is room: at once, or in its turn from `release`. Never after
  /// `close`.
  void on_room(std::function<void()> room);
  /// Swaps out all that waits, in order. `taken` must be empty. Loop's thread.
  void take(std::vector<Submission>& taken);
  /// Adds what waits in the lane ahead to `taken`. Loop's thread.
  void take_ahead(std::vector<Submission>& taken);
  bool has_ahead() const { return has_ahead_.load(std::memory_order_acquire); }
  /// Says that so many taken events are decided. Loop's thread.
  void release(size_t events);
  /// Takes nothing from now on.
  void close();
  bool is_closed() const;
  uint64_t queued_events() const { return queued_events_.load(std::memory_order_relaxed); }

 private:
  /// Either an intake with what to call when it is in, or (no `intake`) whom to tell of room.
  struct Waiting {
    std::optional<Intake> intake;
    std::function<void()> call;
  };
  bool is_full() const { return queued_events() >= events_max_ || !lobby_.empty(); }
  void insert(Submission&& submission);
  void insert_events(Intake&& intake);
  bool take_wake();

  const size_t events_max_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::vector<Submission> waiting_;
  std::vector<Submission> ahead_;
  std::deque<Waiting> lobby_;
  std::atomic<uint64_t> queued_events_ = 0;
  std::atomic<bool> has_ahead_ = false;
  bool is_wake_due_ = false;
  bool is_closed_ = false;
};

}  // namespace lupaus::server::runtime
