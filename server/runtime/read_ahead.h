// Work that one thread does a little ahead of another: a start reads and decodes rows while it
// folds those before.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace lupaus::server::runtime {

/// Owned by who takes; the thread lives as long as it does. At most `waiting_max` items wait to be
/// taken. Who has to wait is woken for half as many items.
/// WHY: woken for each item, two threads of about one speed sleep and wake in turn, and the system
/// keeps both on the processor of whoever woke the other, while the next one idles.
template <typename Item>
class ReadAhead {
 public:
  /// False: nobody takes any more.
  using Give = std::function<bool(Item)>;

  /// `produce` runs on a thread of its own; what it refers to must outlive this.
  explicit ReadAhead(std::function<void(const Give&)> produce, size_t waiting_max = 8)
      : waiting_max_(waiting_max), thread_([this, produce = std::move(produce)] {
          produce([this](Item item) { return give(std::move(item)); });
          const std::scoped_lock lock(mutex_);
          is_done_ = true;
          changed_.notify_all();
        }) {}
  ~ReadAhead() {
    {
      const std::scoped_lock lock(mutex_);
      is_closed_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// The next item; nullopt when `produce` has returned and all is taken.
  std::optional<Item> take() {
    std::unique_lock lock(mutex_);
    if (items_.empty())
      changed_.wait(lock, [this] { return is_done_ || items_.size() >= (waiting_max_ + 1) / 2; });
    if (items_.empty()) return std::nullopt;
    std::optional<Item> item(std::move(items_.front()));
    items_.pop_front();
    if (items_.size() == waiting_max_ / 2) changed_.notify_all();
    return item;
  }

 private:
  bool give(Item item) {
    std::unique_lock lock(mutex_);
    if (items_.size() == waiting_max_)
      changed_.wait(lock, [this] { return is_closed_ || items_.size() <= waiting_max_ / 2; });
    if (is_closed_) return false;
    items_.push_back(std::move(item));
    if (items_.size() == (waiting_max_ + 1) / 2) changed_.notify_all();
    return true;
  }

  const size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;
  bool is_done_ = false, is_closed_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace lupaus::server::runtime
