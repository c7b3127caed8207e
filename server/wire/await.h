// Waits on a call's own thread for an answer of the loop. Never used on the loop's or the writer's
// thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "rules/model/result.h"

namespace lupaus::server::wire {

/// The end that is filled once. Whoever drops it unfilled ends the wait too: a loop that stops lets
/// go of what it has not answered.
template <typename T>
class Filler {
 public:
  struct Cell {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<T> value;
    bool is_dropped = false;
  };
  explicit Filler(std::shared_ptr<Cell> cell) : cell_(std::move(cell)) {}
  Filler(const Filler&) = delete;
  Filler& operator=(const Filler&) = delete;
  ~Filler() {
    std::lock_guard lock(cell_->mutex);
    cell_->is_dropped = true;
    cell_->changed.notify_all();
  }
  void set(T value) {
    std::lock_guard lock(cell_->mutex);
    cell_->value = std::move(value);
    cell_->changed.notify_all();
  }

 private:
  const std::shared_ptr<Cell> cell_;
};

/// The end that waits. Keep no other owner of the filler than the callback that fills it.
template <typename T>
class Await {
 public:
  std::shared_ptr<Filler<T>> filler() const { return std::make_shared<Filler<T>>(cell_); }
  /// nullopt when the filler was dropped.
  std::optional<T> get() {
    std::unique_lock lock(cell_->mutex);
    cell_->changed.wait(lock, [this] { return cell_->value.has_value() || cell_->is_dropped; });
    return std::move(cell_->value);
  }

 private:
  std::shared_ptr<typename Filler<T>::Cell> cell_ = std::make_shared<typename Filler<T>::Cell>();
};

/// What a call answers when the loop has let go of it.
inline rules::model::Error stopping() {
  return {"stopping", "the server is stopping", "send it again when the server is back", {}};
}

}  // namespace lupaus::server::wire
