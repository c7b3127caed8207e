// Books that were published: as written, one against another, and put to their own tests.
#include <gmock/gmock.h>

#include "lupaus/v1/promise.grpc.pb.h"
#include "rules/language/compile.h"
#include "rules/language/difference.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const char* const kTests =
    "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [book.yaml]\n"
    "start: 2026-01-05T09:00:00+02:00\ndefaults: {branch: b1, service: cash}\ntests:\n"
    "  - {name: fourteen, events: [A1 issued, A1 service_started +14m], expect: {A1: kept}}\n"
    "  - {name: sixteen, events: [A1 issued, A1 service_started +16m], expect: {A1: breached}}\n";

/// The sample book with another limit on p15.
std::string changed_book() {
  std::string text = sample_book();
  text.replace(text.find("within: 15m"), 11, "within: 10m");
  text.replace(text.find("over: 15m"), 9, "over: 10m");
  return text;
}

class Publications : public testing::Test {
 protected:
  uint64_t publish(const std::string& book, const std::string& tests = "") {
    v1::ApplyPromisesRequest request;
    const auto add = [&](const std::string& name, const std::string& text) {
      request.add_files()->set_name(name);
      request.mutable_files(request.files_size() - 1)->set_text(text);
    };
    add("book.yaml", book);
    if (!tests.empty()) add("p15.test.yaml", tests);
    v1::ApplyPromisesResponse response;
    const auto status = stub_->ApplyPromises(make_context("anna").get(), request, &response);
    EXPECT_TRUE(status.ok() && response.position() != 0)
        << status.error_message() << response.ShortDebugString();
    return response.position();
  }
  v1::GetPublicationResponse get(uint64_t position) {
    v1::GetPublicationRequest request;
    request.set_position(position);
    v1::GetPublicationResponse response;
    EXPECT_TRUE(stub_->GetPublication(make_context("anna").get(), request, &response).ok());
    return response;
  }
  v1::DiffPublicationsResponse diff(uint64_t before, uint64_t after) {
    v1::DiffPublicationsRequest request;
    request.set_old_position(before);
    request.set_new_position(after);
    v1::DiffPublicationsResponse response;
    EXPECT_TRUE(stub_->DiffPublications(make_context("anna").get(), request, &response).ok());
    return response;
  }

  RunningServer running_{false};
  std::unique_ptr<v1::PromiseService::Stub> stub_ = v1::PromiseService::NewStub(running_.channel());
};

TEST_F(Publications, AreGivenAsTheyWereWritten) {
  const uint64_t first = publish(sample_book(), kTests);
  const uint64_t second = publish(changed_book());
  const auto older = get(first);
  ASSERT_EQ(older.files_size(), 2);
  EXPECT_EQ(older.files(0).text(), sample_book());
  EXPECT_EQ(older.files(1).name(), "p15.test.yaml");
  EXPECT_EQ(older.publication().position(), first);
  EXPECT_EQ(older.publication().actor(), "anna");
  ASSERT_EQ(older.promises_size(), 2);
  EXPECT_EQ(older.promises(0).within(), "15m");
  const auto newest = get(0);
  EXPECT_EQ(newest.publication().position(), second);
  EXPECT_EQ(newest.promises(0).within(), "10m");
  EXPECT_EQ(newest.promises(0).revision(), 2u);
  ASSERT_EQ(newest.publication().revisions_size(), 1) << "p30 is as it was";
  EXPECT_EQ(newest.publication().revisions(0).promise(), "p15");
}

TEST_F(Publications, DifferAsTheDiffOfTheirFilesSays) {
  const uint64_t first = publish(sample_book());
  const uint64_t second = publish(changed_book());
  const auto compile = [](const std::string& text) {
    return rules::language::compile(std::vector<rules::model::SourceFile>{{"book.yaml", text}})
        .book;
  };
  std::vector<std::string> expected;
  for (const auto& one :
       rules::language::differences(*compile(sample_book()), *compile(changed_book())))
    expected.push_back(rules::language::format_difference(one));
  ASSERT_FALSE(expected.empty());
  for (const auto& answer : {diff(first, second), diff(0, 0), diff(0, second)}) {
    EXPECT_THAT(answer.lines(), testing::ElementsAreArray(expected));
    EXPECT_EQ(answer.old_position(), first);
    EXPECT_EQ(answer.new_position(), second);
  }
  EXPECT_TRUE(diff(second, second).lines().empty());
  const auto beginning = diff(0, first);
  EXPECT_EQ(beginning.old_position(), 0u);
  EXPECT_THAT(beginning.lines(),
              ElementsAre(HasSubstr("p15"), HasSubstr("p30"), HasSubstr("b1"), HasSubstr("b2")));
}

TEST_F(Publications, TellOfEachOfTheirTests) {
  publish(sample_book(), kTests);
  publish(changed_book());
  v1::TestPublicationResponse newest;
  ASSERT_TRUE(stub_->TestPublication(make_context("anna").get(), {}, &newest).ok());
  EXPECT_TRUE(newest.tests().empty());
  v1::TestPublicationRequest request;
  request.set_position(get(0).publication().position());
  v1::ListPublicationsResponse all;
  ASSERT_TRUE(stub_->ListPublications(make_context("anna").get(), {}, &all).ok());
  request.set_position(all.publications(0).position());
  v1::TestPublicationResponse tested;
  ASSERT_TRUE(stub_->TestPublication(make_context("anna").get(), request, &tested).ok());
  ASSERT_EQ(tested.tests_size(), 2);
  EXPECT_EQ(tested.tests(0).name(), "fourteen");
  for (const auto& test : tested.tests()) {
    EXPECT_EQ(test.file(), "p15.test.yaml");
    EXPECT_TRUE(test.passed()) << test.message();
  }
}

TEST_F(Publications, ThatNobodyMadeAreNotFound) {
  v1::GetPublicationResponse response;
  v1::GetPublicationRequest request;
  EXPECT_EQ(stub_->GetPublication(make_context("anna").get(), request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  request.set_position(publish(sample_book()) + 1);
  EXPECT_EQ(stub_->GetPublication(make_context("anna").get(), request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace lupaus::tests
