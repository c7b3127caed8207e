// Reads `kind: Calendar`: a zone, weekly hours and dated exceptions (R30, R31, R34, R96).
#include <algorithm>

#include "rules/language/document.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<size_t> find_day(std::string_view text) {
  const auto found = std::find(kDays.begin(), kDays.end(), text);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<size_t>(found - kDays.begin());
}

/// "09:00" as minutes after midnight; "24:00" is 1440.
std::optional<int> find_minute(std::string_view text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour > 24 || (hour == 24 && minute != 0)) return std::nullopt;
  return hour * 60 + minute;
}

std::optional<model::DayInterval> read_interval(const Context& context, const Node& node) {
  const std::string_view text = node.text;
  std::optional<int> begin, end;
  if (node.kind == Node::Kind::scalar && text.size() == 11 && text[5] == '-') {
    begin = find_minute(text.substr(0, 5));
    end = find_minute(text.substr(6));
  }
  if (!begin || !end || *begin == 1440) {
    context.error(kBadHours, node, "expected opening hours, but " + show(node),
                  "write them as \"09:00-16:30\"; 24:00 may only be an end");
    return std::nullopt;
  }
  if (*begin == *end) {
    context.error(kBadHours, node, "expected hours that begin and end apart, but " + show(node),
                  "write \"00:00-24:00\" for the whole day and [] for closed");
    return std::nullopt;
  }
  return model::DayInterval{static_cast<int16_t>(*begin), static_cast<int16_t>(*end)};
}

std::vector<model::DayInterval> read_intervals(const Context& context, const Node& node) {
  std::vector<model::DayInterval> intervals;
  if (node.kind != Node::Kind::sequence) {
    context.error(kWrongShape, node, "expected a list of hours, but " + show(node),
                  "write it as [\"09:00-16:30\"]; [] is closed");
    return intervals;
  }
  for (const Node& item : node.children) {
    if (const auto interval = read_interval(context, item)) intervals.push_back(*interval);
  }
  return intervals;
}

model::DayHours read_day(const Context& context, const Node& node) {
  model::DayHours day;
  if (node.kind != Node::Kind::map) {
    day.intervals = read_intervals(context, node);
    return day;
  }
  MapReader map(context, node, kDayKeys);
  if (const Node* hours = map.find("hours")) day.intervals = read_intervals(context, *hours);
  if (const Node* name = map.find("class")) {
    day.day_class = read_name(context, *name, "class").value_or("");
  }
  map.refuse_others();
  return day;
}

/// The days of "mon", "mon-fri"; nothing when the key is wrong (told).
std::vector<size_t> read_days(const Context& context, const Node& key) {
  const size_t dash = key.text.find('-');
  const auto first = find_day(std::string_view(key.text).substr(0, dash));
  const auto last =
      dash == std::string::npos ? first : find_day(std::string_view(key.text).substr(dash + 1));
  if (!first || !last) {
    context.error(kBadHours, key, "expected a weekday, but " + show(key),
                  "write mon, tue, wed, thu, fri, sat, sun or a range such as mon-fri");
    return {};
  }
  if (*last < *first) {
    context.error(kBadHours, key, "expected a range within Monday to Sunday, but " + show(key),
                  "split it, for a range may not pass from Sunday to Monday");
    return {};
  }
  std::vector<size_t> days;
  for (size_t day = *first; day <= *last; ++day) days.push_back(day);
  return days;
}

void read_week(const Context& context, const Node& node, model::CalendarSpec& calendar) {
  const MapReader map(context, node, "spec.hours");
  if (!map.is_map()) return;
  std::array<bool, 7> is_named{};
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const model::DayHours hours = read_day(context, node.children[i]);
    for (const size_t day : read_days(context, node.keys[i])) {
      if (is_named[day]) {
        context.error(
            kDayTwice, node.keys[i],
            "expected each weekday once, but " + std::string(kDays[day]) + " is named again",
            "leave the day out of one of the lines");
      }
      is_named[day] = true;
      calendar.week[day] = hours;
    }
  }
}

void read_exception(const Context& context, const Node& node, model::CalendarSpec& calendar) {
  MapReader map(context, node, kExceptionKeys);
  model::DateException exception;
  exception.span = context.span(node);
  const Node* date = map.find("date");
  const auto day = date != nullptr ? read_date(context, *date, "date") : std::nullopt;
  const Node* hours = map.find("hours");
  if (hours != nullptr) exception.hours = read_intervals(context, *hours);
  const Node* name = map.find("class");
  if (name != nullptr) exception.day_class = read_name(context, *name, "class").value_or("");
  if (const Node* reason = map.find("reason")) {
    exception.reason = read_text(context, *reason, "reason").value_or("");
  }
  map.refuse_others();
  if (!day) return;
  if (hours == nullptr && name == nullptr) {
    context.warning(
        kEmptyException, node,
        "the exception of " + date->text + " changes nothing: it has neither `hours` nor `class`",
        "write `hours: []` where it is closed, or leave the exception out");
  }
  exception.date = *day;
  for (const model::DateException& other : calendar.exceptions) {
    if (other.date != *day) continue;
    context.error(kDateTwice, *date, "expected each date once, but " + date->text + " comes again",
                  "join the two exceptions");
    return;
  }
  calendar.exceptions.push_back(std::move(exception));
}

}  // namespace

model::CalendarSpec read_calendar(const Context& context, const Document& document) {
  model::CalendarSpec calendar;
  calendar.name = document.metadata.name;
  calendar.span = document.metadata.span;
  if (calendar.name == "elapsed" || calendar.name == "branch") {
    context.diagnostics.error(kBadName, calendar.span,
                              "expected a calendar's own name, but `" + calendar.name +
                                  "` already means something in clock.measure",
                              "choose another name, such as office-hours");
  }
  if (document.spec == nullptr) return calendar;
  MapReader map(context, *document.spec, kCalendarKeys);
  if (const Node* zone = map.find("timezone")) {
    calendar.timezone = read_text(context, *zone, "timezone").value_or("");
  }
  if (const Node* hours = map.find("hours")) read_week(context, *hours, calendar);
  if (const Node* exceptions = map.find("exceptions")) {
    if (exceptions->kind != Node::Kind::sequence) {
      context.error(kWrongShape, *exceptions,
                    "expected a list of exceptions, but " + show(*exceptions),
                    "write it as [{date: 2026-12-24, hours: []}]");
    }
    for (const Node& item : exceptions->children) {
      if (exceptions->kind == Node::Kind::sequence) read_exception(context, item, calendar);
    }
  }
  map.refuse_others();
  std::sort(calendar.exceptions.begin(), calendar.exceptions.end(),
            [](const auto& a, const auto& b) { return a.date < b.date; });
  return calendar;
}

}  // namespace lupaus::rules::language
