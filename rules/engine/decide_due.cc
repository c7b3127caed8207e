// Due, Judge and Archive: what the clock and the watermark make of a ticket's commitments.
#include <algorithm>

#include "rules/engine/capture.h"
#include "rules/engine/deciders.h"
#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

using model::Doubt;
using model::Result;
using model::Verdict;

bool is_broken_at(const Commitment& commitment, Instant now) {
  if (commitment.cycle.stopped_at) return commitment.cycle.is_broken;
  return commitment.cycle.breaching_at && *commitment.cycle.breaching_at <= now;
}

/// The most urgent warning that has come and was not given; nullopt when none has.
std::optional<uint32_t> warning_due(const State& state, const Commitment& commitment, Instant now) {
  if (commitment.cycle.stopped_at || commitment.next_warning_at > now) return std::nullopt;
  const auto* promise = state.promise(commitment);
  if (promise == nullptr || !commitment.cycle.due_at) return std::nullopt;
  std::optional<uint32_t> due;
  for (uint32_t i = commitment.warned_count; i < promise->warn.size(); ++i) {
    // WHY: between a warning and the due instant the clock runs at most at full speed, so this
    // never warns early for the later ones; the next one has been computed exactly.
    if (i == commitment.warned_count || *commitment.cycle.due_at - promise->warn[i] <= now) due = i;
  }
  return due;
}

class TicketJudge {
 public:
  TicketJudge(const State& state, const model::Command& command, TicketSlot slot,
              model::Facts& facts)
      : state_(state),
        in_(state.internals()),
        command_(command),
        slot_(slot),
        ticket_(state.ticket(slot)),
        facts_(facts),
        watermark_(in_.branches[in_.branch_of(ticket_.branch)].watermark) {}

  /// What the events and the watermark say that is not recorded yet.
  void judge(const Commitment& commitment) {
    if (commitment.is_confirmed) return end_if_final(commitment, commitment.cycle, watermark_);
    const bool is_broken = !commitment.is_vanished && is_broken_at(commitment, command_.now);
    if (commitment.is_breach_recorded && !is_broken && !is_proven_broken(commitment)) {
      record(command_, model::Retracted{state_.key_of(ticket_, commitment)}, facts_);
    }
    if (commitment.is_vanished) return;
    const bool is_moved = commitment.breached_at != breached_at(commitment.cycle);
    if (is_broken && !ticket_.is_backfill && (!commitment.is_breach_recorded || is_moved)) {
      record(command_,
             model::Breached{state_.key_of(ticket_, commitment), breached_at(commitment.cycle),
                             command_.now},
             facts_);
    }
    if (in_.decided_after(slot_, ticket_, commitment) < watermark_)
      confirm_if_final(commitment, commitment.cycle, watermark_, Doubt::none);
  }

  /// What was waited for as long as the promise holds its verdicts is decided as it is known now.
  void judge_silence(const Commitment& commitment) {
    const Instant waited_for = in_.decided_after(slot_, ticket_, commitment);
    if (in_.held_until(waited_for, ticket_, commitment) > command_.now) return;
    // WHY: what the sources told may still wait for its turn to be decided; nobody was silent then.
    const Instant known = known_watermark();
    const bool is_told = waited_for < known;
    const Instant told =
        is_told ? known : std::max(known, command_.now - state_.promise(commitment)->hold);
    // WHY: an expiry acts by what counts as told (R74).
    const auto cycle = cycle_at(commitment, {command_.now, told});
    if (commitment.is_confirmed) {
      end_if_final(commitment, cycle, told);
    } else {
      confirm_if_final(commitment, cycle, told, is_told ? Doubt::none : Doubt::silence);
    }
  }

 private:
  /// As the sources have told by now, decided by or not.
  Instant known_watermark() const {
    const BranchEntry& entry = in_.branches[in_.branch_of(ticket_.branch)];
    return entry.is_watermark_stale ? std::max(watermark_, in_.compute_watermark(entry))
                                    : watermark_;
  }

  bool is_proven_broken(const Commitment& commitment) const {
    const auto& cycle = commitment.cycle;
    if (commitment.is_vanished) return false;
    return cycle.stopped_at ? cycle.is_broken
                            : cycle.breaching_at && *cycle.breaching_at < watermark_;
  }

  model::Cycle cycle_at(const Commitment& commitment, const Horizon& horizon) const {
    const auto& cycle = commitment.cycle;
    // WHY: when it was judged last it may not have been broken yet, and nothing was to be excused.
    const bool is_same = cycle.is_broken || state_.promise(commitment)->excuses.empty();
    if (cycle.stopped_at || (is_same && commitment.expires_at >= horizon.watermark)) return cycle;
    for (const auto& known : state_.commitments_at(slot_, horizon)) {
      if (known.line == commitment.line && known.number == commitment.number) return known.cycle;
    }
    return commitment.cycle;
  }

  void confirm_if_final(const Commitment& commitment, const model::Cycle& cycle, Instant told,
                        Doubt doubt) {
    if (command_.is_clock_doubtful) return;
    const bool is_ended = cycle.stopped_at.has_value();
    const bool is_end_final = is_ended && *cycle.stopped_at < told;
    const bool is_breach_final = cycle.breaching_at && *cycle.breaching_at < told;
    const bool is_broken = is_ended ? cycle.is_broken : is_breach_final;
    if (is_broken ? !is_breach_final : !is_end_final) return;
    auto& fact = record_new<model::Confirmed>(command_, facts_);
    state_.write_key(ticket_, commitment, fact.key);
    fact.cycle = cycle;
    fact.cycle.is_broken = is_broken;
    if (is_broken) fact.cycle.verdict = broken_verdict(commitment, cycle, is_end_final);
    settle_doubt(commitment, told, doubt, fact.cycle);
    fact.detected_at = commitment.is_breach_recorded ? commitment.detected_at : command_.now;
    fact.is_end_final = is_end_final;
    fact.is_backfill = ticket_.is_backfill;
    if (!ticket_.label.empty()) fact.label = ticket_.label;
    write_attributes(cycle, fact);
    fact.source = source_of(commitment, cycle);
  }

  /// Whether an excuse holds is known at settlement (R93): while the clock runs, a breach is not
  /// excused finally.
  Verdict broken_verdict(const Commitment& commitment, const model::Cycle& cycle,
                         bool is_end_final) const {
    const auto* promise = state_.promise(commitment);
    const bool is_settled =
        is_end_final || (promise->compensation && promise->compensation->is_settled_at_breach);
    return is_settled && cycle.excuse >= 0 ? Verdict::excused : Verdict::breached;
  }

  /// Whether the verdict can stand on what it was reached by.
  void settle_doubt(const Commitment& commitment, Instant told, Doubt doubt,
                    model::Cycle& cycle) const {
    if (doubt == Doubt::silence) {
      cycle.doubt = doubt;
      if (state_.promise(commitment)->on_silence == model::Promise::OnSilence::review)
        cycle.verdict = Verdict::indeterminate;
    }
    const Instant decided = State::waits_for(commitment);
    if (in_.hangs_on_lost(ticket_, cycle, decided)) {
      cycle.doubt = Doubt::lost;
      cycle.verdict = Verdict::indeterminate;
    }
    if (ticket_.is_corrected && !is_same_by_raw_times(commitment, told, cycle)) {
      cycle.doubt = Doubt::clock;
      cycle.verdict = Verdict::indeterminate;
    }
  }

  /// Verdicts alone: money goes by corrected times (R76).
  bool is_same_by_raw_times(const Commitment& commitment, Instant told,
                            const model::Cycle& cycle) const {
    const auto raw =
        in_.raw_cycle(slot_, ticket_, commitment, {std::max(command_.now, told), told});
    if (!raw) return false;
    const bool is_raw_broken = raw->cycle.stopped_at
                                   ? raw->cycle.is_broken
                                   : raw->cycle.breaching_at && *raw->cycle.breaching_at < told;
    if (is_raw_broken || cycle.is_broken) return is_raw_broken == cycle.is_broken;
    return raw->cycle.verdict == cycle.verdict || cycle.verdict == Verdict::indeterminate;
  }

  void end_if_final(const Commitment& commitment, const model::Cycle& cycle, Instant told) {
    if (command_.is_clock_doubtful) return;
    if (commitment.is_end_final || !cycle.stopped_at || *cycle.stopped_at >= told) return;
    model::Ended fact{state_.key_of(ticket_, commitment), cycle,
                      std::string(source_of(commitment, cycle))};
    const bool is_open_question =
        commitment.cycle.verdict == Verdict::breached && state_.promise(commitment) != nullptr;
    fact.cycle.verdict = is_open_question && !is_settled_at_breach(commitment)
                             ? broken_verdict(commitment, cycle, true)
                             : commitment.cycle.verdict;
    fact.cycle.doubt = commitment.cycle.doubt;
    fact.cycle.is_broken = true;
    record(command_, std::move(fact), facts_);
  }

  bool is_settled_at_breach(const Commitment& commitment) const {
    const auto& compensation = state_.promise(commitment)->compensation;
    return compensation && compensation->is_settled_at_breach;
  }

  /// Whose event ended the clock; where nothing did, or nothing but time: whose began it.
  std::string_view source_of(const Commitment& commitment, const model::Cycle& cycle) const {
    const Revision* revision = in_.lines[commitment.line].find(commitment.revision);
    const TicketEvent *begin = nullptr, *end = nullptr;
    for (const TicketEvent& event : ticket_.events) {
      const auto* line = revision->line(event.type);
      if (line == nullptr) continue;
      const bool is_at_end = cycle.stopped_at && event.at == *cycle.stopped_at;
      if (is_at_end && may_have(*line, is_ending)) end = &event;
      if (begin == nullptr && event.at == cycle.started_at && may_have(*line, is_beginning))
        begin = &event;
    }
    const TicketEvent* const told = end != nullptr && !is_expiry(cycle.end) ? end : begin;
    return told == nullptr ? std::string_view() : state_.name(told->source);
  }

  static bool is_ending(model::Effect effect) {
    return effect == model::Effect::stop || effect == model::Effect::restart ||
           effect == model::Effect::voided || effect == model::Effect::forfeit ||
           effect == model::Effect::review;
  }
  static bool is_beginning(model::Effect effect) {
    return effect == model::Effect::start || effect == model::Effect::restart;
  }
  static bool may_have(const model::EffectLine& line, bool (*wanted)(model::Effect)) {
    return wanted(line.otherwise) || std::any_of(line.cases.begin(), line.cases.end(),
                                                 [&](const auto& one) { return wanted(one.then); });
  }

  /// Service and segment as known at the start.
  void write_attributes(const model::Cycle& cycle, model::Confirmed& fact) const {
    for (const TicketEvent& event : ticket_.events) {
      if (event.at > cycle.started_at) break;
      for_each_packed_attribute(attributes_of(ticket_, event),
                                [&](WordIndex sent, std::string_view value) {
                                  if (sent == in_.service) fact.service = value;
                                  if (sent == in_.segment) fact.segment = value;
                                });
    }
  }

  const State& state_;
  const State::Inside& in_;
  const model::Command& command_;
  const TicketSlot slot_;
  const Ticket& ticket_;
  model::Facts& facts_;
  const Instant watermark_;
};

/// The provisional side of a deadline; false when there is nothing to record.
bool warn_or_breach(const State& state, const model::Command& command, const Ticket& ticket,
                    const Commitment& commitment, model::Facts& facts) {
  if (commitment.is_confirmed || commitment.is_breach_recorded || commitment.is_vanished)
    return false;
  if (!commitment.cycle.stopped_at && is_broken_at(commitment, command.now)) {
    record(command,
           model::Breached{state.key_of(ticket, commitment), breached_at(commitment.cycle),
                           command.now},
           facts);
    return true;
  }
  const auto warning = warning_due(state, commitment, command.now);
  if (!warning) return false;
  record(command,
         model::Warned{state.key_of(ticket, commitment), *warning, *commitment.cycle.due_at},
         facts);
  return true;
}

}  // namespace

Result<void> decide_due(const State& state, const model::Command& command, const model::Due& body,
                        model::Facts& facts) {
  if (body.slot >= state.slot_count()) return {};
  const Ticket& ticket = state.ticket(body.slot);
  if (!ticket.is_in_use || ticket.next_deadline > command.now) return {};
  TicketJudge judge(state, command, body.slot, facts);
  for (const auto& commitment : ticket.commitments) {
    if (!warn_or_breach(state, command, ticket, commitment, facts)) judge.judge_silence(commitment);
  }
  return {};
}

bool State::has_news(TicketSlot slot, Instant now) const {
  const Ticket& ticket = this->ticket(slot);
  if (ticket.commitments.empty()) return false;
  if (ticket.is_corrected) return true;
  const Instant watermark = inside_->branches[inside_->branch_of(ticket.branch)].watermark;
  return std::any_of(ticket.commitments.begin(), ticket.commitments.end(), [&](const auto& c) {
    return c.is_confirmed || c.is_breach_recorded || c.is_vanished || is_broken_at(c, now) ||
           waits_for(c) < watermark;
  });
}

Result<void> decide_judge(const State& state, const model::Command& command,
                          const model::Judge& body, model::Facts& facts) {
  const Ticket& ticket = state.ticket(body.slot);
  if (!ticket.is_in_use) return {};
  state.internals().judged_last = body.slot;
  TicketJudge judge(state, command, body.slot, facts);
  for (const auto& commitment : ticket.commitments) judge.judge(commitment);
  return {};
}

Result<void> decide_archive(const State& state, const model::Command& command,
                            const model::Archive& body, model::Facts& facts) {
  const Ticket& ticket = state.ticket(body.slot);
  if (!ticket.is_in_use || !ticket.is_forgettable) return {};
  record(command, model::Archived{std::string(state.name(ticket.branch)), ticket.id}, facts);
  return {};
}

}  // namespace lupaus::rules::engine
