// A simulated day is the same for the same seed, and every ticket of it lives a life that a queue
// can have.
#include "clients/branch/simulator/day.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace lupaus::clients::branch::simulator {
namespace {

constexpr Instant kOpens{std::chrono::hours(24 * 365)};
constexpr Instant kCloses = kOpens + std::chrono::minutes(450);

std::vector<Occurrence> all_of(const Plan& plan, uint64_t seed) {
  Day day(plan, seed);
  std::vector<Occurrence> all;
  while (day.next_at()) all.push_back(day.take());
  return all;
}

Plan plan() { return sample_plans("20260105", kOpens, kCloses).front(); }

/// What may follow each type of event on one ticket; "" is the beginning.
const std::map<std::string, std::set<std::string>> kFollows = {
    {"", {"issued"}},
    {"issued", {"called", "away", "left"}},
    {"away", {"back"}},
    {"back", {"called", "left"}},
    {"called", {"recalled", "service_started", "parked"}},
    {"recalled", {"service_started", "no_show"}},
    {"parked", {"unparked"}},
    {"unparked", {"called", "left", "away"}},
    {"service_started", {"service_ended"}},
};
const std::set<std::string> kEnds = {"left", "no_show", "service_ended"};

TEST(Day, IsTheSameForTheSameSeed) {
  EXPECT_EQ(all_of(plan(), 7), all_of(plan(), 7));
  EXPECT_NE(all_of(plan(), 7), all_of(plan(), 8));
}

TEST(Day, GivesEveryTicketAValidLife) {
  std::set<std::string> types;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::map<std::string, std::string> last;
    Instant before{};
    for (const Occurrence& occurrence : all_of(plan(), seed)) {
      ASSERT_GE(occurrence.at, before) << "seed " << seed;
      before = occurrence.at;
      std::string& previous = last[occurrence.ticket];
      ASSERT_TRUE(kFollows.contains(previous) && kFollows.at(previous).contains(occurrence.type))
          << "seed " << seed << ": " << occurrence.ticket << " " << previous << " -> "
          << occurrence.type;
      previous = occurrence.type;
      types.insert(occurrence.type);
    }
    for (const auto& [ticket, type] : last)
      ASSERT_TRUE(kEnds.contains(type)) << "seed " << seed << ": " << ticket;
  }
  EXPECT_EQ(types.size(), 11U) << "each type of event comes up";
}

TEST(Day, LetsOnlyKiosksIssueAndIssuesInOpeningHours) {
  for (const Occurrence& occurrence : all_of(plan(), 3)) {
    const bool is_kiosk = occurrence.source.find("/kiosk-") != std::string::npos;
    ASSERT_EQ(is_kiosk, occurrence.type == "issued");
    if (!is_kiosk) continue;
    ASSERT_GE(occurrence.at, kOpens);
    ASSERT_LT(occurrence.at, kCloses);
    ASSERT_EQ(occurrence.ticket.rfind("20260105-kiosk-1-", 0), 0U);
  }
}

TEST(Day, IsBusiestAtLunchAndBreaksSomeWaitsOfFifteenMinutes) {
  size_t late = 0;
  size_t tickets = 0;
  std::map<int64_t, size_t> by_hour;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    std::map<std::string, Instant> issued;
    for (const Occurrence& occurrence : all_of(plan(), seed)) {
      if (occurrence.type == "issued") {
        issued[occurrence.ticket] = occurrence.at;
        ++by_hour[(occurrence.at - kOpens) / std::chrono::hours(1)];
        ++tickets;
      }
      if (occurrence.type != "service_started") continue;
      late += occurrence.at - issued[occurrence.ticket] > std::chrono::minutes(15) ? 1 : 0;
    }
  }
  EXPECT_GT(by_hour[3], by_hour[0] * 3 / 2);
  EXPECT_GT(by_hour[3], by_hour[6] * 3 / 2);
  EXPECT_GT(late, tickets / 50);
  EXPECT_LT(late, tickets / 3);
  RecordProperty("late", static_cast<int>(late));
  RecordProperty("tickets", static_cast<int>(tickets));
}

}  // namespace
}  // namespace lupaus::clients::branch::simulator
