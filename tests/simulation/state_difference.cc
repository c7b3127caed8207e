#include "tests/simulation/state_difference.h"

#include <fmt/format.h>

#include <map>

namespace lupaus::tests::simulation {
namespace {

using Lines = std::map<std::string, std::string>;

std::string text_of(const rules::engine::State& engine, const rules::engine::Ticket& ticket) {
  std::string text;
  for (const auto& event : ticket.events) {
    text += fmt::format(" {} {}:{}@{}", engine.name(event.type), engine.name(event.source),
                        event.sequence, rules::model::to_unix_ms(event.at));
  }
  for (const auto& one : ticket.commitments) {
    const bool is_recorded = one.warned_count > 0 || one.is_breach_recorded || one.is_confirmed ||
                             one.is_charged || one.is_end_final;
    if (!is_recorded) continue;
    text += fmt::format(" | {}/{} warned {} breached {} confirmed {} end {} charged {} C{} {} {}",
                        engine.promise_name(one.line), one.number, one.warned_count,
                        one.is_breach_recorded, one.is_confirmed, one.is_end_final, one.is_charged,
                        one.compensation,
                        one.is_confirmed ? rules::model::format_verdict(one.cycle.verdict) : "",
                        one.is_end_final ? one.cycle.counted.count() : 0);
  }
  return text;
}

Lines lines_of(const rules::ledger::State& state) {
  Lines lines;
  for (const auto* source : state.engine.sources()) {
    if (source->epoch == 0) continue;
    lines["source " + source->id] = fmt::format(
        "epoch {} next {} closed {} watermark {} rejected {}", source->epoch, source->next_sequence,
        source->is_closed, rules::model::to_unix_ms(source->watermark), source->rejected.size());
  }
  for (uint32_t slot = 0; slot < state.engine.slot_count(); ++slot) {
    const auto& ticket = state.engine.ticket(slot);
    if (ticket.is_in_use)
      lines[fmt::format("ticket {}/{}", state.engine.name(ticket.branch), ticket.id)] =
          text_of(state.engine, ticket);
  }
  for (const auto& [number, one] : state.ledger.compensations()) {
    lines[fmt::format("compensation {}", number)] =
        fmt::format("{} {} attempts {} voucher {}", rules::model::format_commitment(one.key),
                    rules::model::format_paid_state(one.state), one.attempts, one.voucher);
  }
  for (const auto& [key, cap] : state.ledger.caps())
    lines["cap " + cap.key] = fmt::format("{} {}", cap.used_minor, cap.used_times);
  return lines;
}

}  // namespace

std::string state_difference(const rules::ledger::State& live, const rules::ledger::State& other) {
  const Lines left = lines_of(live), right = lines_of(other);
  std::string text;
  int count = 0;
  for (const auto& [name, line] : left) {
    const auto found = right.find(name);
    const std::string& there = found == right.end() ? "nothing" : found->second;
    if (there != line && ++count <= 3)
      text += fmt::format("\n    {}: live {}\n      other {}", name, line, there);
  }
  for (const auto& [name, line] : right) {
    if (!left.contains(name) && ++count <= 3)
      text += fmt::format("\n    {}: live nothing\n      other {}", name, line);
  }
  return text;
}

}  // namespace lupaus::tests::simulation
