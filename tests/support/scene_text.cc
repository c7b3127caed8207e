// A scene as text that a person can follow: what differs from the plainest promise is said.
#include <fmt/format.h>

#include "tests/support/random_scene.h"

namespace lupaus::tests {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

std::string intervals(const std::vector<DayInterval>& list) {
  std::string text = list.empty() ? " closed" : "";
  for (const auto& i : list)
    text += fmt::format(" {:02}:{:02}-{:02}:{:02}", i.begin_minute / 60, i.begin_minute % 60,
                        i.end_minute / 60, i.end_minute % 60);
  return text;
}

std::string classed(const std::string& day_class) {
  return day_class.empty() ? "" : " (" + day_class + ")";
}

std::string format_calendar(const CalendarSpec& calendar) {
  std::string text =
      fmt::format("calendar {} in {}, Monday first:", calendar.name, calendar.timezone);
  for (const auto& day : calendar.week)
    text += intervals(day.intervals) + classed(day.day_class) + ";";
  for (const auto& exception : calendar.exceptions)
    text += fmt::format("\n  {}:{}{}", format_local_date(exception.date),
                        exception.hours ? intervals(*exception.hours) : " as ever",
                        classed(exception.day_class));
  return text + "\n";
}

std::string bounds(const std::optional<Amount>& at_least, const std::optional<Amount>& at_most) {
  return (at_least ? " at_least " + format_amount(*at_least) : "") +
         (at_most ? " at_most " + format_amount(*at_most) : "");
}

std::string format_cap(const Cap& cap) {
  std::string text = fmt::format("\n  cap {} ", format_cap_scope(cap.scope));
  if (cap.from_month != 1) text += fmt::format("from {}-{} ", cap.from_month, cap.from_day);
  text += cap.max ? format_amount(*cap.max) : fmt::format("{} times", *cap.max_times);
  return text + (cap.then == Cap::Then::hold ? " hold" : " record");
}

std::string format_compensation(const Promise::Compensation& compensation) {
  std::string text = compensation.is_settled_at_breach ? "\n  settle breach" : "";
  if (compensation.is_stacked) text += "\n  stack add";
  if (!compensation.group.empty()) text += "\n  group " + compensation.group;
  for (const auto& tier : compensation.tiers) text += "\n  " + format_tier(tier);
  const auto whole = bounds(compensation.at_least, compensation.at_most);
  if (!whole.empty()) text += "\n  the whole" + whole;
  if (compensation.min_payable)
    text += "\n  min_payable " + format_money(*compensation.min_payable);
  for (const auto& cap : compensation.caps) text += format_cap(cap);
  if (compensation.due) text += "\n  due " + format_limit(*compensation.due);
  if (compensation.late) text += " late " + format_money(*compensation.late);
  return text;
}

std::string format_line(const std::string& type, const EffectLine& line) {
  std::string text = "\n  on " + type + ":";
  for (const auto& [when, then] : line.cases)
    text += fmt::format(" when {} then {} else", when->text(), format_effect(then));
  return text + " " + std::string(format_effect(line.otherwise));
}

std::string format_promise(const Promise& promise) {
  std::string text = fmt::format("promise {} measure {} {}", promise.name, promise.measure,
                                 promise.is_boundary_inclusive ? "inclusive" : "exclusive");
  text += promise.expire_after ? " expire_after " + format_duration(*promise.expire_after) : "";
  if (promise.applies) text += fmt::format("\n  applies {}", promise.applies->text());
  if (promise.from) text += "\n  from " + format_local_date(*promise.from);
  if (promise.until) text += "\n  until " + format_local_date(*promise.until);
  for (const auto& s : promise.suspensions)
    text += fmt::format("\n  suspended {} to {}{}", format_local_date(s.from),
                        format_local_date(s.until),
                        s.when ? fmt::format(" when {}", s.when->text()) : "");
  for (const auto& [type, line] : promise.on) {
    const bool is_plain = line.cases.empty() && line.otherwise == Effect::proceed;
    if (!is_plain || type == "expired") text += format_line(type, line);
  }
  if (promise.by)
    text +=
        fmt::format("\n  by ticket.{} {:+} ms", promise.by->attribute, promise.by->offset.count());
  for (const auto& [when, within, span] : promise.within)
    text += fmt::format("\n  within {}{}", format_limit(within),
                        when ? fmt::format(" when {}", when->text()) : "");
  for (const auto& excuse : promise.excuses)
    text += fmt::format("\n  excuse {}", excuse.when ? excuse.when->text() : "by hand");
  if (promise.compensation) text += format_compensation(*promise.compensation);
  return text + "\n";
}

std::string format_event(const naive::Event& event) {
  std::string text = fmt::format("{} {} {} {} {}", format_instant(event.at), event.source,
                                 event.branch, event.ticket, event.type);
  if (event.epoch != 1) text += fmt::format(" epoch {}", event.epoch);
  for (const auto& [name, value] : event.attributes) text += " " + name + "=" + value;
  return text + "\n";
}

}  // namespace

std::string format(const Scene& scene) {
  std::string text;
  for (const auto& calendar : scene.calendars) text += format_calendar(calendar);
  for (const auto& branch : scene.branches)
    text += fmt::format("branch {} in {} hours {}\n", branch.name, branch.timezone, branch.hours);
  for (const auto& edition : scene.editions) {
    if (edition.valid_from != kBeginningOfTime)
      text += "published from " + format_instant(edition.valid_from) + "\n";
    for (const auto& promise : edition.promises) text += format_promise(promise);
  }
  for (const auto& event : scene.events) text += format_event(event);
  return text + "as of " + format_instant(scene.as_of) + "\n";
}

}  // namespace lupaus::tests
