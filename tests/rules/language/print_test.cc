// print(parse(x)) means what x means, for random promises of every form.
#include "rules/language/print.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/rules/language/random_promise.h"
#include "tests/rules/language/sample.h"
#include "tests/support/setting.h"

namespace lupaus::tests {
namespace {

using rules::language::print_promise;

constexpr uint64_t kPromisesABook = 50;

/// The promises of the book printed, with what they need.
std::string reprinted(const rules::model::Book& book) {
  std::string text;
  for (const auto& promise : book.promises) text += print_promise(promise) + "---\n";
  return text + std::string(random_surroundings()).substr(4);
}

/// What print says wrongly of the promises of these seeds; "" if nothing.
std::string misprinted(uint64_t first_seed, uint64_t count) {
  std::string text;
  for (uint64_t i = 0; i < count; ++i) text += random_promise(first_seed + i) + "---\n";
  const auto first = compile_text(text + std::string(random_surroundings()).substr(4));
  if (first.book == nullptr) return "does not compile:\n" + formatted(first.diagnostics);
  const std::string printed = reprinted(*first.book);
  const auto second = compile_text(printed);
  if (second.book == nullptr)
    return "does not compile when printed:\n" + formatted(second.diagnostics) + printed;
  if (second.book->promises.size() != count) return "other promises when printed:\n" + printed;
  for (size_t i = 0; i < count; ++i) {
    const auto& promise = first.book->promises[i];
    if (second.book->promises[i].digest != promise.digest)
      return "means something else when printed:\n" + print_promise(promise);
  }
  return reprinted(*second.book) == printed ? "" : "is not printed twice alike:\n" + printed;
}

TEST(Print, MeansWhatWasReadForThousandsOfRandomPromises) {
  const uint64_t first_seed = setting("LUPAUS_SEED", 1);
  const uint64_t rounds = setting("LUPAUS_ROUNDS", 2'000);
  for (uint64_t done = 0; done < rounds; done += kPromisesABook) {
    const uint64_t seed = first_seed + done;
    const uint64_t count = std::min(kPromisesABook, rounds - done);
    if (misprinted(seed, count).empty()) continue;
    // Books are read as a whole; the culprit alone is shown.
    for (uint64_t i = 0; i < count; ++i) {
      const std::string alone = misprinted(seed + i, 1);
      ASSERT_EQ(alone, "") << "LUPAUS_SEED=" << seed + i << " LUPAUS_ROUNDS=1\n"
                           << random_promise(seed + i);
    }
    FAIL() << "only together: LUPAUS_SEED=" << seed << "\n" << misprinted(seed, count);
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
