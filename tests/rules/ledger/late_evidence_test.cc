// Events that come after finality: nothing final changes, unpaid money is held, paid money was paid
// in error, and each is put down once.
#include <gtest/gtest.h>

#include "tests/rules/engine/promise_world.h"
#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

OwnedEvent event(std::string type, Duration offset, std::string source = "counter") {
  OwnedEvent e = event_of_a1(std::move(source), std::move(type), offset);
  e.attributes = {{"customer", "c-1"}};
  return e;
}

/// A breach of 20 minutes that is final and owed; another source then comes for the first time.
World breached(Instrument instrument = Instrument::transfer) {
  PromiseForm form;
  form.instrument = instrument;
  World world(make_book({form}));
  world.observe(event("issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.observe(event("service_started", 20min), World::at(20min));
  world.hear_all(World::at(1h), World::at(1h));
  EXPECT_EQ(world.all<Owed>().size(), 1u);
  return world;
}

void expect_replayed(const World& world, const rules::ledger::State& state) {
  rules::ledger::State again;
  for (const auto& fact : world.facts()) again.evolve(fact);
  EXPECT_EQ(again.hash(), state.hash());
}

TEST(LateEvidence, HoldsWhatIsUnpaidAndKeepsTheVerdict) {
  World world = breached();
  world.observe(event("service_started", 14min, "phone"), World::at(2h));
  ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
  const auto late = world.all<LateEvidence>()[0];
  EXPECT_EQ(late.source, "phone");
  EXPECT_EQ(late.verdict, Verdict::kept);
  EXPECT_FALSE(late.owed);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::breached);
  const auto* c = world.state().ledger.find(1);
  EXPECT_EQ(c->state, PaidState::held);
  EXPECT_EQ(c->reason, "late evidence");
  EXPECT_FALSE(world.command(CloseBatch{}, World::at(3h)).ok()) << "no batch takes it";
  EXPECT_FALSE(
      world.command(Settle{1, Settle::Outcome::dispatched, "webhook", 1}, World::at(3h)).ok());
  expect_replayed(world, world.state());
}

TEST(LateEvidence, IsPutDownOnceAnEvent) {
  World world = breached();
  world.observe(event("service_started", 14min, "phone"), World::at(2h));
  world.observe(event("service_ended", 13min, "phone"), World::at(2h));
  world.hear_all(World::at(3h), World::at(3h));
  EXPECT_EQ(world.all<LateEvidence>().size(), 1u) << "the second changes nothing more";
  world.observe(event("service_started", 10min, "desk"), World::at(4h));
  EXPECT_EQ(world.all<LateEvidence>().size(), 1u) << "nor does an earlier stop: kept is kept";
}

TEST(LateEvidence, OfOtherMoneyIsEvidenceToo) {
  World world = breached();
  // Away for three minutes: still a breach. Then served at 33: another tier.
  world.observe(event("away", 1min, "phone"), World::at(2h));
  EXPECT_EQ(world.all<LateEvidence>().size(), 1u) << "while it is away the clock stands";
  world.observe(event("back", 4min, "phone"), World::at(2h));
  ASSERT_EQ(world.all<LateEvidence>().size(), 2u);
  EXPECT_EQ(world.all<LateEvidence>()[1].verdict, Verdict::breached);
  EXPECT_EQ(world.all<LateEvidence>()[1].owed->minor, 1000);
}

TEST(LateEvidence, AfterThePayoutSaysThatItWasPaidInError) {
  World world = breached(Instrument::webhook);
  ASSERT_TRUE(world.command(Settle{1, Settle::Outcome::paid, "ref", 1}, World::at(90min)).ok());
  world.observe(event("service_started", 14min, "phone"), World::at(2h));
  const auto* c = world.state().ledger.find(1);
  EXPECT_EQ(c->state, PaidState::paid);
  EXPECT_TRUE(c->is_paid_in_error);
  expect_replayed(world, world.state());
}

TEST(LateEvidence, OfWhatLiesInABatchCannotHoldItBack) {
  World world = breached();
  ASSERT_TRUE(world.command(CloseBatch{}, World::at(90min)).ok());
  world.observe(event("service_started", 14min, "phone"), World::at(2h));
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  EXPECT_TRUE(world.state().ledger.find(1)->is_paid_in_error);
}

// R78: a restart that splits a final cycle renumbers nothing.
TEST(LateEvidence, OfARestartLeavesFinalCyclesTheirNumbers) {
  World world = breached();
  world.observe(event("transferred", 5min, "phone"), World::at(2h));
  ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
  EXPECT_EQ(world.all<LateEvidence>()[0].verdict, Verdict::voided);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::breached);
  const auto slot = world.state().engine.find_ticket("b", "A1");
  EXPECT_EQ(world.state().engine.ticket(*slot).commitments.size(), 1u);
}

// Final as a breach, its end still to come: the stop that proves it was none ends the clock, and
// the money does not depend on when the server heard of it.
TEST(LateEvidence, ThatEndsARunningBreachIsHeldWithTheLeastLateness) {
  for (const Duration heard : std::vector<Duration>{25min, 50min, 3h}) {
    World world(make_book({PromiseForm{}}));
    world.observe(event("issued", 0s), World::at(0s));
    world.tick(World::at(16min));
    world.hear_all(World::at(16min), World::at(16min));
    ASSERT_EQ(world.all<Confirmed>().size(), 1u);
    world.tick(World::at(heard));
    world.observe(event("service_started", 14min, "phone"), World::at(heard));
    world.hear_all(World::at(heard + 1s), World::at(heard + 1s));
    ASSERT_EQ(world.all<LateEvidence>().size(), 1u) << heard.count();
    ASSERT_EQ(world.all<Ended>().size(), 1u);
    EXPECT_EQ(world.all<Ended>()[0].cycle.verdict, Verdict::breached);
    EXPECT_EQ(world.all<Ended>()[0].cycle.counted, 15min + 1ms);
    ASSERT_EQ(world.all<Owed>().size(), 1u);
    EXPECT_EQ(world.all<Owed>()[0].state, PaidState::held);
    EXPECT_EQ(world.all<Owed>()[0].reason, "late evidence");
    EXPECT_EQ(world.all<Owed>()[0].amount->minor, 1000);
    expect_replayed(world, world.state());
  }
}

TEST(LateEvidence, IsNotWhatComesWhileAVerdictIsProvisional) {
  World world(make_book({PromiseForm{}}, {{"counter", {}}, {"phone", {}}}));
  world.observe(event("issued", 0s), World::at(0s));
  world.tick(World::at(20min));
  world.observe(event("service_started", 14min, "phone"), World::at(20min));
  world.hear_all(World::at(1h), World::at(1h));
  EXPECT_TRUE(world.all<LateEvidence>().empty());
  EXPECT_EQ(world.all<Retracted>().size(), 1u);
}

/// Owes half of the fare that its ticket has at the end: EUR 20.00 at first.
World breached_by_fare() {
  PromiseForm form;
  form.instrument = Instrument::webhook;
  World world(book_with(
      [](Promise& promise) {
        promise.compensation->tiers = {tier(15min, share(500'000, "fare", true))};
      },
      form, {},
      [](Book& book) {
        book.vocabularies.front().attributes["fare"] = {AttributeType::money, false};
      }));
  play(world, {say("issued", 0s, {{"fare", "EUR 20.00"}}), say("service_started", 20min)}, 1h);
  EXPECT_EQ(world.all<Owed>().at(0).amount, money("EUR 10.00"));
  return world;
}

TEST(LateEvidence, ThatMoreWasDueIsNoPaymentInError) {
  for (const auto& [fare, is_in_error] : {std::pair{"EUR 30.00", false}, {"EUR 19.98", true}}) {
    World world = breached_by_fare();
    ASSERT_TRUE(world.command(Settle{1, Settle::Outcome::paid, "ref", 1}, World::at(90min)).ok());
    world.observe(say("called", 5min, {{"fare", fare}}, "phone"), World::at(2h));
    ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
    EXPECT_EQ(world.state().ledger.find(1)->is_paid_in_error, is_in_error) << fare;
  }
}

// Released is what was held, not what it would be by what came afterwards.
TEST(LateEvidence, ChangesNoSumThatIsReleased) {
  for (const auto* fare : {"EUR 30.00", "SEK 30.00"}) {
    PromiseForm form;
    form.instrument = Instrument::webhook;
    form.changed["left"] = Effect::review;
    World world(book_with(
        [](Promise& promise) {
          promise.compensation->tiers = {tier(15min, share(500'000, "fare", true))};
        },
        form, {},
        [](Book& book) {
          book.vocabularies.front().attributes["fare"] = {AttributeType::money, false};
        }));
    play(world, {say("issued", 0s, {{"fare", "EUR 20.00"}}), say("left", 20min)}, 1h);
    ASSERT_EQ(world.state().ledger.find(1)->state, PaidState::held) << "R29";
    world.observe(say("called", 5min, {{"fare", fare}}, "phone"), World::at(2h));
    ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
    const DecideReview decision{world.all<Owed>().at(0).key, Verdict::breached, "seen", ""};
    ASSERT_TRUE(world.command(decision, World::at(3h)).ok());
    EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed) << fare;
    EXPECT_EQ(world.state().ledger.find(1)->amount, money("EUR 10.00")) << fare;
  }
}

// What accrues is counted by the branch as it was told before the event, and as it is told with it.
TEST(LateEvidence, ThatTheBranchWasClosedChangesWhatAccrued) {
  PromiseForm form;
  form.measure = "hours";
  form.instrument = Instrument::webhook;
  World world(book_with(
      [](Promise& promise) {
        promise.compensation->tiers = {tier(15min, money("EUR 1.00"), length(30min))};
      },
      form));
  play(world, {say("issued", 0s), say("service_started", 150min)}, 3h);
  ASSERT_EQ(world.all<Owed>().at(0).amount, money("EUR 5.00"));
  OwnedEvent closed = say("branch_closed", 1h, {}, "phone");
  closed.ticket.clear();
  world.observe(closed, World::at(4h));
  ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
  EXPECT_EQ(world.all<LateEvidence>()[0].owed, money("EUR 2.00"));
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::held);
}

TEST(LateEvidence, MayBeOfTheInstantInWhichTheClockStopped) {
  for (const auto& [at, size] : {std::pair{20min, 1u}, {21min, 0u}}) {
    World world = breached_by_fare();
    world.observe(say("called", at, {{"fare", "EUR 30.00"}}, "a-phone"), World::at(2h));
    EXPECT_EQ(world.all<LateEvidence>().size(), size) << at.count();
  }
}

TEST(LateEvidence, ThatSomebodyElseIsOwedHoldsTheMoney) {
  World world(book_with([](Promise&) {}));
  play(world, {say("issued", 0s), say("service_started", 20min)}, 1h);
  ASSERT_EQ(world.all<Owed>().at(0).customer, "");
  world.observe(say("called", -1min, {{"customer", "bo"}}, "phone"), World::at(2h));
  ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
  EXPECT_EQ(world.all<LateEvidence>()[0].owed, money("EUR 10.00"));
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::held);
}

}  // namespace
}  // namespace lupaus::tests
