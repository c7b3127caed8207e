// A database that a real engine loop wrote over two lives of a small branch, the second after a
// restore, with a row in every table that the loop fills: for tests of what reads it again.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "server/store/store.h"

namespace lupaus::tests {

/// Options that know the branch's book.
server::store::StoreOptions lived_options();

struct Lived {
  uint64_t state_hash = 0;  ///< of the loop when it stopped
  uint64_t facts = 0;
};

/// Makes it in `path`: most rows in tables, those of the last life in the log, as a kill leaves
/// them.
Lived live_in(const std::string& path);

/// The state's hash after each journal row, by the position of the row's last fact; from 0 on.
std::map<uint64_t, uint64_t> hashes_after_rows(const server::store::Store& store);

/// Rounds of a random test: LUPAUS_ROUNDS, or `usual`.
size_t rounds(size_t usual);
/// LUPAUS_SEED, or a fixed one.
uint64_t seed();

}  // namespace lupaus::tests
