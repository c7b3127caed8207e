// Facts to the bytes of a journal row and back: lupaus.storage.v1.JournalRow. Written for speed,
// because every event passes here once; nothing is allocated per event once the buffers have grown.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/fact.h"
#include "rules/model/result.h"
#include "server/store/buffer.h"
#include "server/store/names.h"

namespace lupaus::server::store {

inline constexpr uint32_t kStorageVersion = 1;

/// Compiles a recorded book again; null when it does not compile.
using BookCompiler = std::function<rules::model::BookPtr(
    std::span<const rules::model::SourceFile> files, std::span<const rules::model::ZoneTable> zones,
    const std::string& tz_version)>;

/// The books that were compiled so far, by hash; any thread.
class BookShelf {
 public:
  explicit BookShelf(BookCompiler compile) : compile_(std::move(compile)) {}
  /// Code "database_damaged" when the sources do not compile to a book of that hash.
  rules::model::Result<rules::model::BookPtr> load(const std::string& hash,
                                                   std::span<const rules::model::SourceFile> files,
                                                   std::span<const rules::model::ZoneTable> zones,
                                                   const std::string& tz_version);

  /// Keeps a book that exists already, so that it need not be compiled again.
  void keep(const rules::model::BookPtr& book);

 private:
  BookCompiler compile_;
  std::mutex mutex_;
  std::vector<rules::model::BookPtr> books_;
};

/// Encodes rows one after the other; one thread.
class RowEncoder {
 public:
  /// `facts` are contiguous and at least one. The bytes live until the next call.
  std::string_view encode(std::span<const rules::model::Fact> facts, uint32_t previous_checksum);
  /// Of the row that was encoded last.
  uint32_t checksum() const { return checksum_; }

 private:
  void write_facts(std::span<const rules::model::Fact> facts);
  uint32_t actor_number(const std::shared_ptr<const rules::model::Actor>& actor);

  Buffer row_;
  Buffer facts_;
  NameTable names_;
  std::vector<std::shared_ptr<const rules::model::Actor>> actors_;
  uint32_t checksum_ = 0;
};

/// What a row says before its facts.
struct RowHeader {
  uint32_t checksum = 0;
  uint32_t previous_checksum = 0;
  uint32_t storage_version = 0;
  rules::model::Position first_position = 0;
};

/// Decodes rows one after the other, into facts that are kept from row to row; one thread.
class RowDecoder {
 public:
  explicit RowDecoder(BookShelf& books);
  ~RowDecoder();

  /// Checks the row's own checksum and version. The facts and their views live until the next call
  /// and no longer than `bytes`. Errors: "database_damaged", "database_version".
  rules::model::Result<std::span<const rules::model::Fact>> decode(std::string_view bytes);
  /// Of the row that was decoded last.
  const RowHeader& header() const { return header_; }

 private:
  class Body;
  std::unique_ptr<Body> body_;
  RowHeader header_;
};

}  // namespace lupaus::server::store
