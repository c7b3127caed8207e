// What a condition may name: attributes of the vocabulary and the few other names of its place
// (R84), functions, and what is written out in calls.
#pragma once

#include <optional>

#include "rules/language/cel/condition.h"
#include "rules/language/cel/functions.h"
#include "rules/language/cel/tree.h"
#include "rules/model/result.h"

namespace lupaus::rules::language::cel {

class CheckerNames {
 public:
  CheckerNames(const model::Vocabulary& vocabulary, CelNames names)
      : vocabulary_(vocabulary), names_(names) {}

  /// Turns `ticket.x` and its kin into what they read, and gives its type.
  model::Result<Kind> resolve(Tree& select) const;
  /// Why a name that stands alone is no value.
  model::Error refuse(const Tree& name) const;
  /// Why a call is not to a function.
  model::Error refuse_function(const Tree& call) const;

 private:
  model::Error unknown(const Tree& at, const std::string& name) const;
  model::Result<Kind> resolve_day(Tree& select) const;
  model::Result<Kind> attribute(
      Tree& select, Op op,
      const std::map<std::string, model::AttributeSpec, std::less<>>& known) const;

  const model::Vocabulary& vocabulary_;
  const CelNames names_;
};

/// What is wrong with the texts that a call has written out: durations, patterns, zones …
std::optional<model::Error> check_constants(const Tree& call, const Function& function,
                                            const ZoneFinder& find_zone);

}  // namespace lupaus::rules::language::cel
