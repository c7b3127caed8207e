#include "server/payees/import.h"

#include <utility>

#include "rules/model/iban.h"
#include "rules/model/utf8.h"

namespace lupaus::server::payees {
namespace {

using rules::model::Error;
using rules::model::Result;

/// Above it no ticket carries such a key.
constexpr size_t kCustomerBytesMax = 256;
/// Banks cut or refuse longer names.
constexpr size_t kNameCharactersMax = 70;

constexpr std::string_view kNotUtf8 = "expected UTF-8, but there are other bytes";
constexpr std::string_view kSaveAsUtf8 = "save the file as `CSV UTF-8`";

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// Characters of the text; nullopt where it is no UTF-8.
std::optional<size_t> count_characters(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) {
    const size_t length = rules::model::utf8_length(text);
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
  }
  return count;
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
  }
  return false;
}

bool is_iban(std::string_view text) { return rules::model::parse_iban(text).ok(); }

struct Fault {
  std::string what, hint;
};

std::optional<Fault> fault_of_customer(std::string_view text) {
  if (text.empty())
    return Fault{"expected the customer's key, but it is empty", "it is the key on their tickets"};
  if (is_iban(text))
    return Fault{"expected the customer's key, but it is an IBAN",
                 "are the columns under the right names?"};
  if (!count_characters(text)) return Fault{std::string(kNotUtf8), std::string(kSaveAsUtf8)};
  if (has_control(text))
    return Fault{"expected printable characters, but there are others",
                 "write the key on one line"};
  if (text.size() > kCustomerBytesMax) {
    return Fault{"expected a key of at most " + std::to_string(kCustomerBytesMax) +
                     " bytes, but it has " + std::to_string(text.size()),
                 "it is the key on their tickets"};
  }
  return std::nullopt;
}

std::optional<Fault> fault_of_name(std::string_view text) {
  if (text.empty())
    return Fault{"expected the payee's name, but it is empty", "write it as the bank knows it"};
  if (is_iban(text))
    return Fault{"expected the payee's name, but it is an IBAN",
                 "are the columns under the right names?"};
  const auto count = count_characters(text);
  if (!count) return Fault{std::string(kNotUtf8), std::string(kSaveAsUtf8)};
  if (has_control(text))
    return Fault{"expected printable characters, but there are others",
                 "write the name on one line"};
  if (*count > kNameCharactersMax) {
    return Fault{"expected a name of at most " + std::to_string(kNameCharactersMax) +
                     " characters, but it has " + std::to_string(*count),
                 "shorten it as the bank does"};
  }
  return std::nullopt;
}

/// "FI" as "fi"; nullopt where it is neither two letters nor empty.
std::optional<std::string> read_language(std::string_view text) {
  std::string language;
  for (const char c : text) language += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool is_code = language.size() == 2 && language[0] >= 'a' && language[0] <= 'z' &&
                       language[1] >= 'a' && language[1] <= 'z';
  if (is_code || language.empty()) return language;
  return std::nullopt;
}

}  // namespace

CheckedRow check_row(const RowText& row) {
  CheckedRow checked;
  auto tell = [&](std::string_view field, const std::optional<Fault>& fault) {
    if (fault) checked.wrong.push_back({row.line, field, fault->what, fault->hint});
  };
  checked.payee.customer = trim(row.customer);
  checked.payee.name = trim(row.name);
  tell("customer", fault_of_customer(checked.payee.customer));
  tell("name", fault_of_name(checked.payee.name));
  Result<std::string> iban = rules::model::parse_iban(row.iban);
  if (iban) {
    checked.payee.iban = *iban;
    wipe(*iban);
  } else {
    tell("iban", Fault{iban.error().message, iban.error().hint});
  }
  const auto language = read_language(trim(row.language));
  if (!language)
    tell("language", Fault{"expected two letters, but they are others", "for example `fi`"});
  checked.payee.language = language.value_or("");
  return checked;
}

void PayeeImport::tell(BadRow row) {
  if (wrong_.size() < ImportSummary::kToldMax || row.line < wrong_.rbegin()->first)
    wrong_.emplace(row.line, std::move(row));
  if (wrong_.size() > ImportSummary::kToldMax) wrong_.erase(std::prev(wrong_.end()));
}

Result<void> PayeeImport::add(const RowText& row) {
  if (++row_count_ > kRowsMax) {
    return Error{
        "too_many_rows",
        "expected at most " + std::to_string(kRowsMax) + " rows at once, but there are more",
        "import the list in parts",
        {}};
  }
  CheckedRow checked = check_row(row);
  if (checked.wrong.empty() && check_) check_(checked.payee, row.line, checked.wrong);
  if (!checked.wrong.empty()) {
    ++bad_count_;
    for (BadRow& fault : checked.wrong) tell(std::move(fault));
    wipe(checked.payee);
    return {};
  }
  Waiting waiting{payees_.seal(checked.payee), payees_.novelty(checked.payee), row.line};
  wipe(checked.payee);
  const std::string row_key = waiting.sealed.row_key;
  const auto [place, is_first] = waiting_.try_emplace(row_key, std::move(waiting));
  const auto repeated = twice_.find(row_key);
  if (is_first && repeated == twice_.end()) return {};
  // WHY: whichever line were taken, money might go to the wrong account; so none is.
  const uint32_t first = repeated == twice_.end() ? place->second.line : repeated->second;
  const std::string hint = "leave one line for each customer";
  if (repeated == twice_.end()) {
    twice_.emplace(row_key, first);
    ++bad_count_;
    tell({first, "customer",
          "expected a customer once, but line " + std::to_string(row.line) + " has the same",
          hint});
  }
  waiting_.erase(place);
  ++bad_count_;
  tell({row.line, "customer",
        "expected a customer once, but line " + std::to_string(first) + " has the same", hint});
  return {};
}

Result<ImportSummary> PayeeImport::finish(const ImportChoice& choice) {
  ImportSummary summary;
  summary.bad = bad_count_;
  for (auto& [line, fault] : wrong_) summary.wrong.push_back(std::move(fault));
  std::vector<SealedPayee> wanted;
  for (auto& [row_key, waiting] : waiting_) {
    summary.added += waiting.novelty == Novelty::added ? 1 : 0;
    summary.changed += waiting.novelty == Novelty::changed ? 1 : 0;
    summary.unchanged += waiting.novelty == Novelty::unchanged ? 1 : 0;
    if (waiting.novelty != Novelty::unchanged) wanted.push_back(std::move(waiting.sealed));
  }
  waiting_.clear();
  if (choice.is_check_only || (summary.bad != 0 && !choice.does_skip_bad)) return summary;
  if (auto kept = payees_.keep(std::move(wanted)); !kept) return kept.error();
  summary.is_kept = true;
  return summary;
}

}  // namespace lupaus::server::payees
