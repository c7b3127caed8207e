// Names and their dense indices. Append-only, so an index never changes its meaning while the state
// lives.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "rules/engine/entities.h"

namespace lupaus::rules::engine {

class Names {
 public:
  NameIndex intern(std::string_view text) {
    if (const auto found = index_.find(text); found != index_.end()) return found->second;
    texts_.emplace_back(text);
    const auto index = static_cast<NameIndex>(texts_.size() - 1);
    index_.emplace(texts_.back(), index);
    return index;
  }
  std::optional<NameIndex> find(std::string_view text) const {
    const auto found = index_.find(text);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }
  std::string_view text(NameIndex index) const { return texts_[index]; }
  size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // WHY: stable addresses for the views that are the map's keys
  absl::flat_hash_map<std::string_view, NameIndex> index_;
};

}  // namespace lupaus::rules::engine
