// When money is settled: groups, `settle: breach`, promised payouts; live and in a backtest alike.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "rules/ledger/overdue.h"
#include "rules/scenario/backtest.h"
#include "tests/rules/engine/promise_world.h"
#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout

using Change = std::function<void(Promise&)>;

/// p15, which service_started stops, and q, which service_ended stops, changed by `change`.
BookPtr two_promises(const Change& change) {
  PromiseForm q;
  q.name = "q";
  q.changed = {{"service_started", Effect::proceed}, {"service_ended", Effect::stop}};
  auto book = std::make_shared<Book>(*make_book({PromiseForm{}, q}));
  for (Promise& promise : book->promises) change(promise);
  book->vocabularies.front().attributes["fare"] = {AttributeType::money, false};
  return book;
}
void group(Promise& promise) { promise.compensation->group = "g"; }

/// "p15/1 owed EUR 10.00" for each fact, in the order of the journal.
std::vector<std::string> money_of(const World& world) {
  std::vector<std::string> lines;
  for (const Owed& owed : world.all<Owed>()) {
    lines.push_back(owed.key.promise + "/" + std::to_string(owed.key.cycle) + " " +
                    std::string(format_paid_state(owed.state)) +
                    (owed.amount ? " " + format_money(*owed.amount) : "") +
                    (owed.reason.empty() ? "" : ", " + owed.reason));
  }
  return lines;
}
using Lines = std::vector<std::string>;

TEST(Group, PaysTheLargestOnceAllHaveEnded) {
  World world(two_promises(group));
  play(world, {say("issued", 0s), say("service_started", 16min)}, 20min);
  EXPECT_EQ(money_of(world), Lines{}) << "q still runs";
  play(world, {say("service_ended", 31min)}, 32min);
  EXPECT_EQ(money_of(world),
            (Lines{"p15/1 recorded, group g: q/1 goes before", "q/1 owed EUR 20.00"}));
  EXPECT_EQ(world.all<Owed>()[0].computed, money("EUR 10.00"));
}

TEST(Group, WaitsForWhatAPersonHasToDecide) {
  PromiseForm p15, q;
  p15.changed = {{"left", Effect::stop}};
  q.name = "q";
  q.within = 60min;
  q.tiers = {{60min, 2000}};
  q.changed = {{"left", Effect::review}};
  const auto told = [&] {
    auto book = std::make_shared<Book>(*make_book({p15, q}));
    for (Promise& promise : book->promises) group(promise);
    World world(book);
    play(world, {say("issued", 0s), say("left", 20min)}, 1h);
    EXPECT_EQ(money_of(world), Lines{}) << "q may owe more";
    return world;
  };
  const auto decide = [](World& world, Verdict verdict) {
    const DecideReview decision{{"b", "A1", "q", 1, 1}, verdict, "the camera shows it", ""};
    return world.command(decision, World::at(2h)).ok();
  };
  World breached = told();
  ASSERT_TRUE(decide(breached, Verdict::breached));
  EXPECT_EQ(money_of(breached),
            (Lines{"p15/1 recorded, group g: q/1 goes before", "q/1 owed EUR 20.00"}));
  World kept = told();
  ASSERT_TRUE(decide(kept, Verdict::kept));
  EXPECT_EQ(money_of(kept), Lines{"p15/1 owed EUR 10.00"});
}

TEST(Group, EqualSumsGoByNameThenByCycle) {
  World world(two_promises(group));
  play(world,
       {say("issued", 0s), say("transferred", 16min), say("service_started", 32min),
        say("service_ended", 32min)},
       1h);
  EXPECT_EQ(money_of(world),
            (Lines{"p15/1 owed EUR 10.00", "p15/2 recorded, group g: p15/1 goes before",
                   "q/1 recorded, group g: p15/1 goes before",
                   "q/2 recorded, group g: p15/1 goes before"}))
      << "cycles that touch hang together";
}

TEST(Group, OnlyHangsTogetherWhereOpenTimesTouch) {
  World world(make_book({PromiseForm{}}));
  auto book = std::make_shared<Book>(*make_book({PromiseForm{}}));
  group(book->promises.front());
  World grouped(book);
  play(grouped,
       {say("issued", 0s), say("service_started", 16min), say("issued", 16min + 1ms),
        say("service_started", 40min)},
       1h);
  EXPECT_EQ(money_of(grouped), (Lines{"p15/1 owed EUR 10.00", "p15/2 owed EUR 10.00"}));
}

TEST(Group, WaitsForOneThatIsKeptAndLeavesOutWhatOwesNothing) {
  World world(two_promises([](Promise& promise) {
    group(promise);
    if (promise.name == "q") promise.within[0].within = length(50min);
  }));
  play(world, {say("issued", 0s), say("service_started", 16min)}, 20min);
  EXPECT_EQ(money_of(world), Lines{});
  play(world, {say("service_ended", 40min)}, 41min);
  EXPECT_EQ(money_of(world), Lines{"p15/1 owed EUR 10.00"});
}

TEST(Group, ACappedWinnerLeavesTheOthersUnpaid) {
  World world(two_promises([](Promise& promise) {
    group(promise);
    Cap cap;
    cap.scope = Cap::Scope::ticket;
    cap.max = money("EUR 1.00");
    if (promise.name == "q") promise.compensation->caps.push_back(cap);
  }));
  play(world, {say("issued", 0s), say("service_started", 16min), say("service_ended", 31min)}, 1h);
  EXPECT_EQ(money_of(world),
            (Lines{"p15/1 recorded, group g: q/1 goes before", "q/1 owed EUR 1.00, cap ticket"}));
}

TEST(Group, WhatPaysNothingContendsForNothing) {
  World forfeited(two_promises([](Promise& promise) {
    group(promise);
    if (promise.name == "q") promise.on["cancelled"].otherwise = Effect::forfeit;
  }));
  play(forfeited, {say("issued", 0s), say("service_started", 16min), say("cancelled", 31min)}, 1h);
  EXPECT_EQ(money_of(forfeited), (Lines{"p15/1 owed EUR 10.00", "q/1 forfeited, forfeited"}));
  World small(two_promises([](Promise& promise) {
    group(promise);
    if (promise.name == "q") promise.compensation->min_payable = money("EUR 50.00");
  }));
  play(small, {say("issued", 0s), say("service_started", 16min), say("service_ended", 31min)}, 1h);
  EXPECT_EQ(money_of(small), (Lines{"p15/1 owed EUR 10.00", "q/1 recorded, min_payable"}));
}

TEST(Group, OfUnlikeCurrenciesIsHeldWhole) {
  World world(two_promises([](Promise& promise) {
    group(promise);
    if (promise.name != "q") return;
    promise.compensation->currency = find_currency("SEK");
    for (auto& tier : promise.compensation->tiers) tier.pay = money("SEK 20.00");
  }));
  play(world, {say("issued", 0s), say("service_started", 16min), say("service_ended", 31min)}, 1h);
  EXPECT_EQ(money_of(world), (Lines{"p15/1 held, currency", "q/1 held, currency"}));
}

TEST(Settlement, CountsAgainstTheCapOfTheDayThatWasBroken) {  // R49
  World world(book_with([](Promise& promise) {
    Cap cap;
    cap.scope = Cap::Scope::promise_day;
    cap.max = money("EUR 15.00");
    promise.compensation->caps.push_back(cap);
  }));
  // Issued at 23:30 and broken at 23:45; served at 00:10 of the next day.
  play(world, {say("issued", 14h + 30min), say("service_started", 15h + 10min)}, 16h);
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].draws.at(0).cap, "p15|promise/day|-|2026-01-05");
}

TEST(Settlement, AtTheBreachIsOnceAndStaysOwed) {  // R54
  for (const char* end : {"service_started", "cancelled", "no_show"}) {
    World world(book_with([](Promise& promise) {
      promise.compensation->is_settled_at_breach = true;
      promise.compensation->tiers.resize(1);
    }));
    play(world, {say("issued", 0s)}, 15min + 2ms);
    EXPECT_EQ(money_of(world), Lines{"p15/1 owed EUR 10.00"});
    play(world, {say(end, 20min)}, 1h);
    EXPECT_EQ(money_of(world), Lines{"p15/1 owed EUR 10.00"}) << end;
  }
}

TEST(Settlement, AnExcusedBreachOwesNothing) {
  World world(book_with([](Promise& promise) {
    promise.excuses.push_back({"storm", is(Of::ticket, "cause", "storm"), {}, 0, {}, {}});
  }));
  play(
      world,
      {say("issued", 0s), say("called", 5min, {{"cause", "storm"}}), say("service_started", 16min)},
      1h);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::excused);
  EXPECT_EQ(money_of(world), Lines{});
}

TEST(Settlement, SharesAreOfTheFareAtTheStartOrAtTheEnd) {  // R13, R94
  const auto owed = [](bool is_final) {
    World world(two_promises([&](Promise& promise) {
      promise.compensation->tiers = {tier(15min, share(500'000, "fare", is_final))};
    }));
    play(world,
         {say("issued", 0s, {{"fare", "EUR 10.00"}}), say("called", 5min, {{"fare", "EUR 30.00"}}),
          say("service_started", 16min)},
         1h);
    return world.all<Owed>().at(0);
  };
  EXPECT_EQ(owed(false).amount, money("EUR 5.00"));
  EXPECT_EQ(owed(true).amount, money("EUR 15.00"));
  EXPECT_EQ(owed(true).tier_clause,
            "tier over 15m pays 50% of final(ticket.fare) EUR 30.00 = EUR 15.00, p.yaml:30:14");
}

World world_that_owes(const Change& change, Instrument instrument = Instrument::transfer) {
  PromiseForm form;
  form.instrument = instrument;
  World world(book_with(change, form));
  play(world, {say("issued", 0s, {{"customer", "anna"}}), say("service_started", 16min)}, 1h);
  return world;
}
void promise_payout(Promise& promise) {
  promise.compensation->due = Limit{Limit::Unit::business_days, {}, 1};
  promise.compensation->late = money("EUR 7.00");
}
/// 24:00 of 2026-01-06, the first business day after.
constexpr Duration kOverdue = 39h;

size_t late_after(World& world, Duration now) {
  Facts facts;
  rules::ledger::settle_overdue(world.state(), World::at(now), 10, facts);
  return facts.size();
}

TEST(Payout, TooLateOwesASecondOnce) {  // R57
  World world = world_that_owes(promise_payout);
  ASSERT_EQ(world.all<Owed>().at(0).due_on, (LocalDate{2026, 1, 6}));
  EXPECT_EQ(late_after(world, kOverdue - 1ms), 0u);
  EXPECT_EQ(world.state().ledger.next_overdue(), World::at(kOverdue));
  Facts facts;
  rules::ledger::settle_overdue(world.state(), World::at(kOverdue), 10, facts);
  ASSERT_EQ(facts.size(), 1u);
  const auto& owed = std::get<Owed>(facts[0].body);
  EXPECT_EQ(owed.amount, money("EUR 7.00"));
  EXPECT_EQ(owed.late_of, 1u);
  EXPECT_EQ(owed.number, 2u);
  EXPECT_EQ(owed.reason, "late: C-1-1 was due on 2026-01-06");
  EXPECT_EQ(world.commitment("A1").compensation, 1u) << "the breach keeps its own";
  EXPECT_EQ(late_after(world, 400h), 0u);
  rules::ledger::State replayed;
  for (const auto& fact : world.facts()) replayed.evolve(fact);
  for (const auto& fact : facts) replayed.evolve(fact);
  EXPECT_EQ(replayed.hash(), world.state().hash());
  rules::ledger::settle_overdue(replayed, World::at(400h), 10, facts);
  EXPECT_EQ(facts.size(), 1u) << "nor after a restart";
}

TEST(Payout, InTimeOwesNothingMore) {
  World paid = world_that_owes(promise_payout);
  ASSERT_TRUE(
      paid.command(Settle{1, Settle::Outcome::paid, "r", 0}, World::at(kOverdue - 1ms)).ok());
  EXPECT_EQ(late_after(paid, 400h), 0u);
  World late = world_that_owes(promise_payout);
  ASSERT_TRUE(late.command(Settle{1, Settle::Outcome::paid, "r", 0}, World::at(kOverdue)).ok());
  EXPECT_EQ(late_after(late, 400h), 1u) << "paid, but after the day, while nobody looked";
  World issued = world_that_owes(promise_payout, Instrument::voucher);
  ASSERT_TRUE(
      issued.command(Settle{1, Settle::Outcome::voucher_issued, "LP", 0}, World::at(2h)).ok());
  EXPECT_EQ(late_after(issued, 400h), 0u) << "a voucher is paid when the customer has it";
  World silent = world_that_owes([](Promise& promise) {
    promise_payout(promise);
    promise.compensation->late.reset();
  });
  EXPECT_EQ(late_after(silent, 400h), 0u);
}

TEST(Payout, HeldPastItsDayIsTooLateOnceItIsLetGo) {
  World world = world_that_owes(promise_payout);
  const auto decide = [&](DecidePayout::Action action, Duration at) {
    return world.command(DecidePayout{1, action, "seen"}, World::at(at)).ok();
  };
  ASSERT_TRUE(decide(DecidePayout::Action::hold, 2h));
  EXPECT_EQ(late_after(world, kOverdue), 0u) << "a person may still decline it";
  ASSERT_TRUE(decide(DecidePayout::Action::release, kOverdue + 1h));
  EXPECT_EQ(late_after(world, kOverdue + 1h), 1u);
}

TEST(Payout, HeldWhenItIsChargedHasItsDayAllTheSame) {
  PromiseForm form;
  form.instrument = Instrument::transfer;
  World world(book_with(promise_payout, form));
  world.state().ledger.set_breaker({0, 5, 1});
  play(world, {say("issued", 0s, {{"customer", "anna"}}), say("service_started", 16min)}, 1h);
  auto second = say("issued", 0s, {{"customer", "bertta"}});
  second.ticket = "B1";
  world.observe(second, World::at(1h));
  second.type = "service_started";
  second.attributes.clear();
  second.at = World::at(16min);
  world.observe(second, World::at(1h));
  world.hear_all(World::at(2h), World::at(2h));
  const auto owed = world.all<Owed>();
  ASSERT_EQ(owed.size(), 2u);
  ASSERT_EQ(owed[1].state, PaidState::held) << owed[1].reason;
  EXPECT_EQ(owed[1].due_on, (LocalDate{2026, 1, 6}));
  ASSERT_TRUE(world.command(Settle{1, Settle::Outcome::paid, "r", 0}, World::at(3h)).ok());
  EXPECT_EQ(late_after(world, kOverdue), 0u) << "a person may still decline it";
  EXPECT_TRUE(rules::ledger::is_due_missed(world.state(), *world.state().ledger.find(2),
                                           World::at(kOverdue)));
  const DecidePayout release{2, DecidePayout::Action::release, "seen"};
  ASSERT_TRUE(world.command(release, World::at(kOverdue + 1h)).ok());
  EXPECT_EQ(late_after(world, kOverdue + 1h), 1u);
}

TEST(Payout, IsMissedFromTheEndOfItsDayOn) {
  const World world = world_that_owes(promise_payout);
  const auto is_missed = [&](Duration now) {
    return rules::ledger::is_due_missed(world.state(), *world.state().ledger.find(1),
                                        World::at(now));
  };
  EXPECT_FALSE(is_missed(kOverdue - 1ms));
  EXPECT_TRUE(is_missed(kOverdue));
}

TEST(Payout, IsPromisedInBusinessCalendarOrElapsedTime) {
  const auto due_on = [](Limit due) {
    return world_that_owes([&](Promise& p) { p.compensation->due = due; }).all<Owed>().at(0).due_on;
  };
  EXPECT_EQ(due_on(calendar_days(5)), (LocalDate{2026, 1, 10}));
  EXPECT_EQ(due_on({Limit::Unit::business_days, {}, 3}), (LocalDate{2026, 1, 8}));
  EXPECT_EQ(due_on(length(14h - 1ms)), (LocalDate{2026, 1, 5})) << "final at 10:00";
  EXPECT_EQ(due_on(length(14h)), (LocalDate{2026, 1, 6}));
}

TEST(Payout, AboveTheLimitNothingTakesItBeforeApproval) {
  World world =
      world_that_owes([](Promise& p) { p.compensation->approval_over = money("EUR 9.99"); });
  EXPECT_EQ(money_of(world), Lines{"p15/1 owed EUR 10.00, approval"});
  const auto closed = world.command(CloseBatch{}, World::at(2h));
  ASSERT_FALSE(closed.ok());
  EXPECT_EQ(closed.error().code, "nothing_to_pay");
  const auto dispatched =
      world.command(Settle{1, Settle::Outcome::dispatched, "c", 1}, World::at(2h));
  ASSERT_FALSE(dispatched.ok());
  EXPECT_EQ(dispatched.error().code, "wrong_state");
}

// ---- backtest and live

/// Tickets of few customers that start, may restart or break off, and end; no two events at one
/// instant.
std::vector<OwnedEvent> random_day(std::mt19937_64& random) {
  std::vector<OwnedEvent> events;
  int64_t serial = 0;
  const auto add = [&](const std::string& ticket, const char* type, Duration at) {
    OwnedEvent event =
        say(type, at + Duration(++serial), {{"customer", "c" + ticket.substr(1, 1)}});
    event.ticket = ticket;
    events.push_back(std::move(event));
  };
  for (int i = 0; i < 12; ++i) {
    const std::string ticket = "T" + std::to_string(random() % 3) + "-" + std::to_string(i);
    Duration at = std::chrono::minutes(random() % 60);
    const auto go_on = [&] { return at += std::chrono::minutes(1 + random() % 40); };
    add(ticket, "issued", at);
    if (random() % 3 == 0) add(ticket, "transferred", go_on());
    if (random() % 5 == 0) add(ticket, "no_show", go_on());
    add(ticket, "service_started", go_on());
    add(ticket, "service_ended", go_on());
  }
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  for (size_t i = 0; i < events.size(); ++i) events[i].sequence = i + 1;
  return events;
}

BookPtr random_book(std::mt19937_64& random) {
  const bool is_grouped = random() % 2 == 0;
  return two_promises([&](Promise& promise) {
    if (is_grouped) group(promise);
    for (uint64_t i = random() % 3; i > 0; --i) {
      Cap cap;
      cap.scope = static_cast<Cap::Scope>(random() % 6);
      cap.then = random() % 4 == 0 ? Cap::Then::hold : Cap::Then::record;
      cap.max_times = static_cast<int32_t>(1 + random() % 4);
      if (random() % 2 == 0) {
        cap.max_times.reset();
        cap.max = Money{*find_currency("EUR"), static_cast<int64_t>(500 + random() % 5'000)};
      }
      promise.compensation->caps.push_back(cap);
    }
  });
}

using MoneyByKey = std::map<CommitmentKey, std::pair<std::optional<Money>, PaidState>>;

MoneyByKey backtest(const BookPtr& book, const std::vector<OwnedEvent>& events) {
  rules::scenario::Backtest run(book, "events");
  uint64_t line = 0;
  for (const OwnedEvent& event : events) {
    std::vector<Attribute> attributes;
    for (const auto& [name, value] : event.attributes) attributes.push_back({name, value});
    const Event view{event.source, event.epoch, event.sequence, event.branch, event.ticket,
                     event.type,   "",          event.at,       attributes};
    EXPECT_TRUE(run.add(view, ++line).ok());
  }
  const auto outcome = run.finish(World::at(30h));
  EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : format_error(outcome.error()));
  MoneyByKey found;
  int64_t sum = 0;
  for (const auto& one : outcome->lines) {
    if (one.paid_state != PaidState::none) found[one.key] = {one.owed, one.paid_state};
    EXPECT_TRUE(!one.owed || one.owed->minor > 0) << "never nothing, never less";
    if (one.owed) sum += one.owed->minor;
  }
  for (const auto& [currency, total] : outcome->total.owed) EXPECT_EQ(total.minor, sum);
  return found;
}

MoneyByKey live(const BookPtr& book, const std::vector<OwnedEvent>& events) {
  World world(book);
  for (const OwnedEvent& event : events) {
    world.observe(event, event.at);
    world.hear_all(event.at + 1ms, event.at);
  }
  world.hear_all(World::at(30h), World::at(30h));
  MoneyByKey found;
  for (const Owed& owed : world.all<Owed>()) {
    EXPECT_FALSE(found.contains(owed.key)) << "charged twice";
    if (owed.state != PaidState::none) found[owed.key] = {owed.amount, owed.state};
  }
  return found;
}

TEST(Settlement, IsTheSameLiveInABacktestAndInAnyOrderOfTheFile) {
  const unsigned seed = std::random_device{}();
  size_t count = 0;
  for (unsigned round = 0; round < 150; ++round) {
    std::mt19937_64 random(seed + round);
    const BookPtr book = random_book(random);
    std::vector<OwnedEvent> events = random_day(random);
    const MoneyByKey settled = live(book, events);
    ASSERT_EQ(backtest(book, events), settled) << "seed " << seed + round;
    std::shuffle(events.begin(), events.end(), random);
    ASSERT_EQ(backtest(book, events), settled) << "seed " << seed + round;
    count += settled.size();
  }
  EXPECT_GT(count, 500u) << "the days have breaches to settle";
}

}  // namespace
}  // namespace lupaus::tests
