// Who may stream, and when the others are asked to come back.
#include "server/ingest/admission.h"

#include <gtest/gtest.h>

namespace lupaus::server::ingest {
namespace {

using rules::model::from_unix_ms;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kNow = from_unix_ms(1'767'596'400'000);

TEST(Admission, LetsAsManyCatchUpAsMayAndOthersWhenTheyAreDone) {
  Admission admission(100, 2);
  EXPECT_FALSE(admission.enter(1, kNow));
  EXPECT_FALSE(admission.enter(2, kNow));
  EXPECT_TRUE(admission.enter(3, kNow));
  admission.caught_up(1);
  admission.caught_up(1);
  EXPECT_FALSE(admission.enter(3, kNow));
  EXPECT_TRUE(admission.enter(4, kNow));
  admission.leave(2);
  admission.leave(1);
  EXPECT_EQ(admission.catching_up_count(), 1U);
  EXPECT_FALSE(admission.enter(4, kNow));
}

TEST(Admission, BoundsTheStreamsThatAreOpen) {
  Admission admission(2, 100);
  for (uint64_t stream = 1; stream <= 2; ++stream) {
    EXPECT_FALSE(admission.enter(stream, kNow));
    admission.caught_up(stream);
  }
  EXPECT_TRUE(admission.enter(3, kNow));
  admission.leave(1);
  EXPECT_FALSE(admission.enter(3, kNow));
}

TEST(Admission, GivesThePlaceOfOneThatStandsStillToAnother) {
  Admission admission(100, 2);
  EXPECT_FALSE(admission.enter(1, kNow));
  EXPECT_FALSE(admission.enter(2, kNow));
  admission.moved(1, kNow + seconds(9));
  EXPECT_TRUE(admission.enter(3, kNow + milliseconds(9'999)));
  EXPECT_FALSE(admission.enter(3, kNow + seconds(10))) << "the second one has not moved";
  EXPECT_TRUE(admission.enter(4, kNow + seconds(10)));
  admission.caught_up(2);
  EXPECT_EQ(admission.catching_up_count(), 2U) << "it had no place to give up";
}

TEST(Admission, SendsThemAwayForLongerTheMoreThereAre) {
  Admission admission(100, 10);
  for (uint64_t stream = 1; stream <= 10; ++stream) ASSERT_FALSE(admission.enter(stream, kNow));
  const auto first = admission.enter(11, kNow);
  std::optional<milliseconds> last;
  for (uint64_t stream = 0; stream < 100; ++stream) last = admission.enter(12 + stream, kNow);
  EXPECT_EQ(first, milliseconds(500));
  EXPECT_EQ(last, milliseconds(500) * 11);
  EXPECT_EQ(admission.enter(200, kNow + seconds(2)), milliseconds(500)) << "the rush is over";
  for (uint64_t stream = 0; stream < 100'000; ++stream) last = admission.enter(300 + stream, kNow);
  EXPECT_EQ(last, seconds(15));
}

}  // namespace
}  // namespace lupaus::server::ingest
