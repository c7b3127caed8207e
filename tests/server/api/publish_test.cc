// Publishing a book with its promise tests: what fails is refused, whoever publishes.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/cli/context.h"
#include "rules/language/compile.h"
#include "server/api/promise_service.h"
#include "server/wire/ask.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using rules::model::SourceFile;
using testing::HasSubstr;
using Files = std::vector<SourceFile>;

/// One test of the sample book: A1 is served after 14 minutes.
std::string promise_test(const std::string& expected, const std::string& files = "../book.yaml") {
  return "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [" + files +
         "]\nstart: 2026-01-05T09:00:00+02:00\ndefaults: {branch: b1, service: cash}\ntests:\n"
         "  - name: fourteen minutes\n    events: [A1 issued, A1 service_started +14m]\n"
         "    expect: {A1: " +
         expected + "}\n";
}

/// The sample book and a file of tests in a folder beside it.
Files tested_book(const std::string& tests) {
  return {{"deploy/book.yaml", sample_book()}, {"./deploy/tests/p15.test.yaml", tests}};
}

v1::ApplyPromisesResponse post(const RunningServer& running, const Files& files,
                               bool validate_only = false) {
  v1::ApplyPromisesRequest request;
  for (const SourceFile& source : files) {
    auto* file = request.add_files();
    file->set_name(source.name);
    file->set_text(source.text);
  }
  request.set_validate_only(validate_only);
  v1::ApplyPromisesResponse response;
  const grpc::Status status = v1::PromiseService::NewStub(running.channel())
                                  ->ApplyPromises(make_context("anna").get(), request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

v1::Diagnostic find(const v1::ApplyPromisesResponse& response, const std::string& code) {
  for (const v1::Diagnostic& diagnostic : response.diagnostics()) {
    if (diagnostic.code() == code) return diagnostic;
  }
  return {};
}

TEST(PublishWithTests, RefusesABookWhoseTestFailsUntilItIsMended) {
  RunningServer running(false);
  for (const bool validate_only : {true, false}) {
    const auto refused = post(running, tested_book(promise_test("breached")), validate_only);
    EXPECT_EQ(refused.position(), 0u);
    const v1::Diagnostic error = find(refused, "tests_failed");
    EXPECT_EQ(error.severity(), "error");
    EXPECT_EQ(error.file(), "./deploy/tests/p15.test.yaml");
    EXPECT_EQ(error.line(), 7u);
    EXPECT_THAT(error.message(), HasSubstr("`fourteen minutes` fails"));
    EXPECT_THAT(error.message(), HasSubstr("p15.test.yaml:9:14: A1"));
    EXPECT_THAT(error.message(), HasSubstr("expected  breached"));
    EXPECT_THAT(error.message(), HasSubstr("found     kept"));
    EXPECT_THAT(error.hint(), HasSubstr("`lupaus test ./deploy/tests/p15.test.yaml`"));
  }
  EXPECT_EQ(running.count_facts<rules::model::Published>(), 0u);
  const auto published = post(running, tested_book(promise_test("kept")));
  EXPECT_GT(published.position(), 0u) << published.ShortDebugString();
  EXPECT_EQ(running.count_facts<rules::model::Published>(), 1u);
}

TEST(PublishWithTests, NamesEveryFailingTestAndPublishesTheRestNeither) {
  RunningServer running(false);
  const std::string tests = promise_test("breached") +
                            "  - name: sixteen minutes\n"
                            "    events: [A2 issued, A2 service_started +16m]\n"
                            "    expect: {A2: breached, owed: EUR 10.00}\n"
                            "  - name: thirty minutes\n"
                            "    events: [A3 issued, A3 service_started +30m]\n"
                            "    expect: {A3: breached, owed: EUR 20.00}\n";
  const auto refused = post(running, tested_book(tests));
  std::vector<std::string> failed;
  for (const v1::Diagnostic& diagnostic : refused.diagnostics()) {
    if (diagnostic.code() == "tests_failed") failed.push_back(diagnostic.message());
  }
  EXPECT_THAT(failed, testing::ElementsAre(
                          HasSubstr("`fourteen minutes`"),
                          AllOf(HasSubstr("`thirty minutes`"), HasSubstr("found     EUR 10.00"))));
  EXPECT_EQ(running.count_facts<rules::model::Published>(), 0u);
}

TEST(PublishWithTests, RefusesAMalformedFileOfTestsWithItsPlace) {
  RunningServer running(false);
  const auto refused = post(running, tested_book(promise_test("happy")));
  const v1::Diagnostic error = find(refused, "T001");
  EXPECT_EQ(error.severity(), "error");
  EXPECT_EQ(error.file(), "./deploy/tests/p15.test.yaml");
  EXPECT_EQ(error.line(), 9u);
  EXPECT_EQ(error.column(), 18u);
  EXPECT_EQ(running.count_facts<rules::model::Published>(), 0u);
}

TEST(PublishWithTests, WarnsOfATestWhoseFilesAreNotThereAndPublishes) {
  RunningServer running(false);
  const auto published =
      post(running, tested_book(promise_test("breached", "../book.yaml, hours.yaml")));
  const v1::Diagnostic warning = find(published, "tests_not_run");
  EXPECT_EQ(warning.severity(), "warning");
  EXPECT_EQ(warning.line(), 7u);
  EXPECT_THAT(warning.message(), HasSubstr("`hours.yaml`"));
  EXPECT_GT(published.position(), 0u);
}

TEST(PublishWithTests, WarnsOfWhatPaysByAWebhookThatIsNotThere) {
  RunningServer running(false);
  std::string text = sample_book();
  text.replace(text.find("instrument: voucher"), 19, "instrument: webhook");
  const auto published = post(running, {{"book.yaml", text}});
  const v1::Diagnostic warning = find(published, "no_channel");
  EXPECT_EQ(warning.severity(), "warning");
  EXPECT_EQ(warning.file(), "book.yaml");
  EXPECT_GT(warning.line(), 10u);
  EXPECT_THAT(warning.message(), HasSubstr("`p15`"));
  EXPECT_GT(published.position(), 0u);
  const auto payable = post(running, {{"book.yaml", sample_book()}});
  EXPECT_EQ(find(payable, "no_channel").code(), "");
}

TEST(BookDirWithTests, IsRefusedOnceAndNotTestedAgainWhenItIsPublishedAlready) {
  RunningServer running(false);
  auto& loop = running.server().loop();
  const Files failing = tested_book(promise_test("breached"));
  const auto refused = server::api::publish_files(loop, running.storage(), failing);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "tests_failed");
  EXPECT_THAT(refused.error().message, HasSubstr("`fourteen minutes` fails"));
  EXPECT_EQ(running.count_facts<rules::model::Published>(), 0u);
  // As a server did that ran no tests.
  const auto compiled = rules::language::compile(failing);
  auto actor = std::make_shared<const rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::system, true, "lupaus", ""});
  ASSERT_TRUE(
      server::wire::ask(loop, rules::model::Publish{compiled.book, {}, {}, "book.dir"}, actor));
  const auto known = server::api::publish_files(loop, running.storage(), failing);
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_FALSE(*known);
}

class PromisesVerb : public testing::Test {
 protected:
  int lupaus(std::vector<std::string> words) {
    words.insert(words.begin(),
                 {"--server", running_.server().grpc_address(), "--as", "anna", "-o", "csv"});
    std::istringstream in;
    std::ostringstream out, err;
    const int code = clients::cli::run(words, {in, out, err, false, false});
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  /// A folder with the book and its test.
  std::string folder(const std::string& expected) const {
    const std::string path = running_.directory() + "/book";
    std::filesystem::create_directories(path);
    std::ofstream(path + "/book.yaml") << sample_book();
    std::ofstream(path + "/p15.test.yaml") << promise_test(expected, "book.yaml");
    return path;
  }
  RunningServer running_{false};
  std::string out_, err_;
};

TEST_F(PromisesVerb, ApplyAnswersNoWhileATestFails) {
  EXPECT_EQ(lupaus({"promises", "apply", folder("breached")}), 1);
  EXPECT_THAT(err_, HasSubstr("p15.test.yaml:7:5: error tests_failed"));
  EXPECT_THAT(err_, HasSubstr("expected  breached"));
  EXPECT_EQ(lupaus({"promises", "list"}), 0);
  EXPECT_THAT(out_, testing::Not(HasSubstr("p15")));
  EXPECT_EQ(lupaus({"promises", "apply", folder("kept")}), 0) << err_;
}

TEST_F(PromisesVerb, HistoryTellsWhoPublishedWhatWhen) {
  ASSERT_EQ(lupaus({"promises", "apply", folder("kept")}), 0) << err_;
  std::string text = sample_book();
  text.replace(text.find("within: 30m"), 11, "within: 25m");
  std::ofstream(folder("kept") + "/book.yaml") << text;
  ASSERT_EQ(lupaus({"promises", "apply", running_.directory() + "/book", "--valid-from",
                    "2026-01-06T08:00:00Z", "--reason", "faster"}),
            0)
      << err_;
  ASSERT_EQ(lupaus({"promises", "history"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("2026-01-05T07:00:00.000Z,anna,2026-01-05T07:00:00.000Z,"
                              "\"p15 1, p30 1\",,,"));
  EXPECT_THAT(out_, HasSubstr("anna,2026-01-06T08:00:00.000Z,p30 2,,faster,"));
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 3);
}

TEST_F(PromisesVerb, ApplyNeedsToKnowWhoActs) {
  const auto as_nobody = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"--server", running_.server().grpc_address()});
    std::istringstream in;
    std::ostringstream out, err;
    const int code = clients::cli::run(words, {in, out, err, false, false});
    err_ = err.str();
    return code;
  };
  EXPECT_EQ(as_nobody({"promises", "apply", folder("kept")}), 5);
  EXPECT_THAT(err_, HasSubstr("--as NAME"));
  EXPECT_EQ(running_.count_facts<rules::model::Published>(), 0u);
  EXPECT_EQ(as_nobody({"promises", "apply", folder("kept"), "--validate-only"}), 0) << err_;
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"vouchers", "redeem", "ABCD", "--branch", "b1"},
           {"payouts", "batch", "export", "B-1", "--format", "csv"},
           {"events", "retry", "1"}}) {
    EXPECT_EQ(as_nobody(words), 5) << words[0];
    EXPECT_THAT(err_, HasSubstr("--as NAME"));
  }
}

TEST_F(PromisesVerb, ListShowsWhatBindsOnlyLater) {
  ASSERT_EQ(lupaus({"promises", "apply", folder("kept"), "--valid-from", "2026-01-06T08:00:00Z",
                    "--reason", "from tomorrow on"}),
            0)
      << err_;
  ASSERT_EQ(lupaus({"promises", "list"}), 0);
  EXPECT_THAT(out_, HasSubstr("p15,1,"));
  EXPECT_THAT(out_, HasSubstr("2026-01-06T08:00:00"));
  EXPECT_THAT(out_, HasSubstr("upcoming"));
  EXPECT_THAT(out_, testing::Not(HasSubstr("in force")));
  running_.move_to(RunningServer::at(std::chrono::hours(48)));
  ASSERT_EQ(lupaus({"promises", "list"}), 0);
  EXPECT_THAT(out_, HasSubstr("in force"));
  EXPECT_THAT(out_, testing::Not(HasSubstr("upcoming")));
}

}  // namespace
}  // namespace lupaus::tests
