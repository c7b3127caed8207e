// The rollups follow the journal: whatever the restarts, gaps and lost rows, they are what a fold
// of all facts gives.
#include "server/report/rollups.h"

#include <gtest/gtest.h>

#include <random>

#include "rules/calendar/zone.h"
#include "tests/support/memory_storage.h"

namespace lupaus::server::report {
namespace {

using namespace rules::model;  // NOLINT: a test that speaks of most of the model
using tests::support::MemoryStorage;

constexpr Dimension kAll[] = {Dimension::branch,  Dimension::promise, Dimension::service,
                              Dimension::segment, Dimension::source,  Dimension::day,
                              Dimension::hour};
constexpr Currency kEuro{{'E', 'U', 'R'}};
constexpr Currency kKrona{{'S', 'E', 'K'}};

BookPtr book() {
  auto book = std::make_shared<Book>();
  book->hash = "b";
  book->branches = {{"helsinki-1", "Europe/Helsinki", "", {}, {}, {}},
                    {"lisbon-1", "Europe/Lisbon", "", {}, {}, {}}};
  book->zones = {*rules::calendar::find_built_in_zone("Europe/Helsinki"),
                 *rules::calendar::find_built_in_zone("Europe/Lisbon")};
  return book;
}

Instant utc(std::string_view text) { return parse_instant(text).value(); }

/// Makes facts, and writes them as the loop does: durable first, then to the follower.
class Journal {
 public:
  explicit Journal(MemoryStorage& storage) : storage_(&storage) {
    add(Published{book(), kBeginningOfTime, {}, {}});
  }

  void add(FactBody body) {
    facts_.push_back(
        {storage_->last_position() + facts_.size() + 1, from_unix_ms(1), nullptr, std::move(body)});
  }
  void confirm(const CommitmentKey& key, Verdict verdict, Instant started_at,
               std::string service = "cash") {
    Confirmed confirmed;
    confirmed.key = key;
    confirmed.cycle.verdict = verdict;
    confirmed.cycle.started_at = started_at;
    confirmed.service = std::move(service);
    add(std::move(confirmed));
  }
  void owe(const CommitmentKey& key, std::optional<Money> amount) {
    Owed owed;
    owed.number = ++number_;
    owed.key = key;
    owed.amount = amount;
    owed.computed = amount.value_or(Money{kEuro, 0});
    add(std::move(owed));
  }
  void write(Rollups* rollups) {
    auto committed = std::make_shared<runtime::Committed>();
    committed->facts = std::move(facts_);
    facts_.clear();
    ASSERT_TRUE(storage_->append({committed->facts, {}, 1}).ok());
    if (rollups != nullptr) rollups->follow(committed);
  }
  void move_to(MemoryStorage& storage) { storage_ = &storage; }

 private:
  MemoryStorage* storage_;
  Facts facts_;
  uint64_t number_ = 0;
};

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
  rollups->wait_for(storage_.last_position());
  EXPECT_EQ(rollups->summarize({}, {})[0].totals.kept, 500u);
}

TEST_F(RollupsTest, AFailureIsSaidAndEndsTheWait) {
  auto meta = runtime::Row{runtime::Table::rollups, "m", std::string(8, '\x7f')};
  ASSERT_TRUE(storage_.put_derived({&meta, 1}).ok());
  const auto rollups = start(storage_);  // rows of another version: made again, not a failure
  EXPECT_EQ(rollups->failure(), "");
  rollups->stop();
  rollups->wait_for(1'000);
}

/// Facts at random: verdicts, money in the same batch or later, tickets that are archived before it
/// comes.
class RandomDay {
 public:
  RandomDay(uint64_t seed, Journal& journal) : random_(seed), journal_(journal) {}

  void add_batch() {
    for (uint64_t i = random_() % 6 + 1; i > 0; --i) add_fact();
  }

 private:
  void add_fact() {
    constexpr Verdict kVerdicts[] = {Verdict::kept,     Verdict::kept,   Verdict::breached,
                                     Verdict::breached, Verdict::voided, Verdict::indeterminate};
    const uint64_t choice = random_() % 10;
    if (choice < 6) {
      CommitmentKey key{random_() % 2 ? "helsinki-1" : "lisbon-1", "t" + std::to_string(++tickets_),
                        random_() % 2 ? "p1" : "p2", 1, 1};
      const Verdict verdict = kVerdicts[random_() % 6];
      journal_.confirm(
          key, verdict,
          from_unix_ms(1767596400000 + static_cast<int64_t>(random_() % 4) * 1'800'000),
          random_() % 3 ? "cash" : std::string("lo\0an", 5));
      if (verdict == Verdict::breached) waiting_.push_back(key);
    } else if (choice < 9 && !waiting_.empty()) {
      const size_t at = random_() % waiting_.size();
      const auto amount =
          random_() % 4 ? std::optional(Money{random_() % 2 ? kEuro : kKrona, 500}) : std::nullopt;
      journal_.owe(waiting_[at], amount);
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (!waiting_.empty()) {
      journal_.add(Archived{waiting_.back().branch, waiting_.back().ticket});
      waiting_.pop_back();
    }
  }

  std::mt19937_64 random_;
  Journal& journal_;
  std::vector<CommitmentKey> waiting_;
  int tickets_ = 0;
};

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
    const auto live = rollups->summarize(kAll, {});
    MemoryStorage bare;
    Facts facts = storage->facts().facts;
    ASSERT_TRUE(bare.append({facts, {}, 1}).ok());
    const auto rebuilt = start(bare);
    EXPECT_EQ(live, rebuilt->summarize(kAll, {}));
    EXPECT_EQ(rollups->position(), storage->last_position());
    EXPECT_GT(live.size(), 4u);
  }
}

TEST(RollupDimension, IsReadFromItsName) {
  EXPECT_EQ(find_dimension("hour"), Dimension::hour);
  EXPECT_EQ(find_dimension("minute"), std::nullopt);
}

}  // namespace
}  // namespace lupaus::server::report
