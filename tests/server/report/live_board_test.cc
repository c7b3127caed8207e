// What is remembered of committed facts for the boards that somebody watches, and no more.
#include "server/report/live_board.h"

#include <gtest/gtest.h>

#include <memory>

namespace lupaus::server::report {
namespace {

using rules::model::FactBody;

rules::model::Observed observed(std::string_view branch, std::string_view ticket) {
  rules::model::Observed fact;
  fact.event.branch = branch;
  fact.event.ticket = ticket;
  return fact;
}

class LiveBoardTest : public ::testing::Test {
 protected:
  void commit(std::vector<FactBody> bodies) {
    auto committed = std::make_shared<runtime::Committed>();
    for (FactBody& body : bodies) {
      rules::model::Fact& fact = committed->facts.emplace_back();
      fact.position = ++position_;
      fact.body = std::move(body);
    }
    board_.follow(committed);
  }

  rules::model::Position position_ = 7;
  int rang_ = 0;
  LiveBoard board_{position_, [this] { ++rang_; }, 3};
};

TEST_F(LiveBoardTest, RemembersEachChangedTicketOfWatchedBranchesOnce) {
  board_.watch("b1");
  rules::model::Confirmed confirmed;
  confirmed.key.branch = "b1";
  confirmed.key.ticket = "t1";
  commit({observed("b1", "t2"), observed("b2", "t3"), confirmed});
  commit({observed("b1", "t1"), observed("b1", ""), rules::model::WatermarkAdvanced{}});
  EXPECT_EQ(rang_, 1) << "once until somebody takes";
  const LiveBoard::Changes changes = board_.take();
  EXPECT_EQ(changes.tickets, (std::vector<TicketKey>{{"b1", "t1"}, {"b1", "t2"}}));
  EXPECT_EQ(changes.branches, std::vector<std::string>{"b1"});
  EXPECT_FALSE(changes.is_everything);
  EXPECT_EQ(changes.position, 13u);
  EXPECT_TRUE(board_.take().tickets.empty());
  commit({observed("b1", "t1")});
  EXPECT_EQ(rang_, 2);
}

TEST_F(LiveBoardTest, RemembersNothingForNobody) {
  commit({observed("b1", "t1")});
  board_.watch("");
  board_.watch("b1");
  board_.unwatch("");
  commit({observed("b2", "t1")});
  const LiveBoard::Changes changes = board_.take();
  EXPECT_TRUE(changes.tickets.empty());
  EXPECT_EQ(changes.position, 9u);
  EXPECT_EQ(rang_, 0);
}

TEST_F(LiveBoardTest, SaysThatEverythingMayHaveChangedInsteadOfGrowing) {
  board_.watch("");
  commit({observed("b1", "t1"), observed("b1", "t2"), observed("b2", "t1")});
  EXPECT_FALSE(board_.take().is_everything);
  commit({observed("b1", "t1"), observed("b1", "t2"), observed("b2", "t1"), observed("b2", "t2")});
  const LiveBoard::Changes changes = board_.take();
  EXPECT_TRUE(changes.is_everything);
  EXPECT_TRUE(changes.tickets.empty());
  commit({rules::model::Published{}});
  EXPECT_TRUE(board_.take().is_everything);
}

}  // namespace
}  // namespace lupaus::server::report
