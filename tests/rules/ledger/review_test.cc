// What waits for a person, and what becomes of it when one has decided: the verdict once, the money
// as often as something new holds it, with a reason, and the final fact stays.
#include <gtest/gtest.h>

#include "rules/ledger/reviews.h"
#include "tests/rules/ledger/review_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::ledger::Review;

/// Served after 20 minutes, says the kiosk; the counter was silent for an hour.
World silent(std::optional<int64_t> cap = {}, std::vector<std::string> tickets = {"A1"}) {
  PromiseForm form;
  form.hold = 1h;
  form.customer_day_cap = cap;
  World world(make_book({form}, {{"counter", {}}, {"kiosk", {}}}));
  world.observe(event("Z9", "recalled", -1h, "counter"), World::at(-1h));
  for (const auto& ticket : tickets) world.observe(event(ticket, "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  for (const auto& ticket : tickets)
    world.observe(event(ticket, "service_started", 20min), World::at(20min));
  world.tick(World::at(2h));
  return world;
}

TEST(Review, ListsWhatWaitsSinceWhenWhyAndForHowMuch) {
  World world = silent({}, {"A1", "A2", "A3"});
  const auto page = rules::ledger::reviews(world.state(), 10);
  ASSERT_EQ(page.reviews.size(), 3u);
  EXPECT_FALSE(page.next);
  const Review& first = page.reviews[0];
  EXPECT_EQ(first.kind, Review::Kind::indeterminate);
  EXPECT_EQ(first.reason, "silence");
  EXPECT_EQ(first.since, World::at(2h));
  EXPECT_EQ(first.at_stake->minor, 1000);
  std::vector<std::string> seen;
  std::optional<std::pair<Instant, TicketSlot>> after;
  do {
    const auto some = rules::ledger::reviews(world.state(), 1, after);
    for (const auto& review : some.reviews) seen.push_back(review.key.ticket);
    after = some.next;
  } while (after);
  EXPECT_EQ(seen, (std::vector<std::string>{"A1", "A2", "A3"}));
}

TEST(Review, DecidedAsBreachedPaysAtOnce) {
  World world = silent();
  ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::owed);
  EXPECT_EQ(world.all<Owed>()[0].amount->minor, 1000);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::indeterminate) << "the fact stays";
  EXPECT_EQ(world.commitment("A1").decided, Verdict::breached);
  EXPECT_TRUE(rules::ledger::reviews(world.state(), 10).reviews.empty());
  const auto slot = *world.state().engine.find_ticket("b", "A1");
  const auto* decision = world.state().engine.find_decision(slot, world.commitment("A1"));
  ASSERT_NE(decision, nullptr);
  EXPECT_EQ(decision->by, "anna");
  EXPECT_EQ(decision->evidence, "cam-7");
  rules::ledger::State again;
  for (const auto& fact : world.facts()) again.evolve(fact);
  EXPECT_EQ(again.hash(), world.state().hash());
}

TEST(Review, DecidedOtherwisePaysNothing) {
  for (const Verdict verdict : {Verdict::kept, Verdict::voided}) {
    World world = silent();
    ASSERT_EQ(decide(world, "A1", verdict), "");
    EXPECT_TRUE(world.all<Owed>().empty());
  }
}

TEST(Review, IsDecidedOnceByAPersonWithAReason) {
  World world = silent();
  EXPECT_EQ(decide(world, "A1", Verdict::excused), "bad_verdict");
  EXPECT_EQ(decide(world, "A1", Verdict::kept, ""), "bad_reason");
  EXPECT_EQ(decide(world, "Z9", Verdict::kept), "not_found");
  EXPECT_EQ(decide(world, "Q1", Verdict::kept), "not_found");
  Facts facts;
  const Command nobody{World::at(3h), nullptr, DecideReview{key("A1"), Verdict::kept, "x", ""}};
  EXPECT_EQ(rules::ledger::step(world.state(), nobody, facts).error().code, "who");
  EXPECT_EQ(decide(world, "A1", Verdict::kept), "");
  EXPECT_EQ(decide(world, "A1", Verdict::breached), "already_decided");
  EXPECT_EQ(world.all<ReviewDecided>().size(), 1u);
}

TEST(Review, OfABreachThatNoEventShowsPaysTheLeast) {
  PromiseForm form;
  form.changed["left"] = Effect::review;
  World world(make_book({form}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.observe(event("A1", "left", 5min), World::at(5min));
  world.hear_all(World::at(1h), World::at(1h));
  ASSERT_EQ(rules::ledger::reviews(world.state(), 10).reviews.size(), 1u);
  EXPECT_EQ(rules::ledger::reviews(world.state(), 10).reviews[0].reason, "review");
  ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].amount->minor, 1000);
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::owed);
}

// Left to a person, it ends with what was measured; decided as a breach it owes the least of one.
TEST(Review, OfAnEndThatShowsNoBreachIsOfWhatWasMeasured) {
  for (const bool is_decided_first : {false, true}) {
    PromiseForm form;
    form.hold = 1h;
    World world(make_book({form}, {{"counter", {}}, {"kiosk", {}}}));
    world.observe(event("Z9", "recalled", -1h, "counter"), World::at(-1h));
    world.observe(event("A1", "issued", 0s), World::at(0s));
    world.tick(World::at(2h));
    if (is_decided_first) {
      ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
    }
    world.observe(event("A1", "service_started", 5min, "counter"), World::at(3h));
    world.hear_all(World::at(3h), World::at(3h));
    ASSERT_EQ(world.all<Ended>().size(), 1u);
    EXPECT_EQ(world.all<Ended>()[0].cycle.counted, 5min);
    if (!is_decided_first) {
      ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
    }
    ASSERT_EQ(world.all<Owed>().size(), 1u);
    EXPECT_EQ(world.all<Owed>()[0].amount->minor, 1000);
    rules::ledger::State again;
    for (const auto& fact : world.facts()) again.evolve(fact);
    EXPECT_EQ(again.hash(), world.state().hash());
  }
}

/// A compensation of EUR 10 that is held because the clock was never stopped.
World held(std::optional<int64_t> cap) {
  PromiseForm form;
  form.customer_day_cap = cap;
  form.tiers = {{15min, 1000}};
  World world(make_book({form}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(25h));
  world.hear_all(World::at(25h), World::at(25h));
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::held);
  return world;
}

TEST(Review, OfAHeldCompensationReleasesOrDeclinesIt) {
  for (const Verdict verdict : {Verdict::breached, Verdict::kept}) {
    World world = held({});
    const auto review = rules::ledger::reviews(world.state(), 10).reviews.at(0);
    EXPECT_EQ(review.kind, Review::Kind::held);
    EXPECT_EQ(review.compensation, 1u);
    EXPECT_EQ(review.reason, "review");
    const auto decided =
        world.command(DecideReview{key("A1"), verdict, "seen", ""}, World::at(26h));
    ASSERT_TRUE(decided.ok());
    EXPECT_EQ(world.state().ledger.find(1)->state,
              verdict == Verdict::breached ? PaidState::owed : PaidState::declined);
    EXPECT_EQ(world.all<Owed>().size(), 1u) << "it is the same compensation";
    EXPECT_TRUE(rules::ledger::reviews(world.state(), 10).reviews.empty());
    rules::ledger::State again;
    for (const auto& fact : world.facts()) again.evolve(fact);
    EXPECT_EQ(again.hash(), world.state().hash());
  }
}

TEST(Review, ThatReleasesUsesUpCapsThen) {
  World world = held(600);
  ASSERT_TRUE(world.state().ledger.caps().empty()) << "what is held uses none (R48)";
  ASSERT_TRUE(
      world.command(DecideReview{key("A1"), Verdict::breached, "seen", ""}, World::at(26h)).ok());
  EXPECT_EQ(world.state().ledger.find(1)->amount->minor, 600);
  ASSERT_EQ(world.state().ledger.caps().size(), 1u);
  EXPECT_EQ(world.state().ledger.caps().begin()->second.used_minor, 600);
}

/// Held because the tier is a share of a fare in another currency than that of the promise.
World held_without_a_sum() {
  auto book = std::make_shared<Book>(*make_book({PromiseForm{}}));
  book->promises[0].compensation->tiers.resize(1);
  book->promises[0].compensation->tiers[0].pay = Share{250'000, "fare", false};
  book->vocabularies[0].attributes["fare"] = {AttributeType::money, false};
  World world(book);
  auto issued = event("A1", "issued", 0s);
  issued.attributes.emplace_back("fare", "SEK 100.00");
  world.observe(issued, World::at(0s));
  world.observe(event("A1", "service_started", 20min), World::at(20min));
  world.hear_all(World::at(1h), World::at(1h));
  return world;
}

TEST(Review, OfASumThatIsNotKnownCannotBePaid) {
  World world = held_without_a_sum();
  ASSERT_EQ(world.state().ledger.find(1)->state, PaidState::held);
  const auto review = rules::ledger::reviews(world.state(), 10).reviews.at(0);
  EXPECT_EQ(rules::ledger::format_review_kind(review.kind), "held");
  EXPECT_EQ(review.reason, "currency");
  EXPECT_FALSE(review.at_stake);
  const auto decided =
      world.command(DecideReview{key("A1"), Verdict::breached, "seen", ""}, World::at(3h));
  ASSERT_FALSE(decided.ok());
  EXPECT_EQ(decided.error().code, "wrong_state");
  EXPECT_EQ(decided.error().message, "the sum of C-1-1 is not known (currency)");
  EXPECT_TRUE(world.all<ReviewDecided>().empty());
  ASSERT_EQ(decide(world, "A1", Verdict::voided), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::declined);
}

TEST(Review, IsOfTheCycleAndThePromiseNamed) {
  World world = silent();
  const auto said = [&](const CommitmentKey& wrong, const std::string& reason) {
    const auto decided =
        world.command(DecideReview{wrong, Verdict::kept, reason, ""}, World::at(3h));
    return decided.ok() ? "" : decided.error().code + ": " + decided.error().message;
  };
  CommitmentKey other_cycle = key("A1"), other_promise = key("A1");
  other_cycle.cycle = 2;
  other_promise.promise = "p20";
  EXPECT_EQ(said(other_cycle, "x"), "not_found: nothing of `b/A1/p15/2` waits for a decision");
  EXPECT_EQ(said(other_promise, "x"), "not_found: nothing of `b/A1/p20/1` waits for a decision");
  const auto bad = world.command(DecideReview{key("A1"), Verdict::excused, "x", ""}, World::at(3h));
  EXPECT_EQ(bad.error().message,
            "expected the verdict kept, breached or void, but it is `excused`");
  EXPECT_EQ(rules::ledger::format_review_kind(Review::Kind::indeterminate), "indeterminate");
}

TEST(Review, OfWhatIsFinalOrPaysNothingHasNothingAtStake) {
  World kept(make_book({PromiseForm{}}));
  kept.observe(event("A1", "issued", 0s), World::at(0s));
  kept.observe(event("A1", "service_started", 5min), World::at(5min));
  kept.hear_all(World::at(1h), World::at(1h));
  EXPECT_EQ(decide(kept, "A1", Verdict::breached), "not_found");
  PromiseForm free;
  free.changed["left"] = Effect::review;
  free.tiers.clear();
  World world(make_book({free}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.observe(event("A1", "left", 5min), World::at(5min));
  world.hear_all(World::at(1h), World::at(1h));
  const auto page = rules::ledger::reviews(world.state(), 10);
  ASSERT_EQ(page.reviews.size(), 1u);
  EXPECT_FALSE(page.reviews[0].at_stake);
  ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
  EXPECT_EQ(world.commitment("A1").decided, Verdict::breached);
  EXPECT_TRUE(world.all<Owed>().empty());
}

TEST(Review, KeepsItsTicketAtHand) {
  World world = silent();
  std::vector<TicketSlot> slots;
  world.state().engine.drain_forgettable(World::at(1000h), 10, slots);
  EXPECT_EQ(slots.size(), 1u) << "Z9 alone";
  ASSERT_EQ(decide(world, "A1", Verdict::kept), "");
  world.state().engine.drain_forgettable(World::at(2000h), 10, slots);
  EXPECT_EQ(slots.size(), 2u);
}

TEST(Pending, NamesWhatSilenceHolds) {
  PromiseForm form;
  World world(make_book({form}, {{"counter", {}}, {"kiosk", {}}}));
  world.observe(event("Z9", "recalled", -1h, "counter"), World::at(-1h));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(32min));
  std::vector<rules::ledger::Pending> found;
  const auto slot = *world.state().engine.find_ticket("b", "A1");
  rules::ledger::pending(world.state(), slot, World::at(15min), found);
  EXPECT_TRUE(found.empty()) << "at that time it was open";
  rules::ledger::pending(world.state(), slot, World::at(32min), found);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].is_breached);
  EXPECT_EQ(found[0].waits_for, World::at(15min + 1ms));
  ASSERT_TRUE(found[0].at_stake);
  const auto silent = world.state().engine.held_by("b", found[0].waits_for);
  ASSERT_EQ(silent.size(), 2u);
  EXPECT_EQ(silent[0]->id, "counter");
}

TEST(Review, WhoDecidedItNeverApprovesItsMoney) {
  auto book = [] {
    PromiseForm form;
    form.hold = 1h;
    return std::make_shared<Book>(*make_book({form}, {{"counter", {}}, {"kiosk", {}}}));
  }();
  book->promises[0].compensation->approval_over = parse_money("EUR 5.00").value();
  World world(book);
  world.observe(event("Z9", "recalled", -1h, "counter"), World::at(-1h));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.observe(event("A1", "service_started", 20min), World::at(20min));
  world.tick(World::at(2h));
  ASSERT_EQ(decide(world, "A1", Verdict::breached), "");
  const auto approve = [&](const std::string& who) {
    const auto approved =
        world.command(DecidePayout{1, DecidePayout::Action::approve, "seen"}, World::at(4h), who);
    return approved.ok() ? "" : approved.error().code;
  };
  EXPECT_EQ(approve("anna"), "four_eyes");
  EXPECT_EQ(approve("berit"), "");
}

}  // namespace
}  // namespace lupaus::tests
