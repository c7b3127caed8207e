// Which bytes are UTF-8.
#include "rules/model/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace lupaus::rules::model {
namespace {

TEST(Utf8, TakesEachCodePointWhole) {
  const std::pair<std::string_view, size_t> cases[] = {{"a", 1},
                                                       {"\x7F", 1},
                                                       {"\xC2\x80", 2},
                                                       {"\xDF\xBF", 2},
                                                       {"\xE0\xA0\x80", 3},
                                                       {"\xED\x9F\xBF", 3},
                                                       {"\xEE\x80\x80", 3},
                                                       {"\xEF\xBF\xBF", 3},
                                                       {"\xF0\x90\x80\x80", 4},
                                                       {"\xF4\x8F\xBF\xBF", 4},
                                                       {"\xC3\xA4\xC3\xA4", 2},
                                                       {"ab", 1}};
  for (const auto& [text, length] : cases) EXPECT_EQ(utf8_length(text), length) << text;
}

TEST(Utf8, RefusesWhatIsNoCodePoint) {
  const std::string_view cases[] = {
      "",                  // nothing
      "\x80",              // a continuation alone
      "\xC0\x80",          // overlong
      "\xC1\xBF",          // overlong
      "\xE0\x9F\xBF",      // overlong
      "\xF0\x8F\xBF\xBF",  // overlong
      "\xED\xA0\x80",      // a surrogate
      "\xED\xBF\xBF",      // a surrogate
      "\xF4\x90\x80\x80",  // beyond U+10FFFF
      "\xF5\x80\x80\x80",  // beyond U+10FFFF
      "\xFF",              // never a byte of UTF-8
      "\xC3",              // cut off
      "\xE2\x82",          // cut off
      "\xF0\x9F\x98",      // cut off
      "\xC3(",             // no continuation
      "\xE2\x82(",         // no continuation
  };
  for (const std::string_view text : cases) EXPECT_EQ(utf8_length(text), 0u) << text;
}

}  // namespace
}  // namespace lupaus::rules::model
