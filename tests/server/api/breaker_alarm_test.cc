// Whoever runs the server hears of a breaker that keeps payouts back: once a branch and hour.
#include "server/breaker_alarm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "rules/ledger/breaker.h"

namespace lupaus::tests {
namespace {

namespace model = rules::model;
using testing::HasSubstr;

constexpr model::Instant kMorning = model::from_unix_ms(1'767'600'000'000);  // 08:00 UTC

model::Fact held(std::string branch, std::string reason, model::Instant at) {
  model::Owed owed;
  owed.key = {std::move(branch), "A1", "p15", 1, 1};
  owed.state = model::PaidState::held;
  owed.reason = std::move(reason);
  return {1, at, nullptr, std::move(owed)};
}

class Alarm {
 public:
  /// What it says of the facts.
  std::string told(model::Facts facts) {
    runtime_.facts = std::move(facts);
    testing::internal::CaptureStderr();
    alarm_.follow(runtime_);
    return testing::internal::GetCapturedStderr();
  }
  std::string metrics() const { return registry_.expose(); }

 private:
  server::telemetry::Registry registry_;
  server::BreakerAlarm alarm_{registry_};
  server::runtime::Committed runtime_;
};

std::ptrdiff_t lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

TEST(BreakerAlarm, WarnsOnceABranchAndHourAndCountsAll) {
  using std::chrono::minutes;
  const std::string by_breaker(rules::ledger::kBreaker);
  Alarm alarm;
  const std::string first = alarm.told({held("helsinki-1", by_breaker, kMorning),
                                        held("helsinki-1", by_breaker, kMorning + minutes(59))});
  EXPECT_EQ(lines_of(first), 1) << first;
  EXPECT_THAT(first, HasSubstr("warning payouts of `helsinki-1` are held"));
  EXPECT_THAT(first, HasSubstr("lupaus reviews list --branch helsinki-1 --kind held"));
  EXPECT_EQ(lines_of(alarm.told({held("turku-1", by_breaker, kMorning)})), 1) << "another branch";
  EXPECT_EQ(alarm.told({held("helsinki-1", by_breaker, kMorning + minutes(1))}), "");
  EXPECT_EQ(lines_of(alarm.told({held("helsinki-1", by_breaker, kMorning + minutes(60))})), 1)
      << "the next hour";
  EXPECT_THAT(alarm.metrics(), HasSubstr("lupaus_breaker_held_total 5"));
}

TEST(BreakerAlarm, IsSilentOfWhatAnotherReasonHolds) {
  Alarm alarm;
  EXPECT_EQ(alarm.told({held("helsinki-1", "review", kMorning)}), "");
  EXPECT_THAT(alarm.metrics(), HasSubstr("lupaus_breaker_held_total 0"));
}

}  // namespace
}  // namespace lupaus::tests
