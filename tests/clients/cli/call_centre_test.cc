// A month of a real call centre, imported and judged: the counts are known from its publication.
// The data is not part of this repository; without it the test is skipped, visibly.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "tests/clients/cli/command_line.h"

namespace lupaus::clients::cli {
namespace {

std::string data_file() {
  const char* shared = std::getenv("LUPAUS_SHARED_DATA");
  const std::string folder =
      shared != nullptr ? shared : std::string(LUPAUS_SOURCE_DIR) + "/../shared/data";
  return folder + "/anonymous_bank_february_1999.tsv";
}

struct Expected {
  std::string within, boundary;
  size_t breached;
};

class CallCentre : public CommandLine {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(data_file())) {
      GTEST_SKIP() << "the call centre's data is not at " << data_file()
                   << "; set LUPAUS_SHARED_DATA";
    }
    const std::string folder = std::string(LUPAUS_SOURCE_DIR) + "/deploy/promises/call-centre/";
    ASSERT_EQ(lupaus({"events", "import", "--map", folder + "import.yaml", data_file(), "--to-file",
                      directory_.file("e")}),
              kYes)
        << err_;
    EXPECT_THAT(err_, testing::HasSubstr("left out: 1941 hung up before the queue"));
    EXPECT_THAT(err_, testing::HasSubstr("left out: 278 phantom calls"));
  }

  static std::string promise(const Expected& expected) {
    return "apiVersion: lupaus/v1\nkind: Promise\nmetadata: {name: answered}\nspec:\n  problem: "
           "Callers wait.\n"
           "  wording: {en: Answered in time.}\n  applies: true\n  clock:\n    measure: elapsed\n"
           "    on: {issued: start, called: continue, recalled: continue, service_started: stop, "
           "service_ended: continue,\n"
           "         transferred: continue, parked: continue, unparked: continue, away: continue, "
           "back: continue,\n"
           "         no_show: continue, left: stop, cancelled: void, expired: review}\n    "
           "on_silence: review\n"
           "  target: {within: " +
           expected.within + ", boundary: " + expected.boundary + "}\n";
  }
};

TEST_F(CallCentre, GivesThePublishedCounts) {
  const auto branch = write("branch.yaml",
                            "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: "
                            "call-centre}\nspec: {timezone: Asia/Jerusalem}\n");
  for (const Expected& expected :
       {Expected{"20s", "inclusive", 13'659}, Expected{"60s", "inclusive", 7'697},
        Expected{"120s", "inclusive", 3'706}, Expected{"300s", "inclusive", 375},
        Expected{"60s", "exclusive", 7'807}}) {
    const auto book = write("promise.yaml", promise(expected));
    ASSERT_EQ(lupaus({"backtest", "--promises", book, branch, "--events", directory_.file("e"),
                      "-o", "ndjson"}),
              kYes)
        << err_;
    EXPECT_EQ(count_lines(out_, "\"promise\":\"answered\""), 31'125u) << expected.within;
    EXPECT_EQ(count_lines(out_, "\"verdict\":\"breached\""), expected.breached)
        << expected.within << " " << expected.boundary;
    EXPECT_EQ(count_lines(out_, "\"verdict\":\"open\""), 0u) << expected.within;
  }
}

}  // namespace
}  // namespace lupaus::clients::cli
