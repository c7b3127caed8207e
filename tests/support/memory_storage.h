// The storage port in memory, for tests of whoever uses it: fails, blocks and forgets when it is
// told to. Facts are deep copies; rows are the bytes that the real one would write, drawn rows too.
// Thread-safe like the real one.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/runtime/storage.h"
#include "server/store/row_codec.h"
#include "tests/support/owned_facts.h"

namespace lupaus::tests::support {

class MemoryStorage : public server::runtime::Storage {
 public:
  MemoryStorage();
  ~MemoryStorage() override;

  /// The `nth` append from now (1 is the next) and all after it fail with code "disk_full"; 0 ends
  /// that.
  void fail_append(uint64_t nth);
  /// Appends wait, before anything is durable, until `release_appends`.
  void block_appends();
  void release_appends();
  /// Returns once an append is waiting.
  void wait_for_blocked_append();
  /// What a power cut does: derived rows since the last append are gone.
  void drop_unsynced();
  /// A storage with what is durable now, as after a crash and a restart.
  std::unique_ptr<MemoryStorage> reopen() const;
  /// Successful appends.
  uint64_t append_count() const;
  /// Copies of all facts.
  OwnedFacts facts() const;

  rules::model::Result<void> append(const server::runtime::WriteSet& set) override;
  rules::model::Position last_position() const override;
  rules::model::Position replay_from() const override;
  rules::model::Result<void> read_journal(
      rules::model::Position from,
      const std::function<bool(std::span<const rules::model::Fact>)>& visit) const override;
  rules::model::Result<std::optional<std::string>> get(server::runtime::Table table,
                                                       std::string_view key) const override;
  rules::model::Result<void> scan(
      server::runtime::Table table, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& visit)
      const override;
  rules::model::Result<void> settle() override { return {}; }
  rules::model::Result<void> put_derived(std::span<const server::runtime::Row> rows) override;
  const server::runtime::Codec& codec() const override;

 private:
  using Rows = std::map<std::string, std::string, std::less<>>;
  void put(const server::runtime::Row& row);
  std::optional<std::string> find(server::runtime::Table table, std::string_view key) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<const OwnedFacts>> journal_;  ///< one an append
  std::map<server::runtime::Table, Rows> tables_;
  std::vector<server::runtime::Row>
      undo_;  ///< values before derived rows not yet synced, newest last
  std::shared_ptr<server::store::BookShelf> books_;
  std::shared_ptr<const server::runtime::Codec> codec_;
  rules::model::Position last_position_ = 0;
  rules::model::Position replay_from_ = 1;
  uint64_t append_count_ = 0;
  uint64_t fail_in_ = 0;
  bool is_blocked_ = false;
  bool is_waiting_ = false;
};

}  // namespace lupaus::tests::support
