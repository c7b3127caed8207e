// Names of states, the ids of compensations, and names of people.
#include "rules/ledger/entities.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <charconv>

namespace lupaus::rules::ledger {

std::string_view format_batch_state(PayoutBatch::State state) {
  switch (state) {
    case PayoutBatch::State::draft:
      return "draft";
    case PayoutBatch::State::approved:
      return "approved";
    case PayoutBatch::State::exported:
      return "exported";
    case PayoutBatch::State::settled:
      return "settled";
    case PayoutBatch::State::discarded:
      return "discarded";
  }
  return "";
}

bool is_final_line(model::PaidState state) {
  return state == model::PaidState::paid || state == model::PaidState::failed ||
         state == model::PaidState::reversed;
}

bool is_outcome_unknown(model::PaidState state, std::string_view reason) {
  return state == model::PaidState::failed && reason.starts_with(kOutcomeUnknown);
}

bool is_same_person(std::string_view a, std::string_view b) {
  if (a == b) return true;
  re2::RE2::Options options;
  options.set_case_sensitive(false);  // of all alphabets, by Unicode
  options.set_log_errors(false);
  const re2::RE2 pattern(re2::RE2::QuoteMeta({a.data(), a.size()}), options);
  return pattern.ok() && re2::RE2::FullMatch({b.data(), b.size()}, pattern);
}

std::string compensation_id(uint32_t partition, uint64_t number) {
  return fmt::format("C-{}-{}", partition, number);
}

uint64_t compensation_number(uint32_t partition, std::string_view text) {
  const std::string prefix = fmt::format("C-{}-", partition);
  if (!text.starts_with(prefix)) return 0;
  text.remove_prefix(prefix.size());
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

}  // namespace lupaus::rules::ledger
