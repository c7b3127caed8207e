// Writes the tree of a promise file in a random layout: indentation, brackets or blocks, quotes,
// comments, blank lines and other spellings of lengths of time. The meaning stays.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "rules/language/node.h"

namespace lupaus::tests {

class RandomLayout {
 public:
  explicit RandomLayout(uint32_t seed) : random_(seed) {}

  std::string write(const std::vector<rules::language::Node>& documents);

 private:
  using Node = rules::language::Node;

  size_t below(size_t bound) { return static_cast<size_t>(random_() % bound); }
  bool chance(size_t percent) { return below(100) < percent; }
  void indent(size_t column) { text_.append(column, ' '); }
  void end_line();
  void decorate(size_t column);
  void block(const Node& node, size_t column);
  void value(const Node& node, size_t column);
  void flow(const Node& node, size_t column);
  void flow_break(size_t column);
  std::string scalar(const Node& node, bool is_flow);

  std::mt19937 random_;
  std::string text_;
  size_t comment_count_ = 0;
};

}  // namespace lupaus::tests
