#include "tests/simulation/naive_breaker.h"

#include <algorithm>
#include <vector>

namespace lupaus::tests::simulation {
namespace {

int64_t hour_of(rules::model::Instant at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

uint64_t counted(const std::map<int64_t, uint64_t>& hours, int64_t hour) {
  const auto found = hours.find(hour);
  return found == hours.end() ? 0 : found->second;
}

}  // namespace

void NaiveBreaker::count(const std::string& branch, rules::model::Instant at) {
  ++hours_[branch][hour_of(at)];
}

bool NaiveBreaker::trips(const std::string& branch, rules::model::Instant at) const {
  const auto found = hours_.find(branch);
  if (found == hours_.end()) return false;
  const auto& hours = found->second;
  const int64_t hour = hour_of(at), first = hours.begin()->first;
  const uint64_t count = counted(hours, hour) + 1;
  if (count <= 10 || hour - first < 20 * 24) return false;
  std::vector<uint64_t> before;
  for (int64_t other = std::max(first, hour - 28 * 24 + 1); other < hour; ++other)
    before.push_back(counted(hours, other));
  std::sort(before.begin(), before.end());
  return count > 5 * before[(before.size() * 95 + 99) / 100 - 1];
}

}  // namespace lupaus::tests::simulation
