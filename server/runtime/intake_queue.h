// The one door of an engine loop: a mutexed vector. Whoever finds it empty wakes the loop; whoever
// finds it full of events is turned away until there is room.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "server/runtime/submission.h"

namespace lupaus::server::runtime {

class IntakeQueue {
 public:
  /// `wake` is called (any thread) when something comes into an empty queue.
  IntakeQueue(size_t events_max, std::function<void()> wake);

  /// False when full or closed; then `intake` is untouched.
  bool try_push(Intake& intake);
  /// False when closed; then `submission` is untouched. Never refused for lack of room.
  bool push(Submission& submission);
  /// Calls `room` once when there is room: at once, or from `release`. Never after `close`.
  void on_room(std::function<void()> room);
  /// Swaps out all that waits, in order. `taken` must be empty. Loop's thread.
  void take(std::vector<Submission>& taken);
  /// Says that so many taken events are decided. Loop's thread.
  void release(size_t events);
  /// Takes nothing from now on.
  void close();
  bool is_closed() const;
  uint64_t queued_events() const { return queued_events_.load(std::memory_order_relaxed); }

 private:
  bool insert(Submission&& submission);

  const size_t events_max_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::vector<Submission> waiting_;
  std::vector<std::function<void()>> rooms_;
  std::atomic<uint64_t> queued_events_ = 0;
  bool is_closed_ = false;
};

}  // namespace lupaus::server::runtime
