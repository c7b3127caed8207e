// Mutual TLS: who has no certificate is not heard, and a source speaks only for ids under its
// prefix.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lupaus/v1/ticket.grpc.pb.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class TlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = testing::TempDir() + "/lupaus-ca-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    ASSERT_EQ(std::system((LUPAUS_MAKE_TEST_CA " " + directory_ + " >/dev/null").c_str()), 0);
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(directory_); }
  /// `client` "" has no certificate.
  std::shared_ptr<grpc::Channel> channel(const std::string& client) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = read_file(directory_ + "/ca.pem");
    if (!client.empty()) {
      options.pem_cert_chain = read_file(directory_ + "/" + client + ".pem");
      options.pem_private_key = read_file(directory_ + "/" + client + ".key");
    }
    return grpc::CreateChannel(running_.server().grpc_address(), grpc::SslCredentials(options));
  }
  static std::string directory_;
  RunningServer running_{false, [](server::config::Config& config) {
                           config.tls = server::config::Tls{directory_ + "/server.pem",
                                                            directory_ + "/server.key",
                                                            directory_ + "/ca.pem"};
                         }};
};
std::string TlsTest::directory_;

TEST_F(TlsTest, RefusesACallerWithoutACertificate) {
  v1::ListTicketsResponse response;
  for (const auto& channel_without : {channel(""), running_.channel()}) {
    grpc::Status status = v1::TicketService::NewStub(channel_without)
                              ->ListTickets(make_context().get(), {}, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  }
  EXPECT_TRUE(v1::TicketService::NewStub(channel("author"))
                  ->ListTickets(make_context().get(), {}, &response)
                  .ok());
}

TEST_F(TlsTest, LetsASourceSpeakOnlyUnderItsPrefix) {
  SourceStream own(channel("kiosk"));
  EXPECT_EQ(own.hello("helsinki-1/kiosk-1").sources_size(), 1);
  SourceStream foreign(channel("kiosk"));
  EXPECT_EQ(foreign.hello("helsinki-2/kiosk-1").sources_size(), 0);
  EXPECT_EQ(foreign.finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(TlsTest, LetsOnlyPeoplePublishAndRecordsWhoItWas) {
  v1::ApplyPromisesRequest request;
  v1::PromiseFile& file = *request.add_files();
  file.set_name("book.yaml");
  file.set_text(sample_book());
  v1::ApplyPromisesResponse response;
  grpc::Status refused = v1::PromiseService::NewStub(channel("kiosk"))
                             ->ApplyPromises(make_context().get(), request, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  // What the metadata says counts for nothing where a certificate speaks.
  ASSERT_TRUE(v1::PromiseService::NewStub(channel("author"))
                  ->ApplyPromises(make_context("mallory").get(), request, &response)
                  .ok());
  rules::model::Actor actor;
  auto read = running_.storage().read_journal(1, [&](std::span<const rules::model::Fact> facts) {
    for (const auto& fact : facts) {
      if (std::holds_alternative<rules::model::Published>(fact.body)) actor = *fact.actor;
    }
    return true;
  });
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(actor.id, "anna");
  EXPECT_EQ(actor.roles, "author");
  EXPECT_TRUE(actor.is_authenticated);
}

}  // namespace
}  // namespace lupaus::tests
