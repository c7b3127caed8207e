// The posting file: golden bytes, entries that balance, and a file that only grows.
#include "server/finance/period_file.h"
#include "tests/server/finance/given.h"

namespace lupaus::server::finance {
namespace {

/// All four accrued; 7 was paid and came back, 8 was paid after its month was closed, 9 pays 3
/// again.
Sample settled() {
  Sample sample;
  sample.details[7].paid = {at("2026-01-07T08:00:00Z"), ""};
  sample.details[7].returned = {at("2026-01-09T08:00:00Z"), ""};
  sample.details[8].nature = "price_reduction";
  sample.details[8].paid = {at("2026-01-31T21:59:00Z"), "2026-02"};
  sample.details[9].refers_to = "C-1-3";
  sample.details[9].is_accrued = true;
  sample.details[9].paid = {at("2026-01-31T22:00:00Z"), ""};
  sample.details[12].period = "2026-03";
  sample.lines[3].late_of = 8;
  return sample;
}

TEST(Posting, IsTheGoldenFile) {
  expect_golden("posting.csv", *render("posting", settled().whole()));
}

TEST(Posting, AFileDrawnLaterBeginsWithTheEarlierOne) {
  Sample sample = settled();
  for (const uint64_t number : {7, 8, 9}) sample.details[number].paid.reset();
  sample.details[7].returned.reset();
  std::string earlier = *render("posting", sample.whole());
  const Sample last = settled();
  for (const uint64_t number : {7, 8, 9}) {
    sample.details[number] = last.details.at(number);
    const std::string later = *render("posting", sample.whole());
    EXPECT_TRUE(later.starts_with(earlier)) << number;
    EXPECT_GT(later.size(), earlier.size()) << number;
    earlier = later;
  }
  EXPECT_EQ(earlier, *render("posting", last.whole()));
}

TEST(Posting, HasThePaymentOnTheBanksDayAndTakesAnExpenseBack) {
  Sample sample;
  sample.details[7].paid = {at("2026-01-20T08:00:00Z"), "2026-01",
                            rules::model::LocalDate{2026, 1, 15}};
  sample.details[8].released = {at("2026-01-21T08:00:00Z"), "2026-01"};
  const std::string file = *render("posting", sample.whole());
  EXPECT_THAT(file, HasSubstr("settlement,2026-01-15,2026-01,B-20260105-0001,C-1-7,,2950,1910,"));
  EXPECT_THAT(file, HasSubstr("reversal,2026-01-21,2026-01,B-20260105-0001,C-1-8,,2950,4711,20.00,"
                              "EUR,damages,OUT,"));
}

PeriodEntry entry(rules::ledger::Posting::Kind kind, rules::model::Instrument instrument) {
  rules::ledger::Posting posting;
  posting.position = 17;
  posting.kind = kind;
  posting.number = 8;
  posting.refers_to = 3;
  posting.key = {"helsinki-1", "A1", "served-in-15", 1, 1};
  posting.instrument = instrument;
  posting.amount = {kEuro, 1000};
  posting.on = {2026, 2, 3};
  posting.month = "2026-02";
  posting.corrects = "2026-01";
  return {posting, "damages"};
}

TEST(PeriodFile, HasEachKindOfEntryOnItsAccounts) {
  using Kind = rules::ledger::Posting::Kind;
  using rules::model::Instrument;
  const std::vector<PeriodEntry> entries = {
      entry(Kind::accrual, Instrument::transfer), entry(Kind::reversal, Instrument::transfer),
      entry(Kind::settlement, Instrument::webhook), entry(Kind::settlement, Instrument::voucher),
      entry(Kind::giving_back, Instrument::transfer)};
  PostingAccounts accounts = Sample().settings.accounts;
  accounts.vouchers = "1990";
  const auto file = period_file(entries, accounts);
  ASSERT_TRUE(file.ok());
  const std::string when = ",2026-02-03,2026-02,2026-01,C-1-8,C-1-3,,";
  for (const std::string& line :
       {"17,accrual" + when + "transfer,4711,2950,10.00,EUR,damages,OUT,served-in-15,helsinki-1\n",
        "17,reversal" + when + "transfer,2950,4711,10.00,EUR,damages,OUT,",
        "17,settlement" + when + "webhook,2950,1910,10.00,EUR,damages,,",
        "17,settlement" + when + "voucher,2950,1990,10.00,EUR,damages,,",
        "17,return" + when + "transfer,1910,2950,10.00,EUR,damages,,"})
    EXPECT_THAT(*file, HasSubstr(line));
  const std::string content = period_content(entries);
  accounts.bank = "1911";
  EXPECT_NE(*period_file(entries, accounts), *file);
  EXPECT_EQ(period_content(entries), content) << "whatever the accounts are called";
  accounts.expense = "";
  EXPECT_EQ(period_file(entries, accounts).error().code, "not_configured");
  std::vector<PeriodEntry> gift = entries;
  gift[0].nature = "gift";
  EXPECT_EQ(period_file(gift, Sample().settings.accounts).error().code, "bad_payment");
}

TEST(Posting, ShowsNobody) {
  const std::string file = *render("posting", settled().whole());
  for (const auto& [customer, payee] : Sample().payees) {
    EXPECT_THAT(file, Not(HasSubstr(payee.iban)));
    EXPECT_THAT(file, Not(HasSubstr(payee.name)));
  }
  EXPECT_THAT(file, Not(HasSubstr("SUM(A1")));
}

TEST(Posting, RefusesWhatTheBooksCannotPlace) {
  const std::tuple<const char*, const char*, void (*)(Sample&)> cases[] = {
      {"not_configured", "account for the expense",
       [](Sample& s) { s.settings.accounts.expense = ""; }},
      {"not_configured", "VAT code for price",
       [](Sample& s) { s.settings.accounts.vat_price_reduction = ""; }},
      {"bad_payment", "nature of damages or price_reduction for C-1-8",
       [](Sample& s) { s.details[8].nature = "gift"; }},
      {"bad_payment", "month like 2026-02 for C-1-9",
       [](Sample& s) { s.details[9].period = "2026-13"; }},
      {"bad_payment", "month like 2026-02 for C-1-9",
       [](Sample& s) {
         s.details[9].paid = {at("2026-01-07T08:00:00Z"), "26-01"};
       }},
      {"bad_payment", "month like 2026-02 for C-1-7", [](Sample& s) {
         s.details[7].returned = {at("2026-01-09T08:00:00Z"), "2026-00"};
       }}};
  for (const auto& [code, message, edit] : cases) {
    Sample sample;
    edit(sample);
    const auto file = render("posting", sample.whole());
    ASSERT_FALSE(file.ok()) << message;
    EXPECT_EQ(file.error().code, code);
    EXPECT_THAT(file.error().message, HasSubstr(message));
  }
  EXPECT_EQ(render("posting", Sample().bare()).error().code, "not_configured");
}

}  // namespace
}  // namespace lupaus::server::finance
