// The outbox against a bank that loses answers, a ledger that remembers, and a clock that skips
// every wait.
#include "server/compensate/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <set>

#include "server/compensate/voucher.h"
#include "server/compensate/webhook.h"
#include "tests/server/compensate/outbox_stage.h"
#include "tests/server/compensate/sample.h"
#include "tests/support/fake_bank/fake_bank.h"

namespace lupaus::server::compensate {
namespace {

using rules::ledger::Compensation;
using rules::model::Instant;
using rules::model::Instrument;
using rules::model::PaidState;
using rules::model::Result;
using rules::model::Settle;
using tests::support::FakeBank;
using tests::support::Whim;

runtime::CommittedPtr owed_facts(const std::vector<Compensation>& owed) {
  auto committed = std::make_shared<runtime::Committed>();
  for (const Compensation& compensation : owed) {
    rules::model::Owed body;
    body.number = compensation.number;
    body.key = compensation.key;
    body.customer = compensation.customer;
    body.amount = compensation.amount;
    body.state = compensation.state;
    body.instrument = compensation.instrument;
    committed->facts.push_back(
        {compensation.number, compensation.owed_at, nullptr, std::move(body)});
  }
  return committed;
}

runtime::CommittedPtr facts_of(std::vector<rules::model::FactBody> bodies) {
  auto committed = std::make_shared<runtime::Committed>();
  for (auto& body : bodies) committed->facts.push_back({1, {}, nullptr, std::move(body)});
  return committed;
}

class OutboxTest : public ::testing::Test {
 protected:
  std::unique_ptr<Outbox> make(std::unique_ptr<Channel> channel, OutboxSettings settings = {}) {
    settings.jitter_seed = 7;
    std::vector<std::unique_ptr<Channel>> channels;
    channels.push_back(std::move(channel));
    return std::make_unique<Outbox>(settings, clock_, ledger_.ports(), std::move(channels));
  }
  std::unique_ptr<Channel> webhook(const FakeBank& bank) {
    return std::move(*make_webhook_channel(
        {bank.url(), {"127.0.0.1"}, {"s1"}, std::chrono::seconds(10)}, clock_));
  }

  SkippingClock clock_;
  SmallLedger ledger_;
};

/// Six of ten requests go wrong, in every way there is.
Whim lossy(const std::string& key, int seen_count) {
  constexpr Whim kWhims[] = {
      Whim::drop_reply, Whim::cut_reply, Whim::fail_before, Whim::fail_after, Whim::busy,
      Whim::redirect,   Whim::credit,    Whim::credit,      Whim::credit,     Whim::process_twice};
  uint64_t mixed = 1469598103934665603ull + static_cast<uint64_t>(seen_count);
  for (const char c : key) mixed = (mixed ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return kWhims[(mixed >> 17) % 10];
}

TEST_F(OutboxTest, AThousandArePaidOnceEachThroughALossyBank) {
  constexpr uint64_t kCount = 1'000;
  const FakeBank bank("s1", lossy);
  std::vector<Compensation> owed;
  for (uint64_t number = 1; number <= kCount; ++number) {
    owed.push_back(sample(number));
    ledger_.add(owed.back());
  }
  const auto outbox = make(webhook(bank));
  outbox->follow(owed_facts(owed));  // and the start finds them too: still one delivery each
  outbox->start();
  ledger_.wait_until_all_have({PaidState::paid});
  outbox->stop();

  const auto credits = bank.credits();
  ASSERT_EQ(credits.size(), kCount);
  std::map<std::string, std::set<std::string>> bodies;
  std::map<std::string, uint32_t> requests;
  for (const auto& request : bank.received()) {
    EXPECT_TRUE(request.is_signed);
    EXPECT_EQ(request.target, "/pay");
    bodies[request.key].insert(request.body);
    ++requests[request.key];
  }
  EXPECT_GT(bank.received().size(), kCount * 3 / 2) << "the bank was not lossy";
  for (const Compensation& compensation : owed) {
    const std::string id = rules::ledger::compensation_id(kPartition, compensation.number);
    EXPECT_EQ(credits.count(id), 1u) << id;
    EXPECT_EQ(bank.credited(id), "EUR 10.00");
    EXPECT_EQ(bodies[id].size(), 1u) << id;
    EXPECT_EQ(ledger_.at(compensation.number).attempts, requests[id]) << id;
    EXPECT_EQ(ledger_.at(compensation.number).reference, "bank-" + id);
  }
  const OutboxFigures figures = outbox->figures();
  EXPECT_EQ(figures.settled, kCount);
  EXPECT_EQ(figures.attempts, bank.received().size());
  EXPECT_EQ(figures.unknown, figures.attempts - kCount);
}

TEST_F(OutboxTest, ARestartAsksAgainWithTheSameKey) {
  std::atomic<bool> is_mended{false};
  const FakeBank bank(
      "s1", [&](const std::string&, int) { return is_mended ? Whim::credit : Whim::drop_reply; });
  ledger_.add(sample(5));
  {
    const auto outbox = make(webhook(bank));
    outbox->start();
    ledger_.wait([](const auto& all, const auto&) { return all.at(5).attempts >= 4; });
  }
  EXPECT_EQ(ledger_.at(5).state, PaidState::dispatched);
  const uint32_t attempts_before = ledger_.at(5).attempts;
  is_mended = true;
  const auto outbox = make(webhook(bank));
  outbox->start();
  ledger_.wait_until_all_have({PaidState::paid});
  EXPECT_EQ(ledger_.at(5).attempts, attempts_before + 1);
  EXPECT_EQ(bank.credits(), (std::map<std::string, int>{{"C-1-5", 1}}));
}

TEST_F(OutboxTest, NoOutcomeInThreeDaysIsAPersonsToDecide) {
  ledger_.add(sample(5));
  const Instant begun_at = clock_.now();
  const auto outbox = make(std::make_unique<ScriptedChannel>([](const Compensation&) {
    return Outcome{Outcome::Kind::unknown, "the receiver answered 503"};
  }));
  outbox->start();
  ledger_.wait([](const auto&, const auto& told) { return !told.empty(); });
  outbox->stop();
  EXPECT_EQ(ledger_.at(5).state, PaidState::failed);
  EXPECT_TRUE(rules::ledger::is_outcome_unknown(PaidState::failed, ledger_.at(5).reason));
  EXPECT_THAT(ledger_.told()[0], ::testing::HasSubstr("C-1-5: no outcome after"));
  EXPECT_THAT(ledger_.told()[0], ::testing::HasSubstr("the receiver answered 503"));
  EXPECT_GT(clock_.now() - begun_at, std::chrono::hours(70));
  EXPECT_LE(clock_.now() - begun_at, std::chrono::hours(72));
  EXPECT_EQ(outbox->figures().given_up, 1u);
}

TEST_F(OutboxTest, TheThreeDaysCountFromTheFirstAttemptWhateverRestarts) {
  Compensation begun = sample(5);
  begun.state = PaidState::dispatched;
  begun.attempts = 7;
  begun.dispatched_at = clock_.now() - std::chrono::hours(71);
  ledger_.add(begun);
  const Instant restarted_at = clock_.now();
  const auto outbox = make(std::make_unique<ScriptedChannel>([](const Compensation&) {
    return Outcome{Outcome::Kind::unknown, "the receiver answered 503"};
  }));
  outbox->start();
  ledger_.wait_until_all_have({PaidState::failed});
  outbox->stop();
  EXPECT_GT(ledger_.at(5).attempts, 7u) << "it is asked once more at least";
  EXPECT_LE(clock_.now() - restarted_at, std::chrono::hours(1));
}

TEST_F(OutboxTest, AnAnswerAboutAnotherSumIsToldOnceAndNeverPaid) {
  const FakeBank bank("s1", [](const std::string&, int seen_count) {
    return seen_count < 3 ? Whim::wrong_amount : Whim::credit;
  });
  ledger_.add(sample(1));
  const auto outbox = make(webhook(bank));
  outbox->start();
  ledger_.wait_until_all_have({PaidState::paid});
  outbox->stop();
  EXPECT_EQ(ledger_.at(1).attempts, 4u);
  EXPECT_EQ(outbox->figures().contradicted, 3u);
  ASSERT_EQ(ledger_.told().size(), 1u);
  EXPECT_THAT(ledger_.told()[0], ::testing::HasSubstr("C-1-1: the receiver answered"));
  EXPECT_EQ(bank.credits(), (std::map<std::string, int>{{"C-1-1", 1}}));
}

TEST_F(OutboxTest, WhatIsPaidInAnotherWayFromNowOnLeavesThisOne) {
  std::atomic<int> sent{0};
  const auto hold = std::make_shared<std::latch>(1);
  ledger_.add(sample(1));
  const auto outbox = make(std::make_unique<ScriptedChannel>([&](const Compensation& compensation) {
    if (compensation.number == 2) return Outcome{Outcome::Kind::paid, ""};
    ++sent;
    hold->wait();
    return Outcome{Outcome::Kind::unknown, "no answer"};
  }));
  outbox->start();
  ledger_.wait([](const auto& all, const auto&) { return all.at(1).attempts == 1; });
  Compensation changed = ledger_.at(1);
  changed.instrument = Instrument::transfer;
  ledger_.add(changed);
  outbox->follow(facts_of({rules::model::InstrumentChanged{1, Instrument::transfer, "asked"}}));
  hold->count_down();  // its attempt ends, and it is looked at again
  ledger_.add(sample(2));
  outbox->follow(owed_facts({sample(2)}));
  ledger_.wait([](const auto& all, const auto&) { return all.at(2).state == PaidState::paid; });
  while (outbox->figures().waiting + outbox->figures().in_flight > 0) std::this_thread::yield();
  outbox->stop();
  EXPECT_EQ(sent, 1);
}

TEST_F(OutboxTest, WhatIsApprovedOrReleasedLaterIsTakenAsTheLedgerHasIt) {
  std::atomic<int> sent{0};
  for (uint64_t number = 1; number <= 3; ++number) {
    Compensation waiting = sample(number);
    waiting.state = number == 3 ? PaidState::claimable : PaidState::held;
    ledger_.add(waiting);
  }
  const auto outbox = make(std::make_unique<ScriptedChannel>([&](const Compensation& compensation) {
    EXPECT_EQ(compensation.due_on, sample(1).due_on);
    EXPECT_EQ(compensation.owed_at, sample(1).owed_at);
    ++sent;
    return Outcome{Outcome::Kind::paid, ""};
  }));
  outbox->start();
  Compensation approved = sample(1);
  approved.state = PaidState::approved;
  ledger_.add(approved);
  ledger_.add(sample(2));
  ledger_.add(sample(3));
  outbox->follow(facts_of({rules::model::PayoutApproved{1, true, ""}}));
  rules::model::Released let_go;
  let_go.number = 2;
  outbox->follow(facts_of({let_go}));
  outbox->follow(facts_of({rules::model::Claimed{3, std::nullopt}}));
  ledger_.wait_until_all_have({PaidState::paid});
  EXPECT_EQ(sent, 3);
}

TEST_F(OutboxTest, ARefusalIsRecordedOnce) {
  const FakeBank bank("s1", [](const std::string&, int) { return Whim::refuse; });
  ledger_.add(sample(1));
  const auto outbox = make(webhook(bank));
  outbox->start();
  ledger_.wait_until_all_have({PaidState::failed});
  outbox->stop();
  EXPECT_EQ(bank.received().size(), 1u);
  EXPECT_TRUE(bank.credits().empty());
  EXPECT_EQ(ledger_.at(1).reason, "the receiver answered 422");
  EXPECT_EQ(outbox->figures().failed, 1u);
}

TEST_F(OutboxTest, AnAttemptIsRecordedBeforeItIsMade) {
  std::atomic<int> seen{0};
  for (uint64_t number = 1; number <= 20; ++number) ledger_.add(sample(number));
  const auto outbox = make(std::make_unique<ScriptedChannel>([&](const Compensation& compensation) {
    EXPECT_EQ(ledger_.at(compensation.number).state, PaidState::dispatched);
    ++seen;
    return Outcome{Outcome::Kind::paid, ""};
  }));
  outbox->start();
  ledger_.wait_until_all_have({PaidState::paid});
  EXPECT_EQ(seen, 20);
}

TEST_F(OutboxTest, WhatTheLedgerHasSettledIsNotSentAgain) {
  std::atomic<int> sent{0};
  Compensation paid = sample(1);
  const auto outbox = make(std::make_unique<ScriptedChannel>([&](const Compensation&) {
    ++sent;
    return Outcome{Outcome::Kind::paid, ""};
  }));
  paid.state = PaidState::paid;
  ledger_.add(paid);
  outbox->follow(owed_facts({sample(1)}));  // an old fact
  outbox->start();
  ledger_.wait([](const auto&, const auto& told) { return !told.empty(); });
  outbox->stop();
  EXPECT_EQ(sent, 0);
}

TEST_F(OutboxTest, WhatOwesNothingOrIsNotItsBusinessIsLeftAlone) {
  std::atomic<int> sent{0};
  Compensation nothing = sample(1);
  nothing.amount.reset();
  Compensation held = sample(2);
  held.state = PaidState::held;
  Compensation above = sample(5);
  above.reason = "approval";
  ledger_.add(nothing);
  ledger_.add(held);
  ledger_.add(above);
  ledger_.add(sample(3, Instrument::transfer));
  ledger_.add(sample(4));
  const auto outbox = make(std::make_unique<ScriptedChannel>([&](const Compensation& compensation) {
    EXPECT_EQ(compensation.number, 4u);
    ++sent;
    return Outcome{Outcome::Kind::paid, ""};
  }));
  outbox->start();
  ledger_.wait([](const auto& all, const auto&) { return all.at(4).state == PaidState::paid; });
  outbox->stop();
  EXPECT_EQ(sent, 1);
}

TEST_F(OutboxTest, WhatHasNoChannelIsCountedUntilItIsDecided) {
  ledger_.add(sample(1));
  ledger_.add(sample(2));
  ledger_.add(sample(3, Instrument::apology));
  ledger_.add(sample(4, Instrument::transfer));
  Outbox outbox({}, clock_, ledger_.ports(), {});
  const auto turn = [&] {
    while (outbox.turn()) continue;
    return std::pair(outbox.figures().without_webhook, outbox.figures().without_apology);
  };
  outbox.start_driven();
  EXPECT_EQ(turn(), std::pair(uint64_t{2}, uint64_t{1}));
  Compensation declined = sample(1);
  declined.state = PaidState::declined;
  ledger_.add(declined);
  outbox.follow(facts_of({rules::model::Declined{1, "r"}}));
  EXPECT_EQ(turn(), std::pair(uint64_t{1}, uint64_t{1}));
}

TEST_F(OutboxTest, NoMoreThanTheLimitAreUnderWayAtOnce) {
  std::atomic<int> under_way{0}, most{0};
  for (uint64_t number = 1; number <= 300; ++number) ledger_.add(sample(number));
  OutboxSettings settings;
  settings.attempts_at_once_max = 3;
  const auto outbox =
      make(std::make_unique<ScriptedChannel>([&](const Compensation&) {
             const int now_under_way = ++under_way;
             int seen = most;
             while (seen < now_under_way && !most.compare_exchange_weak(seen, now_under_way))
               continue;
             std::this_thread::yield();
             --under_way;
             return Outcome{Outcome::Kind::paid, ""};
           }),
           settings);
  outbox->start();
  ledger_.wait_until_all_have({PaidState::paid});
  EXPECT_LE(most, 3);
}

TEST_F(OutboxTest, VouchersAreIssuedFromFactsAsTheyCome) {
  const auto outbox = make(make_voucher_channel("secret"));
  outbox->start();
  std::vector<Compensation> owed;
  for (uint64_t number = 1; number <= 3'000; ++number) {
    owed.push_back(sample(number, Instrument::voucher));
    ledger_.add(owed.back());
  }
  outbox->follow(owed_facts(owed));
  ledger_.wait_until_all_have({PaidState::dispatched});
  outbox->stop();
  EXPECT_EQ(ledger_.at(42).voucher, voucher_code("secret", "C-1-42"));
  EXPECT_EQ(outbox->figures().settled, 3'000u);
}

TEST(Unsettled, IsAVoidedVoucherOnlyInAnotherWay) {
  for (const auto& [instrument, is_void, is_waiting] : {std::tuple{Instrument::webhook, true, true},
                                                        {Instrument::webhook, false, false},
                                                        {Instrument::voucher, true, false},
                                                        {Instrument::voucher, false, false}}) {
    Compensation compensation = sample(1, instrument);
    compensation.voucher = "V-1";
    compensation.is_voucher_void = is_void;
    EXPECT_EQ(is_unsettled(compensation), is_waiting)
        << rules::model::format_instrument(instrument) << " " << is_void;
  }
  EXPECT_TRUE(is_unsettled(sample(1, Instrument::voucher)));
}

TEST(RetryPause, DoublesUpToItsLimitWithTheUpperHalfAtRandom) {
  const OutboxSettings settings;
  EXPECT_EQ(retry_pause(settings, 1, 0), std::chrono::milliseconds(500));
  EXPECT_EQ(retry_pause(settings, 1, 500), std::chrono::milliseconds(1'000));
  EXPECT_EQ(retry_pause(settings, 5, 0), std::chrono::seconds(8));
  EXPECT_EQ(retry_pause(settings, 1'000'000, 0), std::chrono::minutes(30));
  for (uint64_t random = 0; random < 1'000; ++random) {
    const auto pause = retry_pause(settings, 3, random * 7919);
    EXPECT_GE(pause, std::chrono::seconds(2));
    EXPECT_LE(pause, std::chrono::seconds(4));
  }
}

}  // namespace
}  // namespace lupaus::server::compensate
