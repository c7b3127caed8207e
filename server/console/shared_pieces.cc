#include "server/console/shared_pieces.h"

#include <utility>

namespace lupaus::server::console {

/// WHY: in this process answers are handed on, not copied: the same place means the same bytes, for
/// the entry keeps them there.
Piece SharedPieces::find_same(const void* route, std::string_view bytes) const {
  const std::scoped_lock lock(mutex_);
  // What is asked for is most often among the newest.
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    const bool is_same = entry->bytes.data() == bytes.data() && entry->bytes.size() == bytes.size();
    if (is_same && entry->route == route) return entry->piece;
  }
  return nullptr;
}

Piece SharedPieces::find_equal(const void* route, size_t hash, std::string_view bytes) const {
  const std::scoped_lock lock(mutex_);
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->hash == hash && entry->route == route && entry->bytes == bytes) return entry->piece;
  }
  return nullptr;
}

Piece SharedPieces::find_or_make(const void* route, std::string_view bytes,
                                 std::shared_ptr<const void> holder,
                                 const std::function<std::string()>& make) {
  if (Piece same = find_same(route, bytes)) return same;
  const size_t hash = std::hash<std::string_view>()(bytes);
  if (Piece equal = find_equal(route, hash, bytes)) return equal;
  Entry entry{route, hash, bytes, std::move(holder), std::make_shared<const std::string>(make())};
  Piece made = entry.piece;
  const std::scoped_lock lock(mutex_);
  held_bytes_ += entry.size();
  entries_.push_back(std::move(entry));
  while (entries_.size() > kCountMax || held_bytes_ > kBytesMax) {
    held_bytes_ -= entries_.front().size();
    entries_.pop_front();
  }
  return made;
}

size_t SharedPieces::held_bytes() const {
  const std::scoped_lock lock(mutex_);
  return held_bytes_;
}

}  // namespace lupaus::server::console
