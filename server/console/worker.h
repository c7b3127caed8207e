// One thread for work that would keep the door waiting.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace lupaus::server::console {

/// Does what is posted, one after the other, in its order. Bounded by whoever posts.
class Worker {
 public:
  Worker();
  ~Worker();
  /// Any thread; false once it stops.
  bool post(std::function<void()> work);
  /// Finishes what was posted.
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable rang_;
  std::deque<std::function<void()>> posted_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace lupaus::server::console
