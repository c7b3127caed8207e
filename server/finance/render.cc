#include "server/finance/render.h"

#include <algorithm>
#include <array>

#include "rules/model/money.h"
#include "server/finance/table.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::model::Error;
using rules::model::Money;
using rules::model::Result;

struct Format {
  std::string_view name;
  std::string_view extension;
  std::string (*write)(std::span<const TableRow>);
};
constexpr std::array<Format, 2> kFormats = {
    Format{"csv", ".csv", write_csv},
    Format{"csv-excel", "-excel.csv", write_csv_excel},
};
constexpr std::array<std::string_view, 4> kNotYet = {"xlsx", "json", "pain.001.001.09", "posting"};

const Format* find_format(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

template <typename Names>
std::string join(const Names& names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

Error unknown_format(std::string_view name) {
  const bool is_planned = std::find(kNotYet.begin(), kNotYet.end(), name) != kNotYet.end();
  Error error;
  error.code = "unknown_format";
  error.message = "expected a payout format, but `" + std::string(name) + "` is " +
                  (is_planned ? "not supported yet" : "none");
  error.hint = "there are " + join(formats()) + "; not supported yet: " + join(kNotYet);
  return error;
}

Error mismatch(const PayoutBatch& batch, std::string message) {
  return Error{"batch_mismatch",
               "batch " + batch.id + ": " + std::move(message),
               "nothing was written; the batch and its payouts must be read at one position",
               {}};
}

Result<void> check(const PayoutBatch& batch, std::span<const Compensation> lines) {
  if (lines.size() != batch.numbers.size()) {
    return mismatch(batch, "expected " + std::to_string(batch.numbers.size()) +
                               " lines, but there are " + std::to_string(lines.size()));
  }
  Money sum{batch.total.currency, 0};
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string id = rules::ledger::compensation_id(kPartition, lines[i].number);
    if (lines[i].number != batch.numbers[i]) {
      return mismatch(batch, "expected payout " +
                                 rules::ledger::compensation_id(kPartition, batch.numbers[i]) +
                                 ", but the line is " + id);
    }
    if (!lines[i].amount.has_value())
      return mismatch(batch, "expected an amount for " + id + ", but it has none");
    if (lines[i].amount->currency != sum.currency) {
      return mismatch(batch, "expected " + std::string(sum.currency.text()) + " for " + id +
                                 ", but it is in " + std::string(lines[i].amount->currency.text()));
    }
    const auto next = rules::model::add(sum, *lines[i].amount);
    if (!next) return mismatch(batch, "expected a sum that fits, but it overflows at " + id);
    sum = *next;
  }
  if (sum != batch.total) {
    return mismatch(batch, "expected lines of " + rules::model::format_money(batch.total) +
                               ", but they add up to " + rules::model::format_money(sum));
  }
  return {};
}

}  // namespace

std::vector<std::string_view> formats() {
  std::vector<std::string_view> names;
  names.reserve(std::size(kFormats));
  for (const Format& format : kFormats) names.push_back(format.name);
  return names;
}

Result<std::string> render(std::string_view format, const PayoutBatch& batch,
                           std::span<const Compensation> lines) {
  const Format* found = find_format(format);
  if (found == nullptr) return unknown_format(format);
  if (auto checked = check(batch, lines); !checked) return checked.error();
  const std::vector<TableRow> rows = make_table(batch, lines);
  return found->write(rows);
}

std::string file_name(std::string_view format, const PayoutBatch& batch) {
  const Format* found = find_format(format);
  rules::model::ensure(found != nullptr, "file_name is asked for a known format");
  return batch.id + std::string(found->extension);
}

}  // namespace lupaus::server::finance
