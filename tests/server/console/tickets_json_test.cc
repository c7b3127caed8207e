// The JSON of live tickets is the protobuf JSON of the service's answer.
#include "server/console/tickets_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "lupaus/v1/ticket.pb.h"

namespace lupaus::server::console {
namespace {

TEST(TicketsJson, IsTheProtobufJsonOfTheAnswer) {
  lupaus::v1::ListTicketsResponse response;
  auto& ticket = *response.add_tickets();
  ticket.set_branch("helsinki-1");
  ticket.set_label("A\"017<");
  (*ticket.mutable_attributes())["service"] = "cash";
  auto& commitment = *ticket.add_commitments();
  commitment.set_counted_ms(930'500);
  commitment.mutable_due_at()->set_seconds(1'767'597'300);
  const JsonAnswer answer = to_answer(response);
  EXPECT_EQ(answer.status, 200);
  const boost::json::value json = boost::json::parse(answer.json);
  const auto& row = json.at("tickets").at(0);
  EXPECT_EQ(row.at("label").as_string(), "A\"017<");
  EXPECT_EQ(row.at("attributes").at("service").as_string(), "cash");
  const auto& clock = row.at("commitments").at(0);
  EXPECT_EQ(clock.at("countedMs").as_string(), "930500");
  EXPECT_EQ(clock.at("dueAt").as_string(), "2026-01-05T07:15:00Z");
  EXPECT_EQ(clock.at("warnedCount").as_int64(), 0) << "defaults are written out";
  EXPECT_EQ(json.at("nextPageToken").as_string(), "");
}

TEST(TicketsJson, AnEmptyAnswerHasAnEmptyList) {
  const auto json = boost::json::parse(to_answer(lupaus::v1::ListTicketsResponse()).json);
  EXPECT_TRUE(json.at("tickets").as_array().empty());
}

TEST(TicketsJson, TheQueryIsTheRequest) {
  lupaus::v1::ListTicketsRequest request;
  to_request({"b", true, false, 7, "token"}, request);
  EXPECT_EQ(request.branch(), "b");
  EXPECT_TRUE(request.at_risk());
  EXPECT_FALSE(request.open());
  EXPECT_EQ(request.page_size(), 7);
  EXPECT_EQ(request.page_token(), "token");
}

}  // namespace
}  // namespace lupaus::server::console
