// What one decision of the ledger costs, and what it costs to derive it once more from the journal:
// CPU time of the one thread, medians over rounds in one run. ledger_bench [ROUNDS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <vector>

#include "rules/scenario/audit.h"
#include "tests/rules/ledger/given.h"
#include "tests/support/rules_world.h"

namespace {

using namespace lupaus;         // NOLINT: a program
using namespace lupaus::tests;  // NOLINT

constexpr int kDecisions = 2'000;

/// CPU time of this thread, in nanoseconds.
double thread_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Nanoseconds a decision: the median of the rounds.
double median(int rounds, const std::function<void(int)>& decide) {
  std::vector<double> each;
  for (int round = 0; round < rounds; ++round) {
    const double begin = thread_ns();
    for (int i = 0; i < kDecisions; ++i) decide(i);
    each.push_back((thread_ns() - begin) / kDecisions);
  }
  std::nth_element(each.begin(), each.begin() + rounds / 2, each.end());
  return each[static_cast<size_t>(rounds / 2)];
}

rules::model::Promise with_caps(rules::model::Promise promise) {
  rules::model::Cap day, year;
  day.max = money("EUR 20.00");
  year.scope = rules::model::Cap::Scope::customer_year;
  year.max_times = 5;
  promise.compensation->caps = {day, year};
  return promise;
}

constexpr int kTickets = 50'000;

/// A day of `kTickets` customers who waited 20 minutes, each owed EUR 10.00.
World broken_day(rules::model::Instrument instrument) {
  PromiseForm form;
  form.instrument = instrument;
  form.customer_day_cap = 2'000;
  World world(make_book({form}));
  const auto say = [&](int i, const char* type, rules::model::Duration offset) {
    OwnedEvent event;
    event.ticket = "T" + std::to_string(i);
    event.type = type;
    event.at = World::at(offset + i * 10ms);
    if (offset == 0s) event.attributes = {{"customer", "c" + std::to_string(i)}};
    world.observe(std::move(event), World::at(offset + i * 10ms));
  };
  for (int i = 0; i < kTickets; ++i) say(i, "issued", 0s);
  for (int i = 0; i < kTickets; ++i) say(i, "service_started", 20min);
  world.hear_all(World::at(24h), World::at(24h));
  return world;
}

/// Nanoseconds a decision, folded.
void time_decisions(const char* name, rules::ledger::State& state,
                    const std::function<rules::model::CommandBody(uint64_t)>& make) {
  const auto anna = std::make_shared<const rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::person, true, "anna", ""});
  std::vector<rules::model::Command> commands;
  for (uint64_t number = 1; number < state.ledger.next_number(); ++number)
    commands.push_back({World::at(25h), anna, make(number)});
  rules::model::Facts facts;
  facts.reserve(commands.size());
  const double begin = thread_ns();
  size_t refused = 0;
  for (const auto& command : commands)
    refused += rules::ledger::step(state, command, facts).ok() ? 0 : 1;
  const double took = thread_ns() - begin;
  std::printf("%-29s %7.0f ns", name, took / static_cast<double>(commands.size()));
  std::printf(refused == 0 ? "\n" : " (%zu refused)\n", refused);
}

void time_lives() {
  using rules::model::Settle;
  World vouchers = broken_day(rules::model::Instrument::voucher);
  time_decisions("issue a voucher", vouchers.state(), [](uint64_t number) {
    return Settle{number, Settle::Outcome::voucher_issued, "V" + std::to_string(number), 1};
  });
  time_decisions("redeem it", vouchers.state(), [](uint64_t number) {
    return rules::model::RedeemVoucher{"V" + std::to_string(number), "b", ""};
  });
  World transfers = broken_day(rules::model::Instrument::transfer);
  time_decisions("settle as paid", transfers.state(), [](uint64_t number) {
    return Settle{number, Settle::Outcome::paid, "r", 1};
  });
}

/// Nanoseconds a compensation, all of its facts folded.
void time_audit() {
  const World world = broken_day(rules::model::Instrument::transfer);
  std::vector<double> each;
  for (int round = 0; round < 5; ++round) {
    const double begin = thread_ns();
    rules::scenario::Audit audit;
    audit.take(world.facts());
    each.push_back((thread_ns() - begin) / kTickets);
  }
  std::nth_element(each.begin(), each.begin() + 2, each.end());
  std::printf("derive a payout again         %7.0f ns, %.1f facts each\n", each[2],
              static_cast<double>(world.facts().size()) / kTickets);
}

/// Nanoseconds a charge, decided and folded; each customer has one or two. The second ledger
/// counts, which finds the memory that the first one has let go: what the machine asks for its
/// first touch is no decision's.
double time_charges(int rounds, const rules::model::Promise& promise, const GivenReading& reading) {
  double took = 0;
  for (int life = 0; life < 2; ++life) {
    rules::ledger::Ledger ledger;
    uint64_t position = 0;
    took = median(rounds, [&](int) {
      const auto customer = "c" + std::to_string(position / 2);
      auto owed = rules::ledger::charge(
          ledger, make_bill(promise, reading, "T" + std::to_string(position), customer));
      owed.number = ledger.next_number();
      ledger.evolve(rules::model::Fact{++position, {}, nullptr, std::move(owed)});
    });
  }
  return took;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 101;
  const auto flat =
      with_caps(promise({tier(15min, money("EUR 10.00")), tier(30min, money("EUR 20.00"))}));
  auto stacked = with_caps(promise({tier(0s, share(50'000, "price"), length(168h)),
                                    tier(336h, share(100'000, "price"), length(168h))}));
  stacked.compensation->is_stacked = true;
  stacked.compensation->at_most = share(300'000, "price");
  GivenReading late(31min), later(24 * 24h);
  later.captured["price"] = "EUR 5000.00";

  size_t seen = 0;
  std::printf("tariff, two flat tiers        %7.0f ns\n", median(rounds, [&](int) {
                seen += rules::ledger::tariff(flat, late).clause.size();
              }));
  std::printf("tariff, two accruing shares   %7.0f ns\n", median(rounds, [&](int) {
                seen += rules::ledger::tariff(stacked, later).clause.size();
              }));
  std::printf("decide and fold, flat, 2 caps %7.0f ns\n", time_charges(rounds, flat, late));
  std::printf("decide and fold, shares       %7.0f ns\n", time_charges(rounds, stacked, later));
  time_lives();
  time_audit();
  return seen == 0;
}
