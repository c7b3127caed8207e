// The journal is read once, from its first row; then each table is held to what the replay gives.
#include "server/store/verify.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "server/runtime/recovery.h"
#include "server/store/entity_codec.h"
#include "server/store/keys.h"
#include "server/store/replay.h"
#include "server/store/tables.h"

namespace lupaus::server::store {
namespace {

using rules::ledger::State;
using rules::model::Error;
using rules::model::Fact;
using rules::model::Position;
using rules::model::Result;
using runtime::Row;
using runtime::Table;

/// Bytes of a key that can be read as text, and the rest in hexadecimal.
std::string shown(std::string_view key) {
  static constexpr char kDigits[] = "0123456789abcdef";
  if (key.size() == 8 && key[0] == '\0') return std::to_string(key_number(key));
  std::string text;
  for (const char byte : key) {
    const auto value = static_cast<uint8_t>(byte);
    if (value >= 0x20 && value < 0x7f) {
      text.push_back(byte);
    } else {
      text.append("\\x").append({kDigits[value >> 4], kDigits[value & 15]});
    }
  }
  return text;
}

std::string place(Table table, std::string_view key) {
  return "table `" + std::string(table_name(table)) + "`, key `" + shown(key) + "`";
}

/// Rows of an entity by key, as the codec writes them.
using Images = std::map<std::string, std::string>;

class Verifier {
 public:
  Verifier(const std::string& path, Store& store) : path_(path), store_(store), replay_(store) {}

  Verification run() {
    found_.last_position = store_.last_position();
    found_.replay_from = store_.replay_from();
    found_.journal_checksum = store_.journal_checksum();
    if (auto checked = store_.check_files(); !checked) add(path_, checked.error().message);
    if (!read_journal()) {
      found_.is_cut_short = true;  // without the facts there is nothing to compare with
      return std::move(found_);
    }
    compare_drawn();
    compare_archive();
    compare_ledger();
    compare_restored();
    return std::move(found_);
  }

 private:
  void add(std::string where, std::string what) {
    if (found_.damage.size() < kDamageMax) {
      found_.damage.push_back({std::move(where), std::move(what)});
    } else {
      found_.is_cut_short = true;
    }
  }

  bool read_journal() {
    Result<void> taken;
    auto read = store_.read_journal(1, [&](std::span<const Fact> facts) {
      ++found_.rows;
      found_.facts += facts.size();
      taken = replay_.take(facts);
      return taken.ok();
    });
    if (taken && read) taken = replay_.finish();
    found_.state_hash = replay_.state().hash();
    if (!read) add("journal", read.error().message);
    if (read && !taken) {
      add("replay after position " + std::to_string(replay_.state().next_position - 1),
          taken.error().message);
    }
    return read && taken;
  }

  template <typename Visit>
  void scan(Table table, std::string_view prefix, Visit visit) {
    auto scanned =
        store_.scan(table, prefix, "", [&](std::string_view key, std::string_view value) {
          visit(key, value);
          return true;
        });
    if (!scanned) add("table `" + std::string(table_name(table)) + "`", scanned.error().message);
  }

  /// A row of breaches as it was written before it named service and label.
  bool is_older_row(Table table, std::string_view found, const std::string& wanted) {
    if (table != Table::breaches) return false;
    auto line = store_.codec().breach(wanted);
    if (!line) return false;
    line->service.clear();
    line->label.clear();
    return breach_row(*line).value == found;
  }

  void hold(Table table, std::string_view key, std::string_view found, const std::string* wanted) {
    if (wanted == nullptr) {
      add(place(table, key), "it is there, but the facts give no such row");
    } else if (*wanted != found && !is_older_row(table, found, *wanted)) {
      add(place(table, key), "it is not what the facts give");
    } else {
      ++found_.table_rows;
    }
  }

  /// Each row of the table whose key begins so equals the one wanted, and none is missing.
  void compare(Table table, const Images& wanted, std::string_view prefix = "") {
    size_t met = 0;
    scan(table, prefix, [&](std::string_view key, std::string_view value) {
      const auto row = wanted.find(std::string(key));
      met += row != wanted.end() ? 1 : 0;
      hold(table, key, value, row == wanted.end() ? nullptr : &row->second);
    });
    if (met == wanted.size()) return;
    for (const auto& [key, value] : wanted) {
      const auto row = store_.get(table, key);
      if (row && !*row) add(place(table, key), "it is missing");
    }
  }

  void compare_drawn() {
    for (const Table table : {Table::books, Table::rejected, Table::breaches})
      compare_drawn(table, "");
    // WHY: what else is in Table::meta no fact draws.
    for (const auto prefix : {kRejectedPrefix, runtime::kRestoredKey})
      compare_drawn(Table::meta, prefix);
  }
  void compare_drawn(Table table, std::string_view prefix) {
    Images wanted;
    const auto& drawn = replay_.drawn();
    for (auto row = drawn.lower_bound({table, std::string(prefix)});
         row != drawn.end() && row->first.first == table && row->first.second.starts_with(prefix);
         ++row)
      wanted.emplace(row->first.second, row->second);
    compare(table, wanted, prefix);
  }

  void compare_archive() {
    scan(Table::archive, "", [&](std::string_view key, std::string_view) {
      const std::string name(key);
      if (!replay_.was_archived(name)) {
        add(place(Table::archive, key), "it is there, but no fact archived this ticket");
      } else if (!replay_.unlike_archived().contains(name)) {
        ++found_.table_rows;
      }
    });
    for (const auto& [key, value] : replay_.unlike_archived())
      add(place(Table::archive, key), "it is missing, or not what the facts give");
  }

  /// Money is written with its facts, so each row is the newest.
  void compare_ledger() {
    const auto& ledger = replay_.state().ledger;
    const auto& codec = store_.codec();
    Images compensations, caps, batches, periods;
    const auto keep = [](Images& images, Row row) {
      images.emplace(std::move(row.key), std::move(*row.value));
    };
    for (const auto& [number, one] : ledger.compensations()) keep(compensations, codec.row(one));
    for (const auto& [key, one] : ledger.caps()) keep(caps, codec.row(one));
    for (const auto& [id, one] : ledger.batches()) keep(batches, codec.row(one));
    for (const auto& [month, one] : ledger.periods()) keep(periods, codec.row(one));
    compare(Table::periods, periods);
    compare(Table::compensations, compensations);
    compare(Table::caps, caps);
    compare(Table::batches, batches);
  }

  /// What a start would make of the snapshot and the journal's tail, against what all facts give.
  void compare_restored() {
    State restored;
    runtime::TicketArchive archive(store_);
    auto opened = archive.open();
    const auto last = opened ? runtime::recover(store_, archive, restored)
                             : Result<rules::model::Instant>(opened.error());
    if (!last) return add("the snapshot", last.error().message);
    restored.engine.finish_restore(*last);
    std::vector<const rules::engine::Branch*> swept;  // as in Replay::finish
    restored.engine.sweep_branches(swept);
    compare_entities(Table::tickets, ticket_rows(replay_.state()), ticket_rows(restored));
    compare_entities(Table::sources, source_rows(replay_.state()), source_rows(restored));
    compare_entities(Table::branches, branch_rows(replay_.state()), branch_rows(restored));
    if (found_.damage.empty() && restored.hash() != found_.state_hash)
      add("the snapshot", "with the journal's tail it gives another state than the facts");
  }

  void compare_entities(Table table, const Images& wanted, const Images& restored) {
    for (const auto& [key, value] : restored) {
      const auto row = wanted.find(key);
      hold(table, key, value, row == wanted.end() ? nullptr : &row->second);
    }
    for (const auto& [key, value] : wanted) {
      if (!restored.contains(key)) add(place(table, key), "it is missing");
    }
  }

  Images ticket_rows(const State& state) const {
    Images images;
    rules::engine::TicketImage image;
    for (uint32_t slot = 0; slot < state.engine.slot_count(); ++slot) {
      if (!state.engine.ticket(slot).is_in_use) continue;
      state.engine.image(slot, image);
      // What a clock that still runs was counted to no fact says.
      for (auto& one : image.commitments) {
        if (!one.commitment.is_confirmed || !one.commitment.is_end_final) one.commitment.cycle = {};
      }
      Row row = store_.codec().row(image);
      images.emplace(std::move(row.key), std::move(*row.value));
    }
    return images;
  }
  Images source_rows(const State& state) const {
    Images images;
    for (const auto* source : state.engine.sources())
      images.emplace(source->id, *store_.codec().row(*source).value);
    return images;
  }
  Images branch_rows(const State& state) const {
    Images images;
    for (const auto* branch : state.engine.branches())
      images.emplace(branch->name, *store_.codec().row(*branch).value);
    return images;
  }

  const std::string& path_;
  Store& store_;
  Replay replay_;
  Verification found_;
};

}  // namespace

Result<Verification> verify(const std::string& path, StoreOptions options) {
  options.is_read_only = true;
  auto store = make_store(path, std::move(options));
  if (store) return Verifier(path, **store).run();
  if (store.error().code != "database_damaged") return store.error();
  Verification broken;
  broken.damage.push_back({path, store.error().message});
  broken.is_cut_short = true;
  return broken;
}

}  // namespace lupaus::server::store
