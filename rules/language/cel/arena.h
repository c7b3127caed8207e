// Memory for the values of one evaluation or one compiled expression: handed out in pieces, given
// back all at once. An arena that nobody asks for memory allocates nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace lupaus::rules::language::cel {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// `count` values of T, each as T{} makes it. They live as long as the arena.
  template <typename T>
  std::span<T> make(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    if (count == 0) return {};
    T* first = static_cast<T*>(take(count * sizeof(T)));
    for (size_t i = 0; i < count; ++i) new (first + i) T{};
    return {first, count};
  }
  /// A copy of left followed by right.
  std::string_view join(std::string_view left, std::string_view right = {});

 private:
  static constexpr size_t kAlignment = 8;

  void* take(size_t bytes);

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* free_ = nullptr;
  size_t left_ = 0;
};

}  // namespace lupaus::rules::language::cel
