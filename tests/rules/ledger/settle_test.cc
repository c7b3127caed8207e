// What channels and people say of a compensation: each answer counts once, and only where it may.
#include <gtest/gtest.h>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using Outcome = Settle::Outcome;

std::string code(const Result<void>& result) { return result.ok() ? "" : result.error().code; }

/// Two tickets of one customer, each a minute late: EUR 10.00, and EUR 2.00 of what the cap leaves.
World world_that_owes(Instrument instrument, int64_t cap = 1'200) {
  PromiseForm form;
  form.instrument = instrument;
  form.customer_day_cap = cap;
  World world(make_book({form}));
  for (const char* ticket : {"A1", "A2"}) {
    for (const auto& [type, offset] : {std::pair{"issued", 0min}, {"service_started", 16min}}) {
      OwnedEvent event;
      event.ticket = ticket;
      event.type = type;
      event.at = World::at(offset);
      event.attributes.push_back({"customer", "c-1"});
      world.observe(event, World::at(16min));
    }
  }
  world.hear_all(World::at(17min), World::at(17min));
  return world;
}

struct Answer {
  Outcome outcome;
  std::string code;
  PaidState state;  ///< afterwards
};
struct Course {
  std::string name;
  Instrument instrument;
  std::vector<Answer> answers;
  size_t fact_count;
};
std::ostream& operator<<(std::ostream& out, const Course& course) { return out << course.name; }

class Settled : public testing::TestWithParam<Course> {};

TEST_P(Settled, AsItsChannelSaysAndOnce) {
  World world = world_that_owes(GetParam().instrument);
  const size_t before = world.facts().size();
  for (const auto& answer : GetParam().answers) {
    EXPECT_EQ(code(world.command(Settle{1, answer.outcome, "text", 2}, World::at(1h))),
              answer.code);
    EXPECT_EQ(world.state().ledger.find(1)->state, answer.state);
  }
  EXPECT_EQ(world.facts().size() - before, GetParam().fact_count);
}

INSTANTIATE_TEST_SUITE_P(
    All, Settled,
    testing::Values(Course{"DispatchedThenPaid",
                           Instrument::transfer,
                           {{Outcome::dispatched, "", PaidState::dispatched},
                            {Outcome::paid, "", PaidState::paid},
                            {Outcome::paid, "", PaidState::paid},
                            {Outcome::failed, "", PaidState::paid}},
                           2},
                    Course{"FailedForGood",
                           Instrument::webhook,
                           {{Outcome::failed, "", PaidState::failed},
                            {Outcome::paid, "", PaidState::failed}},
                           1},
                    Course{"ATransferIsNoVoucher",
                           Instrument::transfer,
                           {{Outcome::voucher_issued, "wrong_state", PaidState::owed}},
                           0},
                    Course{"AVoucherIsIssuedOnce",
                           Instrument::voucher,
                           {{Outcome::voucher_issued, "", PaidState::dispatched},
                            {Outcome::voucher_issued, "", PaidState::dispatched}},
                           1}),
    [](const auto& course) { return course.param.name; });

TEST(Settle, TakesNoAnswerToWhatIsNotOwed) {
  World world = world_that_owes(Instrument::webhook, 1'000);
  ASSERT_EQ(world.state().ledger.find(2)->state, PaidState::recorded) << "the cap left nothing";
  EXPECT_EQ(code(world.command(Settle{2, Outcome::paid, "", 1}, World::at(1h))), "wrong_state");
  EXPECT_EQ(code(world.command(Settle{3, Outcome::paid, "", 1}, World::at(1h))), "not_found");
}

TEST(Settle, TakesNothingFromAChannelThatIsNotItsOwn) {
  World world = world_that_owes(Instrument::webhook);
  Settle settle{1, Outcome::dispatched, "voucher", 1};
  settle.instrument = Instrument::voucher;
  EXPECT_EQ(code(world.command(settle, World::at(1h))), "wrong_state");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  settle.instrument = Instrument::webhook;
  EXPECT_EQ(code(world.command(settle, World::at(1h))), "");
}

TEST(Apology, OwesNoSumAndAsksNoCap) {
  const World world = world_that_owes(Instrument::apology, 1'000);
  for (const uint64_t number : {1u, 2u}) {
    const auto* c = world.state().ledger.find(number);
    ASSERT_NE(c, nullptr);
    EXPECT_EQ(c->state, PaidState::owed);
    EXPECT_FALSE(c->amount.has_value());
    EXPECT_TRUE(c->draws.empty());
  }
}

TEST(Settle, KeepsWhatTheChannelSaid) {
  World world = world_that_owes(Instrument::webhook);
  ASSERT_TRUE(world.command(Settle{1, Outcome::dispatched, "", 3}, World::at(1h)).ok());
  ASSERT_TRUE(world.command(Settle{1, Outcome::paid, "ref-7", 0}, World::at(2h)).ok());
  ASSERT_TRUE(world.command(Settle{2, Outcome::failed, "account closed", 0}, World::at(2h)).ok());
  const auto& ledger = world.state().ledger;
  EXPECT_EQ(ledger.find(1)->attempts, 3u);
  EXPECT_EQ(ledger.find(1)->reference, "ref-7");
  EXPECT_EQ(ledger.find(1)->changed_at, World::at(2h));
  EXPECT_EQ(ledger.find(2)->reason, "account closed");
}

TEST(Voucher, IsRedeemedInABranchOfTheBook) {
  World world = world_that_owes(Instrument::voucher);
  ASSERT_TRUE(world.command(Settle{1, Outcome::voucher_issued, "LP-1", 0}, World::at(1h)).ok());
  EXPECT_EQ(code(world.command(RedeemVoucher{"LP-1", "elsewhere"}, World::at(2h))), "not_found");
  EXPECT_EQ(code(world.command(RedeemVoucher{"LP-1", ""}, World::at(2h))), "") << "by post";
}

TEST(PayoutBatch, IsFoundByItsId) {
  World world = world_that_owes(Instrument::transfer);
  EXPECT_EQ(code(world.command(ApproveBatch{"B-1", "h"}, World::at(1h))), "not_found");
  EXPECT_EQ(code(world.command(ExportBatch{"B-1", "csv"}, World::at(1h))), "not_found");
  ASSERT_EQ(code(world.command(CloseBatch{}, World::at(1h))), "") << "until now";
  const auto& batch = world.state().ledger.batches().begin()->second;
  EXPECT_EQ(batch.id, "B-20260105-0001");
  EXPECT_EQ(batch.until, World::at(1h));
  EXPECT_EQ(format_money(batch.total), "EUR 12.00");
  ASSERT_EQ(code(world.command(ApproveBatch{batch.id, "h"}, World::at(1h), "berit")), "");
  ASSERT_EQ(code(world.command(ExportBatch{batch.id, "csv"}, World::at(2h))), "");
  for (const uint64_t number : {1u, 2u})
    EXPECT_EQ(world.state().ledger.find(number)->state, PaidState::dispatched);
}

TEST(Ledger, SkipsFactsThatItsRowsContain) {
  World world = world_that_owes(Instrument::transfer);
  ASSERT_EQ(code(world.command(CloseBatch{}, World::at(1h), "anna")), "");
  const std::string id = world.state().ledger.batches().begin()->first;
  ASSERT_EQ(code(world.command(ApproveBatch{id, "h"}, World::at(1h), "berit")), "");
  ASSERT_EQ(code(world.command(ExportBatch{id, "csv"}, World::at(2h))), "");
  auto& ledger = world.state().ledger;
  const auto hash = ledger.hash();
  for (const auto& fact : world.facts()) ledger.evolve(fact);
  EXPECT_EQ(ledger.hash(), hash);
}

TEST(CompensationId, IsReadBackInItsPartitionAlone) {
  using rules::ledger::compensation_number;
  EXPECT_EQ(compensation_number(1, rules::ledger::compensation_id(1, 42)), 42u);
  for (const char* wrong : {"C-2-42", "C-1-", "C-1-4x", "42", "", "C-1-99999999999999999999"})
    EXPECT_EQ(compensation_number(1, wrong), 0u) << wrong;
}

}  // namespace
}  // namespace lupaus::tests
