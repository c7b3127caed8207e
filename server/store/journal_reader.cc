// One walk over the rows, for the thread that asks or for one that works ahead of it.
#include "server/store/journal_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/runtime/read_ahead.h"
#include "server/store/keys.h"
#include "server/store/tables.h"

namespace lupaus::server::store {

namespace model = rules::model;
using model::Error;
using model::Position;
using model::Result;

namespace {

std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

Error journal_row_error(const std::string& path, Position key, const Error& cause) {
  Error error = cause.code == "database_damaged" ? damaged(path, "") : cause;
  error.message =
      "journal row at position " + std::to_string(key) + " of `" + path + "`: " + cause.message;
  return error;
}

JournalReader::JournalReader(rocksdb::DB& database, rocksdb::ColumnFamilyHandle* journal,
                             std::string path, Range range)
    : path_(std::move(path)), range_(range) {
  range_.from = std::max<Position>(range.from, 1);
  if (range_.from > range_.last) return;
  rocksdb::ReadOptions options = walk_options();
  options.fill_cache = false;
  options.readahead_size = 1 << 20;
  row_.reset(database.NewIterator(options, journal));
  row_->SeekForPrev(number_key(range_.from));
  if (range_.from == 1) chain_ = 0;
}

Error JournalReader::row_error(Position key, const Error& cause) const {
  return journal_row_error(path_, key, cause);
}

Result<std::optional<JournalReader::Facts>> JournalReader::next(RowDecoder& decoder,
                                                                std::string* kept) {
  if (row_ == nullptr) return std::optional<Facts>();
  if (!std::exchange(is_first_, false)) row_->Next();
  for (; row_->Valid(); row_->Next()) {
    const Position key = key_number(view(row_->key()));
    std::string_view bytes = view(row_->value());
    if (kept != nullptr) bytes = kept->assign(bytes);
    auto facts = decoder.decode(bytes);
    if (!facts) return row_error(key, facts.error());
    const auto& header = decoder.header();
    if (header.first_position != key || (next_ != 0 && key != next_)) {
      return row_error(
          key, damaged(path_, "expected position " + std::to_string(next_ != 0 ? next_ : key) +
                                  ", but it begins at " + std::to_string(header.first_position)));
    }
    if (chain_ && *chain_ != header.previous_checksum) {
      return row_error(
          key, damaged(path_, "expected the checksum of the row before, but it carries another"));
    }
    chain_ = header.checksum;
    next_ = facts->back().position + 1;
    if (next_ <= range_.from) break;  // the row before a gap
    if (key < range_.from) *facts = facts->subspan(range_.from - key);
    range_.from = next_;
    return std::optional(*facts);
  }
  if (!row_->status().ok()) return to_error(row_->status(), "read the journal in", path_);
  if (range_.from <= range_.last) {
    return damaged(path_, "expected a journal row with position " + std::to_string(range_.from) +
                              ", but there is none");
  }
  row_.reset();
  return std::optional<Facts>();
}

Result<void> visit_ahead(JournalReader& reader, BookShelf& books,
                         const std::function<bool(JournalReader::Facts)>& visit) {
  struct Row {
    std::string bytes;
    RowDecoder decoder;
  };
  // WHY: rows are taken in turn, so that a row is not used again before everybody has let go of it:
  // one is visited, one is decoded, the others wait.
  constexpr size_t kWaiting = 4;
  std::array<std::unique_ptr<Row>, kWaiting + 2> rows;
  for (auto& row : rows) row.reset(new Row{{}, RowDecoder(books)});
  Result<void> decoded;
  runtime::ReadAhead<JournalReader::Facts> ahead(
      [&](const runtime::ReadAhead<JournalReader::Facts>::Give& give) {
        for (size_t turn = 0;; ++turn) {
          Row& row = *rows[turn % rows.size()];
          auto facts = reader.next(row.decoder, &row.bytes);
          if (!facts) decoded = facts.error();
          if (!facts || !*facts || !give(**facts)) return;
        }
      },
      kWaiting);
  while (const auto facts = ahead.take()) {
    if (!visit(*facts)) return {};
  }
  return decoded;
}

}  // namespace lupaus::server::store
