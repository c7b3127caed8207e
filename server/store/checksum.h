// CRC-32C, by the processor's instruction where it has one: finds every error of up to 32
// neighbouring bits.
#pragma once

#include <cstdint>
#include <string_view>

namespace lupaus::server::store {

/// Of `bytes`, going on from `before`.
uint32_t crc32c(std::string_view bytes, uint32_t before = 0);

/// The same without the instruction; for tests and other processors.
uint32_t crc32c_portable(std::string_view bytes, uint32_t before = 0);

}  // namespace lupaus::server::store
