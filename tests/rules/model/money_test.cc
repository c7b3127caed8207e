// Money: its currencies, their decimals, and sums that do not overflow.
#include "rules/model/money.h"

#include <gtest/gtest.h>

#include <limits>

namespace lupaus::rules::model {
namespace {

TEST(Money, HasTheDecimalsOfItsCurrency) {
  EXPECT_EQ(parse_money("EUR 10.00").value(), (Money{*find_currency("EUR"), 1000}));
  EXPECT_EQ(parse_money("JPY 500").value(), (Money{*find_currency("JPY"), 500}));
  EXPECT_EQ(parse_money("KWD 1.005").value(), (Money{*find_currency("KWD"), 1005}));
  EXPECT_EQ(parse_money("CLF 1.0005").value(), (Money{*find_currency("CLF"), 10005}));
}

TEST(Money, IsReadBackAsItWasWritten) {
  for (const char* text :
       {"EUR 0.00", "EUR 0.07", "JPY 0", "TND 12.345", "UYW 3.0001", "USD 9999999999999999.99"}) {
    EXPECT_EQ(format_money(parse_money(text).value()), text);
  }
}

TEST(MinorSum, IsExactBeyondWhatMoneyHolds) {
  const Currency euro = *find_currency("EUR");
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  MinorSum sum;
  for (int i = 0; i < 15; ++i) sum += kMost;
  EXPECT_EQ(format_amount(euro, sum), "1383505805528216371.05");
  EXPECT_EQ(format_amount(*find_currency("JPY"), sum), "138350580552821637105");
  for (int i = 0; i < 30; ++i) sum -= kMost;
  EXPECT_EQ(format_amount(euro, sum), "-1383505805528216371.05");
  for (int i = 0; i < 15; ++i) sum += kMost;
  EXPECT_EQ(sum, 0);
  EXPECT_EQ(format_amount(euro, MinorSum(-5)), "-0.05");
  EXPECT_EQ(format_amount(euro, MinorSum(kMost)), format_amount({euro, kMost}));
}

TEST(Money, RefusesWhatIsNotASum) {
  for (const char* text : {"",           "10",         "10.00",
                           "EUR",        "EUR 10",     "EUR 10.0",
                           "EUR 10.000", "EUR10.00",   "EUR  10.00",
                           "eur 10.00",  "EUX 10.00",  "EUR -1.00",
                           "EUR +1.00",  "EUR .50",    "EUR 01.00",
                           "JPY 5.00",   "EUR 10.00 ", "EUR 99999999999999999999.00",
                           "XAU 1.00",   "EUR 1,00"}) {
    EXPECT_FALSE(parse_money(text).ok()) << text;
  }
}

TEST(Money, ShowsNegativeSumsAndTheSmallest) {
  EXPECT_EQ(format_amount({*find_currency("EUR"), -5}), "-0.05");
  EXPECT_EQ(format_amount({*find_currency("EUR"), std::numeric_limits<int64_t>::min()}),
            "-92233720368547758.08");
}

TEST(Money, SumsRefuseToOverflow) {
  const Currency eur = *find_currency("EUR");
  EXPECT_EQ(add({eur, 1}, {eur, 2})->minor, 3);
  EXPECT_EQ(add({eur, std::numeric_limits<int64_t>::max()}, {eur, 1}), std::nullopt);
  EXPECT_EQ(add({eur, std::numeric_limits<int64_t>::min()}, {eur, -1}), std::nullopt);
}

TEST(Currency, IsFoundWhereverItStandsInTheList) {
  for (const char* code : {"AED", "ZWG", "BIF", "XPF", "BHD", "TND", "CLF", "UYW", "SEK", "XCG"}) {
    EXPECT_TRUE(find_currency(code).has_value()) << code;
  }
  for (const char* code : {"", "EU", "EURO", "HRK", "DEM", "   ", "AAA", "ZZZ", "ED ", "UR "}) {
    EXPECT_FALSE(find_currency(code).has_value()) << code;
  }
}

}  // namespace
}  // namespace lupaus::rules::model
