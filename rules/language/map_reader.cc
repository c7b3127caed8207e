#include "rules/language/map_reader.h"

#include <algorithm>

#include "rules/language/suggestion.h"

namespace lupaus::rules::language {

std::string show(const Node& node) {
  constexpr size_t kShownMax = 60;
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing is written";
    case Node::Kind::sequence:
      return "a list is written";
    case Node::Kind::map:
      return "a map is written";
    case Node::Kind::scalar:
      break;
  }
  if (node.text.size() <= kShownMax) return "`" + node.text + "`";
  size_t end = kShownMax;
  while (end > 0 && (static_cast<unsigned char>(node.text[end]) & 0xC0) == 0x80) --end;
  return "`" + node.text.substr(0, end) + "…`";
}

MapReader::MapReader(const Context& context, const Node& node, std::string_view name)
    : context_(context), node_(node), name_(name), is_map_(node.kind == Node::Kind::map) {
  if (!is_map_) {
    context.error(kWrongShape, node, "expected a map of keys in " + name_ + ", but " + show(node));
    return;
  }
  for (const Node& key : node.keys) {
    if (key.kind != Node::Kind::scalar) {
      context.error(kWrongShape, key, "expected a plain word as a key, but " + show(key));
    }
  }
}

const Node* MapReader::find(std::string_view key) {
  known_.push_back(key);
  return is_map_ ? node_.find(key) : nullptr;
}

const Node* MapReader::require(std::string_view key) {
  const Node* found = find(key);
  if (found == nullptr && is_map_) {
    context_.error(kMissingKey, node_, name_ + " needs the key `" + std::string(key) + "`",
                   "add a line `" + std::string(key) + ": …`");
  }
  return found;
}

void MapReader::refuse_others() const {
  for (const Node& key : node_.keys) {
    if (key.kind != Node::Kind::scalar) continue;
    if (std::find(known_.begin(), known_.end(), key.text) != known_.end()) continue;
    context_.error(kUnknownKey, key, "expected a key of " + name_ + ", but " + show(key),
                   suggest(key.text, known_));
  }
}

}  // namespace lupaus::rules::language
