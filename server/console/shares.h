// How many calls each visitor has under way, so that nobody takes the room of all the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace lupaus::server::console {

/// Counts; single-threaded. Forgets a visitor with his last call.
class Shares {
 public:
  struct Limits {
    size_t all_max = 0;        ///< of all visitors together
    size_t a_visitor_max = 0;  ///< of one
  };
  enum class Entry : uint8_t {
    taken,
    share_full,  ///< he has as many as one may have
    full,        ///< there is no room for anybody
  };
  explicit Shares(Limits limits) : limits_(limits) {}

  /// Each `taken` has its `leave`.
  Entry enter(const std::string& visitor);
  void leave(const std::string& visitor);
  size_t count() const { return count_; }

 private:
  const Limits limits_;
  size_t count_ = 0;
  std::map<std::string, size_t> by_visitor_;
};

}  // namespace lupaus::server::console
