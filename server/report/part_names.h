// Names in the rollups as numbers, and how many of those that events bring a day may have: a sender
// that makes up services must not fill the memory of those who ask for figures.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/promise.h"

namespace lupaus::server::report {

/// Numbers of names, in the order in which they came.
class Names {
 public:
  uint32_t number(std::string_view name);
  std::string_view name(uint32_t number) const { return names_[number]; }
  /// nullopt: nothing bears it.
  std::optional<uint32_t> find(std::string_view name) const;

 private:
  std::vector<std::string> names_;
  std::map<std::string, uint32_t, std::less<>> numbers_;
};

/// The values of one attribute (service, segment) that each local day is counted by, whose text any
/// event may choose. What is judged, owed and recorded is not touched by these limits.
class PartNames {
 public:
  /// More a day are counted together as `kOther`.
  static constexpr size_t kADayMax = 256;
  /// A longer text is cut, and ends in "…" then.
  static constexpr size_t kBytesMax = 64;
  /// No value of a book is likely to be called so: what bears the name itself is counted with them.
  static constexpr std::string_view kOther = "(other)";

  /// What `text` is counted under on that day; the first of a day keep their names.
  uint32_t number(rules::model::LocalDate day, std::string_view text, Names& names);
  /// A cell of that day has it already.
  void restore(rules::model::LocalDate day, uint32_t number, const Names& names);

 private:
  std::map<rules::model::LocalDate, std::vector<uint32_t>> by_day_;
};

}  // namespace lupaus::server::report
