#include "tests/bench/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace lupaus::tests::bench {
namespace {

std::string number(double value) {
  if (value >= 10'000) return fmt::format("{:.0f}", value);
  if (value >= 100) return fmt::format("{:.1f}", value);
  return fmt::format("{:.3f}", value);
}

}  // namespace

double quantile(const std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  return values[static_cast<size_t>(part * static_cast<double>(values.size() - 1) + 0.5)];
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

void Table::add(const std::string& what, const std::string& unit, std::vector<double> values,
                Target target) {
  std::sort(values.begin(), values.end());
  const double middle = quantile(values, 0.5);
  std::string aim, verdict;
  if (target.is_set) {
    const bool is_reached = target.is_lower_bound ? middle >= target.value : middle <= target.value;
    aim = fmt::format("{} {}", target.is_lower_bound ? ">=" : "<=", number(target.value));
    verdict = is_reached ? "reached" : "MISSED";
  }
  const double low = values.empty() ? 0 : values.front();
  const double high = values.empty() ? 0 : values.back();
  lines_.push_back(fmt::format("{:<58} {:>10} {:>10} {:>10}  {:<10} {:<11} {}", what, number(low),
                               number(middle), number(high), unit, aim, verdict));
}

void Table::print() const {
  std::puts(fmt::format("{:<58} {:>10} {:>10} {:>10}  {:<10} {:<11}", "measured", "min", "median",
                        "max", "unit", "target")
                .c_str());
  for (const auto& line : lines_) std::puts(line.c_str());
}

}  // namespace lupaus::tests::bench
