// Books that open, move and close branches while their promises stay as they are: a clock runs in
// the branch as the book in force at its start has it, whatever the promise's revision.
#include <gtest/gtest.h>

#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

using rules::engine::Commitment;

/// The book of `make_book` with what `change` makes of its branches.
BookPtr branches_of(const std::vector<PromiseForm>& forms,
                    const std::function<void(std::vector<BranchSpec>&)>& change) {
  auto book = std::make_shared<Book>(*make_book(forms));
  book->zones.push_back(*rules::calendar::find_built_in_zone("Europe/London"));
  book->calendars.push_back(book->calendars.front());
  book->calendars.back().name = "late-hours";
  for (auto& day : book->calendars.back().week) day.intervals = {{10 * 60, 18 * 60}};
  book->vocabularies.front().branch_attributes["region"] = {};
  change(book->branches);
  return book;
}

void open_c(std::vector<BranchSpec>& branches) {
  branches.push_back(branches.front());
  branches.back().name = "c";
}

OwnedEvent at_branch(std::string branch, std::string ticket, std::string type, Duration offset) {
  auto event = say(std::move(type), offset);
  event.branch = std::move(branch);
  event.ticket = std::move(ticket);
  return event;
}

std::vector<Commitment> cycles_at(const World& world, const std::string& branch,
                                  const std::string& ticket) {
  const auto slot = world.state().engine.find_ticket(branch, ticket);
  if (!slot) return {};
  return world.state().engine.ticket(*slot).commitments;
}

/// Everything recorded, folded by another state, gives the same.
void expect_same_when_replayed(const World& world) {
  rules::engine::State replayed;
  for (const Fact& fact : world.facts()) replayed.evolve(fact);
  EXPECT_EQ(replayed.hash(), world.state().engine.hash());
}

PromiseForm p15(std::string measure = "elapsed") {
  PromiseForm form;
  form.measure = std::move(measure);
  return form;
}

// R10: a promise holds in every branch of the book, also in one that is opened later.
TEST(Branch, OpenedLaterIsCoveredByThePromisesThatStayAsTheyAre) {
  World world(branches_of({p15()}, [](auto&) {}));
  world.publish(branches_of({p15()}, open_c), World::at(0s));
  world.observe(at_branch("c", "C1", "issued", 1min), World::at(1min));
  world.tick(World::at(17min));
  world.observe(at_branch("c", "C1", "service_started", 18min), World::at(18min));
  world.hear_all(World::at(19min), World::at(19min));
  const auto cycles = cycles_at(world, "c", "C1");
  ASSERT_EQ(cycles.size(), 1u);
  EXPECT_EQ(cycles[0].revision, 1u) << "the promise is the same";
  EXPECT_EQ(cycles[0].cycle.verdict, Verdict::breached);
  EXPECT_EQ(cycles[0].cycle.breaching_at, World::at(16min + 1ms));
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  expect_same_when_replayed(world);
}

// R50, R91: what began before the branch was published was promised to nobody there.
TEST(Branch, IsCoveredFromItsPublicationOn) {
  World world(branches_of({p15()}, [](auto&) {}));
  world.publish(branches_of({p15()}, open_c), World::at(0s));
  world.observe(at_branch("c", "C1", "issued", -1ms), World::at(1s));
  world.observe(at_branch("c", "C2", "issued", 0ms), World::at(1s));
  EXPECT_TRUE(cycles_at(world, "c", "C1").empty());
  EXPECT_EQ(cycles_at(world, "c", "C2").size(), 1u);
}

// The hours of a branch: 13:30-18 in the afternoon of the first book, without a break in the other.
TEST(Branch, KeepsTheHoursOfTheStartWhileItsClockRuns) {
  World world(branches_of({p15("branch")}, [](auto&) {}));
  world.observe(at_branch("b", "A1", "issued", 2h + 50min), World::at(2h + 50min));
  world.publish(branches_of({p15("branch")}, [](auto& all) { all[0].hours = "late-hours"; }),
                World::at(2h + 55min));
  world.observe(at_branch("b", "A2", "issued", 2h + 56min), World::at(2h + 56min));
  EXPECT_EQ(cycles_at(world, "b", "A1").at(0).cycle.due_at, World::at(4h + 35min));
  EXPECT_EQ(cycles_at(world, "b", "A2").at(0).cycle.due_at, World::at(3h + 11min));
  EXPECT_EQ(cycles_at(world, "b", "A2").at(0).revision, 1u);
  world.observe(at_branch("b", "A1", "transferred", 3h), World::at(3h));
  EXPECT_EQ(cycles_at(world, "b", "A1").at(0).cycle.counted, 10min);
  EXPECT_EQ(cycles_at(world, "b", "A1").at(1).cycle.due_at, World::at(3h + 15min))
      << "a cycle that begins anew finds the branch as it is then (R51)";
  expect_same_when_replayed(world);
}

TEST(Branch, KeepsTheZoneOfTheStart) {
  const auto until_today = [](auto change) {
    auto book = std::make_shared<Book>(*branches_of({p15()}, change));
    book->promises.front().until = LocalDate{2026, 1, 5};
    return book;
  };
  World world(until_today([](auto&) {}));
  world.publish(until_today([](auto& all) { all[0].timezone = "Europe/London"; }), World::at(0s));
  const Duration to_midnight = 15h;  // of Helsinki
  world.observe(at_branch("b", "A1", "issued", to_midnight + 1h), World::at(to_midnight + 1h));
  world.observe(at_branch("b", "A2", "issued", to_midnight + 2h), World::at(to_midnight + 2h));
  EXPECT_EQ(cycles_at(world, "b", "A1").size(), 1u) << "in London it is still the 5th";
  EXPECT_TRUE(cycles_at(world, "b", "A2").empty());
}

TEST(Branch, HasTheAttributesOfTheBookInForce) {
  const auto north_only = [](std::string region) {
    auto book = std::make_shared<Book>(*branches_of({p15()}, [&](auto& all) {
      all[0].attributes = {{"region", std::move(region)}};
    }));
    book->promises.front().applies = is(Of::branch, "region", "north");
    return book;
  };
  World world(north_only("south"));
  world.publish(north_only("north"), World::at(0s));
  world.observe(at_branch("b", "A1", "issued", -1s), World::at(1s));
  world.observe(at_branch("b", "A2", "issued", 1s), World::at(1s));
  EXPECT_TRUE(cycles_at(world, "b", "A1").empty());
  EXPECT_EQ(cycles_at(world, "b", "A2").size(), 1u);
}

TEST(Branch, ThatABookDropsBindsNoMoreButLosesNoClockThatRuns) {
  World world(branches_of({p15()}, open_c));
  world.observe(at_branch("c", "C1", "issued", 0s), World::at(0s));
  world.publish(branches_of({p15()}, [](auto&) {}), World::at(1min));
  // A backlog of what happened before is still taken, and judged as it would have been.
  world.observe(at_branch("c", "C2", "issued", 30s), World::at(2min));
  world.observe(at_branch("c", "C1", "transferred", 50s), World::at(2min));
  EXPECT_EQ(cycles_at(world, "c", "C2").size(), 1u);
  ASSERT_EQ(cycles_at(world, "c", "C1").size(), 2u);
  EXPECT_EQ(cycles_at(world, "c", "C1")[1].cycle.due_at, World::at(50s + 15min));
  world.observe(at_branch("c", "C3", "issued", 2min), World::at(2min));
  EXPECT_TRUE(cycles_at(world, "c", "C3").empty());
  EXPECT_EQ(world.all<Rejected>().back().reason, "unknown_branch");
  world.tick(World::at(20min));
  EXPECT_EQ(world.all<Breached>().size(), 2u);
  expect_same_when_replayed(world);
}

// Which book rules today: one for later changes nothing before its day.
class Upcoming : public testing::Test {
 protected:
  static constexpr Duration kDay = 24h;

  /// In force: kiosk and counter at `b`. From tomorrow: the counter alone, and the branch `c`.
  static World world() {
    const auto today = std::make_shared<Book>(*branches_of({p15()}, [](auto& all) {
      all[0].sources = {{"counter", {}}, {"kiosk", {}}};
    }));
    today->vocabularies.front().events.push_back("waved");
    today->promises.front().on["waved"].otherwise = Effect::proceed;
    World world(today);
    const auto later = branches_of({p15()}, [](auto& all) {
      open_c(all);
      all[0].sources = {{"counter", {}}};
    });
    EXPECT_TRUE(world.command(Publish{later, World::at(kDay), {}, "later"}, World::at(0s)).ok());
    return world;
  }
  static std::string reason(World& world, OwnedEvent event) {
    const size_t before = world.all<Rejected>().size();
    const Instant at = event.at;
    world.observe(std::move(event), at);
    const auto all = world.all<Rejected>();
    return all.size() == before ? "" : std::string(all.back().reason);
  }
};

TEST_F(Upcoming, BookLeavesTodaysSourcesAndTypesInForce) {
  World world = this->world();
  EXPECT_EQ(reason(world, say("issued", 1min, {}, "kiosk")), "");
  EXPECT_EQ(reason(world, say("waved", 2min)), "");
  EXPECT_EQ(reason(world, say("issued", 3min, {}, "stranger")), "undeclared_source");
}

TEST_F(Upcoming, BookMakesItsBranchKnownButPromisesNothingYet) {
  World world = this->world();
  EXPECT_EQ(reason(world, at_branch("c", "C1", "issued", 1min)), "");
  EXPECT_TRUE(cycles_at(world, "c", "C1").empty());
}

TEST_F(Upcoming, BookRulesFromItsInstantOn) {
  World world = this->world();
  EXPECT_EQ(reason(world, say("issued", kDay - 1ms, {}, "kiosk")), "");
  EXPECT_EQ(reason(world, say("issued", kDay, {}, "kiosk")), "undeclared_source");
  EXPECT_EQ(reason(world, say("waved", kDay)), "unknown_type");
  EXPECT_EQ(reason(world, at_branch("c", "C1", "issued", kDay)), "");
  EXPECT_EQ(cycles_at(world, "c", "C1").size(), 1u);
}

TEST_F(Upcoming, FirstBookTakesEventsBeforeItsInstant) {
  World world(nullptr);
  ASSERT_TRUE(
      world.command(Publish{make_book({p15()}), World::at(kDay), {}, "later"}, World::at(0s)).ok());
  EXPECT_EQ(reason(world, say("issued", 1min)), "");
  EXPECT_TRUE(cycles_at(world, "b", "A1").empty()) << "nothing is promised yet (R91)";
}

}  // namespace
}  // namespace lupaus::tests
