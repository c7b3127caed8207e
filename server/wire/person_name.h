// What may stand in facts as the name of a person. Header alone and without gRPC, so that the
// console's door asks the same as the calls behind it.
#pragma once

#include <cstddef>
#include <string_view>

#include "rules/model/utf8.h"

namespace lupaus::server::wire {

/// 1 to 128 bytes of UTF-8 without control characters, and without spaces around them: ` frans`
/// must not approve what `frans` drew up, and a name is kept for ever and printed.
constexpr bool is_person_name(std::string_view name) {
  constexpr size_t kBytesMax = 128;
  if (name.empty() || name.size() > kBytesMax || name.front() == ' ' || name.back() == ' ')
    return false;
  while (!name.empty()) {
    const size_t length = rules::model::utf8_length(name);
    const auto first = static_cast<unsigned char>(name.front());
    if (length == 0 || first < 0x20 || first == 0x7F) return false;
    name.remove_prefix(length);
  }
  return true;
}

}  // namespace lupaus::server::wire
