// A condition over attributes. language/ compiles CEL into it; engine/ only asks it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "rules/model/event.h"

namespace lupaus::rules::model {

/// What a condition may read. `ticket` is the merged view; `event` this event's alone (clock.on
/// only).
struct Scope {
  std::string_view branch_id;
  std::span<const Attribute> ticket;
  std::span<const Attribute> branch;
  std::span<const Attribute> event;
  std::string_view day_class;
  int day_weekday = 0;  ///< 1 Monday … 7 Sunday; 0 where not given
};

/// Compiled, immutable, shared between threads. An expression whose whole value is an error is
/// `error` (R12).
class Condition {
 public:
  enum class Value : uint8_t { no, yes, error };

  virtual ~Condition() = default;
  virtual Value evaluate(const Scope& scope) const = 0;
  /// The source text as its author wrote it.
  virtual std::string_view text() const = 0;
};

using ConditionPtr = std::shared_ptr<const Condition>;

}  // namespace lupaus::rules::model
