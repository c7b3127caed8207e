// What happens in the branches: customers who arrive at random, are called, go away and come back,
// are served in time, too late, or never. Seeded; told to the sources in order of time.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "rules/model/event.h"

namespace lupaus::tests::crash {

/// One event as a source remembers it: few bytes, for a run has hundreds of thousands.
struct Told {
  enum class Type : uint8_t {
    issued,
    called,
    recalled,
    service_started,
    service_ended,
    transferred,
    parked,
    unparked,
    away,
    back,
    no_show,
    left,
    cancelled
  };
  rules::model::Instant at{};
  uint32_t ticket = 0;
  Type type = Type::issued;
};

const char* type_name(Told::Type type);
std::string ticket_name(uint32_t ticket);
/// What the first event of a ticket says of it.
std::string service_of(uint32_t ticket);
std::string customer_of(uint32_t ticket);

/// Used by one thread.
class Traffic {
 public:
  using Tell = std::function<void(size_t source, const Told& told)>;

  /// `events_per_second` over all sources, on average.
  Traffic(uint64_t seed, double events_per_second, Tell tell);

  /// One event of each source that belongs to no promise, so that each branch knows who reports.
  void introduce_all(rules::model::Instant now);
  /// Customers begin to arrive at `now`.
  void open(rules::model::Instant now);
  /// Tells everything that happens up to and including `now`.
  void advance(rules::model::Instant now);
  /// No more arrivals; what has begun goes on.
  void close() { is_open_ = false; }
  /// Nothing is left to tell.
  bool is_over() const { return !is_open_ && ahead_.empty(); }

 private:
  struct Happening {
    rules::model::Instant at{};
    uint64_t order = 0;  ///< of planning: what is planned first happens first
    uint32_t source = 0;
    bool is_arrival = false;
    Told told;
    bool operator>(const Happening& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void plan(size_t source, rules::model::Instant at, uint32_t ticket, Told::Type type);
  void plan_arrival(size_t branch, rules::model::Instant after);
  void plan_visit(size_t branch, rules::model::Instant at);
  rules::model::Instant plan_waiting(size_t counter, rules::model::Instant at, uint32_t ticket);
  void plan_end(size_t counter, rules::model::Instant issued, rules::model::Instant called,
                uint32_t ticket);
  int64_t between(int64_t least, int64_t most);
  bool chance(int percent) { return between(1, 100) <= percent; }

  std::mt19937_64 random_;
  const double mean_gap_ms_;  ///< between two arrivals of a branch
  const Tell tell_;
  std::priority_queue<Happening, std::vector<Happening>, std::greater<>> ahead_;
  uint64_t planned_ = 0;
  uint32_t tickets_;
  bool is_open_ = false;
};

}  // namespace lupaus::tests::crash
