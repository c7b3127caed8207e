// "More than factor times the 95th percentile" is asked without sorting: at least 95 % of the hours
// lie below the count divided by the factor.
#include "rules/ledger/breaker.h"

#include <algorithm>

namespace lupaus::rules::ledger {
namespace {

/// Since 1970, in UTC.
int64_t hour_of(model::Instant at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

constexpr int64_t kRing = static_cast<int64_t>(Breaker::kHours);

size_t index_of(int64_t hour) { return static_cast<size_t>(((hour % kRing) + kRing) % kRing); }

}  // namespace

/// Null: the hour is forgotten.
uint16_t* Breaker::slot(Habit& habit, int64_t hour) {
  if (hour <= habit.newest - kRing) return nullptr;
  if (hour > habit.newest) {
    const int64_t from = std::max(habit.newest + 1, hour - kRing + 1);
    for (int64_t other = from; other <= hour; ++other) habit.counts[index_of(other)] = 0;
    habit.newest = hour;
  }
  return &habit.counts[index_of(hour)];
}

void Breaker::count(std::string_view branch, model::Instant owed_at) {
  const int64_t hour = hour_of(owed_at);
  auto found = habits_.find(branch);
  if (found == habits_.end()) {
    found = habits_.emplace(branch, Habit{}).first;
    found->second.first = found->second.newest = hour;
  }
  Habit& habit = found->second;
  habit.first = std::min(habit.first, hour);
  uint16_t* counted = slot(habit, hour);
  if (counted != nullptr && *counted < UINT16_MAX) ++*counted;
}

void Breaker::uncount(std::string_view branch, model::Instant owed_at) {
  const auto found = habits_.find(branch);
  if (found == habits_.end()) return;
  uint16_t* counted = slot(found->second, hour_of(owed_at));
  if (counted != nullptr && *counted > 0) --*counted;
}

bool Breaker::trips(std::string_view branch, model::Instant now,
                    const BreakerSettings& settings) const {
  const auto found = habits_.find(branch);
  const int64_t hour = hour_of(now);
  const bool is_counted =
      found != habits_.end() && hour <= found->second.newest && hour > found->second.newest - kRing;
  const uint32_t count = 1U + (is_counted ? found->second.counts[index_of(hour)] : 0U);
  if (settings.fixed != 0 && count > settings.fixed) return true;
  if (count <= settings.count || found == habits_.end()) return false;
  const Habit& habit = found->second;
  if (hour - habit.first < kHistoryHours) return false;
  const int64_t oldest = std::max({habit.first, habit.newest - kRing + 1, hour - kRing + 1});
  int64_t hours = 0, usual = 0;
  for (int64_t other = oldest; other < hour; ++other) {
    ++hours;
    const uint32_t then = other > habit.newest ? 0 : habit.counts[index_of(other)];
    if (uint64_t{then} * settings.factor < count) ++usual;
  }
  // The smallest count that 95 % of the hours do not exceed is below it.
  return hours > 0 && usual * 100 >= hours * 95;
}

}  // namespace lupaus::rules::ledger
