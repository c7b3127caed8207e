// Random scenes put to a question until one fails; that one is shrunk and printed.
#pragma once

#include <functional>
#include <string>

#include "tests/support/random_scene.h"

namespace lupaus::tests {

/// "" or how the scene fails; `disorder` seeds the order in which its events are told.
using Check = std::function<std::string(const Scene& scene, uint64_t disorder)>;

/// Asks `check` of `usual` scenes, or of as many as LUPAUS_ROUNDS says. Fails the test with the
/// smallest scene found and its LUPAUS_SEED; prints how many tickets were judged.
void hold(const char* what, const Check& check, int usual, const SceneSize& size);

/// Every promise of it waits `hold` for what is late, without caps and groups: live, those are used
/// up and settled by what is final.
Scene held_for(Scene scene, rules::model::Duration hold);

}  // namespace lupaus::tests
