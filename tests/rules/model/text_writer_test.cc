// Texts put together from pieces, short ones and those that need memory.
#include "rules/model/text_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace lupaus::rules::model {
namespace {

TEST(TextWriter, WritesPlacesAndNumbers) {
  TextWriter text;
  EXPECT_EQ(text.text(), "");
  text.put("tier");
  text.put(' ');
  text.put_decimal(0);
  text.put(' ');
  text.put_decimal(std::numeric_limits<uint64_t>::max());
  text.put(' ');
  text.put_padded(7, 3);
  text.put(' ');
  text.put_padded(12345, 3);
  text.put(' ');
  text.put_place({"promises.yaml", 31, 5});
  EXPECT_EQ(text.text(), "tier 0 18446744073709551615 007 12345 promises.yaml:31:5");
}

TEST(TextWriter, CutsTheZerosBehindAFraction) {
  for (const auto& [value, expected] : {std::pair<uint64_t, const char*>{500, "10.5"},
                                        {70, "10.07"},
                                        {1, "10.001"},
                                        {123, "10.123"}}) {
    TextWriter text;
    text.put("10.");
    text.put_fraction(value, 3);
    EXPECT_EQ(text.view(), expected);
  }
}

TEST(TextWriter, KeepsAllThatItWasGivenHoweverLong) {
  TextWriter text;
  std::string expected;
  for (uint64_t i = 0; i < 2'000; ++i) {
    text.put_decimal(i);
    text.put(", ");
    expected += std::to_string(i) + ", ";
    ASSERT_EQ(text.view(), expected);
  }
  const std::string much(10 * TextWriter::kInline, 'x');
  text.put(much);
  EXPECT_EQ(text.text(), expected + much);
}

TEST(TextWriter, TakesAFirstPieceThatIsTooLongForIt) {
  const std::string much(TextWriter::kInline + 1, 'x');
  TextWriter text;
  text.put(much);
  text.put('.');
  EXPECT_EQ(text.text(), much + ".");
}

}  // namespace
}  // namespace lupaus::rules::model
