// Counted time over the gaps between blocked intervals; exact inverse of itself at every
// transition.
#include "rules/engine/counting.h"

#include <algorithm>

namespace lupaus::rules::engine {
namespace {

using model::Duration;
using model::Instant;

Duration measured(const calendar::Calendar* calendar, Instant begin, Instant end) {
  if (end <= begin) return Duration::zero();
  return calendar == nullptr ? end - begin : calendar->open_between(begin, end);
}

std::optional<Instant> advance(const calendar::Calendar* calendar, Instant begin, Duration length) {
  if (calendar != nullptr) return calendar->add_open(begin, length);
  if (begin > model::kEndOfTime - length) return std::nullopt;
  return begin + length;
}

}  // namespace

Duration Measure::counted(Instant begin, Instant end) const {
  Duration total{};
  Instant from = begin;
  for (const auto& gap : blocked) {
    if (gap.begin >= end) break;
    if (gap.end <= from) continue;
    total += measured(calendar, from, std::min(gap.begin, end));
    from = std::max(from, gap.end);
  }
  if (from < end) total += measured(calendar, from, end);
  return total;
}

std::vector<calendar::Interval> Measure::stretches(Instant begin, Instant end) const {
  std::vector<calendar::Interval> found;
  const auto add = [&](Instant from, Instant to) {
    if (!found.empty() && found.back().end == from) {
      found.back().end = to;
    } else {
      found.push_back({from, to});
    }
  };
  const auto add_open = [&](Instant from, Instant to) {
    while (from < to) {
      const auto open = calendar == nullptr ? std::optional(calendar::Interval{from, to})
                                            : calendar->next_interval(from);
      if (!open || open->begin >= to) return;
      add(std::max(from, open->begin), std::min(to, open->end));
      from = open->end;
    }
  };
  Instant from = begin;
  for (const auto& gap : blocked) {
    if (gap.begin >= end) break;
    if (gap.end <= from) continue;
    add_open(from, gap.begin);
    from = std::max(from, gap.end);
  }
  add_open(from, end);
  return found;
}

std::optional<Instant> Measure::due(Instant start, Duration length) const {
  Instant from = start;
  Duration left = length;
  if (left <= Duration::zero()) return start;
  for (const auto& gap : blocked) {
    if (gap.end <= from) continue;
    if (gap.begin > from) {
      const Duration there = measured(calendar, from, gap.begin);
      if (there >= left) return advance(calendar, from, left);
      left -= there;
    }
    if (gap.end == model::kEndOfTime) return std::nullopt;
    from = gap.end;
  }
  return advance(calendar, from, left);
}

void block(Intervals& blocked, Instant begin, Instant end) {
  if (end <= begin) return;
  auto first =
      std::find_if(blocked.begin(), blocked.end(), [&](const auto& i) { return i.end >= begin; });
  auto last = first;
  while (last != blocked.end() && last->begin <= end) {
    begin = std::min(begin, last->begin);
    end = std::max(end, last->end);
    ++last;
  }
  first = blocked.erase(first, last);
  blocked.insert(first, {begin, end});
}

void truncate(Intervals& blocked, Instant end) {
  while (!blocked.empty() && blocked.back().begin >= end) blocked.pop_back();
  if (!blocked.empty() && blocked.back().end > end) blocked.back().end = end;
}

}  // namespace lupaus::rules::engine
