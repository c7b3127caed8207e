// Counting lines by what they have in common.
#include "rules/scenario/breakdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace lupaus::rules::scenario {
namespace {

constexpr std::array<std::pair<Dimension, std::string_view>, 4> kDimensions = {
    {{Dimension::promise, "promise"},
     {Dimension::branch, "branch"},
     {Dimension::service, "service"},
     {Dimension::hour, "hour"}}};

/// @param group  null where nothing is known of the ticket
std::string key_of(const Outcome& outcome, const model::CommitmentKey& key, const LineGroup* group,
                   Dimension dimension) {
  switch (dimension) {
    case Dimension::promise:
      return key.promise;
    case Dimension::branch:
      return key.branch;
    case Dimension::service:
      return group == nullptr ? "" : outcome.services[group->service];
    case Dimension::hour:
      return group == nullptr ? "" : fmt::format("{:02}", group->hour);
  }
  return "";
}

/// The group of any line of the ticket; null when it has none.
const LineGroup* find_group(const Outcome& outcome, const model::CommitmentKey& key) {
  const auto is_before = [](const model::VerdictLine& line, const model::CommitmentKey& sought) {
    return std::tie(line.key.branch, line.key.ticket) < std::tie(sought.branch, sought.ticket);
  };
  const auto found = std::lower_bound(outcome.lines.begin(), outcome.lines.end(), key, is_before);
  if (found == outcome.lines.end() || found->key.branch != key.branch ||
      found->key.ticket != key.ticket)
    return nullptr;
  return &outcome.groups[static_cast<size_t>(found - outcome.lines.begin())];
}

}  // namespace

std::string_view format_dimension(Dimension dimension) {
  return kDimensions[static_cast<size_t>(dimension)].second;
}

std::optional<Dimension> find_dimension(std::string_view text) {
  for (const auto& [dimension, name] : kDimensions) {
    if (name == text) return dimension;
  }
  return std::nullopt;
}

std::vector<BreakdownRow> break_down(const Outcome& outcome, std::span<const Dimension> by,
                                     const Comparison* comparison) {
  std::map<std::vector<std::string>, BreakdownRow> rows;
  std::vector<std::string> keys(by.size());
  const auto row_of = [&](const model::CommitmentKey& key,
                          const LineGroup* group) -> BreakdownRow& {
    for (size_t k = 0; k < by.size(); ++k) keys[k] = key_of(outcome, key, group, by[k]);
    return rows[keys];
  };
  size_t undecided = 0;
  for (size_t i = 0; i < outcome.lines.size(); ++i) {
    const model::VerdictLine& line = outcome.lines[i];
    BreakdownRow& row = row_of(line.key, &outcome.groups[i]);
    row.counts.count(line.verdict, line.owed);
    if (comparison == nullptr) continue;
    if (undecided < comparison->undecided.size() && comparison->undecided[undecided] == i) {
      ++undecided;
      continue;
    }
    const Change* change = comparison->by_line[i];
    if (change == nullptr) {
      row.today.count(line.verdict, line.owed);
      continue;
    }
    if (change->today) row.today.count(change->today->verdict, change->today->owed);
    const bool was_broken = change->today && change->today->verdict == model::Verdict::breached;
    const bool is_broken = line.verdict == model::Verdict::breached;
    if (is_broken && !was_broken) ++row.newly_breached;
    if (was_broken && !is_broken) ++row.no_longer_breached;
  }
  if (comparison != nullptr) {
    for (const Change& change : comparison->changes) {
      if (change.line) continue;
      BreakdownRow& row = row_of(change.key, find_group(outcome, change.key));
      row.today.count(change.today->verdict, change.today->owed);
      if (change.today->verdict == model::Verdict::breached) ++row.no_longer_breached;
    }
  }
  std::vector<BreakdownRow> listed;
  listed.reserve(rows.size());
  for (auto& [row_keys, row] : rows) {
    row.keys = row_keys;
    listed.push_back(std::move(row));
  }
  return listed;
}

}  // namespace lupaus::rules::scenario
