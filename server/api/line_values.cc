#include "server/api/line_values.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "rules/calendar/zone.h"

namespace lupaus::server::api {
namespace {

using rules::model::Instant;
using rules::model::VerdictLine;
using Kind = LineValue::Kind;

constexpr std::array<std::string_view, kLineFields> kNames = {
    "branch",     "ticket",     "promise",    "revision",    "cycle",   "verdict", "final",
    "started_at", "due_at",     "stopped_at", "breached_at", "counted", "late_by", "amount",
    "currency",   "paid_state", "reason",     "service",     "hour",    "weekday"};

LineValue text(std::string_view value) { return {Kind::text, 0, value}; }
LineValue number(int64_t value) { return {Kind::number, value, {}}; }
LineValue instant(const std::optional<Instant>& at) {
  return at ? LineValue{Kind::instant, rules::model::to_unix_ms(*at), {}} : LineValue{};
}

/// In millionths of the currency's unit, whatever its decimals; nothing owed is 0.
LineValue amount(const std::optional<rules::model::Money>& owed) {
  int64_t millionths = owed ? owed->minor : 0;
  for (int digits = owed ? rules::model::minor_digits(owed->currency) : 6; digits < 6; ++digits)
    millionths *= 10;
  return {Kind::amount, millionths, {}};
}

std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds> local_start(
    const VerdictLine& line, const BranchZones& zones) {
  const auto zone = zones.find(line.key.branch);
  const std::chrono::seconds offset(
      zone == zones.end() ? 0 : rules::calendar::offset_at(zone->second, line.started_at));
  return std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>(
      std::chrono::floor<std::chrono::seconds>(
          std::chrono::milliseconds(rules::model::to_unix_ms(line.started_at))) +
      offset);
}

LineValue place_in_time(const VerdictLine& line, LineField field, const BranchZones& zones) {
  const auto local = local_start(line, zones);
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  if (field == LineField::hour)
    return number(std::chrono::floor<std::chrono::hours>(local - midnight).count());
  return number(std::chrono::weekday(midnight).iso_encoding());
}

LineValue time_of(const VerdictLine& line, LineField field) {
  switch (field) {
    case LineField::started_at:
      return instant(line.started_at);
    case LineField::due_at:
      return instant(line.due_at);
    case LineField::stopped_at:
      return instant(line.stopped_at);
    case LineField::breached_at:
      return instant(line.breached_at);
    case LineField::counted:
      return {Kind::length, line.counted.count(), {}};
    default:
      return line.late_by ? LineValue{Kind::length, line.late_by->count(), {}} : LineValue{};
  }
}

}  // namespace

std::span<const std::string_view> line_field_names() { return kNames; }

std::optional<LineField> find_line_field(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<LineField>(found - kNames.begin());
}

LineValue value_of(const VerdictLine& line, LineField field, const BranchZones& zones) {
  switch (field) {
    case LineField::branch:
      return text(line.key.branch);
    case LineField::ticket:
      return text(line.key.ticket);
    case LineField::promise:
      return text(line.key.promise);
    case LineField::revision:
      return number(line.key.revision);
    case LineField::cycle:
      return number(line.key.cycle);
    case LineField::verdict:
      return text(rules::model::format_verdict(line.verdict));
    case LineField::is_final:
      return {Kind::boolean, line.is_final ? 1 : 0, {}};
    case LineField::amount:
      return amount(line.owed);
    case LineField::currency:
      return text(line.owed ? line.owed->currency.text() : std::string_view());
    case LineField::paid_state:
      return text(rules::model::format_paid_state(line.paid_state));
    case LineField::reason:
      return text(line.reason);
    case LineField::service:
      return text(line.service);
    case LineField::hour:
    case LineField::weekday:
      return place_in_time(line, field, zones);
    default:
      return time_of(line, field);
  }
}

}  // namespace lupaus::server::api
