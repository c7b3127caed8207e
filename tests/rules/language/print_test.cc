// print(parse(x)) means what x means, for random promises of every form.
#include "rules/language/print.h"

#include <gtest/gtest.h>

#include "tests/rules/language/random_promise.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::print_promise;

constexpr uint64_t kPromises = 500;
constexpr uint64_t kPromisesABook = 50;

/// The promises of the book printed, with what they need.
std::string reprinted(const rules::model::Book& book) {
  std::string text;
  for (const auto& promise : book.promises) text += print_promise(promise) + "---\n";
  return text + std::string(random_surroundings()).substr(4);
}

TEST(Print, MeansWhatWasReadForHundredsOfRandomPromises) {
  for (uint64_t seed = 1; seed <= kPromises; seed += kPromisesABook) {
    std::string text;
    for (uint64_t i = seed; i < seed + kPromisesABook; ++i) text += random_promise(i) + "---\n";
    const auto first = compile_text(text + std::string(random_surroundings()).substr(4));
    ASSERT_NE(first.book, nullptr) << "seed " << seed << "\n" << formatted(first.diagnostics);
    const std::string printed = reprinted(*first.book);
    const auto second = compile_text(printed);
    ASSERT_NE(second.book, nullptr) << "seed " << seed << "\n" << formatted(second.diagnostics);
    ASSERT_EQ(second.book->promises.size(), kPromisesABook);
    for (size_t i = 0; i < kPromisesABook; ++i) {
      const auto& promise = first.book->promises[i];
      ASSERT_EQ(second.book->promises[i].digest, promise.digest) << "seed in the name:\n"
                                                                 << print_promise(promise);
    }
    ASSERT_EQ(reprinted(*second.book), printed) << "seed " << seed;
  }
}

TEST(Print, KeepsEveryClauseOfTheSample) {
  const auto book = compile_text(kFullSample).book;
  const std::string printed = print_promise(book->promises.at(0));
  for (std::string_view line :
       {"owner: \"branch-services@bank.example\"",
        "effective: {from: 2026-01-01, until: 2026-12-31}", "\"cancelled\": void", "objective: 95%",
        "- {left: 2m}", "- {over: 30m, pay: EUR 20.00}",
        "- {per: promise/month, max: EUR 15000.00, then: hold}", "due: 5 business days",
        "approval: {over: EUR 50.00, approvers: 2}",
        "- {id: manual, approvers: 2, max_share: 1%}"}) {
    EXPECT_NE(printed.find(line), std::string::npos) << line << "\nin\n" << printed;
  }
}

}  // namespace
}  // namespace lupaus::tests
