// Folding of facts about commitments: warned, breached, retracted, confirmed, ended, owed, doubted,
// decided by a person, archived.
#include <algorithm>

#include "rules/engine/capture.h"
#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {

void State::Inside::on(const model::Fact& fact, const model::Warned& body) {
  TicketSlot slot = 0;
  Commitment* commitment = recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  commitment->warned_count = static_cast<uint8_t>(body.warning + 1);
  rejudge(slot);
}

void State::Inside::on(const model::Fact& fact, const model::Breached& body) {
  ++tally.breached;
  TicketSlot slot = 0;
  Commitment* commitment = recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  commitment->is_breach_recorded = true;
  commitment->breached_at = body.breached_at;
  commitment->detected_at = body.detected_at;
  rearm(slot);
}

void State::Inside::on(const model::Fact& fact, const model::Retracted& body) {
  ++tally.retracted;
  TicketSlot slot = 0;
  Commitment* commitment = recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  commitment->is_breach_recorded = false;
  // WHY: a commitment of which nothing is recorded leaves nothing behind when its ticket rests.
  commitment->breached_at = commitment->detected_at = {};
  rejudge(slot);
}

void State::Inside::on(const model::Fact& fact, const model::Confirmed& body) {
  ++tally.confirmed;
  if (body.cycle.verdict == model::Verdict::indeterminate) ++tally.indeterminate;
  const Instant decided =
      body.cycle.stopped_at.value_or(body.cycle.breaching_at.value_or(model::kBeginningOfTime));
  latest_final_at = std::max(latest_final_at, decided);
  TicketSlot slot = judged_last;
  const auto line = bound_line(slot, body.key);
  Commitment* commitment = line ? recorded_at(slot, *line, body.key, fact.position)
                                : recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  // WHY: what silence ended, the events alone do not end; what follows that end is judged now.
  const bool is_ended_by_fact = body.cycle.stopped_at != commitment->cycle.stopped_at;
  commitment->is_confirmed = true;
  commitment->is_end_final = body.is_end_final;
  commitment->cycle = body.cycle;
  commitment->finalised_at = fact.at;
  const auto verdict = body.cycle.verdict;
  if (verdict == model::Verdict::breached || verdict == model::Verdict::excused) {
    commitment->is_breach_recorded = true;
    commitment->breached_at = breached_at(body.cycle);
    commitment->detected_at = body.detected_at;
  }
  if (is_ended_by_fact) return rejudge(slot);
  rearm(slot);
}

void State::Inside::on(const model::Fact& fact, const model::Ended& body) {
  latest_final_at =
      std::max(latest_final_at, body.cycle.stopped_at.value_or(model::kBeginningOfTime));
  TicketSlot slot = 0;
  Commitment* commitment = recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  const bool is_ended_by_fact = body.cycle.stopped_at != commitment->cycle.stopped_at;
  commitment->is_end_final = true;
  commitment->cycle = body.cycle;
  if (is_ended_by_fact) return rejudge(slot);
  rearm(slot);
}

void State::Inside::on(const model::Fact& fact, const model::LateEvidence& body) {
  ++tally.late_evidence;
  TicketSlot slot = 0;
  Commitment* commitment = recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  commitment->late_verdict = body.verdict;
  commitment->is_doubted_since = commitment->decided != model::Verdict::open;
  commitment->is_held = commitment->is_held || body.is_holding;
  rearm(slot);
}

void State::Inside::on(const model::Fact& fact, const model::ReviewDecided& body) {
  TicketSlot slot = 0;
  Commitment* commitment = recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  // WHY: the verdict is decided once; what is decided again is the money that something held.
  if (commitment->decided == model::Verdict::open) commitment->decided = body.verdict;
  commitment->is_held = commitment->is_doubted_since = false;
  commitment->is_decided_early = !commitment->is_end_final;
  decisions[slot].push_back({commitment->line, commitment->number, fact.at,
                             fact.actor ? fact.actor->id : std::string(), body.reason,
                             body.evidence, body.verdict});
  rearm(slot);
  touch(slot);
}

void State::Inside::on(const model::Fact& fact, const model::Excused& body) {
  // WHY: it changes nothing of a ticket but what waits for a person, and that is always at hand.
  const auto branch = names.find(body.key.branch);
  if (!branch || !ticket_at(*branch, body.key.ticket)) return;
  TicketSlot slot = 0;
  Commitment* commitment = recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  commitment->is_held = commitment->is_held && !body.is_complete;
  rearm(slot);
}

void State::Inside::on(const model::Fact& fact, const model::Owed& body) {
  // WHY: what is owed for a late payout, or owed again, changes nothing of the breach; its ticket
  // may be archived.
  if (body.late_of != 0 || body.reverses != 0) return;
  TicketSlot slot = 0;
  Commitment* commitment = recorded(body.key, fact.position, &slot);
  if (commitment == nullptr) return;
  commitment->is_charged = true;
  commitment->compensation = body.number;
  commitment->is_held = body.state == model::PaidState::held;
  if (commitment->is_held) rearm(slot);
}

void State::Inside::on(const model::Fact& fact, const model::Archived& body) {
  const auto branch = branch_at(body.branch);
  if (!branch) return;
  const auto slot = ticket_at(branches[*branch].name, body.ticket);
  if (!slot) return;
  const Ticket& ticket = tickets.open(*slot).ticket;
  if (fact.position != 0 && fact.position <= ticket.position) return;
  by_name.erase(*slot);
  armed_count -= ticket.armed;
  if (ticket.is_dirty) --dirty_tickets;
  if (ticket.next_deadline != model::kEndOfTime)
    deadline_changes.push_back({*slot, model::kEndOfTime});
  corrections.erase(*slot);
  decisions.erase(*slot);
  entrants.forget(*slot);
  forget_review(*slot);
  tickets.free(*slot);
  --ticket_count;
}

Line* State::Inside::find_line(std::string_view name, uint32_t* index) {
  const auto known = names.find(name);
  if (!known || *known >= line_by_name.size() || line_by_name[*known] < 0) return nullptr;
  const auto found = static_cast<uint32_t>(line_by_name[*known]);
  if (index != nullptr) *index = found;
  return &lines[found];
}

uint32_t State::Inside::make_line(std::string_view name) {
  uint32_t index = 0;
  if (find_line(name, &index) != nullptr) return index;
  lines.push_back(Line{std::string(name), {}, {}});
  index = static_cast<uint32_t>(lines.size() - 1);
  const NameIndex known = names.intern(name);
  if (line_by_name.size() <= known) line_by_name.resize(known + 1, -1);
  line_by_name[known] = static_cast<int32_t>(index);
  return index;
}

Commitment* State::Inside::recorded(const model::CommitmentKey& key, Position at,
                                    TicketSlot* slot) {
  const uint32_t branch = make_branch(key.branch);
  const NameIndex name = branches[branch].name;
  const auto found = ticket_at(name, key.ticket);
  const TicketSlot there = found ? *found : make_ticket(name, key.ticket, at);
  if (slot != nullptr) *slot = there;
  if (at != 0 && at <= this->ticket(there).position) return nullptr;
  return recorded_at(there, make_line(key.promise), key, at);
}

std::optional<uint32_t> State::Inside::bound_line(TicketSlot slot,
                                                  const model::CommitmentKey& key) {
  if (slot >= tickets.size() || !tickets.is_in_use(slot)) return std::nullopt;
  const TicketName name = tickets.name(slot);
  if (!is_same_name(name.id, key.ticket) || !is_same_name(names.text(name.branch), key.branch))
    return std::nullopt;
  for (const auto& commitment : ticket(slot).commitments) {
    if (is_same_name(lines[commitment.line].name, key.promise)) return commitment.line;
  }
  return std::nullopt;
}

Commitment* State::Inside::recorded_at(TicketSlot slot, uint32_t line,
                                       const model::CommitmentKey& key, Position at) {
  Ticket& ticket = this->ticket(slot);
  if (at != 0 && at <= ticket.position) return nullptr;
  mark(slot, at);
  auto place = std::find_if(
      ticket.commitments.begin(), ticket.commitments.end(),
      [&](const auto& c) { return c.line > line || (c.line == line && c.number >= key.cycle); });
  if (place == ticket.commitments.end() || place->line != line || place->number != key.cycle) {
    place = ticket.commitments.emplace(place);
    place->line = line;
    place->number = key.cycle;
    place->revision = key.revision;
  }
  return &*place;
}

}  // namespace lupaus::rules::engine
