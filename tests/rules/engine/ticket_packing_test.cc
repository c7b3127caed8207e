// A ticket comes back from rest as it was, whatever is in it.
#include "rules/engine/ticket_packing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "rules/engine/ticket_attributes.h"
#include "rules/engine/ticket_store.h"
#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace rules::engine;  // NOLINT: tests speak the engine's words throughout
using rules::model::Duration;
using rules::model::Instant;

class RandomTicket {
 public:
  explicit RandomTicket(uint64_t seed) : random_(seed) {}

  Ticket make() {
    Ticket ticket;
    ticket.first_position = number();
    ticket.position = ticket.first_position + number() % 1'000;
    ticket.branch = static_cast<uint32_t>(number());
    ticket.id = text();
    ticket.label = flip() ? text() : "";
    ticket.last_event_received_at = instant();
    ticket.is_backfill = flip();
    ticket.next_deadline = instant();
    ticket.next_finality = instant();
    ticket.armed = static_cast<uint32_t>(number() % 5);
    ticket.condition_errors = static_cast<uint32_t>(number() % 300);
    ticket.is_dirty = flip();
    ticket.is_in_use = true;
    ticket.is_forgettable = flip();
    ticket.is_judged = flip();
    ticket.is_corrected = flip();
    ticket.is_under_review = flip();
    for (size_t count = number() % 5; count > 0; --count) ticket.events.push_back(event(ticket));
    for (size_t count = number() % 4; count > 0; --count)
      ticket.commitments.push_back(commitment());
    return ticket;
  }

 private:
  bool flip() { return random_() % 2 == 0; }
  /// Of any size, small ones as often as large ones.
  uint64_t number() { return random_() >> (random_() % 64); }
  std::string text() {
    return std::string(random_() % 20, static_cast<char>('a' + random_() % 26));
  }
  Instant instant() {
    if (random_() % 4 == 0) return flip() ? rules::model::kEndOfTime : Instant{};
    const auto near = static_cast<int64_t>(number() >> 8);
    return rules::model::from_unix_ms(1'767'596'400'000 + (flip() ? near : -near));
  }
  std::optional<Instant> maybe_instant() {
    return flip() ? std::optional(instant()) : std::nullopt;
  }

  TicketEvent event(Ticket& ticket) {
    TicketEvent made;
    made.at = instant();
    made.sequence = number();
    made.source = static_cast<uint32_t>(number());
    made.epoch = static_cast<uint32_t>(number());
    made.type = static_cast<uint16_t>(number());
    made.attributes_begin = static_cast<uint32_t>(ticket.attributes.size());
    for (size_t count = number() % 4; count > 0; --count)
      append_attribute(ticket.attributes, static_cast<uint16_t>(number()), text());
    made.attributes_size = static_cast<uint16_t>(ticket.attributes.size() - made.attributes_begin);
    return made;
  }
  Commitment commitment() {
    Commitment made;
    made.line = static_cast<uint32_t>(number());
    made.revision = static_cast<uint32_t>(number());
    made.number = static_cast<uint32_t>(number());
    made.warned_count = static_cast<uint8_t>(number());
    made.compensation = number();
    for (bool* flag : {&made.is_breach_recorded, &made.is_confirmed, &made.is_end_final,
                       &made.is_charged, &made.is_vanished, &made.cycle.is_broken, &made.is_held})
      *flag = flip();
    for (Instant* at : {&made.breached_at, &made.detected_at, &made.finalised_at, &made.expires_at,
                        &made.next_warning_at, &made.cycle.started_at})
      *at = instant();
    made.cycle.stopped_at = maybe_instant();
    made.cycle.due_at = maybe_instant();
    made.cycle.breaching_at = maybe_instant();
    made.cycle.limit = Duration(number() >> 1);
    made.cycle.counted = Duration(number() >> 1);
    made.cycle.end = static_cast<rules::model::End>(random_() % 10);
    made.cycle.verdict = static_cast<rules::model::Verdict>(random_() % 6);
    made.cycle.excuse = static_cast<int16_t>(random_() % 40) - 1;
    if (flip()) return made;
    made.cycle.doubt = static_cast<rules::model::Doubt>(random_() % 4);
    made.decided = static_cast<rules::model::Verdict>(random_() % 6);
    made.late_verdict = static_cast<rules::model::Verdict>(random_() % 6);
    made.is_decided_early = flip();
    made.is_doubted_since = flip();
    return made;
  }

  std::mt19937_64 random_;
};

/// Everything in it, as text.
std::string describe(const Ticket& t) {
  std::string text = fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", t.position, t.first_position, t.branch,
      t.id, t.label, t.last_event_received_at.time_since_epoch().count(), t.is_backfill,
      t.next_deadline.time_since_epoch().count(), t.next_finality.time_since_epoch().count(),
      t.armed, t.condition_errors, t.is_dirty, t.is_in_use, t.is_forgettable, t.is_judged);
  text += fmt::format("{} {}\n", t.is_corrected, t.is_under_review);
  for (const auto& e : t.events) {
    text += fmt::format("  {} {} {} {} {}", e.at.time_since_epoch().count(), e.sequence, e.source,
                        e.epoch, e.type);
    for_each_packed_attribute(
        std::string_view(t.attributes).substr(e.attributes_begin, e.attributes_size),
        [&](NameIndex name, std::string_view value) {
          text += fmt::format(" {}={}", name, value);
        });
  }
  const auto ms = [](std::optional<Instant> at) {
    return at ? std::to_string(at->time_since_epoch().count()) : std::string("-");
  };
  for (const auto& c : t.commitments) {
    text +=
        fmt::format("\n  {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", c.line, c.revision,
                    c.number, c.warned_count, c.is_breach_recorded, c.is_confirmed, c.is_end_final,
                    c.is_charged, ms(c.breached_at), ms(c.detected_at), ms(c.finalised_at),
                    c.compensation, c.is_vanished, ms(c.expires_at), ms(c.next_warning_at));
    const auto& y = c.cycle;
    text += fmt::format(" : {} {} {} {} {} {} {} {} {} {}", ms(y.started_at), ms(y.stopped_at),
                        static_cast<int>(y.end), y.limit.count(), y.counted.count(), ms(y.due_at),
                        ms(y.breaching_at), y.is_broken, y.excuse, static_cast<int>(y.verdict));
    text += fmt::format(" {} {} {} {} {} {}", static_cast<int>(y.doubt), c.is_held,
                        static_cast<int>(c.decided), static_cast<int>(c.late_verdict),
                        c.is_decided_early, c.is_doubted_since);
  }
  return text;
}

TEST(TicketAtRest, ComesBackAsItWas) {
  const char* const given = std::getenv("LUPAUS_SEED");
  const uint64_t seed =
      given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 10);
  RandomTicket random(seed);
  std::string bytes;
  Ticket back;  // what it held before must not shine through
  for (int i = 0; i < 2'000; ++i) {
    const Ticket ticket = random.make();
    pack(ticket, true, bytes);
    ASSERT_TRUE(unpack(bytes.data(), back));
    ASSERT_EQ(describe(back), describe(ticket)) << "LUPAUS_SEED=" << seed << ", ticket " << i;
    const TicketGlance glance = packed_glance(bytes.data());
    EXPECT_EQ(packed_name(bytes.data()).id, ticket.id);
    EXPECT_EQ(glance.name.branch, ticket.branch);
    EXPECT_EQ(glance.first_position, ticket.first_position);
    EXPECT_EQ(glance.next_finality, ticket.next_finality);
    EXPECT_EQ(glance.is_dirty, ticket.is_dirty);
    Ticket bare = ticket;
    bare.commitments.clear();
    pack(ticket, false, bytes);
    ASSERT_FALSE(unpack(bytes.data(), back));
    ASSERT_EQ(describe(back), describe(bare)) << "LUPAUS_SEED=" << seed << ", ticket " << i;
  }
}

TEST(Watermarks, DecideNoMoreTicketsThanTheyAreAskedFor) {
  World world(make_book({PromiseForm{}}));
  for (int i = 0; i < 5; ++i) {
    OwnedEvent event;
    event.ticket = fmt::format("A{}", i);
    event.type = "issued";
    event.at = World::at(Duration(i));
    world.observe(event, event.at);
  }
  const auto later = World::at(std::chrono::hours(1));
  const auto heard = world.command(rules::model::Hear{"counter", 1, 5, later, false}, later);
  ASSERT_TRUE(heard.ok());
  rules::model::Facts facts;
  std::vector<size_t> decided;
  do {
    facts.clear();
    rules::ledger::settle_watermarks(world.state(), later, facts, 2);
    decided.push_back(static_cast<size_t>(
        std::count_if(facts.begin(), facts.end(), [](const rules::model::Fact& fact) {
          return std::holds_alternative<rules::model::Confirmed>(fact.body);
        })));
  } while (world.state().engine.has_decided_left());
  EXPECT_EQ(decided, (std::vector<size_t>{2, 2, 1}));
}

TEST(TicketStore, PacksWhatIsNotAskedForAndBringsItBack) {
  RandomTicket random(7);
  TicketStore store(10);
  std::vector<std::string> expected;
  OpenTicket& first = store.make();
  for (uint32_t i = 1; i < 500; ++i) {
    Ticket& ticket = store.make().ticket;
    ticket = random.make();
    ticket.is_judged = false;
    expected.push_back(describe(ticket));
    // What is asked for stays where it is.
    ASSERT_EQ(&store.open(0), &first);
  }
  for (uint32_t slot = 499; slot > 0; --slot) {
    ASSERT_EQ(describe(store.open(slot).ticket), expected[slot - 1]) << slot;
    if (slot % 7 == 0) store.pack_all();
  }
  store.free(3);
  EXPECT_FALSE(store.is_in_use(3));
  EXPECT_EQ(store.make().slot, 3U);
  EXPECT_EQ(store.size(), 500U);
}

}  // namespace
}  // namespace lupaus::tests
