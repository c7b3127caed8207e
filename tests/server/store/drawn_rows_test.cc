// What is drawn from facts into tables: rejected events and whether they were retried, breaches
// with their money, books.
#include "server/store/drawn_rows.h"

#include <gtest/gtest.h>

#include "server/store/keys.h"
#include "tests/support/memory_storage.h"

namespace lupaus::server::store {
namespace {

namespace model = rules::model;
using runtime::Row;
using runtime::Table;
using tests::support::MemoryStorage;

/// Appends each body as a write of its own.
class DrawnRows : public ::testing::Test {
 protected:
  void record(model::FactBody body, std::vector<Row> rows = {}) {
    const std::vector<model::Fact> facts{
        {storage_.last_position() + 1, model::from_unix_ms(1000), nullptr, std::move(body)}};
    ASSERT_TRUE(storage_.append({facts, std::move(rows), 1}).ok());
  }
  std::optional<model::VerdictLine> breach() {
    const auto value = storage_.get(Table::breaches, breach_key(key_));
    if (!*value) return std::nullopt;
    return *storage_.codec().breach(**value);
  }
  model::Cycle broken() const {
    model::Cycle cycle;
    cycle.started_at = model::from_unix_ms(0);
    cycle.limit = std::chrono::minutes(15);
    cycle.counted = std::chrono::minutes(20);
    cycle.due_at = model::from_unix_ms(900'000);
    cycle.is_broken = true;
    cycle.verdict = model::Verdict::breached;
    return cycle;
  }

  MemoryStorage storage_;
  model::CommitmentKey key_{"helsinki-1", "T1", "served-in-15", 2, 1};
};

TEST_F(DrawnRows, WhatAPersonDecidedOutlivesTheEndOfTheClock) {
  for (const auto verdict : {model::Verdict::breached, model::Verdict::kept}) {
    ++key_.cycle;
    model::Confirmed confirmed;
    confirmed.key = key_;
    confirmed.cycle = broken();
    confirmed.cycle.verdict = model::Verdict::indeterminate;
    confirmed.cycle.doubt = model::Doubt::silence;
    record(confirmed);
    record(model::ReviewDecided{key_, verdict, "the camera shows it", ""});
    auto ended = confirmed.cycle;
    ended.stopped_at = model::from_unix_ms(1'200'000);
    record(model::Ended{key_, ended});
    ASSERT_TRUE(breach().has_value());
    EXPECT_EQ(breach()->verdict, verdict);
    EXPECT_EQ(breach()->reason, "the camera shows it");
    EXPECT_EQ(breach()->stopped_at, ended.stopped_at);
    EXPECT_EQ(breach()->late_by.has_value(), verdict == model::Verdict::breached);
  }
}

TEST_F(DrawnRows, ABreachAppearsBecomesFinalAndCarriesItsMoney) {
  record(model::Breached{key_, model::from_unix_ms(900'000), model::from_unix_ms(900'001)});
  ASSERT_TRUE(breach().has_value());
  EXPECT_FALSE(breach()->is_final);
  EXPECT_EQ(breach()->breached_at, model::from_unix_ms(900'000));

  model::Confirmed confirmed;
  confirmed.key = key_;
  confirmed.cycle = broken();
  confirmed.service = "cash";
  confirmed.label = "A017";
  record(confirmed);
  EXPECT_TRUE(breach()->is_final);
  EXPECT_EQ(breach()->late_by, std::chrono::minutes(5));
  EXPECT_FALSE(breach()->owed.has_value());

  model::Owed owed;
  owed.number = 1;
  owed.key = key_;
  owed.amount = model::Money{{{'E', 'U', 'R'}}, 1000};
  record(owed);
  EXPECT_EQ(breach()->owed->minor, 1000);
  EXPECT_EQ(breach()->paid_state, model::PaidState::owed);

  auto ended = broken();
  ended.stopped_at = model::from_unix_ms(1'200'000);
  ended.end = model::End::stop;
  record(model::Ended{key_, ended});
  EXPECT_EQ(breach()->stopped_at, ended.stopped_at);
  EXPECT_EQ(breach()->service, "cash");
  EXPECT_EQ(breach()->label, "A017");
  EXPECT_TRUE(breach()->is_final);
  EXPECT_EQ(breach()->owed->minor, 1000);
}

TEST_F(DrawnRows, ACompensationRowInTheSameWriteMovesThePaidState) {
  record(model::Breached{key_, model::from_unix_ms(900'000), {}});
  rules::ledger::Compensation compensation;
  compensation.number = 1;
  compensation.key = key_;
  compensation.amount = model::Money{{{'E', 'U', 'R'}}, 1000};
  compensation.state = model::PaidState::paid;
  record(model::Paid{1, "ref"}, {storage_.codec().row(compensation)});
  EXPECT_EQ(breach()->paid_state, model::PaidState::paid);
}

TEST_F(DrawnRows, WhatALatePayoutOwesIsNotTheBreachsOwn) {
  record(model::Breached{key_, model::from_unix_ms(900'000), {}});
  model::Owed owed;
  owed.number = 1;
  owed.key = key_;
  owed.amount = model::Money{{{'E', 'U', 'R'}}, 1000};
  record(owed);
  owed.number = 2;
  owed.late_of = 1;
  owed.amount->minor = 700;
  rules::ledger::Compensation late;
  late.number = 2;
  late.late_of = 1;
  late.key = key_;
  late.amount = owed.amount;
  record(owed, {storage_.codec().row(late)});
  EXPECT_EQ(breach()->owed->minor, 1000);
}

TEST_F(DrawnRows, ARetractedBreachIsGone) {
  record(model::Breached{key_, model::from_unix_ms(900'000), {}});
  record(model::Retracted{key_});
  EXPECT_FALSE(breach().has_value());
}

TEST_F(DrawnRows, AKeptCommitmentHasNoRow) {
  model::Confirmed confirmed;
  confirmed.key = key_;
  confirmed.cycle.verdict = model::Verdict::kept;
  record(confirmed);
  EXPECT_FALSE(breach().has_value());
}

TEST_F(DrawnRows, ARejectedEventIsKeptWholeAndMarkedOnceItWasRetried) {
  const model::Attribute attributes[] = {{"fare", "much"}};
  model::Event event{"kiosk",   1, 7, "helsinki-1", "T1", "issued", "A1", model::from_unix_ms(5),
                     attributes};
  record(model::Rejected{event, model::from_unix_ms(6), "bad_attribute", "expected money"});
  const auto seen = [&] {
    std::string text;
    const auto scanned = storage_.scan(Table::rejected, "", "", [&](auto key, auto value) {
      EXPECT_EQ(key_number(key), 1u);
      const auto read =
          storage_.codec().rejected(value, [&](const model::Fact& fact, bool is_retried) {
            const auto& rejected = std::get<model::Rejected>(fact.body);
            text = std::string(rejected.reason) + " " +
                   std::string(rejected.event.attributes[0].value) + (is_retried ? " retried" : "");
          });
      EXPECT_TRUE(read.ok());
      return true;
    });
    EXPECT_TRUE(scanned.ok());
    return text;
  };
  EXPECT_EQ(seen(), "bad_attribute much");
  event.sequence = 8;
  record(model::Observed{event, model::from_unix_ms(7), false, false});
  EXPECT_EQ(seen(), "bad_attribute much");
  event.sequence = 7;
  record(model::Observed{event, model::from_unix_ms(8), true, false});
  EXPECT_EQ(seen(), "bad_attribute much retried");
}

TEST_F(DrawnRows, ABookIsKeptByItsPosition) {
  auto book = std::make_shared<model::Book>();
  book->hash = "h";
  record(model::Published{book, model::from_unix_ms(3), "", {"old"}});
  const auto value = storage_.get(Table::books, number_key(1));
  ASSERT_TRUE(value->has_value());
  const auto read = storage_.codec().fact(**value, [&](const model::Fact& fact) {
    EXPECT_EQ(std::get<model::Published>(fact.body).book->hash, "h");
    EXPECT_EQ(std::get<model::Published>(fact.body).retired, std::vector<std::string>{"old"});
  });
  EXPECT_TRUE(read.ok());
}

}  // namespace
}  // namespace lupaus::server::store
