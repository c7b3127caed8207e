// The compact form of an expression: nodes in one vector, names resolved to slots, constants
// folded, patterns and zones made once. Immutable, so that threads may share it; evaluating it
// allocates only where the expression builds texts, lists or maps.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "rules/language/cel/condition.h"
#include "rules/language/cel/functions.h"
#include "rules/language/cel/tree.h"
#include "rules/language/cel/value.h"
#include "rules/model/condition.h"

namespace re2 {
class RE2;
}

namespace lupaus::rules::language::cel {

/// WHY: an expression of a few bytes could else run for minutes; this many steps are about a
/// millisecond.
inline constexpr int64_t kStepsMax = 100'000;

struct Node {
  Op op = Op::constant;
  model::AttributeType attribute = model::AttributeType::string;
  uint16_t slot = 0;  ///< of a local or a binding; which macro variable; pattern or zone
  uint32_t at = 0;
  uint32_t first = 0;  ///< the first child; children stand side by side
  uint32_t count = 0;
  const Function* function = nullptr;
  Value constant;  ///< constant, an attribute's or key's name, the list of in_texts
};

class Program {
 public:
  /// `names` are the bindings that evaluation will be given, in that order; zones that the
  /// expression names are looked up once, here.
  Program(const Tree& tree, std::span<const std::string_view> names, const ZoneFinder& find_zone);
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  /// The value of the expression; an error names its place. Views in it are of the scope, the
  /// bindings, the arena and this program. `scope` may be null where no attribute is read.
  Value evaluate(const model::Scope* scope, std::span<const Value> bindings, Arena& arena) const;

 private:
  friend class Builder;
  friend class Evaluator;
  Program();

  std::vector<Node> nodes_;  ///< the root first
  Arena constants_;
  std::vector<std::unique_ptr<const re2::RE2>> patterns_;
  std::vector<model::ZoneTable> zones_;
  uint16_t local_count_ = 0;
};

/// A pattern of RE2 within a bounded memory; nullptr when it is none.
std::unique_ptr<const re2::RE2> compile_pattern(std::string_view text);

}  // namespace lupaus::rules::language::cel
