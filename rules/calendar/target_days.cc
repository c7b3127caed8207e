// Easter by arithmetic, everything else by weekday and date.
#include "rules/calendar/target_days.h"

#include "rules/calendar/zone.h"
#include "rules/model/result.h"

namespace lupaus::rules::calendar {

using model::LocalDate;

LocalDate easter_sunday(int year) {
  const int golden = year % 19;
  const int century = year / 100, of_century = year % 100;
  const int sun = (8 * century + 13) / 25;
  const int epact = (19 * golden + century - century / 4 - sun + 15) % 30;
  const int weekdays = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
  const int correction = (golden + 11 * epact + 22 * weekdays) / 451;
  const int days = epact + weekdays - 7 * correction + 114;
  return {static_cast<int16_t>(year), static_cast<uint8_t>(days / 31),
          static_cast<uint8_t>(days % 31 + 1)};
}

bool is_target_day(LocalDate date) {
  constexpr int kSaturday = 6;
  if (weekday(date) >= kSaturday) return false;
  const bool is_fixed_holiday = (date.month == 1 && date.day == 1) ||
                                (date.month == 5 && date.day == 1) ||
                                (date.month == 12 && (date.day == 25 || date.day == 26));
  if (is_fixed_holiday) return false;
  const LocalDate easter = easter_sunday(date.year);
  return date != add_days(easter, -2) && date != add_days(easter, 1);
}

LocalDate target_day_from(LocalDate date) {
  while (!is_target_day(date)) date = add_days(date, 1);
  return date;
}

LocalDate add_target_days(LocalDate date, int days) {
  model::ensure(days >= 0, "target days are counted forward");
  for (; days > 0; --days) date = target_day_from(add_days(date, 1));
  return date;
}

}  // namespace lupaus::rules::calendar
