// `lupaus backtest` as a script sees it: its lines, its summary, its refusals.
#include <gmock/gmock.h>

#include "tests/clients/cli/command_line.h"

namespace lupaus::clients::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kIssued =
    R"({"source":"s","epoch":"1","sequence":"1","branch":"always","ticket":"A1","type":"issued","occurredAt":"2026-01-05T09:00:00.000+02:00","label":"A017","attributes":{"service":"cash"}})";
constexpr const char* kServed =
    R"({"source":"s","epoch":1,"sequence":2,"branch":"always","ticket":"A1","type":"service_started","occurred_at":"2026-01-05T07:15:30.5Z"})";

class BacktestVerb : public CommandLine {
 protected:
  int backtest(const std::string& events, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {
        "backtest", "--promises", scenario("p15.yaml"), scenario("branches.yaml"), "--events", "-"};
    words.insert(words.end(), more.begin(), more.end());
    return lupaus(words, events);
  }
};

TEST_F(BacktestVerb, PrintsOneLineACommitmentWithTheKeysInOrder) {
  EXPECT_EQ(backtest(std::string(kIssued) + "\n" + kServed + "\n", {"-o", "ndjson"}), kYes) << err_;
  EXPECT_EQ(
      out_,
      R"({"branch":"always","ticket":"A1","promise":"p15","revision":"1","cycle":1,"verdict":"breached","final":true,)"
      R"("started_at":"2026-01-05T07:00:00.000Z","due_at":"2026-01-05T07:15:00.000Z","stopped_at":"2026-01-05T07:15:30.500Z",)"
      R"("counted":"930.5s","late_by":"30.5s","breached_at":"2026-01-05T07:15:00.000Z",)"
      R"("owed":{"currency":"EUR","amount":"10.00"},"paid_state":"owed","reason":""})"
      "\n");
  EXPECT_THAT(err_,
              HasSubstr("p15: 1 commitments, 0 kept, 1 breached, 0 void, 0 open; owed EUR 10.00"));
  EXPECT_THAT(err_, HasSubstr("zones of tz 20"));
}

TEST_F(BacktestVerb, JsonIsOneDocumentWithASummary) {
  EXPECT_EQ(backtest(std::string(kIssued) + "\n" + kServed, {"-o", "json"}), kYes);
  EXPECT_THAT(out_, StartsWith(R"({"summary":{"events":2,"as_of":"2026-01-05T07:15:30.500Z")"));
  EXPECT_THAT(out_, HasSubstr(R"("breached":1)"));
  EXPECT_EQ(err_, "");
}

TEST_F(BacktestVerb, AsOfIsObeyedAndChecked) {
  EXPECT_EQ(backtest(std::string(kIssued) + "\n" + kServed,
                     {"-o", "ndjson", "--as-of", "2026-01-05T09:10:00+02:00"}),
            kYes);
  EXPECT_THAT(out_, HasSubstr(R"("verdict":"open","final":false)"));
  EXPECT_EQ(backtest(kIssued, {"--as-of", "yesterday"}), kUsage);
}

TEST_F(BacktestVerb, ABadLineRefusesTheWholeFileNamingLineAndField) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"branch":"always","ticket":"A1","type":"issued","occurredAt":"2026-01-05T09:00:60Z"})",
       "stdin:1: error bad_event: field `occurredAt`"},
      {R"({"branch":"always","ticket":"A1","type":"issued"})",
       "stdin:1: error bad_event: field `occurredAt`: expected a value, but it is missing"},
      {R"({"branch":"nowhere","ticket":"A1","type":"issued","occurredAt":"2026-01-05T09:00:00Z"})",
       "stdin:1: error unknown_branch: field `branch`"},
      {R"({"branch":"always","ticket":"A1","type":"issued","occurredAt":"2026-01-05T09:00:00Z","attributes":{"colour":"red"}})",
       "field `attributes`"},
      {R"({"branch":"always","ticket":"A1","typ":"issued"})", "field `typ`"},
      {R"({"branch":"always")", "stdin:1: error bad_event"},
      {std::string(kIssued) + "\n[]", "stdin:2: error bad_event: expected a JSON object"},
  };
  for (const auto& [line, complaint] : cases) {
    EXPECT_EQ(backtest(line, {"-o", "ndjson"}), kNo) << line;
    EXPECT_THAT(err_, HasSubstr(complaint));
    EXPECT_EQ(out_, "");
  }
}

TEST_F(BacktestVerb, AClauseThatIsNotJudgedYetIsRefusedWithItsLine) {
  std::ifstream file(scenario("p15.yaml"));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text += "  excuses:\n    - {id: evacuation, when: branch.region == \"x\", wording: {en: Fire}}\n";
  const auto book = write("p.yaml", text);
  EXPECT_EQ(
      lupaus({"backtest", "--promises", book, scenario("branches.yaml"), "--events", "-"}, kIssued),
      kNo);
  EXPECT_THAT(err_, HasSubstr("not supported yet"));
  EXPECT_THAT(err_, HasSubstr(book + ":24:"));
}

TEST_F(BacktestVerb, WithoutEventsItIsAUsageError) {
  EXPECT_EQ(lupaus({"backtest", "--promises", scenario("p15.yaml")}), kUsage);
  EXPECT_THAT(err_, HasSubstr("--events is required"));
}

}  // namespace
}  // namespace lupaus::clients::cli
