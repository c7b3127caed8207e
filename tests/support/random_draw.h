// Choices that random scenes are made of.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "rules/model/book.h"
#include "tests/support/random_scene.h"

namespace lupaus::tests {

/// Lengths that limits, tiers, pauses and gaps between events are all drawn from, so that they
/// meet.
inline const std::vector<Duration> kLengths = {Duration(1),
                                               Duration(500),
                                               std::chrono::seconds(1),
                                               std::chrono::minutes(5),
                                               std::chrono::minutes(15),
                                               std::chrono::minutes(90),
                                               std::chrono::hours(9)};

class Draw {
 public:
  explicit Draw(std::mt19937_64& random) : random_(random) {}

  uint64_t below(uint64_t end) { return random_() % end; }
  Duration length_below(Duration end) {
    return Duration(static_cast<int64_t>(below(static_cast<uint64_t>(end.count()))));
  }
  bool chance(int percent) { return static_cast<int>(below(100)) < percent; }
  template <typename T>
  const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64& random_;
};

/// `WHERE.NAME == VALUE`, as the engine asks it; a missing attribute is an error (R12).
rules::model::ConditionPtr attribute_is(std::string where, std::string name, std::string value);

/// `true`.
rules::model::ConditionPtr always();

/// What promises of a scene may refer to.
struct Surroundings {
  Instant first{};
  const rules::model::ZoneTable* zone = nullptr;
  std::vector<std::string> measures;  ///< that every branch can be measured with
  bool has_hours = true;              ///< of every branch
};

/// A promise with some of every clause.
rules::model::Promise random_promise(Draw& draw, const Surroundings& around, std::string name);

}  // namespace lupaus::tests
