// The book and the state behind tests of rules/.
#include "tests/support/rules_world.h"

#include "rules/calendar/zone.h"

namespace lupaus::tests {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

class ServiceIs : public Condition {
 public:
  explicit ServiceIs(std::string service)
      : service_(std::move(service)), text_("ticket.service == ...") {}
  Value evaluate(const Scope& scope) const override {
    const auto* found = find_attribute(scope.ticket, "service");
    if (found == nullptr) return Value::error;
    return found->value == service_ ? Value::yes : Value::no;
  }
  std::string_view text() const override { return text_; }

 private:
  std::string service_, text_;
};

class Always : public Condition {
 public:
  Value evaluate(const Scope&) const override { return Value::yes; }
  std::string_view text() const override { return "true"; }
};

const std::vector<std::pair<std::string, Effect>> kOn = {{"issued", Effect::start},
                                                         {"called", Effect::proceed},
                                                         {"recalled", Effect::proceed},
                                                         {"service_started", Effect::stop},
                                                         {"service_ended", Effect::proceed},
                                                         {"transferred", Effect::restart},
                                                         {"parked", Effect::pause},
                                                         {"unparked", Effect::resume},
                                                         {"away", Effect::pause},
                                                         {"back", Effect::resume},
                                                         {"no_show", Effect::forfeit},
                                                         {"left", Effect::stop},
                                                         {"cancelled", Effect::voided}};

Promise make_promise(const PromiseForm& form) {
  Promise promise;
  promise.name = form.name;
  promise.measure = form.measure;
  if (form.service.empty()) {
    promise.applies = std::make_shared<Always>();
  } else {
    promise.applies = std::make_shared<ServiceIs>(form.service);
  }
  for (const auto& [type, effect] : kOn) promise.on[type].otherwise = effect;
  for (const auto& [type, effect] : form.changed) promise.on[type].otherwise = effect;
  promise.on["expired"].otherwise = form.expired;
  promise.expire_after = std::chrono::hours(24);
  promise.on_silence = form.on_silence;
  promise.hold = form.hold;
  promise.within.push_back({nullptr, Limit{Limit::Unit::duration, form.within, 0}, {}});
  promise.is_boundary_inclusive = form.is_inclusive;
  promise.warn = form.warn;
  Promise::Compensation compensation;
  compensation.instrument = form.instrument;
  compensation.is_settled_at_breach = form.is_settled_at_breach;
  const Currency eur = *find_currency("EUR");
  compensation.currency = eur;
  for (const auto& [over, minor] : form.tiers) {
    rules::model::Tier tier;
    tier.over = Limit{Limit::Unit::duration, over, 0};
    tier.pay = Money{eur, minor};
    tier.span = {"p.yaml", 30, 5};
    compensation.tiers.push_back(tier);
  }
  if (form.customer_day_cap) {
    Cap cap;
    cap.max = Money{eur, *form.customer_day_cap};
    compensation.caps.push_back(cap);
  }
  if (!form.tiers.empty()) promise.compensation = compensation;
  promise.digest = form.name + std::to_string(form.within.count()) + form.measure;
  return promise;
}

}  // namespace

BookPtr make_book(const std::vector<PromiseForm>& promises, std::vector<DeclaredSource> sources) {
  auto book = std::make_shared<Book>();
  for (const auto& form : promises) book->promises.push_back(make_promise(form));
  book->hash = promises.empty() ? "none" : book->promises.front().digest;
  book->zones.push_back(*rules::calendar::find_built_in_zone("Europe/Helsinki"));
  CalendarSpec hours;
  hours.name = "hours";
  hours.timezone = "Europe/Helsinki";
  for (auto& day : hours.week) day.intervals = {{8 * 60, 12 * 60}, {13 * 60 + 30, 18 * 60}};
  book->calendars.push_back(hours);
  BranchSpec branch;
  branch.name = "b";
  branch.timezone = "Europe/Helsinki";
  branch.hours = "hours";
  branch.sources = std::move(sources);
  book->branches.push_back(branch);
  Vocabulary queue;
  queue.name = "queue";
  for (const auto& [type, effect] : kOn) queue.events.push_back(type);
  queue.events.push_back("expired");
  queue.branch_events = {"branch_closed", "branch_opened"};
  queue.attributes["service"] = {};
  queue.attributes["customer"] = {AttributeType::string, true};
  queue.attributes["priority"] = {AttributeType::integer, false};
  book->vocabularies.push_back(queue);
  return book;
}

OwnedEvent event_of_a1(std::string source, std::string type, rules::model::Duration offset) {
  OwnedEvent event;
  event.source = std::move(source);
  event.ticket = "A1";
  event.type = std::move(type);
  event.at = World::at(offset);
  return event;
}

World::World(BookPtr book)
    : actor_(std::make_shared<Actor>(Actor{Actor::Kind::source, true, "test", ""})) {
  if (book != nullptr) publish(std::move(book), at(-std::chrono::hours(48)));
}

Instant World::at(Duration offset) { return *parse_instant("2026-01-05T09:00:00+02:00") + offset; }

void World::step(CommandBody body, Instant now) {
  const auto result = rules::ledger::step(state_, Command{now, actor_, std::move(body)}, facts_);
  if (!result.ok()) throw std::runtime_error(format_error(result.error()));
}

void World::publish(BookPtr book, Instant when) {
  step(Publish{std::move(book), {}, {}, ""}, when);
}

void World::observe(OwnedEvent event, Instant now) {
  if (sequences_[event.source]++ == 0) step(Register{event.source, 1, 0, false}, now);
  event.sequence = sequences_[event.source];
  kept_.push_back(std::move(event));
  const OwnedEvent& kept = kept_.back();
  auto& attributes = kept_attributes_.emplace_back();
  for (const auto& [name, value] : kept.attributes) attributes.push_back({name, value});
  events_.push_back({kept.source, kept.epoch, kept.sequence, kept.branch, kept.ticket, kept.type,
                     "", kept.at, attributes});
  step(Observe{&events_.back(), now, false, false}, now);
  rules::ledger::settle_watermarks(state_, now, facts_);
}

void World::enter(OwnedEvent event, Instant now, std::string who) {
  const auto source = std::exchange(
      actor_, std::make_shared<const Actor>(Actor{Actor::Kind::person, false, std::move(who), ""}));
  observe(std::move(event), now);
  actor_ = source;
}

void World::hear(const std::string& source, uint64_t last, Instant until, Instant now) {
  step(Hear{source, 1, last, until, false}, now);
  rules::ledger::settle_watermarks(state_, now, facts_);
}

void World::hear_all(Instant until, Instant now) {
  for (const auto& [source, last] : sequences_) step(Hear{source, 1, last, until, false}, now);
  rules::ledger::settle_watermarks(state_, now, facts_);
}

void World::tick(Instant now) {
  while (true) {
    std::optional<TicketSlot> next;
    for (TicketSlot slot = 0; slot < state_.engine.slot_count(); ++slot) {
      const auto& ticket = state_.engine.ticket(slot);
      if (!ticket.is_in_use || ticket.next_deadline > now) continue;
      if (!next || ticket.next_deadline < state_.engine.ticket(*next).next_deadline) next = slot;
    }
    if (!next) return;
    const Instant deadline = state_.engine.ticket(*next).next_deadline;
    const size_t recorded = facts_.size();
    step(Due{*next}, now);
    if (facts_.size() == recorded && state_.engine.ticket(*next).next_deadline == deadline)
      throw std::runtime_error("a deadline comes that nothing follows from, at " +
                               format_instant(deadline));
  }
}

Result<void> World::command(CommandBody body, Instant now, std::string who) {
  const auto actor = std::make_shared<Actor>(Actor{Actor::Kind::person, false, std::move(who), ""});
  return rules::ledger::step(state_, Command{now, actor, std::move(body)}, facts_);
}

rules::engine::Commitment World::commitment(const std::string& ticket, uint32_t cycle,
                                            const std::string& promise) const {
  const auto slot = state_.engine.find_ticket("b", ticket);
  if (!slot) throw std::runtime_error("no ticket " + ticket);
  for (const auto& c : state_.engine.ticket(*slot).commitments) {
    if (state_.engine.promise_name(c.line) == promise && c.number == cycle) return c;
  }
  throw std::runtime_error("no commitment of " + ticket);
}

}  // namespace lupaus::tests
