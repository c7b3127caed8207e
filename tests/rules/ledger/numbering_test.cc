// After a restore no number and no id is given that the lost server gave out after the backup,
// whatever either of them went through; nor one that another restore of the same backup gave.
#include "rules/ledger/numbering.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/rules/ledger/given.h"
#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::ledger::Ledger;

/// A branch where every ticket breaks the promise and transfers are drawn up now and then.
class Branch {
 public:
  explicit Branch(const std::string& name) : name_(name), world_(make_book({form()})) {}

  /// So many tickets, each of another customer, and a batch after some of them.
  void live(uint64_t seed, int tickets) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < tickets; ++i) {
      passed_ += std::chrono::minutes(20 + random() % 900);
      break_promise(name_ + std::to_string(++tickets_));
      if (random() % 3 == 0) (void)world_.command(CloseBatch{}, now());
    }
  }
  void restore_after(Duration later) {
    passed_ += later;
    ASSERT_TRUE(world_.command(NoteRestore{}, now(), "").ok());
  }
  /// What was given out from the fact at `begin` on: numbers by which vouchers, webhooks and
  /// payments are known, and ids of batches.
  std::set<std::string> given(size_t begin) const {
    std::set<std::string> all;
    for (size_t i = begin; i < world_.facts().size(); ++i) {
      const auto& body = world_.facts()[i].body;
      std::string id;
      if (const auto* owed = std::get_if<Owed>(&body))
        id = rules::ledger::compensation_id(1, owed->number);
      if (const auto* batch = std::get_if<BatchClosed>(&body)) id = batch->id;
      EXPECT_TRUE(id.empty() || all.insert(id).second) << id;
    }
    return all;
  }
  /// The backup's part of the life stays, what comes is of other customers.
  void call_tickets(const std::string& name) { name_ = name; }
  Instant now() const { return World::at(passed_); }
  World& world() { return world_; }

 private:
  static PromiseForm form() {
    PromiseForm form;
    form.instrument = Instrument::transfer;
    return form;
  }
  void break_promise(const std::string& ticket) {
    for (const auto& [type, offset] : {std::pair{"issued", 0min}, {"service_started", 16min}}) {
      OwnedEvent event;
      event.ticket = ticket;
      event.type = type;
      event.at = World::at(passed_ + offset);
      event.attributes.push_back({"customer", "c-" + ticket});
      world_.observe(event, event.at);
    }
    passed_ += 17min;
    world_.hear_all(now(), now());
  }

  std::string name_;
  World world_;
  Duration passed_{};
  int tickets_ = 0;
};

std::vector<std::string> in_both(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return common;
}

/// One backup, and what was given out after it by each server that began from it.
class Restores : public testing::TestWithParam<uint64_t> {
 protected:
  /// The first is the server that took the backup; others are restored `later` than the one before
  /// was lost.
  void go_on(const std::string& name, std::optional<Duration> later = std::nullopt) {
    Branch branch("A");
    branch.live(GetParam(), 1 + static_cast<int>(GetParam() % 5));
    const size_t backup = branch.world().facts().size();
    branch.call_tickets(name);
    if (later) branch.restore_after(lost_at_ - branch.now() + *later);
    branch.live(100 * GetParam() + given_.size(), 8);
    for (const auto& before : given_)
      EXPECT_EQ(in_both(before, branch.given(backup)), std::vector<std::string>()) << name;
    given_.push_back(branch.given(backup));
    lost_at_ = branch.now();
    expect_replayed(branch);
  }

 private:
  static void expect_replayed(Branch& branch) {
    rules::ledger::State replayed;
    for (const auto& fact : branch.world().facts()) replayed.evolve(fact);
    EXPECT_EQ(replayed.hash(), branch.world().state().hash());
    EXPECT_EQ(replayed.ledger.next_number(), branch.world().state().ledger.next_number());
    EXPECT_EQ(rules::ledger::next_batch_id(replayed.ledger, branch.now()),
              rules::ledger::next_batch_id(branch.world().state().ledger, branch.now()));
  }

  std::vector<std::set<std::string>> given_;
  Instant lost_at_{};
};

TEST_P(Restores, OfOneBackupNeverGiveOutTheSame) {
  go_on("lost-");
  go_on("restored-", 1s);
  go_on("again-", 1s);
  go_on("once-more-", 30h);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Restores, testing::Range<uint64_t>(1, 25));

TEST(Restored, IdsStayWithinWhatBanksTake) {
  Ledger ledger;
  const Instant far = *parse_instant("2254-12-31T23:59:59.999Z");
  const auto restored = rules::ledger::go_on_beyond(ledger, far);
  ledger.evolve(Fact{1, far, nullptr, restored});
  EXPECT_LE(restored.next_number, uint64_t{1} << 53) << "a number that every reader of JSON holds";
  EXPECT_EQ(rules::ledger::compensation_id(1, ledger.next_number()), "C-1-8993721599999000");
  EXPECT_EQ(rules::ledger::next_batch_id(ledger, far), "B-22541231-8993721599");
}

TEST(Restored, GoesOnBeyondTheKnownWhereTheClockIsBehind) {
  Ledger ledger;
  ledger.evolve(Fact{1, World::at(0s), nullptr, Restored{5'000, 70}});
  for (const Instant now : {from_unix_ms(-1), from_unix_ms(0), from_unix_ms(5)}) {
    const auto restored = rules::ledger::go_on_beyond(ledger, now);
    EXPECT_EQ(restored.next_number, 1'000'005'000u);
    EXPECT_EQ(restored.first_ordinal, 1'000'070u);
  }
}

TEST(Restored, NeverGoesBack) {
  Ledger ledger;
  ledger.evolve(Fact{1, World::at(0s), nullptr, Restored{5'000, 70}});
  ledger.evolve(Fact{2, World::at(1s), nullptr, Restored{4'000, 60}});
  EXPECT_EQ(ledger.next_number(), 5'000u);
  EXPECT_EQ(ledger.first_ordinal(), 70u);
  const uint64_t hash = ledger.hash();
  ledger.evolve(Fact{3, World::at(2s), nullptr, Restored{5'000, 71}});
  EXPECT_NE(ledger.hash(), hash) << "what numbers go on from is part of the state";
}

}  // namespace
}  // namespace lupaus::tests
