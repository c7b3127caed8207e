// The posting file: what the books book. First each line's accrual (compensation expense against
// the liability), then what became of the payments in the order of time (liability against bank; a
// return the other way round; a debt that was declined takes its expense back), so that a file
// drawn again later begins with the bytes of the earlier one. CSV as for machines.
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

/// A payment that left, or came back; or the end of a debt.
struct Movement {
  enum class Kind : uint8_t { settlement, back, reversal };
  Instant at{};
  size_t line = 0;
  Kind kind = Kind::settlement;
  std::string period;
  LocalDate on;

  bool operator<(const Movement& other) const {
    return std::tie(at, line, kind) < std::tie(other.at, other.line, other.kind);
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
  if (detail.released) periods.emplace_back(detail.released->period);
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

class PostingFile {
 public:
  PostingFile(const BatchFile& file, const Sink& sink) : file_(file), out_(sink) {}

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
      Entry entry{"settlement", movement.on, movement.period, accounts.liability, accounts.bank};
      if (movement.kind == Movement::Kind::back) {
        entry.kind = "return";
        std::swap(entry.debit, entry.credit);
      }
      if (movement.kind == Movement::Kind::reversal)
        entry = {"reversal",         movement.on,      movement.period,
                 accounts.liability, accounts.expense, true};
      append(movement.line, entry);
    }
    out_.finish();
  }

 private:
  LocalDate date_of(Instant at) const { return local_date(file_.request.settings, at); }

  std::vector<Movement> movements() const {
    std::vector<Movement> all;
    const auto add = [&](size_t line, Movement::Kind kind, const std::optional<Booked>& booked) {
      if (!booked) return;
      all.push_back(
          {booked->at, line, kind, booked->period, booked->on ? *booked->on : date_of(booked->at)});
    };
    for (size_t i = 0; i < details_.size(); ++i) {
      add(i, Movement::Kind::settlement, details_[i].paid);
      add(i, Movement::Kind::back, details_[i].returned);
      add(i, Movement::Kind::reversal, details_[i].released);
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

Result<void> write_posting(const BatchFile& file, const Sink& sink) {
  if (auto checked = check_accounts(file.request.settings.accounts); !checked) return checked;
  PostingFile posting(file, sink);
  if (auto read = posting.read_details(); !read) return read;
  posting.write();
  return {};
}

}  // namespace lupaus::server::finance
