#include "rules/ledger/payout_error.h"

#include <fmt/format.h>

namespace lupaus::rules::ledger {

using model::Error;
using model::PaidState;

std::string id_of(const State& state, uint64_t number) {
  return compensation_id(state.engine.settings().partition, number);
}

Error not_found(const State& state, uint64_t number) {
  return Error{
      "not_found", fmt::format("there is no compensation `{}`", id_of(state, number)), "", {}};
}

Error wrong_state(std::string message, std::string hint) {
  return Error{"wrong_state", std::move(message), std::move(hint), {}};
}

std::string describe(const State& state, const Compensation& c) {
  std::string text =
      fmt::format("{} is {}", id_of(state, c.number),
                  c.state == PaidState::claimable ? std::string_view("waiting for its claim")
                                                  : model::format_paid_state(c.state));
  if (!c.reason.empty()) text += fmt::format(" ({})", c.reason);
  return text;
}

}  // namespace lupaus::rules::ledger
