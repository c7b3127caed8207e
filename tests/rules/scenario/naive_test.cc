// The product against a naive model that was written from the rulings alone: any scene, as a file
// or live in any disorder, gives the same cycles, verdicts and sums.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

#include "tests/rules/scenario/scene_runs.h"

namespace lupaus::tests {
namespace {

using rules::model::CommitmentKey;

/// Scenes; LUPAUS_ROUNDS asks for more, or for fewer where the build is slow.
int rounds(int usual) {
  const char* const text = std::getenv("LUPAUS_ROUNDS");
  return text == nullptr ? usual : std::atoi(text);
}

uint64_t seed() {
  const char* const text = std::getenv("LUPAUS_SEED");
  return text == nullptr ? std::random_device{}() : std::strtoull(text, nullptr, 10);
}

/// Leaves out what LUPAUS_WITHOUT names. XXX
void restrict_scene(Scene& scene) {
  const char* const env = std::getenv("LUPAUS_WITHOUT");
  const std::string list = env == nullptr ? "" : env;
  const auto no = [&](const char* word) { return (" " + list + " ").find(std::string(" ") + word + " ") != std::string::npos; };
  using namespace rules::model;  // NOLINT
  for (auto& edition : scene.editions) {
    for (auto& p : edition.promises) {
      if (no("by") && p.by) {
        p.by.reset();
        p.within = {{nullptr, {Limit::Unit::duration, Duration(900000), 0}, {}}};
        p.compensation.reset();
      }
      if (no("suspensions")) p.suspensions.clear();
      if (no("excuses")) p.excuses.clear();
      if (no("days")) for (auto& w : p.within) if (w.within.unit != Limit::Unit::duration) w.within = {Limit::Unit::duration, Duration(1000), 0};
      if (!p.compensation) continue;
      auto& c = *p.compensation;
      if (no("money")) { p.compensation.reset(); continue; }
      if (no("settle") && c.is_settled_at_breach) { c.is_settled_at_breach = false; }
      if (no("group")) c.group.clear();
      if (no("caps")) c.caps.clear();
      if (no("stack")) c.is_stacked = false;
      if (no("min")) c.min_payable.reset();
      if (no("bounds")) c.at_most.reset(), c.at_least.reset();
      const auto flat = [](Amount& a) { if (std::get_if<Share>(&a)) a = Money{{{'E','U','R'}}, 777}; };
      for (auto& cap : c.caps) {
        if (no("hold")) cap.then = Cap::Then::record;
        if (no("share") && cap.max) flat(*cap.max);
        if (no("from")) cap.from_month = 1;
      }
      for (auto& t : c.tiers) {
        if (no("days") && t.over.unit != Limit::Unit::duration) t.over = {Limit::Unit::duration, Duration(1000 * t.over.days), 0};
        if (no("share")) flat(t.pay);
        if (no("every")) t.every.reset();
        if (no("bounds")) t.at_most.reset(), t.at_least.reset();
      }
    }
  }
}

/// "" or how the product and the rulings differ on the scene.
using Check = std::string (*)(const Scene& scene, uint64_t disorder);

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
  std::vector<size_t> order, settled = naive::settlement_order(judged);
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

void hold(const char* what, Check check, int scenes, const SceneSize& size) {
  const uint64_t first_seed = seed();
  uint64_t events = 0;
  for (uint64_t round = 0; round < static_cast<uint64_t>(scenes); ++round) {
    std::mt19937_64 random(first_seed + round);
    Scene scene = random_scene(random, size);
    restrict_scene(scene);
    events += scene.events.size();
    uint64_t disorder = random();
    if (check(scene, disorder).empty()) continue;
    shrink(scene, [&](const Scene& less) {
      for (uint64_t other = disorder; other < disorder + 5; ++other) {
        if (check(less, other).empty()) continue;
        disorder = other;
        return true;
      }
      return false;
    });
    FAIL() << what << ", LUPAUS_SEED=" << first_seed + round << "\n"
           << format(scene) << check(scene, disorder);
  }
  std::printf("%s: %d tickets under %d promises, %llu events, agree; LUPAUS_SEED=%llu\n", what,
              scenes * size.tickets, size.promises, static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(first_seed));
}

TEST(Naive, ABacktestSaysWhatTheRulingsSay) {
  hold("backtest", check_backtest, rounds(8'400), {12, 3, 1});
}

TEST(Naive, LiveInAnyDisorderSaysWhatTheRulingsSay) {
  hold("live", check_live, rounds(2'000), {12, 3, 3});
}

}  // namespace
}  // namespace lupaus::tests
