// Reads one map of a document strictly: its keys are those of the table, every other one is
// refused, and a missing one is named.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/language/cel/condition.h"
#include "rules/language/codes.h"
#include "rules/language/diagnostics.h"
#include "rules/language/key_table.h"
#include "rules/language/node.h"

namespace lupaus::rules::language {

/// The file being read and where its faults go. Lives for one compilation.
struct Context {
  const std::string& file;
  Diagnostics& diagnostics;
  const ZoneFinder* find_zone = nullptr;  ///< of the zones that the book will carry

  model::Span span(const Node& node) const { return {file, node.line, node.column}; }
  void error(std::string_view code, const Node& node, std::string message, std::string hint) const {
    diagnostics.error(code, span(node), std::move(message), std::move(hint));
  }
  void warning(std::string_view code, const Node& node, std::string message,
               std::string hint) const {
    diagnostics.warning(code, span(node), std::move(message), std::move(hint));
  }
};

/// What is written there, for messages: `a list`, `a map`, `nothing` or the text in backticks.
std::string show(const Node& node);

/// Borrows the node and the context. Keys must be plain texts.
class MapReader {
 public:
  /// A map of the keys that the table has for the place. A node that is no map is told and read as
  /// empty.
  MapReader(const Context& context, const Node& node, const Place& place);
  /// A map of free keys; `name` says whose they are: "wording".
  MapReader(const Context& context, const Node& node, std::string_view name);

  bool is_map() const { return is_map_; }
  const Node& node() const { return node_; }
  const Context& context() const { return context_; }
  /// Not of a map of free keys.
  const Place& place() const { return *place_; }
  /// A key of the place. nullptr when it is not written, which is told where the table requires it.
  const Node* find(std::string_view key);
  /// Whether the words beside the key allow it.
  bool fits(std::string_view key) const;
  /// Call last: refuses every key that the place has not, every list that may not be empty, and
  /// every key without those that it needs, under the code for what is missing.
  void refuse_others(std::string_view missing = kMissingKey) const;

 private:
  bool is_written(const Beside& beside) const;
  void tell_missing(std::string_view key) const;
  void check_written(const Key& key, const Node& value, std::string_view missing) const;

  const Context& context_;
  const Node& node_;
  const Place* place_ = nullptr;
  const std::string_view name_;
  const bool is_map_;
  uint32_t asked_ = 0;  ///< bit i: key i of the place has been asked for
};

}  // namespace lupaus::rules::language
