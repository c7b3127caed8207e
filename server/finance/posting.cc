// The posting file: what the books book. First each line's accrual (compensation expense against
// the liability), then what became of the payments in the order of time (liability against bank; a
// return the other way round), so that a file drawn again later begins with the bytes of the
// earlier one. CSV as for machines.
#include <algorithm>

#include "rules/model/money.h"
#include "server/finance/table.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::model::Error;
using rules::model::Instant;
using rules::model::LocalDate;
using rules::model::Result;

constexpr std::string_view kHeader =
    "entry,posted_on,period,batch,payout,refers_to,debit,credit,amount,currency,nature,vat,promise,"
    "branch\n";
constexpr std::string_view kDamages = "damages";
constexpr std::string_view kPriceReduction = "price_reduction";

/// A payment that left, or came back.
struct Movement {
  Instant at{};
  size_t line = 0;
  bool is_return = false;
  std::string period;

  bool operator<(const Movement& other) const {
    return std::tie(at, line, is_return) < std::tie(other.at, other.line, other.is_return);
  }
};

struct Entry {
  std::string_view kind;
  LocalDate on;
  std::string_view period;  ///< "": the month of `on`
  std::string_view debit, credit;
  bool has_vat = false;  ///< only an expense has one
};

Error not_configured(std::string what) {
  return Error{"not_configured",
               "expected " + std::move(what) + " for a posting file",
               "set it in the `finance` section of the server's configuration",
               {}};
}

Result<void> check_accounts(const PostingAccounts& accounts) {
  const std::pair<const std::string&, std::string_view> needed[] = {
      {accounts.expense, "an account for the expense"},
      {accounts.liability, "an account for the liability"},
      {accounts.bank, "an account for the bank"},
      {accounts.vat_damages, "a VAT code for damages"},
      {accounts.vat_price_reduction, "a VAT code for price reductions"}};
  for (const auto& [code, what] : needed) {
    if (code.empty()) return not_configured(std::string(what) + ", but none is configured");
  }
  return {};
}

bool is_period(std::string_view text) {
  return rules::model::parse_local_date(std::string(text) + "-01").ok() && text.size() == 7;
}

Result<void> check_detail(const std::string& id, const LineDetail& detail) {
  if (detail.nature != kDamages && detail.nature != kPriceReduction) {
    return Error{"bad_payment",
                 "expected a nature of damages or price_reduction for " + id + ", but it is `" +
                     detail.nature + "`",
                 "",
                 {}};
  }
  std::vector<std::string_view> periods = {detail.period};
  if (detail.paid) periods.emplace_back(detail.paid->period);
  if (detail.returned) periods.emplace_back(detail.returned->period);
  for (const std::string_view period : periods) {
    if (!period.empty() && !is_period(period)) {
      return Error{
          "bad_payment",
          "expected a month like 2026-02 for " + id + ", but `" + std::string(period) + "` is none",
          "",
          {}};
    }
  }
  return {};
}

class Posting {
 public:
  Posting(const BatchFile& file, const Sink& sink) : file_(file), out_(sink) {}

  Result<void> read_details() {
    const FileRequest& request = file_.request;
    if (!request.find_detail)
      return not_configured("the nature of each promise, but nobody knows it here");
    details_.reserve(request.lines.size());
    for (const Compensation& line : request.lines) {
      details_.push_back(request.find_detail(line));
      if (auto checked = check_detail(payout_id(line), details_.back()); !checked) return checked;
    }
    return {};
  }

  void write() {
    out_.text = kHeader;
    const PostingAccounts& accounts = file_.request.settings.accounts;
    const LocalDate drawn_up = date_of(file_.request.batch.created_at);
    for (size_t i = 0; i < details_.size(); ++i) {
      if (details_[i].is_accrued) continue;
      append(i,
             {"accrual", drawn_up, details_[i].period, accounts.expense, accounts.liability, true});
    }
    for (const Movement& movement : movements()) {
      Entry entry{"settlement", date_of(movement.at), movement.period, accounts.liability,
                  accounts.bank};
      if (movement.is_return) {
        entry.kind = "return";
        std::swap(entry.debit, entry.credit);
      }
      append(movement.line, entry);
    }
    out_.finish();
  }

 private:
  LocalDate date_of(Instant at) const { return local_date(file_.request.settings, at); }

  std::vector<Movement> movements() const {
    std::vector<Movement> all;
    for (size_t i = 0; i < details_.size(); ++i) {
      const auto& [paid, returned] = std::tie(details_[i].paid, details_[i].returned);
      if (paid) all.push_back({paid->at, i, false, paid->period});
      if (returned) all.push_back({returned->at, i, true, returned->period});
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  void append(size_t index, const Entry& entry) {
    const Compensation& line = file_.request.lines[index];
    const LineDetail& detail = details_[index];
    const PostingAccounts& accounts = file_.request.settings.accounts;
    const std::string on = rules::model::format_local_date(entry.on);
    const std::string& vat =
        detail.nature == kDamages ? accounts.vat_damages : accounts.vat_price_reduction;
    std::string refers_to = detail.refers_to;
    if (refers_to.empty() && line.late_of != 0)
      refers_to = rules::ledger::compensation_id(kPartition, line.late_of);
    const std::string id = payout_id(line), amount = rules::model::format_amount(*line.amount);
    bool is_first = true;
    for (const std::string_view cell :
         {entry.kind, std::string_view(on),
          entry.period.empty() ? std::string_view(on).substr(0, 7) : entry.period,
          std::string_view(file_.request.batch.id), std::string_view(id),
          std::string_view(refers_to), entry.debit, entry.credit, std::string_view(amount),
          line.amount->currency.text(), std::string_view(detail.nature),
          entry.has_vat ? std::string_view(vat) : std::string_view(),
          std::string_view(line.key.promise), std::string_view(line.key.branch)}) {
      if (!is_first) out_.text += ',';
      is_first = false;
      append_quoted(out_.text, cell, ',');
    }
    out_.text += '\n';
    out_.pass_on();
  }

  const BatchFile& file_;
  Output out_;
  std::vector<LineDetail> details_;  ///< by line
};

}  // namespace

Result<void> write_posting(const BatchFile& file, const Sink& sink) {
  if (auto checked = check_accounts(file.request.settings.accounts); !checked) return checked;
  Posting posting(file, sink);
  if (auto read = posting.read_details(); !read) return read;
  posting.write();
  return {};
}

}  // namespace lupaus::server::finance
