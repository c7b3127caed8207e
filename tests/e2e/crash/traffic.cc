#include "tests/e2e/crash/traffic.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/e2e/crash/book.h"

namespace lupaus::tests::crash {

using rules::model::Duration;
using rules::model::Instant;

namespace {

/// Events of an average visit, as planned below.
constexpr double kEventsOfVisit = 4.5;
constexpr std::array<const char*, 13> kTypes = {
    "issued",   "called", "recalled", "service_started", "service_ended", "transferred", "parked",
    "unparked", "away",   "back",     "no_show",         "left",          "cancelled"};

}  // namespace

const char* type_name(Told::Type type) { return kTypes[static_cast<size_t>(type)]; }

std::string ticket_name(uint32_t ticket) { return "T" + std::to_string(ticket); }

std::string service_of(uint32_t ticket) {
  if (ticket < kSourceCount) return "introduction";
  return ticket % 2 == 0 ? "cash" : "loan";
}

std::string customer_of(uint32_t ticket) { return "c-" + std::to_string(ticket % 997); }

Traffic::Traffic(uint64_t seed, double events_per_second, Tell tell)
    : random_(seed),
      mean_gap_ms_(1000.0 * kEventsOfVisit * static_cast<double>(kBranchCount) / events_per_second),
      tell_(std::move(tell)),
      tickets_(kSourceCount) {}

void Traffic::introduce_all(Instant now) {
  for (size_t source = 0; source < kSourceCount; ++source)
    tell_(source, Told{now, static_cast<uint32_t>(source), Told::Type::issued});
}

void Traffic::open(Instant now) {
  is_open_ = true;
  for (size_t branch = 0; branch < kBranchCount; ++branch) plan_arrival(branch, now);
}

void Traffic::advance(Instant now) {
  while (!ahead_.empty() && ahead_.top().at <= now) {
    const Happening next = ahead_.top();
    ahead_.pop();
    if (!next.is_arrival) {
      tell_(next.source, next.told);
    } else if (is_open_) {
      plan_visit(next.source, next.at);
      plan_arrival(next.source, next.at);
    }
  }
}

int64_t Traffic::between(int64_t least, int64_t most) {
  return std::uniform_int_distribution<int64_t>(least, most)(random_);
}

void Traffic::plan(size_t source, Instant at, uint32_t ticket, Told::Type type) {
  ahead_.push({at, ++planned_, static_cast<uint32_t>(source), false, Told{at, ticket, type}});
}

void Traffic::plan_arrival(size_t branch, Instant after) {
  const double gap = std::exponential_distribution<double>(1.0 / mean_gap_ms_)(random_);
  ahead_.push({after + Duration(static_cast<int64_t>(std::llround(gap))), ++planned_,
               static_cast<uint32_t>(branch), true, Told{}});
}

void Traffic::plan_visit(size_t branch, Instant at) {
  const uint32_t ticket = tickets_++;
  const size_t first = branch * kSourcesOfBranch;
  const size_t counter =
      first + kKiosksOfBranch + static_cast<size_t>(between(0, kCountersOfBranch - 1));
  plan(first + static_cast<size_t>(between(0, kKiosksOfBranch - 1)), at, ticket,
       Told::Type::issued);
  plan_end(counter, at, plan_waiting(counter, at, ticket), ticket);
}

/// Pauses, then the call; gives the instant of the call.
Instant Traffic::plan_waiting(size_t counter, Instant at, uint32_t ticket) {
  const Instant called = at + Duration(chance(92) ? between(20, 280) : between(290, 500));
  if (chance(20)) {
    const Instant away = at + Duration(between(0, 100));
    plan(counter, away, ticket, Told::Type::away);
    if (chance(80)) plan(counter, away + Duration(between(1, 200)), ticket, Told::Type::back);
  }
  if (chance(8)) {
    const Instant parked = at + Duration(between(5, 200));
    plan(counter, parked, ticket, Told::Type::parked);
    if (chance(90)) plan(counter, parked + Duration(between(1, 300)), ticket, Told::Type::unparked);
  }
  if (chance(4)) plan(counter, at + Duration(between(30, 500)), ticket, Told::Type::transferred);
  plan(counter, called, ticket, Told::Type::called);
  if (chance(5)) plan(counter, called + Duration(between(1, 50)), ticket, Told::Type::recalled);
  return called;
}

/// Most are served; some exactly on the limit or a millisecond beyond, some leave, some are
/// forgotten.
void Traffic::plan_end(size_t counter, Instant issued, Instant called, uint32_t ticket) {
  const Instant soon = called + Duration(between(1, 100));
  const int64_t lot = between(1, 100);
  if (lot <= 3) return plan(counter, soon, ticket, Told::Type::left);
  if (lot <= 5)
    return plan(counter, called + Duration(between(1, 600)), ticket, Told::Type::no_show);
  if (lot <= 6) return plan(counter, soon, ticket, Told::Type::cancelled);
  if (lot <= 7) return;
  Instant served = soon;
  if (lot <= 11) served = std::max(called, issued + kCashWithin + Duration(between(0, 1)));
  if (lot >= 96) served = called + Duration(between(200, 800));
  plan(counter, served, ticket, Told::Type::service_started);
  plan(counter, served + Duration(between(1, 300)), ticket, Told::Type::service_ended);
}

}  // namespace lupaus::tests::crash
