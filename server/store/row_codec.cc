#include "server/store/row_codec.h"

#include <cstring>
#include <utility>

#include "server/store/checksum.h"
#include "server/store/describe_facts.h"
#include "server/store/event_coding.h"

namespace lupaus::server::store {
namespace {

using model::Error;
using model::Fact;
using model::Result;

constexpr size_t kChecksumBytes = 5;  // field 1: its key and four bytes

Error damaged(std::string message) {
  return {"database_damaged",
          std::move(message),
          "stop the server, keep a copy of the directory, and restore the last backup",
          {}};
}

// ---- bodies, both ways
struct WriteState {
  LastEvent last;
};

void write_body(Writer& wire, const model::Observed& fact, WriteState& state) {
  write_event(wire, fact.event, fact.received_at, state.last);
  wire.field(12, fact.is_retry);
  wire.field(13, fact.is_backfill);
  wire.field(14, fact.skew);
}
template <typename Kept>
void write_kept(Writer& wire, const Kept& fact, WriteState& state) {
  write_event(wire, fact.event, fact.received_at, state.last);
  wire.name(12, fact.reason);
  wire.field(13, fact.message);
}
void write_body(Writer& wire, const model::Rejected& fact, WriteState& state) {
  write_kept(wire, fact, state);
}
void write_body(Writer& wire, const model::Quarantined& fact, WriteState& state) {
  write_kept(wire, fact, state);
}
void write_body(Writer& wire, const model::Published& fact, WriteState&) {
  BookSources book;
  if (fact.book != nullptr) {
    book = {true, fact.book->hash, fact.book->files, fact.book->zones, fact.book->tz_version};
  }
  describe(wire, std::as_const(book));
  wire.field(6, fact.valid_from);
  wire.field(7, fact.retired_reason);
  wire.field(8, fact.retired);
}
template <typename Body>
void write_body(Writer& wire, const Body& fact, WriteState&) {
  describe(wire, fact);
}

struct ReadState {
  LastEvent last;
  AttributePool pool;
  BookShelf& books;
  std::optional<Error> error;
};

void read_body(Reader& wire, model::Observed& fact, ReadState& state) {
  read_event(wire, fact.event, fact.received_at, state.last, state.pool);
  wire.field(12, fact.is_retry);
  wire.field(13, fact.is_backfill);
  wire.field(14, fact.skew);
}
template <typename Kept>
void read_kept(Reader& wire, Kept& fact, ReadState& state) {
  read_event(wire, fact.event, fact.received_at, state.last, state.pool);
  wire.name(12, fact.reason);
  wire.field(13, fact.message);
}
void read_body(Reader& wire, model::Rejected& fact, ReadState& state) {
  read_kept(wire, fact, state);
}
void read_body(Reader& wire, model::Quarantined& fact, ReadState& state) {
  read_kept(wire, fact, state);
}
void read_body(Reader& wire, model::Published& fact, ReadState& state) {
  BookSources book;
  describe(wire, book);
  wire.field(6, fact.valid_from);
  wire.field(7, fact.retired_reason);
  wire.field(8, fact.retired);
  fact.book = nullptr;
  if (!book.has_book || wire.has_failed()) return;
  auto loaded = state.books.load(book.hash, book.files, book.zones, book.tz_version);
  if (loaded) {
    fact.book = *loaded;
  } else {
    state.error = loaded.error();
    wire.fail();
  }
}
template <typename Body>
void read_body(Reader& wire, Body& fact, ReadState&) {
  describe(wire, fact);
}

/// Reads the body if it is of this type; a fact that held one of this type before is reused.
template <typename Body>
bool try_body(Reader& wire, model::FactBody& body, ReadState& state) {
  if (!wire.is_at(kBodyField<Body>)) return false;
  Body* fact = std::get_if<Body>(&body);
  if (fact == nullptr) fact = &body.emplace<Body>();
  wire.message(kBodyField<Body>, [&] { read_body(wire, *fact, state); });
  return true;
}

/// In the order of their fields, since a reader only goes forward.
bool read_any_body(Reader& wire, model::FactBody& body, ReadState& state) {
  using namespace model;  // NOLINT: the list of all facts
  const auto try_all = [&]<typename... Bodies>() {
    return (try_body<Bodies>(wire, body, state) || ...);
  };
  return try_all.operator()<
      Observed, Rejected, Published, SourceRegistered, WatermarkAdvanced, Lost, Warned, Breached,
      Retracted, Confirmed, Ended, Owed, Archived, VoucherIssued, VoucherRedeemed, Dispatched, Paid,
      Failed, BatchClosed, BatchApproved, BatchExported, Quarantined, SkewEstimated, SourceRetired,
      LateEvidence, ReviewDecided, Released, Declined, PayoutApproved, PayoutHeld, Reversed,
      BankAnswered, InstrumentChanged, VoucherVoided, Claimed, Excused, PeriodClosed,
      BatchDiscarded, BatchSettled, BatchAccrued, Restored>();
}

}  // namespace

// ---- books
Result<model::BookPtr> BookShelf::load(const std::string& hash,
                                       std::span<const model::SourceFile> files,
                                       std::span<const model::ZoneTable> zones,
                                       const std::string& tz_version) {
  std::lock_guard lock(mutex_);
  for (const auto& book : books_) {
    if (book->hash == hash && book->tz_version == tz_version) return book;
  }
  auto book = compile_ ? compile_(files, zones, tz_version) : nullptr;
  if (book == nullptr)
    return damaged("expected the recorded book " + hash + " to compile, but it does not");
  if (book->hash != hash) {
    return damaged("expected the recorded book to have the hash " + hash + ", but it has " +
                   book->hash);
  }
  books_.push_back(book);
  return book;
}

void BookShelf::keep(const model::BookPtr& book) {
  std::lock_guard lock(mutex_);
  books_.push_back(book);
}

// ---- encoding
uint32_t RowEncoder::actor_number(const std::shared_ptr<const model::Actor>& actor) {
  if (actor == nullptr) return 0;
  for (size_t i = 0; i < actors_.size(); ++i) {
    if (actors_[i] == actor || *actors_[i] == *actor) return static_cast<uint32_t>(i + 1);
  }
  actors_.push_back(actor);
  return static_cast<uint32_t>(actors_.size());
}

void RowEncoder::write_facts(std::span<const Fact> facts) {
  Writer wire(facts_, &names_);
  WriteState state;
  model::Instant last_at{};
  const model::Actor* last_actor = nullptr;
  uint32_t last_number = 0;
  model::Position position = facts.front().position;
  for (const auto& fact : facts) {
    model::ensure(fact.position == position++, "the facts of a journal row are contiguous");
    wire.message(7, [&] {
      write_delta(wire, 1, fact.at, last_at);
      if (fact.actor.get() != last_actor) {
        // WHY: an equal actor at another address is the same one, in the same bytes.
        const uint32_t number = actor_number(fact.actor);
        if (number != last_number) wire.varint(2, number);
        last_number = number;
        last_actor = fact.actor.get();
      }
      std::visit(
          [&](const auto& body) {
            wire.message(kBodyField<std::remove_cvref_t<decltype(body)>>,
                         [&] { write_body(wire, body, state); });
          },
          fact.body);
    });
  }
}

std::string_view RowEncoder::encode(std::span<const Fact> facts, uint32_t previous_checksum) {
  model::ensure(!facts.empty(), "a journal row has facts");
  row_.clear();
  facts_.clear();
  names_.clear();
  actors_.clear();
  write_facts(facts);

  Writer wire(row_);
  wire.fixed32(1, 0);
  wire.fixed32(2, previous_checksum);
  wire.field(3, kStorageVersion);
  wire.field(4, facts.front().position);
  for (const auto name : names_.texts()) wire.text(5, name);
  for (const auto& actor : actors_) wire.message(6, [&] { describe(wire, *actor); });
  row_.append(facts_.view());
  checksum_ = crc32c(row_.view().substr(kChecksumBytes));
  std::memcpy(row_.at(1), &checksum_, sizeof checksum_);
  return row_.view();
}

// ---- decoding
class RowDecoder::Body {
 public:
  explicit Body(BookShelf& books) : state_{{}, {}, books, std::nullopt} {}

  Result<std::span<const Fact>> read(Reader& wire, model::Position first_position) {
    state_.last = {};
    state_.pool.clear();
    state_.error.reset();
    wire.field(5, names_);
    wire.set_names(names_);
    read_actors(wire);
    size_t count = 0;
    model::Instant last_at{};
    std::shared_ptr<const model::Actor> last_actor;
    while (wire.is_at(7)) {
      if (count == facts_.size()) facts_.emplace_back();
      Fact& fact = facts_[count];
      fact.position = first_position + count++;
      wire.message(7, [&] { read_fact(wire, fact, last_at, last_actor); });
    }
    if (state_.error) return *state_.error;
    if (wire.has_failed() || count == 0)
      return damaged("expected facts, but its bytes are no such thing");
    return std::span<const Fact>(facts_.data(), count);
  }

 private:
  /// An actor that the row before had too keeps its address.
  void read_actors(Reader& wire) {
    size_t count = 0;
    while (wire.is_at(6)) {
      model::Actor actor;
      wire.message(6, [&] { describe(wire, actor); });
      if (count == actors_.size()) actors_.emplace_back();
      auto& known = actors_[count++];
      if (known == nullptr || *known != actor)
        known = std::make_shared<const model::Actor>(std::move(actor));
    }
    actors_.resize(count);
  }
  void read_fact(Reader& wire, Fact& fact, model::Instant& last_at,
                 std::shared_ptr<const model::Actor>& last_actor) {
    read_delta(wire, 1, fact.at, last_at);
    if (wire.is_at(2)) {
      const uint64_t number = wire.read_varint();
      if (number > actors_.size()) return wire.fail();
      last_actor = number == 0 ? nullptr : actors_[number - 1];
    }
    if (fact.actor != last_actor) fact.actor = last_actor;
    if (!read_any_body(wire, fact.body, state_)) wire.fail();
  }

  ReadState state_;
  std::vector<std::string_view> names_;
  std::vector<std::shared_ptr<const model::Actor>> actors_;
  std::vector<Fact> facts_;
};

RowDecoder::RowDecoder(BookShelf& books) : body_(std::make_unique<Body>(books)) {}
RowDecoder::~RowDecoder() = default;

Result<std::span<const Fact>> RowDecoder::decode(std::string_view bytes) {
  header_ = {};
  Reader wire(bytes);
  wire.fixed32(1, header_.checksum);
  wire.fixed32(2, header_.previous_checksum);
  wire.field(3, header_.storage_version);
  wire.field(4, header_.first_position);
  if (bytes.size() <= kChecksumBytes || wire.has_failed()) {
    return damaged("expected a journal row, but its bytes are no such thing");
  }
  if (crc32c(bytes.substr(kChecksumBytes)) != header_.checksum) {
    return damaged("expected its checksum to be that of its bytes, but it is not");
  }
  if (header_.storage_version != kStorageVersion) {
    return Error{"database_version",
                 "expected storage version " + std::to_string(kStorageVersion) + ", but it is " +
                     std::to_string(header_.storage_version),
                 "run the program version that wrote this database, or a newer one",
                 {}};
  }
  return body_->read(wire, header_.first_position);
}

}  // namespace lupaus::server::store
