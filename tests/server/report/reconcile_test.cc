// Columns add up whatever happened; the journal's own total notices when the ledger is not what the
// facts say.
#include "server/report/reconcile.h"

#include <gtest/gtest.h>

#include <random>

#include "rules/ledger/step.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using server::report::JournalTally;
using server::report::LedgerTally;
using server::report::ReconcileGroups;
using server::report::ReconcileRange;
using server::report::ReconcileSums;
using server::report::Standing;

Money eur(int64_t minor) { return {*find_currency("EUR"), minor}; }

Instant day(int number, int hour = 9) {
  return *parse_instant("2026-01-01T00:00:00Z") + std::chrono::hours(24 * (number - 1) + hour);
}

/// A ledger and the journal that made it.
struct Books {
  rules::ledger::Ledger ledger;
  Facts facts;

  void record(Instant at, FactBody body) {
    facts.push_back({facts.size() + 1, at, nullptr, std::move(body)});
    ledger.evolve(facts.back());
  }
  uint64_t owe(Instant at, int64_t minor, const std::string& promise = "p",
               PaidState state = PaidState::owed) {
    Owed owed;
    owed.number = ledger.next_number();
    owed.key = {"b", "t" + std::to_string(owed.number), promise, 1, 1};
    owed.computed = eur(minor);
    owed.amount = eur(minor);
    owed.state = state;
    owed.instrument = Instrument::transfer;
    record(at, owed);
    return ledger.next_number() - 1;
  }
  /// With all of its sum, half of it, or nothing.
  void let_go(Instant at, uint64_t number, uint64_t how) {
    const auto& held = *ledger.find(number);
    Released released;
    released.number = number;
    released.key = held.key;
    released.computed = held.computed;
    released.state = how == 0 ? PaidState::recorded : PaidState::owed;
    if (how > 0) released.amount = eur(1 + held.computed.minor / static_cast<int64_t>(how));
    record(at, released);
  }
  /// Its bank returns it, and it is owed again.
  void give_back(Instant at, uint64_t number) {
    record(at, Reversed{number, "AC04", ""});
    const uint64_t again = owe(at, ledger.find(number)->amount->minor);
    EXPECT_GT(again, number);
  }
  LedgerTally tally(const ReconcileRange& range = {}, ReconcileGroups by = {}) const {
    LedgerTally made(range, by);
    for (const auto& [number, compensation] : ledger.compensations())
      made.add(compensation,
               compensation.batch.empty() ? nullptr : ledger.find_batch(compensation.batch));
    return made;
  }
  JournalTally journal(const ReconcileRange& range = {}) const {
    JournalTally made(range);
    for (const Fact& fact : facts) made.take(fact);
    return made;
  }
};

TEST(Reconcile, EachStateHasItsColumn) {
  Books books;
  books.owe(day(1), 1);
  books.record(day(2), Paid{books.owe(day(1), 2), "r"});
  books.record(day(2), Failed{books.owe(day(1), 4), "r"});
  books.record(day(2), Declined{books.owe(day(1), 8), "r"});
  books.record(day(2), Dispatched{books.owe(day(1), 16), 1, "webhook"});
  books.owe(day(1), 32, "p", PaidState::held);
  books.owe(day(1), 64, "p", PaidState::recorded);
  books.owe(day(1), 128, "p", PaidState::claimable);
  const ReconcileSums sums = books.tally().totals().begin()->second;
  EXPECT_EQ(sums.count, 7u);
  EXPECT_EQ(sums.owed, 191);
  EXPECT_EQ(sums.column(Standing::open), 1);
  EXPECT_EQ(sums.column(Standing::paid), 2);
  EXPECT_EQ(sums.column(Standing::failed), 4);
  EXPECT_EQ(sums.column(Standing::declined), 8);
  EXPECT_EQ(sums.column(Standing::exported), 16);
  EXPECT_EQ(sums.column(Standing::held), 32);
  EXPECT_EQ(sums.column(Standing::claimable), 128);
  EXPECT_EQ(sums.columns(), 191);
}

TEST(Reconcile, ABatchIsAColumnOnceItIsApproved) {
  Books books;
  const uint64_t number = books.owe(day(1), 100);
  books.record(day(2), BatchClosed{"B", {number}, eur(100), day(2)});
  const auto column = [&](Standing standing) {
    return books.tally().totals().begin()->second.column(standing);
  };
  EXPECT_EQ(column(Standing::open), 100);
  books.record(day(2), PayoutApproved{number, true, ""});
  EXPECT_EQ(column(Standing::open), 100) << "by hand, and its batch is a draft";
  books.record(day(2), BatchApproved{"B", "hash"});
  EXPECT_EQ(column(Standing::approved), 100);
  books.record(day(2), BatchExported{"B", "csv"});
  EXPECT_EQ(column(Standing::exported), 100);
}

TEST(Reconcile, GroupsByDayAndPromise) {
  Books books;
  books.owe(day(1, 23), 1, "a");
  books.owe(day(2, 0), 2, "a");
  books.owe(day(2, 23), 4, "b");
  books.owe(day(3, 0), 8, "b");
  const auto tally = books.tally({}, {true, true});
  std::string lines;
  for (const auto& [key, sums] : tally.lines())
    lines += key.day + " " + key.promise + " " + format_amount(key.currency, sums.owed) + "\n";
  EXPECT_EQ(lines, "2026-01-01 a 0.01\n2026-01-02 a 0.02\n2026-01-02 b 0.04\n2026-01-03 b 0.08\n");
  const ReconcileRange second{LocalDate{2026, 1, 2}, LocalDate{2026, 1, 2}};
  EXPECT_EQ(books.tally(second).totals().begin()->second.owed, 6);
  EXPECT_EQ(books.journal(second).totals().begin()->second.owed, 6);
}

TEST(Reconcile, JournalAndLedgerAgreeWhateverHappens) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    Books books;
    for (int i = 0; i < 60; ++i) {
      const Instant at = day(1 + i / 10);
      const uint64_t count = books.ledger.next_number() - 1;
      if (count == 0 || random() % 3 == 0) {
        books.owe(at, 1 + static_cast<int64_t>(random() % 100'000), random() % 2 ? "p" : "q");
        continue;
      }
      const uint64_t number = 1 + random() % count;
      const auto& compensation = *books.ledger.find(number);
      const auto state = compensation.state;
      if (state == PaidState::held) books.let_go(at, number, random() % 3);
      if (state == PaidState::paid && random() % 2) books.give_back(at, number);
      if (state != PaidState::owed && state != PaidState::dispatched) continue;
      switch (random() % 6) {
        case 4:
          books.record(at, PayoutHeld{number, "r"});
          break;
        case 5:
          books.record(at, VoucherRedeemed{number, "v", "b"});
          break;
        case 0:
          books.record(at, Dispatched{number, 1, "webhook"});
          break;
        case 1:
          books.record(at, Paid{number, "r"});
          break;
        case 2:
          books.record(at, Failed{number, "r"});
          break;
        default:
          books.record(at, Declined{number, "r"});
      }
    }
    const auto ledger = books.tally({}, {true, true}).totals().begin()->second;
    const auto journal = books.journal().totals().begin()->second;
    EXPECT_EQ(ledger.columns(), ledger.owed) << "seed " << seed;
    EXPECT_EQ(journal.owed, ledger.columns()) << "seed " << seed;
    EXPECT_EQ(journal.paid, ledger.column(Standing::paid)) << "seed " << seed;
  }
}

TEST(Reconcile, IsExactBeyondWhatOneAmountMayBe) {
  Books books;
  constexpr int64_t kNinePetaEuro = 900'000'000'000'000'000;
  for (int i = 0; i < 15; ++i) books.record(day(2), Paid{books.owe(day(1), kNinePetaEuro), "r"});
  const auto shown = [](const MinorSum& sum) { return format_amount(*find_currency("EUR"), sum); };
  const ReconcileSums ledger = books.tally().totals().begin()->second;
  const auto journal = books.journal().totals().begin()->second;
  EXPECT_EQ(shown(ledger.owed), "135000000000000000.00");
  EXPECT_EQ(shown(ledger.columns()), "135000000000000000.00");
  EXPECT_EQ(shown(journal.paid), "135000000000000000.00");
}

TEST(Reconcile, ALedgerThatLiesIsFound) {
  Books books;
  const uint64_t number = books.owe(day(1), 1'000);
  rules::ledger::Compensation lie = *books.ledger.find(number);
  lie.amount = eur(999);
  books.ledger.restore(lie);
  EXPECT_EQ(books.journal().totals().begin()->second.owed -
                books.tally().totals().begin()->second.columns(),
            1);
}

}  // namespace
}  // namespace lupaus::tests
