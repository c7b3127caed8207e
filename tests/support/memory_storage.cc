#include "tests/support/memory_storage.h"

#include <algorithm>
#include <utility>

#include "server/store/drawn_rows.h"
#include "server/store/entity_codec.h"

namespace lupaus::tests::support {

using rules::model::Error;
using rules::model::Position;
using rules::model::Result;
using server::runtime::Row;
using server::runtime::Table;

MemoryStorage::MemoryStorage()
    : books_(std::make_shared<server::store::BookShelf>(server::store::BookCompiler())),
      codec_(server::store::make_codec(books_)) {}
MemoryStorage::~MemoryStorage() = default;

void MemoryStorage::fail_append(uint64_t nth) {
  std::lock_guard lock(mutex_);
  fail_in_ = nth;
}

void MemoryStorage::block_appends() {
  std::lock_guard lock(mutex_);
  is_blocked_ = true;
}

void MemoryStorage::release_appends() {
  std::lock_guard lock(mutex_);
  is_blocked_ = false;
  changed_.notify_all();
}

void MemoryStorage::wait_for_blocked_append() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_waiting_; });
}

void MemoryStorage::drop_unsynced() {
  std::lock_guard lock(mutex_);
  while (!undo_.empty()) {
    Row row = std::move(undo_.back());
    undo_.pop_back();
    put(row);
  }
}

std::unique_ptr<MemoryStorage> MemoryStorage::reopen() const {
  auto copy = std::make_unique<MemoryStorage>();
  {
    std::lock_guard lock(mutex_);
    copy->journal_ = journal_;
    copy->tables_ = tables_;
    copy->undo_ = undo_;
    copy->books_ = books_;
    copy->codec_ = codec_;
    copy->last_position_ = last_position_;
    copy->replay_from_ = replay_from_;
  }
  copy->drop_unsynced();
  return copy;
}

uint64_t MemoryStorage::append_count() const {
  std::lock_guard lock(mutex_);
  return append_count_;
}

OwnedFacts MemoryStorage::facts() const {
  std::lock_guard lock(mutex_);
  OwnedFacts all{{}, std::make_shared<std::vector<std::shared_ptr<const OwnedFacts>>>(journal_)};
  for (const auto& row : journal_) {
    all.facts.insert(all.facts.end(), row->facts.begin(), row->facts.end());
  }
  return all;
}

void MemoryStorage::put(const Row& row) {
  if (row.value) {
    tables_[row.table].insert_or_assign(row.key, *row.value);
  } else {
    tables_[row.table].erase(row.key);
  }
}

Result<void> MemoryStorage::append(const server::runtime::WriteSet& set) {
  auto owned = std::make_shared<const OwnedFacts>(own_facts(set.facts));
  std::unique_lock lock(mutex_);
  is_waiting_ = is_blocked_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !is_blocked_; });
  is_waiting_ = false;
  if (fail_in_ > 1) {
    --fail_in_;
  } else if (fail_in_ == 1) {
    return Error{"disk_full", "the journal cannot be written: the test said so", "", {}};
  }
  for (const auto& fact : set.facts) {
    rules::model::ensure(fact.position == ++last_position_, "facts are appended without a gap");
    const auto* published = std::get_if<rules::model::Published>(&fact.body);
    if (published != nullptr && published->book != nullptr) books_->keep(published->book);
  }
  std::vector<Row> drawn;
  const auto is_drawn = server::store::draw_rows(
      set, *codec_, [this](Table table, std::string_view key) { return Result(find(table, key)); },
      drawn);
  if (!is_drawn) return is_drawn.error();
  if (!set.facts.empty()) journal_.push_back(std::move(owned));
  for (const auto& row : set.rows) put(row);
  for (const auto& row : drawn) put(row);
  replay_from_ = set.replay_from;
  undo_.clear();
  ++append_count_;
  return {};
}

Position MemoryStorage::last_position() const {
  std::lock_guard lock(mutex_);
  return last_position_;
}

Position MemoryStorage::replay_from() const {
  std::lock_guard lock(mutex_);
  return replay_from_;
}

Result<void> MemoryStorage::read_journal(
    Position from, const std::function<bool(std::span<const rules::model::Fact>)>& visit) const {
  std::vector<std::shared_ptr<const OwnedFacts>> journal;
  {
    std::lock_guard lock(mutex_);
    journal = journal_;
  }
  for (const auto& row : journal) {
    std::span<const rules::model::Fact> facts = row->facts;
    if (facts.back().position < from) continue;
    if (facts.front().position < from) facts = facts.subspan(from - facts.front().position);
    if (!visit(facts)) break;
  }
  return {};
}

std::optional<std::string> MemoryStorage::find(Table table, std::string_view key) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return std::nullopt;
  const auto row = rows->second.find(key);
  return row == rows->second.end() ? std::nullopt : std::optional(row->second);
}

Result<std::optional<std::string>> MemoryStorage::get(Table table, std::string_view key) const {
  std::lock_guard lock(mutex_);
  return find(table, key);
}

Result<void> MemoryStorage::scan(
    Table table, std::string_view prefix, std::string_view from,
    const std::function<bool(std::string_view key, std::string_view value)>& visit) const {
  Rows rows;
  {
    std::lock_guard lock(mutex_);
    const auto found = tables_.find(table);
    if (found != tables_.end()) rows = found->second;
  }
  for (auto row = rows.lower_bound(std::max(prefix, from)); row != rows.end(); ++row) {
    if (!row->first.starts_with(prefix) || !visit(row->first, row->second)) break;
  }
  return {};
}

Result<void> MemoryStorage::put_derived(std::span<const Row> rows) {
  std::lock_guard lock(mutex_);
  for (const auto& row : rows) {
    const auto& table = tables_[row.table];
    const auto before = table.find(row.key);
    undo_.push_back(
        {row.table, row.key, before == table.end() ? std::nullopt : std::optional(before->second)});
    put(row);
  }
  return {};
}

const server::runtime::Codec& MemoryStorage::codec() const { return *codec_; }

}  // namespace lupaus::tests::support
