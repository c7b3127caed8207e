// Greedy shrinking: try to leave out one thing after another while the scene still fails.
#include <algorithm>

#include "tests/support/random_draw.h"

namespace lupaus::tests {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout

namespace {

using Fails = std::function<bool(const Scene&)>;

bool keep_if_failing(Scene& scene, Scene less, const Fails& fails) {
  renumber(less);
  less.editions.front().valid_from = kBeginningOfTime;  // the first book binds from the beginning
  if (!fails(less)) return false;
  scene = std::move(less);
  return true;
}

/// Elements from the last to the first, in runs of `run`.
template <typename List>
bool drop_runs(Scene& scene, const std::function<List&(Scene&)>& list, size_t run, size_t least,
               const Fails& fails) {
  bool is_smaller = false;
  for (size_t end = list(scene).size(); end > 0; end = end > run ? end - run : 0) {
    const size_t begin = end > run ? end - run : 0;
    if (end > list(scene).size() || list(scene).size() - (end - begin) < least) continue;
    Scene less = scene;
    auto& elements = list(less);
    elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(begin),
                   elements.begin() + static_cast<std::ptrdiff_t>(end));
    is_smaller = keep_if_failing(scene, std::move(less), fails) || is_smaller;
  }
  return is_smaller;
}

/// Ways in which a promise may become plainer; each returns false where it changes nothing.
using Plainer = bool (*)(Promise&);

template <typename T>
bool cleared(T& clause) {
  const T plain{};
  const bool is_plain = [&] {
    if constexpr (requires { clause.empty(); }) return clause.empty();
    if constexpr (requires { clause.has_value(); }) return !clause.has_value();
    if constexpr (std::is_same_v<T, bool>) return !clause;
    if constexpr (std::is_same_v<T, ConditionPtr>) return clause == nullptr;
    return false;
  }();
  clause = plain;
  return !is_plain;
}

const std::vector<Plainer>& plainer() {
  static const std::vector<Plainer> kPlainer = {
      [](Promise& p) { return cleared(p.compensation); },
      [](Promise& p) { return cleared(p.excuses); },
      [](Promise& p) { return cleared(p.suspensions); },
      [](Promise& p) { return cleared(p.from); },
      [](Promise& p) { return cleared(p.until); },
      [](Promise& p) { return cleared(p.warn); },
      [](Promise& p) { return p.applies->text() != "true" && (p.applies = always(), true); },
      [](Promise& p) { return p.within.size() > 1 && (p.within.erase(p.within.begin()), true); },
      [](Promise& p) { return p.measure != "elapsed" && (p.measure = "elapsed", true); },
      [](Promise& p) { return p.compensation && cleared(p.compensation->caps); },
      [](Promise& p) {
        return p.compensation && p.compensation->caps.size() > 1 &&
               (p.compensation->caps.pop_back(), true);
      },
      [](Promise& p) {
        return p.compensation && p.compensation->caps.size() > 1 &&
               (p.compensation->caps.erase(p.compensation->caps.begin()), true);
      },
      [](Promise& p) {
        return p.compensation && p.compensation->tiers.size() > 1 &&
               (p.compensation->tiers.pop_back(), true);
      },
      [](Promise& p) {
        return p.compensation && p.compensation->tiers.size() > 1 &&
               (p.compensation->tiers.erase(p.compensation->tiers.begin()), true);
      },
      [](Promise& p) { return p.compensation && cleared(p.compensation->is_stacked); },
      [](Promise& p) { return p.compensation && cleared(p.compensation->group); },
      [](Promise& p) { return p.compensation && cleared(p.compensation->late); },
      [](Promise& p) { return p.compensation && cleared(p.compensation->min_payable); },
      [](Promise& p) { return p.compensation && cleared(p.compensation->at_most); },
      [](Promise& p) { return p.compensation && cleared(p.compensation->at_least); },
      [](Promise& p) { return p.compensation && cleared(p.compensation->is_settled_at_breach); },
      [](Promise& p) {
        bool is_changed = false;
        if (!p.compensation) return false;
        for (Tier& tier : p.compensation->tiers) {
          is_changed = cleared(tier.at_most) || is_changed;
          is_changed = cleared(tier.at_least) || is_changed;
        }
        return is_changed;
      },
      [](Promise& p) {
        bool is_changed = false;
        if (!p.compensation) return false;
        for (Tier& tier : p.compensation->tiers) is_changed = cleared(tier.every) || is_changed;
        return is_changed;
      },
  };
  return kPlainer;
}

bool change(Scene& scene, size_t edition, size_t place, const Plainer& how, const Fails& fails) {
  Scene less = scene;
  Promise& promise = less.editions[edition].promises[place];
  if (!how(promise)) return false;
  promise.digest += "'";
  return keep_if_failing(scene, std::move(less), fails);
}

bool make_promises_plainer(Scene& scene, const Fails& fails) {
  bool is_smaller = false;
  for (size_t edition = 0; edition < scene.editions.size(); ++edition) {
    for (size_t place = 0; place < scene.editions[edition].promises.size(); ++place) {
      for (const Plainer& how : plainer())
        is_smaller = change(scene, edition, place, how, fails) || is_smaller;
      const auto lines = scene.editions[edition].promises[place].on;
      for (const auto& [type, _] : lines) {
        for (const bool is_whole : {true, false}) {
          Scene less = scene;
          EffectLine& line = less.editions[edition].promises[place].on[type];
          if (is_whole ? line.otherwise == Effect::proceed && line.cases.empty()
                       : line.cases.empty())
            continue;
          if (is_whole) line.otherwise = Effect::proceed;
          line.cases.clear();
          less.editions[edition].promises[place].digest += "'";
          is_smaller = keep_if_failing(scene, std::move(less), fails) || is_smaller;
        }
      }
    }
  }
  return is_smaller;
}

bool drop_attributes(Scene& scene, const Fails& fails) {
  bool is_smaller = false;
  for (size_t i = 0; i < scene.events.size(); ++i) {
    const auto attributes = scene.events[i].attributes;
    for (const auto& [name, value] : attributes) {
      Scene less = scene;
      less.events[i].attributes.erase(name);
      is_smaller = keep_if_failing(scene, std::move(less), fails) || is_smaller;
    }
  }
  return is_smaller;
}

}  // namespace

void shrink(Scene& scene, const Fails& fails) {
  const std::function<std::vector<naive::Event>&(Scene&)> events = [](Scene & s) -> auto& {
    return s.events;
  };
  const std::function<std::vector<Promise>&(Scene&)> promises = [](Scene & s) -> auto& {
    return s.editions.front().promises;
  };
  const std::function<std::vector<Scene::Edition>&(Scene&)> editions = [](Scene & s) -> auto& {
    return s.editions;
  };
  for (size_t run = scene.events.size() / 2; run > 1; run /= 2)
    drop_runs(scene, events, run, 0, fails);
  bool is_smaller = true;
  while (is_smaller) {
    is_smaller = drop_runs(scene, editions, 1, 1, fails);
    if (scene.editions.size() == 1) is_smaller |= drop_runs(scene, promises, 1, 1, fails);
    is_smaller |= drop_runs(scene, events, 1, 0, fails);
    is_smaller |= make_promises_plainer(scene, fails);
    is_smaller |= drop_attributes(scene, fails);
    for (size_t c = 0; c < scene.calendars.size(); ++c) {
      const std::function<std::vector<DateException>&(Scene&)> exceptions = [c](Scene &
                                                                                s) -> auto& {
        return s.calendars[c].exceptions;
      };
      is_smaller |= drop_runs(scene, exceptions, 1, 0, fails);
    }
  }
}

}  // namespace lupaus::tests
