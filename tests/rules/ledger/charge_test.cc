// Caps, and what else keeps a computed sum from being paid.
#include <gtest/gtest.h>

#include <random>

#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::ledger::Bill;
using rules::ledger::charge;
using rules::ledger::Ledger;

Cap cap(Cap::Scope scope, std::optional<Amount> max, Cap::Then then = Cap::Then::record) {
  Cap made;
  made.scope = scope;
  made.max = std::move(max);
  made.then = then;
  made.span = {"p.yaml", 31, 7};
  return made;
}
Cap times(Cap::Scope scope, int32_t count) {
  Cap made = cap(scope, std::nullopt);
  made.max_times = count;
  return made;
}

Promise ten(std::vector<Cap> caps) {
  Promise made = promise({tier(15min, money("EUR 10.00"))});
  made.compensation->caps = std::move(caps);
  return made;
}

/// Charges one after the other, as the journal would.
class Till {
 public:
  Owed take(const Bill& bill) {
    Owed owed = charge(ledger_, bill);
    owed.number = ledger_.next_number();
    ledger_.evolve(Fact{++position_, {}, nullptr, owed});
    return owed;
  }
  /// "EUR 5.00 owed cap customer/day".
  std::string line(const Bill& bill) {
    const Owed owed = take(bill);
    return (owed.amount ? format_money(*owed.amount) : "-") + " " +
           std::string(format_paid_state(owed.state)) +
           (owed.reason.empty() ? "" : " " + owed.reason);
  }
  const Ledger& ledger() const { return ledger_; }

 private:
  Ledger ledger_;
  Position position_ = 0;
};

Bill breach(const Promise& promise, std::string ticket, std::string customer = "anna") {
  return make_bill(promise, GivenReading(20min), std::move(ticket), std::move(customer));
}

TEST(Cap, PaysTwoOfThreeBreachesOfADay) {  // case 15
  const Promise made = ten({cap(Cap::Scope::customer_day, money("EUR 20.00"))});
  Till till;
  EXPECT_EQ(till.line(breach(made, "A1")), "EUR 10.00 owed");
  EXPECT_EQ(till.line(breach(made, "A2")), "EUR 10.00 owed");
  EXPECT_EQ(till.line(breach(made, "A3")), "- recorded cap customer/day");
  EXPECT_EQ(till.line(breach(made, "A4", "bo")), "EUR 10.00 owed");
  EXPECT_EQ(till.line(breach(made, "A5", "")), "EUR 10.00 owed") << "a customer of its own";
}

TEST(Cap, RecordPaysTheRestAndHoldKeepsTheWhole) {  // R48
  Till record, hold;
  const Promise recording = ten({cap(Cap::Scope::promise_day, money("EUR 15.00"))});
  EXPECT_EQ(record.line(breach(recording, "A1")), "EUR 10.00 owed");
  EXPECT_EQ(record.line(breach(recording, "A2")), "EUR 5.00 owed cap promise/day");
  const Promise holding = ten({cap(Cap::Scope::promise_day, money("EUR 15.00"), Cap::Then::hold)});
  EXPECT_EQ(hold.line(breach(holding, "A1")), "EUR 10.00 owed");
  EXPECT_EQ(hold.line(breach(holding, "A2")), "EUR 10.00 held cap promise/day");
  const Promise smaller = [] {
    Promise made = ten({cap(Cap::Scope::promise_day, money("EUR 15.00"), Cap::Then::hold)});
    made.compensation->tiers[0].pay = money("EUR 5.00");
    return made;
  }();
  EXPECT_EQ(hold.line(breach(smaller, "A3")), "EUR 5.00 owed") << "a held one uses nothing up";
}

TEST(Cap, ThatLeavesLessSaysWhatWasUsedBefore) {
  const auto clauses = [](const Cap& cap) {
    const Promise made = ten({cap});
    Till till;
    std::vector<std::string> said;
    for (const char* ticket : {"A1", "A2", "A3"})
      said.push_back(till.take(breach(made, ticket)).draws.at(0).clause);
    return said;
  };
  using Clauses = std::vector<std::string>;
  EXPECT_EQ(clauses(cap(Cap::Scope::customer_day, money("EUR 15.00"))),
            (Clauses{"caps[0] customer/day EUR 15.00, p.yaml:31:7",
                     "caps[0] customer/day EUR 15.00 (EUR 10.00 used before, EUR 5.00 left), "
                     "p.yaml:31:7",
                     "caps[0] customer/day EUR 15.00 (EUR 15.00 used before, EUR 0.00 left), "
                     "p.yaml:31:7"}));
  EXPECT_EQ(clauses(times(Cap::Scope::customer_day, 1)).back(),
            "caps[0] customer/day 1 time (1 time used before, none left), p.yaml:31:7");
  EXPECT_EQ(clauses(cap(Cap::Scope::ticket, money("EUR 7.00"))).front(),
            "caps[0] ticket EUR 7.00, p.yaml:31:7");
}

TEST(Cap, EachSeesWhatTheOnesBeforeLeft) {  // R48
  const Promise made =
      ten({cap(Cap::Scope::ticket, money("EUR 7.00")), times(Cap::Scope::customer_month, 2),
           cap(Cap::Scope::customer_day, money("EUR 11.00"))});
  Till till;
  EXPECT_EQ(till.line(breach(made, "A1")), "EUR 7.00 owed cap ticket");
  EXPECT_EQ(till.line(breach(made, "A1")), "- recorded cap ticket");
  EXPECT_EQ(till.line(breach(made, "A2")), "EUR 4.00 owed cap customer/day");
  EXPECT_EQ(till.line(breach(made, "A3")), "- recorded cap customer/month");
  EXPECT_EQ(till.ledger().caps().at("p|customer/month|customer anna|2026-01").used_times, 2u)
      << "only what is paid counts";
}

TEST(Cap, CountsOnWhatItsRowSaysHoweverOftenItIsRead) {
  const Promise made = ten({cap(Cap::Scope::customer_day, money("EUR 20.00"))});
  const std::string key = "p|customer/day|customer anna|2026-01-05";
  Ledger ledger;
  for (const int64_t used : {300, 700, 1'200}) ledger.restore({7, key, used, 1});
  ledger.restore({8, "o|ticket|ticket b/A1|", 100, 1});
  ASSERT_NE(ledger.find_cap(key), nullptr);
  EXPECT_EQ(ledger.find_cap(key)->used_minor, 1'200);
  const Owed owed = charge(ledger, breach(made, "A1"));
  EXPECT_EQ(owed.amount, money("EUR 8.00"));
  ledger.evolve(Fact{9, {}, nullptr, owed});
  const auto caps = ledger.caps();
  ASSERT_EQ(caps.size(), 2u);
  EXPECT_EQ(caps.begin()->second.used_minor, 100) << "by key, not as they came";
  EXPECT_EQ(caps.at(key).used_minor, 2'000);
  EXPECT_EQ(caps.at(key).position, 9u);
}

TEST(Cap, OfOneScopeWithAnotherIsUsedUpOnce) {
  const Promise made =
      ten({cap(Cap::Scope::promise_day, money("EUR 25.00")), times(Cap::Scope::promise_day, 3)});
  Till till;
  EXPECT_EQ(till.line(breach(made, "A1")), "EUR 10.00 owed");
  EXPECT_EQ(till.line(breach(made, "A2")), "EUR 10.00 owed");
  EXPECT_EQ(till.line(breach(made, "A3")), "EUR 5.00 owed cap promise/day");
}

TEST(Cap, MayBeAShare) {  // R94
  const Promise made = ten({cap(Cap::Scope::customer_year, share(2'000'000, "fee"))});
  GivenReading reading(20min);
  reading.captured["fee"] = "EUR 6.00";
  Till till;
  EXPECT_EQ(till.line(make_bill(made, reading, "A1")), "EUR 10.00 owed");
  const Owed owed = till.take(make_bill(made, reading, "A2"));
  EXPECT_EQ(owed.amount->minor, 200);
  EXPECT_EQ(owed.draws.at(0).clause,
            "caps[0] customer/year 200% of ticket.fee = EUR 12.00 (EUR 10.00 used before, EUR 2.00 "
            "left), "
            "p.yaml:31:7");
  EXPECT_EQ(till.line(breach(made, "A3")), "EUR 10.00 owed") << "an unknown cap binds nothing";
  reading.captured["fee"] = "SEK 6.00";
  EXPECT_EQ(till.line(make_bill(made, reading, "A4")), "- held currency");
}

TEST(Cap, IsAskedAgainForTheShareThatItCameTo) {
  const Promise made = ten({cap(Cap::Scope::customer_year, share(2'000'000, "fee"))});
  GivenReading reading(20min);
  reading.captured["fee"] = "EUR 6.00";
  Till till;
  const Owed first = charge(till.ledger(), make_bill(made, reading, "A1"));
  rules::ledger::Compensation held;
  held.computed = first.computed;
  held.amount = first.amount;
  held.draws = first.draws;
  EXPECT_EQ(till.line(make_bill(made, reading, "A2")), "EUR 10.00 owed");
  Released let_go;
  draw_again(till.ledger(), made, held, let_go);
  EXPECT_EQ(let_go.amount, money("EUR 2.00")) << "of EUR 12.00 the other one took EUR 10.00";
  held.draws[0].maximum_minor.reset();
  let_go = {};
  draw_again(till.ledger(), made, held, let_go);
  EXPECT_EQ(let_go.amount, money("EUR 10.00")) << "never more than at first";
}

TEST(Cap, CountsInTheBranchsDaysMonthsAndTheCapsYears) {  // R49, R94
  struct Row {
    Cap::Scope scope;
    LocalDate date;
    const char* key;
  };
  for (const Row& row :
       {Row{Cap::Scope::ticket, {2026, 3, 31}, "p|ticket|ticket b/A1|"},
        Row{Cap::Scope::customer_day, {2026, 3, 31}, "p|customer/day|customer anna|2026-03-31"},
        Row{Cap::Scope::customer_month, {2026, 3, 31}, "p|customer/month|customer anna|2026-03"},
        Row{Cap::Scope::customer_year, {2026, 3, 31}, "p|customer/year|customer anna|2025-04-01"},
        Row{Cap::Scope::customer_year, {2026, 4, 1}, "p|customer/year|customer anna|2026-04-01"},
        Row{Cap::Scope::promise_day, {2026, 3, 31}, "p|promise/day|-|2026-03-31"},
        Row{Cap::Scope::promise_month, {2026, 3, 31}, "p|promise/month|-|2026-03"}}) {
    Cap one = times(row.scope, 1);
    one.from_month = 4;
    const Promise made = ten({one});
    Bill bill = breach(made, "A1");
    bill.breached_on = row.date;
    bill.key.revision = 7;
    EXPECT_EQ(charge(rules::ledger::Ledger{}, bill).draws.at(0).cap, row.key);
  }
}

TEST(Charge, StopsBeforeTheCapsWhenNothingIsToBePaid) {  // R28, R29, R45, R47, R54
  const Promise made = ten({cap(Cap::Scope::customer_day, money("EUR 15.00"))});
  Till till;
  Bill bill = breach(made, "A1");
  bill.cycle.end = End::expired_review;
  EXPECT_EQ(till.line(bill), "EUR 10.00 held review");
  bill.cycle.end = End::forfeit;
  EXPECT_EQ(till.line(bill), "- forfeited forfeited");
  bill.cycle.end = End::stop;
  bill.behind = "group g: q/1 goes before";
  EXPECT_EQ(till.line(bill), "- recorded group g: q/1 goes before");
  EXPECT_TRUE(till.ledger().caps().empty());
  Promise at_breach = made;
  at_breach.compensation->is_settled_at_breach = true;
  bill = breach(at_breach, "A2");
  bill.cycle.end = End::forfeit;
  EXPECT_EQ(till.line(bill), "EUR 10.00 owed") << "settled at the breach: what follows is late";
}

TEST(Charge, WhatACapLeavesIsPaidEvenBelowMinPayable) {  // R45
  Promise made = ten({cap(Cap::Scope::promise_day, money("EUR 12.00"))});
  made.compensation->min_payable = money("EUR 4.00");
  Till till;
  EXPECT_EQ(till.line(breach(made, "A1")), "EUR 10.00 owed");
  EXPECT_EQ(till.line(breach(made, "A2")), "EUR 2.00 owed cap promise/day");
}

TEST(Charge, AboveTheApprovalLimitItWaitsAndUsesTheCap) {  // R48
  Promise made = ten({cap(Cap::Scope::promise_day, money("EUR 17.00"))});
  made.compensation->approval_over = money("EUR 7.00");
  Till till;
  EXPECT_EQ(till.line(breach(made, "A1")), "EUR 10.00 owed approval");
  EXPECT_EQ(till.line(breach(made, "A2")), "EUR 7.00 owed cap promise/day")
      << "7.00 is not above 7.00";
  EXPECT_TRUE(rules::ledger::awaits_approval(PaidState::owed, "approval, cap promise/day"));
  EXPECT_FALSE(rules::ledger::awaits_approval(PaidState::owed, "cap promise/day"));
}

/// What a day of breaches pays under a cap of `max` cents per customer and day.
int64_t paid_under(int64_t max, Cap::Then then, unsigned seed) {
  std::mt19937_64 random(seed);
  Promise made = ten({cap(Cap::Scope::customer_day, Money{*find_currency("EUR"), max}, then)});
  Till till;
  std::map<std::string, int64_t> paid;
  int64_t total = 0;
  for (int i = 0; i < 12; ++i) {
    made.compensation->tiers[0].pay =
        Money{*find_currency("EUR"), static_cast<int64_t>(1 + random() % 900)};
    const std::string customer = random() % 2 == 0 ? "anna" : "bo";
    const Owed owed = till.take(breach(made, "A" + std::to_string(i), customer));
    if (owed.state != PaidState::owed) continue;
    EXPECT_GT(owed.amount->minor, 0);
    EXPECT_LE(owed.amount->minor, owed.computed.minor);
    total += owed.amount->minor;
    EXPECT_LE(paid[customer] += owed.amount->minor, max) << "seed " << seed;
  }
  int64_t used = 0;
  for (const auto& [key, counter] : till.ledger().caps()) used += counter.used_minor;
  EXPECT_EQ(used, total) << "what a cap counts is what is owed, seed " << seed;
  return total;
}

TEST(Cap, ALargerOneNeverPaysLess) {
  const unsigned seed = std::random_device{}();
  for (unsigned round = 0; round < 100; ++round) {
    int64_t before = 0;
    for (const int64_t max : {100, 350, 900, 1'500, 4'000, 20'000}) {
      const int64_t paid = paid_under(max, Cap::Then::record, seed + round);
      ASSERT_GE(paid, before) << "seed " << seed + round << " max " << max;
      before = paid;
      paid_under(max, Cap::Then::hold, seed + round);
    }
  }
}

}  // namespace
}  // namespace lupaus::tests
