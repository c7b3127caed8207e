// A conditional `expired`: asked once, at its instant, of what is known there (R24).
#include <gtest/gtest.h>

#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

BookPtr expires(ConditionPtr when, Effect then, Effect otherwise,
                std::vector<DeclaredSource> sources = {}) {
  return book_with(
      [&](Promise& promise) {
        promise.on["expired"].cases = {{std::move(when), then}};
        promise.on["expired"].otherwise = otherwise;
      },
      {}, std::move(sources));
}

struct Case {
  std::string name;
  std::vector<OwnedEvent> events;  ///< in the order of arrival
  End end;
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class Expiry : public testing::TestWithParam<Case> {};

TEST_P(Expiry, ReadsTheTicketAtItsInstant) {
  World world(expires(is(Of::ticket, "service", "loan"), Effect::review, Effect::voided));
  play(world, GetParam().events);
  const auto cycle = world.commitment("A1").cycle;
  EXPECT_EQ(cycle.end, GetParam().end);
  EXPECT_EQ(cycle.stopped_at, World::at(24h));
}

INSTANTIATE_TEST_SUITE_P(
    All, Expiry,
    testing::Values(
        Case{"AsItWasAtTheStart", {say("issued", 0s, {{"service", "loan"}})}, End::expired_review},
        Case{"AsItBecame",
             {say("issued", 0s, {{"service", "cash"}}), say("called", 1h, {{"service", "loan"}})},
             End::expired_review},
        Case{"AsSaidAtThatVeryInstant",
             {say("issued", 0s), say("called", 24h, {{"service", "loan"}})},
             End::expired_review},
        Case{"NotAsSaidLater",
             {say("issued", 0s), say("called", 24h + 1ms, {{"service", "loan"}})},
             End::expired_void},
        Case{"WhatNobodySaidIsAnErrorAndTakesElse", {say("issued", 0s)}, End::expired_void}),
    [](const auto& one) { return one.param.name; });

TEST(Expiry, ReadsWhatWasSaidBeforeItThoughItCameLater) {
  World world(expires(is(Of::ticket, "service", "loan"), Effect::review, Effect::voided,
                      {{"counter", {}}, {"kiosk", {}}}));
  world.observe(say("issued", 0s, {}, "kiosk"), World::at(0s));
  world.observe(say("called", 30h), World::at(30h));
  EXPECT_EQ(world.commitment("A1").cycle.end, End::expired_void);
  EXPECT_FALSE(world.commitment("A1").is_end_final);
  world.observe(say("called", 2h, {{"service", "loan"}}, "kiosk"), World::at(31h));
  EXPECT_EQ(world.commitment("A1").cycle.end, End::expired_review);
}

TEST(Expiry, ReadsTheBranch) {
  World world(expires(is(Of::branch, "incident", "flood"), Effect::stop, Effect::review));
  play(world, {say("issued", 0s), say_of_branch(23h, "flood"), say_of_branch(25h, "over")});
  EXPECT_EQ(world.commitment("A1").cycle.end, End::expired_stop);
}

TEST(Expiry, ThatContinuesNeverComesAgain) {
  World world(expires(is(Of::ticket, "service", "loan"), Effect::review, Effect::proceed));
  play(world, {say("issued", 0s, {{"service", "cash"}}), say("called", 25h, {{"service", "loan"}}),
               say("service_started", 30h)});
  const auto cycle = world.commitment("A1").cycle;
  EXPECT_EQ(cycle.end, End::stop);
  EXPECT_EQ(cycle.counted, 30h);
}

TEST(Expiry, IsAskedAnewInTheNextCycle) {
  World world(expires(is(Of::ticket, "service", "loan"), Effect::review, Effect::proceed));
  play(world,
       {say("issued", 0s), say("called", 25h, {{"service", "loan"}}), say("transferred", 26h)},
       60h);
  EXPECT_EQ(world.commitment("A1", 1).cycle.end, End::restart);
  EXPECT_EQ(world.commitment("A1", 2).cycle.end, End::expired_review);
  EXPECT_EQ(world.commitment("A1", 2).cycle.stopped_at, World::at(50h));
}

TEST(Expiry, CountsAnErrorOnce) {
  World world(expires(is(Of::ticket, "cause", "loan"), Effect::review, Effect::proceed));
  play(world, {say("issued", 0s), say("called", 25h), say("called", 26h), say("called", 27h)}, 30h);
  EXPECT_EQ(world.state().engine.tally().condition_errors, 1u);
}

TEST(Expiry, WithAConditionWaitsForASourceThatOnlySaysWhatContinues) {
  World world(expires(is(Of::ticket, "service", "loan"), Effect::review, Effect::voided,
                      {{"counter", {}}, {"caller", {"called"}}}));
  world.observe(say("called", -1h, {}, "caller"), World::at(-1h));
  world.observe(say("issued", 0s), World::at(0s));
  world.observe(say("called", 30h), World::at(30h));
  EXPECT_FALSE(world.commitment("A1").is_end_final) << "the caller may yet say what it is";
  world.observe(say("called", 3h, {{"service", "loan"}}, "caller"), World::at(31h));
  world.hear_all(World::at(32h), World::at(32h));
  EXPECT_EQ(world.commitment("A1").cycle.end, End::expired_review);
}

}  // namespace
}  // namespace lupaus::tests
