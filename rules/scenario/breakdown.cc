// Counting lines by what they have in common.
#include "rules/scenario/breakdown.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace lupaus::rules::scenario {
namespace {

constexpr std::array<std::pair<Dimension, std::string_view>, 4> kDimensions = {
    {{Dimension::promise, "promise"},
     {Dimension::branch, "branch"},
     {Dimension::service, "service"},
     {Dimension::hour, "hour"}}};

std::string key_of(const Outcome& outcome, size_t index, Dimension dimension) {
  switch (dimension) {
    case Dimension::promise:
      return outcome.lines[index].key.promise;
    case Dimension::branch:
      return outcome.lines[index].key.branch;
    case Dimension::service:
      return outcome.services[outcome.groups[index].service];
    case Dimension::hour:
      return fmt::format("{:02}", outcome.groups[index].hour);
  }
  return "";
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

std::vector<BreakdownRow> break_down(const Outcome& outcome, std::span<const Dimension> by) {
  std::map<std::vector<std::string>, VerdictCounts> rows;
  std::vector<std::string> keys(by.size());
  for (size_t i = 0; i < outcome.lines.size(); ++i) {
    for (size_t k = 0; k < by.size(); ++k) keys[k] = key_of(outcome, i, by[k]);
    rows[keys].count(outcome.lines[i].verdict, outcome.lines[i].owed);
  }
  std::vector<BreakdownRow> listed;
  listed.reserve(rows.size());
  for (auto& [row_keys, counts] : rows) listed.push_back({row_keys, std::move(counts)});
  return listed;
}

}  // namespace lupaus::rules::scenario
