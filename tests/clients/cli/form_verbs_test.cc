// `lupaus fmt` and `lupaus diff` with their exit codes and texts.
#include <gmock/gmock.h>

#include "tests/clients/cli/command_line.h"

namespace lupaus::clients::cli {
namespace {

using testing::HasSubstr;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

constexpr const char* kBranch =
    "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b}\nspec:\n    timezone: "
    "Europe/Helsinki  # ours\n";

TEST_F(CommandLine, AReasonInLatin1IsRefusedWithoutBeingShown) {
  EXPECT_EQ(lupaus({"payouts", "decline", "C-1-1", "--reason", "p\xE4\xE4llekk\xE4in"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("expected UTF-8, but argument 5 has other bytes"));
  EXPECT_EQ(err_.find('\xE4'), std::string::npos);
  const auto file = write("k\xE4.yaml", kBranch);
  EXPECT_EQ(lupaus({"fmt", file, "--check"}), kNo) << "a file may be named as it is";
}

TEST_F(CommandLine, ABookInLatin1IsRefusedBeforeItIsSent) {
  const auto file = write("b.yaml", std::string(kBranch) + "# \xE4\n");
  EXPECT_EQ(lupaus({"promises", "apply", file}), kUsage);
  EXPECT_THAT(err_, HasSubstr("save the file as UTF-8"));
}

TEST_F(CommandLine, FmtWritesInPlaceOnce) {
  const auto file = write("b.yaml", kBranch);
  EXPECT_EQ(lupaus({"fmt", file, "--check"}), kNo);
  EXPECT_EQ(out_, file + "\n");
  EXPECT_EQ(text_of(file), kBranch);
  EXPECT_EQ(lupaus({"fmt", file}), kYes) << err_;
  EXPECT_EQ(text_of(file), replaced(kBranch, "    timezone", "  timezone"));
  EXPECT_EQ(lupaus({"fmt", file, "--check"}), kYes);
  EXPECT_EQ(out_, "");
}

TEST_F(CommandLine, FmtReadsStdinAndMendsSums) {
  const std::string promise = text_of(scenario("p15.yaml"));
  EXPECT_EQ(lupaus({"fmt", "-"}, replaced(promise, "EUR 10.00", "EUR 10")), kYes) << err_;
  EXPECT_EQ(out_, promise);
  EXPECT_EQ(lupaus({"fmt", "-", "--check"}, promise), kYes);
}

TEST_F(CommandLine, FmtRefusesAFileWithErrors) {
  const std::string text = replaced(text_of(scenario("p15.yaml")), "within: 15m", "within: 1d");
  const auto file = write("p.yaml", text);
  EXPECT_EQ(lupaus({"fmt", file}), kNo);
  EXPECT_THAT(err_, HasSubstr("error P010"));
  EXPECT_EQ(text_of(file), text);
  EXPECT_EQ(lupaus({"fmt", "-"}, "a: [\n"), kNo);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(lupaus({"fmt", "/nowhere/p.yaml"}), kUsage);
}

TEST_F(CommandLine, FmtKnowsTheCalendarsBesideAFile) {
  const std::string promise =
      replaced(text_of(scenario("p15.yaml")), "measure: elapsed", "measure: lunch-hours");
  const auto file = write("p.yaml", promise);
  EXPECT_EQ(lupaus({"fmt", file}), kNo);
  EXPECT_THAT(err_, HasSubstr("lunch-hours"));
  write("lunch.yaml", text_of(scenario("lunch.yaml")));
  EXPECT_EQ(lupaus({"fmt", file}), kYes) << err_;
  EXPECT_EQ(lupaus({"fmt", "-"}, promise), kYes) << err_;
}

TEST_F(CommandLine, DiffTellsWhatChangedInWords) {
  EXPECT_EQ(lupaus({"diff", scenario("p15.yaml"), scenario("p15-revision-2.yaml")}), kNo);
  EXPECT_THAT(out_, HasSubstr("p15: limit 15m -> 10m\np15: tier 1 over 15m -> 10m\n"));
  EXPECT_THAT(out_, HasSubstr("p15: wording en "));
  EXPECT_EQ(lupaus({"-o", "ndjson", "diff", scenario("p15.yaml"), scenario("p15-revision-2.yaml")}),
            kNo);
  EXPECT_THAT(out_, HasSubstr("{\"subject\":\"promise\",\"name\":\"p15\",\"clause\":\"limit\","
                              "\"change\":\"changed\",\"before\":\"15m\",\"after\":\"10m\","
                              "\"text\":\"p15: limit 15m -> 10m\"}"));
}

TEST_F(CommandLine, DiffIsSilentWhereOnlyTheFormDiffers) {
  const auto file = write("p.yaml", "# ours\n" + replaced(text_of(scenario("p15.yaml")),
                                                          "within: 15m", "within: 900s"));
  EXPECT_EQ(lupaus({"diff", scenario("p15.yaml"), file}), kYes);
  EXPECT_EQ(out_, "");
}

TEST_F(CommandLine, DiffOfABrokenBookIsNeitherYesNorNo) {
  EXPECT_EQ(lupaus({"diff", scenario("p15.yaml"), write("p.yaml", "kind: Promise\n")}), kUsage);
  EXPECT_THAT(err_, HasSubstr("error P"));
  EXPECT_EQ(lupaus({"diff", scenario("p15.yaml"), "/nowhere"}), kUsage);
}

}  // namespace
}  // namespace lupaus::clients::cli
