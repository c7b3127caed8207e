// Tables of ISO's external codes, as far as banks use them for credit transfers.
#include "server/finance/bank_codes.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

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

constexpr std::pair<std::string_view, std::string_view> kReasons[] = {
    {"AC01", "account number incorrect"},
    {"AC03", "creditor account number invalid"},
    {"AC04", "account closed"},
    {"AC06", "account blocked"},
    {"AC13", "wrong kind of account"},
    {"AC14", "wrong kind of creditor account"},
    {"AG01", "transfers forbidden on this account"},
    {"AG02", "operation code invalid"},
    {"AGNT", "bank incorrect"},
    {"AM02", "amount not allowed"},
    {"AM03", "currency not processable"},
    {"AM04", "insufficient funds"},
    {"AM05", "duplicate"},
    {"AM09", "wrong amount"},
    {"AM10", "control sum invalid"},
    {"AM14", "amount above the agreed limit"},
    {"ARDT", "already returned"},
    {"BE01", "payee not consistent with the account"},
    {"BE04", "creditor address missing"},
    {"BE05", "initiating party not recognised"},
    {"BE06", "payee not known"},
    {"BE07", "debtor address missing"},
    {"CNOR", "creditor bank not registered"},
    {"CURR", "currency incorrect"},
    {"CUST", "requested by the customer"},
    {"DNOR", "debtor bank not registered"},
    {"DS0H", "signatory not allowed"},
    {"DT01", "date invalid"},
    {"DU01", "duplicate message id"},
    {"DU02", "duplicate payment information id"},
    {"DU03", "duplicate transaction"},
    {"DU04", "duplicate end-to-end id"},
    {"DUPL", "duplicate payment"},
    {"ED05", "settlement failed"},
    {"FF01", "file format invalid"},
    {"FOCR", "following a cancellation request"},
    {"FR01", "fraud"},
    {"MD07", "payee deceased"},
    {"MS02", "refused by the payee"},
    {"MS03", "no reason given"},
    {"NARR", "see the text"},
    {"NOAS", "no answer from the payee"},
    {"RC01", "bank identifier incorrect"},
    {"RC04", "creditor bank identifier incorrect"},
    {"RF01", "transaction reference not unique"},
    {"RR01", "regulatory reason, debtor account"},
    {"RR02", "regulatory reason, debtor"},
    {"RR03", "regulatory reason, creditor"},
    {"RR04", "regulatory reason"},
    {"RUTA", "returned upon investigation"},
    {"RVCM", "payees' names checked, some do not match"},
    {"RVMC", "payee's name is a close match"},
    {"RVNA", "payee's name could not be checked"},
    {"RVNM", "payee's name does not match"},
    {"TECH", "technical problems"},
    {"TM01", "after the cut-off time"},
    {"UPAY", "undue payment"},
};

// Lower case, ascending: what banks say of accounts and payments, and no word that is a name.
constexpr std::string_view kWords[] = {
    "a",          "accepted",   "account",   "address",     "after",
    "already",    "amount",     "an",        "and",         "at",
    "authorised", "balance",    "bank",      "beneficiary", "blocked",
    "booked",     "by",         "cancelled", "cannot",      "check",
    "checked",    "close",      "closed",    "code",        "could",
    "credit",     "creditor",   "currency",  "customer",    "cut-off",
    "date",       "deceased",   "debit",     "debtor",      "details",
    "different",  "does",       "duplicate", "error",       "exceeded",
    "execution",  "expired",    "failed",    "file",        "for",
    "format",     "found",      "from",      "funds",       "has",
    "iban",       "identifier", "in",        "incorrect",   "insufficient",
    "invalid",    "is",         "limit",     "match",       "mismatch",
    "missing",    "name",       "no",        "not",         "number",
    "of",         "on",         "or",        "order",       "partly",
    "party",      "payee",      "payment",   "pending",     "please",
    "processed",  "reason",     "received",  "reference",   "refused",
    "registered", "rejected",   "request",   "requested",   "return",
    "returned",   "scheme",     "see",       "settled",     "settlement",
    "signature",  "stopped",    "system",    "technical",   "text",
    "the",        "time",       "to",        "too",         "transaction",
    "transfer",   "unknown",    "unique",    "was",         "with",
    "wrong",
};

template <typename Table>
auto find_in(const Table& table, std::string_view code) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& row) { return row.first == code; });
}

bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& letter : result)
    if (is_upper(letter)) letter = static_cast<char>(letter + 32);
  return result;
}

bool is_word(std::string_view word) {
  return std::find(std::begin(kWords), std::end(kWords), lower(word)) != std::end(kWords);
}

/// Letters and digits of `text` are an IBAN by ISO 7064: mod 97 is 1.
bool is_iban(std::string_view text) {
  std::string plain;
  for (const char letter : text)
    if (letter != ' ')
      plain += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
  if (plain.size() < 15 || plain.size() > 34 || !is_upper(plain[0]) || !is_upper(plain[1]))
    return false;
  std::rotate(plain.begin(), plain.begin() + 4, plain.end());
  unsigned rest = 0;
  for (const char letter : plain) {
    if (!is_upper(letter) && !is_digit(letter)) return false;
    const unsigned value =
        static_cast<unsigned>(is_digit(letter) ? letter - '0' : letter - 'A' + 10);
    rest = (value < 10 ? rest * 10 + value : rest * 100 + value) % 97;
  }
  return rest == 1;
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

std::string_view describe_reason(std::string_view code) {
  const auto found = find_in(kReasons, code);
  return found == std::end(kReasons) ? std::string_view() : found->second;
}

std::string keep_code(std::string_view text) {
  const bool is_alphabet = std::all_of(text.begin(), text.end(), [](char letter) {
    return is_upper(letter) || is_digit(letter) || letter == '-' || letter == '.';
  });
  const bool has_digit = std::any_of(text.begin(), text.end(), is_digit);
  const bool is_known = !describe_reason(text).empty() || payee_check_of(text) != PayeeCheck::none;
  if (!is_known && (!is_alphabet || !has_digit || text.size() > 8)) return "";
  return std::string(text);
}

std::string keep_words(std::string_view text) {
  constexpr std::string_view kGap = "…";
  std::string kept;
  bool has_word = false, was_gap = false;
  size_t at = 0;
  while (at < text.size()) {
    const size_t begin = text.find_first_not_of(" \t\r\n,.;:()!?/\"'", at);
    if (begin == std::string_view::npos) break;
    size_t end = text.find_first_of(" \t\r\n,.;:()!?/\"'", begin);
    if (end == std::string_view::npos) end = text.size();
    const std::string_view word = text.substr(begin, end - begin);
    const bool is_kept = is_word(word) || (word.size() == 4 && !describe_reason(word).empty());
    if (is_kept || !was_gap) {
      if (!kept.empty()) kept += ' ';
      kept += is_kept ? word : kGap;
    }
    has_word |= is_kept;
    was_gap = !is_kept;
    at = end;
  }
  return has_word ? kept : "";
}

std::string keep_reference(std::string_view text) {
  return is_iban(text) ? "…" : std::string(text);
}

}  // namespace lupaus::server::finance
