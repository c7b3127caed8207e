#include "server/console/shared_pieces.h"

#include <utility>

namespace lupaus::server::console {

SharedPieces::Piece SharedPieces::find(const void* route, size_t hash,
                                       std::string_view bytes) const {
  const std::scoped_lock lock(mutex_);
  // What is asked for is most often among the newest.
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->hash == hash && entry->route == route && entry->bytes == bytes) return entry->piece;
  }
  return nullptr;
}

SharedPieces::Piece SharedPieces::find_or_make(const void* route, std::string bytes,
                                               const std::function<std::string()>& make) {
  const size_t hash = std::hash<std::string_view>()(bytes);
  if (Piece found = find(route, hash, bytes)) return found;
  Entry entry{route, hash, std::move(bytes), std::make_shared<const std::string>(make())};
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
