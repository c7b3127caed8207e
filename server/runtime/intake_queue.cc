// Room is counted in events until they are decided, not until they are taken: a slow engine fills
// the queue.
#include "server/runtime/intake_queue.h"

namespace lupaus::server::runtime {

IntakeQueue::IntakeQueue(size_t events_max, std::function<void()> wake)
    : events_max_(events_max), wake_(std::move(wake)) {}

bool IntakeQueue::insert(Submission&& submission) {
  waiting_.push_back(std::move(submission));
  return waiting_.size() == 1;
}

bool IntakeQueue::try_push(Intake& intake) {
  bool was_empty = false;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_ || queued_events() >= events_max_) return false;
    queued_events_.fetch_add(intake.events.size(), std::memory_order_relaxed);
    was_empty = insert(std::move(intake));
  }
  if (was_empty) wake_();
  return true;
}

bool IntakeQueue::push(Submission& submission) {
  bool was_empty = false;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_) return false;
    was_empty = insert(std::move(submission));
  }
  if (was_empty) wake_();
  return true;
}

void IntakeQueue::on_room(std::function<void()> room) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_) return;
    if (queued_events() >= events_max_) {
      rooms_.push_back(std::move(room));
      return;
    }
  }
  room();
}

void IntakeQueue::take(std::vector<Submission>& taken) {
  const std::scoped_lock lock(mutex_);
  taken.swap(waiting_);
}

void IntakeQueue::release(size_t events) {
  if (events == 0) return;
  std::vector<std::function<void()>> rooms;
  {
    const std::scoped_lock lock(mutex_);
    const uint64_t left = queued_events_.fetch_sub(events, std::memory_order_relaxed) - events;
    // WHY: half, so that those who wait are not woken for a single message's room each time.
    if (left <= events_max_ / 2) rooms.swap(rooms_);
  }
  for (const auto& room : rooms) room();
}

void IntakeQueue::close() {
  std::vector<std::function<void()>> rooms;
  const std::scoped_lock lock(mutex_);
  is_closed_ = true;
  rooms.swap(rooms_);
}

bool IntakeQueue::is_closed() const {
  const std::scoped_lock lock(mutex_);
  return is_closed_;
}

}  // namespace lupaus::server::runtime
