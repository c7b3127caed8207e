// Answers of streams as they go over the wire, made once for all who get the same: those who watch
// one board get the same bytes at the same moment, and JSON is what an answer costs.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "server/console/exchange.h"

namespace lupaus::server::console {

/// Thread-safe. Holds the newest answers, within bounds; two threads that ask for the same at once
/// may both make it.
class SharedPieces {
 public:
  /// Of the answer `bytes`, which `holder` keeps in their place, of the call `route`; `make` is
  /// called where it is not at hand.
  Piece find_or_make(const void* route, std::string_view bytes, std::shared_ptr<const void> holder,
                     const std::function<std::string()>& make);
  /// Of all that it holds.
  size_t held_bytes() const;

  static constexpr size_t kCountMax = 64;
  static constexpr size_t kBytesMax = 32 * 1024 * 1024;

 private:
  struct Entry {
    const void* route = nullptr;
    size_t hash = 0;
    std::string_view bytes;
    std::shared_ptr<const void> holder;
    Piece piece;
    size_t size() const { return bytes.size() + piece->size(); }
  };
  Piece find_same(const void* route, std::string_view bytes) const;
  Piece find_equal(const void* route, size_t hash, std::string_view bytes) const;

  mutable std::mutex mutex_;
  std::deque<Entry> entries_;  ///< newest last
  size_t held_bytes_ = 0;
};

}  // namespace lupaus::server::console
