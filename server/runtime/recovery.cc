// Rows first, then the tail. A row may be newer than the start of the tail: entities skip what they
// contain.
#include "server/runtime/recovery.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "rules/engine/look_ahead.h"
#include "server/runtime/read_ahead.h"

namespace lupaus::server::runtime {
namespace {

using rules::model::Error;
using rules::model::Fact;
using rules::model::Position;
using rules::model::Result;

/// Decodes each row of a table and gives it to `restore`.
template <typename Decode, typename Restore>
Result<void> restore_table(const Storage& storage, Table table, Decode decode, Restore restore) {
  std::optional<Error> broken;
  auto scanned = storage.scan(table, "", "", [&](std::string_view, std::string_view value) {
    auto row = decode(value);
    if (!row) {
      broken = row.error();
      return false;
    }
    restore(std::move(row.value()));
    return true;
  });
  if (broken) return *broken;
  return scanned;
}

/// Tickets are the rows that there may be a million of: they are decoded on another thread.
Result<void> restore_tickets(const Storage& storage, rules::ledger::State& state) {
  // WHY: images go back to the thread that fills them, and keep their memory.
  struct Images {
    std::vector<rules::engine::TicketImage> all;
    size_t count = 0;  ///< of those that mean something
  };
  // Few enough to be still in the cache when they are folded.
  constexpr size_t kRowsAtATime = 128;
  constexpr size_t kWaiting = 16;
  std::mutex spent_mutex;
  std::vector<Images> spent;
  const auto take_spent = [&] {
    Images images;
    {
      const std::scoped_lock lock(spent_mutex);
      if (!spent.empty()) {
        images = std::move(spent.back());
        spent.pop_back();
      }
    }
    images.all.resize(kRowsAtATime);
    images.count = 0;
    return images;
  };
  Result<void> decoded, scanned;
  ReadAhead<Images> ahead(
      [&](const ReadAhead<Images>::Give& give) {
        Images images = take_spent();
        scanned =
            storage.scan(Table::tickets, "", "", [&](std::string_view, std::string_view value) {
              decoded = storage.codec().ticket(value, images.all[images.count]);
              if (!decoded) return false;
              if (++images.count < kRowsAtATime) return true;
              const bool is_taken = give(std::move(images));
              images = take_spent();
              return is_taken;
            });
        give(std::move(images));
      },
      kWaiting);
  while (auto images = ahead.take()) {
    state.engine.restore(std::span(images->all).first(images->count));
    const std::scoped_lock lock(spent_mutex);
    spent.push_back(std::move(*images));
  }
  return decoded ? scanned : decoded;
}

/// All books, also those of the tail: a ticket's row may obey a book that is newer than the tail's
/// start.
Result<void> restore_books(const Storage& storage, rules::ledger::State& state) {
  Result<void> decoded;
  auto scanned = storage.scan(Table::books, "", "", [&](std::string_view, std::string_view value) {
    decoded = storage.codec().fact(value, [&](const Fact& fact) { state.engine.evolve(fact); });
    return decoded.ok();
  });
  return decoded ? scanned : decoded;
}

/// From where numbers go on since the data were put back from a backup.
Result<void> restore_numbers(const Storage& storage, rules::ledger::State& state) {
  auto row = storage.get(Table::meta, kRestoredKey);
  if (!row) return row.error();
  if (!*row) return {};
  return storage.codec().fact(**row, [&](const Fact& fact) { state.ledger.evolve(fact); });
}

Result<void> restore_rows(const Storage& storage, rules::ledger::State& state) {
  const Codec& codec = storage.codec();
  auto done = restore_table(
      storage, Table::sources, [&](auto value) { return codec.source(value); },
      [&](auto source) { state.engine.restore(std::move(source)); });
  if (!done) return done;
  done = restore_table(
      storage, Table::branches, [&](auto value) { return codec.branch(value); },
      [&](auto branch) { state.engine.restore(std::move(branch)); });
  if (!done) return done;
  if (done = restore_tickets(storage, state); !done) return done;
  done = restore_table(
      storage, Table::compensations, [&](auto value) { return codec.compensation(value); },
      [&](auto compensation) { state.ledger.restore(std::move(compensation)); });
  if (!done) return done;
  done = restore_table(
      storage, Table::caps, [&](auto value) { return codec.cap(value); },
      [&](auto cap) { state.ledger.restore(std::move(cap)); });
  if (!done) return done;
  done = restore_table(
      storage, Table::batches, [&](auto value) { return codec.batch(value); },
      [&](auto batch) { state.ledger.restore(std::move(batch)); });
  if (!done) return done;
  return restore_table(
      storage, Table::periods, [&](auto value) { return codec.period(value); },
      [&](auto period) { state.ledger.restore(std::move(period)); });
}

Result<void> replay(const Storage& storage, TicketArchive& archive, rules::ledger::State& state,
                    rules::model::Instant& last) {
  const Position from = storage.replay_from();
  // The last row is read in any case: it says when the last fact was decided.
  const Position start = std::min(from, storage.last_position());
  Result<void> brought;
  // As many tickets are asked of memory together, before the first of them is folded.
  constexpr size_t kFactsAtATime = 32;
  std::array<rules::engine::NamedTicket, kFactsAtATime> names;
  auto read = storage.read_journal_ahead(start, [&](std::span<const Fact> facts) {
    for (; !facts.empty(); facts = facts.subspan(std::min(facts.size(), kFactsAtATime))) {
      const auto some = facts.first(std::min(facts.size(), kFactsAtATime));
      for (size_t i = 0; i < some.size(); ++i) {
        const auto name = ticket_of(some[i]);
        names[i] = {name.branch, name.ticket};
      }
      rules::engine::look_ahead(state.engine, std::span(names).first(some.size()));
      for (size_t i = 0; i < some.size(); ++i) {
        const Fact& fact = some[i];
        last = std::max(last, fact.at);
        if (fact.position < from || std::holds_alternative<rules::model::Published>(fact.body))
          continue;
        brought = archive.bring_back(state.engine, names[i].branch, names[i].ticket);
        if (!brought) return false;
        state.evolve(fact);
      }
    }
    return true;
  });
  return brought ? read : brought;
}

}  // namespace

Result<rules::model::Instant> recover(Storage& storage, TicketArchive& archive,
                                      rules::ledger::State& state) {
  auto last = rules::model::kBeginningOfTime;
  if (storage.last_position() == 0) return last;
  // Each ticket has a fact of its own, whatever is said of the rows.
  const auto tickets =
      std::min<uint64_t>(storage.about_rows(Table::tickets), storage.last_position());
  state.engine.begin_restore(tickets);
  if (auto books = restore_books(storage, state); !books) return books.error();
  if (auto rows = restore_rows(storage, state); !rows) return rows.error();
  if (auto numbers = restore_numbers(storage, state); !numbers) return numbers.error();
  if (auto tail = replay(storage, archive, state, last); !tail) return tail.error();
  state.next_position = storage.last_position() + 1;
  return last;
}

}  // namespace lupaus::server::runtime
