// What a verdict line says by name: the words that `filter` and `order_by` know.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/model/book.h"
#include "rules/model/verdict.h"

namespace lupaus::server::api {

enum class LineField : uint8_t {
  branch,
  ticket,
  promise,
  revision,
  cycle,
  verdict,
  is_final,  ///< written `final`
  started_at,
  due_at,
  stopped_at,
  breached_at,
  counted,
  late_by,
  amount,
  currency,
  paid_state,
  reason,
  service,
  hour,
  weekday
};
inline constexpr size_t kLineFields = 20;

/// As `filter` writes them, in the order of LineField.
std::span<const std::string_view> line_field_names();
std::optional<LineField> find_line_field(std::string_view name);

/// Zones of branches, for `hour` and `weekday`; UTC where one is missing.
using BranchZones = std::map<std::string, rules::model::ZoneTable, std::less<>>;

/// One field of one line. What is absent comes before everything.
struct LineValue {
  enum class Kind : uint8_t { absent, boolean, number, amount, instant, length, text };
  Kind kind = Kind::absent;
  int64_t number = 0;  ///< milliseconds; an amount in millionths of the currency's unit
  std::string_view text;
  auto operator<=>(const LineValue&) const = default;
};
/// Views live as long as the line.
LineValue value_of(const rules::model::VerdictLine& line, LineField field,
                   const BranchZones& zones);

}  // namespace lupaus::server::api
