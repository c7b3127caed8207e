// The story of a ticket whose clock expired by a conditional line names the condition.
#include <gmock/gmock.h>

#include "rules/scenario/test_run.h"
#include "rules/scenario/trace.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using testing::HasSubstr;

/// What is told of A1, issued with that service and forgotten.
std::string told(const std::string& service) {
  std::string text = kSampleBook;
  const std::string line = "expired: review";
  text.replace(text.find(line), line.size(),
               "expired: {when: ticket.service == \"loan\", then: review, else: void}");
  const auto book = compile_book(text);
  const auto parsed = parse_tests(
      "t.yaml",
      "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p15.yaml]\nstart: "
      "2026-01-05T09:00:00+02:00\ndefaults: {branch: b, segment: private, service: " +
          service +
          "}\ntests:\n  - {name: told, events: [A1 issued], at: {+24h1s: {A1: breached}}}\n");
  if (!parsed) return model::format_error(parsed.error());
  const BookSource books = [&](const auto&) -> model::Result<model::BookPtr> { return book; };
  TestRun run(parsed->front().tests.front(), book, books);
  run.finish();
  run.advance(run.now() + std::chrono::hours(25));
  const auto slot = run.state().engine.find_ticket("b", "A1");
  return slot ? explain(run.state(), *slot, run.now()) : "no ticket";
}

TEST(Trace, SaysByWhichConditionAClockExpired) {
  EXPECT_THAT(told("loan"), HasSubstr("`ticket.service == \"loan\"` holds with"));
  EXPECT_THAT(told("loan"), HasSubstr("a person decides (review)"));
  EXPECT_THAT(told("cash"), HasSubstr("no `when` holds with"));
  EXPECT_THAT(told("cash"), HasSubstr("(void)"));
}

}  // namespace
}  // namespace lupaus::rules::scenario
