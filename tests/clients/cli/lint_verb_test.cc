// `lupaus events lint` as a script sees it.
#include <gmock/gmock.h>

#include "tests/clients/cli/command_line.h"

namespace lupaus::clients::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class LintVerb : public CommandLine {
 protected:
  int lint(const std::string& events) {
    return lupaus(
        {"events", "lint", "-", "--promises", scenario("p15.yaml"), scenario("branches.yaml")},
        events);
  }
  static std::string line(const std::string& identity, const std::string& type,
                          const std::string& rest = "") {
    return "{" + identity + R"("branch":"always","ticket":"A1","type":")" + type +
           R"(","occurredAt":"2026-01-05T09:00:00Z")" + rest + "}\n";
  }
};

TEST_F(LintVerb, SaysHowManyEventsAreGood) {
  EXPECT_EQ(lint(line("", "issued") + "\n" + line("", "service_started")), kYes) << err_;
  EXPECT_THAT(err_, HasSubstr("2 events are as the book knows them"));
}

TEST_F(LintVerb, TellsEveryBadLineNotOnlyTheFirst) {
  EXPECT_EQ(lint(line("", "issued") + line("", "teleported") + "no json\n" +
                 line("", "called", R"(,"attributes":{"colour":"blue"})")),
            kNo);
  EXPECT_THAT(err_, HasSubstr("stdin:2: error unknown_type"));
  EXPECT_THAT(err_, HasSubstr("stdin:3: error bad_event"));
  EXPECT_THAT(err_, HasSubstr("stdin:4: error bad_attribute"));
  EXPECT_THAT(err_, Not(HasSubstr("stdin:1")));
  EXPECT_THAT(err_, HasSubstr("3 complaints about stdin"));
}

TEST_F(LintVerb, FindsGapsAndOverlargeEpochs) {
  const auto identity = [](const std::string& epoch, const std::string& sequence) {
    return R"("source":"s","epoch":")" + epoch + R"(","sequence":")" + sequence + R"(",)";
  };
  EXPECT_EQ(lint(line(identity("1", "1"), "issued") + line(identity("1", "3"), "called")), kNo);
  EXPECT_THAT(err_, HasSubstr("stdin:2: error sequence_gap"));
  EXPECT_EQ(lint(line(identity("4294967296", "1"), "issued")), kNo);
  EXPECT_THAT(err_, HasSubstr("expected at most 4294967295"));
}

TEST_F(LintVerb, RefusesAFileThatCannotBeRead) {
  EXPECT_EQ(lupaus({"events", "lint", "/no/such/file", "--promises", scenario("p15.yaml")}),
            kUsage);
  EXPECT_EQ(lupaus({"events", "lint", "-"}), kUsage) << "which book?";
}

}  // namespace
}  // namespace lupaus::clients::cli
