// What follows from the facts without being one: judged cycles, deadlines, watermarks, who waits
// for what.
#include <algorithm>

#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {
namespace {

bool is_later(const std::pair<Instant, TicketSlot>& a, const std::pair<Instant, TicketSlot>& b) {
  return a > b;
}

const Commitment* last_final(const std::vector<Commitment>& commitments, uint32_t line) {
  const Commitment* last = nullptr;
  for (const auto& commitment : commitments) {
    if (commitment.line == line && commitment.is_confirmed && commitment.is_end_final)
      last = &commitment;
  }
  return last;
}

bool is_recorded(const Commitment& commitment) {
  return commitment.is_breach_recorded || commitment.is_confirmed || commitment.warned_count > 0;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The attributes of a vocabulary with that event; of one that several declare the first counts.
void allow(const model::Vocabulary& vocabulary, EventType& type) {
  for (const auto& [name, spec] : vocabulary.attributes)
    type.ticket_attributes.push_back({name, &spec});
  for (const auto& [name, spec] : vocabulary.branch_attributes)
    type.branch_attributes.push_back({name, &spec});
}

Instant next_deadline_of(const Commitment& commitment) {
  if (commitment.is_confirmed || commitment.is_breach_recorded || commitment.is_vanished)
    return model::kEndOfTime;
  if (commitment.cycle.stopped_at) return model::kEndOfTime;
  // WHY: while nobody knows when it is due there is nothing to warn of; a deadline that `Due`
  // cannot serve would hide all later ones of the ticket.
  const Instant warning = commitment.cycle.due_at ? commitment.next_warning_at : model::kEndOfTime;
  return std::min(warning, commitment.cycle.breaching_at.value_or(model::kEndOfTime));
}

bool can_start(const model::EffectLine& line) {
  return line.otherwise == model::Effect::start ||
         std::any_of(line.cases.begin(), line.cases.end(),
                     [](const auto& choice) { return choice.then == model::Effect::start; });
}

/// Whether what any event but a start says may be read later than at that event.
bool is_read_later(const model::Promise& promise) {
  const auto expired = promise.on.find("expired");
  if (expired != promise.on.end() && !expired->second.cases.empty()) return true;
  return std::any_of(promise.excuses.begin(), promise.excuses.end(),
                     [](const auto& excuse) { return excuse.when != nullptr; });
}

}  // namespace

EventType event_type_of(const model::Book& book, std::string_view name) {
  EventType type;
  type.is_engine_only = name == "expired";
  for (const auto& vocabulary : book.vocabularies) {
    if (has(vocabulary.events, name)) {
      type.is_ticket_event = true;
      allow(vocabulary, type);
    }
    if (has(vocabulary.branch_events, name)) {
      type.is_branch_event = true;
      allow(vocabulary, type);
    }
  }
  return type;
}

void State::Inside::rejudge(TicketSlot slot) {
  if (is_restoring) return;
  OpenTicket& open = tickets.open(slot);
  open.lacks_commitments = false;
  Ticket& ticket = open.ticket;
  for (auto& commitment : ticket.commitments) commitment.is_vanished = !commitment.is_end_final;
  judge_all(ticket);
  end_vanished(ticket);
  std::erase_if(ticket.commitments, [](const auto& c) { return c.is_vanished && !is_recorded(c); });
  // WHY: a ticket is judged many times; what is counted is how many errors it has, once each.
  if (findings.condition_errors > ticket.condition_errors)
    tally.condition_errors += findings.condition_errors - ticket.condition_errors;
  ticket.condition_errors = std::max(ticket.condition_errors, findings.condition_errors);
  ticket.is_judged = true;
  rearm(slot);
}

void State::Inside::judge_all(Ticket& ticket) {
  const auto& branch = branches[branch_of(ticket.branch)];
  const TicketView view{&ticket, &branch.branch, &names, &books};
  const Horizon horizon{now, branch.watermark};
  findings.condition_errors = 0;
  findings.errors_from = model::kBeginningOfTime;
  for (uint32_t index = 0; index < lines.size(); ++index) {
    judged.clear();
    judge(lines[index], view, horizon, last_final(ticket.commitments, index), judged, findings);
    take_judged(ticket, index);
  }
}

/// Brings back what was left out at rest. None of it was recorded, and whatever could have changed
/// it would have judged the ticket.
void State::Inside::judge_opened(OpenTicket& open) {
  open.lacks_commitments = false;
  if (is_restoring) {
    open.ticket.is_judged = false;
  } else {
    judge_all(open.ticket);
  }
}

/// Takes the scratch list `judged` of a line into the ticket's commitments.
void State::Inside::take_judged(Ticket& ticket, uint32_t index) {
  for (const auto& cycle : judged) {
    auto place =
        std::find_if(ticket.commitments.begin(), ticket.commitments.end(), [&](const auto& c) {
          return c.line > index || (c.line == index && c.number >= cycle.number);
        });
    if (place == ticket.commitments.end() || place->line != index ||
        place->number != cycle.number) {
      place = ticket.commitments.emplace(place);
      place->line = index;
      place->number = cycle.number;
    }
    take(cycle, *lines[index].find(cycle.revision), *place);
  }
}

/// The newest event of its ticket neither ends, moves nor outlives the cycle.
bool State::Inside::is_left_alone(const Commitment& last, const TicketEvent& event) const {
  if (last.cycle.stopped_at) return true;
  const Revision& revision = *lines[last.line].find(last.revision);
  // WHY: what a conditional line says of an expiry may hang on the event.
  if (revision.is_expiry_conditional()) return false;
  const auto* line = revision.line(event.type);
  const bool is_moved =
      line != nullptr && !(line->cases.empty() && line->otherwise == model::Effect::proceed);
  return !is_moved && event.at < last.expires_at;
}

/// Judges what the newest event of a ticket changes, when it comes after everything known; false
/// when all must be judged again.
bool State::Inside::judge_newest(TicketSlot slot) {
  Ticket& ticket = this->ticket(slot);
  if (is_restoring || !(ticket.is_judged || ticket.events.size() == 1)) return false;
  const TicketEvent& event = ticket.events.back();
  for (const auto& commitment : ticket.commitments) {
    const auto& stopped_at = commitment.cycle.stopped_at;
    if (commitment.is_vanished || (stopped_at && *stopped_at >= event.at)) return false;
  }
  const auto& branch = branches[branch_of(ticket.branch)];
  const TicketView view{&ticket, &branch.branch, &names, &books};
  const Horizon horizon{now, branch.watermark};
  findings.condition_errors = 0;
  findings.errors_from = event.at;
  const auto& starting = event.type < starters.size() ? starters[event.type] : no_lines;
  auto starter = starting.begin();
  size_t i = 0;
  while (i < ticket.commitments.size() || starter != starting.end()) {
    const bool has_cycles = i < ticket.commitments.size() &&
                            (starter == starting.end() || ticket.commitments[i].line <= *starter);
    const uint32_t index = has_cycles ? ticket.commitments[i].line : *starter;
    const bool can_start = starter != starting.end() && *starter == index;
    if (can_start) ++starter;
    JudgedSoFar known;
    for (; i < ticket.commitments.size() && ticket.commitments[i].line == index; ++i) {
      const auto* previous = known.last;
      known.last = &ticket.commitments[i];
      known.is_paused_at_start = previous == nullptr ||
                                 previous->cycle.stopped_at != known.last->cycle.started_at ||
                                 previous->cycle.end == model::End::restart;
    }
    if (!can_start && (known.last == nullptr || is_left_alone(*known.last, event))) continue;
    judged.clear();
    judge_on(lines[index], view, horizon, known, judged, findings);
    const size_t before = ticket.commitments.size();
    take_judged(ticket, index);
    i += ticket.commitments.size() - before;
  }
  tally.condition_errors += findings.condition_errors;
  ticket.condition_errors += findings.condition_errors;
  ticket.is_judged = true;
  rearm(slot);
  return true;
}

void State::Inside::rearm(TicketSlot slot) {
  if (is_restoring) return;
  Ticket& ticket = this->ticket(slot);
  Instant deadline = model::kEndOfTime;
  Instant finality = model::kEndOfTime;
  bool is_settled = true, is_reviewed = ticket.is_under_review;
  uint64_t armed = 0;
  for (const auto& commitment : ticket.commitments) {
    // WHY: what waits for a person is kept at hand until it is decided.
    const bool is_waiting = is_under_review(commitment);
    is_reviewed = is_reviewed || is_waiting;
    if (is_waiting) is_settled = false;
    if (commitment.is_confirmed && commitment.is_end_final) continue;
    is_settled = false;
    const Instant decided = decided_after(slot, ticket, commitment);
    finality = std::min(finality, decided);
    if (!ticket.is_backfill) {
      deadline = std::min(
          {deadline, next_deadline_of(commitment), held_until(decided, ticket, commitment)});
    }
    if (!commitment.cycle.stopped_at) ++armed;
  }
  armed_count += armed - ticket.armed;
  ticket.armed = static_cast<uint32_t>(armed);
  if (deadline != ticket.next_deadline) {
    ticket.next_deadline = deadline;
    deadline_changes.push_back({slot, deadline});
  }
  if (finality != ticket.next_finality) {
    ticket.next_finality = finality;
    if (finality != model::kEndOfTime) wait(branches[branch_of(ticket.branch)], finality, slot);
  }
  if (is_settled && !ticket.is_forgettable) queue_forgettable(slot, now);
  ticket.is_forgettable = is_settled;
  if (is_reviewed) note_review(slot);
}

void State::Inside::queue_forgettable(TicketSlot slot, Instant since) {
  forgettable.push_back({slot, tickets.glance(slot).first_position, since});
}

void State::Inside::wait(BranchEntry& entry, Instant at, TicketSlot slot) {
  if (entry.waiting.size() > 4'096 && entry.waiting.size() > 4 * ticket_count) {
    // WHY: most entries of a long-running branch are stale; live ones are one a ticket.
    std::erase_if(entry.waiting, [&](const auto& w) {
      return !tickets.is_in_use(w.second) || tickets.glance(w.second).next_finality != w.first;
    });
    std::sort(entry.waiting.begin(), entry.waiting.end());
    entry.waiting.erase(std::unique(entry.waiting.begin(), entry.waiting.end()),
                        entry.waiting.end());
    std::reverse(entry.waiting.begin(), entry.waiting.end());
    std::make_heap(entry.waiting.begin(), entry.waiting.end(), is_later);
  }
  entry.waiting.emplace_back(at, slot);
  std::push_heap(entry.waiting.begin(), entry.waiting.end(), is_later);
  // WHY: what waits for an instant that the watermark has already passed is decided at the next
  // drain.
  if (at < entry.watermark && !entry.is_watermark_stale) {
    entry.is_watermark_stale = true;
    stale_watermarks.push_back(static_cast<uint32_t>(&entry - branches.data()));
  }
}

void State::Inside::touch(TicketSlot slot) {
  if (!is_restoring) touched.push_back(slot);
}

bool State::Inside::can_decide(const model::DeclaredSource& source) const {
  if (source.reports.empty()) return true;
  for (const auto& type : source.reports) {
    if (type == "branch_closed" || type == "branch_opened") return true;
    for (const auto& line : lines) {
      for (const auto& revision : line.revisions) {
        const auto found = revision.promise->on.find(type);
        // WHY: what a branch event, or an event that only continues, says may excuse a breach
        // (R55), or decide how a clock expires.
        const bool is_start = found != revision.promise->on.end() && found->second.cases.empty() &&
                              found->second.otherwise == model::Effect::start;
        if (is_read_later(*revision.promise) && !is_start) return true;
        if (found == revision.promise->on.end()) continue;
        const auto decides = [](model::Effect effect) {
          return effect != model::Effect::proceed && effect != model::Effect::start;
        };
        if (!found->second.cases.empty() || decides(found->second.otherwise)) return true;
      }
    }
  }
  return false;
}

bool State::Inside::can_move_clock(WordIndex type) const {
  return type >= moving.size() || moving[type];
}

void State::Inside::resolve_moving() {
  moving.assign(names.word_count(), false);
  starters.assign(names.word_count(), {});
  for (uint32_t index = 0; index < lines.size(); ++index) {
    const size_t types_moved = std::min(moving.size(), lines[index].moving.size());
    for (size_t type = 0; type < types_moved; ++type) {
      const auto index_of_type = static_cast<WordIndex>(type);
      if (!lines[index].can_move(index_of_type)) continue;
      moving[type] = true;
      const auto& revisions = lines[index].revisions;
      const bool is_starter = std::any_of(revisions.begin(), revisions.end(), [&](const auto& r) {
        const auto* effect = r.line(index_of_type);
        return effect != nullptr && can_start(*effect);
      });
      if (is_starter) starters[type].push_back(index);
    }
  }
}

void State::Inside::link(uint32_t source, uint32_t branch) {
  auto& linked = sources[source].branches;
  if (std::find(linked.begin(), linked.end(), branch) == linked.end()) linked.push_back(branch);
}

void State::Inside::resolve_sources(BranchEntry& entry, const model::BranchSpec* spec) {
  entry.declared.clear();
  entry.deciding.clear();
  entry.reports.clear();
  entry.is_declared = spec != nullptr && !spec->sources.empty();
  const auto branch = static_cast<uint32_t>(&entry - branches.data());
  if (entry.is_declared) {
    for (const auto& declared : spec->sources) {
      const uint32_t source = make_source(declared.id);
      entry.declared.push_back(source);
      entry.reports[source] = &declared;
      if (!can_decide(declared)) continue;
      entry.deciding.push_back(source);
      link(source, branch);
    }
  }
  for (const auto& heard : entry.heard) link(heard.source, branch);
  if (!entry.is_watermark_stale) {
    entry.is_watermark_stale = true;
    stale_watermarks.push_back(branch);
  }
}

void State::Inside::stale(uint32_t source) {
  for (const uint32_t branch : sources[source].branches) {
    if (branches[branch].is_watermark_stale) continue;
    branches[branch].is_watermark_stale = true;
    stale_watermarks.push_back(branch);
  }
}

void State::Inside::lower_watermarks(uint32_t source) {
  for (const uint32_t branch : sources[source].branches) {
    if (!is_waited_for(branches[branch], source)) continue;
    branches[branch].watermark =
        std::min(branches[branch].watermark, sources[source].source.watermark);
  }
  stale(source);
}

bool State::Inside::is_waited_for(const BranchEntry& entry, uint32_t index) const {
  const Source& source = sources[index].source;
  if (source.is_closed || source.is_retired) return false;
  return entry.is_declared || !source.is_without_heartbeat;
}

std::vector<uint32_t> State::Inside::waited_for(const BranchEntry& entry) const {
  std::vector<uint32_t> found;
  for_each_reporting(entry, [&](uint32_t index) {
    if (is_waited_for(entry, index)) found.push_back(index);
  });
  return found;
}

Instant State::Inside::compute_watermark(const BranchEntry& entry) const {
  Instant least = model::kEndOfTime;
  Instant told = model::kBeginningOfTime;
  for_each_reporting(entry, [&](uint32_t index) {
    const Source& source = sources[index].source;
    told = std::max(told, source.watermark);
    if (is_waited_for(entry, index)) least = std::min(least, source.watermark);
  });
  return least == model::kEndOfTime ? told : least;
}

void State::Inside::resolve_book() {
  ruling = books.in_force_or_first(now);
  next_ruling_at = books.next_after(now);
  for (auto& type : types) type = {};
  for (const auto& vocabulary : ruling->book().vocabularies) {
    for (const auto* events : {&vocabulary.events, &vocabulary.branch_events}) {
      for (const auto& name : *events) {
        const auto index = names.intern_word(name);
        if (types.size() <= index) types.resize(index + 1);
        types[index] = event_type_of(ruling->book(), name);
        for (auto& attribute : types[index].ticket_attributes)
          attribute.index = names.intern_word(attribute.name);
      }
    }
  }
  resolve_moving();
  for (auto& entry : branches)
    resolve_sources(entry, ruling->book().find_branch(entry.branch.name));
}

}  // namespace lupaus::rules::engine
