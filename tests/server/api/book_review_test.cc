// What came of each test of a book, the failing ones and those that could not be run among them.
#include "server/api/book_review.h"

#include <gmock/gmock.h>

#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using testing::HasSubstr;

std::string tests_of(const std::string& files, const std::string& expected) {
  return "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [" + files +
         "]\nstart: 2026-01-05T09:00:00+02:00\ndefaults: {branch: b1, service: cash}\ntests:\n"
         "  - {name: fourteen, events: [A1 issued, A1 service_started +14m], expect: {A1: " +
         expected + "}}\n";
}

TEST(BookReview, TellsWhatCameOfEachTest) {
  const std::vector<rules::model::SourceFile> files = {
      {"book.yaml", sample_book()},
      {"good.test.yaml", tests_of("book.yaml", "kept")},
      {"bad.test.yaml", tests_of("book.yaml", "breached")},
      {"alone.test.yaml", tests_of("absent.yaml", "kept")},
      {"broken.test.yaml", "kind: PromiseTest\ntests: 7\n"}};
  const auto outcomes = server::api::test_outcomes(files);
  ASSERT_EQ(outcomes.size(), 4u);
  EXPECT_TRUE(outcomes[0].has_passed);
  EXPECT_EQ(outcomes[0].message, "");
  EXPECT_FALSE(outcomes[1].has_passed);
  EXPECT_EQ(outcomes[1].name, "fourteen");
  EXPECT_THAT(outcomes[1].message, HasSubstr("expected"));
  EXPECT_THAT(outcomes[2].message, HasSubstr("absent.yaml"));
  EXPECT_FALSE(outcomes[3].has_passed);
  EXPECT_NE(outcomes[3].message, "");
}

}  // namespace
}  // namespace lupaus::tests
