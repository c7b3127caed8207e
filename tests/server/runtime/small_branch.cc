#include "tests/server/runtime/small_branch.h"

#include <gtest/gtest.h>

namespace lupaus::tests::server_runtime {

using namespace rules::model;  // NOLINT: a test tool that speaks of most of the model
using server::runtime::Intake;

namespace {

class Always : public Condition {
 public:
  Value evaluate(const Scope&) const override { return Value::yes; }
  std::string_view text() const override { return "true"; }
};

std::shared_ptr<const Actor> tester() {
  static const auto actor =
      std::make_shared<Actor>(Actor{Actor::Kind::person, false, "tester", "author"});
  return actor;
}

Promise served_in_15() {
  Promise promise;
  promise.name = "served-in-15";
  promise.wording["en"] = "Served within 15 minutes, or we pay you EUR 10.";
  promise.applies = std::make_shared<Always>();
  promise.measure = "elapsed";
  const auto line = [](Effect effect) { return EffectLine{{}, effect, {}}; };
  promise.on = {{"issued", line(Effect::start)},    {"service_started", line(Effect::stop)},
                {"left", line(Effect::stop)},       {"parked", line(Effect::pause)},
                {"unparked", line(Effect::resume)}, {"expired", line(Effect::voided)}};
  promise.within = {{nullptr, {Limit::Unit::duration, std::chrono::minutes(15), 0}, {}}};
  promise.warn = {std::chrono::minutes(5)};
  Promise::Compensation compensation;
  auto& tier = compensation.tiers.emplace_back();
  tier.over = {Limit::Unit::duration, std::chrono::minutes(15), 0};
  tier.pay = parse_money("EUR 10.00").value();
  auto& cap = compensation.caps.emplace_back();
  cap.scope = Cap::Scope::promise_day;
  cap.max = parse_money("EUR 100.00").value();
  promise.compensation = compensation;
  promise.digest = "served-in-15/1";
  return promise;
}

}  // namespace

BookPtr small_book() {
  auto book = std::make_shared<Book>();
  book->hash = "small";
  book->promises = {served_in_15()};
  book->branches = {{"helsinki-1", "UTC", "", {}, {}, {}}, {"turku-1", "UTC", "", {}, {}, {}}};
  Vocabulary queue;
  queue.name = "queue";
  queue.events = {"issued", "service_started", "left", "parked", "unparked", "expired"};
  queue.branch_events = {"branch_closed", "branch_opened"};
  queue.attributes = {{"service", {}}, {"customer", {AttributeType::string, true}}};
  book->vocabularies = {queue};
  book->zones = {{"UTC", 0, {}}};
  book->tz_version = "none";
  return book;
}

struct Sender::Message {
  std::deque<std::string> texts;
  std::vector<Attribute> attributes;
  std::vector<Event> events;
};

Intake Sender::wrap(std::shared_ptr<const Message> message) {
  Intake intake;
  intake.events = message->events;
  intake.storage = std::move(message);
  intake.done = [this](Intake::Outcome outcome) {
    if (!outcome.result.ok()) error_ = outcome.result.error().code;
    rejected_.insert(rejected_.end(), outcome.rejected.begin(), outcome.rejected.end());
    acked_ = outcome.up_to;
    ++answers_;
  };
  return intake;
}

Intake Sender::intake(const std::vector<Happening>& happenings) {
  auto message = std::make_shared<Message>();
  message->attributes = {{"service", "cash"}, {"customer", "c-1"}};
  for (const auto& happening : happenings) {
    Event event;
    event.source = id_;
    event.epoch = 1;
    event.sequence = ++sequence_;
    event.branch = message->texts.emplace_back("helsinki-1");
    event.ticket = message->texts.emplace_back(happening.ticket);
    event.type = message->texts.emplace_back(happening.type);
    event.label = event.ticket;
    event.occurred_at = happening.at;
    if (happening.type == "issued") event.attributes = message->attributes;
    message->events.push_back(event);
  }
  last_ = message;
  return wrap(message);
}

Intake Sender::again() { return wrap(last_); }

Running::Running(server::runtime::Storage& storage, server::runtime::LoopSettings settings,
                 Instant now, const std::function<void(server::runtime::EngineLoop&)>& prepare)
    : clock(server::runtime::make_virtual_clock(now)),
      loop(settings, *clock, storage,
           [this](std::string why) { failures.push_back(std::move(why)); }) {
  if (prepare) prepare(loop);
  const auto started = loop.start();
  EXPECT_TRUE(started.ok()) << (started.ok() ? "" : format_error(started.error()));
}

void Running::open(std::initializer_list<Sender*> senders) {
  const auto fine = [](Result<Facts> facts) {
    EXPECT_TRUE(facts.ok()) << (facts.ok() ? "" : format_error(facts.error()));
  };
  loop.submit(Publish{small_book(), clock->now() - std::chrono::hours(24), {}, "first"}, tester(),
              fine);
  for (const auto* sender : senders)
    loop.submit(Register{sender->id(), 0, 0, false}, tester(), fine);
  loop.drain();
}

void Running::send(Sender& sender, const std::vector<Happening>& happenings) {
  auto intake = sender.intake(happenings);
  EXPECT_TRUE(loop.try_submit(intake));
}

void Running::hear(Sender& sender, Instant at) {
  loop.submit(Hear{sender.id(), 1, sender.sent(), at, false}, tester(), nullptr);
}

uint64_t Running::hash() {
  uint64_t hash = 0;
  loop.query([&hash](const rules::ledger::State& state) { hash = state.hash(); }, [] {});
  loop.drain();
  return hash;
}

void Running::move_to(Instant instant) {
  clock->move_to(instant);
  loop.drain();
}

server::runtime::LoopSettings restless() {
  server::runtime::LoopSettings settings;
  settings.tail_facts_max = 200;
  settings.sweep_tickets_max = 8;
  settings.forget_after = std::chrono::hours(1);
  return settings;
}

}  // namespace lupaus::tests::server_runtime
