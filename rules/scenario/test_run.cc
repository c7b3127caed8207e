// Drives a promise test: one loop over instants, each handled in the order publications, deadlines,
// arrivals, heartbeats, as the server would.
#include "rules/scenario/test_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/scenario/trace.h"

namespace lupaus::rules::scenario {

using model::Duration;
using model::Instant;

namespace {

constexpr Duration kHeartbeat = std::chrono::seconds(1);
constexpr int kRingsMax = 10'000;  // above it a deadline would ring for ever without moving on

Instant next_heartbeat(Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at) + kHeartbeat;
}

}  // namespace

TestRun::TestRun(const PromiseTest& test, model::BookPtr book, const BookSource& books)
    : test_(test),
      books_(books),
      book_(std::move(book)),
      actor_(std::make_shared<model::Actor>(
          model::Actor{model::Actor::Kind::system, true, "lupaus", ""})) {
  now_ = test.start;
  for (const ScriptedEvent& event : test.events) now_ = std::min(now_, event.at);
  prepare(test);
  for (const Publication& publication : test.publications) publications_.push_back(&publication);
  std::stable_sort(publications_.begin(), publications_.end(),
                   [](const Publication* a, const Publication* b) { return a->at < b->at; });
  step(model::Publish{book_, model::kBeginningOfTime + Duration(1), {}, "test"},
       place_of(test.span));
  for (auto& [source, sender] : senders_)
    step(model::Register{source, 1, 1, false}, place_of(test.span));
}

std::string TestRun::place_of(const model::Span& span) const { return format_place(span); }

void TestRun::prepare(const PromiseTest& test) {
  std::vector<std::string> known_tickets;
  for (const ScriptedEvent& scripted : test.events) {
    Delivery& delivery = deliveries_.emplace_back();
    delivery.scripted = &scripted;
    model::Event& event = delivery.event;
    const model::BranchSpec* branch = book_->find_branch(scripted.subject);
    event.branch =
        branch != nullptr ? std::string_view(scripted.subject) : std::string_view(test.branch);
    event.type = scripted.type;
    event.occurred_at = scripted.at;
    event.epoch = 1;
    if (branch == nullptr) {
      event.ticket = event.label = scripted.subject;
      for (const auto& [key, value] : scripted.attributes)
        delivery.attributes.push_back({key, value});
      const bool is_first = std::find(known_tickets.begin(), known_tickets.end(),
                                      scripted.subject) == known_tickets.end();
      if (is_first) known_tickets.push_back(scripted.subject);
      for (const auto& [key, value] : test.defaults) {
        if (is_first && model::find_attribute(delivery.attributes, key) == nullptr)
          delivery.attributes.push_back({key, value});
      }
    } else {
      for (const auto& [key, value] : scripted.attributes)
        delivery.attributes.push_back({key, value});
    }
    event.attributes = delivery.attributes;
    delivery.source = choose_source(scripted, std::string(event.branch));
    event.source = delivery.source;
    delivery.at = awake(scripted.arrives_at.value_or(scripted.at));
    Sender& sender = senders_[delivery.source];
    if (scripted.arrives_at) sender.silences.emplace_back(scripted.at, *scripted.arrives_at);
  }
  std::stable_sort(deliveries_.begin(), deliveries_.end(),
                   [](const Delivery& a, const Delivery& b) { return a.at < b.at; });
  for (Delivery& delivery :
       deliveries_) {  // WHY: a short source name moves with its string, the view would not
    delivery.event.source = delivery.source;
  }
}

/// The first declared source of the branch that may report the type; a source of the test's own
/// where none is declared.
std::string TestRun::choose_source(const ScriptedEvent& event, const std::string& branch) const {
  const model::BranchSpec* spec = book_->find_branch(branch);
  if (spec == nullptr || spec->sources.empty()) return branch + "/test";
  for (const auto& source : spec->sources) {
    if (source.reports.empty() || std::find(source.reports.begin(), source.reports.end(),
                                            event.type) != source.reports.end()) {
      return source.id;
    }
  }
  return spec->sources.front().id;
}

/// While the server is down nothing happens: all of it comes when it is back.
Instant TestRun::awake(Instant at) const {
  if (test_.server_down && at >= test_.server_down->first && at < test_.server_down->second)
    return test_.server_down->second;
  return at;
}

Instant TestRun::next_instant() const {
  Instant next = model::kEndOfTime;
  if (!publications_.empty()) next = std::min(next, awake(publications_.front()->at));
  for (const auto& [slot, at] : deadlines_) next = std::min(next, awake(std::max(at, now_)));
  const Instant overdue = state_.ledger.next_overdue();
  if (overdue != model::kEndOfTime) next = std::min(next, awake(std::max(overdue, now_)));
  for (const Delivery& delivery : deliveries_) {
    if (!delivery.is_done) next = std::min(next, delivery.at);
  }
  if (!heartbeats_.empty()) next = std::min(next, awake(*heartbeats_.begin()));
  return next;
}

void TestRun::advance(Instant to) {
  while (true) {
    const Instant next = next_instant();
    if (next > to) break;
    happen(std::max(next, now_));
  }
  now_ = std::max(now_, to);
}

void TestRun::finish() {
  Instant last = now_;
  for (const Delivery& delivery : deliveries_) last = std::max(last, delivery.at);
  for (const Publication* publication : publications_)
    last = std::max(last, awake(publication->at));
  for (const auto& [source, sender] : senders_) {
    for (const auto& [from, until] : sender.silences) last = std::max(last, until);
  }
  last = next_heartbeat(awake(last));
  heartbeats_.insert(last);
  advance(last);
  if (test_.deliveries > 1) redeliver_all();
}

void TestRun::happen(Instant at) {
  now_ = at;
  const uint64_t position = state_.next_position;
  while (!publications_.empty() && awake(publications_.front()->at) <= at) {
    publish(*publications_.front());
    publications_.erase(publications_.begin());
  }
  ring(at);
  for (Delivery& delivery : deliveries_) {
    if (delivery.is_done || delivery.at > at) continue;
    for (uint32_t time = 0; time < test_.deliveries; ++time) deliver(delivery);
  }
  const bool is_heartbeat = !heartbeats_.empty() && awake(*heartbeats_.begin()) <= at;
  if (is_heartbeat) {
    while (!heartbeats_.empty() && awake(*heartbeats_.begin()) <= at)
      heartbeats_.erase(heartbeats_.begin());
    hear(at);
  }
  ledger::settle_overdue(state_, at, SIZE_MAX, facts_);
  if (state_.next_position != position && !is_heartbeat) heartbeats_.insert(next_heartbeat(at));
  ring(at);
}

void TestRun::ring(Instant at) {
  for (int rings = 0; rings < kRingsMax; ++rings) {
    take_deadlines();
    const auto due = std::find_if(deadlines_.begin(), deadlines_.end(),
                                  [&](const auto& entry) { return entry.second <= at; });
    if (due == deadlines_.end()) return;
    const model::TicketSlot slot = due->first;
    deadlines_.erase(due);
    step(model::Due{slot}, place_of(test_.span));
  }
  complaints_.push_back(place_of(test_.span) + ": a deadline rings without end");
}

void TestRun::deliver(Delivery& delivery) {
  Sender& sender = senders_[delivery.source];
  const std::string place = place_of(delivery.scripted->span);
  const uint64_t position = state_.next_position;
  if (!delivery.is_done) delivery.event.sequence = ++sender.last_sequence;
  const size_t before = facts_.size();
  step(model::Observe{&delivery.event, now_, false, false}, place);
  if (delivery.is_done && state_.next_position != position) {
    complaints_.push_back(fmt::format("{}: delivered again, the event recorded {} new facts", place,
                                      state_.next_position - position));
  }
  delivery.is_done = true;
  for (size_t i = before; i < facts_.size(); ++i) {
    if (const auto* rejected = std::get_if<model::Rejected>(&facts_[i].body)) {
      complaints_.push_back(fmt::format("{}: the event is rejected: {}", place, rejected->message));
    }
  }
}

void TestRun::redeliver_all() {
  for (Delivery& delivery : deliveries_) deliver(delivery);
}

void TestRun::publish(const Publication& publication) {
  auto book = books_(publication.files);
  if (!book) {
    complaints_.push_back(model::format_error(book.error()));
    return;
  }
  step(model::Publish{*book, publication.at, {}, "test"}, place_of(publication.span));
}

void TestRun::hear(Instant at) {
  for (auto& [source, sender] : senders_) {
    const bool is_silent =
        std::any_of(sender.silences.begin(), sender.silences.end(),
                    [&](const auto& span) { return at >= span.first && at < span.second; });
    if (!is_silent)
      step(model::Hear{source, 1, sender.last_sequence, at, false}, place_of(test_.span));
  }
  ledger::settle_watermarks(state_, at, facts_);
}

bool TestRun::step(model::CommandBody body, const std::string& place) {
  auto stepped = ledger::step(state_, {now_, actor_, std::move(body)}, facts_);
  if (!stepped) complaints_.push_back(place + ": " + stepped.error().message);
  take_deadlines();
  return stepped.ok();
}

void TestRun::take_deadlines() {
  auto& changes = state_.engine.deadline_changes();
  for (const auto& change : changes) {
    if (change.at == model::kEndOfTime) {
      deadlines_.erase(change.slot);
    } else {
      deadlines_[change.slot] = change.at;
    }
  }
  changes.clear();
  // What waits for the watermark is settled by the heartbeat that follows.
  for (model::TicketSlot slot = 0; slot < state_.engine.slot_count(); ++slot) {
    const engine::Ticket& ticket = state_.engine.ticket(slot);
    if (ticket.is_in_use && ticket.next_finality >= now_ &&
        ticket.next_finality != model::kEndOfTime) {
      heartbeats_.insert(next_heartbeat(ticket.next_finality));
    }
  }
}

}  // namespace lupaus::rules::scenario
