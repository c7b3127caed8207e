// The port through which the engine loop reaches durable storage. store/ serves it with RocksDB;
// tests with memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/entities.h"
#include "rules/ledger/entities.h"
#include "rules/model/fact.h"

namespace lupaus::server::runtime {

/// Tables beside the journal. Keys sort by bytes.
enum class Table : uint8_t {
  tickets,        ///< snapshot of open tickets, key = first_position big-endian
  sources,        ///< snapshot, key = id
  branches,       ///< snapshot, key = name
  compensations,  ///< key = number big-endian; written whenever one changes
  caps,           ///< key = counter key
  batches,        ///< key = batch id
  books,          ///< key = position of Published, big-endian; value = the fact
  archive,        ///< key = branch \0 ticket; value = ticket image
  rejected,       ///< key = position big-endian; value = the fact and whether it was retried
  breaches,       ///< one row a breached commitment, key = branch \0 ticket \0 promise \0 cycle
                  ///< big-endian
  rollups,        ///< report projections, written by report/ with their position
  meta,           ///< "replay_from", "storage_version" …
  periods,        ///< key = month; written when it is closed
};

/// Table::meta: the last Restored, drawn from the facts; it holds what those before it said.
inline constexpr std::string_view kRestoredKey = "restored";

struct Row {
  Table table{};
  std::string key;
  std::optional<std::string> value;  ///< nullopt deletes
};

/// What one synced write makes durable, all or nothing.
struct WriteSet {
  std::span<const rules::model::Fact> facts;  ///< positions contiguous; may be empty
  std::vector<Row> rows;                      ///< snapshot and ledger rows made by the codec below
  rules::model::Position replay_from = 1;     ///< where recovery must begin to replay
};

/// Turns entities into rows and back. Has no state; any thread.
class Codec {
 public:
  virtual ~Codec() = default;
  virtual Row row(const rules::engine::TicketImage& ticket) const = 0;          ///< Table::tickets
  virtual Row archive_row(const rules::engine::TicketImage& ticket) const = 0;  ///< Table::archive
  virtual Row row(const rules::engine::Source& source) const = 0;
  virtual Row row(const rules::engine::Branch& branch) const = 0;
  virtual Row row(const rules::ledger::Compensation& compensation) const = 0;
  virtual Row row(const rules::ledger::CapCounter& counter) const = 0;
  virtual Row row(const rules::ledger::PayoutBatch& batch) const = 0;
  virtual Row row(const rules::ledger::Period& period) const = 0;
  virtual rules::model::Result<rules::engine::TicketImage> ticket(std::string_view value) const = 0;
  /// The same in the place, and the memory, of an image that is no longer needed.
  virtual rules::model::Result<void> ticket(std::string_view value,
                                            rules::engine::TicketImage& image) const = 0;
  virtual rules::model::Result<rules::engine::Source> source(std::string_view value) const = 0;
  virtual rules::model::Result<rules::engine::Branch> branch(std::string_view value) const = 0;
  virtual rules::model::Result<rules::ledger::Compensation> compensation(
      std::string_view value) const = 0;
  virtual rules::model::Result<rules::ledger::CapCounter> cap(std::string_view value) const = 0;
  virtual rules::model::Result<rules::ledger::PayoutBatch> batch(std::string_view value) const = 0;
  virtual rules::model::Result<rules::ledger::Period> period(std::string_view value) const = 0;
  /// A row of Table::books, or of kRestoredKey. The fact's views die with the call.
  virtual rules::model::Result<void> fact(
      std::string_view value,
      const std::function<void(const rules::model::Fact&)>& visit) const = 0;
  /// A row of Table::rejected: the fact, and whether the event was submitted again and taken since.
  virtual rules::model::Result<void> rejected(
      std::string_view value,
      const std::function<void(const rules::model::Fact&, bool is_retried)>& visit) const = 0;
  /// A row of Table::breaches.
  virtual rules::model::Result<rules::model::VerdictLine> breach(std::string_view value) const = 0;
};

/// Durable, ordered, single writer, many readers. All calls but `append` may come from any thread.
class Storage {
 public:
  virtual ~Storage() = default;

  /// Writes the facts as one journal row, the rows that store/ draws from them (rejected, breaches,
  /// books), and `rows`, synced before it returns. An error means that nothing more may be
  /// acknowledged: the caller stops.
  virtual rules::model::Result<void> append(const WriteSet& set) = 0;

  /// Position of the last durable fact; 0 when empty.
  virtual rules::model::Position last_position() const = 0;
  /// From the last synced write; 1 when none.
  virtual rules::model::Position replay_from() const = 0;

  /// Calls `visit` for the facts at positions >= from, in order, one journal row at a time, until
  /// it returns false. The span and every view in it die with the call. Damage is an error that
  /// names the row.
  virtual rules::model::Result<void> read_journal(
      rules::model::Position from,
      const std::function<bool(std::span<const rules::model::Fact>)>& visit) const = 0;
  /// The same, for a start that has a core to spare: may decode rows ahead of `visit` on another
  /// thread.
  virtual rules::model::Result<void> read_journal_ahead(
      rules::model::Position from,
      const std::function<bool(std::span<const rules::model::Fact>)>& visit) const {
    return read_journal(from, visit);
  }

  virtual rules::model::Result<std::optional<std::string>> get(Table table,
                                                               std::string_view key) const = 0;
  /// Ascending from `from` (inclusive) while the key starts with `prefix`, until `visit` returns
  /// false.
  virtual rules::model::Result<void> scan(
      Table table, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
  /// About how many rows a table has, for who makes room for them; 0: not known.
  virtual uint64_t about_rows(Table table) const {
    static_cast<void>(table);
    return 0;
  }
  /// Writes rows that can be made again from the journal (report projections): atomic, not synced.
  virtual rules::model::Result<void> put_derived(std::span<const Row> rows) = 0;

  /// Moves what only the write-ahead log holds into checked tables. Called at a clean stop, so that
  /// a log shortened while nobody runs loses nothing. Nothing may be appended meanwhile.
  virtual rules::model::Result<void> settle() = 0;

  /// Writes a copy of all that is durable now to the folder `path`, which is made and must not be
  /// there yet. Appends may go on meanwhile; what they add may be in the copy or not. Code
  /// "not_supported" where the storage knows no copies.
  virtual rules::model::Result<void> copy_to(const std::string& path) {
    return rules::model::Error{
        "not_supported", "this storage cannot be copied to `" + path + "`", "", {}};
  }

  virtual const Codec& codec() const = 0;
};

}  // namespace lupaus::server::runtime
