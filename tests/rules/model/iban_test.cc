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

// Examples that the countries themselves gave for the registry of ISO 13616.
TEST(Iban, OfTheRegistrysExamplesIsRight) {
  constexpr std::string_view kExamples[] = {"AD1200012030200359100100",
                                            "AE070331234567890123456",
                                            "AL47212110090000000235698741",
                                            "AT611904300234573201",
                                            "AZ21NABZ00000000137010001944",
                                            "BA391290079401028494",
                                            "BE68539007547034",
                                            "BG80BNBG96611020345678",
                                            "BH67BMAG00001299123456",
                                            "BR1800360305000010009795493C1",
                                            "CH9300762011623852957",
                                            "CR05015202001026284066",
                                            "CY17002001280000001200527600",
                                            "CZ6508000000192000145399",
                                            "DE89370400440532013000",
                                            "DK5000400440116243",
                                            "DO28BAGR00000001212453611324",
                                            "EE382200221020145685",
                                            "ES9121000418450200051332",
                                            "FI2112345600000785",
                                            "FO6264600001631634",
                                            "FR1420041010050500013M02606",
                                            "GB29NWBK60161331926819",
                                            "GE29NB0000000101904917",
                                            "GI75NWBK000000007099453",
                                            "GL8964710001000206",
                                            "GR1601101250000000012300695",
                                            "GT82TRAJ01020000001210029690",
                                            "HR1210010051863000160",
                                            "HU42117730161111101800000000",
                                            "IE29AIBK93115212345678",
                                            "IL620108000000099999999",
                                            "IS140159260076545510730339",
                                            "IT60X0542811101000000123456",
                                            "JO94CBJO0010000000000131000302",
                                            "KW81CBKU0000000000001234560101",
                                            "KZ86125KZT5004100100",
                                            "LB62099900000001001901229114",
                                            "LI21088100002324013AA",
                                            "LT121000011101001000",
                                            "LU280019400644750000",
                                            "LV80BANK0000435195001",
                                            "MC5811222000010123456789030",
                                            "MD24AG000225100013104168",
                                            "ME25505000012345678951",
                                            "MK07250120000058984",
                                            "MR1300020001010000123456753",
                                            "MT84MALT011000012345MTLCAST001S",
                                            "MU17BOMM0101101030300200000MUR",
                                            "NL91ABNA0417164300",
                                            "NO9386011117947",
                                            "PK36SCBL0000001123456702",
                                            "PL61109010140000071219812874",
                                            "PT50000201231234567890154",
                                            "QA58DOHB00001234567890ABCDEFG",
                                            "RO49AAAA1B31007593840000",
                                            "RS35260005601001611379",
                                            "SA0380000000608010167519",
                                            "SE4550000000058398257466",
                                            "SI56263300012039086",
                                            "SK3112000000198742637541",
                                            "SM86U0322509800000000270100",
                                            "TN5910006035183598478831",
                                            "TR330006100519786457841326",
                                            "UA213223130000026007233566001",
                                            "VA59001123000012345678",
                                            "VG96VPVG0000012345678901",
                                            "XK051212012345678906"};
  for (const std::string_view example : kExamples)
    EXPECT_TRUE(parse_iban(example).ok()) << example << " " << parse_iban(example).error().message;
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
