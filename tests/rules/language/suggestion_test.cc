// Distances between words, for "did you mean".
#include "rules/language/suggestion.h"

#include <gtest/gtest.h>

namespace lupaus::tests {
namespace {

using rules::language::nearest;
using rules::language::suggest;

constexpr std::string_view kWords[] = {"start", "stop", "restart", "continue"};

TEST(Suggestion, FindsTheNearestWordAndNothingFarAway) {
  EXPECT_EQ(nearest("strat", kWords), "start");
  EXPECT_EQ(nearest("stpo", kWords), "stop");
  EXPECT_EQ(nearest("contnue", kWords), "continue");
  EXPECT_EQ(nearest("banana", kWords), "");
  EXPECT_EQ(nearest("", kWords), "");
  EXPECT_EQ(nearest(std::string(100000, 'x'), kWords), "");
}

TEST(Suggestion, ListsWhatIsKnownWhenNothingIsNear) {
  EXPECT_EQ(suggest("stopp", kWords), "did you mean \"stop\"?");
  EXPECT_EQ(suggest("banana", kWords), "known here: start, stop, restart, continue");
}

}  // namespace
}  // namespace lupaus::tests
