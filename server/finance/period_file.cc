#include "server/finance/period_file.h"

#include <initializer_list>
#include <string_view>
#include <utility>

#include "rules/model/money.h"
#include "server/finance/table.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Posting;
using rules::model::Error;
using rules::model::Instrument;
using rules::model::Result;
using Kind = Posting::Kind;

constexpr std::string_view kPeriodColumns =
    "position,entry,posted_on,period,corrects,payout,refers_to,batch,instrument,debit,credit,"
    "amount,"
    "currency,nature,vat,promise,branch\n";

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::accrual:
      return "accrual";
    case Kind::reversal:
      return "reversal";
    case Kind::settlement:
      return "settlement";
    case Kind::giving_back:
      break;
  }
  return "return";
}

bool has_expense(Kind kind) { return kind == Kind::accrual || kind == Kind::reversal; }

std::string period_payout(uint64_t number) {
  return number == 0 ? std::string() : rules::ledger::compensation_id(kPartition, number);
}

/// Debit and credit.
std::pair<std::string_view, std::string_view> accounts_of(const Posting& posting,
                                                          const PostingAccounts& accounts) {
  const bool is_voucher = posting.instrument == Instrument::voucher && !accounts.vouchers.empty();
  const std::string& bank = is_voucher ? accounts.vouchers : accounts.bank;
  switch (posting.kind) {
    case Kind::accrual:
      return {accounts.expense, accounts.liability};
    case Kind::reversal:
      return {accounts.liability, accounts.expense};
    case Kind::settlement:
      return {accounts.liability, bank};
    case Kind::giving_back:
      break;
  }
  return {bank, accounts.liability};
}

void append_entry(const PeriodEntry& entry, const PostingAccounts& accounts, std::string& text) {
  const Posting& posting = entry.posting;
  const auto [debit, credit] = accounts_of(posting, accounts);
  const std::string position = std::to_string(posting.position);
  const std::string on = rules::model::format_local_date(posting.on);
  const std::string payout = period_payout(posting.number),
                    refers_to = period_payout(posting.refers_to);
  const std::string amount = rules::model::format_amount(posting.amount);
  std::string_view vat;
  if (has_expense(posting.kind))
    vat = entry.nature == "damages" ? accounts.vat_damages : accounts.vat_price_reduction;
  bool is_first = true;
  for (const std::string_view cell :
       {std::string_view(position), kind_name(posting.kind), std::string_view(on),
        std::string_view(posting.month), std::string_view(posting.corrects),
        std::string_view(payout), std::string_view(refers_to), std::string_view(posting.batch),
        rules::model::format_instrument(posting.instrument), debit, credit,
        std::string_view(amount), posting.amount.currency.text(), std::string_view(entry.nature),
        vat, std::string_view(posting.key.promise), std::string_view(posting.key.branch)}) {
    if (!is_first) text += ',';
    is_first = false;
    append_quoted(text, cell, ',');
  }
  text += '\n';
}

std::string period_rows(std::span<const PeriodEntry> entries, const PostingAccounts& accounts) {
  std::string text(kPeriodColumns);
  for (const PeriodEntry& entry : entries) append_entry(entry, accounts, text);
  return text;
}

}  // namespace

Result<std::string> period_file(std::span<const PeriodEntry> entries,
                                const PostingAccounts& accounts) {
  if (auto checked = check_accounts(accounts); !checked) return checked.error();
  for (const PeriodEntry& entry : entries) {
    if (entry.nature == "damages" || entry.nature == "price_reduction") continue;
    return Error{"bad_payment",
                 "expected a nature of damages or price_reduction for " +
                     period_payout(entry.posting.number) + ", but it is `" + entry.nature + "`",
                 "",
                 {}};
  }
  return period_rows(entries, accounts);
}

std::string period_content(std::span<const PeriodEntry> entries) {
  return period_rows(entries,
                     {"expense", "liability", "bank", "damages", "price_reduction", "vouchers"});
}

}  // namespace lupaus::server::finance
