// Transliteration: known names, and that whatever goes in is in the bank's letters when it comes
// out.
#include "server/finance/bank_text.h"

#include <gtest/gtest.h>

#include <random>

namespace lupaus::server::finance {
namespace {

struct Spelling {
  std::string_view written, sepa, nordic;
};

TEST(BankText, KnowsTheLettersOfEurope) {
  const Spelling spellings[] = {
      {"Åke Häkkinen-Öst", "Ake Hakkinen-Ost", "Åke Häkkinen-Öst"},
      {"Weiß, GROẞ", "Weiss, GROSS", "Weiss, GROSS"},
      {"Łukasz Żółć", "Lukasz Zolc", "Lukasz Zolc"},
      {"Søren Ærø Þór Ðorđe", "Soren AEro THor Dorde", "Soren AEro THor Dorde"},
      {"O’Brien O‘Neil O'Hara O`Dea", "O'Brien O'Neil O'Hara O'Dea", "O'Brien O'Neil O'Hara O'Dea"},
      {"Şişli Ğ ığdır İnan", "Sisli G igdir Inan", "Sisli G igdir Inan"},
      {"Győr Ţeposu Țiriac Œuvre ĳ", "Gyor Teposu Tiriac OEuvre ij",
       "Gyor Teposu Tiriac OEuvre ij"},
      {"Nguyễn Thị Ơn", "Nguyen Thi On", "Nguyen Thi On"},
      {"Юлия Щербакова Объезд", "IUliia SHCHerbakova Obieezd", ""},
      {"Θεοδώρα Ψαρού", "THeodora PSaroy", "THeodora PSaroy"},
      {"A & B; C_D <e> [f] {g} \"h\" 5€", "A + B, C-D (e) (f) (g) 'h' 5EUR", ""},
      {"50 % @home #1", "50 . .home .1", ""},
      {"a\u0308 A\u030A o\u0308 e\u0301 n\u0303", "a A o e n", "ä Å ö e n"},
      {"\u00A0a\u00A0\u2009 b\u00AD\u200Bc\t\r\nd ", "a bc d", "a bc d"},
      {"//a//b/ /", "a/b", "a/b"},
      {"x\xFFy\xE2\x82", "x.y..", ""}};
  for (const Spelling& each : spellings) {
    EXPECT_EQ(to_bank_text(each.written, NameLetters::sepa, 70), each.sepa) << each.written;
    const std::string_view nordic = each.nordic.empty() ? each.sepa : each.nordic;
    EXPECT_EQ(to_bank_text(each.written, NameLetters::nordic, 70), nordic) << each.written;
  }
}

/// Letters that Unicode takes apart into one of ours and marks.
struct Marked {
  std::string_view plain, marked;
};

TEST(BankText, LeavesEveryLetterItsShapeWithoutItsMarks) {
  constexpr Marked kMarked[] = {{"A", "ÀÁÂÃÄÅĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶ"},
                                {"C", "ÇĆĈĊČ"},
                                {"D", "Ď"},
                                {"E", "ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ"},
                                {"G", "ĜĞĠĢǦ"},
                                {"H", "Ĥ"},
                                {"I", "ÌÍÎÏĨĪĬĮİǏỈỊ"},
                                {"J", "Ĵ"},
                                {"K", "ĶǨ"},
                                {"L", "ĹĻĽ"},
                                {"N", "ÑŃŅŇ"},
                                {"O", "ÒÓÔÕÖŌŎŐƠǑỌỎỐỒỔỖỘỚỜỞỠỢ"},
                                {"R", "ŔŖŘ"},
                                {"S", "ŚŜŞŠȘ"},
                                {"T", "ŢŤȚ"},
                                {"U", "ÙÚÛÜŨŪŬŮŰŲƯǓỤỦỨỪỬỮỰ"},
                                {"W", "ŴẀẂẄ"},
                                {"Y", "ÝŶŸỲỴỶỸ"},
                                {"Z", "ŹŻŽ"},
                                {"a", "àáâãäåāăąǎạảấầẩẫậắằẳẵặ"},
                                {"c", "çćĉċč"},
                                {"d", "ď"},
                                {"e", "èéêëēĕėęěẹẻẽếềểễệ"},
                                {"g", "ĝğġģǧ"},
                                {"h", "ĥ"},
                                {"i", "ìíîïĩīĭįǐỉị"},
                                {"j", "ĵ"},
                                {"k", "ķǩ"},
                                {"l", "ĺļľ"},
                                {"n", "ñńņň"},
                                {"o", "òóôõöōŏőơǒọỏốồổỗộớờởỡợ"},
                                {"r", "ŕŗř"},
                                {"s", "śŝşšș"},
                                {"t", "ţťț"},
                                {"u", "ùúûüũūŭůűųưǔụủứừửữự"},
                                {"w", "ŵẁẃẅ"},
                                {"y", "ýÿŷỳỵỷỹ"},
                                {"z", "źżž"}};
  for (const Marked& each : kMarked) {
    std::string plain;
    for (size_t i = count_characters(each.marked); i > 0; --i) plain += each.plain;
    EXPECT_EQ(to_bank_text(each.marked, NameLetters::sepa, 70), plain) << each.marked;
  }
}

TEST(BankText, IsEmptyWhenNoLetterIsLeft) {
  for (const char* text : {"", " ", "...", "!?", "田中", "\xFF\xFE", "//", "\u0308", "😀"})
    EXPECT_EQ(to_bank_text(text, NameLetters::nordic, 70), "") << text;
}

TEST(BankText, IsCutByCharactersNotBytes) {
  std::string long_name;
  for (int i = 0; i < 100; ++i) long_name += "ä";
  EXPECT_EQ(to_bank_text(long_name, NameLetters::nordic, 70).size(), 140u);
  EXPECT_EQ(to_bank_text(long_name, NameLetters::sepa, 70).size(), 70u);
  EXPECT_EQ(to_bank_text("abc def", NameLetters::sepa, 4), "abc");
}

TEST(BankText, WhateverGoesInComesOutInTheSetAndStaysWhenItGoesInAgain) {
  std::mt19937 random(5);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (size_t i = random() % 60; i > 0; --i) text += static_cast<char>(random());
    const NameLetters letters = random() % 2 == 0 ? NameLetters::sepa : NameLetters::nordic;
    const std::string once = to_bank_text(text, letters, 35);
    ASSERT_LE(count_characters(once), 35u);
    if (once.empty()) continue;
    ASSERT_TRUE(is_bank_text(once)) << round;
    ASSERT_EQ(to_bank_text(once, letters, 35), once) << round;
    if (letters == NameLetters::sepa) {
      ASSERT_EQ(once.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789/-?:().,'+ "),
                std::string::npos);
    }
  }
}

}  // namespace
}  // namespace lupaus::server::finance
