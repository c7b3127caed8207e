// The rollups follow the journal: whatever the restarts, gaps and lost rows, they are what a fold
// of all facts gives.
#include "server/report/rollups.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <random>

#include "rules/engine/state.h"
#include "server/report/rollup_cells.h"
#include "tests/server/report/rollup_facts.h"

namespace lupaus::server::report {
namespace {

using namespace rules::model;  // NOLINT: a test that speaks of most of the model

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

TEST_F(RollupsTest, AnyGroupingIsThatOfItsDaysPutTogether) {
  RandomDay day(6, journal_);
  for (int batch = 0; batch < 300; ++batch) day.add_batch();
  journal_.write(nullptr);
  const auto rollups = start(storage_);
  constexpr std::array kMayBeAsked = {Dimension::month,   Dimension::weekday, Dimension::hour,
                                      Dimension::promise, Dimension::service, Dimension::segment,
                                      Dimension::source};
  RollupFilter filters[4];
  filters[1].from = LocalDate{2026, 1, 1}, filters[1].until = LocalDate{2026, 1, 31};
  filters[2].from = LocalDate{2026, 1, 9};
  filters[3].service = "cash";
  for (const RollupFilter& filter : filters) {
    for (unsigned chosen = 0; chosen < 1U << kMayBeAsked.size(); ++chosen) {
      std::vector<Dimension> by;
      for (size_t i = 0; i < kMayBeAsked.size(); ++i) {
        if (chosen >> i & 1U) by.push_back(kMayBeAsked[i]);
      }
      std::vector<Dimension> by_day = by;
      by_day.push_back(Dimension::day);
      std::map<std::vector<std::string>, RollupTotals> together;
      for (auto& line : rollups->summarize(by_day, filter)) {
        line.group.pop_back();
        together[line.group].add(line.totals);
      }
      const auto lines = rollups->summarize(by, filter);
      ASSERT_EQ(lines.size(), together.size()) << chosen;
      for (const auto& line : lines)
        EXPECT_TRUE(line.totals == together[line.group]) << testing::PrintToString(line.group);
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

TEST_F(RollupsTest, EachVerdictHasItsOwnFigureAndOnlyTwoHaveWaits) {
  constexpr std::pair<Verdict, int> kTimes[] = {{Verdict::kept, 1},
                                                {Verdict::breached, 2},
                                                {Verdict::voided, 3},
                                                {Verdict::excused, 4},
                                                {Verdict::indeterminate, 5}};
  for (const auto& [verdict, times] : kTimes) {
    for (int i = 0; i < times; ++i) {
      Confirmed fact;
      fact.key = key(std::string(format_verdict(verdict)) + std::to_string(i));
      fact.cycle.verdict = verdict;
      fact.cycle.started_at = utc("2026-01-05T07:30:00.000Z");
      fact.cycle.counted = std::chrono::minutes(times);
      fact.is_end_final = true;
      journal_.add(std::move(fact));
    }
  }
  journal_.write(nullptr);
  const RollupTotals total = start(storage_)->summarize({}, {})[0].totals;
  EXPECT_EQ(total.commitments, 15u);
  EXPECT_EQ(total.kept, 1u);
  EXPECT_EQ(total.breached, 2u);
  EXPECT_EQ(total.voided, 3u);
  EXPECT_EQ(total.excused, 4u);
  EXPECT_EQ(total.indeterminate, 5u);
  EXPECT_EQ(total.kept_waits.count(), 1);
  EXPECT_EQ(total.kept_waits.total_ms(), 60'000);
  EXPECT_EQ(total.breached_waits.count(), 2);
  EXPECT_EQ(total.breached_waits.total_ms(), 240'000);
}

TEST_F(RollupsTest, ABreachThatAPersonFoundHasItsWaitOnce) {
  Confirmed running;
  running.key = key("t1");
  running.cycle.verdict = Verdict::indeterminate;
  running.cycle.started_at = utc("2026-01-05T07:30:00.000Z");
  running.cycle.counted = std::chrono::minutes(20);
  journal_.add(running);
  journal_.add(ReviewDecided{running.key, Verdict::breached, "seen", ""});
  running.cycle.verdict = Verdict::breached;
  running.cycle.counted = std::chrono::minutes(40);
  journal_.add(Ended{running.key, running.cycle, "counter"});
  journal_.write(nullptr);
  const RollupTotals total = start(storage_)->summarize({}, {})[0].totals;
  EXPECT_EQ(total.breached, 1u);
  EXPECT_EQ(total.breached_waits.count(), 1);
}

class Always : public Condition {
 public:
  Value evaluate(const Scope&) const override { return Value::yes; }
  std::string_view text() const override { return "true"; }
};

/// The only promise has that digest, and three excuses that bear its number.
BookPtr book_of(int number) {
  auto made = std::make_shared<Book>(*book());
  made->hash = "b" + std::to_string(number);
  Promise promise;
  promise.name = "served-in-15";
  promise.applies = std::make_shared<Always>();
  promise.measure = "elapsed";
  promise.digest = "d" + std::to_string(number);
  for (const char* id : {"storm-", "strike-", "alarm-"})
    promise.excuses.push_back({id + std::to_string(number), nullptr, {}, 0, {}, {}});
  made->promises.push_back(std::move(promise));
  return made;
}

// Verdicts name the promise by revision and its excuse by number; both are the engine's.
TEST(RollupExcuses, AreThoseOfTheRevisionsThatTheEngineCounts) {
  size_t most = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    rules::engine::State engine;
    RollupCells cells;
    Position position = 0;
    const auto add = [&](FactBody body) {
      cells.evolve({++position, from_unix_ms(1), nullptr, std::move(body)});
    };
    for (int i = 0; i < 8; ++i) {
      Published published{book_of(static_cast<int>(random() % 2)), from_unix_ms(1'000), {}, {}};
      published.valid_from += std::chrono::seconds(random() % 4 == 0 ? random() % 10 : 10 + i);
      if (random() % 4 == 0) {
        published.book = book();
        published.retired = {"served-in-15"};
      }
      engine.evolve({position + 1, from_unix_ms(1), nullptr, published});
      add(published);
    }
    std::map<std::string, int64_t> wanted, found;
    for (const auto& line : engine.lines()) {
      most = std::max(most, line.revisions.size());
      for (const auto& revision : line.revisions) {
        for (size_t i = 0; i < revision.promise->excuses.size(); ++i) {
          Confirmed fact;
          fact.key = {"helsinki-1", "t", line.name, revision.number, static_cast<uint32_t>(i)};
          fact.cycle.verdict = Verdict::excused;
          fact.cycle.excuse = static_cast<int16_t>(i);
          fact.is_end_final = true;
          add(fact);
          ++wanted[revision.promise->excuses[i].id];
        }
      }
    }
    const auto lines = cells.summarize({}, {});
    for (const ReasonCount& one : lines[0].totals.reasons) found[one.reason] = one.count;
    EXPECT_EQ(found, wanted);
  }
  EXPECT_GT(most, 4u);
}

TEST(RollupDimension, IsReadFromItsName) {
  EXPECT_EQ(find_dimension("hour"), Dimension::hour);
  EXPECT_EQ(find_dimension("minute"), std::nullopt);
}

}  // namespace
}  // namespace lupaus::server::report
