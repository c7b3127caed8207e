// The day by which a payout is promised, for the naive model: counted date by date.
#include "tests/support/naive_model.h"

namespace lupaus::tests::naive {

using rules::model::Limit;

std::optional<Instant> payout_overdue_at(const History& history, const std::string& branch,
                                         const Limit& due, Instant final_at) {
  const auto& book = *history.editions.back().book;
  const auto& spec = *book.find_branch(branch);
  std::optional<Hours> hours;
  for (const auto& calendar : book.calendars) {
    if (calendar.name == spec.hours)
      hours.emplace(calendar, *book.find_zone(calendar.timezone), history.first, 0);
  }
  const auto& zone = hours ? *hours->zone : *book.find_zone(spec.timezone);
  if (due.unit == Limit::Unit::duration)
    return end_of_day(zone, local_date(zone, final_at + due.duration));
  if (!hours && due.unit == Limit::Unit::business_days) return std::nullopt;
  int day = day_number(local_date(zone, final_at));
  for (int left = due.days; left > 0;) {
    ++day;
    if (due.unit == Limit::Unit::calendar_days || hours->is_business_day(date_of(day))) --left;
  }
  return end_of_day(zone, date_of(day));
}

}  // namespace lupaus::tests::naive
