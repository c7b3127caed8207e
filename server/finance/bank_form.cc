// Values of the forms, checked one by one: what the schema would refuse is refused here too.
#include "server/finance/bank_form.h"

#include <algorithm>

#include "fmt/format.h"
#include "rules/model/kept_text.h"
#include "server/finance/bank_codes.h"

namespace lupaus::server::finance {
namespace {

using rules::model::Error;
using rules::model::Money;
using rules::model::Result;

constexpr size_t kIdCharactersMax = 35;
constexpr size_t kReasonsMax = 8;       // more are left out: they are for people
constexpr size_t kWordsBytesMax = 200;  // … as is more text

Error unexpected(const BankElement& element, std::string_view expected, std::string_view found) {
  return bad_answer(fmt::format("expected {} in `{}`, but {}", expected, name_of(element), found),
                    element.line);
}

Error twice(const BankElement& element) {
  return bad_answer(fmt::format("expected one `{}`, but there are two", name_of(element)),
                    element.line);
}

bool is_code_letter(char letter) {
  return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
         (letter >= '0' && letter <= '9');
}

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char letter) { return letter >= '0' && letter <= '9'; });
}

size_t character_count(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
}

/// Minor units of "12.5"; nullopt where it is no such amount.
std::optional<int64_t> minor_units(std::string_view text, int digits) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view part = point == std::string_view::npos ? "" : text.substr(point + 1);
  while (part.size() > static_cast<size_t>(digits) && part.ends_with('0')) part.remove_suffix(1);
  if (whole.size() + part.size() > 18 || whole.size() + part.size() == 0 || !is_digits(whole) ||
      !is_digits(part) || part.size() > static_cast<size_t>(digits))
    return std::nullopt;
  int64_t minor = 0;
  for (const char digit : whole) minor = minor * 10 + (digit - '0');
  for (size_t i = 0; i < static_cast<size_t>(digits); ++i) {
    int64_t next = 0;
    if (__builtin_mul_overflow(minor, int64_t{10}, &next)) return std::nullopt;
    minor = next + (i < part.size() ? part[i] - '0' : 0);
  }
  return minor;
}

}  // namespace

std::string_view name_of(const BankElement& element) {
  const size_t slash = element.path.rfind('/');
  return slash == std::string_view::npos ? element.path : element.path.substr(slash + 1);
}

std::string_view below(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix) || path.size() <= prefix.size() || path[prefix.size()] != '/')
    return {};
  return path.substr(prefix.size() + 1);
}

Result<void> put_id(const BankElement& element, std::string& field) {
  if (!field.empty()) return twice(element);
  if (element.text.empty() || character_count(element.text) > kIdCharactersMax)
    return unexpected(element, "1 to 35 characters", "there are others");
  field = element.text;
  return {};
}

Result<std::string> read_code(const BankElement& element) {
  if (element.text.empty() || element.text.size() > 4 ||
      !std::all_of(element.text.begin(), element.text.end(), is_code_letter))
    return unexpected(element, "a code of 1 to 4 letters or digits", "it is none");
  return std::string(element.text);
}

Result<void> put_code(const BankElement& element, std::string& field) {
  if (!field.empty()) return twice(element);
  Result<std::string> code = read_code(element);
  if (!code) return code.error();
  field = std::move(*code);
  return {};
}

Result<Money> read_amount(const BankElement& element) {
  const auto currency = rules::model::find_currency(element.currency);
  if (!currency) return unexpected(element, "a currency like Ccy=\"EUR\"", "there is none");
  const auto minor = minor_units(element.text, rules::model::minor_digits(*currency));
  if (!minor) return unexpected(element, "an amount like 12.50", "it is none of that currency");
  return Money{*currency, *minor};
}

Result<void> put_amount(const BankElement& element, std::optional<Money>& field) {
  if (field) return twice(element);
  Result<Money> amount = read_amount(element);
  if (!amount) return amount.error();
  field = *amount;
  return {};
}

Result<void> put_date(const BankElement& element, std::optional<rules::model::LocalDate>& field) {
  if (field) return twice(element);
  auto date = rules::model::parse_local_date(element.text.substr(0, 10));
  const bool has_more = element.text.size() > 10 && element.text[10] != 'T' &&
                        element.text[10] != 'Z' && element.text[10] != '+' &&
                        element.text[10] != '-';
  if (!date || has_more) return unexpected(element, "a date like 2026-01-05", "it is none");
  field = *date;
  return {};
}

void add_words(const BankElement& element, std::string& text) {
  const std::string words = rules::model::keep_words(element.text);
  if (words.empty() || text.size() + words.size() > kWordsBytesMax) return;
  if (!text.empty()) text += "; ";
  text += words;
}

void add_own_code(const BankElement& element, std::vector<std::string>& reasons) {
  std::string code = keep_code(element.text);
  if (!code.empty() && reasons.size() < kReasonsMax) reasons.push_back(std::move(code));
}

}  // namespace lupaus::server::finance
