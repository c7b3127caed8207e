// Differences of calendars, branches and vocabularies.
#include <algorithm>
#include <array>

#include "rules/language/difference_report.h"

namespace lupaus::rules::language {
namespace {

using Change = Difference::Change;
using model::DateException;

constexpr int kDay = 1440;

/// Minutes after a day's beginning; beyond its end the next day.
struct Opening {
  int begin = 0, end = 0;
};

/// The times at which it is open, ascending and apart, however they are written (R31).
std::vector<Opening> openings_of(const std::vector<model::DayInterval>& intervals) {
  std::vector<Opening> written, joined;
  for (const model::DayInterval& one : intervals) {
    const bool is_over_midnight = one.end_minute <= one.begin_minute;
    written.push_back({one.begin_minute, one.end_minute + (is_over_midnight ? kDay : 0)});
  }
  std::sort(written.begin(), written.end(),
            [](const Opening& a, const Opening& b) { return a.begin < b.begin; });
  for (const Opening& one : written) {
    if (joined.empty() || one.begin > joined.back().end) {
      joined.push_back(one);
    } else {
      joined.back().end = std::max(joined.back().end, one.end);
    }
  }
  return joined;
}

std::string clock_time(int minute) {
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return two(minute / 60) + ":" + two(minute % 60);
}

std::string hours_of(const std::vector<model::DayInterval>& intervals) {
  std::string text;
  for (const Opening& one : openings_of(intervals)) {
    text += (text.empty() ? "" : ", ") + clock_time(one.begin) + "-" +
            clock_time(one.end > kDay ? one.end - kDay : one.end);
    // The end alone would read as one of the same day.
    if (one.end > kDay && one.end - kDay >= one.begin) text += " of the next day";
  }
  return text.empty() ? "closed" : text;
}

std::string day_of(const model::DayHours& day) {
  return hours_of(day.intervals) + (day.day_class.empty() ? "" : ", class " + day.day_class);
}

/// "closed", "10:00-12:00, class payday", "hours of the week, class payday".
std::string exception_of(const DateException& exception) {
  std::string text = exception.hours ? hours_of(*exception.hours) : "hours of the week";
  if (!exception.day_class.empty()) text += ", class " + exception.day_class;
  return text;
}

std::string reason_of(const DateException& exception) {
  return exception.reason.empty() ? "" : " (" + exception.reason + ")";
}

void compare_exception(const DateException* before, const DateException* after,
                       DifferenceReport& report) {
  const DateException& one = after != nullptr ? *after : *before;
  const std::string date = model::format_local_date(one.date);
  const std::string is = exception_of(one) + reason_of(one);
  if (before == nullptr) {
    report.say({"", "", date, Change::added, "", is, date + " now " + is});
  } else if (after == nullptr) {
    report.say({"", "", date, Change::removed, is, "", date + " no longer " + is});
  } else {
    report.compare(date, exception_of(*before) + reason_of(*before), is);
  }
}

void compare_weeks(const model::CalendarSpec& before, const model::CalendarSpec& after,
                   DifferenceReport& report) {
  constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu",
                                                     "fri", "sat", "sun"};
  for (size_t first = 0; first < kDays.size();) {
    const std::string was = day_of(before.week[first]);
    const std::string is = day_of(after.week[first]);
    size_t last = first;
    while (last + 1 < kDays.size() && day_of(before.week[last + 1]) == was &&
           day_of(after.week[last + 1]) == is) {
      ++last;
    }
    std::string days(kDays[first]);
    if (last != first) days += "-" + std::string(kDays[last]);
    report.compare(days, was, is);
    first = last + 1;
  }
}

using Texts = std::map<std::string, std::string>;

std::string reports_of(const model::DeclaredSource& source) {
  if (source.reports.empty()) return "reports everything";
  std::vector<std::string> types = source.reports;
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  std::string text;
  for (const std::string& type : types) text += (text.empty() ? "" : ", ") + type;
  return "reports " + text;
}

/// Compares values by name, each name as `clause name`.
void compare_named(const std::string& clause, const Texts& before, const Texts& after,
                   DifferenceReport& report) {
  std::map<std::string, std::pair<std::string, std::string>> both;
  for (const auto& [key, text] : before) both[key].first = text;
  for (const auto& [key, text] : after) both[key].second = text;
  for (const auto& [key, texts] : both) {
    report.compare(clause + " " + key, texts.first, texts.second);
  }
}

/// One spelling of a branch attribute, by the type that the book gives it: 60m as 1h.
std::string spelled(const model::Book& book, const std::string& name, const std::string& text) {
  for (const model::Vocabulary& vocabulary : book.vocabularies) {
    const auto found = vocabulary.branch_attributes.find(name);
    if (found == vocabulary.branch_attributes.end()) continue;
    if (found->second.type == model::AttributeType::duration) {
      const auto length = model::parse_duration(text);
      return length ? model::format_duration(*length) : text;
    }
    if (found->second.type == model::AttributeType::time) {
      const auto instant = model::parse_instant(text);
      return instant ? model::format_instant(*instant) : text;
    }
    return text;
  }
  return text;
}

Texts attributes_of(const model::Book& book, const model::BranchSpec& branch) {
  Texts texts;
  for (const auto& [name, text] : branch.attributes) texts[name] = spelled(book, name, text);
  return texts;
}

Texts texts_of(const std::map<std::string, model::AttributeSpec, std::less<>>& attributes) {
  constexpr std::array<std::string_view, 6> kTypes = {"string", "bool", "int",
                                                      "money",  "time", "duration"};
  Texts texts;
  for (const auto& [name, spec] : attributes) {
    texts[name] = std::string(kTypes[static_cast<size_t>(spec.type)]) +
                  (spec.is_personal ? ", personal" : "");
  }
  return texts;
}

void compare_events(const std::string& clause, const std::vector<std::string>& before,
                    const std::vector<std::string>& after, DifferenceReport& report) {
  const auto has = [](const std::vector<std::string>& list, const std::string& event) {
    return std::find(list.begin(), list.end(), event) != list.end();
  };
  for (const std::string& event : before) {
    if (has(after, event)) continue;
    const std::string name = clause + " " + event;
    report.say({"", "", name, Change::removed, event, "", name + " removed"});
  }
  for (const std::string& event : after) {
    if (has(before, event)) continue;
    const std::string name = clause + " " + event;
    report.say({"", "", name, Change::added, "", event, name + " added"});
  }
}

}  // namespace

void compare_calendars(const model::CalendarSpec& before, const model::CalendarSpec& after,
                       DifferenceReport& report) {
  report.compare("timezone", before.timezone, after.timezone);
  compare_weeks(before, after, report);
  auto old_one = before.exceptions.begin();
  auto new_one = after.exceptions.begin();
  while (old_one != before.exceptions.end() || new_one != after.exceptions.end()) {
    const bool has_old = old_one != before.exceptions.end();
    const bool has_new = new_one != after.exceptions.end();
    if (has_old && (!has_new || old_one->date < new_one->date)) {
      compare_exception(&*old_one++, nullptr, report);
    } else if (!has_old || new_one->date < old_one->date) {
      compare_exception(nullptr, &*new_one++, report);
    } else {
      compare_exception(&*old_one++, &*new_one++, report);
    }
  }
}

void compare_branches(const model::Book& old_book, const model::BranchSpec& before,
                      const model::Book& new_book, const model::BranchSpec& after,
                      DifferenceReport& report) {
  report.compare("timezone", before.timezone, after.timezone);
  report.compare("hours", before.hours, after.hours);
  report.compare_maps("attribute", attributes_of(old_book, before), attributes_of(new_book, after));
  const auto sources = [](const model::BranchSpec& branch) {
    Texts texts;
    for (const model::DeclaredSource& source : branch.sources) {
      texts[source.id] = reports_of(source);
    }
    return texts;
  };
  compare_named("source", sources(before), sources(after), report);
}

void compare_vocabularies(const model::Vocabulary& before, const model::Vocabulary& after,
                          DifferenceReport& report) {
  compare_events("event", before.events, after.events, report);
  compare_events("branch event", before.branch_events, after.branch_events, report);
  compare_named("attribute", texts_of(before.attributes), texts_of(after.attributes), report);
  compare_named("branch attribute", texts_of(before.branch_attributes),
                texts_of(after.branch_attributes), report);
}

}  // namespace lupaus::rules::language
