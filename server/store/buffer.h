// Bytes that grow, kept from one row to the next so that encoding allocates nothing in the steady
// state.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace lupaus::server::store {

class Buffer {
 public:
  /// At least `count` writable bytes at the end; `advance` says how far they were used.
  char* room(size_t count) {
    if (static_cast<size_t>(limit_ - end_) < count) grow(count);
    return end_;
  }
  void advance(char* end) { end_ = end; }
  void append(std::string_view bytes) {
    std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    end_ += bytes.size();
  }
  /// Moves the bytes from `offset` on by `count` to the right; those freed are undefined.
  void insert_gap(size_t offset, size_t count) {
    room(count);
    std::memmove(bytes_.get() + offset + count, bytes_.get() + offset, size() - offset);
    end_ += count;
  }
  void clear() { end_ = bytes_.get(); }
  size_t size() const { return static_cast<size_t>(end_ - bytes_.get()); }
  char* at(size_t offset) { return bytes_.get() + offset; }
  std::string_view view() const { return {bytes_.get(), size()}; }

 private:
  void grow(size_t count) {
    const size_t used = size();
    const size_t capacity = 2 * used + count + 256;
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (used != 0) std::memcpy(larger.get(), bytes_.get(), used);
    bytes_ = std::move(larger);
    end_ = bytes_.get() + used;
    limit_ = bytes_.get() + capacity;
  }

  std::unique_ptr<char[]> bytes_;
  char* end_ = nullptr;
  char* limit_ = nullptr;
};

}  // namespace lupaus::server::store
