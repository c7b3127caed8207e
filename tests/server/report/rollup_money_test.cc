// Money and customers' answers in the rollups: whatever becomes of a debt, and in whatever order
// facts come.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "server/report/row_bytes.h"
#include "tests/server/report/rollup_facts.h"

namespace lupaus::server::report {
namespace {

TEST_F(RollupsTest, MoneyGoesToTheCellOfItsCommitmentByCurrency) {
  const Instant morning = utc("2026-01-05T07:30:00.000Z");
  journal_.confirm(key("t1"), Verdict::breached, morning);
  journal_.confirm(key("t2"), Verdict::breached, morning, "loan");
  journal_.confirm(key("t3"), Verdict::indeterminate, morning);
  journal_.owe(key("t1"), Money{kEuro, 1000});
  journal_.owe(key("t1"), Money{kEuro, 1000});  // never comes twice; would not count twice
  journal_.owe(key("t2"), std::nullopt);
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  const auto total = rollups->summarize({}, {});
  ASSERT_EQ(total.size(), 1u);
  EXPECT_EQ(total[0].totals.commitments, 3u);
  EXPECT_EQ(total[0].totals.breached, 2u);
  EXPECT_EQ(total[0].totals.indeterminate, 1u);
  EXPECT_EQ(total[0].totals.money, (std::vector<MoneySums>{{kEuro, 1000, 0, 0}}));
  RollupFilter filter;
  filter.service = "loan";
  EXPECT_EQ(rollups->summarize({}, filter)[0].totals.breached, 1u);
  EXPECT_TRUE(rollups->summarize({}, filter)[0].totals.money.empty());
}

TEST_F(RollupsTest, FollowsMoneyToTheCustomerAndBack) {
  journal_.confirm(key("t1"), Verdict::breached, utc("2026-01-05T07:30:00.000Z"));
  Owed owed;
  owed.number = 1;
  owed.key = key("t1");
  owed.computed = {kEuro, 3000};
  owed.amount = Money{kEuro, 1000};
  owed.reason = "cap customer/day";
  owed.breached_at = from_unix_ms(-5'000);  // facts are of the first millisecond of 1970
  journal_.add(owed);
  journal_.add(Paid{1, "r"});
  journal_.add(Paid{1, "r"});
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  const auto total = [&] { return rollups->summarize({}, {})[0].totals; };
  EXPECT_EQ(total().money, (std::vector<MoneySums>{{kEuro, 1000, 1000, 2000}}));
  EXPECT_EQ(total().payments.total_ms(), 5'001);
  journal_.add(Reversed{1, "AC04", ""});
  owed.number = 2;
  owed.reverses = 1;
  journal_.add(owed);
  journal_.write(rollups.get());
  ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
  EXPECT_EQ(total().money, (std::vector<MoneySums>{{kEuro, 1000, 0, 2000}}));
  journal_.add(Paid{2, "r"});
  journal_.write(rollups.get());
  ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
  EXPECT_EQ(total().money, (std::vector<MoneySums>{{kEuro, 1000, 1000, 2000}}));
  EXPECT_EQ(total().payments.count(), 1u);
}

TEST_F(RollupsTest, WhatIsDeclinedIsOwedNoMore) {
  journal_.confirm(key("t1"), Verdict::breached, utc("2026-01-05T07:30:00.000Z"));
  journal_.owe(key("t1"), Money{kEuro, 1000});
  journal_.add(Excused{key("t1"), "manual", "power cut", true, {}, {}});
  journal_.add(Declined{1, "excused: manual"});
  journal_.add(Declined{1, "excused: manual"});
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  const auto money = [&] { return rollups->summarize({}, {})[0].totals.money; };
  EXPECT_TRUE(money().empty());
  journal_.add(Claimed{1, std::nullopt});  // of a claim that was told late
  journal_.write(rollups.get());
  ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
  EXPECT_EQ(money(), (std::vector<MoneySums>{{kEuro, 1000, 0, 0}}));
}

/// A debt of EUR 10 for a breach of Monday that is promised by Friday, and what became of it.
struct DebtCase {
  const char* name;
  std::function<void(Journal&, Owed)> live;
  AnswerGroup group;
  std::chrono::hours wait;
};

TEST_F(RollupsTest, ADebtIsPaidInTimeOrNotWhateverItsPapers) {
  const auto day = [](int number) {
    return utc("2026-01-01T12:00:00.000Z") + std::chrono::days(number - 1);
  };
  const Instant broken = day(5);
  const LocalDate friday{2026, 1, 9};
  const auto again = [](Owed owed, uint64_t of) {
    owed.number = 2;
    owed.reverses = of;
    owed.due_on.reset();
    owed.breached_at = utc("2026-02-01T00:00:00.000Z");  // when it was first owed
    return owed;
  };
  const DebtCase cases[] = {{"paid",
                             [&](Journal& j, const Owed&) {
                               j.add(Paid{1, ""}, day(9));
                             },
                             AnswerGroup::paid_within_due, std::chrono::hours(96)},
                            {"paid late, and for being late",
                             [&](Journal& j, Owed owed) {
                               owed.number = 2;
                               owed.late_of = 1;
                               owed.due_on.reset();
                               owed.breached_at = day(10);
                               j.add(owed, day(10));
                               j.add(Paid{1, ""}, day(12));
                               j.add(Paid{2, ""}, day(13));
                             },
                             AnswerGroup::paid_after_due, std::chrono::hours(168)},
                            {"the payment for being late came back",
                             [&](Journal& j, Owed owed) {
                               j.add(Paid{1, ""}, day(12));
                               owed.number = 2;
                               owed.late_of = 1;
                               j.add(owed, day(10));
                               j.add(Paid{2, ""}, day(13));
                               j.add(Reversed{2, "AC04", ""}, day(14));
                             },
                             AnswerGroup::paid_after_due, std::chrono::hours(168)},
                            {"refused, and paid again",
                             [&](Journal& j, Owed owed) {
                               j.add(Failed{1, "AC04"}, day(7));
                               j.add(again(std::move(owed), 1), day(7));
                               j.add(Paid{2, ""}, day(20));
                             },
                             AnswerGroup::paid_after_due, std::chrono::hours(360)},
                            {"a voucher that was redeemed a month later",
                             [&](Journal& j, const Owed&) {
                               j.add(VoucherIssued{1, "v"}, day(6));
                               j.add(VoucherRedeemed{1, "v", "lisbon-1"}, day(40));
                             },
                             AnswerGroup::paid_within_due, std::chrono::hours(24)},
                            {"a voucher that was held, and issued for longer",
                             [&](Journal& j, const Owed&) {
                               j.add(VoucherIssued{1, "v"}, day(6));
                               j.add(VoucherIssued{1, "v"}, day(30));
                               j.add(VoucherRedeemed{1, "v", "lisbon-1"}, day(40));
                             },
                             AnswerGroup::paid_within_due, std::chrono::hours(24)},
                            {"a voucher that was taken back before it was paid otherwise",
                             [&](Journal& j, const Owed&) {
                               j.add(VoucherIssued{1, "v"}, day(6));
                               j.add(VoucherVoided{1, "v", "instrument changed"}, day(7));
                               j.add(Paid{1, ""}, day(10));
                             },
                             AnswerGroup::paid_after_due, std::chrono::hours(120)},
                            {"claimed, and paid after the day that then was promised",
                             [&](Journal& j, const Owed&) {
                               j.add(Claimed{1, LocalDate{2026, 1, 7}}, day(6));
                               j.add(Paid{1, ""}, day(8));
                             },
                             AnswerGroup::paid_after_due, std::chrono::hours(72)}};
  for (const DebtCase& one : cases) {
    SCOPED_TRACE(one.name);
    MemoryStorage storage;
    Journal journal(storage);
    journal.confirm(key("t1"), Verdict::breached, broken);
    journal.answer(key("t1"), "csi", "50");
    Owed owed;
    owed.number = 1;
    owed.key = key("t1");
    owed.amount = owed.computed = {kEuro, 1000};
    owed.breached_at = broken;
    owed.due_on = friday;
    journal.add(owed, broken);
    one.live(journal, owed);
    journal.write(nullptr);
    RollupSettings settings;
    settings.kept_max = 0;
    settings.flush_facts_max = 1;
    const auto totals = start(storage, settings)->summarize({}, {})[0].totals;
    ASSERT_EQ(totals.feedback.size(), 2u);
    EXPECT_EQ(totals.feedback[1].group, one.group);
    EXPECT_EQ(totals.payments.count(), 1u);
    EXPECT_EQ(totals.payments.total_ms(), Duration(one.wait).count());
  }
}

TEST_F(RollupsTest, JoinsAnswersToWhatTheirTicketBecame) {
  const Instant morning = utc("2026-01-05T07:30:00.000Z");
  journal_.answer(key("t1"), "nps", "10");  // before the verdict
  journal_.confirm(key("t1"), Verdict::kept, morning);
  journal_.confirm(key("t2"), Verdict::breached, morning);
  journal_.add(Archived{"helsinki-1", "t2"});
  journal_.answer(key("t2"), "nps", "3");  // long after it
  journal_.answer(key("t2"), "csi", "80");
  journal_.answer(key("t2"), "nps", "11");  // no such score
  journal_.answer(key("t3"), "nps", "9");   // of a ticket that nothing was promised
  journal_.write(nullptr);
  RollupSettings settings;
  settings.kept_max = 0;
  settings.flush_facts_max = 1;
  const auto rollups = start(storage_, settings);
  const auto feedback = [&] { return rollups->summarize({}, {})[0].totals.feedback; };
  ASSERT_EQ(feedback().size(), 3u);
  EXPECT_EQ(feedback()[0].group, AnswerGroup::kept);
  EXPECT_EQ(feedback()[0].score_milli(), 100'000);
  EXPECT_EQ(feedback()[1].score_milli(), -100'000);
  EXPECT_EQ(feedback()[2].score_milli(), 80'000);
  Owed owed;
  owed.number = 1;
  owed.key = key("t2");
  owed.amount = owed.computed = {kEuro, 1000};
  owed.due_on = LocalDate{1969, 12, 31};
  journal_.add(owed);
  journal_.add(Paid{1, "r"});
  journal_.write(rollups.get());
  ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
  ASSERT_EQ(feedback().size(), 5u);
  EXPECT_EQ(feedback()[2].group, AnswerGroup::paid_after_due);
}

TEST_F(RollupsTest, AnAnswerBelongsToAllThatHadBegunWhateverComesFirst) {
  const auto minute = [](int number) {
    return utc("2026-01-05T08:00:00.000Z") + std::chrono::minutes(number);
  };
  CommitmentKey other = key("t1"), cycle = key("t1");
  other.promise = "called-in-5";
  cycle.cycle = 2;
  std::vector<int> order = {0, 1, 2, 3};
  do {
    MemoryStorage storage;
    Journal journal(storage);
    for (const int step : order) {
      if (step == 0) journal.confirm(key("t1"), Verdict::kept, minute(0));
      if (step == 1) journal.confirm(other, Verdict::breached, minute(0));
      if (step == 2) journal.answer(key("t1"), "nps", "10", minute(30));
      if (step == 3) journal.confirm(cycle, Verdict::kept, minute(60));  // begun after the answer
    }
    journal.write(nullptr);
    const auto feedback = start(storage)->summarize({}, {})[0].totals.feedback;
    ASSERT_EQ(feedback.size(), 2u);
    EXPECT_EQ(feedback[0].group, AnswerGroup::kept);
    EXPECT_EQ(feedback[0].count, 1);
    EXPECT_EQ(feedback[1].group, AnswerGroup::breached);
    EXPECT_EQ(feedback[1].count, 1);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(RollupsTest, WhatACapLeftOfSomethingLetGoIsCapped) {
  journal_.confirm(key("t1"), Verdict::breached, utc("2026-01-05T07:30:00.000Z"));
  Owed held;
  held.number = 1;
  held.key = key("t1");
  held.state = PaidState::held;
  held.amount = held.computed = {kEuro, 3000};
  journal_.add(held);
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  const auto money = [&] { return rollups->summarize({}, {})[0].totals.money; };
  EXPECT_EQ(money(), (std::vector<MoneySums>{{kEuro, 3000, 0, 0}}));
  for (const int64_t left : {1000, 500}) {  // let go twice: held again in between
    Released let_go;
    let_go.number = 1;
    let_go.computed = held.computed;
    let_go.amount = Money{kEuro, left};
    let_go.reason = "cap customer/day";
    journal_.add(let_go);
    journal_.write(rollups.get());
    ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
    EXPECT_EQ(money(), (std::vector<MoneySums>{{kEuro, left, 0, 3000 - left}}));
  }
}

TEST_F(RollupsTest, SumsBeyondOneAmountAreExactAndKept) {
  constexpr int64_t kNinePetaEuro = 900'000'000'000'000'000;
  for (int i = 0; i < 15; ++i) {
    const CommitmentKey breached = key("t" + std::to_string(i));
    journal_.confirm(breached, Verdict::breached, utc("2026-01-05T07:30:00.000Z"));
    Owed owed;
    owed.number = static_cast<uint64_t>(i) + 1;
    owed.key = breached;
    owed.amount = owed.computed = {kEuro, kNinePetaEuro};
    journal_.add(owed);
  }
  journal_.write(nullptr);
  const auto owed = [](const Rollups& rollups) {
    return format_amount(kEuro, rollups.summarize({}, {})[0].totals.money.at(0).owed);
  };
  auto rollups = start(storage_);
  EXPECT_EQ(owed(*rollups), "135000000000000000.00");
  rollups.reset();  // its rows are written
  EXPECT_EQ(owed(*start(storage_)), "135000000000000000.00");
}

TEST(RollupRows, OfBeforeAreReadAsTheyWere) {
  for (const int64_t minor :
       {int64_t{0}, int64_t{-1}, int64_t{1'000}, std::numeric_limits<int64_t>::max(),
        std::numeric_limits<int64_t>::min()}) {
    const std::string bytes = RowWriter().change(minor).take();
    EXPECT_EQ(bytes, RowWriter().sum(minor).take());
    EXPECT_EQ(RowReader(bytes).sum(), minor);
  }
  MinorSum large(std::numeric_limits<int64_t>::min());
  large += large;
  EXPECT_EQ(RowReader(RowWriter().sum(large).take()).sum(), large);
}

TEST_F(RollupsTest, AnswersMoveWithTheVerdictAndTheMoney) {
  const Instant morning = utc("2026-01-05T07:30:00.000Z");
  journal_.confirm(key("t1"), Verdict::indeterminate, morning);
  journal_.answer(key("t1"), "csi", "40");
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  const auto groups_after = [&](FactBody body) {
    journal_.add(std::move(body));
    journal_.write(rollups.get());
    EXPECT_TRUE(rollups->wait_for(storage_.last_position()).ok());
    std::vector<AnswerGroup> groups;
    const RollupTotals totals = rollups->summarize({}, {})[0].totals;
    for (const FeedbackSums& sums : totals.feedback)
      groups.insert(groups.end(), static_cast<size_t>(sums.count), sums.group);
    return groups;
  };
  using Groups = std::vector<AnswerGroup>;
  const Groups broken = {AnswerGroup::breached};
  const Groups paid = {AnswerGroup::breached, AnswerGroup::paid_within_due};
  EXPECT_EQ(groups_after(Archived{"helsinki-1", "t0"}), Groups{}) << "nobody knows what it was";
  EXPECT_EQ(groups_after(ReviewDecided{key("t1"), Verdict::breached, "seen", ""}), broken);
  Owed owed;
  owed.number = 1;
  owed.key = key("t1");
  owed.amount = owed.computed = {kEuro, 1000};
  EXPECT_EQ(groups_after(owed), broken);
  EXPECT_EQ(groups_after(Paid{1, "r"}), paid);
  EXPECT_EQ(groups_after(Reversed{1, "AC04", ""}), broken) << "the bank gave it back";
  owed.number = 2;
  owed.reverses = 1;
  EXPECT_EQ(groups_after(owed), broken);
  EXPECT_EQ(groups_after(Paid{2, "r"}), paid);
  EXPECT_EQ(groups_after(Excused{key("t1"), "manual", "power cut", true, {}, {}}), Groups{});
}

TEST_F(RollupsTest, ScoresAreOfTheirScalesAlone) {
  journal_.confirm(key("t1"), Verdict::kept, utc("2026-01-05T07:30:00.000Z"));
  constexpr std::pair<std::string_view, std::pair<int, int>> kScales[] = {
      {"nps", {0, 10}}, {"ces", {1, 7}}, {"csi", {0, 100}}};
  for (const auto& [kind, bounds] : kScales) {
    for (int score = -2; score <= 102; ++score)
      journal_.answer(key("t1"), kind, std::to_string(score));
  }
  for (const char* score : {"", "5.5", "five", "5 ", "+5", "99999999999999999999"})
    journal_.answer(key("t1"), "csi", score);
  journal_.write(nullptr);
  const auto feedback = start(storage_)->summarize({}, {})[0].totals.feedback;
  ASSERT_EQ(feedback.size(), 3u);
  EXPECT_EQ(feedback[0].count, 11);
  EXPECT_EQ(feedback[0].promoters, 2) << "9 and 10";
  EXPECT_EQ(feedback[0].detractors, 7) << "0 to 6";
  EXPECT_EQ(feedback[0].score_milli(), -45'454) << "five of eleven more detract";
  EXPECT_EQ(feedback[1].count, 7);
  EXPECT_EQ(feedback[1].score_milli(), 4'000);
  EXPECT_EQ(feedback[2].count, 101);
  EXPECT_EQ(feedback[2].score_milli(), 50'000);
}

}  // namespace
}  // namespace lupaus::server::report
