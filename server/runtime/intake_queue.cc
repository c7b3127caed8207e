// Room is counted in events until they are decided, not until they are taken: a slow engine fills
// the queue.
#include "server/runtime/intake_queue.h"

#include <utility>

namespace lupaus::server::runtime {

IntakeQueue::IntakeQueue(size_t events_max, std::function<void()> wake)
    : events_max_(events_max), wake_(std::move(wake)) {}

void IntakeQueue::insert(Submission&& submission) {
  is_wake_due_ = is_wake_due_ || waiting_.empty();
  waiting_.push_back(std::move(submission));
}

void IntakeQueue::insert_events(Intake&& intake) {
  queued_events_.fetch_add(intake.events.size(), std::memory_order_relaxed);
  insert(std::move(intake));
}

bool IntakeQueue::take_wake() { return std::exchange(is_wake_due_, false); }

bool IntakeQueue::try_push(Intake& intake) {
  bool is_wake_due = false;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_ || is_full()) return false;
    insert_events(std::move(intake));
    is_wake_due = take_wake();
  }
  if (is_wake_due) wake_();
  return true;
}

bool IntakeQueue::push_in_turn(Intake&& intake, std::function<void()> admitted) {
  bool is_wake_due = false;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_) return false;
    if (is_full()) {
      lobby_.push_back({std::move(intake), std::move(admitted)});
      return false;
    }
    insert_events(std::move(intake));
    is_wake_due = take_wake();
  }
  if (is_wake_due) wake_();
  return true;
}

bool IntakeQueue::push(Submission& submission) {
  bool is_wake_due = false;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_) return false;
    insert(std::move(submission));
    is_wake_due = take_wake();
  }
  if (is_wake_due) wake_();
  return true;
}

bool IntakeQueue::push_ahead(Submission& submission) {
  bool is_wake_due = false;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_) return false;
    // WHY not also `waiting_`: whoever empties the one lane may not look into the other again.
    is_wake_due = ahead_.empty();
    ahead_.push_back(std::move(submission));
    has_ahead_.store(true, std::memory_order_release);
  }
  if (is_wake_due) wake_();
  return true;
}

void IntakeQueue::on_room(std::function<void()> room) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_closed_) return;
    if (is_full()) {
      lobby_.push_back({std::nullopt, std::move(room)});
      return;
    }
  }
  room();
}

void IntakeQueue::take(std::vector<Submission>& taken) {
  const std::scoped_lock lock(mutex_);
  taken.swap(waiting_);
}

void IntakeQueue::take_ahead(std::vector<Submission>& taken) {
  const std::scoped_lock lock(mutex_);
  for (Submission& submission : ahead_) taken.push_back(std::move(submission));
  ahead_.clear();
  has_ahead_.store(false, std::memory_order_release);
}

void IntakeQueue::release(size_t events) {
  if (events == 0) return;
  std::vector<std::function<void()>> calls;
  bool is_wake_due = false;
  {
    const std::scoped_lock lock(mutex_);
    queued_events_.fetch_sub(events, std::memory_order_relaxed);
    while (!lobby_.empty() && queued_events() < events_max_) {
      Waiting next = std::move(lobby_.front());
      lobby_.pop_front();
      if (next.intake) insert_events(std::move(*next.intake));
      calls.push_back(std::move(next.call));
    }
    is_wake_due = take_wake();
  }
  if (is_wake_due) wake_();
  for (const auto& call : calls) call();
}

void IntakeQueue::close() {
  std::deque<Waiting> lobby;
  const std::scoped_lock lock(mutex_);
  is_closed_ = true;
  lobby.swap(lobby_);
}

bool IntakeQueue::is_closed() const {
  const std::scoped_lock lock(mutex_);
  return is_closed_;
}

}  // namespace lupaus::server::runtime
