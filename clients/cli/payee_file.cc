#include "clients/cli/payee_file.h"

#include <array>
#include <optional>
#include <utility>

#include "clients/cli/csv_reader.h"
#include "rules/language/suggestion.h"
#include "rules/model/utf8.h"

namespace lupaus::clients::cli {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr size_t kCustomer = 0, kName = 1, kIban = 2, kColumnCount = 4;
constexpr std::array<std::string_view, kColumnCount> kColumnNames = {"customer", "name", "iban",
                                                                     "language"};
constexpr std::string_view kHeaderHint =
    "the first line names the columns: customer,name,iban and optionally language";

/// Where each column stands in a row.
using Places = std::array<std::optional<size_t>, kColumnCount>;

Error wrong_header(uint32_t line, std::string message, std::string hint) {
  return Error{"payee_file", std::move(message), std::move(hint), {"", line, 0}};
}

std::string lower_trimmed(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c == ' ' || c == '\t') continue;
    word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return word;
}

std::optional<size_t> column_of(std::string_view word) {
  for (size_t column = 0; column < kColumnCount; ++column) {
    if (kColumnNames[column] == word) return column;
  }
  return std::nullopt;
}

/// WHY: a header that is no header may be a row, with a name or a number in it; so it is not
/// repeated unless it is nearly one of ours.
Error unknown_column(const CsvRow& header, size_t place, const std::string& word) {
  const std::string near = rules::language::nearest(
      word, std::vector<std::string_view>(kColumnNames.begin(), kColumnNames.end()));
  return wrong_header(header.line,
                      "expected only known columns in the header, but number " +
                          std::to_string(place + 1) + " is none",
                      near.empty() ? std::string(kHeaderHint) : "did you mean `" + near + "`?");
}

Result<Places> read_header(const CsvRow& header) {
  Places places;
  for (size_t i = 0; i < header.fields.size(); ++i) {
    const std::string word = lower_trimmed(header.fields[i]);
    const auto column = column_of(word);
    if (!column) return unknown_column(header, i, word);
    if (places[*column])
      return wrong_header(header.line, "the column `" + word + "` is there twice",
                          "leave one of them");
    places[*column] = i;
  }
  for (const size_t column : {kCustomer, kName, kIban}) {
    if (places[column]) continue;
    return wrong_header(
        header.line,
        "expected a column `" + std::string(kColumnNames[column]) + "`, but the header has none",
        std::string(kHeaderHint));
  }
  return places;
}

/// Spreadsheets leave lines of separators behind their tables.
bool is_blank(const CsvRow& row) {
  for (const std::string& field : row.fields) {
    if (field.find_first_not_of(" \t") != std::string::npos) return false;
  }
  return true;
}

Result<void> check_encoding(std::string_view text) {
  const bool is_utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  if (!is_utf16) return {};
  return Error{
      "payee_file", "expected UTF-8, but the file is UTF-16", "save it as `CSV UTF-8`", {}};
}

/// WHY: of the whole file, so that --skip-bad does not leave out everybody whose name has an ä.
Result<void> check_utf8(const PayeeLine& line,
                        const std::array<std::string*, kColumnCount>& fields) {
  for (size_t column = 0; column < kColumnCount; ++column) {
    if (rules::model::is_utf8(*fields[column])) continue;
    return Error{"payee_file",
                 "expected UTF-8, but `" + std::string(kColumnNames[column]) + "` has other bytes",
                 "save the file as `CSV UTF-8`",
                 {"", line.line, 0}};
  }
  return {};
}

}  // namespace

Result<void> read_payee_file(std::string_view text, const std::function<bool(PayeeLine)>& take,
                             const std::function<void(BadLine)>& bad) {
  if (auto encoding = check_encoding(text); !encoding) return encoding;
  CsvReader reader(text);
  CsvRow row;
  if (!reader.next(row))
    return wrong_header(1, "expected a list of payees, but there is no line in it",
                        std::string(kHeaderHint));
  const Result<Places> places = read_header(row);
  if (!places) return places.error();
  const size_t column_count = row.fields.size();
  while (reader.next(row)) {
    if (is_blank(row)) continue;
    if (row.fields.size() != column_count) {
      bad({row.line,
           "expected " + std::to_string(column_count) + " fields as in the header, but there are " +
               std::to_string(row.fields.size()),
           "put a field that has a separator in it into quotes"});
      continue;
    }
    PayeeLine line{row.line, "", "", "", ""};
    const std::array<std::string*, kColumnCount> fields = {&line.customer, &line.name, &line.iban,
                                                           &line.language};
    for (size_t column = 0; column < kColumnCount; ++column) {
      if ((*places)[column]) *fields[column] = std::move(row.fields[*(*places)[column]]);
    }
    if (auto encoding = check_utf8(line, fields); !encoding) return encoding;
    if (!take(std::move(line))) return {};
  }
  if (!reader.fault().empty())
    bad({row.line, reader.fault(), "close it, or double it where it is meant as a character"});
  return {};
}

}  // namespace lupaus::clients::cli
