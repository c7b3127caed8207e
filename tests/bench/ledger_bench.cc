// What one decision of the ledger costs: medians over rounds in one run. ledger_bench [ROUNDS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "tests/rules/ledger/given.h"

namespace {

using namespace lupaus;         // NOLINT: a program
using namespace lupaus::tests;  // NOLINT

constexpr int kDecisions = 2'000;

/// Nanoseconds a decision: the median of the rounds.
double median(int rounds, const std::function<void(int)>& decide) {
  std::vector<double> each;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kDecisions; ++i) decide(i);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    each.push_back(took.count() / kDecisions);
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
  rules::ledger::Ledger ledger;
  uint64_t position = 0;
  const auto charge = [&](const rules::model::Promise& promise, const GivenReading& reading) {
    return [&](int i) {
      auto owed =
          rules::ledger::charge(ledger, make_bill(promise, reading, "T", "c" + std::to_string(i)));
      owed.number = ledger.next_number();
      ledger.evolve(rules::model::Fact{++position, {}, nullptr, std::move(owed)});
    };
  };
  std::printf("decide and fold, flat, 2 caps %7.0f ns\n", median(rounds, charge(flat, late)));
  std::printf("decide and fold, shares       %7.0f ns\n", median(rounds, charge(stacked, later)));
  return seen == 0;
}
