// Books that follow each other: which revision judges a ticket, what retiring a promise ends, and
// what is refused.
#include <gtest/gtest.h>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

OwnedEvent event(std::string ticket, std::string type, Duration offset) {
  OwnedEvent e;
  e.ticket = std::move(ticket);
  e.type = std::move(type);
  e.at = World::at(offset);
  return e;
}

PromiseForm form(std::string name, Duration within = 15min) {
  PromiseForm form;
  form.name = std::move(name);
  form.within = within;
  return form;
}

std::string code(const Result<void>& result) { return result.ok() ? "" : result.error().code; }

TEST(Publish, RefusesFilesThatLeaveOutAPromiseInForce) {
  World world(make_book({form("p15"), form("p20")}));
  const auto without = make_book({form("p15")});
  const size_t facts = world.facts().size();
  EXPECT_EQ(code(world.command(Publish{without, {}, {}, ""}, World::at(0s))), "missing_promise");
  EXPECT_EQ(world.facts().size(), facts);
  EXPECT_EQ(code(world.command(Publish{without, {}, {"p20"}, "replaced"}, World::at(0s))), "");
  EXPECT_EQ(code(world.command(Publish{without, {}, {}, ""}, World::at(1s))), "")
      << "what is retired need not be named again";
}

TEST(Publish, RefusesToRetireWhatTheFilesKeepOrNobodyPublished) {
  World world(make_book({form("p15")}));
  const auto book = make_book({form("p15")});
  for (const char* const name : {"p15", "p99"}) {
    EXPECT_EQ(code(world.command(Publish{book, {}, {name}, "gone"}, World::at(0s))),
              "unknown_promise");
  }
}

TEST(Publish, RefusesAnotherCurrencyUnderTheSameName) {
  const auto paying = [](std::string_view currency) {
    Book book = *make_book({form("p15")});
    book.promises[0].compensation->currency = find_currency(currency);
    return std::make_shared<const Book>(std::move(book));
  };
  World world(paying("EUR"));
  const auto publish = [&](const BookPtr& book) {
    return code(world.command(Publish{book, {}, {}, ""}, World::at(0s)));
  };
  EXPECT_EQ(publish(paying("JPY")), "changed_currency");
  EXPECT_EQ(publish(paying("EUR")), "");
}

TEST(Publish, RefusesToReachBehindAFinalVerdict) {
  World world(make_book({form("p15")}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.observe(event("A1", "service_started", 10min), World::at(10min));
  world.hear_all(World::at(11min), World::at(11min));
  ASSERT_TRUE(world.commitment("A1").is_confirmed);
  const auto publish = [&](Duration valid_from) {
    const auto book = make_book({form("p15", valid_from + 1h)});
    return code(world.command(Publish{book, World::at(valid_from), {}, ""}, World::at(1h)));
  };
  EXPECT_EQ(publish(5min), "backdated_too_far");
  EXPECT_EQ(publish(10min), "backdated_too_far") << "at a final verdict is behind it too (R91)";
  EXPECT_EQ(publish(10min + 1ms), "");
  EXPECT_EQ(publish(1h), "");
}

TEST(Publish, BackdatedBindsWhatStartedSince) {
  World world(nullptr);
  world.publish(make_book({form("p15")}), World::at(1h));
  world.observe(event("A1", "issued", 0s), World::at(1h));
  EXPECT_THROW(world.commitment("A1"), std::runtime_error) << "nothing was promised then";
  ASSERT_TRUE(
      world.command(Publish{make_book({form("p15", 20min)}), World::at(0s), {}, ""}, World::at(1h))
          .ok());
  EXPECT_EQ(world.commitment("A1").cycle.limit, Duration(20min));
}

// Worked case 11.
TEST(Revision, IsTheOneInForceWhenTheTicketStarts) {
  World world(make_book({form("p15")}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.publish(make_book({form("p15", 10min)}), World::at(5min));
  world.observe(event("A2", "issued", 6min), World::at(6min));
  EXPECT_EQ(world.commitment("A1").revision, 1u);
  EXPECT_EQ(world.commitment("A1").cycle.due_at, World::at(15min));
  EXPECT_EQ(world.commitment("A2").revision, 2u);
  EXPECT_EQ(world.commitment("A2").cycle.due_at, World::at(16min));
}

TEST(Revision, BindsATicketThatStartsAtTheInstantOfItsPublication) {
  World world(make_book({form("p15")}));
  world.publish(make_book({form("p15", 10min)}), World::at(5min));
  world.observe(event("A1", "issued", 5min - 1ms), World::at(6min));
  world.observe(event("A2", "issued", 5min), World::at(6min));
  EXPECT_EQ(world.commitment("A1").revision, 1u);
  EXPECT_EQ(world.commitment("A2").revision, 2u);
}

// R50: the start instant counts, not the arrival.
TEST(Revision, OfALateBacklogIsTheOneAtItsStart) {
  World world(make_book({form("p15")}));
  world.publish(make_book({form("p15", 10min)}), World::at(5min));
  world.observe(event("A1", "issued", 0s), World::at(30min));
  world.observe(event("A1", "service_started", 12min), World::at(30min));
  EXPECT_EQ(world.commitment("A1").revision, 1u);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::kept);
}

// R51.
TEST(Revision, StaysTheSameAfterARestartAndIsTheNewestAfterANewStart) {
  World world(make_book({form("p15")}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.publish(make_book({form("p15", 10min)}), World::at(5min));
  world.observe(event("A1", "transferred", 6min), World::at(6min));
  world.observe(event("A1", "service_started", 7min), World::at(7min));
  world.observe(event("A1", "issued", 8min), World::at(8min));
  EXPECT_EQ(world.commitment("A1", 2).revision, 1u);
  EXPECT_EQ(world.commitment("A1", 3).revision, 2u);
}

TEST(Revision, DoesNotRiseWhileThePromiseIsTheSame) {
  World world(make_book({form("p15")}));
  world.publish(make_book({form("p15"), form("p20", 20min)}), World::at(5min));
  world.observe(event("A1", "issued", 6min), World::at(6min));
  EXPECT_EQ(world.commitment("A1").revision, 1u);
}

// R77.
TEST(Retirement, EndsOpenClocksAsVoidAndLeavesBrokenOnesBroken) {
  World world(make_book({form("p15"), form("p20", 20min)}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  ASSERT_TRUE(
      world.command(Publish{make_book({}), {}, {"p15", "p20"}, "over"}, World::at(17min)).ok());
  world.hear_all(World::at(18min), World::at(18min));
  world.hear_all(World::at(1h), World::at(1h));
  const auto broken = world.commitment("A1", 1, "p15");
  const auto open = world.commitment("A1", 1, "p20");
  EXPECT_EQ(broken.cycle.verdict, Verdict::breached);
  EXPECT_EQ(broken.cycle.stopped_at, World::at(17min));
  EXPECT_EQ(broken.cycle.counted, Duration(17min));
  EXPECT_EQ(open.cycle.verdict, Verdict::voided);
  EXPECT_EQ(open.cycle.reason(), "void");
  EXPECT_TRUE(broken.is_end_final && open.is_end_final);
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].key.promise, "p15");
}

TEST(Retirement, BindsNoTicketUntilThePromiseIsPublishedAgain) {
  World world(make_book({form("p15")}));
  ASSERT_TRUE(world.command(Publish{make_book({}), {}, {"p15"}, "over"}, World::at(0s)).ok());
  world.observe(event("A1", "issued", 1min), World::at(1min));
  EXPECT_THROW(world.commitment("A1"), std::runtime_error);
  world.publish(make_book({form("p15")}), World::at(2min));
  world.observe(event("A2", "issued", 3min), World::at(3min));
  EXPECT_EQ(world.commitment("A2").revision, 2u);
}

/// "p15/1 p20/2": what binds tickets that start then.
std::string in_force(const World& world, Duration at) {
  std::string text;
  for (const auto& one : world.state().engine.promises_in_force(World::at(at))) {
    text += (text.empty() ? "" : " ") + one.promise->name + "/" + std::to_string(one.revision);
    EXPECT_LE(one.valid_from, World::at(at));
  }
  return text;
}

TEST(Publish, SaysWhatIsInForceWhenByName) {
  World world(nullptr);
  EXPECT_EQ(in_force(world, 0s), "");
  EXPECT_EQ(world.state().engine.book(), nullptr);
  EXPECT_EQ(world.state().engine.book_at(World::at(0s)), nullptr);
  world.publish(make_book({form("p20")}), World::at(0s));
  EXPECT_EQ(in_force(world, -1s), "");
  EXPECT_EQ(in_force(world, 0s), "p20/1");
  world.publish(make_book({form("p15"), form("p20", 25min)}), World::at(1h));
  EXPECT_EQ(in_force(world, 59min), "p20/1");
  EXPECT_EQ(in_force(world, 1h), "p15/1 p20/2");
  ASSERT_EQ(code(world.command(Publish{make_book({form("p20", 25min)}), {}, {"p15"}, "gone"},
                               World::at(2h))),
            "");
  EXPECT_EQ(in_force(world, 2h), "p20/2") << "the same text is no new revision";
}

TEST(Publish, ABranchThatIsNoLongerInTheBookKeepsItsZoneAndHours) {
  World world(make_book({form("p15")}));
  const auto& engine = world.state().engine;
  ASSERT_NE(engine.zone("b"), nullptr);
  ASSERT_NE(engine.hours("b"), nullptr);
  EXPECT_EQ(engine.zone("c"), nullptr);
  EXPECT_EQ(engine.hours("c"), nullptr);
  EXPECT_EQ(engine.branch_watermark("c"), kBeginningOfTime);
  EXPECT_FALSE(engine.find_ticket("c", "A1"));
  auto moved = std::make_shared<Book>(*make_book({form("p15")}));
  moved->hash = "moved";
  moved->branches[0].name = "c";
  moved->branches[0].hours.clear();
  world.publish(moved, World::at(1h));
  ASSERT_NE(engine.zone("b"), nullptr);
  EXPECT_EQ(engine.zone("b")->name, "Europe/Helsinki");
  EXPECT_NE(engine.hours("b"), nullptr);
  EXPECT_NE(engine.zone("c"), nullptr);
  EXPECT_EQ(engine.hours("c"), nullptr) << "it declares none";
}

}  // namespace
}  // namespace lupaus::tests
