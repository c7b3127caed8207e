// What of strangers' text is kept: ids and the words of a list, and never a name or an account.
#include "rules/model/kept_text.h"

#include <gtest/gtest.h>

#include "rules/model/iban.h"

namespace lupaus::rules::model {
namespace {

TEST(KeptReference, IsAnIdAsItWas) {
  for (const char* id :
       {"", "r", "C-1-42", "bank-C-1-42", "REF-C-1-1", "BANK-000003", "20260107593619NDEA0041",
        "550e8400-e29b-41d4-a716-446655440000", "dead-beef-cafe-1", "ch_3MmlLrLkdIwHu7ix0snN0B47",
        "order/2026-01-05#7", "PAID", "RF18539007547034"}) {
    EXPECT_EQ(keep_reference(id), id);
  }
}

TEST(KeptReference, IsNoName) {
  EXPECT_EQ(keep_reference("Virtanen"), "…");
  EXPECT_EQ(keep_reference("matti.virtanen-7"), "….…-7");
  EXPECT_EQ(keep_reference("payment-MATTI_VIRTANEN-1985"), "payment-…_…-1985");
  for (const char* text : {"Matti Virtanen", "Meikäläinen", "paid to Matti", "7\n8", "a;b", "…"})
    EXPECT_EQ(keep_reference(text), "…") << text;
}

TEST(KeptReference, HasNoAccountNumberInIt) {
  for (const char* text :
       {"FI2112345600000785", "fi2112345600000785", "FI21 1234 5600 0007 85",
        "FI21-1234-5600-0007-85", "pay-FI2112345600000785", "PAYFI2112345600000785X",
        "FI2112345600000785/2026", "1/FI21/1234560000/0785", "NL91ABNA0417164300"})
    EXPECT_EQ(keep_reference(text), "…") << text;
  // Mistyped, it is still somebody's.
  EXPECT_EQ(keep_reference("FI2112345600000786"), "…");
  EXPECT_EQ(keep_reference("pay-FI2112345600000786-1"), "pay-…-1");
  EXPECT_EQ(keep_reference("FI21-1234-5600-0007-86"), "…");
}

TEST(KeptReference, HasNoAccountNumberOfAnyCountryAnywhere) {
  for (const IbanCountry& country : iban_countries()) {
    std::string iban;
    for (int check = 2; check <= 98 && !parse_iban(iban).ok(); ++check) {
      const std::string digits = (check < 10 ? "0" : "") + std::to_string(check);
      iban = std::string(country.code) + digits + std::string(country.length - 4U, '7');
    }
    ASSERT_TRUE(parse_iban(iban).ok()) << country.code;
    for (const char* before : {"", "x", "9-", "PAY:"}) {
      const std::string kept = keep_reference(before + iban + "-1");
      EXPECT_EQ(kept.find("777777"), std::string::npos) << before << iban << " is kept as " << kept;
    }
  }
}

TEST(KeptWords, AreThoseOfTheList) {
  EXPECT_EQ(keep_words("account FI5542345670000081 of Sirkka Nieminen is closed"),
            "account … of … is closed");
  EXPECT_EQ(keep_words("AC04: Account closed."), "AC04 Account closed");
  EXPECT_EQ(keep_words("insufficient_funds"), "insufficient funds");
  EXPECT_EQ(keep_words("after the cut-off time"), "after the cut-off time");
  EXPECT_EQ(keep_words("FI55 4234 5670 0000 81 closed"), "… closed");
  for (const char* text : {"", " ", "Sirkka Nieminen", "FI5542345670000081", "\xff\xfe"})
    EXPECT_EQ(keep_words(text), "") << text;
}

TEST(KeptCode, IsShortAndHasADigit) {
  for (const char* code : {"AC04", "E-1042", "7", "V1.2"}) EXPECT_TRUE(reads_like_code(code));
  for (const char* text : {"", "MATTI", "e1042", "E 1042", "123456789", "AC04\n"})
    EXPECT_FALSE(reads_like_code(text)) << text;
}

}  // namespace
}  // namespace lupaus::rules::model
