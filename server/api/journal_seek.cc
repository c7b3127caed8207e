// Facts are recorded in the order of time, so their rows can be halved.
#include "server/api/journal_seek.h"

namespace lupaus::server::api {

using rules::model::Instant;
using rules::model::Position;
using rules::model::Result;

Result<Position> seek_journal(const runtime::Storage& storage, Instant at) {
  // INVARIANT: every fact before `low` was recorded before `at`.
  Position low = 1;
  Position high = storage.last_position();
  while (low < high) {
    const Position middle = low + (high - low) / 2;
    Position last = high;
    bool is_before = false;
    const auto read = storage.read_journal(middle, [&](auto facts) {
      if (facts.empty()) return true;
      last = facts.back().position;
      is_before = facts.back().at < at;
      return false;
    });
    if (!read) return read.error();
    if (is_before) {
      low = last + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace lupaus::server::api
