// Replays of small files: order, caps, identity, and refusals that name the line.
#include "rules/scenario/backtest.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using model::Attribute;
using model::Event;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kNine = 1'767'596'400'000;  // 2026-01-05T09:00+02:00

/// One event; `minutes` may have a fraction.
struct Line {
  std::string ticket, type;
  double minutes = 0;
  uint64_t sequence = 0;
  std::string source = "s", branch = "b";
  std::vector<Attribute> attributes = {{"segment", "normal"}};
  uint64_t epoch = 1;
};

class Replay {
 public:
  explicit Replay(const std::vector<Line>& lines, const std::string& book = kSampleBook)
      : backtest_(compile_book(book), "events.ndjson") {
    uint64_t number = 0;
    for (const Line& line : lines) {
      Event event;
      event.source = line.source;
      event.epoch = line.source.empty() ? 0 : line.epoch;
      event.sequence = line.sequence;
      event.branch = line.branch;
      event.ticket = line.ticket;
      event.type = line.type;
      event.occurred_at = model::from_unix_ms(kNine + static_cast<int64_t>(line.minutes * 60'000));
      event.attributes = line.attributes;
      auto added = backtest_.add(event, ++number);
      if (!added && error_.empty()) error_ = model::format_error(added.error());
    }
  }
  std::vector<std::string> lines(std::optional<model::Instant> as_of = std::nullopt) {
    outcome_ = finish(as_of);
    std::vector<std::string> texts;
    for (const auto& line : outcome_.lines) {
      texts.push_back(model::format_commitment(line.key) + " " +
                      std::string(model::format_verdict(line.verdict)) +
                      (line.owed ? " " + model::format_money(*line.owed) : ""));
    }
    return texts;
  }
  std::string refusal() {
    if (!error_.empty()) return error_;
    auto outcome = backtest_.finish(std::nullopt);
    return outcome ? "accepted" : model::format_error(outcome.error());
  }
  const Outcome& outcome() const { return outcome_; }

 private:
  Outcome finish(std::optional<model::Instant> as_of) {
    EXPECT_EQ(error_, "");
    auto outcome = backtest_.finish(as_of);
    EXPECT_TRUE(outcome.ok()) << model::format_error(outcome.error());
    return outcome ? std::move(*outcome) : Outcome{};
  }
  Backtest backtest_;
  Outcome outcome_;
  std::string error_;
};

TEST(Backtest, SortsLinesByBranchTicketPromiseAndCycle) {
  Replay replay({{"t2", "issued", 0, 1},
                 {"t1", "issued", 1, 2},
                 {"t9", "issued", 0, 3, "s", "a"},
                 {"t1", "service_started", 2, 4},
                 {"t1", "issued", 3, 5},
                 {"t1", "service_started", 4, 6}});
  EXPECT_THAT(replay.lines(), ElementsAre("a/t9/p15/1 open", "b/t1/p15/1 kept", "b/t1/p15/2 kept",
                                          "b/t2/p15/1 open"));
}

TEST(Backtest, AnOpenClockPastDueIsBreachedFinalAndOwesNothingYet) {
  Replay replay({{"t", "issued", 0, 1}, {"u", "issued", 15.001, 2}});
  EXPECT_THAT(replay.lines(), ElementsAre("b/t/p15/1 breached", "b/u/p15/1 open"));
  EXPECT_TRUE(replay.outcome().lines[0].is_final);
  EXPECT_FALSE(replay.outcome().lines[0].stopped_at.has_value());
  EXPECT_FALSE(replay.outcome().lines[1].is_final);
}

TEST(Backtest, AnEventAfterAsOfDoesNotExistButOneAtItDoes) {
  const std::vector<Line> lines = {
      {"t", "issued", 0, 1}, {"t", "service_started", 10, 2}, {"u", "issued", 12, 3}};
  Replay at_stop(lines);
  EXPECT_THAT(at_stop.lines(model::from_unix_ms(kNine + 600'000)), ElementsAre("b/t/p15/1 kept"));
  EXPECT_EQ(at_stop.outcome().later, 1u);
  Replay before(lines);
  EXPECT_THAT(before.lines(model::from_unix_ms(kNine + 599'999)), ElementsAre("b/t/p15/1 open"));
}

TEST(Backtest, CapsAreUsedUpInTheOrderInWhichClocksEnd) {
  const std::vector<Attribute> anna = {{"segment", "normal"}, {"customer", "anna"}};
  Replay replay({{"t1", "issued", 0, 1, "s", "b", anna},
                 {"t2", "issued", 1, 2, "s", "b", anna},
                 {"t2", "service_started", 20, 3},
                 {"t1", "service_started", 40, 4}});
  EXPECT_THAT(replay.lines(),
              ElementsAre("b/t1/p15/1 breached EUR 5.00", "b/t2/p15/1 breached EUR 10.00"));
  EXPECT_EQ(replay.outcome().total.owed.begin()->second.minor, 1500);
}

TEST(Backtest, ACustomerOfTheNextLocalDayHasANewCap) {
  const std::vector<Attribute> anna = {{"segment", "normal"}, {"customer", "anna"}};
  Replay replay({{"t1", "issued", 0, 1, "s", "b", anna},
                 {"t1", "service_started", 40, 2},
                 {"t2", "issued", 900, 3, "s", "b", anna},
                 {"t2", "service_started", 940, 4}});
  EXPECT_THAT(replay.lines(),
              ElementsAre("b/t1/p15/1 breached EUR 15.00", "b/t2/p15/1 breached EUR 15.00"));
}

TEST(Backtest, TheOrderOfLinesInTheFileChangesNothing) {
  std::vector<Line> lines;
  const std::vector<std::string> types = {"issued",          "away",     "back", "called",
                                          "service_started", "cancelled"};
  std::mt19937 random(20260105);  // fixed: the same shuffles in every run
  for (uint64_t i = 0; i < 200; ++i) {
    lines.push_back({"t" + std::to_string(random() % 20), types[random() % types.size()],
                     static_cast<double>(random() % 120), i / 2 + 1, i % 2 == 0 ? "s" : "q"});
  }
  const auto expected = Replay(lines).lines();
  ASSERT_GT(expected.size(), 20u);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(lines.begin(), lines.end(), random);
    EXPECT_EQ(Replay(lines).lines(), expected);
  }
}

TEST(Backtest, ARepeatedEventIsOneEvent) {
  Replay replay({{"t", "issued", 0, 1},
                 {"t", "issued", 0, 1},
                 {"t", "service_started", 1, 2},
                 {"t", "issued", 0, 1}});
  EXPECT_THAT(replay.lines(), ElementsAre("b/t/p15/1 kept"));
  EXPECT_EQ(replay.outcome().repeated, 2u);
  EXPECT_EQ(replay.outcome().events, 2u);
}

TEST(Backtest, EpochsOfOneSourceAreDifferentEvents) {
  Replay replay({{"t", "issued", 0, 1}, {"t", "service_started", 1, 1, "s", "b", {}, 2}});
  EXPECT_THAT(replay.lines(), ElementsAre("b/t/p15/1 kept"));
}

TEST(Backtest, RefusesAGapNamingTheLine) {
  EXPECT_THAT(
      Replay({{"t", "issued", 0, 1}, {"t", "called", 1, 3}}).refusal(),
      HasSubstr("events.ndjson:2: error sequence_gap: field `sequence`: expected 2 of source `s`"));
}

TEST(Backtest, RefusesAChangedDuplicateNamingTheLine) {
  EXPECT_THAT(
      Replay({{"t", "issued", 0, 1}, {"t", "called", 1, 2}, {"t", "issued", 3, 1}}).refusal(),
      HasSubstr("events.ndjson:3: error changed_duplicate"));
}

TEST(Backtest, RefusesTheFirstBadLineOfTheFileNotOfTime) {
  const auto refusal =
      Replay({{"t", "issued", 5, 1}, {"t", "arrived", 9, 2}, {"t", "issued", 1, 3, "s", "nowhere"}})
          .refusal();
  EXPECT_THAT(refusal, HasSubstr("events.ndjson:2: error unknown_type: field `type`"));
  EXPECT_THAT(refusal, HasSubstr("arrived"));
}

TEST(Backtest, RefusesAnUnknownBranchEvenAfterAsOf) {
  EXPECT_THAT(Replay({{"t", "issued", 0, 1}, {"t", "issued", 9, 2, "s", "nowhere"}}).refusal(),
              HasSubstr("events.ndjson:2: error unknown_branch: field `branch`"));
}

TEST(Backtest, RefusesExpiredFromASource) {
  EXPECT_THAT(Replay({{"t", "expired", 0, 1}}).refusal(), HasSubstr("field `type`"));
}

TEST(Backtest, IdentitiesAreOnAllLinesOrOnNone) {
  EXPECT_THAT(Replay({{"t", "issued", 0, 0, ""}, {"t", "service_started", 1, 0, ""}}).lines(),
              ElementsAre("b/t/p15/1 kept"));
  EXPECT_THAT(Replay({{"t", "issued", 0, 0, ""}, {"t", "called", 1, 1, "s"}}).refusal(),
              HasSubstr("events.ndjson:2: error identity: expected no `source`"));
  EXPECT_THAT(Replay({{"t", "issued", 0, 0, "s"}}).refusal(), HasSubstr("field `sequence`"));
}

TEST(Backtest, ALeftOutIdentityIsNoUndeclaredSource) {
  std::string book = kSampleBook;
  const std::string plain = "metadata: {name: b}\nspec: {timezone: Europe/Helsinki}";
  book.replace(book.find(plain), plain.size(),
               "metadata: {name: b}\nspec: {timezone: Europe/Helsinki, sources: [{id: kiosk, "
               "reports: [issued]}, {id: desk}]}");
  const std::vector<Line> left_out = {{"t", "issued", 0, 0, ""},
                                      {"t", "service_started", 20, 0, ""}};
  EXPECT_THAT(Replay(left_out, book).lines(), ElementsAre("b/t/p15/1 breached EUR 10.00"));
  EXPECT_THAT(Replay({{"t", "issued", 0, 1, "file"}}, book).refusal(),
              HasSubstr("events.ndjson:1: error undeclared_source"));
}

TEST(Backtest, AnEmptyFileGivesNoLine) { EXPECT_THAT(Replay({}).lines(), ElementsAre()); }

TEST(Backtest, APromiseThatDoesNotApplyGivesNoLine) {
  EXPECT_THAT(Replay({{"t", "issued", 0, 1, "s", "b", {{"segment", "staff"}}},
                      {"u", "issued", 0, 2, "s", "b", {}}})
                  .lines(),
              ElementsAre());
}

}  // namespace
}  // namespace lupaus::rules::scenario
