#include "rules/ledger/periods.h"

#include <fmt/format.h>

namespace lupaus::rules::ledger {
namespace {

using model::Error;

std::string month_after(std::string_view month) {
  const auto first = model::parse_local_date(std::string(month) + "-01");
  model::ensure(first.ok(), "a closed month has a name");
  const bool is_last = first->month == 12;
  return fmt::format("{:04}-{:02}", first->year + (is_last ? 1 : 0),
                     is_last ? 1 : first->month + 1);
}

Error wrong_month(std::string message, std::string hint) {
  return {"wrong_state", std::move(message), std::move(hint), {}};
}

}  // namespace

std::string month_of(model::Instant at) { return model::format_instant(at).substr(0, 7); }

std::pair<model::Instant, model::Instant> bounds_of_month(model::Instant at) {
  const auto begin = [](const std::string& month) {
    return *model::parse_instant(month + "-01T00:00:00Z");
  };
  const std::string month = month_of(at);
  return {begin(month), begin(month_after(month))};
}

std::string booked_month(const Ledger& ledger, std::string_view month, model::Instant at) {
  const auto& closed = ledger.periods();
  // The first one that was closed closed everything before it.
  const auto its = closed.lower_bound(month);
  const bool is_closed = its != closed.end() && its->second.closed_at <= at;
  return is_closed ? month_of(at) : std::string(month);
}

std::string first_open_month(const Ledger& ledger) {
  const auto& closed = ledger.periods();
  return closed.empty() ? std::string() : month_after(closed.rbegin()->first);
}

model::Result<void> check_first_month(const Ledger& ledger, const std::string& month,
                                      model::Instant known_from) {
  const std::string first = month_of(known_from);
  if (!ledger.periods().empty() || month >= first) return {};
  return wrong_month(
      fmt::format("expected a month of which the books know something, but there is nothing before "
                  "{}, and it is {}",
                  first, month),
      fmt::format("the first one to close is {}: each that follows is closed in its turn", first));
}

model::Result<model::PeriodClosed> close_period(const Ledger& ledger,
                                                const model::ClosePeriod& command,
                                                model::Instant now) {
  const std::string& month = command.month;
  if (month.size() != 7 || !model::parse_local_date(month + "-01")) {
    return Error{"bad_month",
                 fmt::format("expected a month, but it is `{}`", month),
                 "write it as 2026-01",
                 {}};
  }
  const auto& closed = ledger.periods();
  if (closed.contains(month))
    return wrong_month(fmt::format("the books of {} are closed already", month), "");
  if (month >= month_of(now)) {
    return wrong_month(fmt::format("expected a month that is over, but {} is not", month),
                       "months are those of UTC");
  }
  const auto& owed = ledger.compensations();
  if (!owed.empty()) {
    auto first = check_first_month(ledger, month, owed.begin()->second.owed_at);
    if (!first) return first.error();
  }
  if (!closed.empty()) {
    const std::string next = first_open_month(ledger);
    if (month != next) {
      return wrong_month(fmt::format("expected {}, which comes after the last one closed, but it "
                                     "is {}",
                                     next, month),
                         "close one month after the other");
    }
  }
  return model::PeriodClosed{month, command.through, command.postings_sha256};
}

}  // namespace lupaus::rules::ledger
