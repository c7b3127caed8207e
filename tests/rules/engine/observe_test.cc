// What the engine answers to events that are out of step, unknown or ill-formed: nothing is lost,
// nothing is taken twice, and no source is jammed.
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "rules/engine/event_check.h"
#include "tests/rules/engine/sender.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

World p15() { return World(make_book({PromiseForm{}})); }

TEST(Sequence, WithAGapIsRefusedAndNothingIsRecorded) {
  World world = p15();
  Sender kiosk(world, "kiosk");
  EXPECT_EQ(kiosk.send(1), "");
  const size_t facts = world.facts().size();
  EXPECT_EQ(kiosk.send(3), "sequence_gap");
  EXPECT_EQ(world.facts().size(), facts);
  EXPECT_EQ(kiosk.send(2), "") << "the expected one is still taken";
}

TEST(Sequence, SaidAgainIsAcknowledgedAndGivesNoFact) {
  World world = p15();
  Sender kiosk(world, "kiosk");
  kiosk.send(1);
  const size_t facts = world.facts().size();
  EXPECT_EQ(kiosk.send(1), "");
  EXPECT_EQ(world.facts().size(), facts);
}

TEST(Sequence, SaidAgainWithOtherContentIsATwinAndKeptOnce) {
  using Change = std::function<void(OwnedEvent&)>;
  const std::vector<Change> changes = {
      [](OwnedEvent& e) { e.ticket = "A2"; }, [](OwnedEvent& e) { e.type = "called"; },
      [](OwnedEvent& e) { e.at += 1ms; }, [](OwnedEvent& e) { e.branch = "c"; },
      [](OwnedEvent& e) {
        e.attributes.push_back({"priority", "1"});
      }};
  for (const auto& change : changes) {
    World world = p15();
    Sender kiosk(world, "kiosk");
    kiosk.send(1);
    const auto before = world.state().engine.find_source("kiosk")->next_sequence;
    EXPECT_EQ(kiosk.send(1, change), "") << "acknowledged: its source must not send it for ever";
    EXPECT_EQ(kiosk.send(1, change), "");
    ASSERT_EQ(world.all<Quarantined>().size(), 1u);
    EXPECT_EQ(world.all<Quarantined>()[0].reason, "twin");
    EXPECT_EQ(world.state().engine.find_source("kiosk")->next_sequence, before);
    EXPECT_EQ(world.state().engine.find_source("kiosk")->twin_count, 1u);
    EXPECT_EQ(world.state().engine.tally().twins, 1u);
    EXPECT_EQ(world.all<Observed>().size(), 1u);
  }
}

TEST(Sequence, OfMoreTwinsThanAreKeptStopsTheSource) {
  World world = p15();
  Sender kiosk(world, "kiosk");
  kiosk.send(1);
  std::string answer;
  int64_t sent = 0;
  while (answer.empty() && sent < 2'000)
    answer = kiosk.send(1, [&](OwnedEvent& e) { e.at += Duration(++sent); });
  EXPECT_EQ(answer, "changed_duplicate");
  EXPECT_EQ(world.all<Quarantined>().size(), 1'024u);
  EXPECT_EQ(kiosk.send(2), "") << "what is new goes on";
}

TEST(Sequence, IsComparedForTheLast4096AndOlderOnesAreTakenOnTrust) {
  World world = p15();
  Sender kiosk(world, "kiosk");
  const auto change = [](OwnedEvent& e) { e.type = "called"; };
  const auto quiet = [](OwnedEvent& e) { e.type = "recalled"; };
  for (uint64_t sequence = 1; sequence <= 4'097; ++sequence) kiosk.send(sequence, quiet);
  const size_t facts = world.facts().size();
  EXPECT_EQ(kiosk.send(1, change), "") << "one older than those compared";
  EXPECT_EQ(world.facts().size(), facts);
  kiosk.send(2, change);
  EXPECT_EQ(world.all<Quarantined>().size(), 1u) << "the oldest that is compared";
}

TEST(Sequence, OfARejectedEventIsUsedUp) {
  World world = p15();
  Sender kiosk(world, "kiosk");
  EXPECT_EQ(kiosk.send(1, [](OwnedEvent& e) { e.type = "teleported"; }), "");
  EXPECT_EQ(kiosk.rejection(), "unknown_type");
  EXPECT_EQ(kiosk.send(2), "");
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::open);
}

TEST(Epoch, ThatIsOverOrToComeIsRefused) {
  World world = p15();
  Sender kiosk(world, "kiosk");
  ASSERT_TRUE(world.command(Register{"kiosk", 3, 0, false}, World::at(0s)).ok());
  for (const uint64_t epoch : {0u, 1u, 2u, 4u})
    EXPECT_EQ(kiosk.send(1, [&](OwnedEvent& e) { e.epoch = epoch; }), "unknown_epoch");
  EXPECT_EQ(kiosk.send(1, [](OwnedEvent& e) { e.epoch = 3; }), "");
}

// Events in memory keep 32 bits of their epoch.
TEST(Epoch, IsBoundedSoThatNoIdentityIsUsedTwice) {
  World world = p15();
  Sender kiosk(world, "kiosk");
  const auto hello = [&](uint64_t epoch) {
    const auto said = world.command(Register{"kiosk", epoch, 0, false}, World::at(0s));
    return said.ok() ? "" : said.error().code;
  };
  EXPECT_EQ(hello(uint64_t{1} << 32), "bad_epoch");
  EXPECT_EQ(hello(~uint64_t{0}), "bad_epoch");
  EXPECT_EQ(world.state().engine.find_source("kiosk")->epoch, 1u);
  EXPECT_EQ(hello((uint64_t{1} << 32) - 1), "");
  EXPECT_EQ(hello(0), "bad_epoch") << "there is none after the last";
}

TEST(Source, ThatNeverSaidHelloIsRefused) {
  World world = p15();
  Sender kiosk(world, "kiosk");
  EXPECT_EQ(kiosk.send(1, [](OwnedEvent& e) { e.source = "stranger"; }), "unknown_source");
}

TEST(Book, MustBeThereBeforeTheFirstEvent) {
  World world(nullptr);
  Sender kiosk(world, "kiosk");
  EXPECT_EQ(kiosk.send(1), "no_book");
  world.publish(make_book({PromiseForm{}}), World::at(0s));
  EXPECT_EQ(kiosk.send(1), "") << "the refused event did not use up its sequence";
}

struct Bad {
  std::string name, reason;
  std::function<void(OwnedEvent&)> change;
};

class BadEvent : public testing::TestWithParam<Bad> {};

TEST_P(BadEvent, IsKeptWithItsReasonAndJamsNothing) {
  World world(make_book({PromiseForm{}}, {{"kiosk", {"issued", "branch_closed", "expired"}}}));
  Sender kiosk(world, "kiosk");
  EXPECT_EQ(kiosk.send(1, GetParam().change), "");
  ASSERT_EQ(world.all<Rejected>().size(), 1u);
  EXPECT_EQ(kiosk.rejection(), GetParam().reason);
  EXPECT_FALSE(world.all<Rejected>()[0].message.empty());
  EXPECT_TRUE(world.all<Observed>().empty());
  EXPECT_FALSE(world.state().engine.find_ticket("b", "A1"));
  EXPECT_EQ(kiosk.send(2), "");
  EXPECT_EQ(world.all<Observed>().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, BadEvent,
    testing::Values(
        Bad{"UnknownBranch", "unknown_branch", [](auto& e) { e.branch = "elsewhere"; }},
        Bad{"UnknownType", "unknown_type", [](auto& e) { e.type = "teleported"; }},
        Bad{"ExpiredFromASource", "unknown_type", [](auto& e) { e.type = "expired"; }},
        Bad{"TicketEventWithoutATicket", "bad_ticket", [](auto& e) { e.ticket = ""; }},
        Bad{"BranchEventWithATicket", "bad_ticket", [](auto& e) { e.type = "branch_closed"; }},
        Bad{"TicketWithASpace", "bad_ticket", [](auto& e) { e.ticket = "A 1"; }},
        Bad{"TicketTooLong", "bad_ticket", [](auto& e) { e.ticket = std::string(129, 'A'); }},
        Bad{"MoreThanTwoMinutesAhead", "future", [](auto& e) { e.at += 2min + 1ms; }},
        Bad{"UndeclaredType", "undeclared_type", [](auto& e) { e.type = "called"; }},
        Bad{"UnknownAttribute", "bad_attribute",
            [](auto& e) {
              e.attributes.push_back({"colour", "blue"});
            }},
        Bad{"AttributeThatDoesNotParse", "bad_attribute",
            [](auto& e) {
              e.attributes.push_back({"priority", "high"});
            }},
        Bad{"TooManyAttributes", "bad_attribute",
            [](auto& e) {
              e.attributes.assign(33, {"service", "cash"});
            }},
        Bad{"AttributesTooLong", "bad_attribute",
            [](auto& e) {
              e.attributes.push_back({"service", std::string(65'535, 'x')});
            }}),
    [](const auto& test) { return test.param.name; });

TEST(TicketId, HasNoBlankAndNoControlCharacterAtAnyPlace) {
  const World world = p15();
  for (size_t size = 1; size <= 20; ++size) {
    for (size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        OwnedEvent said = event_of_a1("kiosk", "issued", 0s);
        said.ticket.assign(size, '-');
        said.ticket[place] = static_cast<char>(byte);
        Event event;
        event.branch = said.branch;
        event.type = said.type;
        event.ticket = said.ticket;
        const bool is_good = byte > 0x20 && byte != 0x7F;
        ASSERT_EQ(!rules::engine::check_event(world.state().engine, event), is_good)
            << "byte " << byte << " at " << place << " of " << size;
      }
    }
  }
}

/// What the state that decided knows of an event's names is of no meaning to another one.
TEST(Facts, MeanTheSameToAStateThatKnowsOtherNames) {
  World world = p15();
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("kiosk", "service_started", 5min), World::at(5min));
  world.hear_all(World::at(3h), World::at(3h));
  ASSERT_EQ(world.all<Confirmed>().size(), 1u);
  rules::ledger::State other{rules::engine::State(), {}, 1};
  for (const char* const name : {"first", "second"})
    other.evolve({0, World::at(0s), nullptr, SourceRegistered{name, 1, false, false}});
  bool is_published = false;
  for (const auto& fact : world.facts()) {
    other.evolve(fact);
    if (std::exchange(is_published, true)) continue;
    Observed before;  // a ticket of its own in the first slot
    before.event.branch = "b";
    before.event.source = "second";
    before.event.epoch = before.event.sequence = 1;
    before.event.ticket = "A0";
    before.event.type = "issued";
    before.event.occurred_at = before.received_at = World::at(0s);
    other.evolve({0, World::at(0s), nullptr, before});
  }
  EXPECT_EQ(other.engine.find_source("kiosk")->next_sequence, 3u);
  EXPECT_EQ(other.engine.find_source("first")->next_sequence, 1u);
  const auto mine = other.engine.find_ticket("b", "A0"),
             theirs = other.engine.find_ticket("b", "A1");
  ASSERT_TRUE(mine && theirs);
  EXPECT_FALSE(other.engine.ticket(*mine).commitments.at(0).is_confirmed);
  EXPECT_TRUE(other.engine.ticket(*theirs).commitments.at(0).is_confirmed);
}

TEST(Source, ThatTheBranchDoesNotDeclareIsRejectedThere) {
  World world(make_book({PromiseForm{}}, {{"kiosk", {}}}));
  Sender stranger(world, "stranger");
  EXPECT_EQ(stranger.send(1), "");
  EXPECT_EQ(stranger.rejection(), "undeclared_source");
}

TEST(Retry, TakesARejectedEventOnceABookKnowsIt) {
  World world(make_book({PromiseForm{}}, {{"counter", {}}}));
  Sender kiosk(world, "kiosk");
  kiosk.send(1);
  const auto same = [](OwnedEvent&) {};
  EXPECT_EQ(kiosk.send(1, same, true), "undeclared_source") << "no book knows it yet";
  EXPECT_EQ(world.all<Rejected>().size(), 1u);
  world.publish(make_book({PromiseForm{}}, {{"counter", {}}, {"kiosk", {}}}), World::at(0s));
  EXPECT_EQ(kiosk.send(1, same, true), "");
  ASSERT_EQ(world.all<Observed>().size(), 1u);
  EXPECT_TRUE(world.all<Observed>()[0].is_retry);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::open);
  EXPECT_EQ(kiosk.send(1, same, true), "not_rejected") << "it is taken once";
  EXPECT_EQ(kiosk.send(2), "") << "a retry uses no sequence";
  EXPECT_EQ(kiosk.send(2, same, true), "not_rejected");
}

/// Whatever the engine found of it is of no other event.
TEST(Retry, ThatIsRefusedLeavesNothingBehind) {
  const std::vector<DeclaredSource> both = {{"counter", {}}, {"kiosk", {}}};
  World world(make_book({PromiseForm{}}, {{"counter", {}}}));
  Sender kiosk(world, "kiosk"), counter(world, "counter");
  const auto ahead = [](OwnedEvent& e) { e.at += 10min; };
  kiosk.send(1, ahead);
  ASSERT_EQ(kiosk.rejection(), "undeclared_source");
  world.publish(make_book({PromiseForm{}}, both), World::at(0s));
  PromiseForm other;
  other.name = "p20";
  const auto later = make_book({PromiseForm{}, other}, both);
  ASSERT_TRUE(world.command(Publish{later, World::at(1min), {}, ""}, World::at(0s)).ok());
  ASSERT_EQ(kiosk.send(1, ahead, true), "future");
  const Event next{"counter", 1, 1, "b", "A2", "called", "", World::at(2min), {}};
  ASSERT_TRUE(world.command(Observe{&next, World::at(2min), false, false}, World::at(2min)).ok());
  rules::ledger::State replay{rules::engine::State(), {}, 1};
  for (const auto& fact : world.facts()) replay.evolve(fact);
  EXPECT_EQ(world.state().hash(), replay.hash());
  const auto slot = world.state().engine.find_ticket("b", "A2");
  ASSERT_TRUE(slot);
  const auto& event = world.state().engine.ticket(*slot).events.at(0);
  EXPECT_EQ(world.state().engine.name(event.type), "called");
}

TEST(Retry, ReachesEpochsThatAreOver) {
  World world(make_book({PromiseForm{}}, {{"counter", {}}}));
  Sender kiosk(world, "kiosk");
  kiosk.send(1);
  kiosk.send(2);
  ASSERT_TRUE(world.command(Register{"kiosk", 0, 0, false}, World::at(0s)).ok());
  const auto second_epoch = [](OwnedEvent& e) { e.epoch = 2; };
  kiosk.send(1, second_epoch);
  ASSERT_EQ(world.all<Rejected>().size(), 3u);
  world.publish(make_book({PromiseForm{}}, {{"counter", {}}, {"kiosk", {}}}), World::at(0s));
  EXPECT_EQ(kiosk.send(
                1, [](OwnedEvent&) {}, true),
            "");
  EXPECT_EQ(kiosk.send(
                1, [](OwnedEvent&) {}, true),
            "not_rejected")
      << "it is taken once";
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::open);
  const auto* source = world.state().engine.find_source("kiosk");
  EXPECT_TRUE(source->is_rejected(1, 2));
  EXPECT_TRUE(source->is_rejected(2, 1)) << "the same sequence of another epoch is another event";
  EXPECT_EQ(kiosk.send(1, second_epoch, true), "");
  EXPECT_EQ(source->epoch, 2u);
  EXPECT_EQ(source->next_sequence, 2u);
}

}  // namespace
}  // namespace lupaus::tests
