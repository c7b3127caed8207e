// Months of the books. A closed one takes nothing more: what is corrected later is booked in the
// first open one, and says which month it corrects. Verdicts are free of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// "2026-01", in UTC.
std::string month_of(model::Instant at);

/// When the month of `at` begins, and when the next one does.
std::pair<model::Instant, model::Instant> bounds_of_month(model::Instant at);

/// The month in which the books have what belongs to `month` and was recorded at `at`: that one, or
/// where it was closed by then the month of `at`.
std::string booked_month(const Ledger& ledger, std::string_view month, model::Instant at);

/// The month after the last that was closed; "" while none is.
std::string first_open_month(const Ledger& ledger);

/// While none is closed, an error for a month before that of `known_from`: whoever closed it by a
/// slip of the pen would have to close all that follow.
model::Result<void> check_first_month(const Ledger& ledger, const std::string& month,
                                      model::Instant known_from);

/// Only a month that is over, the one after the last that was closed, once; the first of them not
/// before anything was owed.
model::Result<model::PeriodClosed> close_period(const Ledger& ledger,
                                                const model::ClosePeriod& command,
                                                model::Instant now);

}  // namespace lupaus::rules::ledger
