// Waiting for the journal to grow.
#include "server/ingest/tail.h"

#include <algorithm>

namespace lupaus::server::ingest {

void Tail::advance(rules::model::Position last) {
  {
    std::lock_guard lock(mutex_);
    last_ = std::max(last_, last);
  }
  moved_.notify_all();
}

void Tail::close() {
  {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  moved_.notify_all();
}

bool Tail::is_closed() const {
  std::lock_guard lock(mutex_);
  return is_closed_;
}

rules::model::Position Tail::last() const {
  std::lock_guard lock(mutex_);
  return last_;
}

bool Tail::wait_for(rules::model::Position position, const std::function<bool()>& is_gone) {
  std::unique_lock lock(mutex_);
  while (last_ < position) {
    if (is_closed_ || is_gone()) return false;
    moved_.wait_for(lock, std::chrono::milliseconds(100));
  }
  return !is_closed_;
}

}  // namespace lupaus::server::ingest
