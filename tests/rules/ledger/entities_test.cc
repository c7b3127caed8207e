// Names of states, ids of compensations, and whether two names are one person's.
#include "rules/ledger/entities.h"

#include <gtest/gtest.h>

namespace lupaus::rules::ledger {
namespace {

TEST(PayoutBatch, HasAWordForEachState) {
  EXPECT_EQ(format_batch_state(PayoutBatch::State::draft), "draft");
  EXPECT_EQ(format_batch_state(PayoutBatch::State::approved), "approved");
  EXPECT_EQ(format_batch_state(PayoutBatch::State::exported), "exported");
}

TEST(CompensationId, IsReadBackInItsPartitionAlone) {
  EXPECT_EQ(compensation_id(1, 42), "C-1-42");
  EXPECT_EQ(compensation_number(1, "C-1-42"), 42u);
  EXPECT_EQ(compensation_number(12, compensation_id(12, 1)), 1u);
  for (const char* text : {"", "C-1-", "C-1", "C-2-42", "c-1-42", "C-1-42x", "C-1-x", "C-1--42",
                           "C-1-99999999999999999999", "C-12-3"})
    EXPECT_EQ(compensation_number(1, text), 0u) << text;
}

TEST(Person, IsTheSameWhateverTheCaseOfTheName) {
  EXPECT_TRUE(is_same_person("anna", "anna"));
  EXPECT_TRUE(is_same_person("anna", "Anna"));
  EXPECT_TRUE(is_same_person("PÄIVI", "päivi"));
  EXPECT_TRUE(is_same_person("a.b+c@bank.example", "A.B+C@bank.example"));
  EXPECT_FALSE(is_same_person("anna", "anna "));
  EXPECT_FALSE(is_same_person("a.b", "axb")) << "a dot is no pattern";
  EXPECT_FALSE(is_same_person("anna", "ann"));
  EXPECT_FALSE(is_same_person("\xff", "anna")) << "no UTF-8";
}

}  // namespace
}  // namespace lupaus::rules::ledger
