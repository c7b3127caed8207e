// Excuses by hand: who may, how many, how often, and what becomes of the money.
#include <gtest/gtest.h>

#include "rules/ledger/reviews.h"
#include "tests/rules/engine/promise_world.h"
#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout

using Change = std::function<void(Promise&)>;

BookPtr excusable_book(
    const Change& change = [](Promise&) {}, Instrument instrument = Instrument::transfer) {
  PromiseForm form;
  form.instrument = instrument;
  return book_with(
      [&](Promise& promise) {
        promise.excuses.push_back({"storm", is(Of::ticket, "cause", "storm"), {}, 0, {}, {}});
        promise.excuses.push_back({"manual", nullptr, {}, 2, {}, {}});
        promise.excuses.push_back({"alone", nullptr, {}, 1, {}, {}});
        change(promise);
      },
      form);
}

World world_that_owes(const BookPtr& book, int tickets = 1) {
  World world(book);
  for (int i = 0; i < tickets; ++i) {
    for (const auto& [type, offset] : {std::pair{"issued", 0min}, {"service_started", 16min}}) {
      OwnedEvent event = say(type, offset, {{"service", "cash"}, {"customer", "c"}});
      event.ticket = "A" + std::to_string(i + 1);
      world.observe(event, World::at(16min));
    }
  }
  world.hear_all(World::at(17min), World::at(17min));
  return world;
}

std::string excuse(World& world, const std::string& id, const std::string& who,
                   const std::string& ticket = "A1", const std::string& reason = "seen") {
  const auto excused =
      world.command(ExcuseBreach{{"b", ticket, "p15", 1, 1}, id, reason}, World::at(2h), who);
  return excused.ok() ? "" : excused.error().code;
}

TEST(Excuse, NeedsAnExcuseOfThePromiseAReasonAndABreach) {
  World world = world_that_owes(excusable_book());
  EXPECT_EQ(excuse(world, "manual", "berta", "A1", ""), "bad_reason");
  EXPECT_EQ(excuse(world, "flood", "berta"), "bad_excuse");
  EXPECT_EQ(excuse(world, "storm", "berta"), "bad_excuse") << "its condition alone excuses";
  EXPECT_EQ(excuse(world, "manual", "berta", "A9"), "not_found");
  EXPECT_EQ(excuse(world, "manual", ""), "who");
  EXPECT_EQ(world.all<Excused>().size(), 0u);
}

TEST(Excuse, IsCompleteOnceEnoughPeopleHaveSaidSo) {
  World world = world_that_owes(excusable_book());
  EXPECT_EQ(excuse(world, "manual", "berta"), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed) << "one of two";
  EXPECT_EQ(excuse(world, "manual", "Berta"), "four_eyes");
  EXPECT_EQ(excuse(world, "manual", "carl"), "");
  const auto& c = *world.state().ledger.find(1);
  EXPECT_EQ(c.state, PaidState::declined);
  EXPECT_EQ(c.reason, "excused: manual");
  EXPECT_EQ(c.changed_by, (std::vector<std::string>{"berta", "carl"})) << "they never approve it";
  EXPECT_EQ(excuse(world, "manual", "dora"), "wrong_state");
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::breached) << "the log keeps it";
  const auto excused = world.all<Excused>();
  ASSERT_EQ(excused.size(), 2u);
  EXPECT_EQ(excused[1].service, "cash");
  EXPECT_EQ(excused[1].started_at, World::at(0s));
  EXPECT_TRUE(excused[1].is_complete && !excused[0].is_complete);
  rules::ledger::State replayed, restored;
  for (const auto& [number, row] : world.state().ledger.compensations())
    restored.ledger.restore(row);
  for (const auto& fact : world.facts()) {
    replayed.evolve(fact);
    restored.ledger.evolve(fact);
  }
  EXPECT_EQ(replayed.hash(), world.state().hash());
  EXPECT_EQ(restored.ledger.find(1)->excused_by, c.excused_by);
}

TEST(Excuse, AnotherReasonIsCountedAnew) {
  World world = world_that_owes(excusable_book([](Promise& p) {
    p.excuses.push_back({"other", nullptr, {}, 2, {}, {}});
  }));
  EXPECT_EQ(excuse(world, "manual", "berta"), "");
  EXPECT_EQ(excuse(world, "other", "carl"), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
  EXPECT_EQ(excuse(world, "other", "berta"), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::declined);
}

TEST(Excuse, ClawsNothingBack) {
  const auto state_after = [](const std::vector<CommandBody>& before, Instrument instrument) {
    World world = world_that_owes(excusable_book([](Promise&) {}, instrument));
    for (const auto& body : before) EXPECT_TRUE(world.command(body, World::at(1h)).ok());
    EXPECT_EQ(excuse(world, "alone", "berta"), "");
    EXPECT_TRUE(world.state().ledger.find(1)->is_excused);
    return world.state().ledger.find(1)->state;
  };
  EXPECT_EQ(state_after({Settle{1, Settle::Outcome::paid, "r", 0}}, Instrument::transfer),
            PaidState::paid);
  EXPECT_EQ(state_after({CloseBatch{}}, Instrument::transfer), PaidState::owed)
      << "a batch's lines never change";
  EXPECT_EQ(state_after({Settle{1, Settle::Outcome::voucher_issued, "LP", 0}}, Instrument::voucher),
            PaidState::dispatched)
      << "the customer has it";
  EXPECT_EQ(state_after({Settle{1, Settle::Outcome::failed, "r", 0}}, Instrument::webhook),
            PaidState::declined);
}

TEST(Excuse, DeclinesWhatPeopleApprovedByHand) {
  World world = world_that_owes(
      excusable_book([](Promise& p) { p.compensation->approval_over = money("EUR 5.00"); }));
  ASSERT_TRUE(
      world.command(DecidePayout{1, DecidePayout::Action::approve, "seen"}, World::at(1h), "carl")
          .ok());
  ASSERT_EQ(world.state().ledger.find(1)->state, PaidState::approved);
  EXPECT_EQ(excuse(world, "alone", "berta"), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::declined);
}

TEST(Excuse, EndsTheReviewOfWhatIsHeld) {
  World world(
      excusable_book([](Promise& p) { p.on["service_started"].otherwise = Effect::review; }));
  play(world, {say("issued", 0s), say("service_started", 16min)}, 1h);
  ASSERT_EQ(rules::ledger::reviews(world.state(), 10).reviews.size(), 1u);
  EXPECT_EQ(excuse(world, "alone", "berta"), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::declined);
  EXPECT_EQ(rules::ledger::reviews(world.state(), 10).reviews.size(), 0u);
  EXPECT_EQ(world.all<ReviewDecided>().size(), 1u) << "who ended it is told";
}

TEST(Excuse, OnlyTheShareThatThePromiseAllows) {
  for (const auto& [ppm, allowed] : {std::pair<int64_t, int>{100'000, 1},
                                     {90'000, 0},
                                     {299'999, 2},
                                     {300'000, 3},
                                     {1'000'000, 10}}) {
    World world = world_that_owes(
        excusable_book([&, share = ppm](Promise& p) { p.excuses[2].max_share_ppm = share; }), 10);
    int excused = 0;
    for (int i = 1; i <= 10; ++i) {
      const std::string refused = excuse(world, "alone", "berta", "A" + std::to_string(i));
      EXPECT_TRUE(refused.empty() || refused == "max_share");
      excused += refused.empty() ? 1 : 0;
    }
    EXPECT_EQ(excused, allowed) << ppm;
    EXPECT_EQ(excuse(world, "manual", "berta", "A10"), excused == 10 ? "wrong_state" : "")
        << "another excuse has a share of its own";
  }
}

TEST(Excuse, TheShareIsOfTheBreachesOfItsPromiseAndMonth) {
  const auto half = [](Promise& p) { p.excuses[2].max_share_ppm = 500'000; };
  // One breach of January beside three of February: each month has a share of its own.
  World months(excusable_book(half));
  for (const auto& [ticket, day] : {std::pair{"A1", 0}, {"B1", 30}, {"B2", 30}, {"B3", 30}}) {
    for (const auto& [type, offset] : {std::pair{"issued", 0min}, {"service_started", 16min}}) {
      OwnedEvent event = say(type, day * 24h + offset);
      event.ticket = ticket;
      months.observe(event, World::at(day * 24h + 16min));
    }
    months.hear_all(World::at(day * 24h + 17min), World::at(day * 24h + 17min));
  }
  const auto excuse_later = [&](const std::string& ticket) {
    const auto excused = months.command(ExcuseBreach{{"b", ticket, "p15", 1, 1}, "alone", "seen"},
                                        World::at(800h), "berta");
    return excused.ok() ? "" : excused.error().code;
  };
  EXPECT_EQ(excuse_later("A1"), "max_share") << "one of one is more than half";
  EXPECT_EQ(excuse_later("B1"), "");
  EXPECT_EQ(excuse_later("B2"), "max_share");
  // Each ticket breaks two promises; the other one's breaches do not count.
  PromiseForm other;
  other.name = "other";
  auto book = std::make_shared<Book>(*excusable_book(half));
  book->promises.push_back(make_book({other})->promises.front());
  World promises = world_that_owes(book, 1);
  ASSERT_EQ(promises.all<Owed>().size(), 2u);
  EXPECT_EQ(excuse(promises, "alone", "berta"), "max_share");
  // Owed again it is one breach still.
  World again = world_that_owes(excusable_book(half, Instrument::webhook));
  for (const CommandBody& body :
       std::initializer_list<CommandBody>{Settle{1, Settle::Outcome::failed, "r", 1},
                                          DecidePayout{1, DecidePayout::Action::release, "again"}})
    ASSERT_TRUE(again.command(body, World::at(1h)).ok());
  ASSERT_EQ(again.state().ledger.find(2)->reverses, 1u);
  EXPECT_EQ(excuse(again, "alone", "berta"), "max_share");
}

TEST(Excuse, EndsTheWaitForAClaim) {
  World world = world_that_owes(excusable_book([](Promise& p) {
    p.compensation->claim = Promise::Claim{"recalled", length(5h), {}};
  }));
  ASSERT_EQ(world.state().ledger.find(1)->state, PaidState::claimable);
  EXPECT_EQ(excuse(world, "alone", "berta"), "");
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::declined);
}

}  // namespace
}  // namespace lupaus::tests
