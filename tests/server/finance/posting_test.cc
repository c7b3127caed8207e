// The posting file: golden bytes, entries that balance, and a file that only grows.
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
