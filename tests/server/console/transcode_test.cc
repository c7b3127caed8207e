// Paths, queries and bodies to requests, as tables.
#include "server/console/transcode.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "lupaus/v1/breach.pb.h"
#include "lupaus/v1/payout.pb.h"
#include "lupaus/v1/signal.pb.h"
#include "lupaus/v1/ticket.pb.h"
#include "lupaus/v1/voucher.pb.h"
#include "server/console/route_table.h"

namespace lupaus::server::console {
namespace {

using ::testing::HasSubstr;

TEST(RouteTable, FindsTheCallAndItsFields) {
  const RouteTable table;
  struct Row {
    std::string verb, path, call, field, value;
  };
  for (const Row& row :
       {Row{"GET", "/v1/tickets", "TicketService/ListTickets", "", ""},
        Row{"GET", "/v1/tickets:watch", "TicketService/WatchTickets", "", ""},
        Row{"GET", "/v1/tickets/A017:explain", "TicketService/ExplainTicket", "ticket", "A017"},
        Row{"GET", "/v1/payouts:reconcile", "PayoutService/ReconcilePayouts", "", ""},
        Row{"GET", "/v1/payouts/b1%2Ft%3A1", "PayoutService/GetPayout", "id", "b1/t:1"},
        Row{"POST", "/v1/payouts/x%20y:approve", "PayoutService/ApprovePayout", "id", "x y"},
        Row{"GET", "/v1/reports/2026-01-01..2026-01-15", "ReportService/GetReport", "period",
            "2026-01-01..2026-01-15"},
        Row{"GET", "/v1/payout-batches/B-1:download", "PayoutService/DownloadPayoutBatch", "id",
            "B-1"}}) {
    const Route* route = table.find(row.verb, row.path);
    ASSERT_NE(route, nullptr) << row.path;
    EXPECT_EQ(route->call_name(), "/lupaus.v1." + row.call);
    const auto bound = bind_path(*route, row.path);
    ASSERT_TRUE(bound) << row.path;
    EXPECT_EQ(bound->empty() ? "" : bound->front().first, row.field);
    EXPECT_EQ(bound->empty() ? "" : bound->front().second, row.value);
  }
}

TEST(RouteTable, KnowsNothingElse) {
  const RouteTable table;
  for (const std::string path :
       {"", "/", "/v1", "/v1/", "/v1/tickets/", "/v1//tickets", "/V1/tickets",
        "/v1/tickets:explain", "/v1/payouts/", "/v1/payouts/:approve", "/v1/payouts/a/b",
        "/v1/payouts/a:b:approve", "/v1/payouts/a:dance", "/v1/../v1/tickets", "v1/tickets",
        "/v1/backups"}) {
    EXPECT_EQ(table.find("GET", path), nullptr) << path;
    EXPECT_EQ(table.find("POST", path), nullptr) << path;
  }
}

TEST(RouteTable, RefusesBrokenEscapesInAPath) {
  const RouteTable table;
  for (const std::string path :
       {"/v1/payouts/%", "/v1/payouts/%2", "/v1/payouts/%zz", "/v1/payouts/%00", "/v1/payouts/%0a",
        "/v1/payouts/%ff", "/v1/payouts/%c0%af"}) {
    const Route* route = table.find("GET", path);
    ASSERT_NE(route, nullptr) << path;
    EXPECT_FALSE(bind_path(*route, path)) << path;
  }
}

TEST(Transcode, SetsFieldsOfEveryKindByEitherName) {
  v1::ListTicketsRequest tickets;
  ASSERT_TRUE(fill(tickets, {}, {{"branch", "å 1"}, {"at_risk", "true"}, {"pageSize", "7"}}).ok());
  EXPECT_EQ(tickets.ShortDebugString(), R"(branch: "\303\245 1" at_risk: true page_size: 7)");
  v1::WatchSignalsRequest signals;
  ASSERT_TRUE(fill(signals, {},
                   {{"branches", "a"}, {"branches", "b"}, {"fromPosition", "18446744073709551615"}})
                  .ok());
  EXPECT_EQ(signals.branches_size(), 2);
  EXPECT_EQ(signals.from_position(), 18446744073709551615u);
  v1::GetVoucherRequest voucher;
  ASSERT_TRUE(fill(voucher, {{"voucher", "V"}}, {{"qr", "QR_FORM_SVG"}}).ok());
  EXPECT_EQ(voucher.qr(), v1::QR_FORM_SVG);
}

TEST(Transcode, RefusesWhatDoesNotFitAndNamesTheField) {
  for (const auto& [name, text] : Parameters{{"brunch", "x"},
                                             {"at_risk", "maybe"},
                                             {"at_risk", ""},
                                             {"page_size", "1x"},
                                             {"page_size", "99999999999"},
                                             {"page_size", ""},
                                             {"branch.name", "x"}}) {
    v1::ListTicketsRequest request;
    const auto filled = fill(request, {}, {{name, text}});
    ASSERT_FALSE(filled.ok()) << name << "=" << text;
    EXPECT_EQ(filled.error().code, "invalid_field");
    EXPECT_THAT(filled.error().message, ::testing::StartsWith(name + ": expected"));
  }
  v1::ListTicketsRequest request;
  EXPECT_FALSE(fill(request, {{"branch", "a"}}, {{"branch", "b"}}).ok()) << "twice";
  EXPECT_FALSE(fill(request, {}, {{"page_size", "1"}, {"pageSize", "1"}}).ok()) << "twice";
}

TEST(Transcode, ReadsBodiesStrictly) {
  v1::ListTicketsRequest request;
  EXPECT_TRUE(read_json(R"({"atRisk":true,"page_size":3})", request).ok());
  EXPECT_EQ(request.page_size(), 3);
  EXPECT_TRUE(read_json("", request).ok());
  for (const std::string body : {"{", "[]", "1", R"({"brunch":"x"})", R"({"atRisk":"maybe"})",
                                 R"({"pageSize":1e99})", "{}{}", "{\"branch\":\"\xff\"}"}) {
    v1::ListTicketsRequest other;
    EXPECT_FALSE(read_json(body, other).ok()) << body;
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
  EXPECT_FALSE(read_json(deep, request).ok());
}

TEST(Transcode, WritesProtobufJson) {
  v1::ListTicketsResponse response;
  auto& ticket = *response.add_tickets();
  ticket.set_label("A\"017<");
  auto& commitment = *ticket.add_commitments();
  commitment.set_counted_ms(930'500);
  commitment.mutable_due_at()->set_seconds(1'767'597'300);
  EXPECT_EQ(write_json(response),
            R"({"tickets":[{"label":"A\"017\u003c","commitments":[{"dueAt":"2026-01-05T07:15:00Z",)"
            R"("countedMs":"930500"}]}]})");
}

}  // namespace
}  // namespace lupaus::server::console
