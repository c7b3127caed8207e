// Folding of facts about books, sources, branches and events. Cannot fail, and skips what a
// snapshot row contains.
#include <algorithm>
#include <tuple>

#include "rules/engine/state_internals.h"
#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

/// Remembered of a source in an epoch; above it the oldest two count as one.
constexpr size_t kGapsMax = 8;

/// Brings the last event to its place; whether it is later than all others.
bool sort_in_last(std::vector<TicketEvent>& events, const Names& names) {
  const auto last = std::prev(events.end());
  if (last == events.begin() || std::prev(last)->at < last->at) return true;
  const auto place =
      std::upper_bound(events.begin(), last, *last,
                       [&](const auto& a, const auto& b) { return comes_before(names, a, b); });
  std::rotate(place, last, events.end());
  return false;
}

}  // namespace

void State::evolve(const model::Fact& fact) {
  inside_->now = std::max(inside_->now, fact.at);
  inside_->position = std::max(inside_->position, fact.position);
  if (inside_->now >= inside_->next_ruling_at) inside_->resolve_book();
  std::visit([&](const auto& body) { inside_->on(fact, body); }, fact.body);
  inside_->resolved.is_fresh = false;
}

void State::Inside::on(const model::Fact& fact, const model::Published& body) {
  if (fact.position != 0 && fact.position <= book_position) return;
  book_position = fact.position;
  const auto compiled = std::make_shared<const CompiledBook>(body.book, names);
  books.add(compiled, body.valid_from);
  for (const auto& branch : body.book->branches) make_branch(branch.name);
  for (const auto& promise : body.book->promises) {
    Line* const line = &lines[make_line(promise.name)];
    const bool is_same =
        !line->revisions.empty() && line->revisions.back().promise->digest == promise.digest &&
        line->revisions.back().valid_from <= body.valid_from &&
        line->retired_after(line->revisions.back().valid_from) == model::kEndOfTime;
    if (is_same) continue;
    const auto number = static_cast<uint32_t>(line->revisions.size() + 1);
    line->add(make_revision(number, body.valid_from, compiled, promise, names));
  }
  for (const auto& name : body.retired) {
    if (Line* line = find_line(name); line != nullptr) {
      line->retired_at.insert(
          std::upper_bound(line->retired_at.begin(), line->retired_at.end(), body.valid_from),
          body.valid_from);
      line->retirements.push_back(
          {body.valid_from, fact.actor ? fact.actor->id : std::string(), body.retired_reason});
    }
  }
  resolve_book();
  if (is_restoring) return;
  for (TicketSlot slot = 0; slot < tickets.size(); ++slot) {
    if (!tickets.is_in_use(slot)) continue;
    rejudge(slot);
    touch(slot);
  }
}

void State::Inside::on(const model::Fact& fact, const model::SourceRegistered& body) {
  const uint32_t index = make_source(body.source);
  Source& source = sources[index].source;
  if (fact.position != 0 && fact.position <= source.position) return;
  // WHY: epochs only grow, so the list stays ascending.
  for (const uint64_t sequence : source.rejected)
    source.rejected_before.emplace_back(source.epoch, sequence);
  source.epoch = body.epoch;
  source.next_sequence = 1;
  source.is_closed = false;
  source.is_backfill = body.is_backfill;
  source.recent_hashes.clear();
  source.rejected.clear();
  source.skew = {};
  if (!source.gaps.empty()) source.gaps.back().is_open = false;
  source.is_without_heartbeat = body.is_without_heartbeat;
  source.is_retired = false;
  source.retired_reason.clear();
  source.twin_count = 0;
  source.twin_hashes.clear();
  source.last_received_at = fact.at;
  mark_source(index, fact.position);
  lower_watermarks(index);
}

void State::Inside::take_sequence(uint32_t index, const Taken& taken, const model::Fact& fact) {
  const model::Event& event = taken.event;
  Source& source = sources[index].source;
  if (fact.position != 0 && fact.position <= source.position) return;
  mark_source(index, fact.position);
  if (taken.is_retry) {
    if (event.epoch == source.epoch) std::erase(source.rejected, event.sequence);
    std::erase(source.rejected_before, std::pair(event.epoch, event.sequence));
    return;
  }
  source.epoch = event.epoch;
  source.next_sequence = event.sequence + 1;
  source.last_received_at = std::max(source.last_received_at, taken.received_at);
  if (source.is_closed) {
    source.is_closed = false;
    lower_watermarks(index);
  }
  const size_t place = event.sequence % kRecentHashes;
  if (place > source.recent_hashes.size()) source.recent_hashes.resize(place);
  const uint32_t hash = model::content_hash(event);
  if (place == source.recent_hashes.size()) {
    source.recent_hashes.push_back(hash);
  } else {
    source.recent_hashes[place] = hash;
  }
  if (taken.is_rejected) {
    source.rejected.insert(
        std::upper_bound(source.rejected.begin(), source.rejected.end(), event.sequence),
        event.sequence);
    return;
  }
  if (!source.gaps.empty() && source.gaps.back().is_open) {
    auto& gap = source.gaps.back();
    gap.is_open = false;
    if (taken.corrected_at >= gap.from) gap.until = std::min(gap.until, taken.corrected_at);
  }
  // WHY: a clock may be ahead, but nothing is final before it has come.
  const Instant told = std::min(taken.corrected_at, taken.received_at);
  if (told > source.watermark) {
    source.watermark = told;
    stale(index);
  }
}

void State::Inside::on(const model::Fact& fact, const model::Quarantined& body) {
  ++tally.twins;
  const uint32_t index = make_source(body.event.source);
  Source& source = sources[index].source;
  if (fact.position != 0 && fact.position <= source.position) return;
  mark_source(index, fact.position);
  const uint32_t hash = twin_hash(body.event);
  ++source.twin_count;
  source.twin_hashes.insert(
      std::upper_bound(source.twin_hashes.begin(), source.twin_hashes.end(), hash), hash);
}

void State::Inside::on(const model::Fact& fact, const model::SkewEstimated& body) {
  const uint32_t index = make_source(body.source);
  Source& source = sources[index].source;
  if (fact.position != 0 && fact.position <= source.position) return;
  mark_source(index, fact.position);
  source.skew = body.skew;
}

void State::Inside::on(const model::Fact& fact, const model::SourceRetired& body) {
  const uint32_t index = make_source(body.source);
  Source& source = sources[index].source;
  if (fact.position != 0 && fact.position <= source.position) return;
  mark_source(index, fact.position);
  source.is_retired = true;
  source.retired_reason = body.reason;
  stale(index);
}

void State::Inside::on(const model::Fact& fact, const model::Observed& body) {
  ++tally.observed;
  const uint32_t source =
      resolved.is_of(body.event) ? resolved.source : make_source(body.event.source);
  take_sequence(source, {body.event, body.received_at, body.corrected_at(), false, body.is_retry},
                fact);
  if (body.event.ticket.empty()) {
    take_branch_event(source, body, fact);
  } else {
    take_ticket_event(source, body, fact);
  }
}

void State::Inside::on(const model::Fact& fact, const model::Rejected& body) {
  ++tally.rejected;
  take_sequence(make_source(body.event.source),
                {body.event, body.received_at, body.event.occurred_at, true}, fact);
}

void State::Inside::take_branch_event(uint32_t source, const model::Observed& body,
                                      const model::Fact& fact) {
  const model::Event& event = body.event;
  const uint32_t index = make_branch(event.branch);
  BranchEntry& entry = branches[index];
  if (fact.position != 0 && fact.position <= entry.branch.position) return;
  hear_at(index, source, body.received_at, fact.position);
  mark_branch(index, fact.position);
  if (event.type == "branch_closed" || event.type == "branch_opened") {
    const Branch::Closing closing{body.corrected_at(), event.type == "branch_closed"};
    auto& closings = entry.branch.closings;
    const auto place = std::upper_bound(
        closings.begin(), closings.end(), closing, [](const auto& a, const auto& b) {
          return a.at != b.at ? a.at < b.at : a.is_closed > b.is_closed;
        });
    closings.insert(place, closing);
  }
  for (const auto& attribute : event.attributes) {
    const Branch::Change change{body.corrected_at(),
                                std::string(attribute.name),
                                std::string(attribute.value),
                                std::string(event.source),
                                event.epoch,
                                event.sequence};
    auto& changes = entry.branch.changes;
    const auto place =
        std::upper_bound(changes.begin(), changes.end(), change, [](const auto& a, const auto& b) {
          return std::tie(a.at, a.source, a.epoch, a.sequence) <
                 std::tie(b.at, b.source, b.epoch, b.sequence);
        });
    changes.insert(place, change);
  }
  if (is_restoring) return;
  for (TicketSlot slot = 0; slot < tickets.size(); ++slot) {
    // WHY: also of tickets of which all is final or nothing was bound: a start that did not apply
    // may apply now.
    if (!tickets.is_in_use(slot) || tickets.name(slot).branch != entry.name) continue;
    rejudge(slot);
    touch(slot);
  }
}

void State::Inside::hear_at(uint32_t branch, uint32_t source, Instant received_at, Position at) {
  BranchEntry& entry = branches[branch];
  const auto heard = std::find_if(entry.heard.begin(), entry.heard.end(),
                                  [&](const auto& h) { return h.source == source; });
  if (heard == entry.heard.end()) {
    entry.heard.push_back({source, received_at});
    mark_branch(branch, at);
    link(source, branch);
    lower_watermarks(source);
  } else if (received_at - heard->at >= std::chrono::minutes(1)) {
    heard->at = received_at;
    mark_branch(branch, at);
  }
}

bool State::Inside::outlives_a_clock(const Ticket& ticket, Instant at) const {
  return std::any_of(ticket.commitments.begin(), ticket.commitments.end(),
                     [&](const Commitment& commitment) {
                       if (commitment.cycle.stopped_at) return false;
                       const auto* revision = lines[commitment.line].find(commitment.revision);
                       return commitment.expires_at <= at || revision->is_expiry_conditional();
                     });
}

void State::Inside::take_ticket_event(uint32_t source, const model::Observed& body,
                                      const model::Fact& fact) {
  const model::Event& event = body.event;
  const bool is_resolved = resolved.is_of(event);
  const uint32_t branch = is_resolved ? resolved.branch : make_branch(event.branch);
  BranchEntry& entry = branches[branch];
  hear_at(branch, source, body.received_at, fact.position);
  const auto found = ticket_at(entry.name, event.ticket);
  const TicketSlot slot = found ? *found : make_ticket(entry.name, event.ticket, fact.position);
  Ticket& ticket = this->ticket(slot);
  if (fact.position != 0 && fact.position <= ticket.position) return;
  mark(slot, fact.position);
  if (!event.label.empty()) ticket.label = event.label;
  ticket.last_event_received_at = std::max(ticket.last_event_received_at, body.received_at);
  ticket.is_backfill = ticket.is_backfill || body.is_backfill;
  if (ticket.events.capacity() == 0) ticket.events.reserve(4);  // WHY: few tickets have fewer
  TicketEvent& compact = ticket.events.emplace_back();
  compact.at = body.corrected_at();
  compact.sequence = event.sequence;
  compact.source = sources[source].name;
  compact.epoch = static_cast<uint32_t>(event.epoch);
  compact.type = is_resolved ? resolved.type : names.intern_word(event.type);
  compact.attributes_begin = static_cast<uint32_t>(ticket.attributes.size());
  for (size_t i = 0; i < event.attributes.size(); ++i) {
    const auto& [name, value] = event.attributes[i];
    const bool is_known = is_resolved && i < resolved.attributes.size();
    append_attribute(ticket.attributes, is_known ? resolved.attributes[i] : names.intern_word(name),
                     value);
  }
  compact.attributes_size =
      static_cast<uint16_t>(ticket.attributes.size() - compact.attributes_begin);
  if (body.skew != model::Duration::zero()) {
    ticket.is_corrected = true;
    corrections[slot].push_back({compact.source, compact.epoch, compact.sequence, body.skew});
  }
  if (fact.actor && fact.actor->kind == model::Actor::Kind::person && !fact.actor->id.empty()) {
    entrants.add(slot, fact.actor->id);
  }
  const WordIndex type = compact.type;
  const Instant at = compact.at;
  const bool is_last = sort_in_last(ticket.events, names);
  // WHY: an event that moves no clock, that nothing captured can read and that outlives no expiry
  // leaves every judgement as it is; but what was known at a settlement that is final may have been
  // another.
  const bool is_unread = event.attributes.empty() || is_last;
  if (found && !can_move_clock(type) && is_unread && !outlives_a_clock(ticket, at)) {
    const bool has_final = std::any_of(ticket.commitments.begin(), ticket.commitments.end(),
                                       [](const auto& c) { return c.is_confirmed; });
    if (has_final && !event.attributes.empty()) touch(slot);
    if (is_held_longer(ticket)) rearm(slot);
    return;
  }
  if (!(is_last && judge_newest(slot))) rejudge(slot);
  touch(slot);
}

void State::Inside::on(const model::Fact& fact, const model::WatermarkAdvanced& body) {
  const uint32_t index = make_source(body.source);
  Source& source = sources[index].source;
  if (fact.position != 0 && fact.position <= source.position) return;
  mark_source(index, fact.position);
  source.watermark = std::max(source.watermark, body.at);
  source.recorded_watermark = source.watermark;
  source.last_received_at = std::max(source.last_received_at, fact.at);
  source.is_closed = body.is_closing;
  source.is_without_heartbeat = false;
  stale(index);
}

void State::Inside::on(const model::Fact& fact, const model::Lost& body) {
  const uint32_t index = make_source(body.source);
  Source& source = sources[index].source;
  if (fact.position != 0 && fact.position <= source.position) return;
  mark_source(index, fact.position);
  source.next_sequence = body.to + 1;
  // What is lost happened before this was said, and after the last that was told.
  source.gaps.push_back({source.watermark, std::max(fact.at, source.watermark), true});
  if (source.gaps.size() > kGapsMax) {
    source.gaps[1].from = std::min(source.gaps[0].from, source.gaps[1].from);
    source.gaps.erase(source.gaps.begin());
  }
}

}  // namespace lupaus::rules::engine
