// Local time over a zone's table: offsets by binary search, local times by trying the offsets near
// them.
#include "rules/calendar/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "rules/calendar/zone_tables.h"

namespace lupaus::rules::calendar {
namespace {

using model::Instant;
using model::LocalDate;
using model::ZoneTable;
using std::chrono::days;
using std::chrono::sys_days;

constexpr int64_t kDaySeconds = 86'400;

uint64_t take_packed(const char*& bytes) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*bytes++);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

int64_t take_packed_signed(const char*& bytes) {
  const uint64_t value = take_packed(bytes);
  return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

ZoneTable unpack(const PackedZone& packed) {
  const char* bytes = kPackedTables + packed.table;
  ZoneTable zone;
  zone.name = packed.name;
  zone.transitions.resize(take_packed(bytes));
  zone.first_offset_s = static_cast<int32_t>(take_packed_signed(bytes));
  int64_t at = 0;
  for (ZoneTable::Transition& transition : zone.transitions) {
    at += take_packed_signed(bytes);
    transition.at_unix_s = at;
    transition.offset_s = static_cast<int32_t>(take_packed_signed(bytes));
  }
  return zone;
}

std::vector<ZoneTable> unpack_all() {
  std::vector<ZoneTable> zones;
  zones.reserve(kPackedZoneCount);
  for (size_t i = 0; i < kPackedZoneCount; ++i) zones.push_back(unpack(kPackedZones[i]));
  return zones;
}

/// How many transitions lie at or before `unix_s`.
size_t count_passed(const ZoneTable& zone, int64_t unix_s) {
  const auto next = std::upper_bound(zone.transitions.begin(), zone.transitions.end(), unix_s,
                                     [](int64_t at, const ZoneTable::Transition& transition) {
                                       return at < transition.at_unix_s;
                                     });
  return static_cast<size_t>(next - zone.transitions.begin());
}

int32_t offset_after(const ZoneTable& zone, size_t passed) {
  return passed == 0 ? zone.first_offset_s : zone.transitions[passed - 1].offset_s;
}

int64_t unix_seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Instant from_unix_seconds(int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

sys_days to_days(LocalDate date) {
  return sys_days(std::chrono::year_month_day(
      std::chrono::year(date.year), std::chrono::month(date.month), std::chrono::day(date.day)));
}

LocalDate to_date(sys_days day) {
  const std::chrono::year_month_day date(day);
  return {static_cast<int16_t>(static_cast<int>(date.year())),
          static_cast<uint8_t>(static_cast<unsigned>(date.month())),
          static_cast<uint8_t>(static_cast<unsigned>(date.day()))};
}

std::string format_time(int64_t ms_of_day) {
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms_of_day / 3'600'000, ms_of_day / 60'000 % 60,
                     ms_of_day / 1'000 % 60, ms_of_day % 1'000);
}

}  // namespace

std::span<const ZoneTable> built_in_zones() {
  static const std::vector<ZoneTable> zones = unpack_all();
  return zones;
}

const ZoneTable* find_built_in_zone(std::string_view name) {
  const auto zones = built_in_zones();
  const auto found = std::lower_bound(
      zones.begin(), zones.end(), name,
      [](const ZoneTable& zone, std::string_view wanted) { return zone.name < wanted; });
  return found != zones.end() && found->name == name ? &*found : nullptr;
}

std::string_view built_in_tz_version() { return kPackedTzVersion; }

int32_t offset_at(const ZoneTable& zone, Instant instant) {
  return offset_after(zone, count_passed(zone, unix_seconds(instant)));
}

LocalDate local_date(const ZoneTable& zone, Instant instant) {
  const Instant local = instant + std::chrono::seconds(offset_at(zone, instant));
  return to_date(std::chrono::floor<days>(local));
}

Instant to_instant(const ZoneTable& zone, LocalDate date, int minute, Fold fold) {
  const int64_t local = to_days(date).time_since_epoch().count() * kDaySeconds + minute * 60;
  // WHY: no zone was ever a whole day and two hours from UTC, so each instant that could show
  // `local` lies between.
  constexpr int64_t kOffsetsEnd = 26 * 3600;
  const size_t last = count_passed(zone, local + kOffsetsEnd);
  std::optional<int64_t> shown;
  std::optional<int64_t> skipped_at;
  for (size_t passed = count_passed(zone, local - kOffsetsEnd); passed <= last; ++passed) {
    const int64_t candidate = local - offset_after(zone, passed);
    const bool has_begun = passed == 0 || candidate >= zone.transitions[passed - 1].at_unix_s;
    const bool is_over =
        passed < zone.transitions.size() && candidate >= zone.transitions[passed].at_unix_s;
    if (has_begun && !is_over) {
      if (!shown || fold == Fold::second) shown = candidate;
    } else if (!has_begun && !skipped_at) {
      // Too early for this offset; it is in a gap unless the offset before it shows it.
      skipped_at = zone.transitions[passed - 1].at_unix_s;
    }
  }
  if (shown) return from_unix_seconds(*shown);
  model::ensure(skipped_at.has_value(),
                "a local time that is not shown is skipped by a transition");
  return from_unix_seconds(*skipped_at);
}

int weekday(LocalDate date) {
  return static_cast<int>(std::chrono::weekday(to_days(date)).iso_encoding());
}

LocalDate add_days(LocalDate date, int count) { return to_date(to_days(date) + days(count)); }

std::string format_local(const ZoneTable& zone, Instant instant) {
  // WHY: an offset is written in whole minutes; old ones with seconds are shown by the nearest
  // minute below.
  const int32_t offset = offset_at(zone, instant) / 60 * 60;
  const Instant local = instant + std::chrono::seconds(offset);
  const auto day = std::chrono::floor<days>(local);
  const int32_t size = std::abs(offset);
  return fmt::format("{}T{}{}{:02}:{:02}", model::format_local_date(to_date(day)),
                     format_time((local - day).count()), offset < 0 ? '-' : '+', size / 3600,
                     size / 60 % 60);
}

std::string format_time_of_day(const ZoneTable& zone, Instant instant) {
  const Instant local = instant + std::chrono::seconds(offset_at(zone, instant));
  return format_time((local - std::chrono::floor<days>(local)).count());
}

}  // namespace lupaus::rules::calendar
