// Lists that are none, names that come twice or are taken, and other shapes that a file may have by
// mistake: each is told with its code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/language/difference.h"
#include "rules/language/format_text.h"
#include "tests/rules/language/cel_example.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using testing::HasSubstr;

constexpr std::string_view kBranch =
    "kind: Branch\nmetadata: {name: helsinki-1}\nspec: {timezone: Europe/Helsinki, hours: "
    "branch-hours, attributes: {region: uusimaa}, sources: [{id: kiosk-1, reports: [issued]}]}";

struct Misshape {
  std::string_view from, to, code, message;
};

TEST(Shape, IsToldWhereItIsWrong) {
  const std::string vocabulary = "kind: Vocabulary\nmetadata: {name: v}\nspec: ";
  const std::string events = vocabulary + "{events: ";
  const std::string attributes = vocabulary + "{events: [a, expired], attributes: ";
  const std::string branch_attributes = vocabulary + "{events: [a, expired], branch_attributes: ";
  const std::string no_list = events + "issued}", beat = events + "[a, heartbeat, expired]}",
                    twice = events + "[a, a, expired]}",
                    both = events + "[a, expired], branch_events: [a]}",
                    spaced = attributes + "{a b: string}}", digit = attributes + "{2nd: string}}",
                    taken = branch_attributes + "{id: string}}";
  const Misshape rows[] = {
      {kBranch, no_list, "P006", "expected a list of event types"},
      {kBranch, beat, "P040", "`heartbeat` is the source's own"},
      {kBranch, twice, "P009", "expected each event once"},
      {kBranch, both, "P009", "is a ticket event already"},
      {kBranch, spaced, "P008", "expected an attribute's name"},
      {kBranch, digit, "P008", "expected an attribute's name"},
      {kBranch, taken, "P040", "branch.id is the branch's name"},
      {"reports: [issued]", "reports: issued", "P006", "expected a list of event types"},
      {"[{id: kiosk-1, reports: [issued]}]", "[{id: kiosk-1}, {id: kiosk-1}]", "P009",
       "expected each source once"},
      {"[{id: kiosk-1, reports: [issued]}]", "kiosk-1", "P006", "expected a list of sources"},
      {"metadata: {name: branch-hours}", "metadata: {name: elapsed}", "P008",
       "already means something in clock.measure"},
      {"metadata: {name: branch-hours}", "metadata: {name: branch}", "P008",
       "already means something in clock.measure"},
      {"[{date: 2026-12-24, hours: []}]", "2026-12-24", "P006", "expected a list of exceptions"},
      {"  target: ", "  warn: 5m\n  target: ", "P006", "expected a list of warnings"},
      {"  target: ", "  excuses: storm\n  target: ", "P006", "expected a list of excuses"},
      {"  target: ", "  suspensions: March\n  target: ", "P006", "expected a list of suspensions"},
      {"metadata: {name: served-in-15}",
       "metadata: {name: served-in-15, labels: {a: &one b, c: *one}}", "P002", "an alias (`*`)"},
  };
  for (const auto& [from, to, code, message] : rows) {
    const auto compiled = compile_text(edited(kPlainSample, from, to));
    EXPECT_EQ(compiled.book, nullptr) << to;
    const std::string all = formatted(compiled.diagnostics);
    EXPECT_THAT(all, HasSubstr("error " + std::string(code) + ": ")) << to;
    EXPECT_THAT(all, HasSubstr(std::string(message))) << to;
  }
}

TEST(Difference, OfSuspensionsInAnotherOrder) {
  const std::string march = "{from: 2026-03-01, until: 2026-03-31, reason: Rebuilding}";
  const std::string april = "{from: 2026-04-01, until: 2026-04-30, reason: Fair}";
  const auto book_with = [](const std::string& list) {
    return compile_text(
               edited(kPlainSample, "  target: ", "  suspensions: [" + list + "]\n  target: "))
        .book;
  };
  const auto before = book_with(march + ", " + april), after = book_with(april + ", " + march);
  ASSERT_TRUE(before && after);
  const auto found = rules::language::differences(*before, *after);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(rules::language::format_difference(found.front()),
              HasSubstr("suspensions stand in another order"));
}

TEST(Format, MovesABlockThatSaysItsOwnIndentation) {
  const auto formatted_text =
      rules::language::format_text({"p.yaml", "a:\n    b: |2\n        deep\n      plain\n"});
  ASSERT_TRUE(formatted_text.text);
  EXPECT_EQ(*formatted_text.text, "a:\n  b: |2\n      deep\n    plain\n");
}

/// What is told of the promise of the sample, whose limit is `limit`, with that wording.
std::string told_of(std::string_view wording, std::string_view limit, std::string_view measure) {
  auto text = edited(kPlainSample, "Served within 15 minutes.", wording);
  text = edited(text, "target: {within: 15m}", "target: {within: " + std::string(limit) + "}");
  text = edited(text, "measure: branch-hours", "measure: " + std::string(measure));
  text = edited(text, "expire_after: 24h", "expire_after: 2000h");
  return formatted(compile_text(text).diagnostics);
}

TEST(WordingFinding, KnowsWhenDaysWeeksAndHoursSayTheSame) {
  const struct {
    std::string_view wording, limit, measure;
    bool agrees;
  } rows[] = {
      {"Served within 2 days.", "48h", "elapsed", true},
      {"Served within 2 days.", "47h", "elapsed", false},
      {"Served within 2 days.", "2 business days", "elapsed", true},
      {"Served within 3 days.", "2 business days", "elapsed", false},
      {"Served within 2 days.", "15h", "branch-hours", true},
      {"Served within 2 business days.", "2 business days", "elapsed", true},
      {"Served within 2 business days.", "2 calendar days", "elapsed", false},
      {"Served within 2 business days.", "48h", "elapsed", false},
      {"Served within 2 calendar days.", "2 calendar days", "elapsed", true},
      {"Served within 2 calendar days.", "48h", "elapsed", true},
      {"Served within 2 calendar days.", "2 business days", "elapsed", false},
      {"Served within 2 weeks.", "336h", "elapsed", true},
      {"Served within 2 weeks.", "300h", "elapsed", false},
      {"Served within 2 weeks.", "14 calendar days", "elapsed", true},
      {"Served within 2 weeks.", "10 business days", "elapsed", true},
      {"Served within 2 weeks.", "10 calendar days", "elapsed", false},
  };
  for (const auto& [wording, limit, measure, agrees] : rows) {
    const std::string all = told_of(wording, limit, measure);
    EXPECT_EQ(all.find("P080") == std::string::npos, agrees) << wording << " " << limit << all;
  }
}

TEST(CelTimes, AddAndSubtractWithinTheirRange) {
  constexpr CelExample kRows[] = {
      {"t + duration('90s') - t", "duration('90s')"},
      {"duration('90s') + t == t + duration('90s')", "true"},
      {"duration('1h') + duration('30m')", "duration('5400s')"},
      {"duration('1h') - duration('30m')", "duration('1800s')"},
      {"timestamp('2026-03-30T00:59:59.5Z') - t", "duration('24h')"},
      {"timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "error"},
      {"timestamp('9999-12-31T23:59:59Z') + duration('24h')", "error"},
      {"duration('2562047h') + duration('2562047h')", "error"},
      {"duration('-2562047h') - duration('2562047h')", "error"},
      {"t + 5", "error"},
      {"duration('1h') - t", "error"},
      {"t.getDate()", "29"},
      {"t.getDayOfMonth()", "28"},
      {"t.getDayOfYear()", "87"},
      {"t.getMilliseconds()", "500"},
      {"t.getHours('+02:00')", "2"},
      {"t.getHours('Europe/Helsinki')", "2"},
      {"timestamp('2026-03-29T01:00:00Z').getHours('Europe/Helsinki')", "4"},
      {"duration('3723.5s').getHours()", "1"},
      {"duration('3723.5s').getMinutes()", "62"},
      {"duration('3723.5s').getSeconds()", "3723"},
      {"duration('3723.5s').getMilliseconds()", "500"},
      {"duration('3723.5s').getDate()", "error"},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.text);
    expect_gives(row);
  }
}

TEST(Conditions, ReadAttributesOfEveryType) {
  rules::model::Vocabulary vocabulary;
  vocabulary.name = "v";
  using Type = rules::model::AttributeType;
  for (const auto& [name, type] : {std::pair{"text", Type::string},
                                   {"flag", Type::boolean},
                                   {"count", Type::integer},
                                   {"sum", Type::money},
                                   {"at", Type::time},
                                   {"length", Type::duration}})
    vocabulary.attributes[name] = {type, false};
  const auto condition = rules::language::compile_condition(
      "ticket.text == \"a\" && ticket.flag && ticket.count == 2 && ticket.sum == money(\"EUR "
      "5.00\") && ticket.at < timestamp(\"2026-01-06T00:00:00Z\") && ticket.length == "
      "duration(\"15m\")",
      {"p.yaml", 1, 1}, vocabulary);
  ASSERT_TRUE(condition.ok()) << format_error(condition.error());
  using Value = rules::model::Condition::Value;
  const std::vector<rules::model::Attribute> good = {{"text", "a"},
                                                     {"flag", "true"},
                                                     {"count", "2"},
                                                     {"sum", "EUR 5.00"},
                                                     {"at", "2026-01-05T09:00:00Z"},
                                                     {"length", "15m"}};
  rules::model::Scope scope;
  scope.ticket = good;
  EXPECT_EQ((*condition)->evaluate(scope), Value::yes);
  for (size_t i = 1; i < good.size(); ++i) {  // a text takes anything
    auto bad = good;
    bad[i].value = "?";
    scope.ticket = bad;
    EXPECT_EQ((*condition)->evaluate(scope), Value::error) << bad[i].name;
  }
}

}  // namespace
}  // namespace lupaus::tests
