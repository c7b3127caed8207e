// Usage errors, and `lupaus check` and `lupaus test` with their exit codes and texts.
#include <gmock/gmock.h>

#include "tests/clients/cli/command_line.h"

namespace lupaus::clients::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string edited_p15(const std::string& from, const std::string& to) {
  std::ifstream file(std::string(LUPAUS_SOURCE_DIR) + "/tests/scenarios/p15.yaml");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST_F(CommandLine, AMisspeltVerbIsUsageWithASuggestion) {
  EXPECT_EQ(lupaus({"backtset"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean `backtest`?"));
  EXPECT_EQ(lupaus({"events", "imprt"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean `import`?"));
  EXPECT_EQ(lupaus({"check", "--strct", "x"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean `--strict`?"));
  EXPECT_EQ(lupaus({}), kUsage);
  EXPECT_EQ(lupaus({"-o", "xml", "check", "x"}), kUsage);
}

TEST_F(CommandLine, TheValueOfAFlagIsNoMisspeltVerb) {
  EXPECT_EQ(lupaus({"--as", "bob", "-o", "json", "vouchers", "redeem", "ABCD"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("--branch is required"));
  EXPECT_THAT(err_, Not(HasSubstr("bob")));
  EXPECT_THAT(err_, HasSubstr("`lupaus vouchers redeem --help`"));
  EXPECT_EQ(lupaus({"--as", "bob", "vouchers", "redem", "ABCD"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean `redeem`?"));
}

TEST_F(CommandLine, AWrongArgumentIsUsageBeforeAnyServerIsAsked) {
  for (const char* address :
       {"127.0.0.1:70000", "127.0.0.1:0", "127.0.0.1", ":7443", "a:b:1", "h:1x"}) {
    EXPECT_EQ(lupaus({"--server", address, "promises", "list"}), kUsage) << address;
    EXPECT_THAT(err_, HasSubstr("expected HOST:PORT")) << address;
  }
  EXPECT_EQ(lupaus({"payouts", "batch", "export", "B-1", "--format", "pdf"}), kUsage);
  EXPECT_EQ(lupaus({"promises", "apply", scenario("p15.yaml"), "--retire", "p"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("--reason TEXT"));
  EXPECT_EQ(lupaus({"events", "send", "/nowhere/e.ndjson"}), kUsage);
  EXPECT_EQ(lupaus({"test", "/nowhere/t.yaml"}), kUsage);
  EXPECT_EQ(lupaus({"backtest", "--promises", scenario("p15.yaml"), scenario("branches.yaml"),
                    "--events", "/nowhere"}),
            kUsage);
}

TEST_F(CommandLine, HelpAndVersionSucceed) {
  EXPECT_EQ(lupaus({"--help"}), kYes);
  EXPECT_THAT(out_, HasSubstr("backtest"));
  EXPECT_EQ(lupaus({"--version"}), kYes);
  EXPECT_THAT(out_, HasSubstr("tz 20"));
}

TEST_F(CommandLine, CheckAnswersYes) {
  EXPECT_EQ(lupaus({"check", scenario("p15.yaml"), scenario("branches.yaml")}), kYes) << err_;
  EXPECT_THAT(out_, HasSubstr("1 promise, 0 calendars, 2 branches: 0 errors, 0 warnings"));
}

TEST_F(CommandLine, CheckNamesThePlaceOfAnError) {
  const auto file = write("bad.yaml",
                          "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b}\nspec: "
                          "{timezone: Europe/Helsinky}\n");
  EXPECT_EQ(lupaus({"check", file}), kNo);
  EXPECT_THAT(err_, HasSubstr(file + ":4:18: error P"));
}

TEST_F(CommandLine, CheckReadsStdin) {
  EXPECT_EQ(lupaus({"check", "-"},
                   "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b}\nspec: {timezone: "
                   "Europe/Helsinki}\n"),
            kYes);
}

TEST_F(CommandLine, CheckStrictTurnsWarningsIntoThree) {
  std::ifstream file(scenario("p15.yaml"));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text.replace(text.find("left: void"), 10, "left: stop");
  const auto path = write("p.yaml", text);
  EXPECT_EQ(lupaus({"check", path, scenario("branches.yaml")}), kYes);
  EXPECT_EQ(lupaus({"check", "--strict", path, scenario("branches.yaml")}), kWarnings);
  EXPECT_THAT(err_, HasSubstr("warning P"));
}

TEST_F(CommandLine, CheckTellsOfAWordingAndOfTheHelp) {
  const auto path =
      write("p.yaml", edited_p15("Served within 15 minutes", "Served within twenty minutes"));
  EXPECT_EQ(lupaus({"check", path, scenario("branches.yaml")}), kYes);
  EXPECT_THAT(err_, HasSubstr(path + ":7:17: warning P080: the wording (en) says `twenty minutes`, "
                                     "but the limit is 15m\n  customers go by the text"));
  EXPECT_THAT(err_, HasSubstr("`lupaus help CODE`"));
  EXPECT_EQ(lupaus({"check", "--strict", path, scenario("branches.yaml")}), kWarnings);
}

TEST_F(CommandLine, CheckAsJsonCarriesEachPartOfAFinding) {
  const auto path =
      write("p.yaml", edited_p15("Served within 15 minutes", "Served within twenty minutes"));
  EXPECT_EQ(lupaus({"check", "-o", "ndjson", path}), kYes);
  EXPECT_THAT(out_, HasSubstr("{\"severity\":\"warning\",\"code\":\"P080\",\"file\":\"" + path +
                              "\",\"line\":7,\"column\":17,\"message\":\"the wording (en) says "
                              "`twenty minutes`, but the limit is 15m\",\"hint\":\"customers"));
  EXPECT_EQ(count_lines(out_, "{"), 1u);
  EXPECT_EQ(lupaus({"check", "-o", "json", path}), kYes);
  EXPECT_THAT(out_, testing::StartsWith("["));
}

TEST_F(CommandLine, CheckOfNothingIsAnError) {
  const auto path = write("empty.yaml", "# nothing yet\n");
  EXPECT_EQ(lupaus({"check", path}), kNo);
  EXPECT_THAT(err_, HasSubstr(path + ":1:1: error P048: expected a document, but the file holds"));
  EXPECT_THAT(out_, HasSubstr("1 error, 0 warnings"));
  EXPECT_EQ(lupaus({"check", "-"}, ""), kNo);
}

TEST_F(CommandLine, HelpExplainsACodeWithBothExamples) {
  EXPECT_EQ(lupaus({"help", "P012"}), kYes);
  EXPECT_THAT(out_, HasSubstr("P012: a sum has no currency\n"));
  EXPECT_THAT(out_, HasSubstr("Wrong:\n    pay: \"10\"\n\nMended:\n    pay: EUR 10.00\n"));
  EXPECT_EQ(lupaus({"help", "p080"}), kYes);
  EXPECT_EQ(lupaus({"help", "P091"}), kYes);
  EXPECT_THAT(out_, HasSubstr("v\\xE4littyy"));
  EXPECT_EQ(lupaus({"-o", "ndjson", "help"}), kYes);
  EXPECT_GT(count_lines(out_, "\"mended\":"), 70u);
}

TEST_F(CommandLine, HelpOfAnUnknownCodeIsUsageWithASuggestion) {
  EXPECT_EQ(lupaus({"help", "PO12"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("`PO12` is none\n  did you mean `P012`?"));
  EXPECT_EQ(lupaus({"help", "nonsense"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("`lupaus help` lists all"));
}

TEST_F(CommandLine, CheckComplainsOfATestFileToo) {
  EXPECT_EQ(
      lupaus({"check",
              write("t.yaml", "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: []\ntests: []\n")}),
      kNo);
  EXPECT_THAT(err_, HasSubstr("t.yaml:3:8: error T001"));
}

TEST_F(CommandLine, AFileThatIsNotThereIsNo) {
  EXPECT_EQ(lupaus({"check", "/nowhere/p.yaml"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("/nowhere/p.yaml"));
}

TEST_F(CommandLine, TestRunsTheWorkedCasesAndFilters) {
  EXPECT_EQ(lupaus({"test", scenario("worked-cases.test.yaml")}), kYes) << out_;
  EXPECT_EQ(lupaus({"test", scenario("worked-cases.test.yaml"), "--run", "case 1,"}), kYes);
  EXPECT_THAT(out_, HasSubstr("1 passed, 0 failed"));
  EXPECT_EQ(lupaus({"test", scenario("worked-cases.test.yaml"), "--run", "nothing like it"}),
            kNotFound);
  EXPECT_EQ(lupaus({"test", scenario("worked-cases.test.yaml"), "--run", "("}), kUsage);
}

TEST_F(CommandLine, AFailingTestIsNoWithDiffTraceAndJunit) {
  write("p15.yaml", [] {
    std::ifstream file(scenario("p15.yaml"));
    return std::string{std::istreambuf_iterator<char>(file), {}};
  }());
  write("b.yaml",
        "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b}\nspec: {timezone: "
        "Europe/Helsinki}\n");
  const auto test = write("t.yaml",
                          "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p15.yaml, "
                          "b.yaml]\nstart: 2026-01-05T09:00:00+02:00\n"
                          "defaults: {branch: b}\ntests:\n  - {name: \"a <b>\", events: [A1 "
                          "issued, A1 service_started +16m], expect: {A1: kept}}\n");
  const auto junit = directory_.file("junit.xml");
  EXPECT_EQ(lupaus({"test", test, "--junit", junit}), kNo);
  EXPECT_THAT(out_, HasSubstr("expected  kept\n    found     breached (counted 16m of 15m)"));
  EXPECT_THAT(out_, HasSubstr("| 09:00:00.000  issued            clock starts, due 09:15:00.000"));
  std::ifstream written(junit);
  const std::string xml{std::istreambuf_iterator<char>(written), {}};
  EXPECT_THAT(xml, HasSubstr("tests=\"1\" failures=\"1\""));
  EXPECT_THAT(xml, HasSubstr("name=\"a &lt;b&gt;\""));
}

}  // namespace
}  // namespace lupaus::clients::cli
