// Random days of a branch, small enough to read: promises, ticket and branch events, a horizon.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/support/naive_model.h"

namespace lupaus::tests {

/// What the engine and the naive model are both asked about.
struct Scene {
  rules::model::CalendarSpec hours;
  std::vector<naive::Promise> promises;
  std::vector<naive::Event> events;  ///< each source in the order of its times
  naive::Instant first{};            ///< nothing happens before it
  naive::Instant as_of{};
};

/// Sources of the branch; all are declared, and any may report anything.
inline const std::vector<std::string> kSceneSources = {"counter", "kiosk", "other"};

/// `tickets` tickets under `promises` promises.
Scene random_scene(std::mt19937_64& random, int tickets, int promises);

/// The published form of the scene's promises, hours and branch "b".
rules::model::BookPtr book_of(const Scene& scene);

std::string format(const Scene& scene);

}  // namespace lupaus::tests
