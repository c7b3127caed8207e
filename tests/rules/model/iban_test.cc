// Account numbers: what is right in every country, and that no single slip of the hand goes
// through.
#include "rules/model/iban.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace lupaus::rules::model {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Check digits by the book: move the first four behind, letters as numbers, 98 less the rest; with
/// a decimal long division of its own.
std::string with_check_digits(const std::string& country, const std::string& account) {
  std::string number;
  for (const char c : account + country + "00")
    number += kDigits.find(c) != std::string_view::npos ? std::string(1, c)
                                                        : std::to_string(kCapitals.find(c) + 10);
  int rest = 0;
  for (const char c : number) rest = (rest * 10 + (c - '0')) % 97;
  const std::string check = std::to_string(98 - rest);
  return country + (check.size() == 1 ? "0" + check : check) + account;
}

/// One of each country: accounts of digits, and of letters and digits.
std::vector<std::string> many_ibans() {
  std::mt19937 random(20260105);
  std::vector<std::string> ibans;
  for (const IbanCountry& country : iban_countries()) {
    for (const bool has_letters : {false, true}) {
      const std::string signs =
          std::string(kDigits) + (has_letters ? std::string(kCapitals) : std::string());
      std::string account;
      while (account.size() + 4 < country.length) account += signs[random() % signs.size()];
      ibans.push_back(with_check_digits(std::string(country.code), account));
    }
  }
  return ibans;
}

TEST(Iban, OfEveryCountryIsReadInItsLengthAlone) {
  EXPECT_TRUE(std::is_sorted(
      iban_countries().begin(), iban_countries().end(),
      [](const IbanCountry& left, const IbanCountry& right) { return left.code < right.code; }));
  for (const std::string& iban : many_ibans()) {
    const auto read = parse_iban(iban);
    ASSERT_TRUE(read.ok()) << iban << read.error().message;
    EXPECT_EQ(*read, iban);
    const std::string country = iban.substr(0, 2);
    EXPECT_FALSE(parse_iban(with_check_digits(country, iban.substr(4) + "0")).ok()) << iban;
    EXPECT_FALSE(parse_iban(with_check_digits(country, iban.substr(5))).ok()) << iban;
  }
}

TEST(Iban, WithOneWrongCharacterIsRefused) {
  for (const std::string& iban : many_ibans()) {
    for (size_t i = 0; i < iban.size(); ++i) {
      const bool is_digit = kDigits.find(iban[i]) != std::string_view::npos;
      for (const char c : is_digit ? kDigits : kCapitals) {
        if (c == iban[i]) continue;
        std::string slipped = iban;
        slipped[i] = c;
        EXPECT_FALSE(parse_iban(slipped).ok()) << iban << " as " << slipped;
      }
    }
  }
}

TEST(Iban, WithTwoNeighboursSwappedIsRefused) {
  for (const std::string& iban : many_ibans()) {
    for (size_t i = 0; i + 1 < iban.size(); ++i) {
      const bool is_digit = kDigits.find(iban[i]) != std::string_view::npos;
      const bool is_next_digit = kDigits.find(iban[i + 1]) != std::string_view::npos;
      if (iban[i] == iban[i + 1] || is_digit != is_next_digit) continue;
      std::string swapped = iban;
      std::swap(swapped[i], swapped[i + 1]);
      EXPECT_FALSE(parse_iban(swapped).ok()) << iban << " as " << swapped;
    }
  }
}

TEST(Iban, HasCheckDigitsBetween02And98) {
  // The same rest as 97, 98 and 02.
  for (const std::string& iban : many_ibans()) {
    const int check = std::stoi(iban.substr(2, 2));
    for (const int twin : {check - 97, check + 97}) {
      if (twin < 0 || twin > 99) continue;
      std::string other = iban;
      other.replace(2, 2, {static_cast<char>('0' + twin / 10), static_cast<char>('0' + twin % 10)});
      EXPECT_FALSE(parse_iban(other).ok()) << other;
    }
  }
}

TEST(Iban, IsReadAsPeopleTypeIt) {
  for (const char* text :
       {"FI2112345600000785", "FI21 1234 5600 0007 85", " fi21 1234 5600 0007 85\t",
        "FI21\xC2\xA0"
        "1234\xE2\x80\xAF"
        "5600 0007 85"}) {
    const auto read = parse_iban(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(*read, "FI2112345600000785");
  }
  EXPECT_EQ(print_iban("FI2112345600000785"), "FI21 1234 5600 0007 85");
  EXPECT_EQ(mask_iban("FI2112345600000785"), "FI…85");
  for (const std::string& iban : many_ibans())
    EXPECT_EQ(parse_iban(print_iban(iban)).value(), iban);
}

TEST(Iban, SaysWhatIsWrongWithoutTheNumber) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "empty"},
      {"  ", "empty"},
      {"F", "two letters"},
      {"1121123456", "two letters"},
      {"FI21-1234-5600-0007-85", "character 5 is another"},
      {"FI21123456000007Ä5", "character 17 is another"},
      {"XX2112345600000785", "first two letters are `XX`"},
      {"FI211234560000078", "expected 18 characters in an IBAN of FI, but it has 17"},
      {"FIAB12345600000785", "check digits behind the country"},
      {"FI2112345600000786", "check digits are right"},
      {"FI21123456\n00000785", "character 11 is another"},
  };
  for (const auto& [text, says] : cases) {
    const auto read = parse_iban(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, "bad_iban");
    const std::string printed = format_error(read.error());
    EXPECT_NE(printed.find(says), std::string::npos) << printed;
    for (size_t i = 0; i + 5 < text.size(); ++i)
      EXPECT_EQ(printed.find(text.substr(i, 6)), std::string::npos) << printed;
  }
}

TEST(Bic, HasEightOrElevenCharactersAndACountry) {
  EXPECT_EQ(parse_bic("ndeafihh").value(), "NDEAFIHH");
  EXPECT_EQ(parse_bic("DEUTDEFF500").value(), "DEUTDEFF500");
  EXPECT_EQ(parse_bic("NDEA FI HH").value(), "NDEAFIHH");
  for (const char* text : {"", "NDEAFIH", "NDEAFIHHX", "NDEA12HH", "NDEAFI-H", "NDEAFIHHXXXX"})
    EXPECT_FALSE(parse_bic(text).ok()) << text;
}

}  // namespace
}  // namespace lupaus::rules::model
