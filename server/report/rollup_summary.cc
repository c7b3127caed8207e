// Questions to the cells: the coarsest level that can answer is added up, and texts are made of the
// groups alone.
#include <algorithm>
#include <array>
#include <utility>

#include "fmt/format.h"
#include "server/report/rollup_cells.h"

namespace lupaus::server::report {
namespace {

using rules::model::Error;
using rules::model::LocalDate;
using rules::model::Result;

constexpr size_t kDimensions = 9;
/// One number a dimension, in the order asked for.
using Group = std::array<uint32_t, kDimensions>;

bool asks_for(std::span<const Dimension> by, Dimension dimension) {
  return std::find(by.begin(), by.end(), dimension) != by.end();
}

bool is_last_of_month(LocalDate day) {
  const std::chrono::year_month_day_last last(
      std::chrono::year(day.year), std::chrono::month_day_last(std::chrono::month(day.month)));
  return std::chrono::day(day.day) == last.day();
}

Level level_for(std::span<const Dimension> by, const RollupFilter& filter) {
  const bool is_by_source = asks_for(by, Dimension::source);
  const bool is_by_part = asks_for(by, Dimension::service) || asks_for(by, Dimension::segment) ||
                          !filter.service.empty() || is_by_source;
  const bool is_by_hour = asks_for(by, Dimension::hour);
  const bool is_whole_months = (!filter.from || filter.from->day == 1) &&
                               (!filter.until || is_last_of_month(*filter.until)) &&
                               !asks_for(by, Dimension::day);
  if (!is_by_part) return is_whole_months ? Level::months : Level::hours;
  if (is_whole_months && !is_by_hour) return Level::month_parts;
  if (is_whole_months && !asks_for(by, Dimension::weekday)) return Level::month_hours;
  return is_by_source || is_by_hour ? Level::full : Level::parts;
}

/// Days of these levels bear the number of their weekday.
bool has_weekdays(Level level) { return level == Level::months || level == Level::month_parts; }

uint32_t packed(LocalDate day) {
  return static_cast<uint32_t>(day.year) << 16 | static_cast<uint32_t>(day.month) << 8 | day.day;
}

uint32_t number_of(const CellKey& key, Dimension dimension, Level level) {
  switch (dimension) {
    case Dimension::branch:
      return key.branch;
    case Dimension::promise:
      return key.promise;
    case Dimension::service:
      return key.service;
    case Dimension::segment:
      return key.segment;
    case Dimension::source:
      return key.source;
    case Dimension::day:
      return packed(key.day);
    case Dimension::hour:
      return key.hour;
    case Dimension::weekday:
      return has_weekdays(level) ? key.day.day : weekday_of(key.day);
    case Dimension::month:
      return packed({key.day.year, key.day.month, 1});
  }
  return 0;
}

std::string text_of(uint32_t number, Dimension dimension, const Names& names) {
  const LocalDate day{static_cast<int16_t>(number >> 16), static_cast<uint8_t>(number >> 8 & 0xff),
                      static_cast<uint8_t>(number & 0xff)};
  switch (dimension) {
    case Dimension::day:
      return rules::model::format_local_date(day);
    case Dimension::month:
      return rules::model::format_local_date(day).substr(0, 7);
    case Dimension::hour:
      return (number < 10 ? "0" : "") + std::to_string(number);
    case Dimension::weekday:
      return std::to_string(number);
    default:
      return std::string(names.name(number));
  }
}

/// A part of the filter as a number; nullopt: nothing bears the name.
struct Wanted {
  bool is_any = true;
  uint32_t number = 0;
  bool has(uint32_t found) const { return is_any || found == number; }
};

std::optional<Wanted> wanted(const std::string& name, const Names& names) {
  if (name.empty()) return Wanted{};
  const auto number = names.find(name);
  return number ? std::optional(Wanted{false, *number}) : std::nullopt;
}

Error too_many_lines(size_t dimensions, size_t lines_max, uint64_t cell_count) {
  return {
      "too_many_lines",
      fmt::format("expected at most {} lines, but {} dimension{} give more: {} cells of figures "
                  "are asked for",
                  lines_max, dimensions, dimensions == 1 ? "" : "s", cell_count),
      "ask by fewer dimensions, for fewer days, or for one branch or promise",
      {}};
}

std::vector<RollupLine> to_lines(std::span<const Dimension> by,
                                 std::map<Group, RollupTotals>&& groups, const Names& names) {
  std::vector<RollupLine> lines;
  lines.reserve(groups.size());
  for (auto& [group, totals] : groups) {
    RollupLine& line = lines.emplace_back();
    for (size_t i = 0; i < by.size() && i < kDimensions; ++i)
      line.group.push_back(text_of(group[i], by[i], names));
    line.totals = std::move(totals);
  }
  std::sort(lines.begin(), lines.end(), [](const RollupLine& left, const RollupLine& right) {
    return left.group < right.group;
  });
  return lines;
}

}  // namespace

std::vector<RollupLine> RollupCells::summarize(std::span<const Dimension> by,
                                               const RollupFilter& filter) const {
  return *summarize({{by.begin(), by.end()}, filter});
}

Result<std::vector<RollupLine>> RollupCells::summarize(const RollupQuestion& question) const {
  const auto& [by, filter, lines_max] = question;
  std::map<Group, RollupTotals> groups;
  if (by.empty()) groups[{}];
  const auto branch = wanted(filter.branch, names_), promise = wanted(filter.promise, names_),
             service = wanted(filter.service, names_);
  const Level level = level_for(by, filter);
  const Cells& cells = levels_[static_cast<size_t>(level)];
  CellKey first;
  // Months have a weekday where days have their number.
  if (filter.from) first.day = *filter.from;
  const bool is_known = branch && promise && service;
  uint64_t cell_count = 0;
  for (auto cell = cells.lower_bound(first); is_known && cell != cells.end(); ++cell) {
    const CellKey& key = cell->first;
    if (filter.until && key.day > *filter.until) break;
    if (!branch->has(key.branch) || !promise->has(key.promise) || !service->has(key.service))
      continue;
    ++cell_count;
    if (groups.size() > lines_max) continue;  // how many there are is still to be said
    Group group{};
    for (size_t i = 0; i < by.size() && i < kDimensions; ++i)
      group[i] = number_of(key, by[i], level);
    groups[group].add(cell->second);
  }
  if (groups.size() > lines_max) return too_many_lines(by.size(), lines_max, cell_count);
  return to_lines(by, std::move(groups), names_);
}

}  // namespace lupaus::server::report
