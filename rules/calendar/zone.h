// Local time of one IANA zone, over a table that the book carries. Pure: no file, no environment.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "rules/model/book.h"

namespace lupaus::rules::calendar {

/// The tables built into this program, compiled from the system's tz database when it was built.
/// nullptr when the zone is unknown. Links ("US/Central") are known under their old names.
const model::ZoneTable* find_built_in_zone(std::string_view name);
/// All of them, ascending by name.
std::span<const model::ZoneTable> built_in_zones();
/// "2026f": the version of the database that the built-in tables came from.
std::string_view built_in_tz_version();

/// Seconds that local time is ahead of UTC at `instant`.
int32_t offset_at(const model::ZoneTable& zone, model::Instant instant);

/// The local date at `instant`.
model::LocalDate local_date(const model::ZoneTable& zone, model::Instant instant);

/// Which of the instants that a local time names when it comes twice.
enum class Fold : uint8_t { first, second };

/// The instant at which clocks show `minute` minutes after midnight of `date` (minute may exceed
/// 1440: the next date). A local time that does not exist is the transition; one that comes twice
/// follows `fold` (R30).
model::Instant to_instant(const model::ZoneTable& zone, model::LocalDate date, int minute,
                          Fold fold);

/// 1 Monday … 7 Sunday.
int weekday(model::LocalDate date);
model::LocalDate add_days(model::LocalDate date, int days);

/// "2026-01-05T09:00:00.000+02:00".
std::string format_local(const model::ZoneTable& zone, model::Instant instant);
/// "09:00:00.000": local time of day.
std::string format_time_of_day(const model::ZoneTable& zone, model::Instant instant);

}  // namespace lupaus::rules::calendar
