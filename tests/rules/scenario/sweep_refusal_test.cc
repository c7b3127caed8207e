// Sweeps that make no sense or are stopped, sweeps of a promise in a group, and the names of
// breakdowns.
#include <gmock/gmock.h>

#include "rules/scenario/breakdown.h"
#include "rules/scenario/sweep.h"
#include "tests/rules/scenario/random_log.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return text.replace(text.find(from), from.size(), to);
}

/// The sample book with a second promise, p30, in one group with the first.
std::string grouped_book() {
  const std::string one =
      replaced(kSampleBook, "    instrument: voucher\n", "    instrument: voucher\n    group: g\n");
  const auto end = one.find("---\n");
  auto other = replaced(one.substr(0, end), "{name: p15}", "{name: p30}");
  other = replaced(other, "within: 15m", "within: 12m");
  return one + "---\n" + replaced(other, "pay: EUR 10.00", "pay: EUR 11.00");
}

SweepOptions options(const std::string& promise, const std::vector<std::string>& axes) {
  SweepOptions options{promise, {}, {}, {}};
  for (const auto& axis : axes) options.axes.push_back(*parse_sweep(axis));
  return options;
}

EventLog log_of(uint32_t seed, size_t tickets) {
  EventLog log("events");
  fill(log, make_events(seed, tickets));
  return log;
}

TEST(Sweep, RefusesWhatItCannotVary) {
  const auto log = log_of(1, 5);
  const auto refusal = [&](const std::string& text, const SweepOptions& options) {
    const auto grid = sweep_log(log, compile_book(text), options);
    return grid ? "accepted" : grid.error().message;
  };
  EXPECT_THAT(refusal(kSampleBook, options("p16", {"within=5m"})), HasSubstr("no promise `p16`"));
  EXPECT_THAT(refusal(grouped_book(), options("", {"within=5m"})), HasSubstr("the book has 2"));
  EXPECT_THAT(refusal(kSampleBook, options("", {"pay=5", "tiers[0].pay=6"})),
              HasSubstr("`pay` and `tiers[0].pay` are one"));
  EXPECT_THAT(refusal(kSampleBook, options("", {"within=1m..90m/1m", "pay=1..90/1"})),
              HasSubstr("expected at most"));
  auto days = replaced(kSampleBook, "{within: 15m}", "{within: 2 calendar days}");
  days = replaced(days, "expire_after: 24h", "expire_after: 200h");
  EXPECT_THAT(refusal(days, options("", {"within=5m"})), HasSubstr("it counts days"));
}

TEST(Sweep, IsStoppedWhenTold) {
  auto asked = options("", {"within=5m,10m", "pay=5"});
  asked.proceed = [](uint64_t done, uint64_t) { return done == 0; };
  const auto grid = sweep_log(log_of(1, 20), compile_book(kSampleBook), asked);
  ASSERT_FALSE(grid.ok());
  EXPECT_EQ(grid.error().code, "stopped");
}

TEST(Sweep, InAGroupEveryCellIsTheBacktestOfTheWhole) {
  const auto log = log_of(7, 200);
  const auto book = compile_book(grouped_book());
  const auto asked = options("p15", {"within=10m,15m", "pay=5..15/10"});
  const auto grid = sweep_log(log, book, asked);
  ASSERT_TRUE(grid.ok()) << model::format_error(grid.error());
  for (size_t cell = 0; cell < grid->cells.size(); ++cell) {
    const auto edited = edit_promise(*book->find_promise("p15"), asked.axes, {cell / 2, cell % 2});
    const auto whole = judge_log(log, replace_promise(*book, *edited), {});
    ASSERT_TRUE(whole.ok());
    VerdictCounts of_p15;
    for (const auto& line : whole->lines) {
      if (line.key.promise == "p15") of_p15.count(line.verdict, line.owed);
    }
    EXPECT_EQ(grid->cells[cell].counts, of_p15) << "cell " << cell;
  }
  EXPECT_NE(grid->cells[0].counts, grid->cells[1].counts) << "a larger sum wins the group";
}

TEST(Dimension, IsFoundByItsName) {
  for (const auto dimension :
       {Dimension::promise, Dimension::branch, Dimension::service, Dimension::hour})
    EXPECT_EQ(find_dimension(format_dimension(dimension)), dimension);
  EXPECT_EQ(find_dimension("weekday"), std::nullopt);
}

TEST(EventLog, WantsEveryPartOfAnIdentity) {
  const struct {
    const char* source;
    uint64_t epoch, sequence;
    const char* missing;
  } rows[] = {
      {"", 1, 1, "field `source`"}, {"s", 0, 1, "field `epoch`"}, {"s", 1, 0, "field `sequence`"}};
  for (const auto& row : rows) {
    EventLog log("events");
    model::Event event{row.source, row.epoch, row.sequence, "b", "t", "issued", "", {}, {}};
    const auto added = log.add(event, 1);
    ASSERT_FALSE(added.ok());
    EXPECT_THAT(added.error().message, HasSubstr(row.missing));
  }
}

}  // namespace
}  // namespace lupaus::rules::scenario
