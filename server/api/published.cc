// Keys from the table of books, facts from the journal.
#include "server/api/published.h"

#include <vector>

#include "server/runtime/storage.h"

namespace lupaus::server::api {

using rules::model::Fact;
using rules::model::Position;
using rules::model::Result;

Result<void> visit_published(const runtime::Storage& storage,
                             const std::function<void(const Fact&)>& visit) {
  std::vector<Position> positions;
  Result<void> scanned =
      storage.scan(runtime::Table::books, "", "", [&](std::string_view key, std::string_view) {
        Position position = 0;
        for (char byte : key) position = position << 8 | static_cast<uint8_t>(byte);
        positions.push_back(position);
        return true;
      });
  if (!scanned) return scanned;
  for (Position position : positions) {
    Result<void> read = storage.read_journal(position, [&](std::span<const Fact> facts) {
      for (const Fact& fact : facts) {
        if (fact.position == position) visit(fact);
      }
      return false;
    });
    if (!read) return read;
  }
  return {};
}

}  // namespace lupaus::server::api
