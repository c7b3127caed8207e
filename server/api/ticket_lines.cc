#include "server/api/ticket_lines.h"

#include <algorithm>

#include "lupaus/v1/ticket.pb.h"
#include "server/api/verdict_message.h"
#include "server/report/verdicts.h"

namespace lupaus::server::api {
namespace {

using rules::engine::Commitment;
using rules::ledger::State;
using rules::model::Instant;
using rules::model::VerdictLine;

VerdictLine line_of(const State& state, rules::model::TicketSlot slot,
                    const Commitment& commitment) {
  VerdictLine line =
      rules::model::to_line(state.engine.key_of(state.engine.ticket(slot), commitment),
                            commitment.cycle, commitment.is_confirmed);
  if (const auto* decision = state.engine.find_decision(slot, commitment))
    rules::model::show_decision(commitment.decided, decision->reason, line);
  const auto* compensation = state.ledger.find(commitment.compensation);
  if (compensation == nullptr) return line;
  report::show_money(compensation->amount, compensation->state, line);
  if (compensation->is_excused) rules::model::show_excuse(compensation->excuse, line);
  return line;
}

/// As captured at the start of the cycle.
std::string service_of(const State& state, const rules::engine::Ticket& ticket, Instant started) {
  std::vector<rules::model::Attribute> merged;
  state.engine.attributes_at(ticket, started, merged);
  const auto* service = rules::model::find_attribute(merged, "service");
  return service == nullptr ? "" : std::string(service->value);
}

}  // namespace

void add_lines(const State& state, rules::model::TicketSlot slot, Instant now,
               v1::ExplainTicketResponse& response) {
  const rules::engine::Ticket& ticket = state.engine.ticket(slot);
  response.set_label(ticket.label);
  const Instant watermark = state.engine.branch_watermark(state.engine.name(ticket.branch));
  std::vector<VerdictLine> lines;
  for (const Commitment& commitment : state.engine.commitments_at(slot, {now, watermark}))
    lines.push_back(line_of(state, slot, commitment));
  std::sort(lines.begin(), lines.end(),
            [](const VerdictLine& left, const VerdictLine& right) { return left.key < right.key; });
  for (const VerdictLine& line : lines) {
    v1::VerdictLine& message = *response.add_lines();
    to_message(line, message);
    message.set_label(ticket.label);
    message.set_service(service_of(state, ticket, line.started_at));
  }
}

}  // namespace lupaus::server::api
