// Wordings in Finnish, Swedish and English: what is read from them, and what is told of them.
#include "rules/language/wording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "rules/language/explanations.h"
#include "rules/language/wording_numbers.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::find_number_word;
using rules::language::number_forms;
using rules::language::Quantity;
using rules::language::read_wording;
using testing::HasSubstr;
using testing::Not;

TEST(NumberWord, OfEveryFormMeansItsNumberAlone) {
  for (const std::string_view language : {"fi", "sv", "en"}) {
    for (int number = 1; number <= rules::language::kNumberWordMax; ++number) {
      const auto forms = number_forms(number, language);
      EXPECT_FALSE(forms.empty());
      for (const std::string& form : forms) {
        EXPECT_EQ(find_number_word(form, language), number) << form;
      }
    }
    EXPECT_TRUE(number_forms(61, language).empty());
    EXPECT_TRUE(number_forms(0, language).empty());
  }
}

TEST(NumberWord, BendsInFinnishAsGrammarsSay) {
  const struct {
    int number;
    std::string_view nominative, genitive, partitive, inessive, illative, allative;
  } rows[] = {
      {1, "yksi", "yhden", "yhtä", "yhdessä", "yhteen", "yhdelle"},
      {2, "kaksi", "kahden", "kahta", "kahdessa", "kahteen", "kahdelle"},
      {3, "kolme", "kolmen", "kolmea", "kolmessa", "kolmeen", "kolmelle"},
      {4, "neljä", "neljän", "neljää", "neljässä", "neljään", "neljälle"},
      {5, "viisi", "viiden", "viittä", "viidessä", "viiteen", "viidelle"},
      {6, "kuusi", "kuuden", "kuutta", "kuudessa", "kuuteen", "kuudelle"},
      {7, "seitsemän", "seitsemän", "seitsemää", "seitsemässä", "seitsemään", "seitsemälle"},
      {8, "kahdeksan", "kahdeksan", "kahdeksaa", "kahdeksassa", "kahdeksaan", "kahdeksalle"},
      {9, "yhdeksän", "yhdeksän", "yhdeksää", "yhdeksässä", "yhdeksään", "yhdeksälle"},
      {10, "kymmenen", "kymmenen", "kymmentä", "kymmenessä", "kymmeneen", "kymmenelle"},
      {11, "yksitoista", "yhdentoista", "yhtätoista", "yhdessätoista", "yhteentoista",
       "yhdelletoista"},
      {15, "viisitoista", "viidentoista", "viittätoista", "viidessätoista", "viiteentoista",
       "viidelletoista"},
      {20, "kaksikymmentä", "kahdenkymmenen", "kahtakymmentä", "kahdessakymmenessä",
       "kahteenkymmeneen", "kahdellekymmenelle"},
      {30, "kolmekymmentä", "kolmenkymmenen", "kolmeakymmentä", "kolmessakymmenessä",
       "kolmeenkymmeneen", "kolmellekymmenelle"},
      {45, "neljäkymmentäviisi", "neljänkymmenenviiden", "neljääkymmentäviittä",
       "neljässäkymmenessäviidessä", "neljäänkymmeneenviiteen", "neljällekymmenelleviidelle"},
      {60, "kuusikymmentä", "kuudenkymmenen", "kuuttakymmentä", "kuudessakymmenessä",
       "kuuteenkymmeneen", "kuudellekymmenelle"},
  };
  for (const auto& row : rows) {
    const auto forms = number_forms(row.number, "fi");
    ASSERT_GE(forms.size(), 11u);
    EXPECT_EQ(forms[0], row.nominative);
    EXPECT_EQ(forms[1], row.genitive);
    EXPECT_EQ(forms[2], row.partitive);
    EXPECT_EQ(forms[3], row.inessive);
    EXPECT_EQ(forms[5], row.illative);
    EXPECT_EQ(forms[8], row.allative);
  }
}

/// Readable: `time 900000`, `money 10000 EUR`, with `?` where it is not certain.
std::string read(std::string_view text, std::string_view language) {
  static constexpr std::string_view kNames[] = {"time",  "days",      "business", "calendar",
                                                "weeks", "long_time", "percent",  "money"};
  std::string all;
  for (const Quantity& quantity : read_wording(text, language).quantities) {
    all += (all.empty() ? "" : ", ") + std::string(kNames[static_cast<size_t>(quantity.kind)]) +
           " " + std::to_string(quantity.thousandths) + (quantity.is_certain ? "" : "?");
    if (!quantity.currencies.empty()) all += " " + quantity.currencies;
  }
  return all;
}

TEST(Wording, ReadsFinnish) {
  EXPECT_EQ(read("Palvelemme sinua 15 minuutissa tai maksamme sinulle 10 euroa.", "fi"),
            "time 900000, money 10000 EUR");
  EXPECT_EQ(read("viidessätoista minuutissa", "fi"), "time 900000");
  EXPECT_EQ(read("Viidentoista minuutin kuluessa", "fi"), "time 900000");
  EXPECT_EQ(read("kahdessa tunnissa, kymmenen euron lahjakortti", "fi"),
            "time 7200000, money 10000 EUR");
  EXPECT_EQ(read("15:ssä minuutissa", "fi"), "time 900000");
  EXPECT_EQ(read("kahden arkipäivän kuluessa", "fi"), "business 2000");
  EXPECT_EQ(read("2 viikossa, 25 % hinnasta", "fi"), "weeks 2000, percent 25000");
  EXPECT_EQ(read("puolessa tunnissa tai vartissa", "fi"), "time 1800000, time 900000");
  EXPECT_EQ(read("puolentoista tunnin", "fi"), "time 5400000");
  EXPECT_EQ(read("1 tunti ja 30 minuuttia", "fi"), "time 5400000");
  EXPECT_EQ(read("seuraavana arkipäivänä", "fi"), "business 1000?");
  EXPECT_EQ(read("1 000 euroa, 10,50 €", "fi"), "money 1000000 EUR, money 10500 EUR");
  EXPECT_EQ(read("sata minuuttia", "fi"), "");
  EXPECT_EQ(read("KAKSI TUNTIA, NELJÄ PÄIVÄÄ", "fi"), "time 7200000, days 4000");
}

TEST(Wording, ReadsSwedish) {
  EXPECT_EQ(read("Vi betjänar dig inom femton minuter, annars betalar vi dig tio euro.", "sv"),
            "time 900000, money 10000 EUR");
  EXPECT_EQ(read("inom en timme", "sv"), "time 3600000");
  EXPECT_EQ(read("en timme", "sv"), "time 3600000?");
  EXPECT_EQ(read("inom 2 bankdagar, 100 kr", "sv"), "business 2000, money 100000 SEK NOK DKK ISK");
  EXPECT_EQ(read("en och en halv timme, en halvtimme", "sv"), "time 5400000, time 1800000");
  EXPECT_EQ(read("tjugofem minuter", "sv"), "time 1500000");
  EXPECT_EQ(read("två dygn, tre veckor, 5 procent", "sv"), "days 2000, weeks 3000, percent 5000");
  EXPECT_EQ(read("två helgfria dagar", "sv"), "business 2000");
}

TEST(Wording, ReadsEnglish) {
  EXPECT_EQ(read("Served within 15 minutes, or we pay you EUR 10.", "en"),
            "time 900000, money 10000 EUR");
  EXPECT_EQ(read("within fifteen minutes or €10, £5, 7 dollars", "en"),
            "time 900000, money 10000 EUR, money 5000 GBP, money 7000 USD CAD AUD NZD");
  EXPECT_EQ(read("twenty-five minutes, twenty five hours", "en"), "time 1500000, time 90000000");
  EXPECT_EQ(read("five full business days", "en"), "business 5000");
  EXPECT_EQ(read("40 open minutes", "en"), "time 2400000");
  EXPECT_EQ(read("a 15-minute wait", "en"), "time 900000");
  EXPECT_EQ(read("half an hour, a quarter of an hour", "en"), "time 1800000, time 900000");
  EXPECT_EQ(read("within an hour and a half", "en"), "time 5400000");
  EXPECT_EQ(read("within a minute", "en"), "time 60000");
  EXPECT_EQ(read("3 times a month at 9.30 on 24.12.2026", "en"), "long_time 1000?");
  EXPECT_EQ(read("two hundred minutes", "en"), "");
  EXPECT_EQ(read("EUR 1,000.50 or EUR 15.", "en"), "money 1000500 EUR, money 15000 EUR");
  EXPECT_EQ(read("25 per cent, 12.5%", "en"), "percent 25000, percent 12500");
  EXPECT_EQ(read("99999999999999999999999 minutes", "en"), "time 0");
}

/// What is told of the example book's promise (15 min, EUR 10 and 20) with that wording.
std::string told(std::string_view language, std::string_view text) {
  const std::string book(rules::language::example_book());
  const std::string line = std::string(language) + ": \"" + std::string(text) + "\"";
  const auto compiled =
      compile_text(edited(book, "en: Served within 15 minutes, or we pay you EUR 10.", line));
  return formatted(compiled.diagnostics);
}

TEST(WordingFinding, IsSilentWhereTextAndNumbersAgree) {
  for (const std::string_view text :
       {"Palvelemme sinua 15 minuutissa tai maksamme sinulle 10 euroa.",
        "Palvelemme sinua vartissa – muuten saat 10 € lahjakortin.",
        "Viidessätoista minuutissa tai 20 euroa, enintään 20 euroa päivässä.",
        "Odotat enintään 15 min. Jos kestää yli puoli tuntia, maksamme 20,00 euroa."}) {
    EXPECT_EQ(told("fi", text), "") << text;
  }
  for (const std::string_view text :
       {"Vi betjänar dig inom 15 minuter, annars betalar vi dig 10 euro.",
        "Inom femton minuter eller tio euro; efter 30 minuter tjugo euro."}) {
    EXPECT_EQ(told("sv", text), "") << text;
  }
  for (const std::string_view text :
       {"Served within 15 minutes, or we pay you EUR 10.",
        "You wait at most fifteen minutes. If not, €10; after half an hour €20.",
        "Served in a quarter of an hour or ten euros, not more than 20 euros a day.",
        "We serve you promptly: 15 minutes, or your money back."}) {
    EXPECT_EQ(told("en", text), "") << text;
  }
  EXPECT_EQ(told("de", "In 99 Minuten"), "");
}

TEST(WordingFinding, NamesBothValuesAndThePlace) {
  EXPECT_EQ(told("fi", "Palvelemme sinua kahdessakymmenessä minuutissa tai maksamme 10 euroa."),
            "p.yaml:7:9: warning P080: the wording (fi) says `kahdessakymmenessä minuutissa`, but "
            "the limit is 15m\n  customers go by the text: write the same time in both\n");
  EXPECT_THAT(told("sv", "Inom femton minuter, annars 15 euro."),
              HasSubstr("P080: the wording (sv) says `15 euro`, but the promise pays EUR 10.00, "
                        "EUR 20.00"));
  EXPECT_THAT(told("en", "Served within 15 hours, or EUR 10."), HasSubstr("says `15 hours`"));
  EXPECT_THAT(told("en", "Served within 15 minutes, or GBP 10."), HasSubstr("says `GBP 10`"));
  EXPECT_THAT(told("en", "Served within 15 minutes, or 25 % off."), HasSubstr("says `25 %`"));
  EXPECT_THAT(told("en", "Wait over 30 minutes, and we pay you EUR 20."),
              HasSubstr("says `30 minutes` and names no limit, but the limit is 15m"));
  EXPECT_THAT(told("en", "Within 2 business days, or EUR 10."), Not(HasSubstr("P081")));
}

TEST(WordingFinding, TellsWhatIsTooVagueToBeAPromise) {
  EXPECT_THAT(told("fi", "Palvelemme sinua mahdollisimman nopeasti tai maksamme 10 euroa."),
              HasSubstr("P083: the wording (fi) says `mahdollisimman nopeasti`"));
  EXPECT_THAT(told("fi", "Palvelemme pian tai maksamme 10 euroa."), HasSubstr("P083"));
  EXPECT_THAT(told("sv", "Vi betjänar dig så fort som möjligt eller betalar 10 euro."),
              HasSubstr("P083"));
  EXPECT_THAT(told("sv", "Vi kommer snart, annars 10 euro."), HasSubstr("P083"));
  EXPECT_THAT(told("en", "We serve you promptly, or pay EUR 10."), HasSubstr("P083"));
  EXPECT_THAT(told("en", "We aim to serve you within 15 minutes, or pay EUR 10."),
              HasSubstr("only hopes: `we aim to`"));
  EXPECT_THAT(told("en", "You are served in time, or we pay EUR 10."), HasSubstr("P081"));
  EXPECT_THAT(told("fi", "Palvelemme sinua 15 minuutissa."), HasSubstr("P082"));
  EXPECT_THAT(told("sv", "Vi betjänar dig inom 15 minuter."), HasSubstr("P082"));
  EXPECT_THAT(told("en", "Good service is dear to us."),
              testing::AllOf(HasSubstr("P081"), HasSubstr("P082")));
}

/// What is found of the meaning (P063 to P089), as text.
std::string found_in(const rules::language::Compiled& compiled) {
  EXPECT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics);
  std::string found;
  for (const auto& diagnostic : compiled.diagnostics) {
    if (diagnostic.error.code < "P063" || diagnostic.error.code > "P089") continue;
    found += rules::language::format_diagnostic(diagnostic) + "\n";
  }
  return found;
}

TEST(WordingFinding, IsSilentOnTheSampleOfTheInterface) {
  EXPECT_EQ(found_in(compile_text(kFullSample)), "");
}

TEST(WordingFinding, IsSilentOnTheShippedPromises) {
  namespace fs = std::filesystem;
  std::map<fs::path, std::vector<rules::model::SourceFile>> books;
  for (const auto& entry : fs::recursive_directory_iterator(LUPAUS_SAMPLE_BOOK)) {
    if (entry.path().extension() != ".yaml") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    if (text.str().find("apiVersion:") == std::string::npos) continue;  // an import map
    books[entry.path().parent_path()].push_back({entry.path().filename().string(), text.str()});
  }
  EXPECT_GE(books.size(), 2u);
  for (const auto& [folder, files] : books) {
    EXPECT_EQ(found_in(rules::language::compile(files)), "") << folder;
  }
}

}  // namespace
}  // namespace lupaus::tests
