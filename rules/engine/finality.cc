// When a verdict is final: what it waits for, how long, and what stays once it is (R70, R72, R78).
#include <algorithm>

#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {

using model::Duration;
using model::End;
using model::Verdict;

namespace {

/// Sources that could not be heard while the server was down get this long to come back, and those
/// that tell of a ticket long after it happened to tell the rest of it.
constexpr Duration kReturn = std::chrono::minutes(15);

/// What the events say of a cycle whose verdict is final, but not its end: only that. When they say
/// that it was no breach after all, they came too late: it has the least lateness of one. Where it
/// was left to a person it is no breach yet, and that person is told what was counted.
void take_end(const JudgedCycle& judged, const Revision& revision, Commitment& commitment) {
  auto& cycle = commitment.cycle;
  const auto& compensation = revision.promise->compensation;
  cycle.stopped_at = judged.cycle.stopped_at;
  cycle.end = judged.cycle.end;
  cycle.counted = judged.cycle.is_broken || cycle.verdict == Verdict::indeterminate
                      ? judged.cycle.counted
                      : least_breach(cycle, revision.promise->is_boundary_inclusive);
  if (!compensation || !compensation->is_settled_at_breach) cycle.excuse = judged.cycle.excuse;
}

}  // namespace

bool is_held_longer(const Ticket& ticket) {
  if (ticket.last_event_received_at + kReturn < ticket.next_deadline) return false;
  return std::any_of(ticket.commitments.begin(), ticket.commitments.end(),
                     [&](const Commitment& commitment) {
                       return State::waits_for(commitment) < ticket.last_event_received_at;
                     });
}

Duration least_breach(const model::Cycle& cycle, bool is_boundary_inclusive) {
  return cycle.limit + Duration(is_boundary_inclusive ? 1 : 0);
}

Verdict settled_verdict(const Commitment& commitment) {
  return commitment.decided == Verdict::open ? commitment.cycle.verdict : commitment.decided;
}

void take(const JudgedCycle& judged, const Revision& revision, Commitment& commitment) {
  commitment.is_vanished = false;
  commitment.expires_at = judged.expires_at;
  if (commitment.is_confirmed) {
    if (!commitment.is_end_final) take_end(judged, revision, commitment);
    return;
  }
  commitment.revision = revision.number;
  commitment.cycle = judged.cycle;
  const bool has_next = commitment.warned_count < judged.warnings_at.size();
  commitment.next_warning_at =
      has_next ? judged.warnings_at[commitment.warned_count] : model::kEndOfTime;
}

/// Of cycles that are final but for their end, and that the events no longer give: they ended where
/// they broke.
void State::Inside::end_vanished(Ticket& ticket) {
  for (auto& commitment : ticket.commitments) {
    if (!commitment.is_vanished || !commitment.is_confirmed) continue;
    const Revision* revision = lines[commitment.line].find(commitment.revision);
    const bool is_inclusive = revision == nullptr || revision->promise->is_boundary_inclusive;
    auto& cycle = commitment.cycle;
    cycle.stopped_at = cycle.breaching_at.value_or(cycle.started_at);
    cycle.end = End::stop;
    cycle.counted = least_breach(cycle, is_inclusive);
    commitment.is_vanished = false;
  }
}

bool State::Inside::hangs_on_lost(const Ticket& ticket, const model::Cycle& cycle,
                                  Instant decided) const {
  bool hangs = false;
  for_each_reporting(branches[branch_of(ticket.branch)], [&](uint32_t index) {
    for (const auto& gap : sources[index].source.gaps)
      hangs = hangs || (cycle.started_at < gap.until && gap.from <= decided);
  });
  return hangs;
}

Instant State::Inside::decided_after(TicketSlot slot, const Ticket& ticket,
                                     const Commitment& commitment) const {
  const Instant at = State::waits_for(commitment);
  if (!ticket.is_corrected || commitment.is_confirmed || at == model::kEndOfTime) return at;
  const auto raw = raw_cycle(slot, ticket, commitment, {now, at});
  if (!raw) return at;
  Commitment as_said;
  as_said.cycle = raw->cycle;
  as_said.expires_at = raw->expires_at;
  const Instant raw_at = State::waits_for(as_said);
  // WHY: a clock that by what was said never comes to an end must not hold the verdict for ever.
  return raw_at == model::kEndOfTime ? at : std::max(at, raw_at);
}

Instant State::Inside::held_until(Instant at, const Ticket& ticket,
                                  const Commitment& commitment) const {
  if (at == model::kEndOfTime) return at;
  const Revision* revision = lines[commitment.line].find(commitment.revision);
  if (revision == nullptr) return model::kEndOfTime;
  const Duration hold = revision->promise->hold;
  if (at >= model::kEndOfTime - hold - Duration(1)) return model::kEndOfTime;
  // WHY: a backlog that is older than `hold` is no silence: what it tells of has waited for nobody.
  const Instant asked = std::max(listening_since, ticket.last_event_received_at);
  return std::max(at + hold + Duration(1), asked + std::min(hold, kReturn));
}

std::optional<JudgedCycle> State::Inside::raw_cycle(TicketSlot slot, const Ticket& ticket,
                                                    const Commitment& commitment,
                                                    const Horizon& horizon) const {
  const auto found = corrections.find(slot);
  model::ensure(found != corrections.end(), "a corrected ticket knows its corrections");
  Ticket said = ticket;
  said.commitments.clear();
  for (auto& event : said.events) {
    for (const auto& correction : found->second) {
      if (correction.source == event.source && correction.epoch == event.epoch &&
          correction.sequence == event.sequence)
        event.at -= correction.skew;
    }
  }
  std::sort(said.events.begin(), said.events.end(),
            [this](const auto& a, const auto& b) { return comes_before(names, a, b); });
  const auto& branch = branches[branch_of(said.branch)];
  std::vector<JudgedCycle> cycles;
  Findings unused;
  judge(lines[commitment.line], {&said, &branch.branch, &names, &books}, horizon, nullptr, cycles,
        unused);
  for (auto& cycle : cycles) {
    if (cycle.number == commitment.number) return std::move(cycle);
  }
  return std::nullopt;
}

void State::Inside::note_review(TicketSlot slot) {
  Ticket& ticket = tickets.open(slot).ticket;
  std::optional<Instant> since;
  for (const auto& commitment : ticket.commitments) {
    if (!engine::is_under_review(commitment)) continue;
    since = since ? std::min(*since, commitment.finalised_at) : commitment.finalised_at;
  }
  if (!ticket.is_under_review && !since) return;
  const auto known = under_review_since.find(slot);
  if (known != under_review_since.end() && known->second == since) return;
  forget_review(slot);
  ticket.is_under_review = since.has_value();
  if (!since) return;
  under_review.insert({*since, slot});
  under_review_since[slot] = *since;
}

void State::Inside::forget_review(TicketSlot slot) {
  const auto known = under_review_since.find(slot);
  if (known == under_review_since.end()) return;
  under_review.erase({known->second, slot});
  under_review_since.erase(known);
}

const std::set<std::pair<Instant, TicketSlot>>& State::under_review() const {
  return inside_->under_review;
}

const Decision* State::find_decision(TicketSlot slot, const Commitment& commitment) const {
  const auto found = inside_->decisions.find(slot);
  if (found == inside_->decisions.end()) return nullptr;
  for (const auto& decision : found->second) {
    if (decision.line == commitment.line && decision.number == commitment.number) return &decision;
  }
  return nullptr;
}

std::vector<const Decision*> State::decisions_of(TicketSlot slot,
                                                 const Commitment& commitment) const {
  std::vector<const Decision*> made;
  const auto found = inside_->decisions.find(slot);
  if (found == inside_->decisions.end()) return made;
  for (const auto& decision : found->second) {
    if (decision.line == commitment.line && decision.number == commitment.number)
      made.push_back(&decision);
  }
  return made;
}

Duration State::skew_of(TicketSlot slot, const TicketEvent& event) const {
  const auto found = inside_->corrections.find(slot);
  if (found == inside_->corrections.end()) return {};
  for (const auto& correction : found->second) {
    if (correction.source == event.source && correction.epoch == event.epoch &&
        correction.sequence == event.sequence)
      return correction.skew;
  }
  return {};
}

std::span<const std::string> State::entered_by(TicketSlot slot) const {
  return inside_->entrants.of(slot);
}

std::vector<const Source*> State::held_by(std::string_view branch, Instant at) const {
  std::vector<const Source*> holding;
  const auto index = inside_->branch_at(branch);
  if (!index) return holding;
  for (const uint32_t source : inside_->waited_for(inside_->branches[*index])) {
    if (inside_->sources[source].source.watermark <= at)
      holding.push_back(&inside_->sources[source].source);
  }
  std::sort(holding.begin(), holding.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  return holding;
}

}  // namespace lupaus::rules::engine
