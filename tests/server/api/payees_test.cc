// The door of the payees: who may enter, what one import is, and what is said without a key.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lupaus/v1/payee.grpc.pb.h"
#include "tests/server/running_server.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::tests {
namespace {

constexpr const char* kIban = "FI2112345600000785";

class PayeeCalls : public testing::Test {
 protected:
  static std::string make_key(const support::TemporaryDirectory& directory) {
    const std::string path = directory.file("payee.key");
    std::ofstream(path, std::ios::binary) << std::string(32, 'k');
    ::chmod(path.c_str(), 0600);
    return path;
  }
  static v1::ImportPayeesRequest row(const std::string& customer, const std::string& name) {
    v1::ImportPayeesRequest request;
    v1::PayeeRow& row = *request.add_rows();
    row.set_line(2);
    row.set_customer(customer);
    row.set_name(name);
    row.set_iban(kIban);
    request.set_is_last(true);
    return request;
  }
  grpc::Status import(const v1::ImportPayeesRequest& request, const std::string& actor = "frida") {
    const auto context = make_context(actor);
    const auto stub = v1::PayeeService::NewStub(running_.channel());
    const auto writer = stub->ImportPayees(context.get(), &response_);
    writer->Write(request);
    writer->WritesDone();
    return writer->Finish();
  }
  uint64_t count() {
    v1::PayeeSummary summary;
    const auto status = v1::PayeeService::NewStub(running_.channel())
                            ->GetPayeeSummary(make_context("frida").get(), {}, &summary);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return summary.payees_count();
  }

  support::TemporaryDirectory directory_;
  RunningServer running_{false, [this](server::config::Config& config) {
                           config.finance.payee_key = make_key(directory_);
                         }};
  v1::ImportPayeesResponse response_;
};

TEST_F(PayeeCalls, NeedToKnowWhoActs) {
  EXPECT_EQ(import(row("c-1", "Anna"), "").error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(count(), 0u);
}

TEST_F(PayeeCalls, ARepeatedImportGivesItsFirstAnswer) {
  v1::ImportPayeesRequest request = row("c-1", "Anna");
  request.set_request_id("r-1");
  ASSERT_TRUE(import(request).ok());
  EXPECT_EQ(response_.added_count(), 1u);
  ASSERT_TRUE(import(request).ok());
  EXPECT_EQ(response_.added_count(), 1u);
  v1::ImportPayeesRequest other = row("c-1", "Bengt");
  other.set_request_id("r-1");
  EXPECT_EQ(import(other).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(PayeeCalls, WhomNoBankCanPayIsToldWithoutNameAndNumber) {
  v1::ImportPayeesRequest request = row("c-1", "日本 太郎");
  *request.add_rows() = row("c-2", "🙂").rows(0);
  *request.add_rows() = row("c-3", "Ayşe Яна").rows(0);
  request.mutable_rows(2)->set_iban("TR330006100519786457841326");
  *request.add_rows() = row("c-4", "Ayşe Яна").rows(0);
  for (int i = 0; i < 4; ++i) request.mutable_rows(i)->set_line(static_cast<uint32_t>(2 + i));
  ASSERT_TRUE(import(request).ok());
  EXPECT_FALSE(response_.is_kept());
  ASSERT_EQ(response_.bad_rows_size(), 3);
  EXPECT_EQ(response_.bad_rows(0).field(), "name");
  EXPECT_EQ(response_.bad_rows(1).field(), "name");
  EXPECT_EQ(response_.bad_rows(2).field(), "iban");
  EXPECT_EQ(response_.bad_rows(2).line(), 4u);
  const std::string told = response_.ShortDebugString();
  for (const char* text : {"TR33", "太郎", "Ay"}) EXPECT_EQ(told.find(text), std::string::npos);
}

TEST_F(PayeeCalls, ABrokenOffImportKeepsNothing) {
  v1::ImportPayeesRequest unfinished = row("c-1", "Anna");
  unfinished.set_is_last(false);
  EXPECT_EQ(import(unfinished).error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(count(), 0u);
  ASSERT_TRUE(import(row("c-1", "Anna")).ok());
  EXPECT_EQ(count(), 1u);
}

TEST_F(PayeeCalls, ArePagedThrough) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(import(row("c-" + std::to_string(i), "Anna")).ok());
  const auto stub = v1::PayeeService::NewStub(running_.channel());
  v1::ListPayeesRequest request;
  request.set_page_size(2);
  size_t seen = 0;
  do {
    v1::ListPayeesResponse page;
    ASSERT_TRUE(stub->ListPayees(make_context("frida").get(), request, &page).ok());
    seen += static_cast<size_t>(page.payees_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 5u);
  v1::ListPayeesResponse page;
  request.set_page_token("no token");
  EXPECT_EQ(stub->ListPayees(make_context("frida").get(), request, &page).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(PayeeRoles, AreFinanceAlone) {
  support::TemporaryDirectory directory;
  const std::string path = directory.path();
  ASSERT_EQ(std::system((LUPAUS_MAKE_TEST_CA " " + path + " >/dev/null").c_str()), 0);
  RunningServer running(false, [&](server::config::Config& config) {
    config.tls = server::config::Tls{path + "/server.pem", path + "/server.key", path + "/ca.pem"};
  });
  auto read = [](const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  };
  auto answer = [&](const std::string& client) {
    const grpc::SslCredentialsOptions options{read(path + "/ca.pem"),
                                              read(path + "/" + client + ".key"),
                                              read(path + "/" + client + ".pem")};
    v1::ListPayeesResponse page;
    return v1::PayeeService::NewStub(
               grpc::CreateChannel(running.server().grpc_address(), grpc::SslCredentials(options)))
        ->ListPayees(make_context().get(), {}, &page);
  };
  EXPECT_EQ(answer("author").error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(answer("kiosk").error_code(), grpc::StatusCode::PERMISSION_DENIED);
  const grpc::Status allowed = answer("finance");
  EXPECT_EQ(allowed.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(allowed.error_message().find("finance.payee_key"), std::string::npos);
}

}  // namespace
}  // namespace lupaus::tests
