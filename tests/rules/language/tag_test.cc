// A `!` before a value is a tag to YAML, and "not" to people: it is refused wherever it stands, so
// that no condition is read as its opposite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/language/node.h"
#include "tests/rules/language/random_layout.h"
#include "tests/rules/language/sample.h"
#include "tests/support/watched.h"

namespace lupaus::tests {
namespace {

using rules::language::Diagnostics;
using rules::language::Node;
using rules::language::read_documents;
using testing::HasSubstr;

constexpr std::string_view kApplies = "applies: ticket.service in [\"cash\", \"loan\"]";
constexpr std::string_view kMark = "\xEF\xBB\xBF";

/// The plain sample, of which nothing is told.
std::string sample_with(std::string_view from, std::string_view to) {
  return edited(edited(kPlainSample, "Served within 15 minutes.",
                       "\"Served within 15 minutes, or we pay you EUR 10.\""),
                from, to);
}

std::string told(const std::string& text) { return formatted(compile_text(text).diagnostics); }

TEST(Tag, BeforeAConditionIsToldWithTheConditionInQuotes) {
  const struct {
    std::string_view condition, mended;
  } rows[] = {
      {"! (ticket.segment == \"staff\")", "'!(ticket.segment == \"staff\")'"},
      {"!(ticket.segment == \"staff\")", "'!(ticket.segment == \"staff\")'"},
      {"!(ticket.segment in ['staff', 'x'])", "'!(ticket.segment in [''staff'', ''x''])'"},
      {"! has(ticket.segment)", "'! has(ticket.segment)'"},
      {"!has(ticket.segment)", "'!has(ticket.segment)'"},
      {"! \"ticket.segment == 'x'\"", "'!(ticket.segment == ''x'')'"},
  };
  for (const auto& [condition, mended] : rows) {
    const std::string text = sample_with(kApplies, "applies: " + std::string(condition));
    const auto compiled = compile_text(text);
    EXPECT_EQ(compiled.book, nullptr) << condition;
    ASSERT_EQ(compiled.diagnostics.size(), 1u) << condition << "\n" << told(text);
    const auto& error = compiled.diagnostics[0].error;
    EXPECT_EQ(error.code, "P002");
    EXPECT_EQ(error.hint, "put the condition in quotes: " + std::string(mended));
    EXPECT_EQ(told(sample_with(kApplies, "applies: " + std::string(mended))), "") << mended;
  }
}

TEST(Tag, IsRefusedWhereverItStands) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"EUR 10.00", "! EUR 10.00"},
      {"{within: 15m}", "! {within: 15m}"},
      {"{within: 15m}", "{! within: 15m}"},
      {"{within: 15m}", "{within: ! 15m}"},
      {"  target:", "  ! target:"},
      {"[{over: 15m", "! [{over: 15m"},
      {"spec:\n", "spec: !\n"},
      {"{within: 15m}", "{within: [{when: ! (day.class == \"x\"), within: 5m}, {within: 15m}]}"},
      {"issued: start", "issued: {when: ! has(event.segment), then: start, else: continue}"},
      {"  target:", "  excuses: [{id: a, when: ! branch.alarm}]\n  target:"},
      {kApplies, "applies: !<!> true"},
      {kApplies, "applies: !!bool true"},
      {kApplies, "applies:\n    ! true"},
      {kApplies, "applies: ! |\n    true"},
      {kApplies, "applies: !"},
  };
  for (const auto& [from, to] : rows) {
    const auto text = sample_with(from, to);
    EXPECT_EQ(compile_text(text).book, nullptr) << to;
    EXPECT_THAT(told(text), HasSubstr("error P002: ")) << to;
  }
}

TEST(Tag, IsNoneInsideTextAndQuotes) {
  for (const std::string_view condition :
       {"'!has(ticket.segment)'", "\"! has(ticket.segment)\"", "|\n    !has(ticket.segment)",
        ">-\n    !has(ticket.segment)", "true && !has(ticket.segment)  # ! not", "(! false)"}) {
    const auto text = sample_with(kApplies, "applies: " + std::string(condition));
    EXPECT_EQ(told(text), "") << condition;
    EXPECT_EQ(told(std::string(kMark) + text), "") << condition;
  }
}

TEST(Tag, OfABookThatWasPublishedIsReadAsItWas) {
  const rules::model::SourceFile file{"p.yaml", sample_with(kApplies, "applies: ! true")};
  EXPECT_EQ(rules::language::compile({&file, 1}).book, nullptr);
  rules::language::CompileOptions recorded;
  recorded.tz_version = "2026f";
  EXPECT_NE(rules::language::compile({&file, 1}, recorded).book, nullptr);
}

TEST(Tag, IsSoughtAtTheBytesThatTheMarksCount) {
  for (const char byte : {'\0', '\x04'}) {
    EXPECT_THAT(told(std::string("# ") + byte + "\n" + std::string(kPlainSample)),
                HasSubstr("error P091: "));
  }
}

void collect(const Node& node, std::vector<const Node*>& found) {
  if (node.kind == Node::Kind::scalar) found.push_back(&node);
  for (const Node& key : node.keys) collect(key, found);
  for (const Node& child : node.children) collect(child, found);
}

/// Where that line and column lie in the text.
size_t offset_of(const std::string& text, const Node& node) {
  size_t at = text.starts_with(kMark) ? kMark.size() : 0;
  for (uint32_t line = 1; line < node.line; ++line) at = text.find('\n', at) + 1;
  return at + node.column - 1;
}

std::string with_crlf(const std::string& text) {
  std::string made;
  for (const char c : text) made += c == '\n' ? "\r\n" : std::string(1, c);
  return made;
}

TEST(Tag, BeforeAnyValueOfAnyLayoutRefusesTheBook) {
  Diagnostics unheard;
  const auto sample = read_documents("p.yaml", std::string(kFullSample), unheard);
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    std::string text = RandomLayout(seed).write(sample);
    if (seed % 3 == 0) text = with_crlf(text);
    if (seed % 2 == 0) text = std::string(kMark) + text;
    ASSERT_NE(compile_text(text).book, nullptr) << told(text);
    const auto documents = read_documents("p.yaml", text, unheard);
    std::vector<const Node*> scalars;
    for (const Node& document : documents) collect(document, scalars);
    ASSERT_GT(scalars.size(), 100u);
    for (size_t i = seed % 5; i < scalars.size(); i += 5 * support::kWatchedStep) {
      std::string tagged = text;
      tagged.insert(offset_of(text, *scalars[i]), "! ");
      ASSERT_EQ(compile_text(tagged).book, nullptr)
          << "seed " << seed << ", `" << scalars[i]->text << "`\n"
          << tagged;
    }
  }
}

}  // namespace
}  // namespace lupaus::tests
