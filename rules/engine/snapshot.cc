// Snapshot rows of entities and their way back, and the hash that tells equal states.
#include <algorithm>

#include "rules/engine/capture.h"
#include "rules/engine/state_internals.h"
#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

/// Order-dependent mixing of 64-bit words (the finaliser of splitmix64).
class Hasher {
 public:
  void add(uint64_t word) {
    value_ ^= word + 0x9E3779B97F4A7C15ULL + (value_ << 6) + (value_ >> 2);
    value_ = (value_ ^ (value_ >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value_ ^= value_ >> 27;
  }
  void add(Instant instant) { add(static_cast<uint64_t>(model::to_unix_ms(instant))); }
  void add(std::string_view text) {
    add(text.size());
    for (const char c : text) add(static_cast<unsigned char>(c));
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0;
};

bool is_recorded(const Commitment& commitment) {
  return commitment.is_breach_recorded || commitment.is_confirmed || commitment.warned_count > 0;
}

/// What was recorded is not what the events say, and neither a deadline nor a watermark will tell.
bool is_at_odds(const Ticket& ticket, Instant now) {
  return std::any_of(
      ticket.commitments.begin(), ticket.commitments.end(), [&](const Commitment& commitment) {
        const auto& cycle = commitment.cycle;
        if (commitment.is_confirmed) return false;
        if (commitment.is_vanished) return true;
        const bool is_broken =
            cycle.stopped_at ? cycle.is_broken : cycle.breaching_at && *cycle.breaching_at <= now;
        if (!commitment.is_breach_recorded)
          return is_broken && cycle.stopped_at && !ticket.is_backfill;
        return !is_broken || commitment.breached_at != breached_at(cycle);
      });
}

}  // namespace

Position State::oldest_dirty() const {
  Inside& in = *inside_;
  while (!in.dirty.empty()) {
    const DirtyTicket& front = in.dirty.front();
    if (in.tickets.is_in_use(front.slot)) {
      const TicketGlance ticket = in.tickets.glance(front.slot);
      if (ticket.is_dirty && ticket.first_position == front.first_position) break;
    }
    in.dirty.pop_front();
  }
  Position oldest = 0;
  const auto take = [&](Position since) { oldest = oldest == 0 ? since : std::min(oldest, since); };
  if (!in.dirty.empty()) take(in.dirty.front().since);
  if (!in.dirty_sources.empty()) take(in.dirty_sources.front().second);
  if (!in.dirty_branches.empty()) take(in.dirty_branches.front().second);
  return oldest;
}

size_t State::dirty_count() const { return inside_->dirty_tickets; }

void State::sweep_tickets(size_t limit, std::vector<TicketSlot>& slots) {
  Inside& in = *inside_;
  while (limit > 0 && !in.dirty.empty()) {
    const DirtyTicket front = in.dirty.front();
    in.dirty.pop_front();
    if (!in.tickets.is_in_use(front.slot)) continue;
    Ticket& ticket = in.tickets.open(front.slot).ticket;
    if (!ticket.is_dirty || ticket.first_position != front.first_position) continue;
    ticket.is_dirty = false;
    --in.dirty_tickets;
    --limit;
    slots.push_back(front.slot);
  }
}

void State::sweep_sources(std::vector<const Source*>& sources) {
  for (const auto& [index, since] : inside_->dirty_sources) {
    inside_->sources[index].is_dirty = false;
    sources.push_back(&inside_->sources[index].source);
  }
  inside_->dirty_sources.clear();
}

void State::sweep_branches(std::vector<const Branch*>& branches) {
  for (const auto& [index, since] : inside_->dirty_branches) {
    BranchEntry& entry = inside_->branches[index];
    entry.is_dirty = false;
    entry.branch.heard_sources.clear();
    for (const auto& heard : entry.heard) {
      entry.branch.heard_sources[inside_->sources[heard.source].source.id] = heard.at;
    }
    branches.push_back(&entry.branch);
  }
  inside_->dirty_branches.clear();
}

void State::Inside::mark(TicketSlot slot, Position at) {
  Ticket& ticket = tickets.open(slot).ticket;
  ticket.position = std::max(ticket.position, at);
  if (ticket.is_dirty) return;
  ticket.is_dirty = true;
  ++dirty_tickets;
  dirty.push_back({slot, ticket.first_position, at});
}

void State::Inside::mark_source(uint32_t source, Position at) {
  SourceEntry& entry = sources[source];
  entry.source.position = std::max(entry.source.position, at);
  if (entry.is_dirty) return;
  entry.is_dirty = true;
  dirty_sources.emplace_back(source, at);
}

void State::Inside::mark_branch(uint32_t branch, Position at) {
  BranchEntry& entry = branches[branch];
  entry.branch.position = std::max(entry.branch.position, at);
  if (entry.is_dirty) return;
  entry.is_dirty = true;
  dirty_branches.emplace_back(branch, at);
}

void State::image(TicketSlot slot, TicketImage& image) const {
  const Ticket& ticket = inside_->tickets.open(slot).ticket;
  image.position = ticket.position;
  image.first_position = ticket.first_position;
  image.branch = name(ticket.branch);
  image.ticket = ticket.id;
  image.label = ticket.label;
  image.is_backfill = ticket.is_backfill;
  image.last_event_received_at = ticket.last_event_received_at;
  image.events.resize(ticket.events.size());
  for (size_t i = 0; i < ticket.events.size(); ++i) {
    const TicketEvent& event = ticket.events[i];
    auto& out = image.events[i];
    out.at = event.at;
    out.source = name(event.source);
    out.epoch = event.epoch;
    out.sequence = event.sequence;
    out.type = name(event.type);
    out.skew = ticket.is_corrected ? skew_of(slot, event) : model::Duration::zero();
    // WHY: assigned, not made anew, so that one image serves a whole sweep without allocating.
    size_t count = 0;
    for_each_attribute(ticket, event, inside_->names,
                       [&](std::string_view key, std::string_view value) {
                         if (count == out.attributes.size()) out.attributes.emplace_back();
                         out.attributes[count].first = key;
                         out.attributes[count++].second = value;
                       });
    out.attributes.resize(count);
  }
  size_t recorded = 0;
  for (const auto& commitment : ticket.commitments) {
    if (!is_recorded(commitment)) continue;
    if (recorded == image.commitments.size()) image.commitments.emplace_back();
    image.commitments[recorded].promise = inside_->lines[commitment.line].name;
    auto& decisions = image.commitments[recorded].decisions;
    decisions.clear();
    for (const Decision* decision : decisions_of(slot, commitment)) decisions.push_back(*decision);
    image.commitments[recorded++].commitment = commitment;
  }
  image.commitments.resize(recorded);
  const auto entered = entered_by(slot);
  image.entered_by.assign(entered.begin(), entered.end());
}

void State::restore(const TicketImage& image) {
  Inside& in = *inside_;
  const uint32_t branch = in.make_branch(image.branch);
  const NameIndex name = in.branches[branch].name;
  const auto made = in.make_new_ticket(name, image.ticket, image.first_position);
  if (!made) return;
  const TicketSlot slot = *made;
  Ticket& ticket = in.tickets.open(slot).ticket;
  ticket.position = image.position;
  ticket.label = image.label;
  ticket.is_backfill = image.is_backfill;
  ticket.last_event_received_at = image.last_event_received_at;
  for (const auto& event : image.events) {
    TicketEvent compact;
    compact.at = event.at;
    compact.source = in.names.intern(event.source);
    compact.epoch = static_cast<uint32_t>(event.epoch);
    compact.sequence = event.sequence;
    compact.type = in.names.intern_word(event.type);
    compact.attributes_begin = static_cast<uint32_t>(ticket.attributes.size());
    for (const auto& [key, value] : event.attributes)
      append_attribute(ticket.attributes, in.names.intern_word(key), value);
    compact.attributes_size =
        static_cast<uint16_t>(ticket.attributes.size() - compact.attributes_begin);
    ticket.events.push_back(compact);
    if (event.skew == model::Duration::zero()) continue;
    ticket.is_corrected = true;
    in.corrections[slot].push_back({compact.source, compact.epoch, compact.sequence, event.skew});
  }
  for (const auto& who : image.entered_by) in.entrants.add(slot, who);
  for (const auto& recorded : image.commitments) {
    Commitment commitment = recorded.commitment;
    commitment.line = in.make_line(recorded.promise);
    // By what it means, which rows from before it was kept do not say.
    if (commitment.decided != model::Verdict::open && !commitment.is_end_final)
      commitment.is_decided_early = true;
    for (Decision decision : recorded.decisions) {
      decision.line = commitment.line;
      decision.number = commitment.number;
      if (decision.verdict == model::Verdict::open) decision.verdict = commitment.decided;
      in.decisions[slot].push_back(std::move(decision));
    }
    ticket.commitments.push_back(std::move(commitment));
  }
  std::sort(ticket.commitments.begin(), ticket.commitments.end(), [](const auto& a, const auto& b) {
    return a.line != b.line ? a.line < b.line : a.number < b.number;
  });
  // WHY: of a million that come in one by one, none is asked for again soon.
  if (in.is_restoring) return in.tickets.pack_now(slot);
  in.rejudge(slot);
}

void State::restore(std::span<const TicketImage> images) {
  const Inside& in = *inside_;
  // WHY: rows come by age and the index lies by hash, so each would wait for memory on its own.
  for (const auto& image : images) {
    if (const auto branch = in.branch_at(image.branch))
      in.by_name.prefetch(TicketName{in.branches[*branch].name, image.ticket});
  }
  for (const auto& image : images) restore(image);
}

void State::restore(Source source) {
  const uint32_t index = inside_->make_source(source.id);
  if (inside_->sources[index].source.position > source.position) return;
  inside_->sources[index].source = std::move(source);
}

void State::restore(Branch branch) {
  const uint32_t index = inside_->make_branch(branch.name);
  BranchEntry& entry = inside_->branches[index];
  if (entry.branch.position > branch.position) return;
  entry.branch = std::move(branch);
  entry.heard.clear();
  for (const auto& [id, at] : entry.branch.heard_sources) {
    const uint32_t source = inside_->make_source(id);
    entry.heard.push_back({source, at});
    inside_->link(source, index);
  }
}

void State::begin_restore(size_t tickets) {
  inside_->is_restoring = true;
  // WHY: an index that grows reads every ticket's name again, wherever it lies.
  inside_->by_name.reserve(tickets);
}

void State::finish_restore(Instant now) {
  Inside& in = *inside_;
  in.is_restoring = false;
  // More were expected than came: the room for the others is not needed.
  if (in.by_name.size() < in.by_name.capacity() / 4) in.by_name.rehash(0);
  in.deadline_changes.reserve(in.by_name.size());
  in.now = std::max(in.now, now);
  in.listening_since = now;
  if (!in.books.is_empty()) in.resolve_book();
  for (uint32_t i = 0; i < in.branches.size(); ++i) {
    in.branches[i].watermark = in.compute_watermark(in.branches[i]);
    if (!in.branches[i].is_watermark_stale) {
      in.branches[i].is_watermark_stale = true;
      in.stale_watermarks.push_back(i);
    }
  }
  for (TicketSlot slot = 0; slot < in.tickets.size(); ++slot) {
    if (!in.tickets.is_in_use(slot)) continue;
    in.rejudge(slot);
    if (is_at_odds(in.tickets.open(slot).ticket, in.now)) in.touch(slot);
    in.tickets.pack_now(slot);
  }
}

uint64_t State::hash() const {
  const Inside& in = *inside_;
  Hasher hasher;
  for (const auto& line : in.lines) {
    if (line.revisions.empty()) continue;
    hasher.add(line.name);
    for (const auto& revision : line.revisions) hasher.add(revision.promise->digest);
  }
  for (const Source* source : sources()) {
    if (source->epoch == 0 && !source->is_retired) continue;
    hasher.add(source->id);
    for (const uint64_t word : {source->epoch, source->next_sequence, uint64_t{source->is_closed}})
      hasher.add(word);
    hasher.add(source->watermark);
    for (const auto& [epoch, sequence] : source->rejected_before) {
      hasher.add(epoch);
      hasher.add(sequence);
    }
    for (const auto sequence : source->rejected) hasher.add(sequence);
    // WHY, here and below: journals from before there was such a thing hash as they did.
    if (source->skew != model::Duration::zero())
      hasher.add(static_cast<uint64_t>(source->skew.count()));
    if (source->is_retired) hasher.add(source->retired_reason);
    for (const auto twin : source->twin_hashes) hasher.add(uint64_t{twin});
  }
  std::vector<TicketSlot> slots;
  for (TicketSlot slot = 0; slot < in.tickets.size(); ++slot) {
    if (in.tickets.is_in_use(slot)) slots.push_back(slot);
  }
  std::sort(slots.begin(), slots.end(), [&](TicketSlot left, TicketSlot right) {
    const TicketName a = in.tickets.name(left);
    const TicketName b = in.tickets.name(right);
    return a.branch != b.branch ? name(a.branch) < name(b.branch) : a.id < b.id;
  });
  for (const TicketSlot slot : slots) {
    const Ticket* const ticket = &inside_->tickets.open(slot).ticket;
    hasher.add(name(ticket->branch));
    hasher.add(ticket->id);
    for (const auto& event : ticket->events) {
      hasher.add(event.at);
      hasher.add(event.sequence);
      hasher.add(name(event.source));
      hasher.add(name(event.type));
      if (ticket->is_corrected)
        hasher.add(static_cast<uint64_t>(
            skew_of(*in.ticket_at(ticket->branch, ticket->id), event).count()));
      for_each_attribute(*ticket, event, in.names,
                         [&](std::string_view key, std::string_view value) {
                           hasher.add(key);
                           hasher.add(value);
                         });
    }
    for (const auto& who : entered_by(*in.ticket_at(ticket->branch, ticket->id))) hasher.add(who);
    std::vector<const Commitment*> recorded;
    for (const auto& c : ticket->commitments) {
      if (is_recorded(c)) recorded.push_back(&c);
    }
    std::sort(recorded.begin(), recorded.end(), [&](const auto* a, const auto* b) {
      return a->line != b->line ? in.lines[a->line].name < in.lines[b->line].name
                                : a->number < b->number;
    });
    for (const Commitment* c : recorded) {
      hasher.add(in.lines[c->line].name);
      for (const uint64_t word :
           {uint64_t{c->number}, uint64_t{c->warned_count}, uint64_t{c->is_breach_recorded},
            uint64_t{c->is_confirmed}, uint64_t{c->is_end_final}, uint64_t{c->is_charged},
            c->compensation}) {
        hasher.add(word);
      }
      if (c->decided != model::Verdict::open || c->late_verdict != model::Verdict::open) {
        hasher.add(static_cast<uint64_t>(c->decided));
        hasher.add(static_cast<uint64_t>(c->late_verdict));
      }
      if (c->is_decided_early || c->is_doubted_since)
        hasher.add(uint64_t{c->is_decided_early} + 2 * uint64_t{c->is_doubted_since});
      if (!c->is_confirmed) continue;
      hasher.add(static_cast<uint64_t>(c->cycle.verdict));
      hasher.add(c->finalised_at);
      if (c->cycle.doubt != model::Doubt::none) hasher.add(static_cast<uint64_t>(c->cycle.doubt));
      // An open clock is counted up to whenever it was judged last, which no fact says.
      if (c->is_end_final) hasher.add(static_cast<uint64_t>(c->cycle.counted.count()));
    }
  }
  return hasher.value();
}

}  // namespace lupaus::rules::engine
