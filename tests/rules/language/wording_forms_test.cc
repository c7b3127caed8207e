// Less usual forms of wordings, and what is told where the promise itself is unusual: by an
// instant, in days, by share, stacked, or paying nothing.
#include <gmock/gmock.h>

#include "rules/language/wording.h"
#include "rules/language/wording_numbers.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::Quantity;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Readable: `time 900000`, `money 10000 EUR`, with `?` where it is not certain.
std::string read(std::string_view text, std::string_view language) {
  static constexpr std::string_view kNames[] = {"time",  "days",      "business", "calendar",
                                                "weeks", "long_time", "percent",  "money"};
  std::string all;
  for (const Quantity& quantity : rules::language::read_wording(text, language).quantities) {
    all += (all.empty() ? "" : ", ") + std::string(kNames[static_cast<size_t>(quantity.kind)]) +
           " " + std::to_string(quantity.thousandths) + (quantity.is_certain ? "" : "?");
    if (!quantity.currencies.empty()) all += " " + quantity.currencies;
  }
  return all;
}

struct Form {
  std::string_view text, gives;
};

void expect_read(std::string_view language, std::initializer_list<Form> forms) {
  for (const Form& form : forms) EXPECT_EQ(read(form.text, language), form.gives) << form.text;
}

TEST(WordingForms, OfFinnishHalvesQuartersAndInsides) {
  expect_read("fi", {{"puolituntia", "time 1800000"},
                     {"puolituntinen odotus", "time 1800000"},
                     {"puolitoista tuntia", "time 5400000"},
                     {"puolen tunnin", "time 1800000"},
                     {"puolen euron", ""},
                     {"puolitoista euroa", ""},
                     {"minuutissa", "time 60000"},
                     {"Palvelemme sinua tunnissa", "time 3600000"},
                     {"vastaamme päivässä", "days 1000"},
                     {"20 asiakasta tunnissa", "time 3600000?"},
                     {"kerran tunnissa, parissa minuutissa", "time 3600000?, time 60000?"},
                     {"kolmessa vartissa, 2 varttia", "time 2700000, time 1800000"},
                     {"neljännestunnissa", "time 900000"},
                     {"viidessätoista (15) minuutissa", "time 900000"},
                     {"talossa", ""},
                     {"viisi täyttä arkipäivää", "business 5000"},
                     {"yhden tunnin ja viisi minuuttia", "time 3900000"},
                     {"viisi minuuttia ja yksi tunti", "time 300000, time 3600000"},
                     {"kolme kuukautta, 2 vuotta", "long_time 3000, long_time 2000"},
                     {"sadan viiden minuutin", ""},
                     {"2 kalenteripäivää", "calendar 2000"}});
}

TEST(WordingForms, OfSwedishHalvesQuartersAndArticles) {
  expect_read("sv", {{"en halv timme", "time 1800000"},
                     {"halva timmen", "time 1800000"},
                     {"en kvart", "time 900000"},
                     {"inom tre kvart", "time 2700000"},
                     {"en kvarts timme", "time 900000"},
                     {"en och en halv dag", ""},
                     {"en och en", ""},
                     {"en och två timmar", "time 7200000"},
                     {"på en dag", "days 1000"},
                     {"inom en timme och tio minuter", "time 4200000?"},
                     {"nästa vardag", "business 1000?"},
                     {"tjugoen minuter, trettioett minuter", "time 1260000, time 1860000"},
                     {"fem kronor", "money 5000 SEK NOK DKK ISK"}});
}

TEST(WordingForms, OfEnglishHalvesQuartersAndTens) {
  expect_read("en", {{"half hour", "time 1800000"},
                     {"within an hour and a half", "time 5400000"},
                     {"an hour and a half", "time 5400000?"},
                     {"within fifteen (15) minutes", "time 900000"},
                     {"fifteen (20) minutes", ""},
                     {"half a hour", "time 1800000"},
                     {"half price", ""},
                     {"three quarters of an hour", "time 2700000"},
                     {"three quarters of the price", ""},
                     {"three quarters", ""},
                     {"a quarter past nine", ""},
                     {"a quarter of the price", ""},
                     {"a quarter of an inch", ""},
                     {"two hours and a half", "time 7200000, time 1800000?"},
                     {"1 hour and 30 minutes, 30 minutes and 1 hour",
                      "time 5400000, time 1800000, time 3600000"},
                     {"1 hour 30 minutes 15 seconds", "time 5415000"},
                     {"twenty ten minutes", "time 600000"},
                     {"twenty one minutes, twenty minutes", "time 1260000, time 1200000"},
                     {"fifteen five minutes", "time 300000"},
                     {"5, minutes", ""},
                     {"hundred 5 minutes", ""},
                     {"5 open whole minutes", "time 300000"},
                     {"5 open whole further minutes", ""},
                     {"2 calendar days, 3 bank days", "calendar 2000, business 3000"},
                     {"25 per minute, 25 per", ""},
                     {"the same day", "days 1000?"},
                     {"a customer, the next customer", ""}});
}

TEST(WordingForms, OfSumsWithTheirSignBeforeOrAfter) {
  expect_read("en", {{"10 \u20ac 5 minutes", "money 10000 EUR, time 300000"},
                     {"\u20ac 5 or \u20ac 6", "money 5000 EUR, money 6000 EUR"},
                     {"5 \u20ac 6", "money 5000 EUR"},
                     {"EUR, 5", ""},
                     {"euros 5", ""}});
}

TEST(WordingForms, OfAPartOfThePriceAreAConsequence) {
  const auto has_one = [](std::string_view text) {
    return rules::language::read_wording(text, "en").has_consequence;
  };
  EXPECT_TRUE(has_one("within 15 minutes, or a quarter of your fare back"));
  EXPECT_TRUE(has_one("or half of the ticket"));
  EXPECT_FALSE(has_one("within a quarter of an hour"));
  EXPECT_FALSE(has_one("we call you back within a quarter of the hour"));
}

TEST(WordingForms, OfOtherLanguagesAreNotRead) {
  EXPECT_FALSE(rules::language::is_wording_language("de"));
  EXPECT_TRUE(rules::language::is_wording_language("sv"));
  expect_read("de", {{"15 Minuten, 10 Euro", ""}});
  EXPECT_TRUE(rules::language::number_forms(5, "de").empty());
  EXPECT_FALSE(rules::language::find_number_word("zehn", "de"));
  EXPECT_FALSE(rules::language::find_number_word("ten", "fi"));
}

/// A promise of a desk with that wording in English, and what is told of its wording.
std::string told(const std::string& text, const std::string& target, const std::string& pays = "",
                 const std::string& measure = "elapsed") {
  const auto compiled = compile_text(
      R"(apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: desk}
spec:
  events: [received, answered, expired]
  attributes: {agreed_at: time, fare: money}
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: office}
spec: {timezone: Europe/Helsinki, hours: {mon-fri: ["09:00-17:00"]}}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki, hours: office}
---
apiVersion: lupaus/v1
kind: Promise
metadata: {name: p}
spec:
  vocabulary: desk
  problem: Customers wait.
  wording: {en: ")" +
      text + R"("}
  applies: true
  clock: {measure: )" +
      measure +
      R"(, expire_after: 2000h, on: {received: start, answered: stop, expired: review}, on_silence: review}
  target: {)" +
      target + "}\n" + (pays.empty() ? "" : "  compensation: {" + pays + "}\n"));
  EXPECT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics);
  std::string found;
  for (const auto& diagnostic : compiled.diagnostics) {
    const auto& code = diagnostic.error.code;
    if (code >= "P080" && code <= "P083") found += format_diagnostic(diagnostic) + "\n";
  }
  return found;
}

const std::string kPays = "tiers: [{over: 0s, pay: EUR 10.00}], instrument: voucher";

TEST(WordingOfAnInstant, SaysTheLimitAsTheTextWouldHaveTo) {
  EXPECT_THAT(told("Answered within 3 hours, or we pay you EUR 10.", "by: ticket.agreed_at", kPays),
              HasSubstr("says `3 hours`, but the limit is the instant of `ticket.agreed_at`"));
  EXPECT_THAT(
      told("Answered within 3 hours, or we pay you EUR 10.", "by: ticket.agreed_at + 10m", kPays),
      HasSubstr("says `3 hours`, but the limit is 10m after `ticket.agreed_at`"));
  EXPECT_THAT(
      told("Answered within 3 hours, or we pay you EUR 10.", "by: ticket.agreed_at - 30m", kPays),
      HasSubstr("says `3 hours`, but the limit is 30m before `ticket.agreed_at`"));
  EXPECT_EQ(told("At most 10 minutes after the time agreed, or we pay you EUR 10.",
                 "by: ticket.agreed_at + 10m", kPays),
            "");
  EXPECT_EQ(
      told("Answered by the time agreed, or we pay you EUR 10.", "by: ticket.agreed_at", kPays),
      "");
  EXPECT_THAT(told("Answered by the time agreed, or we pay you EUR 10.",
                   "by: ticket.agreed_at + 10m", kPays),
              HasSubstr("names no time limit, but the limit is 10m after `ticket.agreed_at`"));
}

struct Days {
  const char* text;
  const char* within;
  const char* measure;
  bool is_alike;
};

TEST(WordingOfDays, AgreesWithALimitThatSaysTheSame) {
  const Days cases[] = {
      {"2 days", "48h", "elapsed", true},
      {"2 days", "47h", "elapsed", false},
      {"2 days", "16h", "office", true},
      {"2 days", "2 business days", "office", true},
      {"2 days", "3 business days", "office", false},
      {"2 business days", "48h", "elapsed", false},
      {"2 business days", "16h", "office", true},
      {"2 business days", "2 business days", "office", true},
      {"2 business days", "2 calendar days", "elapsed", false},
      {"2 calendar days", "48h", "elapsed", true},
      {"2 calendar days", "2 calendar days", "elapsed", true},
      {"2 calendar days", "2 business days", "office", false},
      {"1 week", "168h", "elapsed", true},
      {"1 week", "100h", "elapsed", false},
      {"1 week", "40h", "office", true},
      {"1 week", "7 calendar days", "elapsed", true},
      {"1 week", "5 business days", "office", true},
      {"1 week", "5 calendar days", "elapsed", false},
      {"3 hours", "2 business days", "office", false},
  };
  for (const Days& c : cases) {
    const auto found = told(std::string("Answered within ") + c.text + ".",
                            std::string("within: ") + c.within, "", c.measure);
    EXPECT_EQ(found.empty(), c.is_alike) << c.text << " / " << c.within << " " << c.measure << "\n"
                                         << found;
    if (!c.is_alike) {
      EXPECT_THAT(found, AllOf(HasSubstr(std::string("says `") + c.text + "`"),
                               HasSubstr(std::string("but the limit is ") + c.within)));
    }
  }
}

TEST(WordingOfMonths, IsNeverHeldAgainstTheLimit) {
  EXPECT_EQ(told("Answered within 2 months.", "within: 1440h"), "");
}

TEST(WordingOfMoney, NamesAllThatThePromisePays) {
  const std::string within = "within: 15m";
  const std::string text = "Answered within 15 minutes, or we pay you ";
  EXPECT_THAT(told(text + "EUR 10.", within), HasSubstr("`EUR 10`, but the promise pays nothing"));
  EXPECT_EQ(told(text + "25 % of the fare.", within,
                 "tiers: [{over: 15m, pay: 25% of ticket.fare}], instrument: voucher"),
            "");
  EXPECT_THAT(told(text + "30 % of the fare.", within,
                   "tiers: [{over: 15m, pay: 25% of ticket.fare}], instrument: voucher"),
              HasSubstr("says `30 %`, but the promise pays 25% of ticket.fare"));
  const std::string stacked =
      "stack: add, tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 5.00}], "
      "at_most: EUR 12.00, instrument: voucher";
  for (const char* sum : {"EUR 10", "EUR 5", "EUR 15", "EUR 12"})
    EXPECT_EQ(told(text + sum + ".", within, stacked), "") << sum;
  EXPECT_THAT(told(text + "EUR 20.", within, stacked),
              HasSubstr("says `EUR 20`, but the promise pays EUR 10.00, EUR 5.00"));
  EXPECT_THAT(told(text + "EUR 10.005.", within, stacked), HasSubstr("says `EUR 10.005`"));
  EXPECT_EQ(told("Answered within 15 minutes in 95 % of cases.",
                 "within: 15m, objective: 95%, per: month"),
            "");
}

TEST(WordingOfMoney, ShowsSixOfManyTiers) {
  std::string tiers;
  for (int i = 1; i <= 8; ++i) {
    tiers += (tiers.empty() ? "" : ", ") + std::string("{over: ") + std::to_string(15 * i) +
             "m, pay: EUR " + std::to_string(i) + ".00}";
  }
  EXPECT_THAT(told("Answered within 15 minutes, or we pay you EUR 99.", "within: 15m",
                   "tiers: [" + tiers + "], instrument: voucher"),
              AllOf(HasSubstr("pays EUR 1.00, EUR 2.00, EUR 3.00, EUR 4.00, EUR 5.00, EUR 6.00 …"),
                    Not(HasSubstr("EUR 7.00"))));
}

TEST(WordingOfSeveralLimits, MustNameOneOfThem) {
  const std::string within =
      "within: [{when: ticket.fare > \"EUR 100.00\", within: 5m}, {within: 15m}]";
  EXPECT_EQ(told("Answered within 5 or 15 minutes.", within), "");
  EXPECT_THAT(told("Answered within 20 minutes.", within),
              HasSubstr("says `20 minutes`, but the limits are 5m, 15m"));
}

}  // namespace
}  // namespace lupaus::tests
