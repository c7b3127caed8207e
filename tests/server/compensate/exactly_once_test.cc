// Money leaves once: thousands of compensations through the real store, loop, outbox and webhook to
// a bank that does everything wrong, while the house is killed again and again.
// Vouchers are issued once, and apologies speak the customer's language however late they leave.
// LUPAUS_COMPENSATIONS: how many, 20,000 by default.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <latch>
#include <numeric>
#include <thread>

#include "server/compensate/apology.h"
#include "server/compensate/voucher.h"
#include "tests/support/fake_bank/fake_bank.h"
#include "tests/support/payday.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/watched.h"

namespace lupaus::server::compensate {
namespace {

using rules::model::PaidState;
using tests::support::FakeBank;
using tests::support::Payday;
using tests::support::PaydaySettings;
using tests::support::TemporaryDirectory;
using tests::support::Whim;

/// A bank that can be asked costs twice the exchanges, and shows as much with fewer.
uint64_t wanted_count(bool can_be_asked) {
  const char* text = std::getenv("LUPAUS_COMPENSATIONS");
  if (text != nullptr) return std::strtoull(text, nullptr, 10);
  return (can_be_asked ? 4'000 : 20'000) / tests::support::kWatchedStep;
}

/// Of a hundred requests thirty lose their reply and twenty more go wrong in other ways.
Whim whim_of(const std::string& key, int seen_count) {
  uint64_t mixed = 1469598103934665603ull + static_cast<uint64_t>(seen_count);
  for (const char c : key) mixed = (mixed ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  const uint64_t draw = (mixed >> 17) % 100;
  if (draw < 20) return Whim::drop_reply;
  if (draw < 30) return Whim::cut_reply;
  constexpr Whim kRarer[] = {Whim::fail_before,   Whim::fail_after,   Whim::busy,    Whim::redirect,
                             Whim::wrong_amount,  Whim::wrong_id,     Whim::hang_up, Whim::delay,
                             Whim::process_twice, Whim::process_twice};
  return draw < 50 ? kRarer[(draw - 30) / 2] : Whim::credit;
}

/// The same of a bank that nobody can ask: what it may have paid at the first request it refuses at
/// the second, which says nothing of the first.
Whim refusing_whim_of(const std::string& key, int seen_count) {
  const Whim whim = whim_of(key, seen_count);
  return whim == Whim::credit && seen_count == 1 ? Whim::refuse : whim;
}

class ExactlyOnce : public ::testing::TestWithParam<bool> {
 protected:
  PaydaySettings settings(const FakeBank& bank) const {
    PaydaySettings settings;
    settings.folder = directory_.file("store");
    settings.webhook.url = bank.url();
    settings.webhook.allowed_hosts = {"127.0.0.1"};
    settings.webhook.secrets = {"s1"};
    if (GetParam()) settings.webhook.status_url = bank.status_url();
    settings.outbox.first_pause = std::chrono::milliseconds(1);
    settings.outbox.pause_max = std::chrono::milliseconds(50);
    settings.outbox.jitter_seed = 7;
    return settings;
  }
  TemporaryDirectory directory_;
};

TEST_P(ExactlyOnce, AllArePaidThroughABankThatDoesEverythingWrongWhileTheHouseIsKilled) {
  constexpr uint64_t kLives = 5;
  const uint64_t count = wanted_count(GetParam());
  const FakeBank bank("s1", GetParam() ? whim_of : refusing_whim_of, false);
  uint64_t kills_in_flight = 0, contradicted = 0;
  for (uint64_t life = 1; life < kLives; ++life) {
    Payday house(settings(bank));
    house.owe(count / kLives, true);
    house.wait_until_settled(count * (2 * life - 1) / (2 * kLives));
    kills_in_flight += house.figures().in_flight > 0 ? 1 : 0;
    contradicted += house.figures().contradicted;
    house.kill();
  }
  Payday house(settings(bank));
  house.owe(count - count / kLives * (kLives - 1), true);
  ASSERT_TRUE(house.wait_until_settled(count));

  const auto totals = bank.totals();
  EXPECT_EQ(totals.keys, count);
  EXPECT_EQ(totals.credits, count);
  EXPECT_EQ(totals.credited_minor, count * 1'000);
  EXPECT_EQ(totals.credited_twice, 0u);
  EXPECT_EQ(totals.changed_bodies, 0u);
  EXPECT_EQ(totals.unsigned_requests, 0u);
  EXPECT_EQ(house.by_state(), (std::map<PaidState, uint64_t>{{PaidState::paid, count}}));
  // It was as bad as it should be: without keys the bank would have paid many of them again.
  EXPECT_GT(totals.crediting_requests, GetParam() ? count : count + count / 4);
  EXPECT_GT(kills_in_flight, 0u);
  EXPECT_GT(contradicted, 0u);
  EXPECT_EQ(totals.questions > 0, GetParam());
  std::printf(
      "%llu credits, %llu requests, %llu would have been paid again without keys, %llu "
      "questions\n",
      static_cast<unsigned long long>(totals.credits),
      static_cast<unsigned long long>(totals.requests),
      static_cast<unsigned long long>(totals.crediting_requests - totals.credits),
      static_cast<unsigned long long>(totals.questions));
}

INSTANTIATE_TEST_SUITE_P(Bank, ExactlyOnce, ::testing::Bool(), [](const auto& asked) {
  return std::string(asked.param ? "ThatCanBeAsked" : "ThatKnowsKeysAlone");
});

/// For what needs no bank.
PaydaySettings settings_without_bank(const TemporaryDirectory& directory, std::string instrument) {
  PaydaySettings settings;
  settings.folder = directory.file("store");
  settings.webhook.url = "http://127.0.0.1:1/";
  settings.webhook.allowed_hosts = {"127.0.0.1"};
  settings.webhook.secrets = {"s1"};
  settings.instrument = std::move(instrument);
  return settings;
}

TEST(Vouchers, AreIssuedOnceWhenTheHouseIsKilledAsTheyAreIssued) {
  constexpr uint64_t kLives = 6, kCount = 600;
  const TemporaryDirectory directory;
  for (uint64_t life = 1; life < kLives; ++life) {
    Payday house(settings_without_bank(directory, "voucher"));
    house.owe(kCount / kLives, false);
    house.wait_until_settled((kCount / kLives) * life - kCount / kLives / 2);
    house.kill();
  }
  Payday house(settings_without_bank(directory, "voucher"));
  const uint64_t before = house.owed_count();
  house.owe(kCount - before, true);
  ASSERT_TRUE(house.wait_until_settled(kCount));
  std::map<uint64_t, std::vector<std::string>> codes;
  const auto read = house.storage().read_journal(1, [&](std::span<const rules::model::Fact> facts) {
    for (const auto& fact : facts) {
      const auto* issued = std::get_if<rules::model::VoucherIssued>(&fact.body);
      if (issued != nullptr) codes[issued->number].push_back(issued->code);
    }
    return true;
  });
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(codes.size(), kCount);
  for (const auto& [number, issued] : codes) {
    EXPECT_EQ(issued, std::vector{voucher_code("a secret", "C-1-" + std::to_string(number))});
  }
}

/// Whether the loop takes the command; waits for its answer.
bool is_taken(Payday& house, rules::model::CommandBody command, const std::string& who) {
  std::promise<bool> taken;
  house.loop().submit(std::move(command),
                      std::make_shared<const rules::model::Actor>(rules::model::Actor{
                          rules::model::Actor::Kind::person, true, who, "finance"}),
                      [&taken](const rules::model::Result<rules::model::Facts>& facts) {
                        taken.set_value(facts.ok());
                      });
  return taken.get_future().get();
}

TEST(Vouchers, ArePaidEitherAtTheCounterOrByTheInstrumentThatTookTheirPlace) {
  constexpr uint64_t kCount = 64;
  const TemporaryDirectory directory;
  const FakeBank bank("s1", [](const std::string&, int) { return Whim::credit; });
  auto settings = settings_without_bank(directory, "voucher");
  settings.webhook.url = bank.url();
  Payday house(settings);
  house.owe(kCount, true);
  ASSERT_TRUE(house.wait_until_settled(kCount));
  std::array<std::atomic<int>, kCount + 1> redeemed{}, changed{};
  std::latch is_open(3);
  const auto redeem_all = [&](const std::string& who) {
    is_open.arrive_and_wait();
    for (uint64_t number = 1; number <= kCount; ++number) {
      const std::string code = voucher_code("a secret", "C-1-" + std::to_string(number));
      redeemed[number] += is_taken(house, rules::model::RedeemVoucher{code, "", who}, who) ? 1 : 0;
    }
  };
  std::thread first(redeem_all, "berit"), second(redeem_all, "clas");
  is_open.arrive_and_wait();
  for (uint64_t number = kCount; number >= 1; --number) {
    const rules::model::ChangeInstrument change{number, rules::model::Instrument::webhook, "asked"};
    changed[number] = is_taken(house, change, "anna") ? 1 : 0;
  }
  first.join();
  second.join();
  const auto changes =
      static_cast<uint64_t>(std::accumulate(changed.begin(), changed.end(), 0, std::plus<int>()));
  ASSERT_TRUE(house.wait_until_settled(kCount + changes));
  for (uint64_t number = 1; number <= kCount; ++number) {
    EXPECT_EQ(redeemed[number] + changed[number], 1) << number;
    const std::string id = "C-1-" + std::to_string(number);
    EXPECT_EQ(bank.credits().count(id), static_cast<size_t>(changed[number])) << id;
  }
  EXPECT_EQ(house.by_state(), (std::map<PaidState, uint64_t>{{PaidState::paid, kCount}}));
  for (const auto& request : bank.received())
    EXPECT_EQ(request.body.find("voucher\":"), std::string::npos);
}

TEST(Apologies, SpeakTheCustomersLanguageAndOweNoMoney) {
  const TemporaryDirectory directory;
  const FakeBank press("s1", [](const std::string&, int seen_count) {
    return seen_count == 0 ? Whim::drop_reply : Whim::credit;
  });
  auto settings = settings_without_bank(directory, "apology");
  settings.webhook.url = press.url();
  settings.outbox.first_pause = std::chrono::milliseconds(1);
  settings.language = "sv-FI";
  {
    Payday house(settings);
    house.owe(3, true);
    ASSERT_TRUE(house.wait_until_settled(3));
    house.kill();
  }
  settings.language = "de";  // in which nothing is written
  Payday house(settings);
  house.owe(2, true);
  ASSERT_TRUE(house.wait_until_settled(5));
  EXPECT_EQ(house.by_state(), (std::map<PaidState, uint64_t>{{PaidState::paid, 5}}));
  EXPECT_EQ(press.totals().credited_minor, 0u);
  EXPECT_EQ(press.totals().changed_bodies, 0u);
  EXPECT_EQ(press.totals().keys, 5u);
  for (const auto& request : press.received()) {
    const bool is_swedish = request.key <= "C-1-3";
    EXPECT_NE(request.body.find(is_swedish ? "Vi lovade: ”Du får hjälp inom 15 minuter.”"
                                           : "Lupasimme: ”Palvelemme sinut 15 minuutissa.”"),
              std::string::npos)
        << request.body;
  }
}

TEST(Apologies, SayTheSameOnceTheTicketIsArchived) {
  const TemporaryDirectory directory;
  auto settings = settings_without_bank(directory, "apology");
  settings.language = "sv";
  settings.loop.forget_after = std::chrono::milliseconds(1);
  settings.loop.tail_facts_max = 10;
  Payday house(settings);
  house.owe(1, true);
  rules::ledger::Compensation owed;
  owed.key = {"helsinki-1", "T0", "served-in-15", 1, 1};
  owed.customer = "c-1";
  const auto wording_of = wordings_of(house.loop(), house.storage());
  const Wording before = wording_of(owed);
  EXPECT_EQ(before.language, "sv");
  EXPECT_EQ(before.text, "Du får hjälp inom 15 minuter.");
  const auto is_archived = [&] {
    const auto row =
        house.storage().get(runtime::Table::archive, std::string("helsinki-1\0T0", 13));
    return row.ok() && row->has_value();
  };
  for (int i = 0; i < 2'000 && !is_archived(); ++i) house.owe(1, true);
  ASSERT_TRUE(is_archived());
  const Wording after = wording_of(owed);
  EXPECT_EQ(after.language, before.language);
  EXPECT_EQ(after.text, before.text);
  const auto of_payee = [](std::string_view customer) {
    return std::string(customer == "c-1" ? "fi" : "");
  };
  const auto told = wordings_of(house.loop(), house.storage(), of_payee);
  EXPECT_EQ(told(owed).language, "fi") << "as finance told of the payee";
  owed.customer = "c-2";
  EXPECT_EQ(told(owed).language, "sv") << "nobody said: as the ticket says";
}

}  // namespace
}  // namespace lupaus::server::compensate
