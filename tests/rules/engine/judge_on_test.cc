// Judging only what a ticket's newest event changes gives what judging all of its events gives, for
// random events of several promises in the order in which they happen; and so does a ticket that
// was packed in between.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

constexpr const char* kTypes[] = {"issued", "called", "recalled",  "service_started", "transferred",
                                  "parked", "back",   "cancelled", "no_show",         "left"};
constexpr Effect kEffects[] = {Effect::start,  Effect::stop,  Effect::restart, Effect::voided,
                               Effect::review, Effect::pause, Effect::resume,  Effect::proceed};

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  size_t below(size_t bound) { return engine_() % bound; }
  template <typename T, size_t N>
  const T& of(const T (&values)[N]) {
    return values[below(N)];
  }

 private:
  std::mt19937_64 engine_;
};

PromiseForm random_form(Random& random, int number) {
  PromiseForm form;
  form.name = fmt::format("p{}", number);
  form.within = std::chrono::minutes(random.below(30));
  form.is_inclusive = random.below(2) == 0;
  form.measure = random.below(2) == 0 ? "elapsed" : "hours";
  form.expired = random.below(3) == 0 ? Effect::proceed : Effect::review;
  for (const char* const type : kTypes) {
    if (random.below(3) == 0) form.changed[type] = random.of(kEffects);
  }
  if (random.below(2) == 0) form.service = "loan";
  if (random.below(2) == 0) form.warn = {5min};
  return form;
}

/// A few of the promises get a deadline, a conditional line or expiry, or an excuse.
BookPtr random_book(Random& random) {
  std::vector<PromiseForm> forms;
  for (int i = 0; i < 4; ++i) forms.push_back(random_form(random, i));
  auto book = std::make_shared<Book>(*make_book(forms));
  auto& queue = book->vocabularies.front();
  queue.attributes["promised_at"] = {AttributeType::time, false};
  queue.branch_attributes["incident"] = {};
  queue.branch_events.push_back("incident");
  for (auto& promise : book->promises) {
    promise.expire_after = std::chrono::minutes(20 + random.below(60));
    if (random.below(3) == 0 && promise.measure == "elapsed") {
      promise.within.clear();
      promise.by = Deadline{"promised_at", 0s, {}};
    }
    if (random.below(3) == 0) {
      promise.on[random.of(kTypes)].cases = {
          {is(Of::event, "service", "loan"), random.of(kEffects)},
          {is(Of::ticket, "service", "cash"), Effect::restart}};
    }
    if (random.below(3) == 0)
      promise.on["expired"].cases = {{is(Of::ticket, "service", "cash"), Effect::proceed}};
    if (random.below(2) == 0)
      promise.excuses = {Excuse{"incident", is(Of::branch, "incident", "yes"), {}, 0, {}, {}}};
  }
  return book;
}

OwnedEvent random_event(Random& random, Duration offset) {
  auto event = say(random.of(kTypes), offset, {}, random.below(2) == 0 ? "kiosk" : "counter");
  if (random.below(2) == 0)
    event.attributes.push_back({"service", random.below(2) == 0 ? "loan" : "cash"});
  if (random.below(2) == 0) {
    const auto promised = offset + std::chrono::minutes(random.below(40));
    event.attributes.push_back({"promised_at", instant_text(promised)});
  }
  if (random.below(8) != 0) return event;
  constexpr const char* kBranchTypes[] = {"branch_closed", "branch_opened", "incident"};
  event.type = random.of(kBranchTypes);
  event.ticket.clear();
  event.attributes.clear();
  if (event.type == "incident")
    event.attributes.push_back({"incident", random.below(2) == 0 ? "yes" : "no"});
  return event;
}

/// What does not depend on until when an open clock was counted.
std::string lasting(const rules::engine::State& state, const rules::engine::Commitment& c) {
  const auto instant = [](std::optional<Instant> at) {
    return at ? format_instant(*at) : std::string("never");
  };
  return fmt::format(
      "{}/{} {} to {} ({}) limit {} due {} breaching {}{}", state.promise_name(c.line), c.number,
      format_instant(c.cycle.started_at), instant(c.cycle.stopped_at),
      static_cast<int>(c.cycle.end), format_duration(c.cycle.limit), instant(c.cycle.due_at),
      instant(c.cycle.breaching_at),
      c.cycle.stopped_at ? fmt::format(" counted {} {} excuse {}", format_duration(c.cycle.counted),
                                       format_verdict(c.cycle.verdict), c.cycle.excuse)
                         : "");
}

TEST(JudgingOn, GivesWhatJudgingAllGives) {
  const char* const text = std::getenv("LUPAUS_SEED");
  const uint64_t first_seed =
      text == nullptr ? std::random_device{}() : std::strtoull(text, nullptr, 10);
  size_t compared = 0;
  for (uint64_t round = 0; round < 300; ++round) {
    Random random(first_seed + round);
    World world(random_book(random));
    Duration offset = 0s;
    for (int i = 0; i < 14; ++i) {
      if (random.below(3) != 0) offset += Duration(random.below(600'000));
      world.observe(random_event(random, offset), World::at(offset));
      if (random.below(4) == 0) world.hear_all(World::at(offset), World::at(offset));
      // An expiry acts once the watermark that passed it is settled, as at the end of a batch.
      rules::model::Facts settled;
      rules::ledger::settle_watermarks(world.state(), World::at(offset), settled);
      if (random.below(3) == 0) world.state().engine.pack_tickets();
      const auto& engine = world.state().engine;
      const auto slot = engine.find_ticket("b", "A1");
      if (!slot) continue;
      std::vector<std::string> known, anew;
      for (const auto& c : engine.ticket(*slot).commitments) known.push_back(lasting(engine, c));
      for (const auto& c :
           engine.commitments_at(*slot, {World::at(offset), engine.branch_watermark("b")}))
        anew.push_back(lasting(engine, c));
      ASSERT_EQ(known, anew) << "LUPAUS_SEED=" << first_seed + round << ", after event " << i;
      compared += known.size();
    }
  }
  EXPECT_GT(compared, 1'000U);
}

}  // namespace
}  // namespace lupaus::tests
