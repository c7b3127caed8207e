// Due, Judge and Archive: what the clock and the watermark make of a ticket's commitments.
#include <algorithm>

#include "rules/engine/capture.h"
#include "rules/engine/state_internals.h"
#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

using model::Result;
using model::Verdict;

bool is_broken_at(const Commitment& commitment, Instant now) {
  if (commitment.cycle.stopped_at) return commitment.cycle.is_broken;
  return commitment.cycle.breaching_at && *commitment.cycle.breaching_at <= now;
}

Verdict broken_verdict(const model::Cycle& cycle) {
  return cycle.excuse < 0 ? Verdict::breached : Verdict::excused;
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
  TicketJudge(const State& state, const model::Command& command, const Ticket& ticket,
              model::Facts& facts)
      : state_(state),
        command_(command),
        ticket_(ticket),
        facts_(facts),
        watermark_(watermark_of(state, ticket)) {}

  void judge(const Commitment& commitment) {
    if (commitment.is_confirmed) return end_if_final(commitment);
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
    confirm_if_final(commitment);
  }

 private:
  bool is_proven_broken(const Commitment& commitment) const {
    const auto& cycle = commitment.cycle;
    if (commitment.is_vanished) return false;
    return cycle.stopped_at ? cycle.is_broken
                            : cycle.breaching_at && *cycle.breaching_at < watermark_;
  }

  void confirm_if_final(const Commitment& commitment) {
    const auto& cycle = commitment.cycle;
    const bool is_ended = cycle.stopped_at.has_value();
    const bool is_end_final = is_ended && *cycle.stopped_at < watermark_;
    const bool is_breach_final = cycle.breaching_at && *cycle.breaching_at < watermark_;
    const bool is_broken = is_ended ? cycle.is_broken : is_breach_final;
    if (is_broken ? !is_breach_final : !is_end_final) return;
    model::Confirmed fact;
    fact.key = state_.key_of(ticket_, commitment);
    fact.cycle = cycle;
    if (is_broken) fact.cycle.verdict = broken_verdict(cycle);
    fact.cycle.is_broken = is_broken;
    fact.detected_at = commitment.is_breach_recorded ? commitment.detected_at : command_.now;
    fact.is_end_final = is_end_final;
    fact.is_backfill = ticket_.is_backfill;
    fact.label = ticket_.label;
    fact.service = attribute_at_start(cycle, "service");
    record(command_, std::move(fact), facts_);
  }

  void end_if_final(const Commitment& commitment) {
    const auto& cycle = commitment.cycle;
    if (commitment.is_end_final || !cycle.stopped_at || *cycle.stopped_at >= watermark_) return;
    model::Ended fact{state_.key_of(ticket_, commitment), cycle};
    fact.cycle.verdict = broken_verdict(cycle);
    fact.cycle.is_broken = true;
    record(command_, std::move(fact), facts_);
  }

  std::string attribute_at_start(const model::Cycle& cycle, std::string_view name) const {
    std::string_view latest;
    const auto wanted = state_.internals().names.find(name);
    for (const TicketEvent& event : ticket_.events) {
      if (!wanted || event.at > cycle.started_at) break;
      for_each_packed_attribute(attributes_of(ticket_, event),
                                [&](NameIndex sent, std::string_view value) {
                                  if (sent == *wanted) latest = value;
                                });
    }
    return std::string(latest);
  }

  static Instant watermark_of(const State& state, const Ticket& ticket) {
    const State::Inside& in = state.internals();
    return in.branches[in.branch_of(ticket.branch)].watermark;
  }

  const State& state_;
  const model::Command& command_;
  const Ticket& ticket_;
  model::Facts& facts_;
  const Instant watermark_;
};

}  // namespace

Result<void> decide_due(const State& state, const model::Command& command, const model::Due& body,
                        model::Facts& facts) {
  if (body.slot >= state.slot_count()) return {};
  const Ticket& ticket = state.ticket(body.slot);
  if (!ticket.is_in_use || ticket.next_deadline > command.now) return {};
  for (const auto& commitment : ticket.commitments) {
    if (commitment.is_confirmed || commitment.is_breach_recorded || commitment.is_vanished)
      continue;
    if (is_broken_at(commitment, command.now)) {
      record(command,
             model::Breached{state.key_of(ticket, commitment), breached_at(commitment.cycle),
                             command.now},
             facts);
    } else if (const auto warning = warning_due(state, commitment, command.now)) {
      record(command,
             model::Warned{state.key_of(ticket, commitment), *warning, *commitment.cycle.due_at},
             facts);
    }
  }
  return {};
}

Result<void> decide_judge(const State& state, const model::Command& command,
                          const model::Judge& body, model::Facts& facts) {
  const Ticket& ticket = state.ticket(body.slot);
  if (!ticket.is_in_use) return {};
  TicketJudge judge(state, command, ticket, facts);
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
