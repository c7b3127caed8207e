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

std::string check_backtest(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  const auto history = history_of(scene);
  return differences(naive::backtest(history, scene.as_of), backtest(scene, random));
}

/// Live, caps are used up in the order of the journal (R46).
Lines expected_live(const naive::History& history, const LiveRun& live) {
  auto judged = naive::judge(history, live.end());
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

std::string check_live(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  const LiveRun live(scene, random);
  const auto history = history_of(scene);
  const auto expected = expected_live(history, live);
  std::string wrong = differences(expected, live.lines());
  if (wrong.empty()) wrong = live.check_facts(expected);
  if (wrong.empty()) wrong = live.check_replay();
  return wrong;
}

TEST(Naive, ABacktestSaysWhatTheRulingsSay) { hold("backtest", check_backtest, 8'400, {12, 3, 1}); }

TEST(Naive, LiveInAnyDisorderSaysWhatTheRulingsSay) { hold("live", check_live, 8'400, {12, 3, 3}); }

}  // namespace
}  // namespace lupaus::tests
