#include "server/store/entity_codec.h"

#include <utility>

#include "server/store/describe_entities.h"
#include "server/store/keys.h"

namespace lupaus::server::store {
namespace {

using model::Error;
using model::Result;
using runtime::Row;
using runtime::Table;

template <typename Entity>
std::string encode(const Entity& entity) {
  Buffer buffer;
  Writer wire(buffer);
  describe(wire, entity);
  return std::string(buffer.view());
}

template <typename Entity>
Result<void> decode_into(std::string_view value, const char* what, Entity& entity) {
  Reader wire(value);
  describe(wire, entity);
  if (!wire.has_failed()) return {};
  return Error{"database_damaged",
               std::string("expected a row of ") + what + ", but its bytes are no such thing",
               "restore the last backup",
               {}};
}

template <typename Entity>
Result<Entity> decode(std::string_view value, const char* what) {
  Entity entity;
  auto decoded = decode_into(value, what, entity);
  if (!decoded) return decoded.error();
  return entity;
}

std::string encode_fact(const model::Fact& fact) {
  RowEncoder encoder;
  return std::string(encoder.encode(std::span(&fact, 1), 0));
}

class RowCodec : public runtime::Codec {
 public:
  explicit RowCodec(std::shared_ptr<BookShelf> books) : books_(std::move(books)) {}

  Row row(const rules::engine::TicketImage& ticket) const override {
    return {Table::tickets, number_key(ticket.first_position), encode(ticket)};
  }
  Row archive_row(const rules::engine::TicketImage& ticket) const override {
    return {Table::archive, archive_key(ticket.branch, ticket.ticket), encode(ticket)};
  }
  Row row(const rules::engine::Source& source) const override {
    return {Table::sources, source.id, encode(source)};
  }
  Row row(const rules::engine::Branch& branch) const override {
    return {Table::branches, branch.name, encode(branch)};
  }
  Row row(const rules::ledger::Compensation& compensation) const override {
    return {Table::compensations, number_key(compensation.number), encode(compensation)};
  }
  Row row(const rules::ledger::CapCounter& counter) const override {
    return {Table::caps, counter.key, encode(counter)};
  }
  Row row(const rules::ledger::PayoutBatch& batch) const override {
    return {Table::batches, batch.id, encode(batch)};
  }
  Row row(const rules::ledger::Period& period) const override {
    return {Table::periods, period.month, encode(period)};
  }

  Result<rules::engine::TicketImage> ticket(std::string_view value) const override {
    return decode<rules::engine::TicketImage>(value, "a ticket");
  }
  Result<void> ticket(std::string_view value, rules::engine::TicketImage& image) const override {
    return decode_into(value, "a ticket", image);
  }
  Result<rules::engine::Source> source(std::string_view value) const override {
    return decode<rules::engine::Source>(value, "a source");
  }
  Result<rules::engine::Branch> branch(std::string_view value) const override {
    return decode<rules::engine::Branch>(value, "a branch");
  }
  Result<rules::ledger::Compensation> compensation(std::string_view value) const override {
    return decode<rules::ledger::Compensation>(value, "a compensation");
  }
  Result<rules::ledger::CapCounter> cap(std::string_view value) const override {
    return decode<rules::ledger::CapCounter>(value, "a cap");
  }
  Result<rules::ledger::PayoutBatch> batch(std::string_view value) const override {
    return decode<rules::ledger::PayoutBatch>(value, "a payout batch");
  }
  Result<rules::ledger::Period> period(std::string_view value) const override {
    return decode<rules::ledger::Period>(value, "a closed month");
  }
  Result<void> fact(std::string_view value,
                    const std::function<void(const model::Fact&)>& visit) const override {
    RowDecoder decoder(*books_);
    const auto facts = decoder.decode(value);
    if (!facts) return facts.error();
    visit(facts->front());
    return {};
  }
  Result<void> rejected(std::string_view value,
                        const std::function<void(const model::Fact&, bool)>& visit) const override {
    Reader wire(value);
    std::string_view row;
    bool is_retried = false;
    wire.field(1, row);
    wire.field(2, is_retried);
    return fact(row, [&](const model::Fact& rejected_fact) { visit(rejected_fact, is_retried); });
  }
  Result<model::VerdictLine> breach(std::string_view value) const override {
    return decode<model::VerdictLine>(value, "a breach");
  }

 private:
  std::shared_ptr<BookShelf> books_;
};

}  // namespace

std::shared_ptr<const runtime::Codec> make_codec(std::shared_ptr<BookShelf> books) {
  return std::make_shared<RowCodec>(std::move(books));
}

Row book_row(const model::Fact& fact) {
  return {Table::books, number_key(fact.position), encode_fact(fact)};
}

Row restored_row(const model::Fact& fact) {
  return {Table::meta, std::string(runtime::kRestoredKey), encode_fact(fact)};
}

Row rejected_row(const model::Fact& fact, bool is_retried) {
  Buffer buffer;
  Writer wire(buffer);
  wire.text(1, encode_fact(fact));
  wire.field(2, is_retried);
  return {Table::rejected, number_key(fact.position), std::string(buffer.view())};
}

Row breach_row(const model::VerdictLine& line) {
  return {Table::breaches, breach_key(line.key), encode(line)};
}

}  // namespace lupaus::server::store
