// Which promises hold for a ticket, and what its cycles capture (R10-R14, R32, R33, R50-R53, R95,
// R96).
#include <gtest/gtest.h>

#include "rules/calendar/zone.h"
#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using Why = rules::engine::Unbound::Why;

/// Whether ticket A1, issued at `offset`, is bound; else why not.
std::optional<Why> refusal(const BookPtr& book, Duration offset, Attributes attributes = {},
                           const std::string& branch = "b") {
  World world(nullptr);
  world.publish(book, World::at(-24h * 400));
  auto event = say("issued", offset, std::move(attributes));
  event.branch = branch;
  world.observe(event, World::at(24h * 400));
  const auto slot = world.state().engine.find_ticket(branch, "A1");
  if (!world.state().engine.ticket(*slot).commitments.empty()) return std::nullopt;
  const auto all = world.state().engine.not_bound(*slot);
  EXPECT_EQ(all.size(), 1u);
  return all.empty() ? std::nullopt : std::optional(all[0].unbound.why);
}

BookPtr applies(ConditionPtr condition) {
  return book_with([&](Promise& promise) { promise.applies = condition; });
}

void add_branch(Book& book) {
  book.branches.push_back(book.branches.front());
  book.branches.back().name = "c";
  book.branches.back().attributes = {{"region", "north"}};
}

// R10.
TEST(Binding, HoldsInEveryBranchUnlessAppliesSaysOtherwise) {
  const auto everywhere = book_with([](Promise&) {}, {}, {}, add_branch);
  const auto only_b = book_with(
      [](Promise& promise) {
        promise.applies = std::make_shared<ConditionOf>([](const Scope& scope) {
          return scope.branch_id == "b" ? Condition::Value::yes : Condition::Value::no;
        });
      },
      {}, {}, add_branch);
  EXPECT_EQ(refusal(everywhere, 0s, {}, "c"), std::nullopt);
  EXPECT_EQ(refusal(only_b, 0s, {}, "b"), std::nullopt);
  EXPECT_EQ(refusal(only_b, 0s, {}, "c"), Why::does_not_apply);
}

// R11: at() is 09:00 local (+02:00) of 2026-01-05; local midnight is 15 h later.
TEST(Binding, EffectiveCountsLocalDatesOfTheStart) {
  const auto book = book_with([](Promise& promise) {
    promise.from = LocalDate{2026, 1, 6};
    promise.until = LocalDate{2026, 1, 7};
  });
  EXPECT_EQ(refusal(book, 15h - 1ms), Why::not_in_effect);
  EXPECT_EQ(refusal(book, 15h), std::nullopt);
  EXPECT_EQ(refusal(book, 15h + 48h - 1ms), std::nullopt)
      << "the due lies beyond; the start counts";
  EXPECT_EQ(refusal(book, 15h + 48h), Why::not_in_effect);
}

// R12: an error is false, counted and shown.
TEST(Binding, ToWhatCannotBeAnsweredIsCountedAndShown) {
  World world(applies(is(Of::ticket, "service", "loan")));
  EXPECT_EQ(world.state().engine.tally().condition_errors, 0u);
  world.observe(say("issued", 0s), World::at(0s));
  EXPECT_TRUE(cycles(world, World::at(1min)).empty());
  ASSERT_EQ(not_bound(world).size(), 1u);
  EXPECT_EQ(not_bound(world)[0].unbound.why, Why::cannot_apply);
  EXPECT_EQ(world.state().engine.tally().condition_errors, 1u);
  world.observe(say("called", 1min), World::at(1min));
  world.observe(say("away", 2min), World::at(2min));
  EXPECT_EQ(world.state().engine.tally().condition_errors, 1u) << "however often it is judged";
}

TEST(Binding, AnErrorInALineOfTheClockTakesItsElse) {
  const auto book = book_with([](Promise& promise) {
    promise.on["transferred"].cases = {{is(Of::event, "to_service", "loan"), Effect::restart},
                                       {is(Of::ticket, "service", "vip"), Effect::stop}};
    promise.on["transferred"].otherwise = Effect::proceed;
  });
  World error(book);
  play(error, {say("issued", 0s), say("transferred", 5min)}, 6min);
  EXPECT_FALSE(error.commitment("A1").cycle.stopped_at);
  EXPECT_EQ(error.state().engine.tally().condition_errors, 2u);
  World event_alone(book);
  play(event_alone, {say("issued", 0s, {{"to_service", "loan"}}), say("transferred", 5min)}, 6min);
  EXPECT_FALSE(event_alone.commitment("A1").cycle.stopped_at) << "event.* is this event's alone";
  World restarts(book);
  play(restarts, {say("issued", 0s), say("transferred", 5min, {{"to_service", "loan"}})}, 6min);
  EXPECT_EQ(restarts.commitment("A1", 1).cycle.end, End::restart);
  World merged(book);
  play(merged, {say("issued", 0s, {{"service", "vip"}}), say("transferred", 5min)}, 6min);
  EXPECT_EQ(merged.commitment("A1").cycle.end, End::stop) << "ticket.* is merged, first match wins";
}

// R13, R53: merged at the instant of the start, events before it included, never again.
TEST(Binding, CapturesTheAttributesOfTheStart) {
  const auto book = applies(is(Of::ticket, "service", "loan"));
  EXPECT_EQ(refusal(book, 0s, {{"service", "cash"}}), Why::does_not_apply);
  World before(book);
  before.observe(say("called", -1h, {{"service", "loan"}}), World::at(-1h));
  before.observe(say("issued", 0s), World::at(0s));
  EXPECT_EQ(cycles(before, World::at(1min)).size(), 1u);
  World same_instant(book);
  same_instant.observe(say("issued", 0s, {{"service", "cash"}}), World::at(0s));
  EXPECT_TRUE(cycles(same_instant, World::at(1min)).empty());
  same_instant.observe(say("called", 0s, {{"service", "loan"}}, "later"), World::at(0s));
  EXPECT_EQ(cycles(same_instant, World::at(1min)).size(), 1u);
  World after(book);
  after.observe(say("issued", 0s, {{"service", "cash"}}), World::at(0s));
  after.observe(say("called", 1ms, {{"service", "loan"}}), World::at(1s));
  EXPECT_TRUE(cycles(after, World::at(1min)).empty()) << "R53";
  World no_longer(book);
  no_longer.observe(say("issued", 0s, {{"service", "loan"}}), World::at(0s));
  no_longer.observe(say("transferred", 5min, {{"service", "cash"}}), World::at(5min));
  EXPECT_EQ(cycles(no_longer, World::at(6min)).size(), 2u) << "R51: a restart asks nothing again";
}

// R13, R14, R51: the limit is the first entry that matches as the cycle starts.
TEST(Binding, TakesTheFirstLimitThatMatchesAnewAtEachCycle) {
  World world(book_with([](Promise& promise) {
    auto last = promise.within.front();
    promise.within = {{is(Of::ticket, "service", "loan"), Limit{{}, 30min, 0}, {}},
                      {is(Of::ticket, "customer", "x"), Limit{{}, 5min, 0}, {}},
                      last};
  }));
  play(world,
       {say("issued", 0s, {{"customer", "x"}}), say("called", 1min, {{"service", "loan"}}),
        say("transferred", 2min)},
       3min);
  EXPECT_EQ(world.commitment("A1", 1).cycle.limit, Duration(5min));
  EXPECT_EQ(world.commitment("A1", 2).cycle.limit, Duration(30min));
}

// R95.
TEST(Suspension, BindsNoTicketThatStartsInIt) {
  Suspension suspension{{2026, 1, 6}, {2026, 1, 7}, nullptr, "strike of the carriers", {}};
  const auto book = [&](ConditionPtr when) {
    return book_with(
        [&](Promise& promise) {
          suspension.when = when;
          promise.suspensions = {suspension};
        },
        {}, {}, add_branch);
  };
  EXPECT_EQ(refusal(book(nullptr), 15h - 1ms), std::nullopt);
  EXPECT_EQ(refusal(book(nullptr), 15h), Why::suspended);
  EXPECT_EQ(refusal(book(nullptr), 15h + 48h - 1ms), Why::suspended);
  EXPECT_EQ(refusal(book(nullptr), 15h + 48h), std::nullopt);
  const auto north = is(Of::branch, "region", "north");
  EXPECT_EQ(refusal(book(north), 15h, {}, "c"), Why::suspended);
  EXPECT_EQ(refusal(book(north), 15h, {}, "b"), std::nullopt) << "an error is false (R12)";
}

TEST(Suspension, LeavesARunningClockAndItsRestartsAlone) {
  World world(book_with([](Promise& promise) {
    promise.suspensions = {Suspension{{2026, 1, 6}, {2026, 1, 7}, nullptr, "", {}}};
  }));
  play(world, {say("issued", 15h - 1min), say("transferred", 15h + 1min)}, 15h + 2min);
  EXPECT_EQ(cycles(world, World::at(15h + 2min)).size(), 2u);
}

/// 15 minutes, on days of class payday 30, on Mondays 10.
BookPtr by_day(const std::string& measure, const std::string& zone) {
  PromiseForm form;
  form.measure = measure;
  const auto when = [](auto ask) {
    return std::make_shared<ConditionOf>([ask](const Scope& scope) {
      return ask(scope) ? Condition::Value::yes : Condition::Value::no;
    });
  };
  return book_with(
      [&](Promise& promise) {
        auto last = promise.within.front();
        promise.within = {
            {when([](const Scope& s) { return s.day_class == "payday"; }), Limit{{}, 30min, 0}, {}},
            {when([](const Scope& s) { return s.day_weekday == 1; }), Limit{{}, 10min, 0}, {}},
            last};
      },
      form, {},
      [&](Book& book) {
        auto& hours = book.calendars.front();
        hours.timezone = zone;
        hours.week[1].day_class = "payday";  // R96: Tuesdays
        hours.exceptions = {{{2026, 1, 13}, std::nullopt, "quiet", "exhibition"},
                            {{2026, 1, 14}, std::nullopt, "payday", ""},
                            {{2026, 1, 20}, std::nullopt, "", "no class of its own"}};
        if (book.find_zone(zone) == nullptr)
          book.zones.insert(book.zones.begin(), *rules::calendar::find_built_in_zone(zone));
      });
}

Duration limit_of(const BookPtr& book, Duration offset) {
  World world(book);
  world.observe(say("issued", offset), World::at(offset));
  return world.commitment("A1").cycle.limit;
}

// R32, R96.
TEST(DayClass, IsOfTheLocalDateOfTheStartAndAnExceptionWins) {
  for (const std::string measure : {"hours", "branch", "elapsed"}) {
    const auto book = by_day(measure, "Europe/Helsinki");
    EXPECT_EQ(limit_of(book, 0s), Duration(10min)) << "a Monday";
    EXPECT_EQ(limit_of(book, 15h - 1ms), Duration(10min));
    EXPECT_EQ(limit_of(book, 15h), Duration(30min)) << "Tuesdays are paydays";
    EXPECT_EQ(limit_of(book, 24h * 8), Duration(15min)) << "an exception's class wins";
    EXPECT_EQ(limit_of(book, 24h * 9), Duration(30min)) << "a payday on a Wednesday";
    EXPECT_EQ(limit_of(book, 24h * 15), Duration(30min))
        << "R31: without hours and class the week's";
  }
}

TEST(DayClass, IsReadInTheZoneOfTheMeasuresCalendar) {
  // 09:00 in Helsinki is 16:00 in Tokyo, where Tuesday begins 8 h later.
  const auto book = by_day("hours", "Asia/Tokyo");
  EXPECT_EQ(limit_of(book, 8h - 1ms), Duration(10min));
  EXPECT_EQ(limit_of(book, 8h), Duration(30min));
}

Instant due_of(const std::string& measure, Limit limit, Duration offset) {
  PromiseForm form;
  form.measure = measure;
  World world(book_with(
      [&](Promise& promise) {
        promise.within.front().within = limit;
        promise.expire_after = 24h * 365;
      },
      form, {},
      [](Book& book) {
        auto& hours = book.calendars.front();
        for (const int weekend : {5, 6}) hours.week[static_cast<size_t>(weekend)] = {};
        hours.exceptions = {{{2026, 1, 6}, std::vector<DayInterval>{}, "", "Epiphany"}};
      }));
  world.observe(say("issued", offset), World::at(offset));
  return *world.commitment("A1").cycle.due_at;
}

Instant local(const char* text) { return *parse_instant(text); }

// R33: to the end of the n-th day after the date of the start; Tuesday 6 January is closed.
TEST(DaysAsLimits, EndWithTheNthDay) {
  const Limit two_business{Limit::Unit::business_days, {}, 2};
  EXPECT_EQ(due_of("elapsed", two_business, 0s), local("2026-01-09T00:00:00+02:00"));
  EXPECT_EQ(due_of("elapsed", two_business, 24h * 4), local("2026-01-14T00:00:00+02:00"))
      << "from Friday over the weekend";
  EXPECT_EQ(due_of("hours", two_business, 0s), local("2026-01-08T18:00:00+02:00"))
      << "in open time the day is over when it closes";
  const Limit one_calendar{Limit::Unit::calendar_days, {}, 1};
  EXPECT_EQ(due_of("elapsed", one_calendar, 0s), local("2026-01-07T00:00:00+02:00"));
  // The day after 28 March has 23 hours.
  EXPECT_EQ(due_of("elapsed", one_calendar, 24h * 82), local("2026-03-30T00:00:00+03:00"));
}

// R33: from the start on it is a duration, which pauses move like any other.
TEST(DaysAsLimits, ArePausedLikeAnyDuration) {
  World world(book_with([](Promise& promise) {
    promise.within.front().within = Limit{Limit::Unit::calendar_days, {}, 1};
    promise.expire_after = 24h * 10;
  }));
  play(world, {say("issued", 0s), say("away", 1h), say("back", 3h)}, 4h);
  EXPECT_EQ(world.commitment("A1").cycle.limit, Duration(39h));
  EXPECT_EQ(world.commitment("A1").cycle.due_at, World::at(41h));
}

// R27: a calendar that never opens again.
TEST(DaysAsLimits, NeverComeWhereNothingOpens) {
  PromiseForm form;
  form.measure = "hours";
  World world(book_with([](Promise&) {}, form, {},
                        [](Book& book) {
                          for (auto& day : book.calendars.front().week) day = {};
                        }));
  world.observe(say("issued", 0s), World::at(0s));
  EXPECT_EQ(world.commitment("A1").cycle.due_at, std::nullopt);
}

}  // namespace
}  // namespace lupaus::tests
