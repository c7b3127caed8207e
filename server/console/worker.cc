#include "server/console/worker.h"

#include <utility>

#include "server/runtime/give_way.h"

namespace lupaus::server::console {

Worker::Worker() : thread_([this] { run(); }) {}
Worker::~Worker() { stop(); }

bool Worker::post(std::function<void()> work) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_stopping_) return false;
    posted_.push_back(std::move(work));
  }
  rang_.notify_one();
  return true;
}

void Worker::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  rang_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  runtime::give_way();
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      rang_.wait(lock, [this] { return is_stopping_ || !posted_.empty(); });
      if (posted_.empty()) return;
      work = std::move(posted_.front());
      posted_.pop_front();
    }
    work();
  }
}

}  // namespace lupaus::server::console
