// The days on which TARGET, the euro's settlement system, is open: the bank days of SEPA. By rule
// alone (the ECB's long-term calendar, unchanged since 2002), so no table ever runs out.
#pragma once

#include "rules/model/promise.h"

namespace lupaus::rules::calendar {

/// Easter Sunday of the Gregorian calendar, years 1583 to 9999 (Meeus, Astronomical Algorithms,
/// ch. 8).
model::LocalDate easter_sunday(int year);

/// False on Saturdays, Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December.
bool is_target_day(model::LocalDate date);

/// `date` itself when it is a TARGET day, else the next one.
model::LocalDate target_day_from(model::LocalDate date);

/// The `days`-th TARGET day after `date`; `date` itself when days is 0, whatever day it is. Days
/// must not be negative.
model::LocalDate add_target_days(model::LocalDate date, int days);

}  // namespace lupaus::rules::calendar
