#include "server/api/ticket_message.h"

#include "lupaus/v1/ticket.pb.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::engine::Commitment;
using rules::ledger::State;
using rules::model::Instant;
using rules::model::TicketSlot;

/// An attribute is shown only when some vocabulary knows it and none calls it personal.
bool is_public(const rules::model::Book& book, std::string_view name) {
  bool is_known = false;
  for (const rules::model::Vocabulary& vocabulary : book.vocabularies) {
    auto found = vocabulary.attributes.find(name);
    if (found == vocabulary.attributes.end()) continue;
    if (found->second.is_personal) return false;
    is_known = true;
  }
  return is_known;
}

void to_commitment(const State& state, const rules::engine::Ticket& ticket,
                   const Commitment& commitment, v1::TicketCommitment& message) {
  const rules::model::Cycle& cycle = commitment.cycle;
  message.set_promise(std::string(state.engine.promise_name(commitment.line)));
  message.set_revision(commitment.revision);
  message.set_cycle(commitment.number);
  message.set_verdict(
      std::string(rules::model::format_verdict(rules::engine::settled_verdict(commitment))));
  message.set_final(commitment.is_confirmed);
  message.set_breached_provisional(commitment.is_breach_recorded && !commitment.is_confirmed);
  message.set_warned_count(commitment.warned_count);
  wire::to_timestamp(cycle.started_at, *message.mutable_started_at());
  if (cycle.due_at) wire::to_timestamp(*cycle.due_at, *message.mutable_due_at());
  if (cycle.stopped_at) wire::to_timestamp(*cycle.stopped_at, *message.mutable_stopped_at());
  message.set_counted_ms(cycle.counted.count());
  message.set_limit_ms(cycle.limit.count());
  const rules::model::Promise* promise = state.engine.promise(commitment);
  if (promise == nullptr || !promise->compensation || promise->compensation->tiers.empty()) return;
  std::optional<rules::model::Money> at_stake =
      cycle.is_broken
          ? rules::ledger::tariff(
                *promise, rules::ledger::TicketReading(state.engine, ticket, commitment, *promise))
                .computed
          : std::nullopt;
  const auto* first = rules::model::flat_sum(promise->compensation->tiers.front().pay);
  if (!at_stake && first != nullptr) at_stake = *first;
  if (at_stake) wire::to_money(*at_stake, *message.mutable_at_stake());
}

}  // namespace

bool is_running(const Commitment& commitment) {
  return commitment.cycle.end == rules::model::End::none;
}

bool is_at_risk(const Commitment& commitment) {
  bool is_told =
      commitment.warned_count > 0 || commitment.is_breach_recorded || commitment.cycle.is_broken;
  return is_running(commitment) && is_told;
}

void to_message(const State& state, TicketSlot slot, Instant now,
                std::span<const Commitment> commitments, v1::Ticket& message) {
  const rules::engine::Ticket& ticket = state.engine.ticket(slot);
  message.set_branch(std::string(state.engine.name(ticket.branch)));
  message.set_ticket(ticket.id);
  message.set_label(ticket.label);
  std::vector<rules::model::Attribute> merged;
  state.engine.attributes_at(ticket, now, merged);
  rules::model::BookPtr book = state.engine.book_at(now);
  for (const rules::model::Attribute& attribute : merged) {
    if (book == nullptr || !is_public(*book, attribute.name)) continue;
    (*message.mutable_attributes())[std::string(attribute.name)] = std::string(attribute.value);
  }
  for (const Commitment& commitment : commitments)
    to_commitment(state, ticket, commitment, *message.add_commitments());
}

void to_message(const std::string& source, const HeldVerdicts& held, v1::SilentSource& message) {
  message.set_source(source);
  if (held.told_until != rules::model::kBeginningOfTime)
    wire::to_timestamp(held.told_until, *message.mutable_silent_since());
  message.set_held_verdicts(held.count);
  for (const auto& [currency, minor] : held.at_stake)
    wire::to_money(currency, minor, *message.add_at_stake());
}

}  // namespace lupaus::server::api
