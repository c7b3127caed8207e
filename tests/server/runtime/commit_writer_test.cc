// Group commit alone: what is merged, in which order it is answered, and that a failure answers
// nobody.
#include "server/runtime/commit_writer.h"

#include <gtest/gtest.h>

#include "tests/support/memory_storage.h"

namespace lupaus::server::runtime {
namespace {

using rules::model::Fact;
using rules::model::Position;
using tests::support::MemoryStorage;

class GroupCommit : public testing::Test {
 protected:
  void start() {
    writer_ = std::make_unique<CommitWriter>(storage_, *board_,
                                             [this](std::string why) { failure_ = why; });
    writer_->start();
  }
  bool hand_over(size_t facts, bool may_write_here = false) {
    auto batch = writer_->empty_batch();
    batch->number = ++number_;
    for (size_t i = 0; i < facts; ++i) {
      batch->committed->facts.push_back(
          Fact{++position_, {}, nullptr, rules::model::SourceRegistered{"kiosk", 1, false}});
    }
    batch->replay_from = position_ + 1;
    batch->acknowledgements.emplace_back([this, number = number_] {
      answered_.push_back(number);
      durable_when_answered_.push_back(storage_.last_position());
    });
    return writer_->hand_over(std::move(batch), may_write_here);
  }

  MemoryStorage storage_;
  std::unique_ptr<PhaseBoard> board_ = std::move(PhaseBoard::open("").value());
  std::unique_ptr<CommitWriter> writer_;
  std::string failure_;
  Position position_ = 0;
  uint64_t number_ = 0;
  std::vector<uint64_t> answered_;
  std::vector<Position> durable_when_answered_;
};

TEST_F(GroupCommit, MergesWhatGatheredIntoOneWrite) {
  start();
  storage_.block_appends();
  ASSERT_TRUE(hand_over(3));
  storage_.wait_for_blocked_append();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(hand_over(2));
  storage_.release_appends();
  writer_->stop();
  EXPECT_EQ(storage_.append_count(), 2U);
  EXPECT_EQ(storage_.last_position(), 13U);
  EXPECT_EQ(storage_.replay_from(), 14U);
  EXPECT_EQ(answered_, (std::vector<uint64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(durable_when_answered_, (std::vector<Position>{3, 13, 13, 13, 13, 13}));
}

TEST_F(GroupCommit, WritesASmallBatchOnTheCallersThreadWhenIdle) {
  start();
  ASSERT_TRUE(hand_over(1, true));
  EXPECT_EQ(answered_.size(), 1U) << "already answered when hand_over returns";
}

TEST_F(GroupCommit, AnswersAnEmptyBatchAfterThoseBefore) {
  start();
  storage_.block_appends();
  ASSERT_TRUE(hand_over(1));
  storage_.wait_for_blocked_append();
  ASSERT_TRUE(hand_over(0, true));
  EXPECT_TRUE(answered_.empty());
  storage_.release_appends();
  writer_->stop();
  EXPECT_EQ(answered_, (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(storage_.append_count(), 1U);
}

TEST_F(GroupCommit, AnswersNobodyAfterAFailure) {
  start();
  storage_.block_appends();
  storage_.fail_append(1);
  ASSERT_TRUE(hand_over(1));
  storage_.wait_for_blocked_append();
  ASSERT_TRUE(hand_over(1));
  storage_.release_appends();
  writer_->stop();
  EXPECT_TRUE(answered_.empty());
  EXPECT_NE(failure_.find("cannot be written"), std::string::npos);
  EXPECT_FALSE(hand_over(1));
}

}  // namespace
}  // namespace lupaus::server::runtime
