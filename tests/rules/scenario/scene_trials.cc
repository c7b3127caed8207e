// Seeds, rounds and the report of a failure.
#include "tests/rules/scenario/scene_trials.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>

namespace lupaus::tests {

namespace {

int rounds(int usual) {
  const char* const text = std::getenv("LUPAUS_ROUNDS");
  return text == nullptr ? usual : std::atoi(text);
}

uint64_t seed() {
  const char* const text = std::getenv("LUPAUS_SEED");
  return text == nullptr ? std::random_device{}() : std::strtoull(text, nullptr, 10);
}

std::string ask(const Check& check, const Scene& scene, uint64_t disorder) {
  try {
    return check(scene, disorder);
  } catch (const std::exception& thrown) {
    return std::string("  ") + thrown.what() + "\n";
  }
}

}  // namespace

void hold(const char* what, const Check& check, int usual, const SceneSize& size) {
  const uint64_t first_seed = seed();
  const int scenes = rounds(usual);
  size_t events = 0;
  for (uint64_t round = 0; round < static_cast<uint64_t>(scenes); ++round) {
    std::mt19937_64 random(first_seed + round);
    Scene scene = random_scene(random, size);
    events += scene.events.size();
    uint64_t disorder = random();
    if (ask(check, scene, disorder).empty()) continue;
    shrink(scene, [&](const Scene& less) {
      for (uint64_t other = disorder; other < disorder + 5; ++other) {
        if (ask(check, less, other).empty()) continue;
        disorder = other;
        return true;
      }
      return false;
    });
    FAIL() << what << ", LUPAUS_SEED=" << first_seed + round << "\n"
           << format(scene) << ask(check, scene, disorder);
  }
  std::printf("%s: %d tickets under %d promises, %zu events; LUPAUS_SEED=%llu\n", what,
              scenes * size.tickets, size.promises, events,
              static_cast<unsigned long long>(first_seed));
}

Scene held_for(Scene scene, rules::model::Duration hold) {
  for (auto& edition : scene.editions) {
    for (auto& promise : edition.promises) {
      promise.hold = hold;
      if (!promise.compensation) continue;
      promise.compensation->caps.clear();
      promise.compensation->group.clear();
    }
  }
  return scene;
}

}  // namespace lupaus::tests
