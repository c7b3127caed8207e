// A journal that an earlier program wrote is read as it was meant, for ever.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "server/store/checksum.h"
#include "server/store/row_codec.h"
#include "tests/golden/hex.h"
#include "tests/support/random_values.h"

namespace lupaus::tests {
namespace {

namespace model = rules::model;
using server::store::BookShelf;
using server::store::RowDecoder;
using server::store::RowEncoder;

constexpr size_t kFactCount = 400;

/// A file as it was written: by a program that knew so many kinds of facts, with facts of that
/// digest.
struct Written {
  std::string name;
  size_t kinds;
  uint32_t digest;
};

std::string path_of(const Written& written) {
  return std::string(LUPAUS_GOLDEN_DIR) + "/" + written.name;
}

model::BookPtr make_book() {
  auto book = std::make_shared<model::Book>();
  book->hash = "golden";
  book->files = {{"promises.yaml", "kind: Promise\n"}};
  book->zones = {{"Europe/Helsinki", 7200, {{354675600, 10800}}}};
  book->tz_version = "2026a";
  return book;
}

/// A hash of every member of a value: what a reader of facts can see.
class Digest {
 public:
  template <typename T>
  void add(const T& value) {
    if constexpr (support::Is<T, model::Confirmed>) {
      add_confirmed(value);
    } else if constexpr (support::Is<T, model::Ended>) {
      add_ended(value);
    } else if constexpr (support::Is<T, model::SourceRegistered>) {
      add_registered(value);
    } else if constexpr (support::Is<T, model::Observed>) {
      add_observed(value);
    } else if constexpr (support::Is<T, model::Cycle>) {
      add_cycle(value);
    } else if constexpr (support::Is<T, model::Owed>) {
      add_owed(value);
    } else if constexpr (support::Is<T, model::Owed::CapDraw>) {
      add_draw(value);
    } else if constexpr (support::Is<T, model::BatchApproved>) {
      add_approved(value);
    } else if constexpr (support::Is<T, model::BatchExported>) {
      add_exported(value);
    } else if constexpr (support::Is<T, model::VoucherRedeemed>) {
      add_redeemed(value);
    } else if constexpr (support::Is<T, model::VoucherIssued>) {
      add_issued(value);
    } else if constexpr (support::Is<T, model::Declined>) {
      add_declined(value);
    } else if constexpr (support::Is<T, model::Paid>) {
      add_paid(value);
    } else if constexpr (support::Is<T, model::Reversed>) {
      add_said(value, value.reason, value.booked_on);
    } else if constexpr (support::Is<T, model::BankAnswered>) {
      add_said(value, value.message, value.booked_on);
    } else if constexpr (support::Is<T, model::PeriodClosed>) {
      add_closed(value);
    } else if constexpr (support::HasParts<const T>) {
      std::apply([&](const auto&... part) { (add(part), ...); }, support::parts(value));
    } else if constexpr (support::Is<T, model::Currency>) {
      add(std::string_view(value.code.data(), 3));
    } else if constexpr (requires { value->hash; }) {
      add(value == nullptr ? std::string_view("none") : std::string_view(value->hash));
    } else if constexpr (requires { value.use_count(); }) {
      add(value != nullptr);
      if (value != nullptr) add(*value);
    } else if constexpr (support::Is<T, model::FactBody>) {
      std::visit([&](const auto& body) { add(body); }, value);
    } else if constexpr (requires { value.has_value(); }) {
      add(value.has_value());
      if (value) add(*value);
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      const std::string_view text = value;
      number(text.size());
      hash_ = server::store::crc32c(text, hash_);
    } else if constexpr (requires { value.time_since_epoch(); }) {
      number(static_cast<uint64_t>(model::to_unix_ms(value)));
    } else if constexpr (requires { value.count(); }) {
      number(static_cast<uint64_t>(value.count()));
    } else if constexpr (requires { value.begin(); }) {
      number(value.size());
      for (const auto& one : value) add(one);
    } else {
      number(static_cast<uint64_t>(value));
    }
  }
  uint32_t hash() const { return hash_; }

 private:
  // WHY: `is_backfill` was added after the file was written, so that every row of it must read as
  // false; the digest stays the one of the facts that were written.
  void add_confirmed(const model::Confirmed& fact) {
    add(fact.key);
    add(fact.cycle);
    add(fact.detected_at);
    add(fact.service);
    add(fact.label);
    if (fact.is_backfill) add(fact.is_backfill);
    add(fact.is_end_final);
    if (!fact.segment.empty()) add(fact.segment);
    if (!fact.source.empty()) add(fact.source);
  }
  // WHY: as above, of `source`.
  void add_ended(const model::Ended& fact) {
    add(fact.key);
    add(fact.cycle);
    if (!fact.source.empty()) add(fact.source);
  }
  // WHY: as above, of `payees_digest`.
  void add_approved(const model::BatchApproved& fact) {
    add(fact.id);
    add(fact.content_hash);
    if (!fact.payees_digest.empty()) add(fact.payees_digest);
  }
  // WHY: as above, of `is_without_heartbeat`.
  void add_registered(const model::SourceRegistered& fact) {
    add(fact.source);
    add(fact.epoch);
    add(fact.is_backfill);
    if (fact.is_without_heartbeat) add(fact.is_without_heartbeat);
  }
  // WHY: as above, of `skew`.
  void add_observed(const model::Observed& fact) {
    add(fact.event);
    add(fact.received_at);
    add(fact.is_retry);
    add(fact.is_backfill);
    if (fact.skew != model::Duration{}) add(fact.skew);
  }
  // WHY: as above, of `excuse` and `doubt`.
  void add_cycle(const model::Cycle& cycle) {
    add(cycle.started_at);
    add(cycle.stopped_at);
    add(cycle.end);
    add(cycle.limit);
    add(cycle.counted);
    add(cycle.due_at);
    add(cycle.breaching_at);
    add(cycle.is_broken);
    if (cycle.excuse != -1) add(cycle.excuse);
    add(cycle.verdict);
    if (cycle.doubt != model::Doubt::none) add(cycle.doubt);
  }
  // WHY: as above, of `maximum_minor`.
  void add_draw(const model::Owed::CapDraw& draw) {
    add(draw.cap);
    add(draw.minor);
    add(draw.times);
    add(draw.clause);
    if (draw.maximum_minor) add(draw.maximum_minor);
  }
  // WHY: as above, of `sha256` and `made_at`.
  void add_exported(const model::BatchExported& fact) {
    add(fact.id);
    add(fact.format);
    if (!fact.sha256.empty()) add(fact.sha256);
    if (fact.made_at != model::Instant{}) add(fact.made_at);
  }
  // WHY: as above, of `due_on`, `late_of`, `reverses`, `claim_until` and `entered_by`.
  void add_owed(const model::Owed& fact) {
    add(fact.number);
    add(fact.key);
    add(fact.customer);
    add(fact.computed);
    add(fact.amount);
    add(fact.state);
    add(fact.instrument);
    add(fact.breached_at);
    add(fact.reason);
    add(fact.draws);
    add(fact.tier_clause);
    if (fact.due_on) add(fact.due_on);
    if (fact.late_of != 0) add(fact.late_of);
    if (fact.reverses != 0) add(fact.reverses);
    if (fact.claim_until) add(fact.claim_until);
    if (!fact.entered_by.empty()) add(fact.entered_by);
  }
  // WHY: as above, of `expires_at`.
  void add_issued(const model::VoucherIssued& fact) {
    add(fact.number);
    add(fact.code);
    if (fact.expires_at) add(fact.expires_at);
  }
  // WHY: as above, of `booked_on`.
  void add_paid(const model::Paid& fact) {
    add(fact.number);
    add(fact.reference);
    if (fact.booked_on) add(fact.booked_on);
  }
  // WHY: as above, of what a bank says.
  template <typename Fact>
  void add_said(const Fact& fact, const std::string& words,
                const std::optional<model::LocalDate>& booked_on) {
    add(fact.number);
    add(fact.code);
    add(words);
    if (booked_on) add(booked_on);
  }
  // WHY: as above, of `through` and `postings_sha256`.
  void add_closed(const model::PeriodClosed& fact) {
    add(fact.month);
    if (fact.through != 0) add(fact.through);
    if (!fact.postings_sha256.empty()) add(fact.postings_sha256);
  }
  // WHY: as above, of `draws`.
  void add_declined(const model::Declined& fact) {
    add(fact.number);
    add(fact.reason);
    if (!fact.draws.empty()) add(fact.draws);
  }
  // WHY: as above, of `request_id`.
  void add_redeemed(const model::VoucherRedeemed& fact) {
    add(fact.number);
    add(fact.code);
    add(fact.at_branch);
    if (!fact.request_id.empty()) add(fact.request_id);
  }
  void number(uint64_t value) {
    hash_ = server::store::crc32c({reinterpret_cast<const char*>(&value), sizeof value}, hash_);
  }
  uint32_t hash_ = 0;
};

/// Returns the digest of the facts before they were encoded.
uint32_t write_golden(const std::string& path) {
  support::RandomValues random(2026);
  std::ofstream out(path);
  RowEncoder encoder;
  Digest digest;
  uint32_t chain = 0;
  for (size_t first = 1; first <= kFactCount; first += 40) {
    const auto facts = random.facts(first, 40, make_book());
    for (const auto& fact : facts) digest.add(fact);
    out << to_hex(encoder.encode(facts, chain)) << "\n";
    chain = encoder.checksum();
  }
  return digest.hash();
}

class GoldenJournal : public testing::TestWithParam<Written> {};

TEST_P(GoldenJournal, IsReadAsItWasWritten) {
  const std::string path = path_of(GetParam());
  if (std::getenv("LUPAUS_WRITE_GOLDEN") != nullptr && !std::filesystem::exists(path))
    std::printf("%s: digest %u\n", path.c_str(), write_golden(path));
  std::ifstream in(path);
  ASSERT_TRUE(in.is_open()) << path;
  BookShelf books([](auto, auto, const auto&) { return make_book(); });
  RowDecoder decoder(books);
  Digest digest;
  uint32_t chain = 0;
  size_t count = 0;
  std::array<bool, std::variant_size_v<model::FactBody>> is_seen{};
  for (std::string line; std::getline(in, line);) {
    const std::string bytes = from_hex(line);
    const auto facts = decoder.decode(bytes);
    ASSERT_TRUE(facts.ok()) << facts.error().message;
    EXPECT_EQ(decoder.header().previous_checksum, chain);
    chain = decoder.header().checksum;
    for (const auto& fact : *facts) {
      EXPECT_EQ(fact.position, ++count);
      digest.add(fact);
      is_seen[fact.body.index()] = true;
    }
  }
  EXPECT_EQ(count, kFactCount);
  for (size_t kind = 0; kind < GetParam().kinds; ++kind)
    EXPECT_TRUE(is_seen[kind]) << "no fact of kind " << kind;
  EXPECT_EQ(digest.hash(), GetParam().digest);
}

const Written kLast{"journal_v5.hex", 41, 1237703315};

INSTANTIATE_TEST_SUITE_P(Versions, GoldenJournal,
                         testing::Values(Written{"journal_v1.hex", 21, 4098889206},
                                         Written{"journal_v2.hex", 28, 4225252646},
                                         Written{"journal_v3.hex", 39, 124010732},
                                         Written{"journal_v4.hex", 40, 3579107510}, kLast),
                         [](const auto& written) { return written.param.name.substr(0, 10); });

TEST(GoldenJournals, CarryEveryKindOfFact) {
  EXPECT_EQ(kLast.kinds, std::variant_size_v<model::FactBody>);
}

}  // namespace
}  // namespace lupaus::tests
