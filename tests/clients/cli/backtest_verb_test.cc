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

TEST_F(BacktestVerb, ABookWithAnErrorIsRefusedWithItsLine) {
  std::ifstream file(scenario("p15.yaml"));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text.replace(text.find("within: 15m"), 11, "within: 15 ");
  const auto book = write("p.yaml", text);
  EXPECT_EQ(
      lupaus({"backtest", "--promises", book, scenario("branches.yaml"), "--events", "-"}, kIssued),
      kNo);
  EXPECT_THAT(err_, HasSubstr(book + ":16:"));
  EXPECT_EQ(out_, "");
}

TEST_F(BacktestVerb, WithoutEventsItAsksTheServer) {
  EXPECT_EQ(lupaus({"--server", "127.0.0.1:1", "backtest", "--promises", scenario("p15.yaml")}),
            kUnreachable);
}

/// Two tickets of one customer: served after 15:30.5 and after 12 minutes.
std::string two_visits() {
  std::string lines = std::string(kIssued) + "\n" + kServed + "\n";
  const auto add = [&](int sequence, const char* type, const char* at) {
    lines += R"({"source":"s","epoch":1,"sequence":)" + std::to_string(sequence) +
             R"(,"branch":"always","ticket":"A2","type":")" + type + R"(","occurredAt":")" + at +
             "\"}\n";
  };
  add(3, "issued", "2026-01-05T08:00:00Z");
  add(4, "service_started", "2026-01-05T08:12:00Z");
  return lines;
}

TEST_F(BacktestVerb, AgainstTodaysFilesItMarksWhatChanges) {
  std::ifstream file(scenario("p15.yaml"));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text.replace(text.find("within: 15m"), 11, "within: 10m");
  text.replace(text.find("over: 15m"), 9, "over: 10m");
  const auto stricter = write("p10.yaml", text);
  const std::vector<std::string> words = {"-o",
                                          "ndjson",
                                          "backtest",
                                          "--promises",
                                          stricter,
                                          scenario("branches.yaml"),
                                          "--against",
                                          scenario("p15.yaml"),
                                          scenario("branches.yaml"),
                                          "--events",
                                          "-"};
  EXPECT_EQ(lupaus(words, two_visits()), kYes) << err_;
  EXPECT_EQ(count_lines(out_, "\"today\""), 1u);
  EXPECT_THAT(out_,
              HasSubstr(R"("reason":"","today":{"verdict":"kept","owed":null,"paid_state":""}})"));
  EXPECT_THAT(err_,
              HasSubstr("against today: 1 newly breached, 0 no longer; EUR 10.00 -> EUR 20.00"));
  const std::string first = out_ + err_;
  EXPECT_EQ(lupaus(words, two_visits()), kYes);
  EXPECT_EQ(out_ + err_, first);
  auto changes = words;
  changes.emplace_back("--changes");
  EXPECT_EQ(lupaus(changes, two_visits()), kYes);
  EXPECT_EQ(
      out_,
      R"({"branch":"always","ticket":"A2","promise":"p15","cycle":1,"today":"kept","today_owed":null,"now":"breached","now_owed":{"currency":"EUR","amount":"10.00"}})"
      "\n");
}

TEST_F(BacktestVerb, AgainstTodaysFilesItSaysWhereThingsChange) {
  std::ifstream file(scenario("p15.yaml"));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text.replace(text.find("within: 15m"), 11, "within: 10m");
  text.replace(text.find("over: 15m"), 9, "over: 10m");
  std::vector<std::string> words = {"backtest",
                                    "--promises",
                                    write("p10.yaml", text),
                                    scenario("branches.yaml"),
                                    "--against",
                                    scenario("p15.yaml"),
                                    scenario("branches.yaml"),
                                    "--events",
                                    "-",
                                    "-o",
                                    "csv",
                                    "--by",
                                    "service"};
  EXPECT_EQ(lupaus(words, two_visits()), kYes) << err_;
  EXPECT_EQ(out_,
            "service,commitments,kept,breached,void,excused,indeterminate,open,kept_percent,"
            "owed_count,owed,newly_breached,no_longer_breached,owed_today\r\n"
            ",1,0,1,0,0,0,0,0.0,1,EUR 10.00,1,0,\r\n"
            "cash,1,0,1,0,0,0,0,0.0,1,EUR 10.00,0,0,EUR 10.00\r\n");
  words.resize(words.size() - 4);
  words.insert(words.end(), {"-o", "json"});
  EXPECT_EQ(lupaus(words, two_visits()), kYes) << err_;
  EXPECT_THAT(out_, HasSubstr(R"("newly_breached":1,"no_longer_breached":0,"owed_today":[]})"));
}

TEST_F(BacktestVerb, TheSameFilesAreTheSameBookWhereverTheyLie) {
  const auto copy = [&](const std::string& name) {
    std::ifstream file(scenario(name));
    return write(name, {std::istreambuf_iterator<char>(file), {}});
  };
  const auto book_of = [&](const std::string& first, const std::string& second) {
    EXPECT_EQ(lupaus({"backtest", "--promises", first, second, "--events", "-", "-o", "json"},
                     two_visits()),
              kYes)
        << err_;
    const size_t at = out_.find("\"book\":");
    return out_.substr(at, 7 + 2 + 64 + 1);
  };
  const std::string here = book_of(scenario("p15.yaml"), scenario("branches.yaml"));
  EXPECT_EQ(book_of(copy("p15.yaml"), copy("branches.yaml")), here);
  EXPECT_NE(book_of(scenario("branches.yaml"), scenario("p15.yaml")), here) << "another order";
}

TEST_F(BacktestVerb, CountsByBranchServiceAndHour) {
  EXPECT_EQ(backtest(two_visits(), {"-o", "csv", "--by", "service,hour"}), kYes) << err_;
  EXPECT_EQ(out_,
            "service,hour,commitments,kept,breached,void,excused,indeterminate,open,kept_percent,"
            "owed_count,owed\r\n"
            ",10,1,1,0,0,0,0,0,100.0,0,\r\n"
            "cash,09,1,0,1,0,0,0,0,0.0,1,EUR 10.00\r\n");
  EXPECT_EQ(backtest(two_visits(), {"--by", "weather"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("promise, branch, service or hour"));
}

TEST_F(BacktestVerb, ASweepIsAGridInEachForm) {
  const std::vector<std::string> sweep = {"--sweep", "within=10m..15m/5m", "--sweep", "pay=5,10"};
  const auto in_form = [&](const std::string& form) {
    auto words = sweep;
    words.insert(words.end(), {"-o", form});
    EXPECT_EQ(backtest(two_visits(), words), kYes) << err_;
    return out_;
  };
  EXPECT_THAT(
      in_form("ndjson"),
      StartsWith(
          R"({"within":"10m","pay":"EUR 5.00","commitments":2,"kept":0,"breached":2,"void":0,"excused":0,"indeterminate":0,"open":0,"kept_percent":0.0,"owed_count":2,"owed":[{"currency":"EUR","amount":"10.00"}]})"));
  EXPECT_THAT(err_, HasSubstr("p15: 4 variants over 4 events"));
  EXPECT_THAT(err_, HasSubstr("tiers[0] (over 15m, the limit) goes with `within`"));
  EXPECT_THAT(err_, HasSubstr("Queues are taken as they were"));
  EXPECT_EQ(count_lines(in_form("csv"), ","), 5u);
  EXPECT_THAT(in_form("json"), HasSubstr(R"("cells":[)"));
  EXPECT_EQ(err_, "");
  EXPECT_THAT(in_form("table"), HasSubstr("50.0 %  EUR 10.00"));
  EXPECT_EQ(backtest(two_visits(), {"--sweep", "within=10"}), kUsage);
  EXPECT_EQ(backtest(two_visits(), {"--sweep", "tiers[7].pay=5"}), kUsage);
}

TEST_F(BacktestVerb, ForPeopleItEndsWithTablesAndWhatItKnows) {
  EXPECT_EQ(backtest(two_visits()), kYes) << err_;
  for (const char* text :
       {"BRANCH", "SERVICE", "HOUR", "kept rate 50.0 %", "log from 2026-01-05T07:00:00.000Z to",
        "; book ", "Queues are taken as they were"})
    EXPECT_THAT(out_, HasSubstr(text));
}

}  // namespace
}  // namespace lupaus::clients::cli
