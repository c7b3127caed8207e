// The rollups follow the journal: whatever the restarts, gaps and lost rows, they are what a fold
// of all facts gives.
#include "server/report/rollups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <random>

#include "tests/server/report/rollup_facts.h"

namespace lupaus::server::report {
namespace {

using namespace rules::model;  // NOLINT: a test that speaks of most of the model

class RollupsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Rollups> start(MemoryStorage& storage, RollupSettings settings = {}) {
    auto rollups = std::make_unique<Rollups>(settings, *clock_, storage);
    const auto started = rollups->start();
    EXPECT_TRUE(started.ok()) << (started.ok() ? "" : format_error(started.error()));
    return rollups;
  }
  static CommitmentKey key(std::string ticket, std::string branch = "helsinki-1") {
    return {std::move(branch), std::move(ticket), "served-in-15", 1, 1};
  }

  std::unique_ptr<runtime::VirtualClock> clock_ = runtime::make_virtual_clock(from_unix_ms(0));
  MemoryStorage storage_;
  Journal journal_{storage_};
};

TEST_F(RollupsTest, CountsAFinalCommitmentInTheLocalHourOfItsStart) {
  journal_.confirm(key("t1"), Verdict::kept, utc("2026-01-05T22:30:00.000Z"));
  journal_.confirm(key("t2", "lisbon-1"), Verdict::kept, utc("2026-01-05T22:30:00.000Z"));
  journal_.confirm(key("t3"), Verdict::breached,
                   utc("2026-10-25T00:30:00.000Z"));  // 03:30 for the first time
  journal_.confirm(key("t4"), Verdict::breached,
                   utc("2026-10-25T01:30:00.000Z"));  // … and for the second
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  constexpr Dimension kBy[] = {Dimension::branch, Dimension::day, Dimension::hour};
  const auto lines = rollups->summarize(kBy, {});
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].group, (std::vector<std::string>{"helsinki-1", "2026-01-06", "00"}));
  EXPECT_EQ(lines[1].group, (std::vector<std::string>{"helsinki-1", "2026-10-25", "03"}));
  EXPECT_EQ(lines[1].totals.breached, 2u);
  EXPECT_EQ(lines[2].group, (std::vector<std::string>{"lisbon-1", "2026-01-05", "22"}));
}

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

TEST_F(RollupsTest, FiltersByBranchPromiseAndInclusiveDays) {
  for (int day = 1; day <= 9; ++day) {
    journal_.confirm(key("t" + std::to_string(day)), Verdict::kept,
                     utc("2026-01-0" + std::to_string(day) + "T10:00:00.000Z"));
  }
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  const auto count = [&](const RollupFilter& filter) {
    return rollups->summarize({}, filter)[0].totals.commitments;
  };
  EXPECT_EQ(count({"helsinki-1", "served-in-15", "cash", {}, {}}), 9u);
  EXPECT_EQ(count({"turku-1", "", "", {}, {}}), 0u);
  EXPECT_EQ(count({"", "another", "", {}, {}}), 0u);
  EXPECT_EQ(count({"", "", "", LocalDate{2026, 1, 3}, LocalDate{2026, 1, 5}}), 3u);
}

TEST_F(RollupsTest, ABatchThatWasLetGoIsReadFromTheJournal) {
  RollupSettings settings;
  settings.queued_batches_max = 1;
  const auto rollups = start(storage_, settings);
  for (int i = 0; i < 500; ++i) {
    journal_.confirm(key("t" + std::to_string(i)), Verdict::kept, utc("2026-01-05T07:30:00.000Z"));
    journal_.write(rollups.get());
  }
  ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
  EXPECT_EQ(rollups->summarize({}, {})[0].totals.kept, 500u);
}

TEST_F(RollupsTest, AFailureIsSaidAndEndsTheWait) {
  auto meta = runtime::Row{runtime::Table::rollups, "m", std::string(8, '\x7f')};
  ASSERT_TRUE(storage_.put_derived({&meta, 1}).ok());
  const auto rollups = start(storage_);  // rows of another version: made again, not a failure
  EXPECT_EQ(rollups->failure(), "");
  rollups->stop();
  const auto waited = rollups->wait_for(1'000);
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code, "stopping");
}

/// A disk that takes the journal and, from some moment on, no derived rows.
class FullStorage : public MemoryStorage {
 public:
  Result<void> put_derived(std::span<const runtime::Row> rows) override {
    if (!is_full) return MemoryStorage::put_derived(rows);
    return Error{"disk_full", "no room", "", {}};
  }
  std::atomic<bool> is_full = false;
};

TEST_F(RollupsTest, FiguresThatEndedAreNotTakenForNewOnes) {
  FullStorage storage;
  Journal journal(storage);
  journal.write(nullptr);
  RollupSettings settings;
  settings.flush_facts_max = 1;
  const auto rollups = start(storage, settings);
  storage.is_full = true;
  journal.confirm(key("t1"), Verdict::kept, utc("2026-01-05T07:30:00.000Z"));
  journal.write(rollups.get());
  journal.confirm(key("t2"), Verdict::kept, utc("2026-01-05T07:30:00.000Z"));
  journal.write(rollups.get());
  const auto waited = rollups->wait_for(storage.last_position());
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code, "storage");
  EXPECT_NE(waited.error().message.find("no room"), std::string::npos);
}

/// One grouping of each level.
const std::vector<std::vector<Dimension>> kGroupings = {
    {Dimension::branch, Dimension::promise, Dimension::service, Dimension::segment,
     Dimension::source, Dimension::day, Dimension::hour},
    {Dimension::day, Dimension::hour, Dimension::branch},
    {Dimension::service, Dimension::segment, Dimension::day},
    {Dimension::month, Dimension::weekday, Dimension::hour, Dimension::promise},
    {Dimension::source},
    {}};

TEST_F(RollupsTest, LiveAcrossRestartsEqualsRebuilt) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    auto storage = std::make_unique<MemoryStorage>();
    Journal journal(*storage);
    journal.write(nullptr);
    RandomDay day(seed, journal);
    std::mt19937_64 random(seed);
    RollupSettings settings;
    settings.flush_facts_max = 1 + random() % 20;
    settings.kept_max = random() % 2 ? 0 : 1'000;  // every write empties memory, or none does
    auto rollups = start(*storage, settings);
    for (int batch = 0; batch < 120; ++batch) {
      day.add_batch();
      journal.write(random() % 10 ? rollups.get() : nullptr);  // one in ten never reaches it
      if (random() % 15 != 0) continue;
      rollups.reset();
      storage = storage->reopen();  // a crash: rows since the last append are gone
      journal.move_to(*storage);
      rollups = start(*storage, settings);
    }
    rollups.reset();
    rollups = start(*storage, settings);
    MemoryStorage bare;
    Facts facts = storage->facts().facts;
    ASSERT_TRUE(bare.append({facts, {}, 1}).ok());
    const auto rebuilt = start(bare);
    for (const auto& by : kGroupings)
      EXPECT_TRUE(rollups->summarize(by, {}) == rebuilt->summarize(by, {}));
    EXPECT_EQ(rollups->position(), storage->last_position());
    EXPECT_GT(rebuilt->summarize(kGroupings.front(), {}).size(), 4u);
  }
}

TEST_F(RollupsTest, AnyGroupingAddsUpToTheTotal) {
  RandomDay day(5, journal_);
  for (int batch = 0; batch < 300; ++batch) day.add_batch();
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  RollupFilter filters[4];
  filters[1].from = LocalDate{2026, 1, 9}, filters[1].until = LocalDate{2026, 2, 2};
  filters[2].from = LocalDate{2026, 1, 1}, filters[2].until = LocalDate{2026, 1, 31};
  filters[3].service = "cash";
  for (const RollupFilter& filter : filters) {
    const RollupTotals total = rollups->summarize({}, filter)[0].totals;
    EXPECT_GT(total.commitments, 100u);
    EXPECT_EQ(total.commitments, total.kept + total.breached + total.other());
    EXPECT_FALSE(total.money.empty());
    EXPECT_FALSE(total.feedback.empty());
    for (const auto& by : kGroupings) {
      RollupTotals sum;
      for (const auto& line : rollups->summarize(by, filter)) sum.add(line.totals);
      EXPECT_TRUE(sum == total) << by.size();
    }
  }
}

TEST_F(RollupsTest, ABreachThatRanOnIsCountedWhereItEnded) {
  Confirmed running;
  running.key = key("t1");
  running.cycle.verdict = Verdict::breached;
  running.cycle.started_at = utc("2026-01-05T07:30:00.000Z");
  running.cycle.counted = std::chrono::minutes(15);
  running.source = "kiosk";
  journal_.add(running);
  journal_.owe(key("t1"), Money{kEuro, 1000});
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  constexpr Dimension kBy[] = {Dimension::source};
  EXPECT_EQ(rollups->summarize(kBy, {})[0].group.front(), "kiosk");
  EXPECT_TRUE(rollups->summarize({}, {})[0].totals.breached_waits.is_empty());
  running.cycle.counted = std::chrono::minutes(40);
  journal_.add(Ended{running.key, running.cycle, "counter"});
  journal_.write(rollups.get());
  ASSERT_TRUE(rollups->wait_for(storage_.last_position()).ok());
  const auto lines = rollups->summarize(kBy, {});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].group.front(), "counter");
  EXPECT_EQ(lines[0].totals.breached_waits.total_ms(), 2'400'000);
  EXPECT_EQ(lines[0].totals.money, (std::vector<MoneySums>{{kEuro, 1000, 0, 0}}));
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

TEST_F(RollupsTest, SaysWhyVerdictsWereExcusedOrLeftToAPerson) {
  Confirmed fact;
  fact.cycle.started_at = utc("2026-01-05T07:30:00.000Z");
  fact.is_end_final = true;
  fact.cycle.verdict = Verdict::indeterminate;
  for (const Doubt doubt : {Doubt::clock, Doubt::silence, Doubt::silence}) {
    fact.key = key("t" + std::to_string(storage_.last_position()) +
                   std::string(format_doubt(doubt)) + std::to_string(journal_.last_number()));
    fact.cycle.doubt = doubt;
    journal_.add(fact);
    journal_.owe(key("no such"), std::nullopt);
  }
  journal_.confirm(key("e"), Verdict::breached, fact.cycle.started_at);
  journal_.add(Excused{key("e"), "manual", "power cut", true, {}, {}});
  journal_.write(nullptr);
  const auto total = start(storage_)->summarize({}, {})[0].totals;
  EXPECT_EQ(total.reasons, (std::vector<ReasonCount>{{Verdict::excused, "manual", 1},
                                                     {Verdict::indeterminate, "clock", 1},
                                                     {Verdict::indeterminate, "silence", 2}}));
  EXPECT_EQ(total.breached, 0u);
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

TEST(RollupDimension, IsReadFromItsName) {
  EXPECT_EQ(find_dimension("hour"), Dimension::hour);
  EXPECT_EQ(find_dimension("minute"), std::nullopt);
}

}  // namespace
}  // namespace lupaus::server::report
