// The law of counted time over every zone of the tz database, at each transition of 1990 to 2037
// and with unplanned closings: counted(start, due(start, d)) == d, and not a millisecond earlier.
// LUPAUS_SEED repeats a run.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

#include "rules/calendar/zone.h"
#include "rules/engine/counting.h"

namespace lupaus::rules::engine {
namespace {

using namespace std::chrono_literals;
using model::Duration;
using model::Instant;
using Random = std::mt19937_64;

int64_t pick(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

std::vector<model::DayInterval> random_hours(Random& random, int64_t least) {
  std::vector<model::DayInterval> intervals;
  for (int64_t count = pick(random, least, 3); count > 0; --count) {
    const auto begin = static_cast<int16_t>(pick(random, 0, 95) * 15);
    intervals.push_back({begin, static_cast<int16_t>((begin + pick(random, 1, 95) * 15) % 1440)});
  }
  return intervals;
}

model::CalendarSpec random_calendar(Random& random, const model::ZoneTable& zone) {
  model::CalendarSpec spec;
  spec.timezone = zone.name;
  for (size_t day = 0; day < 7; ++day)
    spec.week[day].intervals = random_hours(random, day == 0 ? 1 : 0);
  return spec;
}

/// One question: from `start`, `length` of what `measure` counts.
struct Question {
  const calendar::Calendar* calendar = nullptr;
  Instant start{};
  Duration length{};
  std::vector<calendar::Interval> closings;

  /// "" when the law holds.
  std::string wrong() const {
    Measure measure{calendar, {}};
    for (const auto& closing : closings) block(measure.blocked, closing.begin, closing.end);
    const auto due = measure.due(start, length);
    if (!due) return "is never due";
    const auto counted = measure.counted(start, *due);
    if (counted != length) return "counts " + model::format_duration(counted);
    const bool is_earliest =
        length == Duration(0) ? *due == start : measure.counted(start, *due - Duration(1)) < length;
    return is_earliest ? "" : "is due before " + model::format_instant(*due);
  }

  /// Leaves out what the failure does not need.
  void shrink() {
    for (size_t i = closings.size(); i-- > 0;) {
      Question less = *this;
      less.closings.erase(less.closings.begin() + static_cast<std::ptrdiff_t>(i));
      if (!less.wrong().empty()) *this = less;
    }
    for (Duration part = length; part > Duration(0); part /= 2) {
      Question less = *this;
      less.length -= part;
      if (less.length >= Duration(0) && !less.wrong().empty()) *this = less;
    }
  }

  std::string text() const {
    std::string found = fmt::format("{} from {}: {}", model::format_duration(length),
                                    calendar::format_local(calendar->zone(), start), wrong());
    for (const auto& closing : closings) {
      found += fmt::format("\n  closed {} to {}",
                           calendar::format_local(calendar->zone(), closing.begin),
                           calendar::format_local(calendar->zone(), closing.end));
    }
    return found;
  }
};

Question random_question(Random& random, const calendar::Calendar& calendar, Instant around) {
  Question question{&calendar, around + Duration(pick(random, -172'800'000, 172'800'000)), {}, {}};
  question.length = Duration(pick(random, 0, pick(random, 0, 1) == 0 ? 7'200'000 : 300'000'000));
  for (int64_t count = pick(random, 0, 3); count > 0; --count) {
    const Instant begin = around + Duration(pick(random, -259'200'000, 259'200'000));
    question.closings.push_back({begin, begin + Duration(pick(random, 0, 86'400'000))});
  }
  return question;
}

TEST(MeasureProperty, CountsWhatItPromisedAtEveryTransitionOfEveryZone) {
  const char* const text = std::getenv("LUPAUS_SEED");
  const uint64_t seed = text == nullptr ? std::random_device{}() : std::strtoull(text, nullptr, 10);
  const Instant first = *model::parse_instant("1990-01-01T00:00:00Z");
  const Instant last = *model::parse_instant("2038-01-01T00:00:00Z");
  std::set<std::vector<int64_t>> seen;  // links share the table of their zone
  size_t zones = 0, questions = 0;
  for (const auto& zone : calendar::built_in_zones()) {
    std::vector<int64_t> table{zone.first_offset_s};
    for (const auto& transition : zone.transitions) {
      table.push_back(transition.at_unix_s);
      table.push_back(transition.offset_s);
    }
    if (!seen.insert(std::move(table)).second) continue;
    Random random(seed + ++zones);
    const calendar::Calendar calendar(random_calendar(random, zone), zone);
    std::vector<Instant> around{first + Duration(pick(random, 0, 1'500'000'000'000))};
    for (const auto& transition : zone.transitions) {
      const Instant at{std::chrono::seconds(transition.at_unix_s)};
      if (at >= first && at < last) around.push_back(at);
    }
    for (const Instant at : around) {
      auto question = random_question(random, calendar, at);
      ++questions;
      if (question.wrong().empty()) continue;
      question.shrink();
      FAIL() << "LUPAUS_SEED=" << seed << ", " << zone.name << ": " << question.text();
    }
  }
  EXPECT_GT(zones, 300U);
  EXPECT_GT(questions, 10'000U);
}

}  // namespace
}  // namespace lupaus::rules::engine
