// Money that events or people say is not due: it is never owed again, or let go, by itself, and
// what a person lets go is the sum, the customer and the group of the day it was charged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/ledger/payouts.h"
#include "tests/rules/engine/promise_world.h"
#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using namespace std::chrono_literals;
using rules::ledger::Compensation;
using testing::HasSubstr;

OwnedEvent told_of_customer(std::string type, Duration offset, std::string source = "counter") {
  OwnedEvent event = event_of_a1(std::move(source), std::move(type), offset);
  event.attributes = {{"customer", "c-1"}};
  return event;
}

/// A transfer of EUR 10.00 is owed to c-1, and lies in a batch.
World in_a_batch() {
  PromiseForm form;
  form.instrument = Instrument::transfer;
  World world(make_book({form}));
  world.observe(told_of_customer("issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.observe(told_of_customer("service_started", 20min), World::at(20min));
  world.hear_all(World::at(1h), World::at(1h));
  EXPECT_TRUE(world.command(CloseBatch{}, World::at(90min), "anna").ok());
  return world;
}
std::string batch_of(const World& world) { return world.all<BatchClosed>().back().id; }
void send(World& world) {
  ASSERT_TRUE(world.command(ApproveBatch{batch_of(world), "h"}, World::at(91min), "berit").ok());
  ASSERT_TRUE(world.command(ExportBatch{batch_of(world), "csv"}, World::at(92min), "anna").ok());
}
/// A backlog says that the customer was served in time.
void say_kept(World& world) {
  world.observe(told_of_customer("service_started", 14min, "phone"), World::at(2h));
  ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
}
bool answer(World& world, RecordAnswer::Answer what, std::string code) {
  const auto amount = world.state().ledger.find(1)->amount;
  return world
      .command(RecordAnswer{1, what, amount, std::move(code), "", "ref", "m-1"}, World::at(3h),
               "anna")
      .ok();
}
/// Held for that reason, and in no further batch.
void expect_held(World& world, uint64_t number, const std::string& reason) {
  const Compensation* c = world.state().ledger.find(number);
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->state, PaidState::held);
  EXPECT_EQ(c->reason, reason);
  EXPECT_FALSE(world.command(CloseBatch{}, World::at(5h), "anna").ok()) << "somebody paid it";
}

TEST(Doubt, HoldsWhatADiscardedBatchGivesBack) {
  World world = in_a_batch();
  say_kept(world);
  ASSERT_TRUE(world.command(DiscardBatch{batch_of(world), "not due"}, World::at(3h), "anna").ok());
  expect_held(world, 1, "late evidence");
  EXPECT_FALSE(world.state().ledger.find(1)->is_paid_in_error) << "nothing was paid";
}

TEST(Doubt, ADiscardedBatchGivesBackWhatNobodyDoubts) {
  World world = in_a_batch();
  ASSERT_TRUE(world.command(DiscardBatch{batch_of(world), "again"}, World::at(3h), "anna").ok());
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  EXPECT_TRUE(world.command(CloseBatch{}, World::at(5h), "anna").ok());
}

TEST(Doubt, HoldsWhatABankReturns) {
  World world = in_a_batch();
  send(world);
  say_kept(world);
  ASSERT_TRUE(answer(world, RecordAnswer::Answer::returned, "MS03"));
  expect_held(world, 2, "late evidence, returned: MS03");
}

TEST(Doubt, OfNothingLetsWhatIsReleasedBeOwed) {
  World world = in_a_batch();
  send(world);
  ASSERT_TRUE(answer(world, RecordAnswer::Answer::rejected, "MS03"));
  ASSERT_TRUE(world
                  .command(DecidePayout{1, DecidePayout::Action::release, "once more"},
                           World::at(4h), "berit")
                  .ok());
  EXPECT_EQ(world.state().ledger.find(2)->state, PaidState::owed);
}

TEST(Doubt, OfAFailedOneThatIsReleasedAsksOnceMore) {
  World world = in_a_batch();
  send(world);
  ASSERT_TRUE(answer(world, RecordAnswer::Answer::rejected, "MS03"));
  say_kept(world);
  const auto release = [&](uint64_t number) {
    return world.command(DecidePayout{number, DecidePayout::Action::release, "they were promised"},
                         World::at(4h), "berit");
  };
  ASSERT_TRUE(release(1).ok());
  expect_held(world, 2, "late evidence, failed before");
  ASSERT_TRUE(release(2).ok());
  EXPECT_EQ(world.state().ledger.find(2)->state, PaidState::owed);
}

World with_a_voucher() {
  World world(book_with([](Promise& promise) {
    promise.excuses.push_back({"manual", nullptr, {}, 1, {}, {}});
  }));
  play(world, {say("issued", 0s, {{"customer", "c-1"}}), say("service_started", 20min)}, 1h);
  EXPECT_TRUE(
      world.command(Settle{1, Settle::Outcome::voucher_issued, "V-1", 1, {}}, World::at(80min))
          .ok());
  return world;
}
void pay_by_transfer(World& world, Duration now) {
  const ChangeInstrument change{1, Instrument::transfer, "the printer is out of paper"};
  ASSERT_TRUE(world.command(change, World::at(now), "anna").ok());
}

TEST(Doubt, HoldsWhatWasAVoucherBefore) {
  World world = with_a_voucher();
  pay_by_transfer(world, 90min);
  say_kept(world);
  expect_held(world, 1, "late evidence");
  EXPECT_FALSE(world.state().ledger.find(1)->is_paid_in_error) << "nothing was paid";
}

TEST(Doubt, OfAVoucherThatIsOutHoldsWhatReplacesIt) {
  World world = with_a_voucher();
  say_kept(world);
  pay_by_transfer(world, 3h);
  expect_held(world, 1, "late evidence");
}

TEST(Doubt, AnExcuseHoldsWhatReplacesAVoucher) {
  World world = with_a_voucher();
  const ExcuseBreach excuse{world.state().ledger.find(1)->key, "manual", "a storm"};
  ASSERT_TRUE(world.command(excuse, World::at(2h), "berit").ok());
  pay_by_transfer(world, 3h);
  expect_held(world, 1, "excused: manual");
}

TEST(Doubt, OutlivesTheTicketAndEndsWithADecision) {
  World world = in_a_batch();
  send(world);
  say_kept(world);
  ASSERT_TRUE(answer(world, RecordAnswer::Answer::rejected, "MS03"));
  Fact archived;
  archived.at = World::at(60h);
  archived.body = Archived{"b", "A1"};
  world.state().evolve(archived);
  ASSERT_FALSE(world.state().engine.find_ticket("b", "A1"));
  const auto release = [&](uint64_t number) {
    return world.command(DecidePayout{number, DecidePayout::Action::release, "they were promised"},
                         World::at(61h), "berit");
  };
  ASSERT_TRUE(release(1).ok());
  expect_held(world, 2, "late evidence, failed before");
  ASSERT_TRUE(release(2).ok());
  EXPECT_EQ(world.state().ledger.find(2)->state, PaidState::owed);
  ASSERT_TRUE(world.command(CloseBatch{}, World::at(62h), "anna").ok());
  ASSERT_TRUE(world.command(DiscardBatch{batch_of(world), "again"}, World::at(63h), "anna").ok());
  EXPECT_EQ(world.state().ledger.find(2)->state, PaidState::owed) << "somebody has decided it";
}

// The hash of a state leaves it out, for that of older journals.
TEST(Doubt, IsTheSameFromTheFacts) {
  World world = in_a_batch();
  send(world);
  say_kept(world);
  ASSERT_TRUE(answer(world, RecordAnswer::Answer::returned, "MS03"));
  rules::ledger::State replayed;
  for (const auto& fact : world.facts()) replayed.evolve(fact);
  for (const uint64_t number : {1, 2})
    EXPECT_TRUE(replayed.ledger.find(number)->is_doubted) << number;
  const DecidePayout pay{2, DecidePayout::Action::release, "they were promised"};
  ASSERT_TRUE(world.command(pay, World::at(4h), "berit").ok());
  rules::ledger::State decided;
  for (const auto& fact : world.facts()) decided.evolve(fact);
  EXPECT_FALSE(decided.ledger.find(2)->is_doubted);
}

/// A transfer is owed to c-1, and EUR 7.00 where it is not paid on the next business day; "manual"
/// excuses.
World due_tomorrow() {
  PromiseForm form;
  form.instrument = Instrument::transfer;
  World world(book_with(
      [](Promise& promise) {
        promise.compensation->due = Limit{Limit::Unit::business_days, {}, 1};
        promise.compensation->late = money("EUR 7.00");
        promise.excuses.push_back({"manual", nullptr, {}, 1, {}, {}});
      },
      form));
  play(world, {say("issued", 0s, {{"customer", "c-1"}}), say("service_started", 20min)}, 1h);
  return world;
}
/// As the loop does when the day is over.
void run_late(World& world, Duration now) {
  Facts facts;
  rules::ledger::settle_overdue(world.state(), World::at(now), 10, facts);
}
constexpr Duration kDayOver = 39h, kAnswerLate = kDayOver + 7 * 24h;

TEST(Doubt, HoldsWhatIsOwedForLatenessAsWell) {
  World world = due_tomorrow();
  run_late(world, kDayOver);
  const Compensation* late = world.state().ledger.find(2);
  ASSERT_NE(late, nullptr);
  EXPECT_EQ(late->state, PaidState::owed);
  say_kept(world);
  expect_held(world, 2, "late evidence");
  expect_held(world, 1, "late evidence");
}

TEST(Doubt, OwesNothingForLatenessByItself) {
  World world = due_tomorrow();
  ASSERT_TRUE(world.command(CloseBatch{}, World::at(90min), "anna").ok());
  send(world);
  say_kept(world);
  run_late(world, kAnswerLate);
  ASSERT_NE(world.state().ledger.find(2), nullptr);
  expect_held(world, 2, "late evidence, late: C-1-1 was due on 2026-01-06");
}

TEST(Doubt, ADecisionOnLatenessLeavesTheBreachToItsReview) {
  World world = due_tomorrow();
  run_late(world, kDayOver);
  say_kept(world);
  ASSERT_TRUE(world
                  .command(DecidePayout{2, DecidePayout::Action::decline, "it was kept"},
                           World::at(50h), "berit")
                  .ok());
  EXPECT_EQ(world.state().ledger.find(2)->state, PaidState::declined);
  EXPECT_TRUE(world.all<ReviewDecided>().empty());
  expect_held(world, 1, "late evidence");
}

TEST(Doubt, AnExcuseEndsWhatIsOwedForLateness) {
  World world = due_tomorrow();
  run_late(world, kDayOver);
  ASSERT_TRUE(world
                  .command(ExcuseBreach{world.state().ledger.find(1)->key, "manual", "a storm"},
                           World::at(40h), "berit")
                  .ok());
  for (const uint64_t number : {1, 2}) {
    EXPECT_EQ(world.state().ledger.find(number)->state, PaidState::declined) << number;
    EXPECT_EQ(world.state().ledger.find(number)->reason, "excused: manual") << number;
  }
}

/// Somebody decides that the held breach of p15 is paid.
void pay_p15(World& world) {
  for (const Owed& owed : world.all<Owed>()) {
    if (owed.key.promise != "p15") continue;
    ASSERT_TRUE(
        world.command(DecideReview{owed.key, Verdict::breached, "seen", ""}, World::at(3h)).ok());
    return;
  }
  FAIL() << "p15 owes nothing";
}
const Compensation* of_p15(const World& world) {
  for (const auto& [number, c] : world.state().ledger.compensations())
    if (c.key.promise == "p15") return &c;
  return nullptr;
}

TEST(LetGo, StaysTheOneThatItsGroupPays) {
  PromiseForm p, q;
  p.changed = {{"left", Effect::review}};
  q.name = "q";
  q.changed = {{"left", Effect::stop}};
  p.instrument = q.instrument = Instrument::webhook;
  auto book = std::make_shared<Book>(*make_book({p, q}));
  book->vocabularies.front().attributes["fare"] = {AttributeType::money, false};
  for (Promise& one : book->promises) {
    one.compensation->group = "g";
    if (one.name == "q") one.compensation->tiers = {tier(15min, share(500'000, "fare", true))};
  }
  World world(book);
  play(world, {say("issued", 0s, {{"fare", "EUR 8.00"}}), say("left", 20min)}, 1h);
  world.observe(say("called", 5min, {{"fare", "EUR 60.00"}}, "phone"), World::at(2h));
  pay_p15(world);
  ASSERT_NE(of_p15(world), nullptr);
  EXPECT_EQ(of_p15(world)->state, PaidState::owed) << of_p15(world)->reason;
  EXPECT_EQ(of_p15(world)->amount, money("EUR 10.00"));
}

TEST(LetGo, DrawsOnTheCapOfWhoeverIsPaid) {
  PromiseForm form;
  form.instrument = Instrument::webhook;
  form.changed["left"] = Effect::review;
  form.customer_day_cap = 2500;
  World world(book_with([](Promise&) {}, form));
  play(world, {say("issued", 0s, {{"customer", "anna"}}), say("left", 20min)}, 1h);
  world.observe(say("called", 0s, {{"customer", "bo"}}, "phone"), World::at(2h));
  pay_p15(world);
  EXPECT_EQ(of_p15(world)->customer, "anna");
  for (const auto& [key, counter] : world.state().ledger.caps()) {
    if (counter.used_minor == 0) continue;
    EXPECT_THAT(key, HasSubstr("anna"));
  }
}

TEST(LetGo, AsksItsCapsThoughItsGroupRunsAgain) {
  for (const bool runs_again : {false, true}) {
    PromiseForm p, q;
    p.changed = {{"left", Effect::review}};
    p.customer_day_cap = 600;
    q.name = "q";
    q.changed = {{"left", Effect::proceed}, {"service_started", Effect::stop}};
    p.instrument = q.instrument = Instrument::webhook;
    q.within = 60min;
    q.tiers = {{60min, 100}};
    auto book = std::make_shared<Book>(*make_book({p, q}));
    for (Promise& one : book->promises) one.compensation->group = "g";
    World world(book);
    play(world,
         {say("issued", 0s, {{"customer", "anna"}}), say("left", 20min),
          say("service_started", 30min)},
         1h);
    if (runs_again) world.observe(say("issued", 25min, {}, "phone"), World::at(2h));
    pay_p15(world);
    EXPECT_EQ(of_p15(world)->amount, money("EUR 6.00")) << runs_again;
  }
}

}  // namespace
}  // namespace lupaus::tests
