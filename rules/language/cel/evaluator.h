// Walks a program over one scope. Lives for one evaluation.
#pragma once

#include <span>

#include "rules/language/cel/program.h"

namespace lupaus::rules::language::cel {

class Evaluator {
 public:
  Evaluator(const Program& program, const model::Scope* scope, std::span<const Value> bindings,
            Arena& arena, Steps& steps)
      : program_(program), scope_(scope), bindings_(bindings), arena_(arena), steps_(steps) {}

  /// The value of the whole program.
  Value run() {
    locals_ = arena_.make<Value>(program_.local_count_);
    return value(program_.nodes_[0]);
  }
  /// The value of one node that has no variables of macros in it.
  Value value(const Node& node);

 private:
  const Node& child(const Node& node, uint32_t index) const {
    return program_.nodes_[node.first + index];
  }
  std::span<const Node> children(const Node& node) const {
    return {program_.nodes_.data() + node.first, node.count};
  }
  std::span<const model::Attribute> attributes(Op op) const;
  Value attribute(const Node& node, Op op) const;
  /// && and || of CEL: one deciding operand makes the whole, whatever errors stand beside it.
  Value absorb(const Node& node, bool deciding);
  Value negation(const Node& node);
  Value conditional(const Node& node);
  /// Operators of two values.
  Value binary(const Node& node);
  Value comparison(const Node& node, const Value& left, const Value& right) const;
  Value membership(const Node& node, const Value& wanted, const Value& among);
  Value in_texts(const Node& node);
  Value list(const Node& node);
  Value map(const Node& node);
  Value select(const Node& node);
  Value index(const Node& node);
  Value has(const Node& node);
  Value call(const Node& node);
  Value text_call(const Node& node, const Value& text, const Value& part);
  Value size(const Node& node, const Value& of);
  Value time_field(const Node& node, const Value& of);
  Value constant_pattern(const Node& node);
  Value constant_zone(const Node& node);
  Value fold(const Node& node, const Value& range);
  Value exactly_one(const Node& node, const Value& range);
  Value transform(const Node& node, const Value& range);
  Value macro(const Node& node);

  const Program& program_;
  const model::Scope* scope_;
  std::span<const Value> bindings_;
  Arena& arena_;
  Steps& steps_;
  std::span<Value> locals_;
};

}  // namespace lupaus::rules::language::cel
