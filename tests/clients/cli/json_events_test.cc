// The reader of JSON lines: what it accepts, what it refuses, and that it goes on after a refusal.
#include "clients/cli/json_events.h"

#include <gmock/gmock.h>

#include <sstream>

namespace lupaus::clients::cli {
namespace {

using rules::model::Event;
using testing::HasSubstr;

TEST(JsonEvents, ReadsBackWhatItWrites) {
  const std::vector<rules::model::Attribute> attributes = {{"service", "c\"a\\sh"},
                                                           {"segment", "ä\n"}};
  Event event{"s/1",
              7,
              18'446'744'073'709'551'615u,
              "b",
              "t",
              "issued",
              "A\t1",
              rules::model::from_unix_ms(1'767'596'400'123),
              attributes};
  std::istringstream in("\n" + to_json_line(event) + "\r\n\n");
  JsonEventReader reader(in, "x");
  Event read;
  const auto found = reader.next(read);
  ASSERT_TRUE(found.ok()) << rules::model::format_error(found.error());
  ASSERT_TRUE(*found);
  EXPECT_EQ(reader.line(), 2u);
  EXPECT_EQ(to_json_line(read), to_json_line(event));
  EXPECT_FALSE(*reader.next(read));
}

TEST(JsonEvents, SkipsAByteOrderMarkAtTheBeginningAlone) {
  const std::string line =
      "\xEF\xBB\xBF{\"branch\":\"b\",\"type\":\"issued\",\"occurredAt\":\"2026-01-05T09:00:00Z\"}"
      "\n";
  std::istringstream in(line + line);
  JsonEventReader reader(in, "x");
  Event event;
  const auto first = reader.next(event);
  ASSERT_TRUE(first.ok()) << rules::model::format_error(first.error());
  EXPECT_EQ(event.branch, "b");
  EXPECT_FALSE(reader.next(event).ok());
}

TEST(JsonEvents, ComplainsAndGoesOn) {
  const std::string good = R"({"branch":"b","type":"issued","occurredAt":"2026-01-05T09:00:00Z"})";
  const std::vector<std::pair<std::string, std::string>> bad = {
      {R"({"branch":1})", "field `branch`: expected a string"},
      {R"({"branch":"b","branch":"c"})", "field `branch`: expected once"},
      {R"({"sequence":"1x"})", "field `sequence`: expected a whole number"},
      {R"({"sequence":-1})", "field `sequence`"},
      {R"({"sequence":1.5})", "field `sequence`"},
      {R"({"attributes":{"a":1}})", "field `attributes.a`: expected a string"},
      {R"({"attributes":{"a":"1","a":"2"}})", "field `attributes.a`: expected once"},
      {R"({"attributes":[]})", "field `attributes`: expected an object"},
      {good + good, "expected one JSON object a line"},
      {"{\"branch\":\"\xff\"}", "expected UTF-8"},
      {"x", "expected a JSON object"},
  };
  std::string text;
  for (const auto& [line, complaint] : bad) text += line + "\n" + good + "\n";
  std::istringstream in(text);
  JsonEventReader reader(in, "e.ndjson");
  Event event;
  for (const auto& [line, complaint] : bad) {
    const auto refused = reader.next(event);
    ASSERT_FALSE(refused.ok()) << line;
    EXPECT_THAT(rules::model::format_error(refused.error()), HasSubstr(complaint)) << line;
    const auto read = reader.next(event);
    ASSERT_TRUE(read.ok() && *read) << line;
  }
}

TEST(JsonEvents, LinesAcrossBlocksAreWhole) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += R"({"branch":"b","ticket":")" + std::to_string(i) +
            R"(","type":"issued","occurredAt":"2026-01-05T09:00:00Z"})" + "\n";
  }
  std::istringstream in(text);
  JsonEventReader reader(in, "x");
  Event event;
  for (int i = 0; i < 20'000; ++i) {
    const auto read = reader.next(event);
    ASSERT_TRUE(read.ok() && *read) << i;
    ASSERT_EQ(event.ticket, std::to_string(i));
  }
  EXPECT_FALSE(*reader.next(event));
}

TEST(JsonEvents, ALineWithoutEndIsRefused) {
  std::istringstream in(std::string(4 * kEventLineBytesMax, ' '));
  JsonEventReader reader(in, "x");
  Event event;
  EXPECT_FALSE(reader.next(event).ok());
}

}  // namespace
}  // namespace lupaus::clients::cli
