// How sources make themselves known: epochs, what they lost, and heartbeats that fit nothing.
#include <gtest/gtest.h>

#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

std::string code(const Result<void>& result) { return result.ok() ? "" : result.error().code; }

TEST(Register, RefusesIdsThatNobodyCouldWrite) {
  World world(make_book({{}}));
  for (const std::string& id : {std::string(), std::string("a b"), std::string("tab\t"),
                                std::string("\x7F"), std::string(129, 'a')})
    EXPECT_EQ(code(world.command(Register{id, 1, 0, false}, World::at(0s))), "bad_source") << id;
  EXPECT_EQ(code(world.command(Register{std::string(128, 'a'), 1, 0, false}, World::at(0s))), "");
}

TEST(Register, GivesAnEpochToWhoAsksAndNeverGoesBack) {
  World world(make_book({{}}));
  EXPECT_EQ(code(world.command(Register{"kiosk", 0, 0, false}, World::at(0s))), "");
  EXPECT_EQ(code(world.command(Register{"kiosk", 0, 0, false}, World::at(1s))), "");
  EXPECT_EQ(world.state().engine.find_source("kiosk")->epoch, 2u);
  EXPECT_EQ(code(world.command(Register{"kiosk", 1, 0, false}, World::at(2s))), "unknown_epoch");
  EXPECT_EQ(world.all<SourceRegistered>().size(), 2u);
}

TEST(Register, RecordsWhatTheSourceNoLongerKeeps) {
  World world(make_book({{}}));
  world.observe(say("issued", 0s), World::at(0s));
  EXPECT_EQ(code(world.command(Register{"counter", 1, 2, false}, World::at(1s))), "");
  EXPECT_TRUE(world.all<Lost>().empty()) << "it keeps what comes next";
  EXPECT_EQ(code(world.command(Register{"counter", 1, 5, false}, World::at(1s))), "");
  ASSERT_EQ(world.all<Lost>().size(), 1u);
  EXPECT_EQ(world.all<Lost>()[0].from, 2u);
  EXPECT_EQ(world.all<Lost>()[0].to, 4u);
}

TEST(Heartbeat, OfNobodyOrAnotherEpochIsRefused) {
  World world(make_book({{}}));
  world.observe(say("issued", 0s), World::at(0s));
  EXPECT_EQ(code(world.command(Hear{"kiosk", 1, 0, World::at(1s), false}, World::at(1s))),
            "unknown_epoch");
  EXPECT_EQ(code(world.command(Hear{"counter", 2, 1, World::at(1s), false}, World::at(1s))),
            "unknown_epoch");
}

TEST(Heartbeat, MovesTheWatermarkOnlyWhenAllThatWasSentHasCome) {  // R7
  World world(make_book({{}}));
  world.observe(say("issued", 0s), World::at(0s));
  const auto watermark = [&] { return world.state().engine.find_source("counter")->watermark; };
  EXPECT_EQ(code(world.command(Hear{"counter", 1, 2, World::at(1h), false}, World::at(1h))), "");
  EXPECT_EQ(watermark(), World::at(0s));
  EXPECT_EQ(code(world.command(Hear{"counter", 1, 1, World::at(1h), false}, World::at(1h))), "");
  EXPECT_EQ(watermark(), World::at(1h));
  EXPECT_EQ(code(world.command(Hear{"counter", 1, 1, World::at(1min), false}, World::at(1h))), "");
  EXPECT_EQ(watermark(), World::at(1h)) << "it never falls";
}

TEST(Branches, AreListedByName) {
  World world(book_with([](auto&) {}, {}, {},
                        [](Book& book) {
                          BranchSpec other = book.branches.front();
                          other.name = "a";
                          book.branches.insert(book.branches.begin(), other);
                        }));
  for (const char* branch : {"b", "a"}) {
    auto event = say("issued", 0s);
    event.branch = branch;
    world.observe(event, World::at(0s));
  }
  std::vector<std::string> names;
  for (const auto* branch : world.state().engine.branches()) names.push_back(branch->name);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace lupaus::tests
