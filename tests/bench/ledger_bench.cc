// What one decision of the ledger costs, and what it costs to derive it once more from the journal:
// CPU time of the one thread, over rounds of 2,000 in one run. ledger_bench [ROUNDS]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <vector>

#include "rules/scenario/audit.h"
#include "tests/bench/table.h"
#include "tests/rules/ledger/given.h"
#include "tests/support/rules_world.h"

namespace {

using namespace lupaus;         // NOLINT: a program
using namespace lupaus::tests;  // NOLINT
using bench::Table;

constexpr int kDecisions = 2'000;

/// Of one decision with its fold, in nanoseconds.
const bench::Target kTarget = bench::at_most(2'000);

/// CPU time of this thread, in nanoseconds.
double thread_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Of each round, nanoseconds a call.
std::vector<double> time_rounds(int rounds, const std::function<void(int)>& call) {
  std::vector<double> each;
  for (int round = 0; round < rounds; ++round) {
    const double begin = thread_ns();
    for (int i = 0; i < kDecisions; ++i) call(i);
    each.push_back((thread_ns() - begin) / kDecisions);
  }
  return each;
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

/// Nanoseconds a decision, folded; false when any was refused.
bool time_decisions(const char* name, rules::ledger::State& state,
                    const std::function<rules::model::CommandBody(uint64_t)>& make, Table& table) {
  const auto anna = std::make_shared<const rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::person, true, "anna", ""});
  std::vector<rules::model::Command> commands;
  for (uint64_t number = 1; number < state.ledger.next_number(); ++number)
    commands.push_back({World::at(25h), anna, make(number)});
  rules::model::Facts facts;
  facts.reserve(commands.size());
  size_t refused = 0;
  const auto decide = [&](size_t i) {
    refused += rules::ledger::step(state, commands[i], facts).ok() ? 0 : 1;
  };
  std::vector<double> each;
  for (size_t first = 0; first + kDecisions <= commands.size(); first += kDecisions) {
    const double begin = thread_ns();
    for (size_t i = first; i < first + kDecisions; ++i) decide(i);
    each.push_back((thread_ns() - begin) / kDecisions);
  }
  table.add(name, "ns", each, kTarget);
  if (refused != 0) std::printf("%s: %zu refused\n", name, refused);
  return refused == 0;
}

bool time_lives(Table& table) {
  using rules::model::Settle;
  World vouchers = broken_day(rules::model::Instrument::voucher);
  const auto issue = [](uint64_t number) {
    return Settle{number, Settle::Outcome::voucher_issued, "V" + std::to_string(number), 1};
  };
  const auto redeem = [](uint64_t number) {
    return rules::model::RedeemVoucher{"V" + std::to_string(number), "b", ""};
  };
  bool is_taken = time_decisions("issue a voucher", vouchers.state(), issue, table);
  is_taken = time_decisions("redeem it", vouchers.state(), redeem, table) && is_taken;
  World transfers = broken_day(rules::model::Instrument::transfer);
  const auto pay = [](uint64_t number) { return Settle{number, Settle::Outcome::paid, "r", 1}; };
  return time_decisions("settle as paid", transfers.state(), pay, table) && is_taken;
}

/// Nanoseconds a compensation, all of its facts folded.
void time_audit(Table& table) {
  const World world = broken_day(rules::model::Instrument::transfer);
  std::vector<double> each;
  for (int round = 0; round < 5; ++round) {
    const double begin = thread_ns();
    rules::scenario::Audit audit;
    audit.take(world.facts());
    each.push_back((thread_ns() - begin) / kTickets);
  }
  const size_t facts = (world.facts().size() + kTickets / 2) / kTickets;
  table.add("derive a payout again from its " + std::to_string(facts) + " facts", "ns", each);
}

enum class Priced : uint8_t { before, timed };

/// Nanoseconds a charge, decided and folded; each customer has one or two. What the engine brings
/// to a bill (keys, cycle, customer) is made before, the tariff too where `priced` says so. The
/// second ledger counts, which finds some of the memory that the first one has let go: what the
/// machine asks for its first touch is no decision's, though not all of it is left out.
std::vector<double> time_charges(int rounds, const rules::model::Promise& promise,
                                 const GivenReading& reading, Priced priced) {
  std::vector<double> each;
  for (int life = 0; life < 2; ++life) {
    each.clear();
    rules::ledger::Ledger ledger;
    uint64_t position = 0;
    for (int round = 0; round < rounds; ++round) {
      std::vector<rules::ledger::Bill> bills;
      for (uint64_t i = position; i < position + kDecisions; ++i) {
        bills.push_back(
            make_bill(promise, reading, "T" + std::to_string(i), "c" + std::to_string(i / 2)));
        if (priced == Priced::timed) bills.back().tariffed = {};
      }
      const double begin = thread_ns();
      for (auto& bill : bills) {
        if (priced == Priced::timed) bill.tariffed = rules::ledger::tariff(promise, reading);
        auto owed = rules::ledger::charge(ledger, bill);
        owed.number = ledger.next_number();
        ledger.evolve(rules::model::Fact{++position, {}, nullptr, std::move(owed)});
      }
      each.push_back((thread_ns() - begin) / kDecisions);
    }
  }
  return each;
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

  Table table;
  size_t seen = 0;
  const auto time_tariff = [&](const char* name, const auto& promise, const auto& reading) {
    table.add(name, "ns", time_rounds(rounds, [&](int) {
                seen += rules::ledger::tariff(promise, reading).clause.size();
              }));
  };
  time_tariff("tariff, two flat tiers", flat, late);
  time_tariff("tariff, two accruing shares", stacked, later);
  const auto time_both = [&](const std::string& what, const auto& promise, const auto& reading) {
    table.add("charge and fold, " + what, "ns",
              time_charges(rounds, promise, reading, Priced::before), kTarget);
    table.add("decide (tariff, charge) and fold, " + what, "ns",
              time_charges(rounds, promise, reading, Priced::timed), kTarget);
  };
  time_both("flat, 2 caps", flat, late);
  time_both("shares, 2 caps", stacked, later);
  const bool is_taken = time_lives(table);
  time_audit(table);
  table.print();
  return seen == 0 || !is_taken;
}
