#include "rules/language/findings_openings.h"

#include <algorithm>

namespace lupaus::rules::language {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// WHY: clock changes fall on weekdays, so one year shows them all; in twelve, those that fall on
// dates have met every weekday too.
constexpr sys_days kFirst{std::chrono::year{2020} / 1 / 1};
constexpr sys_days kLast{std::chrono::year{2031} / 12 / 31};
/// The longest stretch that is asked for (R27), and a day for what a zone is from UTC.
constexpr days kReach{1462};
/// Most stretches hold what is asked for within the first of these.
constexpr days kCommon{14};

sys_days to_days(model::LocalDate date) {
  return std::chrono::year{date.year} / std::chrono::month{date.month} / std::chrono::day{date.day};
}

}  // namespace

Openings::Openings(const model::CalendarSpec& spec, const model::ZoneTable& zone)
    : spec_(spec), calendar_(spec, zone) {}

bool Openings::is_common(model::Duration length, model::Duration stretch) const {
  const model::Instant last = kFirst + kCommon;
  for (model::Instant at = kFirst; at < last;) {
    const auto opening = calendar_.next_interval(at);
    if (!opening || opening->begin >= last) return false;
    if (calendar_.open_between(opening->begin, opening->begin + stretch) >= length) return true;
    at = opening->end;
  }
  return false;
}

void Openings::list_openings() {
  sys_days first = kFirst, last = kLast;
  if (!spec_.exceptions.empty()) {
    first = std::min(first, to_days(spec_.exceptions.front().date) - kReach);
    last = std::max(last, to_days(spec_.exceptions.back().date));
  }
  model::Duration before{};
  auto opening = calendar_.next_interval(first);
  for (; opening && opening->begin < last + kReach;
       opening = calendar_.next_interval(opening->end)) {
    if (!openings_.empty() && openings_.back().end == opening->begin) {
      openings_.back().end = opening->end;
    } else {
      openings_.push_back({opening->begin, opening->end, before});
    }
    before += opening->end - opening->begin;
  }
  last_begin_ = last + days(2);
}

model::Duration Openings::sweep(model::Duration stretch) const {
  model::Duration most{};
  size_t last = 0;  // the last opening that begins within the stretch
  // The open time of [s, s + stretch) is greatest where s is the beginning of an opening: moving s
  // back inside one, or forward while closed, loses nothing.
  for (const Opening& first : openings_) {
    if (first.begin > last_begin_) break;
    const model::Instant end = first.begin + stretch;
    while (last + 1 < openings_.size() && openings_[last + 1].begin < end) ++last;
    const Opening& cut = openings_[last];
    most = std::max(most, cut.before - first.before + (std::min(cut.end, end) - cut.begin));
  }
  return most;
}

bool Openings::can_open(model::Duration length, model::Duration stretch) {
  const auto known = most_open_.find(stretch);
  if (known != most_open_.end()) return known->second >= length;
  if (is_common(length, stretch)) return true;
  if (openings_.empty()) list_openings();
  return most_open_.emplace(stretch, sweep(stretch)).first->second >= length;
}

model::Duration Openings::most_open(model::Duration stretch) const {
  const auto known = most_open_.find(stretch);
  return known == most_open_.end() ? model::Duration{} : known->second;
}

}  // namespace lupaus::rules::language
