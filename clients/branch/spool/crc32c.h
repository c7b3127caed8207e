// CRC-32C (Castagnoli), by table: tells a torn or flipped record of the spool from a whole one.
#pragma once

#include <cstdint>
#include <string_view>

namespace lupaus::clients::branch::spool {

/// Continues from `crc` (0 to begin).
uint32_t crc32c(std::string_view bytes, uint32_t crc = 0);

}  // namespace lupaus::clients::branch::spool
