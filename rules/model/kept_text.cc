// Lists instead of patterns: a name is what nobody has put into one.
#include "rules/model/kept_text.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "rules/model/digits.h"
#include "rules/model/iban.h"

namespace lupaus::rules::model {
namespace {

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

// Lower case, ascending: what is said of accounts and payments, and no word that is a name.
constexpr std::string_view kWords[] = {
    "a",         "accepted",    "account",   "address",      "after",      "already",
    "amount",    "an",          "and",       "at",           "authorised", "balance",
    "bank",      "beneficiary", "blocked",   "booked",       "by",         "cancelled",
    "cannot",    "card",        "check",     "checked",      "close",      "closed",
    "code",      "could",       "credit",    "creditor",     "currency",   "customer",
    "cut-off",   "date",        "debit",     "debtor",       "deceased",   "details",
    "different", "does",        "duplicate", "error",        "exceeded",   "execution",
    "expired",   "failed",      "file",      "for",          "format",     "found",
    "from",      "frozen",      "funds",     "has",          "iban",       "identifier",
    "in",        "inactive",    "incorrect", "insufficient", "invalid",    "is",
    "limit",     "match",       "mismatch",  "missing",      "name",       "no",
    "not",       "number",      "of",        "on",           "or",         "order",
    "paid",      "partly",      "party",     "pay",          "payee",      "payment",
    "pending",   "please",      "processed", "processing",   "queued",     "reason",
    "received",  "ref",         "reference", "refused",      "registered", "rejected",
    "request",   "requested",   "return",    "returned",     "reversed",   "scheduled",
    "scheme",    "see",         "settled",   "settlement",   "signature",  "stopped",
    "system",    "technical",   "text",      "the",          "time",       "to",
    "too",       "transaction", "transfer",  "unique",       "unknown",    "wallet",
    "was",       "with",        "wrong"};

constexpr std::string_view kGap = "…";
constexpr std::string_view kBetweenWords = " \t\r\n,.;:()!?/\"'_";
constexpr std::string_view kInsideIds = "-._:/+#@";

bool is_capital_letter(char letter) { return letter >= 'A' && letter <= 'Z'; }
char in_lower_case(char letter) {
  return is_capital_letter(letter) ? static_cast<char>(letter + 32) : letter;
}
bool is_plain_letter(char letter) {
  return in_lower_case(letter) >= 'a' && in_lower_case(letter) <= 'z';
}
bool is_hex_letter(char letter) {
  return in_lower_case(letter) >= 'a' && in_lower_case(letter) <= 'f';
}

bool is_word(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), in_lower_case);
  return std::binary_search(std::begin(kWords), std::end(kWords), lower);
}

/// How long an IBAN would be that begins like `text`; 0: none does.
size_t iban_length(std::string_view text) {
  if (text.size() < 4 || !is_digit(text[2]) || !is_digit(text[3])) return 0;
  const auto countries = iban_countries();
  const auto found = std::find_if(countries.begin(), countries.end(), [&](const auto& country) {
    return country.code == text.substr(0, 2);
  });
  return found == countries.end() ? 0 : found->length;
}

/// In capitals and digits: one that is right anywhere, or all of it one that is mistyped.
bool has_iban(std::string_view text) {
  if (!text.empty() && iban_length(text) == text.size()) return true;
  for (; text.size() >= 4; text.remove_prefix(1)) {
    const size_t length = iban_length(text);
    if (length != 0 && length <= text.size() && parse_iban(text.substr(0, length)).ok())
      return true;
  }
  return false;
}

/// Of an id: two letters and letters in hex are as good as digits.
bool may_stand_in_id(std::string_view token) {
  return token.size() <= 2 || std::any_of(token.begin(), token.end(), is_digit) ||
         std::all_of(token.begin(), token.end(), is_hex_letter) || is_word(token);
}

}  // namespace

std::string_view describe_reason(std::string_view code) {
  const auto* found = std::find_if(std::begin(kReasons), std::end(kReasons),
                                   [&](const auto& row) { return row.first == code; });
  return found == std::end(kReasons) ? std::string_view() : found->second;
}

bool reads_like_code(std::string_view text) {
  const bool is_alphabet = std::all_of(text.begin(), text.end(), [](char letter) {
    return is_capital_letter(letter) || is_digit(letter) || letter == '-' || letter == '.';
  });
  return is_alphabet && text.size() <= 8 && std::any_of(text.begin(), text.end(), is_digit);
}

std::string keep_words(std::string_view text) {
  std::string kept;
  bool has_word = false, was_gap = false;
  size_t at = 0;
  while (at < text.size()) {
    const size_t begin = text.find_first_not_of(kBetweenWords, at);
    if (begin == std::string_view::npos) break;
    const size_t end = std::min(text.find_first_of(kBetweenWords, begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const bool is_kept = is_word(word) || !describe_reason(word).empty();
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
  std::string kept, token, all;
  const auto finish_token = [&] {
    const std::string_view capitals = std::string_view(all).substr(all.size() - token.size());
    const bool is_kept = may_stand_in_id(token) && iban_length(capitals) != token.size();
    kept += is_kept || token.empty() ? token : kGap;
    token.clear();
  };
  for (const char letter : text) {
    if (is_plain_letter(letter) || is_digit(letter)) {
      token += letter;
      all +=
          is_digit(letter) || is_capital_letter(letter) ? letter : static_cast<char>(letter - 32);
    } else if (kInsideIds.find(letter) != std::string_view::npos) {
      finish_token();
      kept += letter;
    } else {
      return std::string(kGap);
    }
  }
  finish_token();
  return has_iban(all) ? std::string(kGap) : kept;
}

}  // namespace lupaus::rules::model
