// What comes after a person has decided: the verdict stays as it was decided, the money is held
// again and decided again, and who decided while the clock ran has not decided the sum.
#include <gtest/gtest.h>

#include "rules/ledger/reviews.h"
#include "tests/rules/ledger/review_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::ledger::Review;

/// The counter is silent for longer than the promise waits; its customer still stands in the queue.
World decided_while_it_runs(Verdict verdict = Verdict::breached, PromiseForm form = {}) {
  form.hold = 3s;
  World world(make_book({form}, {{"counter", {}}, {"kiosk", {}}}));
  world.observe(event("Z9", "recalled", -1h, "counter"), World::at(-1h));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::indeterminate);
  EXPECT_FALSE(world.commitment("A1").is_end_final);
  const auto decided =
      world.command(DecideReview{key("A1"), verdict, "she called us", ""}, World::at(17min));
  EXPECT_TRUE(decided.ok());
  return world;
}

void expect_kept_by_rows_and_replay(const World& world) {
  rules::ledger::State again, restored;
  for (const auto& fact : world.facts()) again.evolve(fact);
  EXPECT_EQ(again.hash(), world.state().hash());
  restored.engine.begin_restore();
  for (const auto& fact : world.facts()) {
    if (std::holds_alternative<Published>(fact.body)) restored.evolve(fact);
  }
  for (const auto* source : world.state().engine.sources()) restored.engine.restore(*source);
  for (TicketSlot slot = 0; slot < world.state().engine.slot_count(); ++slot) {
    rules::engine::TicketImage image;
    world.state().engine.image(slot, image);
    restored.engine.restore(image);
  }
  for (const auto& fact : world.facts()) restored.evolve(fact);
  restored.engine.finish_restore(World::at(30h));
  EXPECT_EQ(restored.engine.hash(), world.state().engine.hash());
  const auto slot = *restored.engine.find_ticket("b", "A1");
  const auto& commitment = restored.engine.ticket(slot).commitments.at(0);
  EXPECT_EQ(restored.engine.decisions_of(slot, commitment).size(),
            world.all<ReviewDecided>().size());
}

// What somebody decided without it is held by what comes later, and somebody decides again.
TEST(ReviewAgain, ThatCameBeforeTheBacklogDoesNotLetTheMoneyGo) {
  for (const Verdict second : {Verdict::breached, Verdict::kept, Verdict::voided}) {
    World world = decided_while_it_runs();
    EXPECT_TRUE(world.all<Owed>().empty()) << "the clock runs";
    world.observe(event("A1", "service_started", 14min, "counter"), World::at(20min));
    ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
    world.hear_all(World::at(21min), World::at(21min));
    ASSERT_EQ(world.all<Owed>().size(), 1u);
    EXPECT_EQ(world.all<Owed>()[0].state, PaidState::held);
    EXPECT_EQ(world.all<Owed>()[0].reason, "late evidence");
    const auto page = rules::ledger::reviews(world.state(), 10);
    ASSERT_EQ(page.reviews.size(), 1u);
    EXPECT_EQ(page.reviews[0].kind, Review::Kind::held);
    EXPECT_EQ(page.reviews[0].decided, Verdict::breached);
    EXPECT_EQ(page.reviews[0].late_verdict, Verdict::kept);
    EXPECT_EQ(page.reviews[0].compensation, 1u);
    expect_kept_by_rows_and_replay(world);

    ASSERT_EQ(decide(world, "A1", second), "");
    EXPECT_EQ(world.state().ledger.find(1)->state,
              second == Verdict::breached ? PaidState::owed : PaidState::declined);
    EXPECT_EQ(world.commitment("A1").decided, Verdict::breached) << "the verdict is decided once";
    EXPECT_EQ(world.all<ReviewDecided>().at(1).verdict, second);
    EXPECT_TRUE(rules::ledger::reviews(world.state(), 10).reviews.empty());
    EXPECT_EQ(decide(world, "A1", Verdict::kept), "already_decided");
    EXPECT_EQ(world.all<Owed>().size(), 1u);
    expect_kept_by_rows_and_replay(world);
  }
}

TEST(ReviewAgain, IsHeldAgainByEvidenceAfterTheSecondDecisionToo) {
  World world = decided_while_it_runs();
  world.observe(event("A1", "service_started", 14min, "counter"), World::at(20min));
  world.hear_all(World::at(21min), World::at(21min));
  ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
  ASSERT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  // Had it been served before it began to wait, there would be no breach whatever the counter says.
  world.observe(event("A1", "cancelled", 1min, "counter"), World::at(4h));
  ASSERT_EQ(world.all<LateEvidence>().size(), 2u);
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::held);
  EXPECT_EQ(rules::ledger::reviews(world.state(), 10).reviews.size(), 1u);
  ASSERT_EQ(decide(world, "A1", Verdict::kept), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::declined);
  expect_kept_by_rows_and_replay(world);
}

// It was seen when it was decided, and holds nothing afterwards.
TEST(ReviewAgain, AfterTheEvidenceLetsTheMoneyGo) {
  PromiseForm form;
  form.hold = 3s;
  World world(make_book({form}, {{"counter", {}}, {"kiosk", {}}}));
  world.observe(event("Z9", "recalled", -1h, "counter"), World::at(-1h));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.observe(event("A1", "service_started", 14min, "counter"), World::at(20min));
  ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
  world.hear_all(World::at(21min), World::at(21min));
  ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::owed);
}

// R29: whoever decided while the clock ran did not decide that nobody had forgotten to stop it.
TEST(ReviewAgain, BeforeAnExpiryDoesNotReleaseItsTopTier) {
  World world = decided_while_it_runs();
  world.tick(World::at(25h));
  world.hear_all(World::at(25h), World::at(25h));
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].amount->minor, 2000);
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::held);
  EXPECT_EQ(world.all<Owed>()[0].reason, "review");
  ASSERT_EQ(rules::ledger::reviews(world.state(), 10).reviews.size(), 1u);
  ASSERT_TRUE(
      world.command(DecideReview{key("A1"), Verdict::breached, "seen", ""}, World::at(26h)).ok());
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  expect_kept_by_rows_and_replay(world);
}

TEST(ReviewAgain, WhileTheClockRunsPaysWhatTheStopThenSays) {
  World world = decided_while_it_runs();
  world.observe(event("A1", "service_started", 31min), World::at(31min));
  world.tick(World::at(32min));
  world.hear_all(World::at(32min), World::at(32min));
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::owed);
  EXPECT_EQ(world.all<Owed>()[0].amount->minor, 2000);
}

// A cap that holds what does not fit asks for somebody who knows the sum.
TEST(ReviewAgain, WhileTheClockRunsPassesNoCapThatHolds) {
  PromiseForm form;
  form.hold = 3s;
  form.customer_day_cap = 600;
  auto book = std::make_shared<Book>(*make_book({form}, {{"counter", {}}, {"kiosk", {}}}));
  book->promises[0].compensation->caps[0].then = Cap::Then::hold;
  World world(book);
  world.observe(event("Z9", "recalled", -1h, "counter"), World::at(-1h));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
  world.observe(event("A1", "service_started", 31min), World::at(3h));
  world.hear_all(World::at(3h), World::at(3h));
  world.tick(World::at(4h));
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].reason, "cap customer/day");
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::held);
  ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  EXPECT_EQ(world.state().ledger.find(1)->amount->minor, 2000);
}

TEST(ReviewAgain, OfWhatWasDecidedBreachedAndPaidIsPaidInError) {
  PromiseForm form;
  form.instrument = Instrument::webhook;
  form.is_settled_at_breach = true;
  form.tiers = {{15min, 1000}};
  World world = decided_while_it_runs(Verdict::breached, form);
  ASSERT_EQ(world.all<Owed>().size(), 1u) << "settled at the breach";
  ASSERT_TRUE(world.command(Settle{1, Settle::Outcome::paid, "ref", 1}, World::at(18min)).ok());
  world.observe(event("A1", "service_started", 14min, "counter"), World::at(20min));
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::paid);
  EXPECT_TRUE(world.state().ledger.find(1)->is_paid_in_error);
  EXPECT_TRUE(rules::ledger::reviews(world.state(), 10).reviews.empty());
}

}  // namespace
}  // namespace lupaus::tests
