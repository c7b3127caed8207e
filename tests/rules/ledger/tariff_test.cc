// What a lateness costs before caps: the worked cases to the cent, every rule of the tariff, and
// the arithmetic against plain fractions.
#include "rules/ledger/tariff.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::ledger::tariff;
using rules::ledger::Tariffed;

/// "EUR 3.75", with why it is not paid; "-" where no tier is reached.
std::string outcome(const Promise& promise, const GivenReading& reading) {
  const Tariffed made = tariff(promise, reading);
  std::string text = made.computed ? format_money(*made.computed) : "";
  if (!made.held.empty()) text += "held " + std::string(made.held);
  if (!made.unpaid.empty()) text += (text.empty() ? "" : " ") + std::string(made.unpaid);
  return text.empty() ? "-" : text;
}

Promise p15() {
  return promise({tier(15min, money("EUR 10.00")), tier(30min, money("EUR 20.00"))});
}

/// "5 % a week for the first two started weeks, then 10 %, at most 30 %".
Promise weekly() {
  Tier first = tier(0s, share(50'000, "price"), length(168h));
  first.at_most = share(100'000, "price");
  Promise made = promise({first, tier(336h, share(100'000, "price"), length(168h))});
  made.by.emplace();
  made.compensation->is_stacked = true;
  made.compensation->at_most = share(300'000, "price");
  return made;
}

Promise train() {
  Promise made =
      promise({tier(60min, share(250'000, "fare")), tier(120min, share(500'000, "fare"))});
  made.compensation->min_payable = money("EUR 4.00");
  return made;
}

Promise repair() {
  Promise made = promise({tier(48h, money("GBP 9.98"), calendar_days(1))});
  made.compensation->currency = find_currency("GBP");
  return made;
}

GivenReading paid_for(Duration late, std::string attribute, std::string sum) {
  GivenReading reading(late);
  reading.captured[std::move(attribute)] = std::move(sum);
  return reading;
}

TEST(Tariff, WorkedCasesToTheCent) {
  EXPECT_EQ(outcome(p15(), GivenReading(15min)), "-");
  EXPECT_EQ(outcome(p15(), GivenReading(15min + 1ms)), "EUR 10.00") << "case 2";
  EXPECT_EQ(outcome(p15(), GivenReading(31min)), "EUR 20.00") << "case 3";
  EXPECT_EQ(outcome(weekly(), paid_for(24 * 24h, "price", "EUR 5000.00")), "EUR 1500.00")
      << "case 12";
  EXPECT_EQ(outcome(train(), paid_for(75min, "fare", "EUR 15.00")), "EUR 3.75 min_payable")
      << "case 13";
  EXPECT_EQ(outcome(repair(), GivenReading(48h + 9h)), "GBP 9.98") << "case 14";
  EXPECT_EQ(outcome(repair(), GivenReading(72h + 1ms)), "GBP 19.96");
}

TEST(Tariff, AccruesWeekByWeek) {
  const std::pair<Duration, const char*> weeks[] = {
      {1ms, "EUR 250.00"},    {168h, "EUR 250.00"},        {168h + 1ms, "EUR 500.00"},
      {336h, "EUR 500.00"},   {336h + 1ms, "EUR 1000.00"}, {504h + 1ms, "EUR 1500.00"},
      {5'000h, "EUR 1500.00"}};
  for (const auto& [late, owed] : weeks)
    EXPECT_EQ(outcome(weekly(), paid_for(late, "price", "EUR 5000.00")), owed)
        << format_duration(late);
}

TEST(Tariff, TheBoundaryIsThatOfTheLimit) {  // R40, R41
  Promise inclusive = promise({tier(1h, money("EUR 1.00"), length(1h))});
  Promise exclusive = inclusive;
  exclusive.is_boundary_inclusive = false;
  Promise full = inclusive;
  full.compensation->tiers[0].count = Tier::Count::full;
  struct Row {
    Duration late;
    const char *inclusive, *exclusive, *full;
  };
  for (const Row& row :
       {Row{1h, "-", "EUR 1.00", "-"}, Row{1h + 1ms, "EUR 1.00", "EUR 1.00", "EUR 0.00 nothing"},
        Row{2h, "EUR 1.00", "EUR 2.00", "EUR 1.00"},
        Row{2h + 1ms, "EUR 2.00", "EUR 2.00", "EUR 1.00"}}) {
    EXPECT_EQ(outcome(inclusive, GivenReading(row.late)), row.inclusive);
    EXPECT_EQ(outcome(exclusive, GivenReading(row.late)), row.exclusive);
    EXPECT_EQ(outcome(full, GivenReading(row.late)), row.full);
  }
}

TEST(Tariff, ATierAccruesByItsOwnMeasure) {  // R42
  GivenReading reading(10h);
  reading.counted_by_tier = 2h;
  EXPECT_EQ(outcome(promise({tier(1h, money("EUR 1.00"), length(1h))}), reading), "EUR 2.00");
}

TEST(Tariff, StacksOrReplaces) {
  Promise made = p15();
  EXPECT_EQ(outcome(made, GivenReading(1h)), "EUR 20.00");
  made.compensation->is_stacked = true;
  EXPECT_EQ(outcome(made, GivenReading(1h)), "EUR 30.00");
  EXPECT_EQ(outcome(made, GivenReading(20min)), "EUR 10.00");
}

TEST(Tariff, BoundsTheTierThenTheWholeAndAtMostWins) {  // R43
  Tier accruing = tier(0s, money("EUR 1.00"), length(1h));
  accruing.at_least = money("EUR 3.00");
  accruing.at_most = money("EUR 5.00");
  Promise made = promise({accruing});
  EXPECT_EQ(outcome(made, GivenReading(0s)), "-") << "at_least only once a tier is reached";
  EXPECT_EQ(outcome(made, GivenReading(1h)), "EUR 3.00");
  EXPECT_EQ(outcome(made, GivenReading(4h)), "EUR 4.00");
  EXPECT_EQ(outcome(made, GivenReading(9h)), "EUR 5.00");
  made.compensation->at_least = money("EUR 8.00");
  EXPECT_EQ(outcome(made, GivenReading(1h)), "EUR 8.00");
  made.compensation->at_most = share(100'000, "fare");
  EXPECT_EQ(outcome(made, paid_for(1h, "fare", "EUR 20.00")), "EUR 2.00");
  EXPECT_EQ(outcome(made, GivenReading(1h)), "EUR 8.00") << "an unknown bound binds nothing";
}

TEST(Tariff, ReadsAttributesAsCapturedOrAsSettled) {  // R13, R94
  GivenReading reading = paid_for(2h, "bill", "EUR 10.00");
  reading.settled["bill"] = "EUR 40.00";
  EXPECT_EQ(outcome(promise({tier(1h, share(500'000, "bill"))}), reading), "EUR 5.00");
  EXPECT_EQ(outcome(promise({tier(1h, share(500'000, "bill", true))}), reading), "EUR 20.00");
}

TEST(Tariff, HoldsWhatNobodyCanCompute) {  // R44, R58
  EXPECT_EQ(outcome(train(), GivenReading(75min)), "EUR 0.00 nothing")
      << "a missing attribute pays nothing for that tier";
  EXPECT_EQ(outcome(train(), paid_for(75min, "fare", "SEK 150.00")), "held currency");
  Promise huge = promise({tier(0s, share(1'000'000, "fare"), length(1ms))});
  EXPECT_EQ(outcome(huge, paid_for(1'000'000h, "fare", "EUR 9000000000000000.00")),
            "held overflow");
  Promise only_shares = train();
  only_shares.compensation->currency.reset();
  only_shares.compensation->min_payable.reset();
  EXPECT_EQ(outcome(only_shares, paid_for(75min, "fare", "SEK 150.00")), "SEK 37.50");
}

TEST(Tariff, RoundsOnceHalfUpAtTheEnd) {  // R45
  const auto third = [](const char* fare) { return paid_for(2h, "fare", fare); };
  Promise quarter = promise({tier(1h, share(250'000, "fare"))});
  EXPECT_EQ(outcome(quarter, third("EUR 0.02")), "EUR 0.01");
  EXPECT_EQ(outcome(quarter, third("EUR 0.01")), "EUR 0.00 nothing");
  Promise twice = promise({tier(0s, share(250'000, "fare")), tier(1h, share(250'000, "fare"))});
  twice.compensation->is_stacked = true;
  EXPECT_EQ(outcome(twice, third("EUR 0.01")), "EUR 0.01") << "0.25 + 0.25 cents";
  quarter.compensation->min_payable = money("EUR 0.01");
  EXPECT_EQ(outcome(quarter, third("EUR 0.02")), "EUR 0.01") << "rounded before min_payable";
}

TEST(Tariff, StatesTheArithmetic) {
  EXPECT_EQ(tariff(p15(), GivenReading(16min)).clause,
            "tier over 15m pays EUR 10.00, p.yaml:30:14");
  EXPECT_EQ(tariff(train(), paid_for(75min, "fare", "EUR 15.00")).clause,
            "tier over 1h pays 25% of ticket.fare EUR 15.00 = EUR 3.75, p.yaml:30:14; "
            "below min_payable EUR 4.00, p.yaml:28:3");
  EXPECT_EQ(tariff(weekly(), paid_for(24 * 24h, "price", "EUR 5.55")).clause,
            "tier over 0s pays 5% of ticket.price EUR 5.55 = EUR 0.2775 for 4 started periods of "
            "168h = EUR 1.11, at most 10% of ticket.price EUR 5.55 = EUR 0.555, p.yaml:30:14; "
            "tier over 336h pays 10% of ticket.price EUR 5.55 = EUR 0.555 for 2 started periods of "
            "168h = EUR 1.11, p.yaml:30:14; together EUR 1.665; rounded to EUR 1.67");
  EXPECT_EQ(tariff(train(), GivenReading(3h)).clause,
            "tier over 2h pays nothing: nobody sent ticket.fare, p.yaml:30:14");
}

/// Plain fractions, reduced after every step.
struct Fraction {
  __int128 over = 0, under = 1;
  static __int128 divisor(__int128 a, __int128 b) {
    while (b != 0) a = std::exchange(b, a % b);
    return a;
  }
  Fraction reduced() const {
    const __int128 d = divisor(over, under);
    return d == 0 ? Fraction{} : Fraction{over / d, under / d};
  }
  Fraction operator+(Fraction o) const {
    return Fraction{over * o.under + o.over * under, under * o.under}.reduced();
  }
  Fraction operator*(Fraction o) const {
    return Fraction{over * o.over, under * o.under}.reduced();
  }
  bool operator<(Fraction o) const { return over * o.under < o.over * under; }
};

Fraction worth(const Amount& amount, int64_t fare) {
  if (const Money* flat = flat_sum(amount)) return {flat->minor, 1};
  return Fraction{std::get<Share>(amount).parts_per_million, 1'000'000}.reduced() *
         Fraction{fare, 1};
}

/// The tariff as its rules read, for elapsed time and an inclusive boundary; -1: no tier.
int64_t expected_minor(const Promise& promise, Duration late, int64_t fare) {
  Fraction total;
  bool is_any = false;
  const auto clamp = [&](Fraction value, const auto& least, const auto& most) {
    if (least && value < worth(*least, fare)) value = worth(*least, fare);
    if (most && worth(*most, fare) < value) value = worth(*most, fare);
    return value;
  };
  for (const Tier& tier : promise.compensation->tiers) {
    if (late <= tier.over.duration) continue;
    Fraction value = worth(tier.pay, fare);
    if (tier.every) {
      const int64_t past = (late - tier.over.duration).count(), each = tier.every->duration.count();
      int64_t count = 0;
      while (tier.count == Tier::Count::full ? (count + 1) * each <= past : count * each < past)
        ++count;
      value = value * Fraction{count, 1};
    }
    value = clamp(value, tier.at_least, tier.at_most);
    total = promise.compensation->is_stacked ? total + value : value;
    is_any = true;
  }
  if (!is_any) return -1;
  total = clamp(total, promise.compensation->at_least, promise.compensation->at_most);
  const Fraction half = total + Fraction{1, 2};
  return static_cast<int64_t>(half.over / half.under);
}

class RandomTariff {
 public:
  explicit RandomTariff(unsigned seed) : random_(seed) {}
  uint64_t below(uint64_t end) { return random_() % end; }
  Amount amount() {
    if (below(2) == 0) return Money{*find_currency("EUR"), static_cast<int64_t>(1 + below(5'000))};
    return share(static_cast<int64_t>(1 + below(2'000'000)), "fare");
  }
  std::optional<Amount> bound() { return below(3) == 0 ? std::optional(amount()) : std::nullopt; }
  Promise draw() {
    std::vector<Tier> tiers;
    Duration over{static_cast<int64_t>(below(5'000))};
    for (uint64_t i = 0; i <= below(4); ++i, over += Duration(1 + below(5'000))) {
      tiers.push_back(tier(over, amount()));
      if (below(2) == 0) tiers.back().every = length(Duration(1 + below(3'000)));
      if (below(2) == 0) tiers.back().count = Tier::Count::full;
      tiers.back().at_least = bound();
      tiers.back().at_most = bound();
    }
    Promise made = promise(std::move(tiers));
    made.compensation->is_stacked = below(2) == 0;
    made.compensation->at_least = bound();
    made.compensation->at_most = bound();
    return made;
  }

 private:
  std::mt19937_64 random_;
};

TEST(Tariff, AgreesWithPlainFractions) {
  const unsigned seed = std::random_device{}();
  RandomTariff random(seed);
  for (int round = 0; round < 20'000; ++round) {
    const Promise made = random.draw();
    const auto fare = static_cast<int64_t>(random.below(100'000));
    const Duration late(static_cast<int64_t>(random.below(20'000)));
    const auto reading = paid_for(late, "fare", format_money({*find_currency("EUR"), fare}));
    const Tariffed priced = tariff(made, reading);
    const int64_t expected = expected_minor(made, late, fare);
    ASSERT_EQ(priced.computed ? priced.computed->minor : -1, expected)
        << "seed " << seed << " round " << round << ": " << priced.clause;
    ASSERT_TRUE(priced.held.empty());
    ASSERT_EQ(priced.unpaid == "nothing", expected == 0);
  }
}

}  // namespace
}  // namespace lupaus::tests
