#include "rules/language/book_check.h"

#include <algorithm>
#include <map>

#include "rules/language/suggestion.h"

namespace lupaus::rules::language {
namespace {

std::string shown_place(const model::Span& span) {
  return span.file + ":" + std::to_string(span.line);
}

template <typename T>
void check_names(const std::vector<Read<T>>& reads, std::string_view kind) {
  std::map<std::string_view, const model::Span*> first;
  for (const Read<T>& read : reads) {
    const Metadata& metadata = read.document.metadata;
    if (metadata.name.empty()) continue;
    const auto [found, is_new] = first.emplace(metadata.name, &metadata.span);
    if (is_new) continue;
    read.context.diagnostics.error(kNameTwice, metadata.span,
                                   "expected one " + std::string(kind) + " of each name, but `" +
                                       metadata.name + "` comes again",
                                   "it is first declared at " + shown_place(*found->second));
  }
}

std::string_view example_of(model::AttributeType type) {
  switch (type) {
    case model::AttributeType::boolean:
      return "true";
    case model::AttributeType::integer:
      return "2";
    case model::AttributeType::money:
      return "EUR 10.00";
    case model::AttributeType::time:
      return "2026-01-05T09:00:00+02:00";
    case model::AttributeType::duration:
      return "15m";
    case model::AttributeType::string:
      break;
  }
  return "a text";
}

class BookChecker {
 public:
  BookChecker(const BookParts& parts, const std::vector<model::Vocabulary>& known)
      : parts_(parts), known_(known) {
    for (const auto& calendar : parts.calendars) calendar_names_.push_back(calendar.part.name);
  }

  void run() const {
    check_names(parts_.promises, "promise");
    check_names(parts_.calendars, "calendar");
    check_names(parts_.branches, "branch");
    check_names(parts_.vocabularies, "vocabulary");
    for (const auto& vocabulary : parts_.vocabularies) check_vocabulary(vocabulary);
    for (const auto& branch : parts_.branches) check_branch(branch);
    for (const auto& promise : parts_.promises) check_promise_names(promise);
  }

 private:
  const Node* spec_key(const Document& document, std::string_view key) const {
    return document.spec != nullptr ? document.spec->find(key) : nullptr;
  }
  const model::CalendarSpec* find_calendar(std::string_view name) const {
    for (const auto& calendar : parts_.calendars) {
      if (calendar.part.name == name) return &calendar.part;
    }
    return nullptr;
  }

  /// WHY: a ticket belongs to no vocabulary, so one attribute can have one type in a book only.
  void check_vocabulary(const Read<model::Vocabulary>& read) const {
    const auto compare = [&](const auto& mine, const auto& theirs, const model::Vocabulary& other,
                             std::string_view key) {
      const Node* node = spec_key(read.document, key);
      for (const auto& [name, spec] : mine) {
        const auto found = theirs.find(name);
        if (found == theirs.end() || found->second.type == spec.type) continue;
        const Node* place = node != nullptr ? node->find(name) : nullptr;
        if (place == nullptr) continue;
        read.context.error(kBadVocabulary, *place,
                           "expected the type of `" + name + "` in the vocabulary `" + other.name +
                               "`, but another is written",
                           "an attribute has one type in a book; take another name");
      }
    };
    for (const model::Vocabulary& other : known_) {
      if (other.name == read.part.name)
        return;  // those after this one are compared with it in their turn
      compare(read.part.attributes, other.attributes, other, "attributes");
      compare(read.part.branch_attributes, other.branch_attributes, other, "branch_attributes");
    }
  }

  void check_branch(const Read<model::BranchSpec>& read) const {
    const model::BranchSpec& branch = read.part;
    if (!branch.hours.empty() && find_calendar(branch.hours) == nullptr) {
      read.context.error(kUnknownCalendar, *spec_key(read.document, "hours"),
                         "expected a calendar of the book, but `" + branch.hours + "` is none",
                         suggest(branch.hours, calendar_names_));
    }
    if (const Node* attributes = spec_key(read.document, "attributes")) {
      for (const auto& [name, value] : branch.attributes) {
        check_branch_attribute(read, *attributes, name, value);
      }
    }
    const Node* sources = spec_key(read.document, "sources");
    if (sources == nullptr) return;
    for (const Node& source : sources->children) {
      const Node* reports = source.find("reports");
      if (reports == nullptr) continue;
      for (const Node& item : reports->children) check_report(read, item);
    }
  }
  void check_branch_attribute(const Read<model::BranchSpec>& read, const Node& node,
                              const std::string& name, const std::string& value) const {
    const Node* place = node.find(name);
    if (place == nullptr) return;
    std::vector<std::string_view> names;
    for (const model::Vocabulary& vocabulary : known_) {
      const auto found = vocabulary.branch_attributes.find(name);
      for (const auto& [known, spec] : vocabulary.branch_attributes) names.push_back(known);
      if (found == vocabulary.branch_attributes.end()) continue;
      if (const auto wanted = model::mismatch(found->second.type, value)) {
        read.context.error(
            kBadAttribute, *place,
            "expected " + *wanted + " in `" + name + "`, but " + show(*place),
            "write it as `" + name + ": " + std::string(example_of(found->second.type)) + "`");
      }
      return;
    }
    read.context.error(kBadAttribute, *place,
                       "expected a branch attribute of a vocabulary, but `" + name + "` is none",
                       suggest(name, names));
  }
  void check_report(const Read<model::BranchSpec>& read, const Node& item) const {
    std::vector<std::string_view> names;
    for (const model::Vocabulary& vocabulary : known_) {
      names.insert(names.end(), vocabulary.events.begin(), vocabulary.events.end());
      names.insert(names.end(), vocabulary.branch_events.begin(), vocabulary.branch_events.end());
    }
    names.erase(std::remove(names.begin(), names.end(), "expired"), names.end());
    if (std::find(names.begin(), names.end(), item.text) != names.end()) return;
    read.context.error(kUnknownEvent, item,
                       "expected an event that a source may send, but " + show(item) + " is none",
                       suggest(item.text, names));
  }

  void check_promise_names(const Read<ReadPromise>& read) const {
    const model::Promise& promise = read.part.promise;
    if (promise.measure.empty()) return;
    check_tier_measures(read);
    check_due_days(read);
    const bool has_days = uses_business_days(promise);
    if (promise.measure == "branch" || (promise.measure == "elapsed" && has_days)) {
      return check_branch_hours(read,
                                promise.measure == "branch" ? "`measure: branch`" : "business days",
                                read.part.measure_span);
    }
    if (promise.measure == "elapsed") return;
    check_calendar(read, promise.measure, read.part.measure_span);
  }
  void check_calendar(const Read<ReadPromise>& read, const std::string& name,
                      const model::Span& span) const {
    const model::CalendarSpec* calendar = find_calendar(name);
    if (calendar == nullptr) {
      std::vector<std::string_view> names = calendar_names_;
      names.push_back("elapsed");
      names.push_back("branch");
      read.context.diagnostics.error(
          kUnknownCalendar, span,
          "expected a calendar of the book, `elapsed` or `branch`, but `" + name + "` is none",
          suggest(name, names));
      return;
    }
    if (!opens(*calendar)) tell_never_opens(read, calendar->name, span);
  }
  /// R42: what a tier accrues may be counted by another measure than the clock's.
  void check_tier_measures(const Read<ReadPromise>& read) const {
    for (const auto& [tier, span] : read.part.tier_measures) {
      if (tier == "elapsed") continue;
      if (tier == "branch") {
        check_branch_hours(read, "`measure: branch`", span);
      } else {
        check_calendar(read, tier, span);
      }
    }
  }
  void check_due_days(const Read<ReadPromise>& read) const {
    const auto& [name, span] = read.part.due_days;
    if (name.empty() || name == "target") return;
    if (name == "branch") return check_branch_hours(read, "`days: branch`", span);
    const model::CalendarSpec* calendar = find_calendar(name);
    if (calendar == nullptr) {
      std::vector<std::string_view> names = calendar_names_;
      names.push_back("target");
      names.push_back("branch");
      read.context.diagnostics.error(
          kUnknownCalendar, span,
          "expected a calendar of the book, `target` or `branch`, but `" + name + "` is none",
          suggest(name, names));
    } else if (!opens(*calendar)) {
      tell_never_opens(read, name, span);
    }
  }
  static bool uses_business_days(const model::Promise& promise) {
    const auto is_business = [](const model::Limit& limit) {
      return limit.unit == model::Limit::Unit::business_days;
    };
    const bool in_within =
        std::any_of(promise.within.begin(), promise.within.end(),
                    [&](const model::WithinEntry& entry) { return is_business(entry.within); });
    if (in_within || !promise.compensation) return in_within;
    const auto& terms = *promise.compensation;
    if (terms.due && terms.due_days.empty() && is_business(*terms.due)) return true;
    if (terms.claim && is_business(terms.claim->within)) return true;
    if (terms.voucher_valid && is_business(*terms.voucher_valid)) return true;
    return std::any_of(promise.compensation->tiers.begin(), promise.compensation->tiers.end(),
                       [&](const model::Tier& tier) { return is_business(tier.over); });
  }
  static bool opens(const model::CalendarSpec& calendar) {
    for (const model::DayHours& day : calendar.week) {
      if (!day.intervals.empty()) return true;
    }
    return std::any_of(calendar.exceptions.begin(), calendar.exceptions.end(),
                       [](const auto& e) { return e.hours && !e.hours->empty(); });
  }
  void tell_never_opens(const Read<ReadPromise>& read, const std::string& name,
                        const model::Span& span) const {
    read.context.diagnostics.error(kNeverOpens, span,
                                   "expected a calendar that opens, but `" + name + "` never does",
                                   "write its hours, or measure by another calendar");
  }
  void check_branch_hours(const Read<ReadPromise>& read, std::string_view user,
                          const model::Span& span) const {
    for (const auto& branch : parts_.branches) {
      if (branch.part.hours.empty()) {
        read.context.diagnostics.error(kNoBranchHours, span,
                                       "expected hours of every branch for " + std::string(user) +
                                           ", but `" + branch.part.name + "` declares none",
                                       "add `hours: CALENDAR` at " + shown_place(branch.part.span));
        continue;
      }
      const model::CalendarSpec* calendar = find_calendar(branch.part.hours);
      if (calendar != nullptr && !opens(*calendar)) tell_never_opens(read, calendar->name, span);
    }
  }

  const BookParts& parts_;
  const std::vector<model::Vocabulary>& known_;
  std::vector<std::string_view> calendar_names_;
};

}  // namespace

void check_book(const BookParts& parts, const std::vector<model::Vocabulary>& known) {
  BookChecker(parts, known).run();
}

}  // namespace lupaus::rules::language
