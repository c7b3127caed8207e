// Sweeps: what is read, what is refused, and that every cell is the backtest of the edited promise.
#include "rules/scenario/sweep.h"

#include <gmock/gmock.h>

#include "tests/rules/scenario/random_log.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return text.replace(text.find(from), from.size(), to);
}

SweepAxis axis(const std::string& text) {
  auto read = parse_sweep(text);
  EXPECT_TRUE(read.ok()) << text << ": " << model::format_error(read.error());
  return read ? *read : SweepAxis{};
}

TEST(SweepAxis, ReadsRangesAndLists) {
  EXPECT_THAT(axis("within=5m..20m/5m").limits,
              ElementsAre(minutes(5), minutes(10), minutes(15), minutes(20)));
  EXPECT_THAT(axis("within=5m..7m30s/1m").limits, ElementsAre(minutes(5), minutes(6), minutes(7)));
  EXPECT_THAT(axis("within=30s, 1h").limits, ElementsAre(std::chrono::seconds(30), minutes(60)));
  EXPECT_THAT(axis("pay=5..20/7.50").thousandths, ElementsAre(5'000, 12'500, 20'000));
  EXPECT_THAT(axis("tiers[1].pay=EUR 5.00,EUR 7.25").thousandths, ElementsAre(5'000, 7'250));
  EXPECT_EQ(axis("tier[1].pay=5").tier, 1u);
  EXPECT_EQ(axis(" within =5m").name, "within");
  EXPECT_THAT(axis("pay= 5 , 6 ").thousandths, ElementsAre(5'000, 6'000));
  EXPECT_THAT(axis("pay=EUR 5..EUR 7/EUR 2").thousandths, ElementsAre(5'000, 7'000));
  EXPECT_THAT(axis("pay=123456789012345").thousandths, ElementsAre(123'456'789'012'345'000));
}

TEST(SweepAxis, RefusesWhatCannotBeMeantWithTheReason) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"within", "expected CLAUSE=VALUES"},
      {"limit=5m", "`limit` is none"},
      {"within=5m..20m", "expected a step"},
      {"within=20m..5m/1m", "ascends"},
      {"within=5m..20m/0s", "ascends"},
      {"within=1s..9999h/1s", "at most 4096"},
      {"within=5", "expected a duration, but `5` is none"},
      {"within=0s", "above zero"},
      {"pay=5,,6", "expected a sum"},
      {"pay=EUR 5.00,SEK 6.00", "in one currency"},
      {"pay=1.2345", "expected a sum"},
      {"tiers[x].pay=5", "is none"},
      {"tiers[1].sum=5", "`tiers[1].sum` is none"},
      {"tiers[1=5", "`tiers[1` is none"},
      {"within=5m..20m/soon", "values of one kind"},
      {"within=soon..20m/1m", "values of one kind"},
      {"within=5m../1m", "values of one kind"},
      {"pay=EUR 5.00..SEK 9.00/1", "values of one kind"},
      {"pay=5..9/0", "ascends"},
      {"pay=", "a sum in one currency, but `` is none"},
      {"pay=.50", "but `.50` is none"},
      {"pay=5.", "but `5.` is none"},
      {"pay=five", "but `five` is none"},
      {"pay=5.x", "but `5.x` is none"},
      {"pay=-5", "but `-5` is none"},
      {"pay=5:0", "but `5:0` is none"},
      {"pay=EURO 5", "but `EURO 5` is none"},
      {"pay=QQQ 5.00", "but `QQQ 5.00` is none"},
      {"pay=1234567890123456", "but `1234567890123456` is none"},
  };
  for (const auto& [text, complaint] : cases) {
    const auto read = parse_sweep(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_THAT(read.error().message, HasSubstr(complaint)) << text;
    EXPECT_EQ(read.error().code, "bad_sweep");
  }
}

TEST(Sweep, RefusesAClauseThatThePromiseDoesNotHave) {
  EventLog log("events");
  fill(log, make_events(1, 5));
  const auto refusal = [&](const std::string& text, std::string book = kSampleBook) {
    const auto grid = sweep_log(log, compile_book(book), {"", {axis(text)}, {}, {}});
    return grid ? "accepted" : grid.error().message;
  };
  EXPECT_THAT(refusal("tiers[2].pay=5"), HasSubstr("it has 2 tiers"));
  EXPECT_THAT(refusal("pay=SEK 5.00"), HasSubstr("in the currency of the sweep"));
  EXPECT_THAT(refusal("pay=5.001"), HasSubstr("2 decimals"));
  EXPECT_THAT(refusal("pay=0..5/1"), HasSubstr("above zero"));
  const auto list =
      replaced(kSampleBook, "{within: 15m}",
               "{within: [{when: 'day.class == \"x\"', within: 20m}, {within: 15m}]}");
  EXPECT_THAT(refusal("within=5m", list), HasSubstr("a list by condition"));
  const auto share =
      replaced(kSampleBook, "over: 30m, pay: EUR 20.00", "over: 30m, pay: 25% of ticket.fare");
  EXPECT_THAT(refusal("tiers[1].pay=5", share), HasSubstr("but it pays 25% of ticket.fare"));
  EXPECT_EQ(refusal("pay=5", share), "accepted");
  std::string free = kSampleBook;
  free.erase(free.find("  compensation:"), free.find("---") - free.find("  compensation:"));
  EXPECT_THAT(refusal("pay=5", free), HasSubstr("expected `p15` to have tiers[0], but it has 0"));
  EXPECT_EQ(refusal("within=5m,10m", free), "accepted");
  auto instant = replaced(kSampleBook, "{within: 15m}", "{by: ticket.appointment_at}");
  instant = replaced(instant, "tiers: [{over: 15m", "tiers: [{over: 0s");
  EXPECT_THAT(refusal("within=5m", instant), HasSubstr("but it has `by`"));
}

/// A cell, and the backtest of a promise file in which the same was edited by hand.
TEST(Sweep, ACellIsTheBacktestOfTheEditedFile) {
  EventLog log("events");
  fill(log, make_events(7, 400));
  const auto grid = sweep_log(log, compile_book(kSampleBook),
                              {"", {axis("within=10m,15m"), axis("pay=5..10/5")}, {}, {}});
  ASSERT_TRUE(grid.ok()) << model::format_error(grid.error());
  ASSERT_EQ(grid->cells.size(), 4u);
  EXPECT_THAT(grid->cells[0].values, ElementsAre("10m", "EUR 5.00"));
  auto text = replaced(kSampleBook, "within: 15m", "within: 10m");
  text = replaced(text, "{over: 15m, pay: EUR 10.00}", "{over: 10m, pay: EUR 5.00}");
  const auto edited = judge_log(log, compile_book(text), {});
  EXPECT_EQ(grid->cells[0].counts, edited->total);
  EXPECT_GT(edited->total.breached, 20u);
  EXPECT_NE(grid->cells[0].counts, grid->cells[1].counts);
  EXPECT_NE(grid->cells[0].counts, grid->cells[2].counts);
  EXPECT_EQ(grid->cells[3].counts, judge_log(log, compile_book(kSampleBook), {})->total);
  EXPECT_THAT(grid->notes, ElementsAre(HasSubstr("tiers[0] (over 15m, the limit) goes")));
}

TEST(Sweep, ATierStaysWhereItWouldPassItsNeighbour) {
  const auto book = compile_book(kSampleBook);
  const auto edited = edit_promise(book->promises.front(), {axis("within=40m,29m")}, {0});
  EXPECT_EQ(edited->compensation->tiers[0].over.duration, minutes(15));
  const auto moved = edit_promise(book->promises.front(), {axis("within=40m,29m")}, {1});
  EXPECT_EQ(moved->compensation->tiers[0].over.duration, minutes(29));
}

TEST(Sweep, SaysWhereATierStays) {
  EventLog log("events");
  fill(log, make_events(1, 5));
  const auto notes = [&](const std::string& book, const std::string& sweep) {
    return sweep_log(log, compile_book(book), {"", {axis(sweep)}, {}, {}})->notes;
  };
  const std::string goes = "tiers[0] (over 15m, the limit) goes with `within`";
  EXPECT_THAT(notes(kSampleBook, "within=5m..29m/1m"), ElementsAre(goes));
  EXPECT_THAT(notes(kSampleBook, "within=25m..45m/5m"),
              ElementsAre(goes + "; at 30m and above it stays, for tiers[1] lies there"));
  const auto middle =
      replaced(kSampleBook, "[{over: 15m", "[{over: 5m, pay: EUR 1.00}, {over: 15m");
  EXPECT_THAT(notes(middle, "within=5m..30m/5m"),
              ElementsAre("tiers[1] (over 15m, the limit) goes with `within`; at 5m and below it "
                          "stays, for tiers[0] lies there; at 30m and above it stays, for tiers[2] "
                          "lies there"));
}

TEST(Sweep, ATierOfAnotherLengthStaysWhereItIs) {
  const auto book = compile_book(
      replaced(kSampleBook, "tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]",
               "tiers: [{over: 10m, pay: EUR 5.00}, {over: 15m, pay: EUR 10.00}, {over: 30m, pay: "
               "EUR 20.00}]"));
  const auto tier_overs = [&](const char* limit) {
    const auto edited =
        edit_promise(book->promises.front(), {axis(std::string("within=") + limit)}, {0});
    std::vector<std::string> overs;
    for (const auto& tier : edited->compensation->tiers)
      overs.push_back(model::format_limit(tier.over));
    return overs;
  };
  EXPECT_THAT(tier_overs("20m"), ElementsAre("10m", "20m", "30m"));
  EXPECT_THAT(tier_overs("10m"), ElementsAre("10m", "15m", "30m")) << "the tier below is there";
  EXPECT_THAT(tier_overs("30m"), ElementsAre("10m", "15m", "30m")) << "the tier above is there";
}

TEST(Sweep, APromiseThatTheBookDoesNotHaveReplacesNone) {
  const auto book = compile_book(kSampleBook);
  model::Promise other = book->promises.front();
  other.name = "p99";
  const auto edited = replace_promise(*book, other);
  ASSERT_EQ(edited->promises.size(), book->promises.size());
  EXPECT_EQ(edited->promises.front().name, "p15");
}

/// Books whose clauses lie in each other's way.
std::vector<std::string> awkward_books() {
  const std::string base = kSampleBook;
  std::vector<std::string> books = {base};
  books.push_back(replaced(base, "{within: 15m}", "{within: 15m, boundary: exclusive}"));
  books.push_back(replaced(base, "left: void", "left: review"));
  books.push_back(
      replaced(base, "    caps: [{per: customer/day, max: EUR 15.00, then: record}]\n", ""));
  books.push_back(
      replaced(base, "per: customer/day, max: EUR 15.00", "per: promise/day, max: 3 times"));
  books.push_back(replaced(base, "service_started: stop", "service_started: restart"));
  auto hours = replaced(base, "measure: elapsed", "measure: hours");
  hours = replaced(hours, "expire_after: 24h", "expire_after: 200h");
  hours += R"(---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: hours}
spec:
  timezone: Europe/Helsinki
  hours: {mon-fri: ["00:10-01:00", "04:00-06:30"], sun: ["19:30-23:50"]}
)";
  books.push_back(hours);
  return books;
}

TEST(Sweep, EveryCellIsTheBacktestOfTheEditedPromise) {
  std::mt19937 random(20260105);
  const auto books = awkward_books();
  const std::vector<std::string> limits = {"within=1m..31m/5m", "within=3m,15m,14m59.999s",
                                           "within=20m..24m/2m"};
  const std::vector<std::string> sums = {"pay=5..15/5", "tiers[1].pay=12.50,40", "pay=7"};
  for (uint32_t round = 0; round < 42; ++round) {
    const uint32_t seed = 100 + round;
    SCOPED_TRACE("seed " + std::to_string(seed) + ", book " + std::to_string(round % books.size()));
    EventLog log("events");
    fill(log, make_events(seed, 30 + random() % 90));
    const auto book = compile_book(books[round % books.size()]);
    SweepOptions options;
    options.axes.push_back(axis(limits[random() % limits.size()]));
    if (random() % 3 != 0) options.axes.push_back(axis(sums[random() % sums.size()]));
    if (random() % 2 == 0) std::reverse(options.axes.begin(), options.axes.end());
    if (random() % 3 == 0) options.as_of = *log.first_at() + minutes(random() % 700);
    const auto grid = sweep_log(log, book, options);
    ASSERT_TRUE(grid.ok()) << model::format_error(grid.error());
    for (size_t cell = 0; cell < grid->cells.size(); ++cell) {
      std::vector<size_t> choice(options.axes.size());
      for (size_t i = choice.size(), rest = cell; i-- > 0; rest /= options.axes[i].size())
        choice[i] = rest % options.axes[i].size();
      auto edited = edit_promise(book->promises.front(), options.axes, choice);
      ASSERT_TRUE(edited.ok());
      const auto alone = judge_log(log, replace_promise(*book, *edited), {options.as_of, {}});
      ASSERT_TRUE(alone.ok());
      ASSERT_EQ(grid->cells[cell].counts, alone->total) << "cell " << cell;
    }
  }
}

}  // namespace
}  // namespace lupaus::rules::scenario
