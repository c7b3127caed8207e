#include "server/finance/render.h"

#include <array>

#include "rules/calendar/zone.h"
#include "rules/model/money.h"
#include "server/finance/batch_file.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::model::Error;
using rules::model::Money;
using rules::model::Result;

struct Format {
  std::string_view name;
  std::string_view ending;  ///< of the file's name, after the batch's id
  Result<void> (*write)(const BatchFile&, const Sink&);
  bool shows_payees;
};
constexpr std::array<Format, 6> kFormats = {
    Format{"csv", ".csv", write_csv, true},
    Format{"csv-excel", "-excel.csv", write_csv_excel, true},
    Format{"xlsx", ".xlsx", write_xlsx, true},
    Format{"json", ".json", write_json, true},
    Format{kPaymentFormat, ".pain.001.001.09.xml", write_pain001, true},
    // Books are read by many: they show the payout's id, never whom it went to.
    Format{"posting", "-posting.csv", write_posting, false},
};

const Format* find_format(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

Error unknown_format(std::string_view name) {
  Error error;
  error.code = "unknown_format";
  error.message = "expected a payout format, but `" + std::string(name) + "` is none";
  for (const Format& format : kFormats) {
    error.hint += error.hint.empty() ? "there are " : ", ";
    error.hint += format.name;
  }
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
    const std::string id = payout_id(lines[i]);
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

std::string payout_id(const Compensation& line) {
  return rules::ledger::compensation_id(kPartition, line.number);
}

rules::model::LocalDate local_date(const FinanceSettings& settings, rules::model::Instant at) {
  const auto* zone = rules::calendar::find_built_in_zone(settings.zone);
  rules::model::ensure(zone != nullptr, "render checks the zone of its settings");
  return rules::calendar::local_date(*zone, at);
}

std::vector<std::string_view> formats() {
  std::vector<std::string_view> names;
  names.reserve(kFormats.size());
  for (const Format& format : kFormats) names.push_back(format.name);
  return names;
}

Result<void> render(std::string_view format, const FileRequest& request, const Sink& sink) {
  const Format* found = find_format(format);
  if (found == nullptr) return unknown_format(format);
  if (rules::calendar::find_built_in_zone(request.settings.zone) == nullptr) {
    return Error{"not_configured",
                 "expected a time zone for finance, but `" + request.settings.zone + "` is none",
                 "name one like Europe/Helsinki",
                 {}};
  }
  if (auto checked = check(request.batch, request.lines); !checked) return checked;
  BatchFile file{request, {}};
  if (found->shows_payees && file.has_payees()) {
    file.payees.reserve(request.lines.size());
    for (const Compensation& line : request.lines)
      file.payees.push_back(request.find_payee(line.customer));
  }
  return found->write(file, sink);
}

Result<std::string> render(std::string_view format, const FileRequest& request) {
  std::string bytes;
  const auto written = render(format, request, [&](std::string_view piece) { bytes += piece; });
  if (!written) return written.error();
  return bytes;
}

std::string file_name(std::string_view format, const PayoutBatch& batch) {
  const Format* found = find_format(format);
  rules::model::ensure(found != nullptr, "file_name is asked for a known format");
  return batch.id + std::string(found->ending);
}

}  // namespace lupaus::server::finance
