#include "tests/support/memory_codec.h"

#include <deque>
#include <mutex>
#include <utility>
#include <variant>

namespace lupaus::tests::support {
namespace {

using namespace rules;  // NOLINT: the entities of both sides, in a test tool
using model::Result;
using server::runtime::Row;
using server::runtime::Table;

std::string big_endian(uint64_t number) {
  std::string key(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8)
    key[static_cast<size_t>(i)] = static_cast<char>(number);
  return key;
}

class MemoryCodec : public server::runtime::Codec {
 public:
  Row row(const engine::TicketImage& ticket) const override {
    return {Table::tickets, big_endian(ticket.first_position), keep(ticket)};
  }
  Row archive_row(const engine::TicketImage& ticket) const override {
    return {Table::archive, ticket.branch + '\0' + ticket.ticket, keep(ticket)};
  }
  Row row(const engine::Source& source) const override {
    return {Table::sources, source.id, keep(source)};
  }
  Row row(const engine::Branch& branch) const override {
    return {Table::branches, branch.name, keep(branch)};
  }
  Row row(const ledger::Compensation& compensation) const override {
    return {Table::compensations, big_endian(compensation.number), keep(compensation)};
  }
  Row row(const ledger::CapCounter& counter) const override {
    return {Table::caps, counter.key, keep(counter)};
  }
  Row row(const ledger::PayoutBatch& batch) const override {
    return {Table::batches, batch.id, keep(batch)};
  }
  Result<engine::TicketImage> ticket(std::string_view value) const override {
    return find<engine::TicketImage>(value);
  }
  Result<engine::Source> source(std::string_view value) const override {
    return find<engine::Source>(value);
  }
  Result<engine::Branch> branch(std::string_view value) const override {
    return find<engine::Branch>(value);
  }
  Result<ledger::Compensation> compensation(std::string_view value) const override {
    return find<ledger::Compensation>(value);
  }
  Result<ledger::CapCounter> cap(std::string_view value) const override {
    return find<ledger::CapCounter>(value);
  }
  Result<ledger::PayoutBatch> batch(std::string_view value) const override {
    return find<ledger::PayoutBatch>(value);
  }

 private:
  using Entity = std::variant<engine::TicketImage, engine::Source, engine::Branch,
                              ledger::Compensation, ledger::CapCounter, ledger::PayoutBatch>;

  template <typename T>
  std::string keep(const T& entity) const {
    std::lock_guard lock(mutex_);
    entities_.emplace_back(entity);
    return std::to_string(entities_.size() - 1);
  }

  template <typename T>
  Result<T> find(std::string_view value) const {
    std::lock_guard lock(mutex_);
    const size_t number = std::stoul(std::string(value));
    if (number < entities_.size()) {
      if (const auto* entity = std::get_if<T>(&entities_[number])) return *entity;
    }
    return model::Error{
        "database_damaged", "expected a row of that kind, but found another", "", {}};
  }

  mutable std::mutex mutex_;
  mutable std::deque<Entity> entities_;
};

}  // namespace

std::shared_ptr<const server::runtime::Codec> make_memory_codec() {
  return std::make_shared<MemoryCodec>();
}

}  // namespace lupaus::tests::support
