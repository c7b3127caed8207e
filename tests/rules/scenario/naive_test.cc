// The product against a naive model that was written from the rulings alone: any scene, as a file
// or live in any disorder, gives the same cycles, verdicts and sums.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/rules/scenario/scene_runs.h"
#include "tests/rules/scenario/scene_trials.h"

namespace lupaus::tests {
namespace {

using rules::model::CommitmentKey;
using rules::model::format_instant;
using rules::model::Instant;
using rules::model::Owed;
using rules::model::PaidState;

std::string check_backtest(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  const auto history = history_of(scene);
  return differences(naive::backtest(history, scene.as_of), backtest(scene, random));
}

/// Live, caps are used up in the order of the journal (R46).
Lines expected_live(std::vector<naive::Judged>& judged, const LiveRun& live) {
  std::map<CommitmentKey, size_t> places;
  for (size_t place = 0; place < judged.size(); ++place) places[judged[place].line.key] = place;
  std::vector<size_t> order, settled = naive::settle(judged);
  for (const auto& key : live.journal_order()) {
    const auto found = places.find(key);
    if (found == places.end()) continue;
    const auto place = std::find(settled.begin(), settled.end(), found->second);
    if (place == settled.end()) continue;
    order.push_back(*place);
    settled.erase(place);
  }
  order.insert(order.end(), settled.begin(), settled.end());
  naive::charge(judged, order);
  Lines lines;
  for (const auto& one : judged) lines.push_back(one.line);
  return lines;
}

/// What is owed is late, once, as soon as its promised day is over: nothing is ever paid (R57).
std::string check_late(const naive::History& history, const std::vector<naive::Judged>& judged,
                       const LiveRun& live) {
  std::map<CommitmentKey, const rules::model::Promise*> promises;
  for (const auto& one : judged) promises[one.line.key] = one.promise;
  std::multimap<uint64_t, const Owed*> late;
  for (const auto& fact : live.facts()) {
    const auto* owed = std::get_if<Owed>(&fact.body);
    if (owed != nullptr && owed->late_of != 0) late.emplace(owed->late_of, owed);
  }
  std::string wrong;
  for (const auto& fact : live.facts()) {
    const auto* owed = std::get_if<Owed>(&fact.body);
    if (owed == nullptr || owed->late_of != 0) continue;
    const auto& compensation = *promises.at(owed->key)->compensation;
    std::optional<Instant> over;
    if (owed->state == PaidState::owed && compensation.due && compensation.late)
      over = naive::payout_overdue_at(history, owed->key.branch, *compensation.due, fact.at);
    const bool is_late = over && *over <= live.waited_until();
    const auto [begin, end] = late.equal_range(owed->number);
    const bool is_right = is_late ? std::distance(begin, end) == 1 &&
                                        begin->second->amount == compensation.late &&
                                        begin->second->breached_at == *over
                                  : begin == end;
    if (!is_right)
      wrong += format_commitment(owed->key) + ": owed since " + format_instant(fact.at) +
               ", its day over at " + (over ? format_instant(*over) : "no time") + ", late " +
               std::to_string(std::distance(begin, end)) + " times\n";
  }
  return wrong;
}

std::string check_live(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  const LiveRun live(scene, random);
  const auto history = history_of(scene);
  auto judged = naive::judge(history, live.end());
  const auto expected = expected_live(judged, live);
  std::string wrong = differences(expected, live.lines());
  if (wrong.empty()) wrong = live.check_facts(expected);
  if (wrong.empty()) wrong = check_late(history, judged, live);
  if (wrong.empty()) wrong = live.check_replay();
  return wrong;
}

TEST(Naive, ABacktestSaysWhatTheRulingsSay) { hold("backtest", check_backtest, 8'400, {12, 3, 1}); }

TEST(Naive, LiveInAnyDisorderSaysWhatTheRulingsSay) { hold("live", check_live, 8'400, {12, 3, 3}); }

}  // namespace
}  // namespace lupaus::tests
