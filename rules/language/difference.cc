#include "rules/language/difference.h"

#include <array>

#include "rules/language/cel/condition.h"
#include "rules/language/difference_report.h"

namespace lupaus::rules::language {
namespace {

using Change = Difference::Change;

/// Both lists ascend by name.
template <typename Part, typename Compare>
void compare_parts(const std::string& subject, const std::vector<Part>& before,
                   const std::vector<Part>& after, std::vector<Difference>& list,
                   const Compare& compare) {
  const auto whole = [&](const std::string& name, Change change) {
    list.push_back({subject, name, "", change, "", "", std::string(format_change(change))});
  };
  auto old_part = before.begin();
  auto new_part = after.begin();
  while (old_part != before.end() || new_part != after.end()) {
    if (new_part == after.end() || (old_part != before.end() && old_part->name < new_part->name)) {
      whole((old_part++)->name, Change::removed);
    } else if (old_part == before.end() || new_part->name < old_part->name) {
      whole((new_part++)->name, Change::added);
    } else {
      DifferenceReport report(subject, new_part->name, list);
      compare(*old_part++, *new_part++, report);
    }
  }
}

}  // namespace

std::string_view format_change(Change change) {
  constexpr std::array<std::string_view, 3> kWords = {"added", "removed", "changed"};
  return kWords[static_cast<size_t>(change)];
}

std::string format_difference(const Difference& difference) {
  const bool is_promise = difference.subject == "promise";
  if (difference.clause.empty()) {
    return difference.subject + " " + difference.name + " " + difference.text;
  }
  return (is_promise ? "" : difference.subject + " ") + difference.name + ": " + difference.text;
}

std::vector<Difference> differences(const model::Book& before, const model::Book& after) {
  std::vector<Difference> list;
  compare_parts("promise", before.promises, after.promises, list, compare_promises);
  compare_parts("calendar", before.calendars, after.calendars, list, compare_calendars);
  compare_parts("branch", before.branches, after.branches, list,
                [&](const auto& old_branch, const auto& new_branch, DifferenceReport& report) {
                  compare_branches(before, old_branch, after, new_branch, report);
                });
  compare_parts("vocabulary", before.vocabularies, after.vocabularies, list, compare_vocabularies);
  return list;
}

Phrase& Phrase::operator+=(std::string_view words) {
  shown_ += words;
  meaning_ += words;
  return *this;
}

Phrase& Phrase::operator+=(const model::ConditionPtr& condition) {
  if (!condition) return *this;
  std::string text(condition->text());
  std::replace(text.begin(), text.end(), '\n', ' ');
  shown_ += text;
  meaning_ += canonical_cel(condition->text());
  return *this;
}

void DifferenceReport::say(Difference difference) {
  difference.subject = subject_;
  difference.name = name_;
  list_.push_back(std::move(difference));
}

void DifferenceReport::tell(const std::string& clause, const std::string& before,
                            const std::string& after, std::string_view quote) {
  if (before == after) return;
  const std::string mark(quote);
  if (before.empty()) {
    return say({"", "", clause, Change::added, "", after,
                clause + " added (" + mark + after + mark + ")"});
  }
  if (after.empty()) {
    return say({"", "", clause, Change::removed, before, "",
                clause + " removed (" + mark + before + mark + ")"});
  }
  say({"", "", clause, Change::changed, before, after,
       clause + " " + mark + before + mark + " -> " + mark + after + mark});
}

void DifferenceReport::compare(const std::string& clause, const std::string& before,
                               const std::string& after) {
  tell(clause, before, after, "");
}

void DifferenceReport::compare(const std::string& clause, const Phrase& before,
                               const Phrase& after) {
  if (before.meaning() != after.meaning()) tell(clause, before.shown(), after.shown(), "");
}

void DifferenceReport::compare_words(const std::string& clause, const std::string& before,
                                     const std::string& after) {
  tell(clause, before, after, "\"");
}

void DifferenceReport::compare_maps(const std::string& clause,
                                    const std::map<std::string, std::string>& before,
                                    const std::map<std::string, std::string>& after) {
  std::map<std::string, std::pair<std::string, std::string>> both;
  for (const auto& [key, text] : before) both[key].first = text;
  for (const auto& [key, text] : after) both[key].second = text;
  for (const auto& [key, texts] : both) {
    compare_words(clause + " " + key, texts.first, texts.second);
  }
}

std::vector<std::pair<std::optional<size_t>, std::optional<size_t>>> pair_items(
    const std::vector<std::string>& before, const std::vector<std::string>& after) {
  std::vector<std::optional<size_t>> partner(after.size());
  std::vector<bool> is_used(before.size(), false);
  for (size_t j = 0; j < after.size(); ++j) {
    for (size_t i = 0; i < before.size() && !partner[j]; ++i) {
      if (is_used[i] || before[i] != after[j]) continue;
      partner[j] = i;
      is_used[i] = true;
    }
  }
  size_t free = 0;
  for (std::optional<size_t>& chosen : partner) {
    while (free < before.size() && is_used[free]) ++free;
    if (chosen || free == before.size()) continue;
    chosen = free;
    is_used[free] = true;
  }
  std::vector<std::pair<std::optional<size_t>, std::optional<size_t>>> pairs;
  for (size_t j = 0; j < after.size(); ++j) pairs.emplace_back(partner[j], j);
  for (size_t i = 0; i < before.size(); ++i) {
    if (!is_used[i]) pairs.emplace_back(i, std::nullopt);
  }
  return pairs;
}

}  // namespace lupaus::rules::language
