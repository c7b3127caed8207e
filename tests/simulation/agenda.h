// What is to happen, in the order of simulated time; at one instant in the order in which it was
// planned. Time stands still while something happens.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "tests/simulation/chance.h"

namespace lupaus::tests::simulation {

class Agenda {
 public:
  explicit Agenda(Instant start) : now_(start) {}

  Instant now() const { return now_; }
  /// kEndOfTime when nothing is planned.
  Instant next() const { return heap_.empty() ? rules::model::kEndOfTime : heap_.front().at; }
  /// `at` in the past is now.
  void at(Instant at, std::function<void()> what) {
    heap_.push_back({std::max(at, now_), order_++, std::move(what)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void in(Duration delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }
  /// Never goes back.
  void move_to(Instant instant) { now_ = std::max(now_, instant); }
  /// Moves to the next thing and lets it happen. Something must be planned.
  void run_next() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Item item = std::move(heap_.back());
    heap_.pop_back();
    move_to(item.at);
    item.what();
  }

 private:
  struct Item {
    Instant at{};
    uint64_t order = 0;
    std::function<void()> what;
  };
  static bool later(const Item& a, const Item& b) {
    return std::pair(a.at, a.order) > std::pair(b.at, b.order);
  }

  Instant now_;
  uint64_t order_ = 0;
  std::vector<Item> heap_;
};

}  // namespace lupaus::tests::simulation
