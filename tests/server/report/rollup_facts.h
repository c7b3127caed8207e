// Facts for tests of the rollups: written one by one, or drawn at random.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "rules/calendar/zone.h"
#include "server/report/rollups.h"
#include "tests/support/memory_storage.h"

namespace lupaus::server::report {

using namespace rules::model;  // NOLINT: tests that speak of most of the model
using tests::support::MemoryStorage;

inline constexpr Currency kEuro{{'E', 'U', 'R'}};
inline constexpr Currency kKrona{{'S', 'E', 'K'}};

inline BookPtr book() {
  auto book = std::make_shared<Book>();
  book->hash = "b";
  book->branches = {{"helsinki-1", "Europe/Helsinki", "", {}, {}, {}},
                    {"lisbon-1", "Europe/Lisbon", "", {}, {}, {}}};
  book->vocabularies = {{"queue", {"issued", "feedback"}, {}, {}, {}}};
  book->zones = {*rules::calendar::find_built_in_zone("Europe/Helsinki"),
                 *rules::calendar::find_built_in_zone("Europe/Lisbon")};
  return book;
}

inline Instant utc(std::string_view text) { return parse_instant(text).value(); }

/// Makes facts, and writes them as the loop does: durable first, then to the follower.
class Journal {
 public:
  explicit Journal(MemoryStorage& storage) : storage_(&storage) {
    add(Published{book(), kBeginningOfTime, {}, {}});
  }

  void add(FactBody body, Instant at = from_unix_ms(1)) {
    facts_.push_back({storage_->last_position() + facts_.size() + 1, at, nullptr, std::move(body)});
  }
  void confirm(const CommitmentKey& key, Verdict verdict, Instant started_at,
               std::string service = "cash") {
    Confirmed confirmed;
    confirmed.key = key;
    confirmed.cycle.verdict = verdict;
    confirmed.cycle.started_at = started_at;
    confirmed.service = std::move(service);
    confirmed.is_end_final = true;
    add(std::move(confirmed));
  }
  /// A customer's answer.
  void answer(const CommitmentKey& of, std::string_view kind, std::string_view score,
              Instant at = utc("2026-06-01T00:00:00.000Z")) {
    auto& kept = answers_.emplace_back(
        std::make_unique<KeptAnswer>(KeptAnswer{of.branch, of.ticket, std::string(score), {}}));
    kept->attributes = {{{"kind", kind}, {"score", kept->score}}};
    Observed observed;
    observed.event.branch = kept->branch;
    observed.event.ticket = kept->ticket;
    observed.event.type = "feedback";
    observed.event.occurred_at = at;
    observed.event.attributes = kept->attributes;
    add(observed);
  }
  uint64_t last_number() const { return number_; }
  void owe(const CommitmentKey& key, std::optional<Money> amount) {
    Owed owed;
    owed.number = ++number_;
    owed.key = key;
    owed.amount = amount;
    owed.computed = amount.value_or(Money{kEuro, 0});
    add(std::move(owed));
  }
  void write(Rollups* rollups) {
    auto committed = std::make_shared<runtime::Committed>();
    committed->facts = std::move(facts_);
    facts_.clear();
    ASSERT_TRUE(storage_->append({committed->facts, {}, 1}).ok());
    if (rollups != nullptr) rollups->follow(committed);
  }
  void move_to(MemoryStorage& storage) { storage_ = &storage; }

 private:
  struct KeptAnswer {
    std::string branch, ticket, score;
    std::array<Attribute, 2> attributes;
  };
  MemoryStorage* storage_;
  Facts facts_;
  uint64_t number_ = 0;
  std::vector<std::unique_ptr<KeptAnswer>> answers_;  ///< what facts are views of
};

class RollupsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Rollups> start(MemoryStorage& storage, RollupSettings settings = {}) {
    auto rollups = std::make_unique<Rollups>(settings, *clock_, storage);
    const auto started = rollups->start();
    EXPECT_TRUE(started.ok()) << (started.ok() ? "" : format_error(started.error()));
    return rollups;
  }
  static CommitmentKey key(std::string ticket, std::string branch = "helsinki-1") {
    return {std::move(branch), std::move(ticket), "served-in-15", 1, 1};
  }

  std::unique_ptr<runtime::VirtualClock> clock_ = runtime::make_virtual_clock(from_unix_ms(0));
  MemoryStorage storage_;
  Journal journal_{storage_};
};

/// Facts at random: verdicts, ends, money in the same batch or later, what people and banks make of
/// it, customers' answers before and after, tickets that are archived in between.
class RandomDay {
 public:
  RandomDay(uint64_t seed, Journal& journal) : random_(seed), journal_(journal) {}

  void add_batch() {
    for (uint64_t i = random_() % 6 + 1; i > 0; --i) add_fact();
  }

 private:
  uint64_t draw(uint64_t below) { return random_() % below; }
  Instant some_time() {
    return from_unix_ms(1767596400000 + static_cast<int64_t>(draw(2'000)) * 1'800'000);
  }

  void confirm() {
    constexpr Verdict kVerdicts[] = {Verdict::kept,     Verdict::kept,   Verdict::breached,
                                     Verdict::breached, Verdict::voided, Verdict::indeterminate,
                                     Verdict::excused};
    Confirmed fact;
    fact.key = {draw(2) ? "helsinki-1" : "lisbon-1", "t" + std::to_string(++tickets_),
                draw(2) ? "p1" : "p2", 1, 1};
    if (draw(5) == 0) answer(fact.key);
    fact.cycle.verdict = kVerdicts[draw(7)];
    fact.cycle.started_at = some_time();
    fact.cycle.counted = Duration(draw(3'600'000));
    fact.service = draw(3) ? "cash" : std::string("lo\0an", 5);
    fact.segment = draw(2) ? "private" : "";
    fact.source = draw(2) ? "kiosk" : "counter";
    fact.is_end_final = fact.cycle.verdict != Verdict::breached || draw(2) == 0;
    known_.push_back(fact.key);
    if (!fact.is_end_final) running_.push_back(fact);
    journal_.add(std::move(fact));
  }
  void end() {
    Ended fact{running_.back().key, running_.back().cycle, draw(4) ? "counter" : ""};
    fact.cycle.counted += std::chrono::minutes(draw(60));
    if (draw(4) == 0) fact.cycle.verdict = Verdict::excused;
    running_.pop_back();
    journal_.add(std::move(fact));
  }
  void owe(const CommitmentKey& key) {
    Owed owed;
    owed.number = ++number_;
    owed.key = key;
    owed.computed = {draw(2) ? kEuro : kKrona, 700};
    if (draw(4)) owed.amount = Money{owed.computed.currency, 500};
    owed.reason = draw(2) ? "cap customer/day" : "";
    owed.late_of = draw(8) == 0 ? 1 : 0;
    owed.reverses = draw(8) == 0 ? 1 : 0;
    owed.due_on = LocalDate{1970, 1, static_cast<uint8_t>(draw(2) + 1)};
    owed.breached_at = from_unix_ms(-static_cast<int64_t>(draw(100'000)));
    journal_.add(std::move(owed));
  }
  void answer(const CommitmentKey& key) {
    constexpr std::string_view kKinds[] = {"nps", "ces", "csi", "odd"};
    journal_.answer(key, kKinds[draw(4)], std::to_string(draw(12)), some_time());
  }
  void add_fact() {
    const uint64_t choice = draw(18);
    if (choice < 5 || known_.empty()) return confirm();
    const CommitmentKey key = known_[draw(known_.size())];
    const uint64_t number = draw(number_ + 1) + 1;
    if (choice == 5 && !running_.empty()) return end();
    if (choice < 8) return owe(key);
    if (choice == 8) return journal_.add(Paid{number, "r"});
    if (choice == 9) return journal_.add(Reversed{number, "AC04", ""});
    if (choice == 10)
      return journal_.add(ReviewDecided{key, draw(2) ? Verdict::kept : Verdict::breached, "", ""});
    if (choice == 11) return journal_.add(Excused{key, "manual", "", draw(2) == 0, {}, {}});
    if (choice == 12) return answer(key);
    if (choice == 13) return journal_.add(Declined{number, ""});
    if (choice == 14) return journal_.add(Claimed{number, LocalDate{1970, 1, 1}});
    if (choice == 15) return journal_.add(VoucherIssued{number, "code"});
    if (choice == 16) return journal_.add(VoucherRedeemed{number, "code", "lisbon-1"});
    Released released;
    released.number = number;
    released.computed = {kEuro, 700};
    if (draw(2)) released.amount = Money{kEuro, 300};
    journal_.add(std::move(released));
  }

  std::mt19937_64 random_;
  Journal& journal_;
  std::vector<CommitmentKey> known_;
  std::vector<Confirmed> running_;
  uint64_t number_ = 0;
  int tickets_ = 0;
};

}  // namespace lupaus::server::report
