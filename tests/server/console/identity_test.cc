// What a proxy says reaches the services, and nobody else can say it.
#include "server/wire/identity.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include "lupaus/v1/payout.grpc.pb.h"
#include "tests/server/console/gateway_stage.h"

namespace lupaus::server::console {
namespace {

using ::testing::HasSubstr;

/// A base of its own, for the server below is told it while it is made.
struct ProxySocket {
  std::string socket_;
};

class BehindAProxy : protected ProxySocket, public GatewayStage {
 protected:
  BehindAProxy()
      : GatewayStage(
            [](config::Config& config) { config.http_proxy_socket = config.data_dir + "/http"; }) {}
  Answer by_proxy(const std::string& line, const std::string& who, const std::string& body = "") {
    const auto once = [&](const std::string& first, const std::string& headers,
                          const std::string& sent) {
      Wire wire(running_.directory() + "/http");
      wire.send(request_text(first, "Host: console.bank.example\r\n" + who + headers, sent));
      return parse_answer(wire.read_all());
    };
    if (line.starts_with("GET")) return once(line, "", "");
    const std::string csrf = text(json_of(once("GET /session", "", "")), "csrf");
    return once(line, "Content-Type: application/json\r\nLupaus-Csrf: " + csrf + "\r\n", body);
  }
};

TEST_F(BehindAProxy, RolesAreAskedForAndNamesAreTwo) {
  break_promise("L1");
  const std::string anna = "Lupaus-Name: anna\r\nLupaus-Roles: finance\r\n";
  const Answer created = by_proxy("POST /v1/payout-batches", anna, "{}");
  ASSERT_EQ(created.status, 200) << created.body;
  const std::string approve =
      "POST /v1/payout-batches/" + text(json_of(created), "id") + ":approve";
  struct Row {
    std::string who;
    int status;
    std::string reason;
  };
  for (const Row& row : {Row{anna, 403, "four_eyes"}, Row{"Lupaus-Name: bea\r\n", 403, "forbidden"},
                         Row{"Lupaus-Name: bea\r\nLupaus-Roles: manager\r\n", 403, "forbidden"},
                         Row{"Lupaus-Name: bea\r\nLupaus-Roles: king\r\n", 401, "unauthenticated"},
                         Row{"Lupaus-Name: bea\r\nLupaus-Roles: manager, finance\r\n", 200, ""}}) {
    const Answer answer = by_proxy(approve, row.who, "{}");
    EXPECT_EQ(answer.status, row.status) << row.who << answer.body;
    EXPECT_EQ(text(json_of(answer), "reason"), row.reason) << row.who;
  }
}

TEST_F(BehindAProxy, TheMetadataOfAVisitorIsWorthNothingOverTcp) {
  break_promise("L1");
  const auto stub = v1::PayoutService::NewStub(running_.channel());
  const auto [key, value] =
      wire::metadata_of_visitor({wire::Identity::Kind::person, true, "anna", "finance"});
  EXPECT_EQ(key, "lupaus-visitor");
  std::string wrong = value;
  wrong[0] = wrong[0] == '0' ? '1' : '0';
  // Even with the right secret: it is a call from outside.
  for (const std::string& told : {value, wrong, std::string("x"), std::string("1 anna finance")}) {
    auto context = tests::make_context("anna");
    context->AddMetadata(key, told);
    v1::PayoutBatch batch;
    const grpc::Status status = stub->CreatePayoutBatch(context.get(), {}, &batch);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << told;
    EXPECT_THAT(status.error_message(), HasSubstr("outside this process")) << told;
  }
}

}  // namespace
}  // namespace lupaus::server::console
