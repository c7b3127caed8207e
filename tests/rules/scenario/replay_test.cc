// The replay that gathers tickets against the engine that folds events, and what is made of it:
// breakdowns, comparisons, a journal's history.
#include "rules/scenario/replay.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "rules/scenario/breakdown.h"
#include "rules/scenario/comparison.h"
#include "rules/scenario/history.h"
#include "tests/rules/scenario/random_log.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string describe(const model::CommitmentKey& key, const model::Cycle& cycle) {
  return model::to_json(model::to_line(key, cycle, cycle.verdict != model::Verdict::open));
}

/// The same events told to the engine one by one, as a server tells them.
std::vector<std::string> folded(const std::vector<MadeEvent>& events, const model::BookPtr& book) {
  ledger::State state;
  const auto actor = std::make_shared<model::Actor>();
  const auto tell = [&](model::Instant now, model::CommandBody body) {
    model::Facts facts;
    const auto decided = engine::decide(state.engine, {now, actor, std::move(body)}, facts);
    EXPECT_TRUE(decided.ok()) << model::format_error(decided.error());
    for (model::Fact& fact : facts) {
      EXPECT_FALSE(std::holds_alternative<model::Rejected>(fact.body));
      fact.position = state.next_position;
      state.evolve(fact);
    }
  };
  tell(model::kBeginningOfTime, model::Publish{book, model::kBeginningOfTime, {}, ""});
  for (const std::string source : {"s0", "s1", "s2"})
    tell(events.front().at, model::Register{source, 1, 1, true});
  auto as_of = model::kBeginningOfTime;
  std::vector<model::Attribute> attributes;
  for (const MadeEvent& event : events) {
    as_of = std::max(as_of, event.at);
    const model::Event view = event.view(attributes);
    tell(event.at, model::Observe{&view, event.at, false, true});
  }
  std::vector<std::string> lines;
  for (model::TicketSlot slot = 0; slot < state.engine.slot_count(); ++slot) {
    for (const auto& commitment : state.engine.commitments_at(slot, {as_of, as_of})) {
      lines.push_back(
          describe(state.engine.key_of(state.engine.ticket(slot), commitment), commitment.cycle));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(Replay, JudgesAsTheEngineThatIsToldEventByEvent) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto events = make_events(seed, 80);
    const auto book = compile_book(kSampleBook);
    EventLog log("events");
    fill(log, events);
    Replay replay(log, book);
    ASSERT_TRUE(replay.publish().ok());
    ASSERT_TRUE(replay.check().ok());
    ASSERT_TRUE(replay.judge(*log.last_at(), {}).ok());
    EXPECT_EQ(replay.event_count(), events.size());
    std::vector<std::string> lines;
    for (const Judged& judged : replay.judged())
      lines.push_back(describe(replay.key_of(judged), judged.cycle));
    std::sort(lines.begin(), lines.end());
    EXPECT_GT(lines.size(), 60u);
    ASSERT_EQ(lines, folded(events, book));
  }
}

TEST(Replay, IsStoppedWhenTold) {
  EventLog log("events");
  fill(log, make_events(3, 600));
  uint64_t total = 0;
  const auto outcome = judge_log(log, compile_book(kSampleBook), {{}, [&](uint64_t, uint64_t all) {
                                                                    total = all;
                                                                    return false;
                                                                  }});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, "stopped");
  EXPECT_EQ(total, log.tickets().size());
}

/// Lines that differ from a good one in their values alone.
TEST(Replay, ABadValueIsFoundBehindGoodOnesOfItsShape) {
  const auto refusal = [](const std::string& ticket, const std::string& priority,
                          const std::string& label) {
    EventLog log("events");
    for (uint64_t line = 1; line <= 3; ++line) {
      const bool is_bad = line == 3;
      const model::Attribute attribute{"priority", is_bad ? std::string_view(priority) : "1"};
      const std::string good = "t" + std::to_string(line);
      const auto added = log.add({"s",
                                  1,
                                  line,
                                  "b",
                                  is_bad ? ticket : good,
                                  "issued",
                                  is_bad ? std::string_view(label) : "",
                                  model::from_unix_ms(0),
                                  {&attribute, 1}},
                                 line);
      EXPECT_TRUE(added.ok());
    }
    EXPECT_TRUE(log.arrange().ok());
    const auto outcome = judge_log(log, compile_book(kSampleBook), {});
    return outcome ? "accepted" : model::format_error(outcome.error());
  };
  EXPECT_EQ(refusal("t", "2", "A1"), "accepted");
  EXPECT_THAT(refusal("t", "high", ""), HasSubstr("events:3: error bad_attribute"));
  EXPECT_THAT(refusal("a b", "2", ""), HasSubstr("events:3: error bad_ticket"));
  EXPECT_THAT(refusal("t", "2", std::string(65, 'x')), HasSubstr("events:3: error bad_label"));
}

TEST(Breakdown, CountsEachLineOnceByEachDimension) {
  EventLog log("events");
  fill(log, make_events(5, 200));
  const auto outcome = judge_log(log, compile_book(kSampleBook), {});
  ASSERT_TRUE(outcome.ok());
  for (const Dimension by :
       {Dimension::promise, Dimension::branch, Dimension::service, Dimension::hour}) {
    uint64_t commitments = 0, breached = 0;
    for (const auto& row : break_down(*outcome, std::array{by})) {
      commitments += row.counts.commitments;
      breached += row.counts.breached;
    }
    EXPECT_EQ(commitments, outcome->total.commitments) << format_dimension(by);
    EXPECT_EQ(breached, outcome->total.breached);
  }
  const auto services = break_down(*outcome, std::array{Dimension::service});
  ASSERT_EQ(services.size(), 3u);
  EXPECT_THAT(services[1].keys, ElementsAre("cash"));
  const auto hours = break_down(*outcome, std::array{Dimension::hour});
  EXPECT_THAT(hours.front().keys, ElementsAre("00"));
  EXPECT_THAT(hours.back().keys, ElementsAre("23"));  // local: no ticket starts before 19:00
}

/// Whatever the rows are made by, their changes and what today's promise says sum to the whole.
void expect_rows_add_up(const Outcome& outcome, const Comparison& comparison,
                        const VerdictCounts& today) {
  for (const Dimension by :
       {Dimension::promise, Dimension::branch, Dimension::service, Dimension::hour}) {
    uint64_t newly = 0, no_longer = 0;
    VerdictCounts sum;
    for (const auto& row : break_down(outcome, std::array{by}, &comparison)) {
      newly += row.newly_breached;
      no_longer += row.no_longer_breached;
      sum.commitments += row.today.commitments;
      sum.breached += row.today.breached;
      for (const auto& [currency, money] : row.today.owed) {
        auto& total = sum.owed.try_emplace(currency, model::Money{currency, 0}).first->second;
        total.minor += money.minor;
      }
    }
    EXPECT_EQ(newly, comparison.newly_breached) << format_dimension(by);
    EXPECT_EQ(no_longer, comparison.no_longer_breached) << format_dimension(by);
    EXPECT_EQ(sum.commitments, today.commitments) << format_dimension(by);
    EXPECT_EQ(sum.breached, today.breached) << format_dimension(by);
    EXPECT_EQ(sum.owed, today.owed) << format_dimension(by);
  }
}

TEST(Comparison, SaysWhatIsNewlyBreachedAndWhatItCosts) {
  EventLog log("events");
  fill(log, make_events(11, 300));
  const auto book = compile_book(kSampleBook);
  std::string stricter = kSampleBook;
  stricter.replace(stricter.find("within: 15m"), 11, "within: 10m");
  const auto today = judge_log(log, book, {});
  const auto now = judge_log(log, compile_book(stricter), {});
  Today verdicts;
  verdicts.take(today->lines);
  const Comparison comparison = compare(verdicts, *now);
  EXPECT_EQ(today->total.breached + comparison.newly_breached - comparison.no_longer_breached,
            now->total.breached);
  EXPECT_GT(comparison.newly_breached, 0u);
  EXPECT_EQ(comparison.no_longer_breached, 0u);
  EXPECT_EQ(comparison.newly_bound + comparison.no_longer_bound + comparison.undecided.size(), 0u);
  const auto& sums = comparison.owed.begin()->second;
  EXPECT_EQ(sums.first, today->total.owed.begin()->second);
  EXPECT_EQ(sums.second, now->total.owed.begin()->second);
  size_t marked = 0;
  for (size_t i = 0; i < now->lines.size(); ++i) {
    const bool is_same = today->lines[i].verdict == now->lines[i].verdict &&
                         today->lines[i].owed == now->lines[i].owed;
    EXPECT_EQ(comparison.by_line[i] == nullptr, is_same);
    marked += is_same ? 0 : 1;
  }
  EXPECT_EQ(comparison.changes.size(), marked);
  EXPECT_TRUE(compare(verdicts, *today).changes.empty());
  expect_rows_add_up(*now, comparison, today->total);
}

TEST(Comparison, SaysWhatIsBoundNoMore) {
  EventLog log("events");
  fill(log, make_events(11, 50));
  const auto today = judge_log(log, compile_book(kSampleBook), {});
  std::string narrower = kSampleBook;
  narrower.replace(narrower.find("ticket.segment != \"staff\""), 25, "ticket.service == \"cash\"");
  const auto now = judge_log(log, compile_book(narrower), {});
  Today verdicts;
  verdicts.take(today->lines);
  const Comparison less = compare(verdicts, *now);
  EXPECT_EQ(less.no_longer_bound, today->lines.size() - now->lines.size());
  expect_rows_add_up(*now, less, today->total);
  Today fewer;
  fewer.take(now->lines);
  EXPECT_EQ(compare(fewer, *today).newly_bound, less.no_longer_bound);
  Today not_final;
  not_final.take(now->lines);
  for (const auto& line : today->lines) {
    if (fewer.find(line.key) == nullptr && line.key.ticket < "t5") not_final.set_pending(line.key);
  }
  const Comparison unsure = compare(not_final, *today);
  EXPECT_FALSE(unsure.undecided.empty());
  EXPECT_GT(unsure.newly_bound, 0u);
  EXPECT_EQ(unsure.undecided.size() + unsure.newly_bound, less.no_longer_bound);
  expect_rows_add_up(*today, unsure, now->total);
}

TEST(History, TakesEventsAndFinalVerdictsAndLeavesOutWhatTheBookDoesNotKnow) {
  const auto at = model::from_unix_ms(1'767'596'400'000);
  const auto observed = [&](uint64_t sequence, const char* branch, const char* type, int minutes) {
    const auto when = at + std::chrono::minutes(minutes);
    return model::Fact{sequence, when, nullptr,
                       model::Observed{{"s", 1, sequence, branch, "t", type, "", when, {}}, when}};
  };
  model::Cycle kept;
  kept.started_at = at;
  kept.verdict = model::Verdict::kept;
  const model::CommitmentKey key{"b", "t", "p15", 3, 1};
  const std::vector<model::Fact> facts = {
      observed(1, "b", "issued", 0),
      // The server's book of then knew this branch, and the sequence has a gap (a rejected event).
      observed(5, "gone", "issued", 1),
      observed(7, "b", "service_started", 14),
      {8, at, nullptr, model::Confirmed{key, kept, {}, "", "", false, true}}};
  History history(1 << 30, std::nullopt);
  ASSERT_TRUE(history.take(facts).ok());
  ASSERT_TRUE(history.log().arrange().ok());
  std::string stricter = kSampleBook;
  stricter.replace(stricter.find("applies: ticket.segment != \"staff\""), 34, "applies: true");
  stricter.replace(stricter.find("within: 15m"), 11, "within: 10m");
  const auto outcome = judge_log(history.log(), compile_book(stricter), {});
  ASSERT_TRUE(outcome.ok()) << model::format_error(outcome.error());
  EXPECT_EQ(outcome->events, 2u);
  ASSERT_EQ(outcome->left_out.size(), 1u);
  EXPECT_EQ(outcome->left_out.at("unknown_branch").count, 1u);
  const Comparison comparison = compare(history.recorded(), *outcome);
  ASSERT_EQ(comparison.changes.size(), 1u);
  EXPECT_EQ(comparison.newly_breached, 1u);
  EXPECT_EQ(comparison.changes[0].today->verdict, model::Verdict::kept);
}

TEST(History, EndsWithAClearWordWhereMemoryEnds) {
  History history(1 << 20, std::nullopt);
  const auto events = make_events(2, 20'000);
  std::vector<model::Attribute> attributes;
  for (const MadeEvent& event : events) {
    const model::Fact fact{1, event.at, nullptr, model::Observed{event.view(attributes), event.at}};
    const auto taken = history.take({&fact, 1});
    if (taken) continue;
    EXPECT_EQ(taken.error().code, "too_much_history");
    EXPECT_THAT(taken.error().hint, HasSubstr("--as-of"));
    return;
  }
  FAIL() << "everything was taken";
}

}  // namespace
}  // namespace lupaus::rules::scenario
