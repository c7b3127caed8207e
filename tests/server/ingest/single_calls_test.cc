// CreateEvents, the list of rejected events and their retry, and those who follow the journal.
#include <gtest/gtest.h>

#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using rules::model::Observed;

class SingleCallsTest : public testing::Test {
 protected:
  grpc::Status create(const v1::CreateEventsRequest& request, v1::CreateEventsResponse& response,
                      const std::string& actor = "anna") {
    response.Clear();
    return stub_->CreateEvents(make_context(actor).get(), request, &response);
  }
  static v1::Event event_of_b2(const std::string& ticket) {
    v1::Event event = make_event(ticket, "issued", {}, "cash");
    event.set_branch("b2");
    return event;
  }
  RunningServer running_;
  std::unique_ptr<v1::EventService::Stub> stub_ = v1::EventService::NewStub(running_.channel());
};

TEST_F(SingleCallsTest, NumbersEventsWithoutIdentityAndKnowsARepeatedRequest) {
  v1::CreateEventsRequest request;
  *request.add_events() = event_of_b2("A1");
  *request.add_events() = event_of_b2("A2");
  request.set_request_id("r1");
  v1::CreateEventsResponse response;
  for (int i = 0; i < 2; ++i) {
    grpc::Status status = create(request, response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(response.acks_size(), 1);
    EXPECT_EQ(response.acks(0).source(), "api/anna");
    EXPECT_EQ(response.acks(0).up_to_sequence(), 2u);
  }
  EXPECT_EQ(running_.count_facts<Observed>(), 2u);
  request.set_request_id("r2");
  ASSERT_TRUE(create(request, response).ok());
  EXPECT_EQ(response.acks(0).up_to_sequence(), 4u);
}

TEST_F(SingleCallsTest, RefusesARequestIdThatCameBeforeWithOtherEvents) {
  v1::CreateEventsRequest request;
  *request.add_events() = event_of_b2("A1");
  (*request.mutable_events(0)->mutable_attributes())["customer"] = "c-1";
  request.set_request_id("r1");
  v1::CreateEventsResponse response;
  ASSERT_TRUE(create(request, response).ok());
  ASSERT_TRUE(create(v1::CreateEventsRequest(request), response).ok()) << "the same, once more";
  request.mutable_events(0)->set_ticket("A2");
  grpc::Status status = create(request, response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << "it would be lost";
  EXPECT_NE(status.error_message().find("request_id"), std::string::npos);
  EXPECT_EQ(running_.count_facts<Observed>(), 1u);
  EXPECT_TRUE(create(request, response, "berit").ok()) << "ids are each caller's own";
}

TEST_F(SingleCallsTest, KeepsTheIdentityThatEventsCarry) {
  v1::CreateEventsRequest request;
  for (uint64_t n = 1; n <= 3; ++n) {
    v1::Event event = event_of_b2("A" + std::to_string(n));
    event.set_source(n < 3 ? "s1" : "s2");
    event.set_epoch(1);
    event.set_sequence(n < 3 ? n : 1);
    *request.add_events() = event;
  }
  v1::CreateEventsResponse response;
  for (int i = 0; i < 2; ++i) {
    grpc::Status status = create(request, response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(response.acks_size(), 2);
    EXPECT_EQ(response.acks(0).up_to_sequence(), 2u);
  }
  EXPECT_EQ(running_.count_facts<Observed>(), 3u);
}

TEST_F(SingleCallsTest, RefusesEventsOfWhichSomeCarryAnIdentity) {
  v1::CreateEventsRequest request;
  *request.add_events() = event_of_b2("A1");
  *request.add_events() = event_of_b2("A2");
  request.mutable_events(1)->set_source("s1");
  v1::CreateEventsResponse response;
  grpc::Status status = create(request, response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(status.error_message().starts_with("events[1]")) << status.error_message();
  EXPECT_EQ(running_.count_facts<Observed>(), 0u);
}

TEST_F(SingleCallsTest, ListsRejectedEventsAndAppliesThemOnceABookKnowsThem) {
  v1::CreateEventsRequest request;
  for (const char* ticket : {"A1", "A2"}) {
    *request.add_events() = event_of_b2(ticket);
    request.mutable_events(request.events_size() - 1)->set_branch("b3");
  }
  v1::CreateEventsResponse created;
  ASSERT_TRUE(create(request, created).ok());
  ASSERT_EQ(created.acks(0).rejected_size(), 2);
  v1::ListRejectedEventsRequest list;
  list.set_page_size(1);
  v1::ListRejectedEventsResponse page;
  ASSERT_TRUE(stub_->ListRejectedEvents(make_context().get(), list, &page).ok());
  ASSERT_EQ(page.rejected_events_size(), 1);
  EXPECT_EQ(page.rejected_events(0).event().ticket(), "A1");
  EXPECT_FALSE(page.rejected_events(0).retried());
  v1::RetryRejectedEventRequest retry;
  retry.set_position(page.rejected_events(0).position());
  v1::RetryRejectedEventResponse retried;
  ASSERT_TRUE(stub_->RetryRejectedEvent(make_context("anna").get(), retry, &retried).ok());
  EXPECT_FALSE(retried.applied());
  EXPECT_NE(retried.message().find("b3"), std::string::npos) << retried.message();
  std::string more =
      "---\napiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b3}\nspec: {timezone: "
      "Europe/Helsinki}\n";
  ASSERT_TRUE(running_.apply(sample_book() + more).ok());
  retried.Clear();
  grpc::Status status = stub_->RetryRejectedEvent(make_context("anna").get(), retry, &retried);
  EXPECT_TRUE(retried.applied()) << retried.message() << status.error_message();
  EXPECT_EQ(running_.count_facts<Observed>(), 1u);
  list.set_page_token(page.next_page_token());
  v1::ListRejectedEventsResponse second;
  ASSERT_TRUE(stub_->ListRejectedEvents(make_context().get(), list, &second).ok());
  EXPECT_EQ(second.rejected_events(0).event().ticket(), "A2");
  EXPECT_TRUE(second.next_page_token().empty());
  list.clear_page_token();
  page.Clear();
  ASSERT_TRUE(stub_->ListRejectedEvents(make_context().get(), list, &page).ok());
  EXPECT_TRUE(page.rejected_events(0).retried());
}

TEST_F(SingleCallsTest, SaysThatAPositionHoldsNoRejectedEvent) {
  v1::RetryRejectedEventRequest retry;
  retry.set_position(1);
  v1::RetryRejectedEventResponse retried;
  grpc::Status status = stub_->RetryRejectedEvent(make_context("anna").get(), retry, &retried);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(SingleCallsTest, FollowsTheJournalFromAPositionOnWithoutGap) {
  v1::CreateEventsRequest request;
  *request.add_events() = event_of_b2("A1");
  v1::CreateEventsResponse created;
  ASSERT_TRUE(create(request, created).ok());
  auto context = make_context();
  v1::TailEventsRequest tail;
  tail.set_from_position(1);
  auto reader = stub_->TailEvents(context.get(), tail);
  v1::TailEventsResponse seen;
  ASSERT_TRUE(reader->Read(&seen));
  EXPECT_EQ(seen.event().ticket(), "A1");
  request.mutable_events(0)->set_ticket("A2");
  ASSERT_TRUE(create(request, created).ok());
  ASSERT_TRUE(reader->Read(&seen));
  EXPECT_EQ(seen.event().ticket(), "A2");
  context->TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace lupaus::tests
