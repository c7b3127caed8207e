#include "server/report/part_names.h"

#include <algorithm>

#include "rules/model/utf8.h"

namespace lupaus::server::report {
namespace {

constexpr std::string_view kCutMark = "…";

std::string shortened(std::string_view text) {
  if (text.size() <= PartNames::kBytesMax) return std::string(text);
  size_t end = 0;
  while (true) {
    const size_t length = std::max<size_t>(rules::model::utf8_length(text.substr(end)), 1);
    if (end + length > PartNames::kBytesMax - kCutMark.size()) break;
    end += length;
  }
  return std::string(text.substr(0, end)) + std::string(kCutMark);
}

}  // namespace

uint32_t Names::number(std::string_view name) {
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) return found->second;
  const auto number = static_cast<uint32_t>(names_.size());
  names_.emplace_back(name);
  numbers_.emplace(names_.back(), number);
  return number;
}

std::optional<uint32_t> Names::find(std::string_view name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

uint32_t PartNames::number(rules::model::LocalDate day, std::string_view text, Names& names) {
  if (text.empty() || text == kOther) return names.number(text);
  const std::string name = shortened(text);
  auto& numbers = by_day_[day];
  const auto known = names.find(name);
  if (known && std::find(numbers.begin(), numbers.end(), *known) != numbers.end()) return *known;
  if (numbers.size() >= kADayMax) return names.number(kOther);
  numbers.push_back(names.number(name));
  return numbers.back();
}

void PartNames::restore(rules::model::LocalDate day, uint32_t number, const Names& names) {
  const std::string_view name = names.name(number);
  if (name.empty() || name == kOther) return;
  auto& numbers = by_day_[day];
  if (std::find(numbers.begin(), numbers.end(), number) == numbers.end()) numbers.push_back(number);
}

}  // namespace lupaus::server::report
