// Both ways in which the engine learns of a ticket, and what it says of it afterwards.
#include "tests/rules/engine/engine_runs.h"

#include <algorithm>
#include <set>

namespace lupaus::tests {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

std::set<std::string> tickets_of(const Scene& scene) {
  std::set<std::string> tickets;
  for (const auto& event : scene.events) {
    if (!event.ticket.empty()) tickets.insert(event.ticket);
  }
  return tickets;
}

}  // namespace

Rows judge_naively(const Scene& scene, Instant as_of) {
  const auto hours = naive::opening_hours(scene.hours, scene.first - 24h, 45);
  Rows rows;
  for (const auto& ticket : tickets_of(scene)) {
    for (const auto& promise : scene.promises) {
      auto judged = naive::judge(promise, ticket, scene.events, hours, as_of);
      if (!judged.empty()) rows[{ticket, promise.name}] = std::move(judged);
    }
  }
  return rows;
}

EngineRun::EngineRun(const Scene& scene)
    : scene_(scene),
      now_(scene.first - 48h),
      actor_(std::make_shared<Actor>(Actor{Actor::Kind::source, true, "test", ""})) {
  step(Publish{book_of(scene), {}, {}, ""});
  for (const auto& source : kSceneSources) step(Register{source, 1, 0, false});
  end_ = scene.as_of;
  for (const auto& event : scene.events) end_ = std::max(end_, event.at);
  end_ += 31h;
}

rules::model::Event EngineRun::view(const naive::Event& event) {
  auto& attributes = attributes_.emplace_back();
  for (const auto& [name, value] : event.attributes) attributes.push_back({name, value});
  return {event.source, event.epoch, event.sequence, "b",       event.ticket,
          event.type,   "",          event.at,       attributes};
}

void EngineRun::step(CommandBody body) {
  const auto stepped = rules::ledger::step(state_, Command{now_, actor_, std::move(body)}, facts_);
  ensure(stepped.ok(), "a scene is never refused");
}

Rows EngineRun::judge_at_once(std::mt19937_64& random) {
  auto events = scene_.events;
  std::shuffle(events.begin(), events.end(), random);
  for (const auto& event : events) {
    if (event.at > scene_.as_of) continue;
    const Observed observed{view(event), event.at, false, false};
    state_.evolve(Fact{state_.next_position, event.at, actor_, observed});
  }
  return rows_at(scene_.as_of);
}

void EngineRun::observe(const naive::Event& event) {
  const auto& kept = views_.emplace_back(view(event));
  step(Observe{&kept, now_, false, false});
}

void EngineRun::hear(const std::string& source, const Sender& sender, Instant at) {
  step(Hear{source, 1, sender.sent, at, false});
}

void EngineRun::ring() {
  while (true) {
    std::optional<TicketSlot> next;
    for (TicketSlot slot = 0; slot < state_.engine.slot_count(); ++slot) {
      const auto& ticket = state_.engine.ticket(slot);
      if (!ticket.is_in_use || ticket.next_deadline > now_) continue;
      if (!next || ticket.next_deadline < state_.engine.ticket(*next).next_deadline) next = slot;
    }
    if (!next) return;
    step(Due{*next});
  }
}

Rows EngineRun::judge_live(std::mt19937_64& random) {
  std::map<std::string, Sender> senders;
  for (const auto& event : scene_.events) senders[event.source].events.push_back(&event);
  std::vector<std::string> busy;
  for (const auto& [source, sender] : senders) busy.push_back(source);
  while (!busy.empty()) {
    const size_t chosen = random() % busy.size();
    Sender& sender = senders[busy[chosen]];
    for (size_t burst = 1 + random() % 5; burst > 0 && sender.sent < sender.events.size();
         --burst) {
      const auto& event = *sender.events[sender.sent++];
      now_ = std::max(
          now_,
          event.at + Duration(static_cast<int64_t>(random() % 3 == 0 ? random() % 3'600'000 : 0)));
      observe(event);
      if (random() % 4 == 0) observe(*sender.events[random() % sender.sent]);
    }
    if (random() % 2 == 0) ring();
    const bool is_done = sender.sent == sender.events.size();
    // WHY: everything before its next event is told, and a heartbeat never speaks of the future.
    Instant told = is_done ? now_ : std::min(now_, sender.events[sender.sent]->at);
    if (random() % 2 == 0) hear(busy[chosen], sender, told);
    if (random() % 2 == 0) rules::ledger::settle_watermarks(state_, now_, facts_);
    if (is_done) busy.erase(busy.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  now_ = std::max(now_, end_);
  end_ = now_;
  ring();
  for (const auto& source : kSceneSources) hear(source, senders[source], now_);
  rules::ledger::settle_watermarks(state_, now_, facts_);
  return rows_at(now_);
}

naive::Row EngineRun::row_of(const rules::engine::Ticket& ticket,
                             const rules::engine::Commitment& c) const {
  const auto line = to_line(CommitmentKey{}, c.cycle, false);
  naive::Row row{c.number,
                 line.started_at,
                 line.due_at,
                 line.stopped_at,
                 line.counted,
                 line.late_by,
                 line.breached_at,
                 line.verdict,
                 line.reason,
                 {},
                 false,
                 false};
  if (line.verdict != Verdict::breached || !line.stopped_at) return row;
  const auto& promise = *state_.engine.promise(c);
  rules::ledger::Bill bill;
  bill.promise = &promise;
  bill.cycle = c.cycle;
  bill.tariffed = rules::ledger::tariff(
      promise, rules::ledger::TicketReading(state_.engine, ticket, c, promise));
  const auto owed = rules::ledger::charge({}, bill);
  row.is_forfeited = owed.state == PaidState::forfeited;
  row.is_held = owed.state == PaidState::held;
  if (owed.amount) row.owed = owed.amount->minor;
  return row;
}

Rows EngineRun::rows_at(Instant as_of) const {
  Rows rows;
  for (TicketSlot slot = 0; slot < state_.engine.slot_count(); ++slot) {
    const auto& ticket = state_.engine.ticket(slot);
    if (!ticket.is_in_use) continue;
    for (const auto& c : state_.engine.commitments_at(slot, {as_of, as_of}))
      rows[{ticket.id, std::string(state_.engine.promise_name(c.line))}].push_back(
          row_of(ticket, c));
  }
  return rows;
}

std::string EngineRun::check_facts(const Rows& rows) const {
  struct Recorded {
    int confirmed = 0, ended = 0, owed = 0;
    std::optional<Instant> breached_at;  ///< recorded and not retracted
    std::optional<int64_t> minor;
    std::optional<Verdict> verdict;
  };
  std::map<CommitmentKey, Recorded> recorded;
  for (const auto& fact : facts_) {
    if (const auto* f = std::get_if<Breached>(&fact.body))
      recorded[f->key].breached_at = f->breached_at;
    if (const auto* f = std::get_if<Retracted>(&fact.body)) recorded[f->key].breached_at.reset();
    if (const auto* f = std::get_if<Ended>(&fact.body)) ++recorded[f->key].ended;
    if (const auto* f = std::get_if<Confirmed>(&fact.body)) {
      auto& r = recorded[f->key];
      ++r.confirmed;
      if (f->is_end_final) ++r.ended;
      r.verdict = f->cycle.verdict;
    }
    if (const auto* f = std::get_if<Owed>(&fact.body)) {
      auto& r = recorded[f->key];
      ++r.owed;
      if (f->amount) r.minor = f->amount->minor;
    }
  }
  std::string wrong;
  const auto say = [&](const CommitmentKey& key, const std::string& what) {
    wrong += format_commitment(key) + ": " + what + "\n";
  };
  for (const auto& [name, cycles] : rows) {
    for (const auto& row : cycles) {
      const CommitmentKey key{"b", name.first, name.second, 1, row.cycle};
      const Recorded r = recorded[key];
      recorded.erase(key);
      const int verdicts = row.stopped_at || row.verdict == Verdict::breached ? 1 : 0;
      if (r.confirmed != verdicts) say(key, std::to_string(r.confirmed) + " times confirmed");
      if (r.ended != (row.stopped_at ? 1 : 0)) say(key, std::to_string(r.ended) + " times ended");
      if (r.verdict && *r.verdict != row.verdict) say(key, "another verdict confirmed");
      // WHY: a breach that the watermark proves before the server's clock rings is confirmed at
      // once.
      if (r.breached_at && r.breached_at != row.breached_at)
        say(key, "a provisional breach stands that is none");
      if (r.owed > 1) say(key, "owed more than once");
      if (r.minor != row.owed) say(key, "owes something else by its fact");
    }
  }
  for (const auto& [key, r] : recorded) {
    if (r.confirmed + r.ended + r.owed != 0 || r.breached_at)
      say(key, "has facts that stand, but no such cycle");
  }
  return wrong;
}

bool EngineRun::is_replayable() const {
  rules::ledger::State replayed;
  for (const auto& fact : facts_) replayed.evolve(fact);
  return replayed.hash() == state_.hash();
}

}  // namespace lupaus::tests
