// The parts of a report, each made of one answer of the rollups.
#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "server/report/rollups.h"

namespace lupaus::v1 {
class Report;
}

namespace lupaus::server::api {

/// Days since 1970-01-01.
std::chrono::sys_days to_days(rules::model::LocalDate date);

using Lines = std::span<const report::RollupLine>;

/// All of them, the rate, and what the objective allows. `objective_ppm` absent: none is declared.
void put_total(const report::RollupTotals& total, std::optional<int64_t> objective_ppm,
               v1::Report& report);
/// `days` are those with commitments, ascending; the others of first..last are filled in.
void put_days(Lines days, rules::model::LocalDate first, rules::model::LocalDate last,
              v1::Report& report);
/// By weekday and hour; also the worst of them.
void put_heat(Lines cells, v1::Report& report);
/// By branch: rates, intervals and ranks.
void put_branches(Lines branches, v1::Report& report);
/// The spread of waits in buckets that a person can read; `limit_ms` lies between two of them.
void put_waits(const report::RollupTotals& total, std::optional<int64_t> limit_ms,
               v1::Report& report);
/// What customers answered.
void put_feedback(const report::RollupTotals& total, v1::Report& report);
/// The largest of both.
void put_parts(Lines services, Lines segments, v1::Report& report);

}  // namespace lupaus::server::api
