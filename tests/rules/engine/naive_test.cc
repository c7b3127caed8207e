// The engine against a naive model that was written from the rulings alone: any scene, told at once
// or live in any disorder, gives the same cycles, verdicts and sums.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/rules/engine/engine_runs.h"

namespace lupaus::tests {
namespace {

constexpr int kTicketsPerScene = 20;
constexpr int kPromisesPerScene = 3;

/// Scenes of kTicketsPerScene tickets; LUPAUS_ROUNDS asks for more.
int rounds(int usual) {
  const char* const text = std::getenv("LUPAUS_ROUNDS");
  return text == nullptr ? usual : std::atoi(text);
}

uint64_t seed() {
  const char* const text = std::getenv("LUPAUS_SEED");
  return text == nullptr ? std::random_device{}() : std::strtoull(text, nullptr, 10);
}

std::string differences(const Rows& expected, const Rows& actual) {
  std::string text;
  auto all = expected;
  all.insert(actual.begin(), actual.end());
  for (const auto& [name, ignored] : all) {
    const auto e = expected.find(name);
    const auto a = actual.find(name);
    if (e != expected.end() && a != actual.end() && e->second == a->second) continue;
    text += name.first + " under " + name.second + "\n";
    for (const auto& row : e == expected.end() ? std::vector<naive::Row>{} : e->second)
      text += "  rulings " + naive::format(row) + "\n";
    for (const auto& row : a == actual.end() ? std::vector<naive::Row>{} : a->second)
      text += "  engine  " + naive::format(row) + "\n";
  }
  return text;
}

/// "" or how the engine and the rulings differ on the scene.
using Check = std::string (*)(const Scene& scene, uint64_t disorder);

std::string check_at_once(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  EngineRun run(scene);
  return differences(judge_naively(scene, scene.as_of), run.judge_at_once(random));
}

std::string check_live(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  EngineRun run(scene);
  const auto live = run.judge_live(random);
  const auto expected = judge_naively(scene, run.end_of_live());
  std::string wrong = differences(expected, live);
  if (wrong.empty()) wrong = run.check_facts(expected);
  if (wrong.empty() && !run.is_replayable()) wrong = "replay gives another state\n";
  return wrong;
}

void renumber(Scene& scene) {
  std::map<std::string, uint64_t> last;
  for (auto& event : scene.events) event.sequence = ++last[event.source];
}

/// Tries to leave out each element, last first; true when something went. A scene of which the
/// order of delivery matters is tried under several disorders.
template <typename List>
bool drop_what_does_not_matter(Scene& scene, List Scene::*list, Check check, uint64_t& disorder) {
  bool is_smaller = false;
  for (size_t i = (scene.*list).size(); i-- > 0;) {
    Scene less = scene;
    (less.*list).erase((less.*list).begin() + static_cast<std::ptrdiff_t>(i));
    renumber(less);
    for (uint64_t other = disorder; other < disorder + 10; ++other) {
      if (check(less, other).empty()) continue;
      scene = less;
      disorder = other;
      is_smaller = true;
      break;
    }
  }
  return is_smaller;
}

void hold(const char* what, Check check, int scenes) {
  const uint64_t first_seed = seed();
  for (uint64_t round = 0; round < static_cast<uint64_t>(scenes); ++round) {
    std::mt19937_64 random(first_seed + round);
    Scene scene = random_scene(random, kTicketsPerScene, kPromisesPerScene);
    uint64_t disorder = random();
    if (check(scene, disorder).empty()) continue;
    while (drop_what_does_not_matter(scene, &Scene::events, check, disorder) |
           drop_what_does_not_matter(scene, &Scene::promises, check, disorder)) {
    }
    FAIL() << what << ", LUPAUS_SEED=" << first_seed + round << "\n"
           << format(scene) << check(scene, disorder);
  }
}

TEST(Judgement, WithCompleteKnowledgeIsWhatTheRulingsSay) {
  hold("told at once", check_at_once, rounds(1'000));
}

TEST(Judgement, LiveInAnyDisorderIsWhatTheRulingsSay) { hold("live", check_live, rounds(1'000)); }

}  // namespace
}  // namespace lupaus::tests
