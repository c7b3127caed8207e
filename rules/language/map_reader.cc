#include "rules/language/map_reader.h"

#include <algorithm>
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
  if (!is_map_) return nullptr;
  const Node* found = node_.find(key);
  const bool is_required =
      known->is_required || (!known->unless.key.empty() && !is_written(known->unless));
  if (found == nullptr && is_required) tell_missing(key);
  return found;
}

bool MapReader::is_written(const Beside& beside) const {
  const Node* written = node_.find(beside.key);
  if (written == nullptr) return find_key(*place_, beside.key)->fallback == beside.word;
  return written->kind == Node::Kind::scalar && written->text == beside.word;
}

bool MapReader::fits(std::string_view key) const {
  const Beside& beside = find_key(*place_, key)->only_with;
  if (beside.key.empty() || is_written(beside)) return true;
  // A word that is missing or unknown is told where it belongs.
  const Node* written = node_.find(beside.key);
  if (written == nullptr) return find_key(*place_, beside.key)->is_required;
  const auto words = words_of(*place_, beside.key);
  return std::find(words.begin(), words.end(), written->text) == words.end();
}

void MapReader::tell_missing(std::string_view key) const {
  context_.error(kMissingKey, node_,
                 std::string(name_) + " needs the key `" + std::string(key) + "`",
                 "add a line `" + std::string(key) + ": …`");
}

void MapReader::check_written(const Key& key, const Node& value, std::string_view missing) const {
  const std::string name(key.name);
  if (key.is_filled && value.kind == Node::Kind::sequence && value.children.empty()) {
    context_.error(kWrongShape, value,
                   "expected at least one entry in `" + name + "`, but the list is empty",
                   "write it as " + std::string(key.example) +
                       (key.unless.key.empty() ? ", or leave `" + name + "` out" : ""));
  }
  for (const std::string_view need : key.needs) {
    if (node_.find(need) != nullptr) continue;
    const std::string other(need);
    context_.error(missing, value,
                   "`" + name + "` of " + std::string(name_) + " needs the key `" + other + "`",
                   "add a line `" + other + ": " + std::string(find_key(*place_, need)->example) +
                       "`, or leave `" + name + "` out");
  }
}

void MapReader::refuse_others(std::string_view missing) const {
  const size_t count = place_->keys.size();
  const uint32_t all = count == 32 ? ~uint32_t{0} : (uint32_t{1} << count) - 1;
  model::ensure(!is_map_ || asked_ == all, "every key that the table has is read");
  for (size_t i = 0; i < node_.keys.size(); ++i) {
    const Node& key = node_.keys[i];
    if (key.kind != Node::Kind::scalar) continue;
    if (const Key* known = find_key(*place_, key.text)) {
      check_written(*known, node_.children[i], missing);
      continue;
    }
    std::vector<std::string_view> names;
    for (const Key& one : place_->keys) names.push_back(one.name);
    context_.error(kUnknownKey, key,
                   "expected a key of " + std::string(name_) + ", but " + show(key),
                   suggest(key.text, names));
  }
}

}  // namespace lupaus::rules::language
