// The story of a ticket, as text.
#include "rules/scenario/trace.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "rules/scenario/test_run.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using testing::HasSubstr;

std::string story(const std::string& events) {
  const auto parsed =
      parse_tests("t.yaml",
                  "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p15.yaml]\nstart: "
                  "2026-01-05T09:00:00+02:00\n"
                  "defaults: {branch: b, segment: normal}\ntests:\n  - name: x\n    events: [" +
                      events + "]\n    expect: {A017: none}\n");
  if (!parsed) return model::format_error(parsed.error());
  const BookSource books = [](const auto&) -> model::Result<model::BookPtr> {
    return compile_book(kSampleBook);
  };
  TestRun run(parsed->front().tests.front(), compile_book(kSampleBook), books);
  run.finish();
  const auto slot = run.state().engine.find_ticket("b", "A017");
  return slot ? explain(run.state(), *slot, run.now()) : "no ticket";
}

TEST(Trace, TellsALateServiceToTheCentAndTheRuleLine) {
  EXPECT_EQ(story("A017 issued, A017 called +3m, A017 service_started +17m30.500s"),
            R"(p15, b, A017, 2026-01-05
09:00:00.000  issued            clock starts, due 09:15:00.000
09:03:00.000  called
09:15:00.001                    breached (provisional)
09:15:01.000                    confirmed
09:17:30.500  service_started   clock stops, counted 17:30.500
09:17:31.000                    owed EUR 10.00 by voucher
  applies: `ticket.segment != "staff"` holds with segment = "normal", p15.yaml:7:12
  limit 15m (revision 1), p15.yaml:15:20
  counted 17:30.500, 02:30.500 beyond the limit
  tier over 15m pays EUR 10.00, p15.yaml:17:13
  caps[0] customer/day EUR 15.00, p15.yaml:18:12: EUR 10.00 of it used by this one

owed on this ticket: EUR 10.00
)");
}

TEST(Trace, SaysWhyAPromiseDoesNotRun) {
  const auto text = story("{A017 issued: {segment: staff}}");
  EXPECT_THAT(text, HasSubstr("does not run: `ticket.segment != \"staff\"` is false at "
                              "09:00:00.000 with segment = \"staff\", p15.yaml:7:"));
  EXPECT_THAT(text, HasSubstr("owed on this ticket: EUR 0.00"));
  EXPECT_THAT(story("A017 called"), HasSubstr("no event of the ticket starts its clock"));
}

TEST(Trace, TellsACycleByCycle) {
  const auto text =
      story("A017 issued, A017 service_started +1m, A017 issued +2m, A017 cancelled +3m");
  EXPECT_THAT(text, HasSubstr("p15, b, A017, cycle 2, 2026-01-05\n09:02:00.000  issued            "
                              "clock starts (cycle 2), due 09:17:00.000"));
  EXPECT_THAT(text, HasSubstr("clock ends without a verdict of its own (void), counted 01:00.000"));
}

TEST(Trace, SaysWhatWasIgnored) {
  EXPECT_THAT(story("A017 away, A017 issued +1m, A017 service_started +2m"),
              HasSubstr("09:00:00.000  away              ignored: the clock is not running"));
}

TEST(Trace, AnArchivedTicketIsToldAlikeFromItsImage) {
  const auto parsed = parse_tests(
      "t.yaml",
      "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p]\nstart: 2026-01-05T09:00:00+02:00\n"
      "defaults: {branch: b, segment: normal}\ntests:\n  - {name: x, events: [A017 issued, "
      "A017 service_started +20m], expect: {A017: breached}}\n");
  ASSERT_TRUE(parsed.ok());
  const auto book = compile_book(kSampleBook);
  const BookSource books = [&](const auto&) -> model::Result<model::BookPtr> { return book; };
  TestRun run(parsed->front().tests.front(), book, books);
  run.finish();
  const auto slot = run.state().engine.find_ticket("b", "A017");
  ASSERT_TRUE(slot);
  engine::TicketImage image;
  run.state().engine.image(*slot, image);
  engine::State scratch;
  model::Fact published{1, run.now(), nullptr,
                        model::Published{book, model::kBeginningOfTime, "", {}}};
  scratch.evolve(published);
  scratch.restore(image);
  scratch.finish_restore(run.now());
  const auto restored = scratch.find_ticket("b", "A017");
  ASSERT_TRUE(restored);
  EXPECT_EQ(explain(scratch, run.state().ledger, *restored, run.now()),
            explain(run.state(), *slot, run.now()));
}

/// A file of tests/rules/scenario/traces: a book, a promise test, and what is told of ticket A1.
struct TracedScene {
  std::string book, test, told;
};

TracedScene read_scene(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const std::string text = bytes.str();
  const std::string to_test = "=== test\n";
  const std::string to_told = "=== told\n";
  const size_t test = text.find(to_test);
  const size_t told = text.find(to_told);
  if (test == std::string::npos || told == std::string::npos) {
    ADD_FAILURE() << path << " has no `=== test` or no `=== told`";
    return {};
  }
  const size_t begin = test + to_test.size();
  return {text.substr(0, test), text.substr(begin, told - begin),
          text.substr(told + to_told.size())};
}

std::string tell(const TracedScene& scene) {
  const auto parsed = parse_tests("t.yaml", scene.test);
  if (!parsed) return model::format_error(parsed.error());
  const auto book = compile_book(scene.book);
  const BookSource books = [&](const auto&) -> model::Result<model::BookPtr> { return book; };
  TestRun run(parsed->front().tests.front(), book, books);
  run.finish();
  std::string text;
  for (const auto& complaint : run.complaints()) text += complaint + "\n";
  const auto slot = run.state().engine.find_ticket("b", "A1");
  return slot ? text + explain(run.state(), *slot, run.now()) : text + "no ticket\n";
}

TEST(Trace, TellsEachSceneOfTheFolderWordForWord) {
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(LUPAUS_TRACES_DIR))
    paths.insert(entry.path());
  EXPECT_GE(paths.size(), 8u);
  for (const auto& path : paths) {
    SCOPED_TRACE(path.filename().string());
    const TracedScene scene = read_scene(path);
    const std::string told = tell(scene);
    EXPECT_EQ(told, scene.told) << told;
  }
}

}  // namespace
}  // namespace lupaus::rules::scenario
