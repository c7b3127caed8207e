// Reads one map of a document strictly: every key that is asked for is known, every other one is
// refused, and a missing one is named.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/cel/condition.h"
#include "rules/language/diagnostics.h"
#include "rules/language/node.h"

namespace lupaus::rules::language {

/// The file being read and where its faults go. Lives for one compilation.
struct Context {
  const std::string& file;
  Diagnostics& diagnostics;
  const ZoneFinder* find_zone = nullptr;  ///< of the zones that the book will carry

  model::Span span(const Node& node) const { return {file, node.line, node.column}; }
  void error(std::string_view code, const Node& node, std::string message,
             std::string hint = "") const {
    diagnostics.error(code, span(node), std::move(message), std::move(hint));
  }
  void warning(std::string_view code, const Node& node, std::string message,
               std::string hint = "") const {
    diagnostics.warning(code, span(node), std::move(message), std::move(hint));
  }
};

/// What is written there, for messages: `a list`, `a map`, `nothing` or the text in backticks.
std::string show(const Node& node);

/// Borrows the node and the context. Keys must be plain texts.
class MapReader {
 public:
  /// `name` says whose keys these are: "compensation". A node that is no map is told and read as
  /// empty.
  MapReader(const Context& context, const Node& node, std::string_view name);

  bool is_map() const { return is_map_; }
  const Node& node() const { return node_; }
  /// nullptr when the key is not written.
  const Node* find(std::string_view key);
  /// Tells when the key is not written.
  const Node* require(std::string_view key);
  /// Call last: refuses every key that was never asked for.
  void refuse_others() const;

 private:
  const Context& context_;
  const Node& node_;
  const std::string name_;
  const bool is_map_;
  std::vector<std::string_view> known_;
};

}  // namespace lupaus::rules::language
