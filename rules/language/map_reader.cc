#include "rules/language/map_reader.h"

#include <string>
#include <vector>

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

MapReader::MapReader(const Context& context, const Node& node, const Place& place)
    : MapReader(context, node, place.name) {
  place_ = &place;
  model::ensure(place.keys.size() <= 32, "every key of a place has its bit");
}

MapReader::MapReader(const Context& context, const Node& node, std::string_view name)
    : context_(context), node_(node), name_(name), is_map_(node.kind == Node::Kind::map) {
  if (!is_map_) {
    context.error(kWrongShape, node,
                  "expected a map of keys in " + std::string(name_) + ", but " + show(node),
                  "write `key: value` on lines of their own, further right, or {key: value}");
    return;
  }
  for (const Node& key : node.keys) {
    if (key.kind != Node::Kind::scalar) {
      context.error(kWrongShape, key, "expected a plain word as a key, but " + show(key),
                    "write it as `key: value`");
    }
  }
}

const Node* MapReader::find(std::string_view key) {
  const Key* known = place_ != nullptr ? find_key(*place_, key) : nullptr;
  model::ensure(known != nullptr, "the table has every key that is read");
  asked_ |= uint32_t{1} << (known - place_->keys.data());
  const Node* found = is_map_ ? node_.find(key) : nullptr;
  if (found == nullptr && is_map_ && known->is_required) tell_missing(key);
  return found;
}

const Node* MapReader::require(std::string_view key) {
  const Node* found = find(key);
  if (found == nullptr && is_map_) tell_missing(key);
  return found;
}

void MapReader::tell_missing(std::string_view key) const {
  context_.error(kMissingKey, node_,
                 std::string(name_) + " needs the key `" + std::string(key) + "`",
                 "add a line `" + std::string(key) + ": …`");
}

void MapReader::refuse_others() const {
  const size_t count = place_->keys.size();
  const uint32_t all = count == 32 ? ~uint32_t{0} : (uint32_t{1} << count) - 1;
  model::ensure(!is_map_ || asked_ == all, "every key that the table has is read");
  for (const Node& key : node_.keys) {
    if (key.kind != Node::Kind::scalar || find_key(*place_, key.text) != nullptr) continue;
    std::vector<std::string_view> names;
    for (const Key& known : place_->keys) names.push_back(known.name);
    context_.error(kUnknownKey, key,
                   "expected a key of " + std::string(name_) + ", but " + show(key),
                   suggest(key.text, names));
  }
}

}  // namespace lupaus::rules::language
