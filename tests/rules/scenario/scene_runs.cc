// Both ways in which the product learns of a scene, and what it says of it afterwards.
#include "tests/rules/scenario/scene_runs.h"

#include <algorithm>
#include <stdexcept>

#include "rules/ledger/reviews.h"
#include "rules/scenario/backtest.h"

namespace lupaus::tests {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

Event view(const naive::Event& event, std::vector<Attribute>& attributes) {
  for (const auto& [name, value] : event.attributes) attributes.push_back({name, value});
  return {event.source, event.epoch, event.sequence, event.branch, event.ticket,
          event.type,   "",          event.at,       attributes};
}

bool is_same(const VerdictLine& a, const VerdictLine& b) {
  return a.key == b.key && a.verdict == b.verdict && a.is_final == b.is_final &&
         a.started_at == b.started_at && a.due_at == b.due_at && a.stopped_at == b.stopped_at &&
         a.counted == b.counted && a.late_by == b.late_by && a.breached_at == b.breached_at &&
         a.owed == b.owed && a.paid_state == b.paid_state && a.reason == b.reason;
}

bool comes_before(const VerdictLine& a, const VerdictLine& b) { return a.key < b.key; }

}  // namespace

std::string differences(const Lines& expected, const Lines& actual) {
  if (std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(), is_same))
    return "";
  std::string text;
  auto e = expected.begin();
  auto a = actual.begin();
  while (e != expected.end() || a != actual.end()) {
    const bool has_both =
        e != expected.end() && a != actual.end() && !comes_before(*e, *a) && !comes_before(*a, *e);
    if (has_both && is_same(*e, *a)) {
      ++e, ++a;
      continue;
    }
    const bool is_expected =
        has_both || a == actual.end() || (e != expected.end() && comes_before(*e, *a));
    if (is_expected) text += "  rulings " + to_json(*e++) + "\n";
    if (has_both || !is_expected) text += "  product " + to_json(*a++) + "\n";
  }
  return text.empty() ? "the same lines in another order\n" : text;
}

Lines backtest(const Scene& scene, std::mt19937_64& random) {
  const auto history = history_of(scene);
  std::vector<const naive::Event*> told;
  for (const auto& event : history.events) {
    told.push_back(&event);
    if (random() % 8 == 0) told.push_back(&event);
  }
  std::shuffle(told.begin(), told.end(), random);
  rules::scenario::Backtest backtest(history.editions.front().book, "scene");
  uint64_t line = 0;
  for (const auto* event : told) {
    std::vector<Attribute> attributes;
    const auto added = backtest.add(view(*event, attributes), ++line);
    if (!added) throw std::runtime_error(format_error(added.error()));
  }
  auto outcome = backtest.finish(scene.as_of);
  if (!outcome) throw std::runtime_error(format_error(outcome.error()));
  return std::move(outcome->lines);
}

LiveRun::LiveRun(const Scene& scene, std::mt19937_64& random)
    : scene_(scene),
      history_(history_of(scene)),
      now_(scene.first - 48h),
      actor_(std::make_shared<Actor>(Actor{Actor::Kind::source, true, "test", ""})) {
  open();
  tell_all(random);
}

LiveRun::LiveRun(const Scene& scene, const Silence& silence, std::mt19937_64* people)
    : scene_(scene),
      history_(history_of(scene)),
      now_(scene.first - 48h),
      actor_(std::make_shared<Actor>(Actor{Actor::Kind::source, true, "test", ""})) {
  open();
  end_ += 25h;  // what waits for the silent one is decided, also what expires last
  bool is_silent = true;
  // WHY: what the backlog holds is not always looked at.
  const bool is_left = people != nullptr && (*people)() % 2 == 0;
  std::vector<const naive::Event*> withheld;
  const auto move_to = [&](Instant instant) {
    now_ = std::max(now_, instant);
    for (const auto& source : kSceneSources) {
      const bool is_waited_for = is_silent && source == silence.source;
      const Instant told = is_waited_for ? std::min(now_, silence.from) : now_;
      const auto* known = state_.engine.find_source(source);
      step(Hear{source, known->epoch, known->next_sequence - 1, told, false});
    }
    rules::ledger::settle_watermarks(state_, now_, facts_);
    ring();
    if (people != nullptr && (is_silent || !is_left)) decide_some(*people);
  };
  const auto come_back = [&] {
    move_to(silence.until);
    for (size_t i = 0; i < withheld.size(); ++i) {
      if (i == withheld.size() / 2) move_to(now_ + 1h);
      tell(*withheld[i]);
    }
    withheld.clear();
    is_silent = false;
  };
  for (const auto& event : scene_.events) {
    if (is_silent && event.at >= silence.until) come_back();
    move_to(event.at);
    if (is_silent && event.source == silence.source && event.at >= silence.from) {
      withheld.push_back(&event);
    } else {
      tell(event);
    }
  }
  // Held verdicts are decided hour by hour, not all by what is known at the end.
  while (now_ < end_) {
    if (is_silent && now_ >= silence.until) come_back();
    move_to(std::min(end_, now_ + 1h));
  }
}

/// Now and then one is left for later, and often none is looked at.
void LiveRun::decide_some(std::mt19937_64& people) {
  if (people() % 3 != 0) return;
  const auto person = std::make_shared<const Actor>(Actor{Actor::Kind::person, true, "anna", ""});
  for (const auto& review : rules::ledger::reviews(state_, SIZE_MAX).reviews) {
    if (people() % 2 == 0) continue;
    const Verdict said = people() % 4 == 0   ? Verdict::voided
                         : people() % 3 == 0 ? Verdict::kept
                                             : Verdict::breached;
    const Command command{now_, person, DecideReview{review.key, said, "seen", ""}};
    const auto stepped = rules::ledger::step(state_, command, facts_);
    if (!stepped && stepped.error().code != "wrong_state")
      throw std::runtime_error(format_error(stepped.error()));
  }
}

void LiveRun::tell(const naive::Event& event) {
  if (state_.engine.find_source(event.source)->epoch != event.epoch)
    step(Register{event.source, event.epoch, 0, false});
  observe(event);
}

void LiveRun::tell_backlog(const Silence& silence) {
  for (const auto& event : scene_.events) {
    if (event.source == silence.source && event.at >= silence.from) tell(event);
  }
  ring();
}

void LiveRun::open() {
  for (size_t edition = 0; edition < history_.editions.size(); ++edition) publish(edition);
  for (const auto& source : kSceneSources) step(Register{source, 1, 0, false});
  end_ = scene_.as_of;
  for (const auto& event : scene_.events) end_ = std::max(end_, event.at);
  end_ += 201h;
}

void LiveRun::publish(size_t edition) {
  const auto& [valid_from, book] = history_.editions[edition];
  Publish publish{book, edition == 0 ? Instant{} : valid_from, {}, "test"};
  if (edition > 0) {
    for (const auto& promise : history_.editions[edition - 1].book->promises) {
      if (book->find_promise(promise.name) == nullptr) publish.retire.push_back(promise.name);
    }
  }
  step(std::move(publish));
}

void LiveRun::step(CommandBody body) {
  const auto stepped = rules::ledger::step(state_, Command{now_, actor_, std::move(body)}, facts_);
  if (!stepped) throw std::runtime_error(format_error(stepped.error()));
}

void LiveRun::observe(const naive::Event& event) {
  const auto& kept = views_.emplace_back(view(event, attributes_.emplace_back()));
  step(Observe{&kept, now_, false, false});
}

void LiveRun::ring() {
  while (true) {
    std::optional<TicketSlot> next;
    for (TicketSlot slot = 0; slot < state_.engine.slot_count(); ++slot) {
      const auto& ticket = state_.engine.ticket(slot);
      if (!ticket.is_in_use || ticket.next_deadline > now_) continue;
      if (!next || ticket.next_deadline < state_.engine.ticket(*next).next_deadline) next = slot;
    }
    if (!next) return;
    const auto deadline = state_.engine.ticket(*next).next_deadline;
    const auto recorded = facts_.size();
    step(Due{*next});
    if (facts_.size() == recorded && state_.engine.ticket(*next).next_deadline == deadline)
      throw std::runtime_error("a deadline comes that nothing follows from, at " +
                               format_instant(deadline));
  }
}

void LiveRun::tell_next(const std::string& source, Sender& sender) {
  const auto& event = *sender.events[sender.sent++];
  if (event.epoch != sender.epoch) step(Register{source, event.epoch, 0, false});
  sender.epoch = event.epoch;
  sender.sequence = event.sequence;
  observe(event);
}

void LiveRun::settle() {
  rules::ledger::settle_watermarks(state_, now_, facts_);
  rules::ledger::settle_overdue(state_, now_, SIZE_MAX, facts_);
}

void LiveRun::tell_some(std::mt19937_64& random, const std::string& source, Sender& sender) {
  for (size_t burst = 1 + random() % 5; burst > 0 && sender.sent < sender.events.size(); --burst) {
    const Duration lag(static_cast<int64_t>(random() % 3 == 0 ? random() % 3'600'000 : 0));
    now_ = std::max(now_, sender.events[sender.sent]->at + lag);
    tell_next(source, sender);
    const auto& again = *sender.events[random() % sender.sent];
    if (random() % 4 == 0 && again.epoch == sender.epoch) observe(again);
  }
  if (random() % 4 == 0) state_.engine.pack_tickets();
  if (random() % 2 == 0) ring();
  // WHY: everything before its next event is told, and a heartbeat never speaks of the future.
  const bool is_done = sender.sent == sender.events.size();
  const Instant told = is_done ? now_ : std::min(now_, sender.events[sender.sent]->at);
  if (random() % 2 == 0) step(Hear{source, sender.epoch, sender.sequence, told, false});
  if (random() % 2 == 0) settle();
}

void LiveRun::tell_all(std::mt19937_64& random) {
  std::map<std::string, Sender> senders;
  for (const auto& event : scene_.events) senders[event.source].events.push_back(&event);
  std::vector<std::string> busy;
  for (const auto& [source, sender] : senders) busy.push_back(source);
  while (!busy.empty()) {
    const size_t chosen = random() % busy.size();
    Sender& sender = senders[busy[chosen]];
    tell_some(random, busy[chosen], sender);
    if (sender.sent == sender.events.size())
      busy.erase(busy.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  now_ = end_ = std::max(now_, end_);
  ring();
  for (const auto& source : kSceneSources) {
    const Sender& sender = senders[source];
    step(Hear{source, sender.epoch, sender.sequence, now_, false});
  }
  settle();
  now_ += 60h;
  settle();
}

Lines LiveRun::lines() const {
  Lines lines;
  std::map<CommitmentKey, const rules::ledger::Compensation*> money;
  for (const auto& [number, compensation] : state_.ledger.compensations()) {
    if (compensation.late_of == 0) money[compensation.key] = &compensation;
  }
  for (TicketSlot slot = 0; slot < state_.engine.slot_count(); ++slot) {
    const auto& ticket = state_.engine.ticket(slot);
    if (!ticket.is_in_use) continue;
    for (const auto& c : state_.engine.commitments_at(slot, {end_, end_})) {
      auto& line =
          lines.emplace_back(to_line(state_.engine.key_of(ticket, c), c.cycle, c.is_confirmed));
      const auto found = money.find(line.key);
      if (found == money.end()) continue;
      line.owed = found->second->amount;
      line.paid_state = found->second->state;
    }
  }
  std::sort(lines.begin(), lines.end(), comes_before);
  return lines;
}

std::vector<CommitmentKey> LiveRun::journal_order() const {
  std::vector<CommitmentKey> order;
  for (const auto& fact : facts_) {
    const auto* owed = std::get_if<Owed>(&fact.body);
    if (owed != nullptr && owed->late_of == 0) order.push_back(owed->key);
  }
  return order;
}

std::string LiveRun::check_facts(const Lines& lines) const {
  struct Recorded {
    int confirmed = 0, ended = 0, owed = 0;
    std::optional<Instant> breached_at;  ///< recorded and not retracted
    std::optional<Verdict> verdict;
  };
  std::map<CommitmentKey, Recorded> recorded;
  for (const auto& fact : facts_) {
    if (const auto* f = std::get_if<Breached>(&fact.body))
      recorded[f->key].breached_at = f->breached_at;
    if (const auto* f = std::get_if<Retracted>(&fact.body)) recorded[f->key].breached_at.reset();
    if (const auto* f = std::get_if<Ended>(&fact.body)) ++recorded[f->key].ended;
    if (const auto* f = std::get_if<Owed>(&fact.body); f && f->late_of == 0)
      ++recorded[f->key].owed;
    if (const auto* f = std::get_if<Confirmed>(&fact.body)) {
      auto& r = recorded[f->key];
      ++r.confirmed;
      if (f->is_end_final) ++r.ended;
      r.verdict = f->cycle.verdict;
    }
  }
  std::string wrong;
  const auto say = [&](const CommitmentKey& key, const std::string& what) {
    wrong += format_commitment(key) + ": " + what + "\n";
  };
  for (const auto& line : lines) {
    const Recorded r = recorded[line.key];
    recorded.erase(line.key);
    if (r.confirmed != (line.verdict == Verdict::open ? 0 : 1))
      say(line.key, std::to_string(r.confirmed) + " times confirmed");
    if (r.ended != (line.stopped_at ? 1 : 0))
      say(line.key, std::to_string(r.ended) + " times ended");
    const auto is_broken = [](Verdict v) {
      return v == Verdict::breached || v == Verdict::excused;
    };
    // WHY: an excuse may read what is known at settlement, which is later than the breach (R93).
    if (r.verdict && *r.verdict != line.verdict &&
        !(is_broken(*r.verdict) && is_broken(line.verdict)))
      say(line.key, "another verdict confirmed");
    // WHY: a breach that the watermark proves before the server's clock rings is confirmed at once.
    if (r.breached_at && r.breached_at != line.breached_at)
      say(line.key, "a provisional breach stands that is none");
    if (r.owed > 1) say(line.key, "owed more than once");
  }
  for (const auto& [key, r] : recorded) {
    if (r.confirmed + r.ended + r.owed != 0 || r.breached_at)
      say(key, "has facts that stand, but no such cycle");
  }
  return wrong;
}

std::string LiveRun::check_replay() const {
  rules::ledger::State replayed;
  for (const auto& fact : facts_) replayed.evolve(fact);
  return replayed.hash() == state_.hash() ? "" : "replay gives another state\n";
}

}  // namespace lupaus::tests
