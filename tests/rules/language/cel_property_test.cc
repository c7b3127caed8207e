// Random expressions: folding constants changes no value, and what the checker lets pass never
// fails by its types.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <random>
#include <string>

#include "rules/calendar/zone.h"
#include "rules/language/cel/checker.h"
#include "rules/language/cel/program.h"
#include "rules/language/compile.h"
#include "tests/rules/language/cel_example.h"

namespace lupaus::tests {
namespace {

namespace cel = rules::language::cel;
using cel::Fault;

uint64_t seed() {
  const char* text = std::getenv("LUPAUS_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20260105;
}

/// Grows expressions of bounded depth from leaves; most are of fitting types by luck alone.
class Grower {
 public:
  Grower(uint64_t from, std::span<const std::string_view> leaves)
      : random_(from), leaves_(leaves) {}

  std::string grow(int depth) {
    static constexpr std::array<std::string_view, 24> kForms = {
        "(A + A)",    "(A - A)",       "(A * A)",   "(A / A)",          "(A % A)",
        "(A == A)",   "(A != A)",      "(A < A)",   "(A >= A)",         "(A && A)",
        "(A || A)",   "!(A)",          "-(A)",      "(A ? A : A)",      "(A in [A, A])",
        "[A, A][A]",  "size(A)",       "string(A)", "[A, A].all(v, A)", "[A].map(v, A)[A]",
        "{'a': A}.a", "(A in {A: A})", "int(A)",    "A.startsWith(A)"};
    if (depth == 0 || pick(4) == 0) return std::string(leaves_[pick(leaves_.size())]);
    std::string text;
    for (const char c : kForms[pick(kForms.size())]) {
      if (c == 'A') {
        text += grow(depth - 1);
      } else {
        text += c;
      }
    }
    return text;
  }

 private:
  size_t pick(size_t count) { return random_() % count; }

  std::mt19937_64 random_;
  std::span<const std::string_view> leaves_;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(CelProperty, FoldingChangesNoValue) {
  // The bindings of evaluated(), and the literals that they are equal to.
  static constexpr std::string_view kLeaves[] = {"#x", "#y", "#s", "#l", "0", "true", "'a'", "2.0"};
  static constexpr std::pair<std::string_view, std::string_view> kLiterals[] = {
      {"#x", "3"}, {"#y", "2.5"}, {"#s", "'p\u00e4iv\u00e4'"}, {"#l", "[3]"}};
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"#x", "x"}, {"#y", "y"}, {"#s", "s"}, {"#l", "xs"}};
  size_t values = 0;
  for (uint64_t i = 0; i < 10'000; ++i) {
    std::string literal = Grower(seed() + i, kLeaves).grow(3);
    std::string named = literal;
    for (const auto& [mark, text] : kLiterals) literal = replaced(literal, mark, text);
    for (const auto& [mark, text] : kNames) named = replaced(named, mark, text);
    const CelEvaluated folded = evaluated(literal);
    const CelEvaluated plain = evaluated(named);
    ASSERT_TRUE(is_same(folded.value, plain.value))
        << "seed " << seed() + i << ": " << literal << " and " << named;
    values += folded.value.is_error() ? 0 : 1;
  }
  EXPECT_GT(values, 1'000u);
}

TEST(CelProperty, WhatIsCheckedNeverFailsByType) {
  static constexpr std::string_view kLeaves[] = {"ticket.priority",
                                                 "ticket.service",
                                                 "ticket.fare",
                                                 "ticket.target_at",
                                                 "branch.id",
                                                 "day.weekday",
                                                 "v",
                                                 "1",
                                                 "0",
                                                 "true",
                                                 "'EUR 1.00'",
                                                 "'a'",
                                                 "1.5",
                                                 "duration('1h')",
                                                 "[]",
                                                 "[ticket.service]",
                                                 "has(ticket.fare)"};
  static constexpr std::array<rules::model::Attribute, 4> kTicket = {
      {{"priority", "3"},
       {"service", "cash"},
       {"fare", "EUR 15.00"},
       {"target_at", "2026-01-05T07:30:00Z"}}};
  const rules::model::Scope scope{"helsinki-1", kTicket, {}, {}, "payday", 5};
  const rules::language::ZoneFinder zones = rules::calendar::find_built_in_zone;
  size_t checked = 0;
  for (uint64_t i = 0; i < 20'000; ++i) {
    const std::string text = Grower(seed() + i, kLeaves).grow(3) + " == 1 || true";
    for (const std::string& condition : {text, text.substr(0, text.size() - 13)}) {
      auto tree = cel::parse(condition);
      ASSERT_TRUE(tree.ok()) << condition;
      if (!cel::check(**tree, rules::language::queue_vocabulary(), {true, true}, zones)) continue;
      ++checked;
      cel::Arena arena;
      const cel::Value value = cel::Program(**tree, {}, zones).evaluate(&scope, {}, arena);
      if (!value.is_error()) continue;
      const Fault fault = value.fault();
      ASSERT_TRUE(fault != Fault::wrong_type && fault != Fault::not_boolean &&
                  fault != Fault::unknown_name && fault != Fault::unknown_function &&
                  fault != Fault::no_fields && fault != Fault::bad_key)
          << "seed " << seed() + i << ": " << condition << ": " << fault_message(value, condition);
    }
  }
  EXPECT_GT(checked, 1'000u);
}

}  // namespace
}  // namespace lupaus::tests
