// Reads the rows of the journal one after the other and proves that they are its rows: checksums,
// the chain from row to row, positions without a gap.
#pragma once

#include <rocksdb/db.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "server/store/row_codec.h"

namespace lupaus::server::store {

/// Reads once, forward. One thread; the database must outlive it.
class JournalReader {
 public:
  struct Range {
    rules::model::Position from = 1, last = 0;
  };
  JournalReader(rocksdb::DB& database, rocksdb::ColumnFamilyHandle* journal, std::string path,
                Range range);

  using Facts = std::span<const rules::model::Fact>;
  /// The facts of the next row, those at `from` and later; nullopt after the last. They live until
  /// the next call. With `kept`, the row's bytes are moved there: then they live as long as `kept`
  /// and the decoder's next row. Damage is an error that names the row.
  rules::model::Result<std::optional<Facts>> next(RowDecoder& decoder, std::string* kept = nullptr);

 private:
  rules::model::Error row_error(rules::model::Position key, const rules::model::Error& cause) const;

  const std::string path_;
  Range range_;
  std::unique_ptr<rocksdb::Iterator> row_;
  bool is_first_ = true;
  std::optional<uint32_t> chain_;
  rules::model::Position next_ = 0;
};

/// Names the row in what is wrong with it.
rules::model::Error journal_row_error(const std::string& path, rules::model::Position key,
                                      const rules::model::Error& cause);

/// Decodes on a thread of its own, ahead of `visit`, which runs on the caller's until it returns
/// false.
rules::model::Result<void> visit_ahead(
    JournalReader& reader, BookShelf& books,
    const std::function<bool(std::span<const rules::model::Fact>)>& visit);

}  // namespace lupaus::server::store
