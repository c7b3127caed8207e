// Conditions that decide nothing: always the same answer, or a day's class that no calendar gives.
#include <set>

#include "rules/language/cel/condition.h"
#include "rules/language/cel/lexer.h"
#include "rules/language/findings.h"
#include "rules/language/suggestion.h"

namespace lupaus::rules::language {
namespace {

using cel::Token;

bool is_always(const model::ConditionPtr& condition, std::string_view answer) {
  return condition && canonical_cel(condition->text()) == canonical_cel(answer);
}

/// The texts with which a condition compares `day.class`.
std::set<std::string> classes_in(std::string_view condition) {
  std::set<std::string> classes;
  const auto tokens = cel::tokenize(condition);
  if (!tokens) return classes;
  const auto is = [&](size_t i, std::string_view text) {
    return i < tokens->size() && (*tokens)[i].kind != Token::Kind::string &&
           (*tokens)[i].text == text;
  };
  const auto note = [&](size_t i) {
    const bool is_text = i < tokens->size() && (*tokens)[i].kind == Token::Kind::string;
    // No class is "".
    if (is_text && !(*tokens)[i].text.empty()) classes.insert((*tokens)[i].text);
    return is_text;
  };
  for (size_t i = 0; i + 2 < tokens->size(); ++i) {
    if (!is(i, "day") || !is(i + 1, ".") || !is(i + 2, "class")) continue;
    if (is(i + 3, "==") || is(i + 3, "!=")) note(i + 4);
    if (i >= 2 && (is(i - 1, "==") || is(i - 1, "!="))) note(i - 2);
    if (!is(i + 3, "in") || !is(i + 4, "[")) continue;
    for (size_t at = i + 5; note(at) && is(at + 1, ","); at += 2) {
    }
  }
  return classes;
}

std::set<std::string> classes_of(const model::Book& book) {
  std::set<std::string> classes;
  for (const model::CalendarSpec& calendar : book.calendars) {
    for (const model::DayHours& day : calendar.week) classes.insert(day.day_class);
    for (const model::DateException& exception : calendar.exceptions)
      classes.insert(exception.day_class);
  }
  classes.erase("");
  return classes;
}

}  // namespace

void find_in_classes(const Examined& examined, const model::Book& book) {
  const std::set<std::string> known = classes_of(book);
  for (const model::WithinEntry& entry : examined.promise.within) {
    if (!entry.when) continue;
    for (const std::string& name : classes_in(entry.when->text())) {
      if (known.contains(name)) continue;
      const std::vector<std::string_view> names(known.begin(), known.end());
      examined.warn(kUnknownClass, entry.span,
                    "no calendar of the book has a day of the class `" + name + "`",
                    names.empty() ? "write `class: " + name + "` at its dates or weekdays"
                                  : suggest(name, names));
    }
  }
}

void find_in_conditions(const Examined& examined) {
  const model::Promise& promise = examined.promise;
  if (is_always(promise.applies, "false")) {
    examined.warn(kDecidesNothing, promise.applies_span,
                  "the promise binds nobody: `applies` is always false",
                  "write which tickets it binds, or retire the promise");
  }
  for (const model::Excuse& excuse : promise.excuses) {
    if (is_always(excuse.when, "true")) {
      examined.warn(kDecidesNothing, excuse.span,
                    "every breach is excused by `" + excuse.id + "`: nothing is ever owed",
                    "write when a breach is excused, or `approvers` where people decide");
    } else if (is_always(excuse.when, "false")) {
      examined.warn(kDecidesNothing, excuse.span,
                    "the excuse `" + excuse.id + "` excuses nothing: `when` is always false",
                    "write when a breach is excused, or leave it out");
    }
  }
  for (const model::Suspension& suspension : promise.suspensions) {
    if (!is_always(suspension.when, "false")) continue;
    examined.warn(kDecidesNothing, suspension.span,
                  "the suspension suspends nothing: `when` is always false",
                  "write which tickets it holds back, or leave it out");
  }
}

}  // namespace lupaus::rules::language
