// Every fact and entity comes back from its bytes as it was, and the bytes are what the proto files
// say.
#include <gtest/gtest.h>

#include <chrono>

#include "lupaus/storage/v1/row.pb.h"
#include "server/store/checksum.h"
#include "server/store/entity_codec.h"
#include "server/store/row_codec.h"
#include "tests/support/random_values.h"

namespace lupaus::server::store {
namespace {

using namespace rules;  // NOLINT: entities of all parts
using tests::support::is_same;
using tests::support::RandomValues;

model::BookPtr make_book() {
  auto book = std::make_shared<model::Book>();
  book->hash = "0123456789abcdef";
  book->files = {{"promises/p.yaml", "kind: Promise\n"}, {"empty.yaml", ""}};
  book->zones = {{"Europe/Helsinki", 5989, {{-1535938789, 5989}, {354675600, 10800}}}};
  book->tz_version = "2026a";
  return book;
}

/// Compiles to a book of the same hash only if it gets all sources back.
BookCompiler compiler_of(const model::BookPtr& book) {
  return [book](std::span<const model::SourceFile> files, std::span<const model::ZoneTable> zones,
                const std::string& tz_version) -> model::BookPtr {
    const bool is_whole =
        files.size() == 2 && files[0].text == book->files[0].text && files[1].text.empty() &&
        std::equal(zones.begin(), zones.end(), book->zones.begin(), book->zones.end()) &&
        tz_version == book->tz_version;
    return is_whole ? std::make_shared<model::Book>(*book) : nullptr;
  };
}

TEST(RowCodec, EveryFactComesBackAsItWas) {
  const auto book = make_book();
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    BookShelf books(compiler_of(book));
    RandomValues random(seed);
    RowEncoder encoder;
    RowDecoder decoder(books);
    model::Position first = 1 + random.below(1'000'000);
    for (int row = 0; row < 4; ++row) {  // encoder and decoder are reused
      const auto facts = random.facts(first, 1 + random.below(200), book);
      const auto previous = static_cast<uint32_t>(random.below(1ull << 32));
      const std::string bytes(encoder.encode(facts, previous));
      const auto decoded = decoder.decode(bytes);
      ASSERT_TRUE(decoded.ok()) << decoded.error().message;
      ASSERT_EQ(decoded->size(), facts.size());
      for (size_t i = 0; i < facts.size(); ++i) {
        ASSERT_TRUE(is_same(facts[i], (*decoded)[i]))
            << "fact " << i << " of kind " << facts[i].body.index();
      }
      EXPECT_EQ(decoder.header().previous_checksum, previous);
      EXPECT_EQ(decoder.header().checksum, encoder.checksum());
      first += facts.size();
    }
  }
}

TEST(RowCodec, EqualActorsAtOtherAddressesAreTheSameBytes) {
  RandomValues random(3);
  auto facts = random.facts(1, 50, make_book());
  RowEncoder encoder;
  facts.front().actor = std::make_shared<model::Actor>();
  for (auto& fact : facts) fact.actor = facts.front().actor;
  const std::string shared(encoder.encode(facts, 1));
  for (auto& fact : facts) fact.actor = std::make_shared<model::Actor>(*fact.actor);
  EXPECT_EQ(encoder.encode(facts, 1), shared);
}

TEST(RowCodec, TheProtoFileDescribesTheBytes) {
  const auto book = make_book();
  RandomValues random(7);
  RowEncoder encoder;
  const auto facts = random.facts(40, 500, book);
  const std::string bytes(encoder.encode(facts, 9));
  lupaus::storage::v1::JournalRow row;
  ASSERT_TRUE(row.ParseFromString(bytes));
  EXPECT_EQ(row.first_position(), 40u);
  EXPECT_EQ(row.storage_version(), kStorageVersion);
  ASSERT_EQ(row.facts_size(), 500);
  for (int i = 0; i < row.facts_size(); ++i) {
    const auto& fact = row.facts(i);
    ASSERT_NE(fact.body_case(), lupaus::storage::v1::Fact::BODY_NOT_SET);
    if (const auto* observed = std::get_if<model::Observed>(&facts[static_cast<size_t>(i)].body)) {
      ASSERT_TRUE(fact.has_observed());
      EXPECT_EQ(fact.observed().ticket(), observed->event.ticket);
      ASSERT_EQ(static_cast<size_t>(fact.observed().attribute_names_size()),
                observed->event.attributes.size());
    }
  }
  row.DiscardUnknownFields();
  EXPECT_EQ(row.ByteSizeLong(), bytes.size()) << "every byte belongs to a field of the file";
}

TEST(RowCodec, RefusesABookThatNoLongerCompiles) {
  BookShelf books([](auto, auto, const auto&) { return nullptr; });
  model::Fact fact{1, {}, nullptr, model::Published{make_book(), {}, "", {}}};
  RowEncoder encoder;
  RowDecoder decoder(books);
  const auto decoded = decoder.decode(encoder.encode({&fact, 1}, 0));
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code, "database_damaged");
  EXPECT_NE(decoded.error().message.find("0123456789abcdef"), std::string::npos);
}

TEST(RowCodec, RefusesEveryFlippedBitAndEveryCut) {
  BookShelf books(nullptr);
  RandomValues random(3);
  RowEncoder encoder;
  RowDecoder decoder(books);
  const std::string bytes(encoder.encode(random.facts(1, 12, nullptr), 5));
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decoder.decode(flipped).ok()) << "bit " << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decoder.decode(bytes.substr(0, size)).ok());
}

TEST(RowCodec, SurvivesArbitraryBytesBehindAValidChecksum) {
  BookShelf books(nullptr);
  RandomValues random(11);
  RowEncoder encoder;
  RowDecoder decoder(books);
  const std::string bytes(encoder.encode(random.facts(1, 40, nullptr), 5));
  for (int round = 0; round < 20'000; ++round) {
    std::string broken = bytes;
    for (int hits = 0; hits < 3; ++hits)
      broken[5 + random.below(broken.size() - 5)] = static_cast<char>(random.below(256));
    const uint32_t checksum = crc32c(std::string_view(broken).substr(5));
    std::memcpy(broken.data() + 1, &checksum, 4);
    const auto decoded = decoder.decode(broken);  // must not crash; may succeed
    EXPECT_TRUE(!decoded.ok() || !decoded->empty());
  }
}

TEST(RowCodec, NamesAStorageVersionThatItDoesNotKnow) {
  lupaus::storage::v1::JournalRow row;
  row.set_checksum(1);
  row.set_previous_checksum(1);
  row.set_storage_version(2);
  row.set_first_position(1);
  std::string bytes = row.SerializeAsString();
  const uint32_t checksum = crc32c(std::string_view(bytes).substr(5));
  std::memcpy(bytes.data() + 1, &checksum, 4);
  BookShelf books(nullptr);
  RowDecoder decoder(books);
  const auto decoded = decoder.decode(bytes);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code, "database_version");
}

template <typename Entity, typename Write, typename Read, typename Generated>
void expect_round_trips(Write write, Read read, Generated generated) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    RandomValues random(seed);
    const auto entity = random.make<Entity>();
    const auto row = write(entity);
    const auto back = read(*row.value);
    ASSERT_TRUE(back.ok()) << back.error().message;
    ASSERT_TRUE(is_same(entity, *back)) << "seed " << seed;
    ASSERT_TRUE(generated.ParseFromString(*row.value)) << "seed " << seed;
    generated.DiscardUnknownFields();
    ASSERT_EQ(generated.ByteSizeLong(), row.value->size()) << "seed " << seed;
  }
}

TEST(EntityCodec, EveryEntityComesBackAndTheProtoFileDescribesIt) {
  namespace wire = lupaus::storage::v1;
  const auto codec = make_codec(std::make_shared<BookShelf>(nullptr));
  const auto write = [&](const auto& entity) { return codec->row(entity); };
  expect_round_trips<engine::TicketImage>(
      write, [&](auto v) { return codec->ticket(v); }, wire::Ticket());
  expect_round_trips<engine::TicketImage>([&](const auto& t) { return codec->archive_row(t); },
                                          [&](auto v) { return codec->ticket(v); }, wire::Ticket());
  expect_round_trips<engine::Source>(
      write, [&](auto v) { return codec->source(v); }, wire::Source());
  expect_round_trips<engine::Branch>(
      write, [&](auto v) { return codec->branch(v); }, wire::Branch());
  expect_round_trips<ledger::Compensation>(
      write, [&](auto v) { return codec->compensation(v); }, wire::Compensation());
  expect_round_trips<ledger::CapCounter>(
      write, [&](auto v) { return codec->cap(v); }, wire::CapCounter());
  expect_round_trips<ledger::PayoutBatch>(
      write, [&](auto v) { return codec->batch(v); }, wire::PayoutBatch());
  expect_round_trips<model::VerdictLine>([](const auto& line) { return breach_row(line); },
                                         [&](auto v) { return codec->breach(v); },
                                         wire::BreachRow());
}

TEST(EntityCodec, NothingOfAnOlderTicketIsLeftInItsPlace) {
  const auto codec = make_codec(std::make_shared<BookShelf>(nullptr));
  engine::TicketImage place;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    RandomValues random(seed);
    const auto ticket = random.make<engine::TicketImage>();
    const auto row = codec->row(ticket);
    ASSERT_TRUE(codec->ticket(*row.value, place).ok());
    ASSERT_TRUE(is_same(ticket, place)) << "seed " << seed;
  }
  ASSERT_TRUE(codec->ticket("", place).ok());
  EXPECT_TRUE(is_same(engine::TicketImage(), place));
}

TEST(Checksum, IsCrc32cInBothForms) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c_portable("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c("56789", crc32c("1234")), 0xE3069283u);
}

}  // namespace
}  // namespace lupaus::server::store
