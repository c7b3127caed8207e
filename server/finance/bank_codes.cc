// Tables of ISO's external codes, as far as banks use them for credit transfers.
#include "server/finance/bank_codes.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "rules/model/kept_text.h"

namespace lupaus::server::finance {
namespace {

using Meaning = Statement::Meaning;
using PayeeCheck = Statement::PayeeCheck;

constexpr std::pair<std::string_view, Meaning> kStatuses[] = {
    {"ACCC", Meaning::paid},   {"ACCP", Meaning::noted}, {"ACFC", Meaning::noted},
    {"ACSC", Meaning::paid},   {"ACSP", Meaning::noted}, {"ACTC", Meaning::noted},
    {"ACWC", Meaning::noted},  {"ACWP", Meaning::noted}, {"CANC", Meaning::rejected},
    {"PART", Meaning::partly}, {"PATC", Meaning::noted}, {"PDNG", Meaning::noted},
    {"RCVC", Meaning::noted},  {"RCVD", Meaning::noted}, {"RJCT", Meaning::rejected},
    {"RVCM", Meaning::noted},  {"RVMC", Meaning::noted}, {"RVNA", Meaning::noted},
    {"RVNC", Meaning::noted},  {"RVNM", Meaning::noted},
};

constexpr std::pair<std::string_view, PayeeCheck> kPayeeChecks[] = {
    {"RCVC", PayeeCheck::match},         {"RVCM", PayeeCheck::mismatches},
    {"RVMC", PayeeCheck::close_match},   {"RVNA", PayeeCheck::not_applicable},
    {"RVNC", PayeeCheck::not_completed}, {"RVNM", PayeeCheck::no_match},
};

template <typename Table>
auto find_in(const Table& table, std::string_view code) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& row) { return row.first == code; });
}

}  // namespace

Meaning meaning_of_status(std::string_view status) {
  const auto found = find_in(kStatuses, status);
  return found == std::end(kStatuses) ? Meaning::unknown : found->second;
}

PayeeCheck payee_check_of(std::string_view code) {
  const auto found = find_in(kPayeeChecks, code);
  return found == std::end(kPayeeChecks) ? PayeeCheck::none : found->second;
}

std::string keep_code(std::string_view text) {
  const bool is_known =
      !rules::model::describe_reason(text).empty() || payee_check_of(text) != PayeeCheck::none;
  return is_known || rules::model::reads_like_code(text) ? std::string(text) : "";
}

}  // namespace lupaus::server::finance
