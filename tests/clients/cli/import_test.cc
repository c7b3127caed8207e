// `lupaus events import`: rows to events, refusals by line and column, and sorting on disk.
#include <gmock/gmock.h>

#include "clients/cli/import_sort.h"
#include "tests/clients/cli/command_line.h"

namespace lupaus::clients::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kMap = R"(separator: ";"
timezone: Europe/Helsinki
branch: b
source: import/{desk no}
ticket: "{desk no}-{id}"
date: {column: day, form: yyyy-mm-dd}
skip: [{when: row.outcome == "test", count_as: test calls}]
midnight: [came, went]
attributes: {service: what}
events: [{type: issued, at: [came]}, {type: service_started, at: [went, came], when: 'row.outcome in ["served", "row.x"]'}]
)";
constexpr const char* kHeader = "desk no;id;day;came;went;outcome;what\n";

class Import : public CommandLine {
 protected:
  int import(const std::string& rows, const std::string& map = kMap,
             std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"events", "import",    "--map", write("map.yaml", map),
                                      "-",      "--to-file", "-"};
    words.insert(words.end(), more.begin(), more.end());
    return lupaus(words, rows);
  }
};

TEST_F(Import, RowsBecomeEventsInOrderOfTime) {
  EXPECT_EQ(import(std::string(kHeader) + "2;7;2026-01-05;9:10:00;9:20;served;cash\n1;8;2026-01-05;"
                                          "9:00:00.5;;served;\n1;9;2026-01-05;9:00;;test;cash\n"),
            kYes)
      << err_;
  EXPECT_EQ(
      out_,
      R"({"source":"import/1","epoch":"1","sequence":"1","branch":"b","ticket":"1-8","type":"issued","occurredAt":"2026-01-05T07:00:00.500Z"})"
      "\n"
      R"({"source":"import/1","epoch":"1","sequence":"2","branch":"b","ticket":"1-8","type":"service_started","occurredAt":"2026-01-05T07:00:00.500Z"})"
      "\n"
      R"({"source":"import/2","epoch":"1","sequence":"1","branch":"b","ticket":"2-7","type":"issued","occurredAt":"2026-01-05T07:10:00.000Z","attributes":{"service":"cash"}})"
      "\n"
      R"({"source":"import/2","epoch":"1","sequence":"2","branch":"b","ticket":"2-7","type":"service_started","occurredAt":"2026-01-05T07:20:00.000Z"})"
      "\n");
  EXPECT_THAT(err_, HasSubstr("3 rows, 4 events of 2 sources"));
  EXPECT_THAT(err_, HasSubstr("left out: 1 test calls"));
}

TEST_F(Import, OnlyThePairCrossesMidnight) {
  EXPECT_EQ(import(std::string(kHeader) + "1;1;2026-01-05;23:59:30;0:00:10;served;x\n"), kYes);
  EXPECT_THAT(out_, HasSubstr(R"("service_started","occurredAt":"2026-01-05T22:00:10.000Z")"));
}

TEST_F(Import, AsOfLeavesOutWhatComesLater) {
  EXPECT_EQ(import(std::string(kHeader) + "1;1;2026-01-05;9:00;9:30;served;x\n", kMap,
                   {"--as-of", "2026-01-05T07:10:00Z"}),
            kYes);
  EXPECT_EQ(count_lines(out_, "occurredAt"), 1u);
  EXPECT_THAT(err_, HasSubstr("left out: 1 events after --as-of"));
}

TEST_F(Import, ABadRowNamesLineAndColumn) {
  EXPECT_EQ(import(std::string(kHeader) +
                   "1;1;2026-01-05;9:00;9:30;served;x\n1;2;2026-01-05;9:61;;served;x\n"),
            kNo);
  EXPECT_THAT(
      err_,
      HasSubstr(
          "stdin:3: error bad_row: column `came`: expected a time like `7:02:47`, but `9:61`"));
  EXPECT_EQ(import(std::string(kHeader) + "1;1;2026-02-30;9:00;9:30;served;x\n"), kNo);
  EXPECT_THAT(err_, HasSubstr("stdin:2: error bad_row: column `day`"));
  EXPECT_EQ(import(std::string(kHeader) + "1;1\n"), kNo);
  EXPECT_THAT(err_, HasSubstr("expected 7 columns"));
  EXPECT_EQ(import(""), kNo);
  EXPECT_EQ(out_, "");
}

TEST_F(Import, ATableInLatin1NamesLineAndRemedy) {
  EXPECT_EQ(import(std::string(kHeader) + "1;1;2026-01-05;9:00;9:30;palveltu \xE4;x\n"), kNo);
  EXPECT_THAT(err_, HasSubstr("stdin:2: error bad_row: expected UTF-8"));
  EXPECT_THAT(err_, HasSubstr("save the table as `CSV UTF-8`"));
}

TEST_F(Import, ABadMapNamesItsPlace) {
  std::string map = kMap;
  EXPECT_EQ(import(kHeader, map + "colour: red\n"), kNo);
  EXPECT_THAT(err_, HasSubstr("map.yaml:11:1: error I001: expected one of separator"));
  map.replace(map.find("{desk no}-{id}"), 14, "{desk no}-{nr}");
  EXPECT_EQ(import(kHeader, map), kNo);
  EXPECT_THAT(
      err_,
      HasSubstr("map.yaml:5:9: error I002: expected a column of the table, but `nr` is none"));
  std::string condition = kMap;
  condition.replace(condition.find("row.outcome =="), 14, "row.outcme ==");
  EXPECT_EQ(import(kHeader, condition), kNo);
  EXPECT_THAT(err_, HasSubstr("map.yaml:7:"));
}

TEST_F(Import, AQuotedCellMayHoldTheSeparator) {
  EXPECT_EQ(import(std::string(kHeader) + "\"1\";\"1\";2026-01-05;9:00;;lost;\"a;\"\"b\"\"\"\n"),
            kYes)
      << err_;
  EXPECT_THAT(out_, HasSubstr(R"("service":"a;\"b\"")"));
}

TEST_F(Import, WithoutAServerItIsUnreachable) {
  EXPECT_EQ(
      lupaus({"--server", "127.0.0.1:1", "events", "import", "--map", write("map.yaml", kMap), "-"},
             std::string(kHeader) + "1;1;2026-01-05;9:00;9:30;served;x\n"),
      kUnreachable);
  EXPECT_THAT(err_, HasSubstr("127.0.0.1:1"));
}

TEST(EventSorter, RunsOnDiskGiveTheSameOrderAsMemory) {
  EventSorter small(2'000), large;
  for (uint64_t i = 0; i < 500; ++i) {
    RowEvent event;
    event.source = "s" + std::to_string(i % 3);
    event.ticket = std::to_string(i);
    event.type = "issued";
    event.at = rules::model::from_unix_ms(static_cast<int64_t>(i * 7919 % 101));
    if (i % 5 == 0) event.attributes = {{"service", std::to_string(i)}};
    ASSERT_TRUE(small.add(event).ok());
    ASSERT_TRUE(large.add(event).ok());
  }
  ASSERT_TRUE(small.finish().ok());
  ASSERT_TRUE(large.finish().ok());
  EXPECT_GT(small.run_count(), 10u);
  EXPECT_EQ(large.run_count(), 0u);
  SortedEvent a, b;
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(*small.next(a) && *large.next(b));
    EXPECT_EQ(a.event.ticket, b.event.ticket);
    EXPECT_EQ(a.sequence, b.sequence);
    EXPECT_EQ(a.event.attributes, b.event.attributes);
  }
  EXPECT_FALSE(*small.next(a));
}

}  // namespace
}  // namespace lupaus::clients::cli
