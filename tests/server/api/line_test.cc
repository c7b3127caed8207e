// Filters and orders of lines: what is refused before a line is read, and how lines stand.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "server/api/line_condition.h"
#include "server/api/line_order.h"
#include "server/api/line_values.h"

namespace lupaus::tests {
namespace {

using rules::model::Duration;

TEST(LineCondition, SaysWhatIsWrongBeforeALineIsRead) {
  using server::api::LineCondition;
  for (const char* text :
       {"late_by >", "verdict == \"kept", "weather == 1", "verdict == \"x\" && wether > 1",
        "late_by > 5", "hour", "\"text\"", "1 + true", "nothing()", "((((((((", "a.b.c",
        "[1,2].exists(hour, hoor == hour)", "amount > \"5\"", "\xff\xfe"}) {
    const auto compiled = LineCondition::compile(text);
    EXPECT_FALSE(compiled.ok()) << text;
  }
  EXPECT_FALSE(LineCondition::compile(std::string(5'000, ' ') + "true").ok());
  EXPECT_FALSE(LineCondition::compile(std::string(2'000, '(') + "true").ok());
  for (const char* text :
       {"", "  ", "true", "final", "amount > 5", "late_by > duration(\"5m\")",
        "[9, 10].exists(h, h == hour)", "ticket.startsWith(\"T\")",
        "started_at < timestamp(\"2026-01-05T10:00:00Z\")", "reason in [\"review\", \"void\"]",
        "stopped_at - started_at == counted"}) {
    EXPECT_TRUE(LineCondition::compile(text).ok()) << text;
  }
}

TEST(LineCondition, SurvivesWhateverIsWritten) {
  std::mt19937_64 random(11);
  constexpr std::string_view kPieces[] = {
      "late_by", "hour", "==", "(",    ")",    "&&", "||",     "!",       "1",
      "\"a\"",   "[",    "]",  ",",    ".",    "in", "exists", "matches", "duration",
      "{",       "}",    "?",  ":",    "-",    "*",  "%",      "0",       "9223372036854775807",
      "verdict", "\0",   "\n", "\xf0", "size", ">",  "x"};
  const rules::model::VerdictLine line;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (uint64_t left = random() % 12; left > 0; --left) {
      text += kPieces[random() % std::size(kPieces)];
      if (random() % 2) text += ' ';
    }
    const auto condition = server::api::LineCondition::compile(text);
    if (condition) (void)condition->has(line, {});
  }
}

TEST(LineCondition, ReadsAmountsInUnitsOfTheirCurrency) {
  struct Case {
    const char (&currency)[4];
    int64_t minor;
    const char* filter;
  };
  for (const Case& each :
       {Case{"EUR", 1'050, "amount == 10.5"}, Case{"JPY", 1'050, "amount == 1050.0"},
        Case{"KWD", 1'050, "amount == 1.05"}}) {
    rules::model::VerdictLine line;
    EXPECT_TRUE(server::api::LineCondition::compile("amount == 0.0")->has(line, {}));
    const char* code = each.currency;
    line.owed = rules::model::Money{{{code[0], code[1], code[2]}}, each.minor};
    EXPECT_TRUE(server::api::LineCondition::compile(each.filter)->has(line, {})) << each.filter;
  }
}

/// A line whose every part is one of few, so that many are equal.
rules::model::VerdictLine some_line(std::mt19937_64& random) {
  const auto pick = [&](auto... values) {
    const std::array<std::common_type_t<decltype(values)...>, sizeof...(values)> all = {values...};
    return all[random() % all.size()];
  };
  const auto instant = [&] {
    return rules::model::from_unix_ms(pick(int64_t{-86'400'000}, int64_t{0}, int64_t{3'600'000}));
  };
  rules::model::VerdictLine line;
  line.key = {pick("b", "b1", ""), pick("t", "t\xC3\xA4", "u"), pick("p", "q"),
              static_cast<uint32_t>(random() % 2 + 1), static_cast<uint32_t>(random() % 2 + 1)};
  line.verdict = pick(rules::model::Verdict::kept, rules::model::Verdict::breached);
  line.is_final = random() % 2 == 0;
  line.started_at = instant();
  if (random() % 2) line.due_at = instant();
  if (random() % 2) line.stopped_at = instant();
  if (random() % 2) line.breached_at = instant();
  line.counted = Duration(pick(0, 5, 300));
  if (random() % 2) line.late_by = Duration(pick(0, 5, 300));
  if (random() % 2)
    line.owed = pick(rules::model::Money{{{'E', 'U', 'R'}}, 1'000},
                     rules::model::Money{{{'J', 'P', 'Y'}}, 999});
  line.reason = pick("", "cap", "cap customer");
  line.service = pick("", "cash", std::string_view("ca\0sh", 5));
  return line;
}

TEST(LineOrder, PlacesLinesAsTheirValuesAndThenTheirKeys) {
  using server::api::value_of;
  std::mt19937_64 random(13);
  std::vector<rules::model::VerdictLine> lines;
  for (int i = 0; i < 200; ++i) lines.push_back(some_line(random));
  for (const std::string_view name : server::api::line_field_names()) {
    const auto field = *server::api::find_line_field(name);
    for (const bool is_descending : {false, true}) {
      const auto order =
          server::api::LineOrder::parse(std::string(name) + (is_descending ? " desc" : ""));
      ASSERT_TRUE(order.ok());
      for (const auto& left : lines) {
        for (const auto& right : lines) {
          const auto by_value = value_of(left, field, {}) <=> value_of(right, field, {});
          const auto by_key = left.key <=> right.key;
          const auto wanted = by_value == 0 ? by_key : is_descending ? 0 <=> by_value : by_value;
          const auto placed = order->place_of(left, {}) <=> order->place_of(right, {});
          ASSERT_TRUE(placed == wanted) << name << " " << is_descending;
        }
      }
    }
  }
}

TEST(LineOrder, RefusesWhatItDoesNotKnow) {
  using server::api::LineOrder;
  for (const char* text : {"late", "late_by down", ",", "late_by,", "late_by desc asc", "late_by;",
                           "hour,hour,hour,hour,hour,hour,hour,hour,hour"})
    EXPECT_FALSE(LineOrder::parse(text).ok()) << text;
  for (const char* text : {"", " ", "late_by", "late_by desc, started_at", " hour asc ,weekday "})
    EXPECT_TRUE(LineOrder::parse(text).ok()) << text;
}

}  // namespace
}  // namespace lupaus::tests
