#include "server/report/rollup_rows.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lupaus::server::report {
namespace {

using rules::model::CommitmentKey;
using rules::model::Currency;
using rules::model::Error;
using rules::model::Fact;
using rules::model::Position;
using rules::model::Published;
using rules::model::Result;
using runtime::Row;
using runtime::Storage;
using runtime::Table;

constexpr uint64_t kVersion = 2;
constexpr std::string_view kMetaKey = "m";
constexpr char kCellMark = 'c';
constexpr char kAwaitingMark = 'w';

/// Big-endian numbers and length-prefixed texts.
class Writer {
 public:
  explicit Writer(std::string start = {}) : bytes_(std::move(start)) {}
  Writer& number(uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes_ += static_cast<char>(value >> shift & 0xff);
    return *this;
  }
  Writer& text(std::string_view value) {
    number(value.size());
    bytes_ += value;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what Writer wrote; `is_good` turns false, and stays so, at the first thing that is not
/// there.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  uint64_t number() {
    if (bytes_.size() < 8) is_good_ = false;
    if (!is_good_) return 0;
    uint64_t value = 0;
    for (size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes_[i]);
    bytes_.remove_prefix(8);
    return value;
  }
  std::string_view text() {
    const uint64_t size = number();
    if (size > bytes_.size()) is_good_ = false;
    if (!is_good_) return {};
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }
  bool is_good() const { return is_good_; }
  bool is_at_end() const { return is_good_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool is_good_ = true;
};

std::string write_cell_key(const RollupCells& cells, const CellKey& key, std::string start) {
  Writer writer(std::move(start));
  writer.text(cells.names().name(key.branch)).text(cells.names().name(key.promise));
  writer.text(cells.names().name(key.service));
  const uint64_t day = static_cast<uint64_t>(key.day.year) << 16 | key.day.month << 8 | key.day.day;
  return writer.number(day).number(key.hour).take();
}

CellKey read_cell_key(Reader& reader, RollupCells& cells) {
  CellKey key;
  key.branch = cells.names().number(reader.text());
  key.promise = cells.names().number(reader.text());
  key.service = cells.names().number(reader.text());
  const uint64_t day = reader.number();
  key.day = {static_cast<int16_t>(day >> 16), static_cast<uint8_t>(day >> 8 & 0xff),
             static_cast<uint8_t>(day & 0xff)};
  key.hour = static_cast<uint8_t>(reader.number());
  return key;
}

std::string write_totals(const RollupTotals& totals) {
  Writer writer;
  writer.number(totals.commitments)
      .number(totals.kept)
      .number(totals.breached)
      .number(totals.other)
      .number(totals.excused);
  for (const auto& [currency, minor] : totals.owed_minor) {
    writer.text(currency.text()).number(static_cast<uint64_t>(minor));
  }
  return writer.take();
}

std::optional<RollupTotals> read_totals(std::string_view bytes) {
  Reader reader(bytes);
  RollupTotals totals;
  totals.commitments = reader.number();
  totals.kept = reader.number();
  totals.breached = reader.number();
  totals.other = reader.number();
  totals.excused = reader.number();
  while (reader.is_good() && !reader.is_at_end()) {
    const std::string_view code = reader.text();
    const auto minor = static_cast<int64_t>(reader.number());
    if (code.size() != 3) return std::nullopt;
    totals.owed_minor[Currency{{code[0], code[1], code[2]}}] = minor;
  }
  if (!reader.is_good()) return std::nullopt;
  return totals;
}

std::string awaiting_key(const CommitmentKey& key) {
  Writer writer(std::string(1, kAwaitingMark));
  return writer.text(key.branch)
      .text(key.ticket)
      .text(key.promise)
      .number(key.revision)
      .number(key.cycle)
      .take();
}

CommitmentKey read_commitment(Reader& reader) {
  CommitmentKey key;
  key.branch = std::string(reader.text());
  key.ticket = std::string(reader.text());
  key.promise = std::string(reader.text());
  key.revision = static_cast<uint32_t>(reader.number());
  key.cycle = static_cast<uint32_t>(reader.number());
  return key;
}

Row meta_row(const RollupCells& cells) {
  Writer writer;
  writer.number(kVersion).number(cells.position());
  for (const Position book : cells.books()) writer.number(book);
  return {Table::rollups, std::string(kMetaKey), writer.take()};
}

/// False when the row is not one of this version.
bool restore_row(RollupCells& cells, std::string_view key, std::string_view value) {
  const char mark = key.empty() ? '\0' : key.front();
  Reader name(key.empty() ? key : key.substr(1));
  if (mark == kCellMark) {
    const CellKey cell = read_cell_key(name, cells);
    auto totals = read_totals(value);
    if (!name.is_at_end() || !totals) return false;
    cells.restore(cell, std::move(*totals));
    return true;
  }
  if (mark == kAwaitingMark) {
    CommitmentKey commitment = read_commitment(name);
    Reader place(value);
    const CellKey cell = read_cell_key(place, cells);
    if (!name.is_at_end() || !place.is_at_end()) return false;
    cells.restore_awaiting(std::move(commitment), cell);
    return true;
  }
  return key == kMetaKey;
}

/// False when there is no position's row of this version.
bool restore_meta(RollupCells& cells, const std::optional<std::string>& value) {
  if (!value) return false;
  Reader reader(*value);
  if (reader.number() != kVersion) return false;
  const Position position = reader.number();
  std::vector<Position> books;
  while (reader.is_good() && !reader.is_at_end()) books.push_back(reader.number());
  if (!reader.is_good()) return false;
  cells.restore(position, std::move(books));
  return true;
}

Result<void> restore_books(const Storage& storage, RollupCells& cells) {
  for (const Position book : cells.books()) {
    auto read = storage.read_journal(book, [&](std::span<const Fact> facts) {
      for (const Fact& fact : facts) {
        const auto* published = std::get_if<Published>(&fact.body);
        if (fact.position == book && published != nullptr) cells.restore_book(*published);
      }
      return false;
    });
    if (!read) return read;
  }
  return {};
}

}  // namespace

std::vector<Row> changed_rows(const RollupCells& cells) {
  std::vector<Row> rows;
  rows.reserve(cells.changed_cells().size() + cells.changed_awaiting().size() + 1);
  for (const CellKey& key : cells.changed_cells()) {
    rows.push_back({Table::rollups, write_cell_key(cells, key, std::string(1, kCellMark)),
                    write_totals(cells.cells().at(key))});
  }
  for (const CommitmentKey& key : cells.changed_awaiting()) {
    const auto waiting = cells.awaiting().find(key);
    std::optional<std::string> value;
    if (waiting != cells.awaiting().end()) value = write_cell_key(cells, waiting->second, {});
    rows.push_back({Table::rollups, awaiting_key(key), std::move(value)});
  }
  rows.push_back(meta_row(cells));
  return rows;
}

Result<RollupCells> load_rows(const Storage& storage, std::vector<Row>& stale) {
  auto meta = storage.get(Table::rollups, kMetaKey);
  if (!meta) return meta.error();
  RollupCells cells;
  bool is_usable = restore_meta(cells, *meta) && cells.position() <= storage.last_position();
  stale.clear();
  auto scanned =
      storage.scan(Table::rollups, "", "", [&](std::string_view key, std::string_view value) {
        is_usable = is_usable && restore_row(cells, key, value);
        stale.push_back({Table::rollups, std::string(key), std::nullopt});
        return true;
      });
  if (!scanned) return scanned.error();
  if (!is_usable) return RollupCells();
  stale.clear();
  if (auto read = restore_books(storage, cells); !read) return read.error();
  return cells;
}

}  // namespace lupaus::server::report
