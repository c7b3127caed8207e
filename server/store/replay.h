// A replay of the whole journal that draws every row beside it again, for `verify` to compare with
// the rows that are there.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "rules/ledger/step.h"
#include "server/runtime/storage.h"

namespace lupaus::server::store {

/// What a table should hold.
using ExpectedRows = std::map<std::pair<runtime::Table, std::string>, std::string>;

/// Folds facts from the first on. Archived tickets that match their row are read back from it, so
/// that memory holds what the server's does. Used by one thread.
class Replay {
 public:
  explicit Replay(const runtime::Storage& storage);

  /// The facts of the next journal row. Errors: those of the storage, and of rows that are needed
  /// to go on.
  rules::model::Result<void> take(std::span<const rules::model::Fact> facts);
  /// After the last: what the money says goes into the lines of breaches.
  rules::model::Result<void> finish();

  const rules::ledger::State& state() const { return state_; }
  /// Instant of the last fact.
  rules::model::Instant last() const { return last_; }
  /// Books, rejected events, breaches, and what leads to them in Table::meta.
  const ExpectedRows& drawn() const { return drawn_; }
  /// Keys of archive rows that are there, but not what the facts give.
  const std::unordered_map<std::string, std::string>& unlike_archived() const { return unlike_; }
  /// A ticket with this key in the archive was archived.
  bool was_archived(const std::string& key) const { return archived_.contains(key); }

 private:
  rules::model::Result<void> bring_back(const rules::model::Fact& fact);
  rules::model::Result<void> archive(const rules::model::Archived& archived);
  rules::model::Result<void> draw(const runtime::WriteSet& set);

  const runtime::Storage& storage_;
  rules::ledger::State state_;
  rules::model::Instant last_ = rules::model::kBeginningOfTime;
  ExpectedRows drawn_;
  std::unordered_map<std::string, std::string> unlike_;  ///< key -> what it should be
  std::unordered_set<std::string> archived_;
  rules::engine::TicketImage image_;
};

}  // namespace lupaus::server::store
