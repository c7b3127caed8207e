#include "server/store/replay.h"

#include <algorithm>
#include <variant>

#include "server/runtime/ticket_archive.h"
#include "server/store/drawn_rows.h"
#include "server/store/keys.h"

namespace lupaus::server::store {

using rules::model::Fact;
using rules::model::Result;
using runtime::Row;
using runtime::Table;

Replay::Replay(const runtime::Storage& storage) : storage_(storage) {}

Result<void> Replay::take(std::span<const Fact> facts) {
  for (const auto& fact : facts) {
    last_ = std::max(last_, fact.at);
    if (auto brought = bring_back(fact); !brought) return brought;
    if (const auto* archived = std::get_if<rules::model::Archived>(&fact.body)) {
      if (auto compared = archive(*archived); !compared) return compared;
    }
    state_.evolve(fact);
  }
  // Nobody decides here: what waits for a decision is dropped.
  state_.engine.touched().clear();
  state_.engine.deadline_changes().clear();
  state_.ledger.take_unwatched();
  return draw({facts, {}, 1});
}

Result<void> Replay::bring_back(const Fact& fact) {
  const auto name = runtime::ticket_of(fact);
  if (archived_.empty() || name.ticket.empty()) return {};
  if (state_.engine.find_ticket(name.branch, name.ticket)) return {};
  const std::string key = archive_key(name.branch, name.ticket);
  if (!archived_.contains(key)) return {};
  std::string value;
  if (const auto unlike = unlike_.find(key); unlike != unlike_.end()) {
    value = std::move(unlike->second);
    unlike_.erase(unlike);
  } else {
    auto row = storage_.get(Table::archive, key);
    if (!row) return row.error();
    value = std::move(**row);
  }
  const auto image = storage_.codec().ticket(value);
  if (!image) return image.error();
  state_.engine.restore(*image);
  return {};
}

/// WHY: the row is the newest of a ticket that left more than once; an older image is kept until it
/// comes back.
Result<void> Replay::archive(const rules::model::Archived& archived) {
  const auto slot = state_.engine.find_ticket(archived.branch, archived.ticket);
  if (!slot) return {};
  state_.engine.image(*slot, image_);
  Row row = storage_.codec().archive_row(image_);
  const auto found = storage_.get(Table::archive, row.key);
  if (!found) return found.error();
  if (*found != row.value) unlike_[row.key] = std::move(*row.value);
  archived_.insert(std::move(row.key));
  return {};
}

Result<void> Replay::draw(const runtime::WriteSet& set) {
  std::vector<Row> rows;
  const auto lookup = [this](Table table, std::string_view key) {
    const auto found = drawn_.find({table, std::string(key)});
    using Found = Result<std::optional<std::string>>;
    return found == drawn_.end() ? Found(std::nullopt) : Found(found->second);
  };
  if (auto drawn = draw_rows(set, storage_.codec(), lookup, rows); !drawn) return drawn;
  for (auto& row : rows) {
    std::pair place(row.table, std::move(row.key));
    if (row.value) {
      drawn_.insert_or_assign(std::move(place), std::move(*row.value));
    } else {
      drawn_.erase(place);
    }
  }
  return {};
}

Result<void> Replay::finish() {
  // A branch says whom it heard only once it is swept.
  std::vector<const rules::engine::Branch*> swept;
  state_.engine.sweep_branches(swept);
  runtime::WriteSet money;
  for (const auto& [number, compensation] : state_.ledger.compensations())
    money.rows.push_back(storage_.codec().row(compensation));
  return draw(money);
}

}  // namespace lupaus::server::store
