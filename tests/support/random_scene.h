// Random days of a branch or two, small enough to read: calendars, promises in every clause, ticket
// and branch events, a horizon. Drawn so that the interesting coincidences are frequent: few
// instants for many events, limits reached to the millisecond, days on which the clocks change.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/naive_model.h"

namespace lupaus::tests {

using rules::model::Duration;
using rules::model::Instant;

/// What the engine and the naive model are both asked about.
struct Scene {
  struct Edition {
    Instant valid_from = rules::model::kBeginningOfTime;
    std::vector<rules::model::Promise> promises;  ///< ascending by name
  };
  std::vector<rules::model::CalendarSpec> calendars;
  std::vector<rules::model::BranchSpec> branches;
  std::vector<Edition> editions;
  std::vector<naive::Event> events;  ///< ascending by time; each source numbers its own
  Instant first{};                   ///< nothing happens before it
  Instant as_of{};
};

/// How big, and how many books follow each other.
struct SceneSize {
  int tickets = 12;
  int promises = 3;
  int editions = 1;
};

/// Sources of every branch; all are declared, and any may report anything.
inline const std::vector<std::string> kSceneSources = {"counter", "kiosk", "other"};
/// Ticket events of the scene's vocabularies, without `expired`; `called` is in both.
extern const std::vector<std::string> kSceneEvents, kRepairEvents;

Scene random_scene(std::mt19937_64& random, const SceneSize& size);

/// The published form; books live as long as the history.
naive::History history_of(const Scene& scene);

/// Gives each source its sequences anew, in the order of the events, from 1 in each epoch.
void renumber(Scene& scene);

/// For people: the whole scene as text.
std::string format(const Scene& scene);

/// Leaves out whatever does not matter for `fails`: events, promises, clauses, greedily.
void shrink(Scene& scene, const std::function<bool(const Scene&)>& fails);

}  // namespace lupaus::tests
