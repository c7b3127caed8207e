// Wakes those who follow the journal. They read it again from storage: what a slow one has not read
// costs no memory.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "rules/model/fact.h"

namespace lupaus::server::ingest {

/// The last durable position, and who waits for more. The writer's thread advances it; any thread
/// waits.
class Tail {
 public:
  void advance(rules::model::Position last);
  void close();
  bool is_closed() const;
  rules::model::Position last() const;
  /// True once the journal has `position`; false when closed or `is_gone` says so (asked ten times
  /// a second).
  bool wait_for(rules::model::Position position, const std::function<bool()>& is_gone);

 private:
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  rules::model::Position last_ = 0;
  bool is_closed_ = false;
};

}  // namespace lupaus::server::ingest
