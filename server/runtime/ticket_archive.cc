// The archived row stays when its ticket comes back, and is replaced when the ticket leaves again:
// recovery may need it to fold the tail.
#include "server/runtime/ticket_archive.h"

#include <type_traits>
#include <variant>

namespace lupaus::server::runtime {

using rules::model::Result;

std::string snapshot_key(rules::model::Position first_position) {
  std::string key(8, '\0');
  for (int i = 7; i >= 0; --i, first_position >>= 8) {
    key[static_cast<size_t>(i)] = static_cast<char>(first_position & 0xff);
  }
  return key;
}

TicketName ticket_of(const rules::model::Fact& fact) {
  return std::visit(
      [](const auto& body) -> TicketName {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, rules::model::Observed>) {
          return {body.event.branch, body.event.ticket};
        } else if constexpr (std::is_same_v<Body, rules::model::Archived>) {
          return {body.branch, body.ticket};
        } else if constexpr (requires { body.key.ticket; }) {
          return {body.key.branch, body.key.ticket};
        } else {
          return {};
        }
      },
      fact.body);
}

Result<void> TicketArchive::open() {
  return storage_.scan(Table::archive, "", "", [this](std::string_view, std::string_view) {
    is_empty_ = false;
    return false;
  });
}

Result<void> TicketArchive::bring_back(rules::engine::State& state, std::string_view branch,
                                       std::string_view ticket) {
  if (is_empty_ || ticket.empty() || state.find_ticket(branch, ticket)) return {};
  key_.assign(branch).append(1, '\0').append(ticket);
  std::optional<std::string> value;
  if (const auto found = pending_.find(key_); found != pending_.end()) {
    value = found->second.value;
  } else {
    auto row = storage_.get(Table::archive, key_);
    if (!row) return row.error();
    value = std::move(row.value());
  }
  if (!value) return {};
  const auto image = storage_.codec().ticket(*value);
  if (!image) return image.error();
  state.restore(image.value());
  return {};
}

void TicketArchive::put(const rules::engine::TicketImage& image, uint64_t batch,
                        std::vector<Row>& rows) {
  Row row = storage_.codec().archive_row(image);
  pending_[row.key] = {row.value.value_or(""), batch};
  rows.push_back(std::move(row));
  rows.push_back({Table::tickets, snapshot_key(image.first_position), std::nullopt});
  is_empty_ = false;
}

void TicketArchive::forget_durable(uint64_t batch) {
  if (pending_.empty()) return;
  std::erase_if(pending_, [batch](const auto& entry) { return entry.second.batch <= batch; });
}

}  // namespace lupaus::server::runtime
