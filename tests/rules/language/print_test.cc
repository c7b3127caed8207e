// print(parse(x)) means what x means, for random promises of every form.
#include "rules/language/print.h"

#include <gtest/gtest.h>

#include "tests/rules/language/random_promise.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::print_promise;

/// The promise of `text` printed, with the other documents as they stand.
std::string reprinted(const std::string& text, const rules::model::Book& book) {
  return print_promise(book.promises.at(0)) + text.substr(text.find("---\n"));
}

TEST(Print, MeansWhatWasReadForThousandsOfRandomPromises) {
  for (uint64_t seed = 1; seed <= 2'000; ++seed) {
    const std::string text = random_book(seed);
    const auto first = compile_text(text);
    ASSERT_NE(first.book, nullptr) << "seed " << seed << "\n"
                                   << formatted(first.diagnostics) << text;
    const std::string printed = reprinted(text, *first.book);
    const auto second = compile_text(printed);
    ASSERT_NE(second.book, nullptr) << "seed " << seed << "\n"
                                    << formatted(second.diagnostics) << printed;
    ASSERT_EQ(second.book->promises[0].digest, first.book->promises[0].digest)
        << "seed " << seed << "\n"
        << text << "\nprinted as\n"
        << printed;
    ASSERT_EQ(reprinted(printed, *second.book), printed) << "seed " << seed;
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
