// Scenes in which one source falls silent: what was final before stays as complete knowledge has
// it; what it holds is left to a person or decided by what the others know; and its backlog changes
// nothing of that, but is put down.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "fmt/format.h"
#include "tests/rules/scenario/scene_runs.h"
#include "tests/rules/scenario/scene_trials.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

using ByKey = std::map<CommitmentKey, VerdictLine>;

naive::History told(const Scene& scene, const LiveRun::Silence& silence) {
  auto history = history_of(scene);
  std::erase_if(history.events, [&](const auto& event) {
    return event.source == silence.source && event.at >= silence.from;
  });
  return history;
}

ByKey by_key(const Lines& lines) {
  ByKey found;
  for (const auto& line : lines) found[line.key] = line;
  return found;
}

/// The line that the rulings ask for, once silence is known to have decided it.
VerdictLine by_silence(VerdictLine line, const VerdictLine& said) {
  line.reason = said.reason;
  if (said.verdict != Verdict::indeterminate) return line;
  line.verdict = Verdict::indeterminate;
  line.late_by.reset();
  line.breached_at.reset();
  line.owed.reset();
  line.paid_state = PaidState::none;
  return line;
}

std::string check_lines(const ByKey& expected, const Lines& lines) {
  Lines wanted;
  for (const auto& line : lines) {
    const auto found = expected.find(line.key);
    if (found == expected.end()) continue;
    // Held still, as it broke so late.
    if (!line.is_final && found->second.is_final) {
      wanted.push_back(line);
      continue;
    }
    const bool is_by_silence = line.reason == "silence";
    wanted.push_back(is_by_silence ? by_silence(found->second, line) : found->second);
  }
  for (const auto& [key, line] : expected) {
    const auto is_it = [&](const auto& other) { return other.key == key; };
    if (std::none_of(lines.begin(), lines.end(), is_it)) wanted.push_back(line);
  }
  return differences(wanted, lines);
}

/// Every final verdict that the backlog speaks against has its evidence, and stays as it was.
std::string check_backlog(const Lines& before, const LiveRun& after, const ByKey& known,
                          const ByKey& all) {
  std::set<CommitmentKey> doubted;
  for (const auto& fact : after.facts()) {
    if (const auto* late = std::get_if<LateEvidence>(&fact.body)) doubted.insert(late->key);
  }
  const ByKey now = by_key(after.lines());
  std::string wrong;
  for (const auto& line : before) {
    if (!line.is_final || !line.stopped_at) continue;
    const auto stays = now.find(line.key);
    if (stays == now.end() || stays->second.verdict != line.verdict ||
        stays->second.counted != line.counted)
      wrong += format_commitment(line.key) + ": was final and is another\n";
    const auto with = all.find(line.key), without = known.find(line.key);
    const auto verdict_of = [](auto found, const ByKey& lines) {
      return found == lines.end() ? Verdict::voided : found->second.verdict;
    };
    if (verdict_of(with, all) != verdict_of(without, known) && !doubted.contains(line.key))
      wrong += fmt::format("{}: {} as told, {} as all is known, but no late evidence\n",
                           format_commitment(line.key), format_verdict(verdict_of(without, known)),
                           format_verdict(verdict_of(with, all)));
  }
  return wrong;
}

std::string check_silence(const Scene& full, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  if (full.events.empty()) return "";
  const Scene scene = held_for(full, random() % 2 == 0 ? 1h : 24h);
  const auto& somewhere = scene.events[random() % scene.events.size()];
  const LiveRun::Silence silence{kSceneSources[random() % kSceneSources.size()],
                                 somewhere.at + Duration(static_cast<int64_t>(random() % 3))};
  LiveRun live(scene, silence);
  const ByKey known = by_key(naive::backtest(told(scene, silence), live.end()));
  const Lines before = live.lines();
  std::string wrong = check_lines(known, before) + live.check_replay();
  if (!wrong.empty()) return wrong;
  live.tell_backlog(silence);
  const ByKey all = by_key(naive::backtest(history_of(scene), live.end()));
  return check_backlog(before, live, known, all) + live.check_replay();
}

TEST(SilentSource, LeavesVerdictsAsTheRulingsSay) {
  hold("silence", check_silence, 300, {6, 3, 1});
}

}  // namespace
}  // namespace lupaus::tests
