// Rejected events: keys from their table, contents from the journal.
#include "server/ingest/rejected.h"

#include <algorithm>

#include "fmt/format.h"
#include "server/ingest/translate.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/values.h"

namespace lupaus::server::ingest {
namespace {

using rules::model::Error;
using rules::model::Fact;
using rules::model::Position;
using rules::model::Result;

std::string key_of(Position position) {
  std::string key(8, '\0');
  for (size_t i = 0; i < 8; ++i) key[7 - i] = static_cast<char>(position >> (8 * i));
  return key;
}

Position position_of(std::string_view key) {
  Position position = 0;
  for (char byte : key.substr(0, 8)) position = position << 8 | static_cast<uint8_t>(byte);
  return position;
}

template <typename Kept>
void to_rejected(const Fact& fact, const Kept& rejected, v1::RejectedEvent& message) {
  message.set_position(fact.position);
  to_message(rejected.event, *message.mutable_event());
  message.set_reason(std::string(rejected.reason));
  message.set_message(rejected.message);
  wire::to_timestamp(rejected.received_at, *message.mutable_received_at());
}

/// A rejected sequence that its source no longer lists was applied by a retry.
Result<void> mark_retried(runtime::EngineLoop& loop, v1::ListRejectedEventsResponse& response) {
  return wire::look(loop, [&response](const rules::ledger::State& state) {
    for (v1::RejectedEvent& rejected : *response.mutable_rejected_events()) {
      if (rejected.reason() == "twin") continue;  // its sequence is another event's
      const v1::Event& event = rejected.event();
      const rules::engine::Source* source = state.engine.find_source(event.source());
      if (source == nullptr) continue;
      rejected.set_retried(!source->is_rejected(event.epoch(), event.sequence()));
    }
  });
}

}  // namespace

Result<v1::RejectedEvent> find_rejected(Position position, const runtime::Storage& storage) {
  v1::RejectedEvent message;
  bool is_found = false;
  Result<void> read = storage.read_journal(position, [&](std::span<const Fact> facts) {
    for (const Fact& fact : facts) {
      if (fact.position != position) continue;
      if (const auto* rejected = std::get_if<rules::model::Rejected>(&fact.body)) {
        to_rejected(fact, *rejected, message);
        is_found = true;
      } else if (const auto* twin = std::get_if<rules::model::Quarantined>(&fact.body)) {
        to_rejected(fact, *twin, message);
        is_found = true;
      }
    }
    return false;
  });
  if (!read) return read.error();
  if (!is_found)
    return Error{"not_found", fmt::format("no rejected event has position {}", position), "", {}};
  return message;
}

Result<v1::ListRejectedEventsResponse> list_rejected(const v1::ListRejectedEventsRequest& request,
                                                     const runtime::Storage& storage,
                                                     runtime::EngineLoop& loop) {
  Result<size_t> size = wire::page_size(request.page_size(), 100, 1000);
  if (!size) return size.error();
  Result<uint64_t> from = wire::position_of_token(request.page_token());
  if (!from) return from.error();
  std::vector<Position> positions;
  Result<void> scanned = storage.scan(runtime::Table::rejected, "", key_of(*from),
                                      [&](std::string_view key, std::string_view) {
                                        positions.push_back(position_of(key));
                                        return positions.size() <= *size;
                                      });
  if (!scanned) return scanned.error();
  v1::ListRejectedEventsResponse response;
  if (positions.size() > *size) {
    response.set_next_page_token(std::to_string(positions.back()));
    positions.pop_back();
  }
  for (Position position : positions) {
    Result<v1::RejectedEvent> rejected = find_rejected(position, storage);
    if (!rejected) return rejected.error();
    *response.add_rejected_events() = std::move(*rejected);
  }
  Result<void> marked = mark_retried(loop, response);
  if (!marked) return marked.error();
  return response;
}

}  // namespace lupaus::server::ingest
