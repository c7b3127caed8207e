// Verdict lines read back from a running loop: open, provisional and final ones, with their money,
// in order.
#include "server/report/verdicts.h"

#include <gtest/gtest.h>

#include "tests/server/runtime/small_branch.h"

namespace lupaus::server::report {
namespace {

using rules::model::Duration;
using rules::model::Verdict;
using rules::model::VerdictLine;
using std::chrono::minutes;
using tests::server_runtime::kNine;
using tests::server_runtime::Running;
using tests::server_runtime::Sender;
using tests::support::MemoryStorage;

class Verdicts : public ::testing::Test {
 protected:
  void SetUp() override { running_.open({&counter_}); }

  std::vector<VerdictLine> all(const LineFilter& filter = {}) {
    auto lines = collect_verdicts(running_.loop, storage_, filter);
    EXPECT_TRUE(lines.ok());
    return *lines;
  }
  std::vector<VerdictLine> breaches(const LineFilter& filter = {}) {
    auto lines = collect_breaches(storage_, filter);
    EXPECT_TRUE(lines.ok());
    return *lines;
  }

  MemoryStorage storage_;
  Sender counter_{"counter"};
  Running running_{storage_};
};

TEST_F(Verdicts, AnOpenClockIsALineThatGrows) {
  running_.send(counter_, {{"t1", "issued", kNine}});
  running_.move_to(kNine + minutes(4));
  const auto lines = all();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].verdict, Verdict::open);
  EXPECT_FALSE(lines[0].is_final);
  EXPECT_EQ(lines[0].counted, minutes(4));
  EXPECT_TRUE(breaches().empty());
}

TEST_F(Verdicts, AProvisionalBreachIsShownAndNotYetListedAsABreach) {
  running_.send(counter_, {{"t1", "issued", kNine}});
  running_.move_to(kNine + minutes(16));
  const auto lines = all();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].verdict, Verdict::breached);
  EXPECT_FALSE(lines[0].is_final);
  EXPECT_TRUE(breaches().empty());
}

TEST_F(Verdicts, AFinalBreachThatStillRunsGoesOnCounting) {
  running_.send(counter_, {{"t1", "issued", kNine}});
  running_.move_to(kNine + minutes(16));
  running_.hear(counter_, kNine + minutes(16));
  running_.move_to(kNine + minutes(20));
  const auto lines = all();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].is_final);
  EXPECT_EQ(lines[0].counted, minutes(20));
  EXPECT_EQ(lines[0].owed, std::nullopt);
  EXPECT_EQ(breaches().size(), 1u);
}

TEST_F(Verdicts, FinalLinesCarryTheirMoneyAndStandInOrder) {
  running_.send(counter_,
                {{"t2", "issued", kNine}, {"t1", "issued", kNine}, {"t3", "issued", kNine}});
  running_.move_to(kNine + minutes(10));
  running_.send(counter_, {{"t1", "service_started", kNine + minutes(10)}});
  running_.move_to(kNine + minutes(17));
  running_.send(counter_, {{"t2", "service_started", kNine + minutes(17)}});
  running_.move_to(kNine + minutes(18));
  running_.hear(counter_, kNine + minutes(18));
  running_.loop.drain();
  const auto lines = all();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].key.ticket, "t1");
  EXPECT_EQ(lines[0].verdict, Verdict::kept);
  EXPECT_TRUE(lines[0].is_final);
  EXPECT_EQ(lines[1].key.ticket, "t2");
  EXPECT_EQ(
      rules::model::to_json(lines[1]),
      R"({"branch":"helsinki-1","ticket":"t2","promise":"served-in-15","revision":"1","cycle":1,)"
      R"("verdict":"breached","final":true,"started_at":"2026-01-05T07:00:00.000Z",)"
      R"("due_at":"2026-01-05T07:15:00.000Z","stopped_at":"2026-01-05T07:17:00.000Z","counted":"1020s",)"
      R"("late_by":"120s","breached_at":"2026-01-05T07:15:00.000Z","owed":{"currency":"EUR","amount":"10.00"},)"
      R"("paid_state":"owed","reason":""})");
  EXPECT_EQ(lines[2].key.ticket, "t3");
  const auto broken = breaches();
  ASSERT_EQ(broken.size(), 2u);
  EXPECT_EQ(rules::model::to_json(broken[0]), rules::model::to_json(lines[1]));
}

TEST_F(Verdicts, AboveTheirLimitNothingIsCollected) {
  running_.send(counter_, {{"t1", "issued", kNine}, {"t2", "issued", kNine}});
  running_.move_to(kNine + minutes(20));
  running_.send(counter_, {{"t1", "service_started", kNine + minutes(20)},
                           {"t2", "service_started", kNine + minutes(20)}});
  running_.move_to(kNine + minutes(21));
  running_.hear(counter_, kNine + minutes(21));
  LineFilter filter;
  filter.lines_max = 2;
  EXPECT_EQ(all(filter).size(), 2u);
  EXPECT_EQ(breaches(filter).size(), 2u);
  filter.lines_max = 1;
  const auto lines = collect_verdicts(running_.loop, storage_, filter);
  ASSERT_FALSE(lines.ok());
  EXPECT_EQ(lines.error().code, "too_much_history");
  EXPECT_FALSE(collect_breaches(storage_, filter).ok());
}

TEST_F(Verdicts, AreFilteredByBranchPromiseAndStart) {
  // WHY: what is told too far ahead of the server's clock is not applied.
  running_.move_to(kNine + minutes(5));
  running_.send(counter_, {{"t1", "issued", kNine}, {"t2", "issued", kNine + minutes(5)}});
  running_.loop.drain();
  running_.move_to(kNine + minutes(30));
  running_.hear(counter_, kNine + minutes(30));
  running_.loop.drain();
  EXPECT_EQ(all({"turku-1", "", {}, {}}).size(), 0u);
  EXPECT_EQ(all({"helsinki-1", "served-in-15", {}, {}}).size(), 2u);
  EXPECT_EQ(all({"", "another", {}, {}}).size(), 0u);
  EXPECT_EQ(all({"", "", kNine, kNine + minutes(5)}).size(), 1u);
  EXPECT_EQ(breaches({"helsinki", "", {}, {}}).size(), 0u);
  EXPECT_EQ(breaches({"helsinki-1", "", kNine + minutes(5), {}}).size(), 1u);
}

TEST_F(Verdicts, MoneyForALatePayoutIsNotThatOfTheBreach) {
  running_.send(counter_, {{"t1", "issued", kNine}});
  running_.move_to(kNine + minutes(20));
  running_.send(counter_, {{"t1", "service_started", kNine + minutes(20)}});
  running_.move_to(kNine + minutes(21));
  running_.hear(counter_, kNine + minutes(21));
  running_.loop.drain();
  ASSERT_EQ(all().size(), 1u);
  const auto owed = all()[0].owed;
  ASSERT_TRUE(owed.has_value());
  rules::ledger::Compensation late;
  late.number = 2;
  late.key = all()[0].key;
  late.late_of = 1;
  late.computed = {owed->currency, 77};
  late.amount = late.computed;
  late.state = rules::model::PaidState::paid;
  const runtime::Row row = storage_.codec().row(late);
  ASSERT_TRUE(storage_.put_derived({&row, 1}).ok());
  EXPECT_EQ(all()[0].owed, owed);
  EXPECT_EQ(all()[0].paid_state, rules::model::PaidState::owed);
}

}  // namespace
}  // namespace lupaus::server::report
