// What has to be asked for: in time it is paid, else never; live, after a restart and in a
// backtest.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "rules/scenario/backtest.h"
#include "tests/rules/engine/promise_world.h"
#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::ledger::Compensation;

/// "recalled" asks for the money, within five hours of finality.
BookPtr claimed_book(const std::function<void(Promise&)>& change = [](Promise&) {}) {
  PromiseForm form;
  form.instrument = Instrument::transfer;
  return book_with(
      [&](Promise& promise) {
        promise.compensation->claim = Promise::Claim{"recalled", length(5h), {}};
        promise.compensation->due = Limit{Limit::Unit::calendar_days, {}, 2};
        change(promise);
      },
      form);
}

/// A1 was served a minute late; that is final at 10:00, an hour after the world's beginning.
std::vector<OwnedEvent> late_service() {
  return {say("issued", 0s, {{"customer", "anna"}}), say("service_started", 16min)};
}
World world_that_owes(const BookPtr& book = claimed_book()) {
  World world(book);
  play(world, late_service(), 1h);
  return world;
}
const Compensation& first(const World& world) { return *world.state().ledger.find(1); }

std::vector<std::string> lapse(World& world, Duration now) {
  Facts facts;
  rules::ledger::settle_overdue(world.state(), World::at(now), 10, facts);
  std::vector<std::string> reasons;
  for (const auto& fact : facts) {
    if (const auto* declined = std::get_if<Declined>(&fact.body))
      reasons.push_back(declined->reason);
  }
  return reasons;
}

/// Rows of all that the ledger has, and then every fact again, as after a restart.
void expect_replay(const World& world, const Facts& more = {}) {
  rules::ledger::State replayed, restored;
  for (const auto& [number, c] : world.state().ledger.compensations()) restored.ledger.restore(c);
  for (const Facts& facts : {world.facts(), more}) {
    for (const auto& fact : facts) {
      replayed.evolve(fact);
      restored.ledger.evolve(fact);
    }
  }
  EXPECT_EQ(replayed.ledger.hash(), world.state().ledger.hash());
  EXPECT_EQ(restored.ledger.next_overdue(), world.state().ledger.next_overdue());
  for (const auto& [number, c] : world.state().ledger.compensations())
    EXPECT_EQ(restored.ledger.find(number)->state, c.state);
}

TEST(Claim, IsWaitedForAndThenPaid) {
  World world = world_that_owes();
  EXPECT_EQ(first(world).state, PaidState::claimable);
  EXPECT_EQ(first(world).claim_until, World::at(6h));
  EXPECT_EQ(first(world).due_on, std::nullopt) << "no day is promised before it is asked for";
  EXPECT_EQ(world.command(CloseBatch{}, World::at(2h)).error().code, "nothing_to_pay");
  EXPECT_EQ(world.state().ledger.next_overdue(), World::at(6h + 1ms));
  world.observe(say("recalled", 6h), World::at(6h));
  EXPECT_EQ(first(world).state, PaidState::owed);
  EXPECT_EQ(first(world).due_on, (LocalDate{2026, 1, 7}));
  EXPECT_EQ(lapse(world, 400h), std::vector<std::string>{});
  world.observe(say("recalled", 7h), World::at(7h));
  EXPECT_EQ(world.all<Claimed>().size(), 1u) << "asking again says nothing new";
  expect_replay(world);
  EXPECT_TRUE(world.command(CloseBatch{}, World::at(8h)).ok());
}

TEST(Claim, LapsesOnceNobodyHasAsked) {
  World world = world_that_owes();
  EXPECT_EQ(lapse(world, 6h), std::vector<std::string>{});
  Facts facts;
  rules::ledger::settle_overdue(world.state(), World::at(90h), 10, facts);
  ASSERT_EQ(facts.size(), 1u) << "after a night without a server, too";
  EXPECT_EQ(std::get<Declined>(facts[0].body).reason, "not claimed");
  EXPECT_EQ(first(world).state, PaidState::declined);
  EXPECT_EQ(lapse(world, 400h), std::vector<std::string>{});
  expect_replay(world, facts);
  world.observe(say("recalled", 91h), World::at(91h));
  EXPECT_EQ(first(world).state, PaidState::declined) << "too late";
}

TEST(Claim, MadeInTimeAndToldLateIsLeftToAPerson) {
  World world = world_that_owes();
  EXPECT_EQ(lapse(world, 7h), std::vector<std::string>{"not claimed"});
  world.observe(say("recalled", 6h), World::at(8h));
  EXPECT_EQ(first(world).state, PaidState::held);
  EXPECT_EQ(first(world).reason, "claimed in time, told late");
}

TEST(Claim, PromisesADayThoughTheMoneyIsHeld) {
  World told_late = world_that_owes();
  lapse(told_late, 7h);
  told_late.observe(say("recalled", 6h), World::at(8h));
  ASSERT_EQ(first(told_late).state, PaidState::held);
  EXPECT_EQ(first(told_late).due_on, (LocalDate{2026, 1, 7}));
  World held(claimed_book([](Promise& p) { p.on["service_started"].otherwise = Effect::review; }));
  play(held, late_service(), 1h);
  held.observe(say("recalled", 3h), World::at(3h));
  ASSERT_EQ(first(held).state, PaidState::held);
  const DecideReview pay{first(held).key, Verdict::breached, "seen", ""};
  ASSERT_TRUE(held.command(pay, World::at(4h)).ok());
  EXPECT_EQ(first(held).state, PaidState::owed);
  EXPECT_EQ(first(held).due_on, (LocalDate{2026, 1, 7}));
  expect_replay(held);
}

TEST(Claim, BeforeThereIsACompensationCountsAtOnce) {
  World world(claimed_book());
  auto events = late_service();
  events.push_back(say("recalled", 20min));
  play(world, events, 1h);
  EXPECT_EQ(first(world).state, PaidState::owed);
  EXPECT_EQ(first(world).claim_until, std::nullopt);
  EXPECT_NE(first(world).due_on, std::nullopt);
}

TEST(Claim, OfAnEarlierCycleAsksForThatOneAlone) {
  World world(claimed_book());
  play(world,
       {say("issued", 0s), say("recalled", 1min), say("transferred", 16min),
        say("service_started", 40min)},
       1h);
  ASSERT_EQ(world.all<Owed>().size(), 2u);
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  EXPECT_EQ(world.state().ledger.find(2)->state, PaidState::claimable);
}

TEST(Claim, AwaitsApprovalAndIsHeldLikeAnyOther) {
  World large = world_that_owes(
      claimed_book([](Promise& p) { p.compensation->approval_over = money("EUR 9.99"); }));
  EXPECT_EQ(first(large).state, PaidState::claimable);
  large.observe(say("recalled", 2h), World::at(2h));
  EXPECT_TRUE(rules::ledger::awaits_approval(first(large).state, first(large).reason));

  World held(claimed_book([](Promise& p) { p.on["service_started"].otherwise = Effect::review; }));
  play(held, late_service(), 1h);
  ASSERT_EQ(first(held).state, PaidState::held);
  const DecideReview pay{first(held).key, Verdict::breached, "seen", ""};
  ASSERT_TRUE(held.command(pay, World::at(2h)).ok());
  EXPECT_EQ(first(held).state, PaidState::claimable) << "let go, but nobody has asked";
  held.observe(say("recalled", 3h), World::at(3h));
  EXPECT_EQ(first(held).state, PaidState::owed);
  expect_replay(held);
}

TEST(Claim, CountsTheDaysOfTheBranch) {
  const auto until = [](Limit within) {
    return first(world_that_owes(
                     claimed_book([&](Promise& p) { p.compensation->claim->within = within; })))
        .claim_until;
  };
  // 24:00 of 2026-01-06 is 39 hours after the world's beginning.
  EXPECT_EQ(until(calendar_days(1)), World::at(39h - 1ms));
  EXPECT_EQ(until({Limit::Unit::business_days, {}, 2}), World::at(63h - 1ms));
}

TEST(Claim, IsTheSameInABacktest) {
  struct Case {
    std::vector<Duration> claims;
    Duration as_of;
    PaidState state;
  };
  const std::vector<Case> cases = {{{}, 5h, PaidState::claimable},
                                   {{}, 30h, PaidState::declined},
                                   {{2h}, 30h, PaidState::owed},
                                   {{2h}, 1h, PaidState::claimable},
                                   {{20h}, 30h, PaidState::declined}};
  for (const Case& one : cases) {
    auto events = late_service();
    for (const Duration at : one.claims) events.push_back(say("recalled", at));
    rules::scenario::Backtest run(claimed_book(), "events");
    uint64_t line = 0;
    for (const OwnedEvent& event : events) {
      std::vector<Attribute> attributes;
      for (const auto& [name, value] : event.attributes) attributes.push_back({name, value});
      ++line;
      ASSERT_TRUE(run.add(Event{event.source, 1, line, event.branch, event.ticket, event.type, "",
                                event.at, attributes},
                          line)
                      .ok());
    }
    const auto outcome = run.finish(World::at(one.as_of));
    ASSERT_TRUE(outcome.ok());
    EXPECT_EQ(outcome->lines.at(0).paid_state, one.state);
    EXPECT_EQ(outcome->lines.at(0).owed.has_value(), one.state != PaidState::declined);
  }
}

/// What becomes of one compensation that is final at 1 h and can be claimed until 6 h, by when the
/// claims were made and told, and when the server looked for what had lapsed.
PaidState naively(const std::vector<std::pair<Duration, Duration>>& claims,
                  const std::vector<Duration>& looks) {
  PaidState state = PaidState::claimable;
  for (Duration now = 0h; now <= 20h; now += 1min) {
    const bool is_claimed = std::any_of(claims.begin(), claims.end(), [&](const auto& claim) {
      return claim.second == now && claim.first <= 6h;
    });
    if (is_claimed && state == PaidState::claimable) state = PaidState::owed;
    if (is_claimed && state == PaidState::declined) state = PaidState::held;
    const bool is_looked = std::find(looks.begin(), looks.end(), now) != looks.end();
    if (is_looked && now > 6h && state == PaidState::claimable) state = PaidState::declined;
  }
  return state;
}

TEST(Claim, IsPaidExactlyWhenItWasMadeAndToldInTime) {
  const unsigned seed = std::random_device{}();
  std::mt19937_64 random(seed);
  std::map<PaidState, int> met;
  // As long as chance has left one of them out.
  for (int round = 0; round < 300 || (met.size() < 4 && round < 5'000); ++round) {
    const auto minute = [&](int64_t from, int64_t until) {
      return std::chrono::minutes(from + static_cast<int64_t>(random() % (until - from)));
    };
    std::vector<std::pair<Duration, Duration>> claims;
    std::vector<Duration> looks;
    for (uint64_t i = random() % 3; i > 0; --i) {
      const Duration made = minute(61, 600);
      claims.emplace_back(made, random() % 2 == 0 ? made : made + minute(0, 300));
    }
    for (uint64_t i = random() % 3; i > 0; --i) looks.push_back(minute(300, 1'000));
    World world = world_that_owes();
    for (Duration now = 1h; now <= 20h; now += 1min) {
      for (const auto& [made, told] : claims) {
        if (told == now) world.observe(say("recalled", made), World::at(now));
      }
      if (std::find(looks.begin(), looks.end(), now) != looks.end()) lapse(world, now);
    }
    const PaidState state = first(world).state;
    ASSERT_EQ(state, naively(claims, looks)) << "seed " << seed << ", round " << round;
    ASSERT_LE(world.all<Claimed>().size(), 1u);
    ++met[state];
  }
  EXPECT_EQ(met.size(), 4u) << "owed, held, declined and still claimable";
}

TEST(Payout, IsPromisedInTheDaysThatTheClauseNames) {
  const auto due_on = [](const std::string& days, int32_t count) {
    return world_that_owes(claimed_book([&](Promise& p) {
             p.compensation->claim.reset();
             p.compensation->due = Limit{Limit::Unit::business_days, {}, count};
             p.compensation->due_days = days;
           }))
        .all<Owed>()
        .at(0)
        .due_on;
  };
  // 2026-01-05 is a Monday; the branch of these tests opens every day.
  EXPECT_EQ(due_on("", 5), (LocalDate{2026, 1, 10}));
  EXPECT_EQ(due_on("target", 5), (LocalDate{2026, 1, 12}));
  EXPECT_EQ(due_on("hours", 5), (LocalDate{2026, 1, 10}));
}

TEST(Claim, MadeWhileItIsHeldNeedNotBeMadeAgain) {
  World held(claimed_book([](Promise& p) { p.on["service_started"].otherwise = Effect::review; }));
  play(held, late_service(), 1h);
  ASSERT_EQ(first(held).state, PaidState::held);
  held.observe(say("recalled", 2h), World::at(2h));
  EXPECT_EQ(first(held).state, PaidState::held) << "asking lets nothing go";
  const DecideReview pay{first(held).key, Verdict::breached, "seen", ""};
  ASSERT_TRUE(held.command(pay, World::at(3h)).ok());
  EXPECT_EQ(first(held).state, PaidState::owed);
  EXPECT_EQ(lapse(held, 400h), std::vector<std::string>{});
  expect_replay(held);
}

TEST(Claim, BringsNothingBackThatAPersonDeclined) {
  World world = world_that_owes();
  ASSERT_TRUE(
      world.command(DecidePayout{1, DecidePayout::Action::decline, "a test ticket"}, World::at(2h))
          .ok());
  world.observe(say("recalled", 3h), World::at(3h));
  EXPECT_EQ(first(world).state, PaidState::declined);
  EXPECT_EQ(world.all<Claimed>().size(), 0u);
}

TEST(Claim, IsMadeByItsOwnEventAlone) {
  World world = world_that_owes();
  world.observe(say("called", 2h), World::at(2h));
  EXPECT_EQ(first(world).state, PaidState::claimable);
  EXPECT_EQ(world.all<Claimed>().size(), 0u);
}

TEST(Claim, ToldLateAsksOnlyForWhatHadBegunWhenItWasMade) {
  World world(claimed_book());
  play(world, {say("issued", 0s), say("transferred", 16min), say("service_started", 40min)}, 1h);
  ASSERT_EQ(world.all<Owed>().size(), 2u);
  world.observe(say("recalled", 10min, {}, "phone"), World::at(2h));
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  EXPECT_EQ(world.state().ledger.find(2)->state, PaidState::claimable)
      << "the second wait began after the customer had asked";
}

TEST(Claim, LapsesInTheInstantAfterItsLast) {
  World world = world_that_owes();
  EXPECT_EQ(lapse(world, 6h), std::vector<std::string>{});
  EXPECT_EQ(lapse(world, 6h + 1ms), std::vector<std::string>{"not claimed"});
}

}  // namespace
}  // namespace lupaus::tests
