// The written forms of dates, limits and effects, and when a clock expires by itself.
#include "rules/model/promise.h"

#include <gtest/gtest.h>

namespace lupaus::rules::model {
namespace {

TEST(LocalDate, IsReadOnlyWhenItExists) {
  EXPECT_EQ(parse_local_date("2028-02-29").value(), (LocalDate{2028, 2, 29}));
  EXPECT_EQ(format_local_date({2026, 1, 5}), "2026-01-05");
  for (const char* text : {"", "2026-02-29", "2026-1-5", "2026-00-10", "2026-01-32", "20260105",
                           "2026/01/05", "2026-01-05Z"}) {
    EXPECT_FALSE(parse_local_date(text).ok()) << text;
  }
}

TEST(Limit, IsWrittenAsInFiles) {
  EXPECT_EQ(format_limit({Limit::Unit::duration, std::chrono::minutes(15), 0}), "15m");
  EXPECT_EQ(format_limit({Limit::Unit::business_days, {}, 2}), "2 business days");
  EXPECT_EQ(format_limit({Limit::Unit::calendar_days, {}, 1}), "1 calendar day");
}

TEST(Effect, HasTheWordOfTheFiles) {
  for (const char* word :
       {"start", "stop", "restart", "void", "forfeit", "review", "pause", "resume", "continue"}) {
    ASSERT_TRUE(find_effect(word).has_value()) << word;
    EXPECT_EQ(format_effect(*find_effect(word)), word);
  }
  EXPECT_EQ(format_effect(Effect::proceed), "continue");
  EXPECT_EQ(format_effect(Effect::voided), "void");
  EXPECT_FALSE(find_effect("voided").has_value());
  EXPECT_FALSE(find_effect("").has_value());
}

TEST(Cap, NamesItsScope) {
  EXPECT_EQ(format_cap_scope(Cap::Scope::ticket), "ticket");
  EXPECT_EQ(format_cap_scope(Cap::Scope::customer_day), "customer/day");
  EXPECT_EQ(format_cap_scope(Cap::Scope::promise_month), "promise/month");
  EXPECT_EQ(find_instrument("transfer"), Instrument::transfer);
}

TEST(Tier, SaysAllThatItPays) {
  Tier tier;
  tier.over = {Limit::Unit::duration, std::chrono::hours(48), 0};
  tier.pay = *parse_money("GBP 9.98");
  EXPECT_EQ(format_tier(tier), "over 48h pays GBP 9.98");
  tier.every = Limit{Limit::Unit::duration, std::chrono::hours(24), 0};
  tier.count = Tier::Count::full;
  tier.measure = "elapsed";
  tier.at_most = Share{300'000, "fee", false};
  tier.at_least = *parse_money("GBP 5.00");
  EXPECT_EQ(format_tier(tier),
            "over 48h pays GBP 9.98 every 24h, full periods, measured by elapsed, "
            "at most 30% of ticket.fee, at least GBP 5.00");
}

TEST(Deadline, IsWrittenAsInAFile) {
  EXPECT_EQ(format_deadline({"appointment_at", {}, {}}), "by ticket.appointment_at");
  EXPECT_EQ(format_deadline({"appointment_at", std::chrono::minutes(10), {}}),
            "by ticket.appointment_at + 10m");
  EXPECT_EQ(format_deadline({"target_at", -std::chrono::seconds(90), {}}),
            "by ticket.target_at - 1m30s");
}

TEST(Expiry, IsADayWhereNothingIsWrittenAndNeverWhereItOnlyContinues) {
  Promise promise;
  EXPECT_EQ(effective_expiry(promise), std::nullopt);
  promise.on["expired"].otherwise = Effect::review;
  EXPECT_EQ(effective_expiry(promise), std::chrono::hours(24));
  promise.expire_after = std::chrono::hours(72);
  EXPECT_EQ(effective_expiry(promise), std::chrono::hours(72));
  promise.on["expired"].otherwise = Effect::proceed;
  EXPECT_EQ(effective_expiry(promise), std::nullopt);
  promise.on["expired"].cases.push_back({nullptr, Effect::stop});
  EXPECT_EQ(effective_expiry(promise), std::chrono::hours(72));
}

}  // namespace
}  // namespace lupaus::rules::model
