// `lupaus eval`: typed values in and out, and errors with column, reason and exit code.
#include <gmock/gmock.h>

#include "tests/clients/cli/command_line.h"

namespace lupaus::clients::cli {
namespace {

using testing::HasSubstr;

TEST_F(CommandLine, EvalPrintsTheTypedValue) {
  const std::pair<const char*, const char*> rows[] = {
      {"1 + 1", R"({"int":"2"})"},
      {"-1.5 * 2.0", R"({"double":"-3.0"})"},
      {"1e100", R"({"double":"1e+100"})"},
      {"0.0 / 0.0", R"({"double":"NaN"})"},
      {"-1.0 / 0.0", R"({"double":"-Infinity"})"},
      {"'a\"' + '\\n'", R"({"string":"a\"\n"})"},
      {"1 < 2", R"({"bool":true})"},
      {"null", R"({"null":true})"},
      {"[1, 'x', [true]]", R"({"list":[{"int":"1"},{"string":"x"},{"list":[{"bool":true}]}]})"},
      {"{'b': 1, 'a': 2.5}",
       R"({"map":[[{"string":"a"},{"double":"2.5"}],[{"string":"b"},{"int":"1"}]]})"},
      {"timestamp('2026-01-05T09:00:00.250+02:00')", R"({"timestamp":"2026-01-05T07:00:00.25Z"})"},
      {"duration('1m30s') - duration('100s')", R"({"duration":"-10s"})"},
      {"money('EUR 10.00')", R"({"money":"EUR 10.00"})"},
  };
  for (const auto& [expression, printed] : rows) {
    EXPECT_EQ(lupaus({"eval", "--", expression}), kYes) << expression << err_;
    EXPECT_EQ(out_, std::string(printed) + "\n");
  }
}

TEST_F(CommandLine, EvalReadsBindings) {
  const std::string bindings =
      R"({"n":{"int":"41"},"d":{"duration":"90s"},"fare":{"money":"EUR 12.50"},)"
      R"("ticket":{"map":[[{"string":"service"},{"string":"cash"}]]},"l":{"list":[{"null":true}]}})";
  const std::pair<const char*, const char*> rows[] = {
      {"n + 1", R"({"int":"42"})"},
      {"d.getSeconds()", R"({"int":"90"})"},
      {"fare >= \"EUR 10.00\"", R"({"bool":true})"},
      {"ticket.service in [\"cash\", \"loan\"]", R"({"bool":true})"},
      {"l[0]", R"({"null":true})"},
  };
  for (const auto& [expression, printed] : rows) {
    EXPECT_EQ(lupaus({"eval", expression, "--bindings", bindings}), kYes) << expression << err_;
    EXPECT_EQ(out_, std::string(printed) + "\n");
  }
}

TEST_F(CommandLine, EvalTellsWhyThereIsNoValue) {
  struct Row {
    const char* expression;
    const char* place;
    const char* reason;
  };
  const Row rows[] = {
      {"1 +", "expression:1:4: error P050", "but found nothing"},
      {"true &&\n  numbr > 1", "expression:2:3: error P051", "did you mean \"number\"?"},
      {"size([1]) + sise('a')", "expression:1:13: error P051", "did you mean \"size\"?"},
      {"1 + 1.0", "expression:1:3: error P052", "an int and a double"},
      {"number / 0", "expression:1:8: error:", "but it is 0"},
      {"[1, 2][2]", "expression:1:7: error:", "indexes count from 0"},
      {"{'a': 1}.b", "expression:1:1: error:", "has(m.key)"},
      {"duration('1 day')", "expression:1:1: error:", "1h30m"},
      {"'a'.matches('(')", "expression:1:5: error:", "RE2"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(lupaus({"eval", row.expression, "--bindings", R"({"number":{"int":"1"}})"}), kNo);
    EXPECT_THAT(err_, HasSubstr(row.place));
    EXPECT_THAT(err_, HasSubstr(row.reason));
    EXPECT_EQ(out_, "");
  }
}

TEST_F(CommandLine, EvalWithWrongBindingsIsUsage) {
  for (const char* bindings :
       {"{", "[]", R"({"x":1})", R"({"x":{"int":1}})", R"({"x":{"int":"1","bool":true}})",
        R"({"x":{"int":"1.5"}})", R"({"x":{"null":false}})", R"({"x":{"list":{}}})",
        R"({"x":{"map":[[{"int":"1"}]]}})", R"({"x":{"map":[[{"double":"1"},{"int":"1"}]]}})",
        R"({"x":{"timestamp":"yesterday"}})", R"({"x":{"bytes":"eA=="}})"}) {
    EXPECT_EQ(lupaus({"eval", "x", "--bindings", bindings}), kUsage) << bindings;
    EXPECT_THAT(err_, HasSubstr("--bindings: error")) << bindings;
  }
  EXPECT_EQ(lupaus({"eval"}), kUsage);
}

}  // namespace
}  // namespace lupaus::clients::cli
