// The ledger under random commands: books balance, caps hold, batches never change, and the state
// is the same whether it was lived, replayed or restored.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <set>

#include "rules/ledger/payouts.h"
#include "rules/ledger/verify_batch.h"
#include "tests/rules/ledger/given.h"
#include "tests/support/rules_world.h"
#include "tests/support/setting.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::ledger::Compensation;
using rules::ledger::Ledger;
using rules::ledger::PayoutBatch;

constexpr int64_t kCapMinor = 4'500;

/// Transfers in two currencies, vouchers that have to be asked for, and a webhook whose cap holds;
/// each is above its `approval.over` from the second tier on.
BookPtr mixed_book() {
  std::vector<PromiseForm> forms(4);
  forms[0].name = "transfer";
  forms[0].instrument = Instrument::transfer;
  forms[1].name = "krona";
  forms[1].instrument = Instrument::transfer;
  forms[2].name = "voucher";
  forms[2].instrument = Instrument::voucher;
  forms[3].name = "webhook";
  forms[3].instrument = Instrument::webhook;
  auto book = std::make_shared<Book>(*make_book(forms));
  for (Promise& promise : book->promises) {
    auto& terms = *promise.compensation;
    const std::string currency = promise.name == "krona" ? "SEK " : "EUR ";
    terms.currency = find_currency(currency.substr(0, 3));
    terms.tiers[0].pay = money(currency + "10.00");
    terms.tiers[1].pay = money(currency + "20.00");
    terms.approval_over = money(currency + "15.00");
    terms.approvers = promise.name == "transfer" ? 2 : 1;
    Cap cap;
    cap.max = money(currency + "45.00");
    cap.then = promise.name == "webhook" ? Cap::Then::hold : Cap::Then::record;
    terms.caps.push_back(cap);
    terms.due = Limit{Limit::Unit::business_days, {}, 1};
    terms.late = money(currency + "7.00");
    terms.voucher_valid = length(30h);
    promise.on["claim_received"].otherwise = Effect::proceed;
  }
  book->vocabularies[0].events.push_back("claim_received");
  book->promises[2].compensation->claim = {"claim_received", length(24h), {}};
  return book;
}

/// One account a currency, in minor units; the two sides of an entry are written apart.
struct Accounts {
  int64_t expense = 0, payable = 0, bank = 0;
  bool operator==(const Accounts&) const = default;
};
using Books = std::map<std::string, Accounts>;

/// Books kept by the facts alone.
class Bookkeeper {
 public:
  void take(const Fact& fact) {
    if (const auto* body = std::get_if<Confirmed>(&fact.body)) confirmed_.insert(body->key);
    if (const auto* body = std::get_if<Owed>(&fact.body)) owe(*body);
    if (const auto* body = std::get_if<Released>(&fact.body)) {
      book(body->number, -due_[body->number], 0);
      due_[body->number] = body->amount ? body->amount->minor : 0;
      book(body->number, due_[body->number], 0);
    }
    if (const auto* body = std::get_if<Claimed>(&fact.body)) {
      if (declined_.erase(body->number) > 0) book(body->number, due_[body->number], 0);
    }
    if (const auto* body = std::get_if<Declined>(&fact.body)) {
      declined_.insert(body->number);
      book(body->number, -payable_of(body->number), 0);
    }
    if (const auto* body = std::get_if<Paid>(&fact.body)) pay(body->number);
    if (const auto* body = std::get_if<VoucherRedeemed>(&fact.body)) pay(body->number);
    if (const auto* body = std::get_if<Reversed>(&fact.body)) {
      if (paid_.erase(body->number) > 0) book(body->number, 0, -due_[body->number]);
    }
    if (const auto* body = std::get_if<PayoutApproved>(&fact.body)) {
      EXPECT_FALSE(touched_by_.contains({body->number, fact.actor->id})) << "four eyes";
      EXPECT_TRUE(approved_by_.insert({body->number, fact.actor->id}).second) << "four eyes";
    }
    if (const auto* body = std::get_if<PayoutHeld>(&fact.body)) touch(fact, body->number);
    if (const auto* body = std::get_if<Released>(&fact.body)) touch(fact, body->number);
    if (const auto* body = std::get_if<InstrumentChanged>(&fact.body)) touch(fact, body->number);
    if (const auto* body = std::get_if<LateEvidence>(&fact.body))
      forget_approvals(body->compensation);
  }

  const Books& books() const { return books_; }
  int64_t payable_of(uint64_t number) const {
    const auto found = payable_.find(number);
    return found == payable_.end() ? 0 : found->second;
  }

 private:
  void owe(const Owed& body) {
    if (body.number == 0) return;
    EXPECT_TRUE(confirmed_.contains(body.key)) << "owed before it is final";
    currency_[body.number] = body.computed.currency.text();
    const bool is_due = body.state == PaidState::owed || body.state == PaidState::held ||
                        body.state == PaidState::claimable;
    due_[body.number] = is_due && body.amount ? body.amount->minor : 0;
    // What is owed again closes what it was owed as before.
    if (body.reverses != 0) book(body.reverses, -payable_of(body.reverses), 0);
    book(body.number, due_[body.number], 0);
  }
  void pay(uint64_t number) {
    EXPECT_TRUE(paid_.insert(number).second) << "paid twice: " << number;
    book(number, 0, due_[number]);
  }
  void book(uint64_t number, int64_t cost, int64_t paid) {
    Accounts& accounts = books_[currency_[number]];
    accounts.expense += cost;
    accounts.payable -= cost;
    accounts.payable += paid;
    accounts.bank -= paid;
    payable_[number] += cost - paid;
    EXPECT_GE(payable_[number], 0) << "a negative payable: " << number;
    EXPECT_EQ(accounts.expense + accounts.payable + accounts.bank, 0);
  }
  void touch(const Fact& fact, uint64_t number) {
    touched_by_.insert({number, fact.actor->id});
    forget_approvals(number);
  }
  void forget_approvals(uint64_t number) {
    std::erase_if(approved_by_, [&](const auto& entry) { return entry.first == number; });
  }

  Books books_;
  std::map<uint64_t, int64_t> due_, payable_;
  std::map<uint64_t, std::string> currency_;
  std::set<uint64_t> paid_, declined_;
  std::set<CommitmentKey> confirmed_;
  std::set<std::pair<uint64_t, std::string>> touched_by_, approved_by_;
};

bool is_open(const Compensation& c) {
  switch (c.state) {
    case PaidState::owed:
    case PaidState::approved:
    case PaidState::dispatched:
    case PaidState::held:
    case PaidState::claimable:
      return true;
    case PaidState::failed:
      return c.reversed_by == 0;
    default:
      return false;
  }
}

/// Books as the ledger's states say, whatever the way there.
Books books_of(const Ledger& ledger) {
  Books books;
  for (const auto& [number, c] : ledger.compensations()) {
    Accounts& accounts = books[std::string(c.computed.currency.text())];
    if (!c.amount) continue;
    if (is_open(c)) accounts.payable -= c.amount->minor;
    if (c.state == PaidState::paid) accounts.bank -= c.amount->minor;
    if (is_open(c) || c.state == PaidState::paid) accounts.expense += c.amount->minor;
  }
  return books;
}

void expect_caps_hold(const Ledger& ledger) {
  std::map<std::string, std::pair<int64_t, int64_t>> used;
  for (const auto& [number, c] : ledger.compensations()) {
    if (c.reverses != 0 || ledger.last_of(c).state == PaidState::declined) continue;
    for (const auto& draw : rules::ledger::drawn(ledger, c)) {
      used[draw.cap].first += draw.minor;
      used[draw.cap].second += draw.times;
    }
  }
  for (const auto& [key, counter] : ledger.caps()) {
    EXPECT_EQ(std::pair(counter.used_minor, int64_t{counter.used_times}), used[counter.key]) << key;
    // What a person lets go in spite of a cap that holds may go beyond it.
    if (!key.starts_with("webhook")) {
      EXPECT_LE(counter.used_minor, kCapMinor) << key;
    }
  }
}

void expect_reversals_link(const Ledger& ledger) {
  for (const auto& [number, c] : ledger.compensations()) {
    if (c.reversed_by != 0) {
      ASSERT_NE(ledger.find(c.reversed_by), nullptr);
      EXPECT_EQ(ledger.find(c.reversed_by)->reverses, number);
    }
    EXPECT_TRUE(c.state != PaidState::reversed || c.reversed_by != 0) << number;
    if (c.reverses == 0) continue;
    const Compensation* original = ledger.find(c.reverses);
    ASSERT_NE(original, nullptr);
    EXPECT_EQ(original->reversed_by, number) << "named by one at most";
    EXPECT_EQ(original->amount, c.amount);
    EXPECT_EQ(original->key, c.key);
    EXPECT_TRUE(original->state == PaidState::reversed || original->state == PaidState::failed);
  }
}

std::string text_of(const Compensation& c) {
  std::string text = std::to_string(c.number) + " " + std::string(format_paid_state(c.state)) +
                     " " + std::string(format_instrument(c.instrument)) + " " + c.reason + " " +
                     c.batch + " " + c.voucher + " " + c.bank_code + " " + c.reference + " " +
                     std::to_string(to_unix_ms(c.paid_at)) + " " +
                     std::to_string(to_unix_ms(c.changed_at));
  for (const auto& who : c.changed_by) text += " changed " + who;
  for (const auto& who : c.approved_by) text += " approved " + who;
  return text;
}

void expect_same(const Ledger& left, const Ledger& right) {
  EXPECT_EQ(left.hash(), right.hash());
  for (const auto& [number, c] : left.compensations()) {
    ASSERT_NE(right.find(number), nullptr);
    EXPECT_EQ(text_of(c), text_of(*right.find(number)));
  }
  for (const auto& [id, batch] : left.batches())
    EXPECT_EQ(left.open_line_count(id), right.open_line_count(id)) << id;
}

Ledger restored(const Ledger& ledger) {
  Ledger made;
  for (const auto& [id, batch] : ledger.batches()) made.restore(batch);
  const auto& all = ledger.compensations();
  for (auto one = all.rbegin(); one != all.rend(); ++one) made.restore(one->second);
  for (const auto& [key, counter] : ledger.caps()) made.restore(counter);
  return made;
}

class Life {
 public:
  explicit Life(uint64_t seed) : random_(seed), world_(mixed_book()) {}

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      now_ += std::chrono::minutes(1 + draw(90));
      act();
      if (draw(4) == 0)
        rules::ledger::settle_overdue(world_.state(), World::at(now_), 1 + draw(3), facts());
      check();
      // WHY: what was restored must decide as what was lived.
      if (draw(20) == 0) world_.state().ledger = restored(ledger());
    }
    rules::ledger::State replayed;
    for (const auto& fact : world_.facts()) replayed.evolve(fact);
    expect_same(replayed.ledger, ledger());
    EXPECT_EQ(replayed.hash(), world_.state().hash());
    expect_same(restored(ledger()), ledger());
  }

  template <typename T>
  size_t count() const {
    return world_.all<T>().size();
  }

 private:
  const Ledger& ledger() { return world_.state().ledger; }
  Facts& facts() { return const_cast<Facts&>(world_.facts()); }
  uint64_t draw(uint64_t below) { return random_() % below; }
  uint64_t some_number() { return 1 + draw(ledger().next_number() + 1); }
  std::string some_batch() {
    const auto& batches = ledger().batches();
    if (batches.empty()) return "B-none";
    return std::next(batches.begin(), static_cast<long>(draw(batches.size())))->first;
  }
  std::string somebody() {
    static const std::vector<std::string> kPeople = {"anna", "Anna", "berit", "carl", "dora"};
    return kPeople[draw(kPeople.size())];
  }

  void say(const std::string& source, const std::string& ticket, const char* type, Duration at) {
    OwnedEvent event;
    event.source = source;
    event.ticket = ticket;
    event.type = type;
    event.at = World::at(at);
    event.attributes = {{"customer", "c-" + std::to_string(ticket.size() % 2)}};
    world_.observe(event, World::at(now_));
  }

  void break_promises() {
    const std::string ticket = "A" + std::string(1 + tickets_ % 3, 'x') + std::to_string(tickets_);
    ++tickets_;
    say("counter", ticket, "issued", now_);
    starts_.push_back({ticket, now_});
    now_ += std::chrono::minutes(draw(2) == 0 ? 20 : 40);
    say("counter", ticket, "service_started", now_);
    now_ += std::chrono::minutes(1);
    world_.hear_all(World::at(now_), World::at(now_));
  }

  void bring_late_evidence() {
    const auto& [ticket, from] = starts_[draw(starts_.size())];
    say("phone", ticket, "service_started", from + std::chrono::minutes(5 + draw(15)));
  }

  CommandBody some_settlement() {
    const uint64_t number = some_number();
    const auto outcome = static_cast<Settle::Outcome>(draw(4));
    const auto* c = ledger().find(number);
    const bool is_voucher = c != nullptr && c->instrument == Instrument::voucher;
    if (is_voucher || outcome == Settle::Outcome::voucher_issued)
      return Settle{number, Settle::Outcome::voucher_issued, "V-" + std::to_string(number), 0};
    if (c != nullptr && c->instrument == Instrument::transfer) return CloseBatch{};
    return Settle{number, outcome, "text", 1};
  }

  CommandBody some_answer() {
    static const std::vector<std::string> kCodes = {"ACSP", "AC04", "PDNG", "MD07", "AM05"};
    std::vector<uint64_t> open;
    for (const auto& [number, c] : ledger().compensations()) {
      if (c.state == PaidState::dispatched && !c.batch.empty()) open.push_back(number);
    }
    RecordAnswer answer;
    answer.number = open.empty() || draw(3) == 0 ? some_number() : open[draw(open.size())];
    answer.answer = static_cast<RecordAnswer::Answer>(draw(4));
    const auto* c = ledger().find(answer.number);
    if (c != nullptr && draw(3) != 0) answer.amount = c->amount;
    if (draw(20) == 0) answer.amount = money("EUR 999.99");
    answer.code = kCodes[draw(kCodes.size())];
    return answer;
  }

  CommandBody some_review() {
    const auto* c = ledger().find(some_number());
    const CommitmentKey key = c == nullptr ? CommitmentKey{} : c->key;
    return DecideReview{key, draw(2) == 0 ? Verdict::breached : Verdict::kept, "seen", ""};
  }

  CommandBody some_command() {
    switch (draw(14)) {
      case 0:
      case 1:
        return some_settlement();
      case 2:
        return RedeemVoucher{"V-" + std::to_string(some_number()), "b"};
      case 3:
        return ChangeInstrument{some_number(), static_cast<Instrument>(draw(3)), "asked"};
      case 4:
        return CloseBatch{
            {}, draw(2) == 0 ? std::vector<uint64_t>{some_number()} : std::vector<uint64_t>{}};
      case 5:
        return ApproveBatch{some_batch(), "hash"};
      case 6:
        return ExportBatch{some_batch(), "csv"};
      case 7:
        return DiscardBatch{some_batch(), draw(4) == 0 ? "wrong" : ""};
      case 8:
        return some_review();
      case 9:
      case 10:
      case 11:
        return some_answer();
      default:
        return DecidePayout{some_number(), static_cast<DecidePayout::Action>(draw(4)), "because"};
    }
  }

  void act() {
    const uint64_t kind = draw(24);
    if (kind < 2) return break_promises();
    if (kind == 2) return starts_.empty() ? void() : bring_late_evidence();
    if (kind == 3 && !starts_.empty())
      return say("counter", starts_[draw(starts_.size())].first, "claim_received", now_);
    const size_t before = world_.facts().size();
    const auto done = world_.command(some_command(), World::at(now_), somebody());
    if (!done.ok()) {
      EXPECT_EQ(world_.facts().size(), before) << format_error(done.error());
    }
  }

  void check() {
    const auto& all = world_.facts();
    for (; taken_ < all.size(); ++taken_) keeper_.take(all[taken_]);
    Books states = books_of(ledger());
    for (const auto& [currency, accounts] : keeper_.books()) {
      if (accounts == Accounts{}) continue;
      EXPECT_EQ(accounts.expense, states[currency].expense) << currency;
      EXPECT_EQ(accounts.payable, states[currency].payable) << currency;
      EXPECT_EQ(accounts.bank, states[currency].bank) << currency;
    }
    expect_caps_hold(ledger());
    expect_reversals_link(ledger());
    check_batches();
  }

  void check_batches() {
    std::set<uint64_t> lines;
    for (const auto& [id, batch] : ledger().batches()) {
      const auto [known, is_new] = drawn_up_.try_emplace(id, batch);
      EXPECT_EQ(known->second.numbers, batch.numbers) << id;
      EXPECT_EQ(known->second.total, batch.total) << id;
      for (const auto& fault : rules::ledger::check_batch(ledger(), 1, batch))
        ADD_FAILURE() << id << ": " << fault;
      if (batch.state == PayoutBatch::State::discarded) continue;
      for (const uint64_t number : batch.numbers)
        EXPECT_TRUE(lines.insert(number).second) << number << " lies in two batches";
    }
  }

  std::mt19937_64 random_;
  World world_;
  Bookkeeper keeper_;
  Duration now_{0};
  size_t taken_ = 0;
  uint64_t tickets_ = 0;
  std::vector<std::pair<std::string, Duration>> starts_;
  std::map<std::string, PayoutBatch> drawn_up_;
};

template <typename... Step>
void add_counts(const Life& life, std::array<size_t, sizeof...(Step)>& counts) {
  auto next = counts.begin();
  ((*next++ += life.count<Step>()), ...);
}

TEST(LedgerLife, BalancesUnderRandomCommands) {
  std::array<size_t, 8> taken{};
  const uint64_t first = setting("LUPAUS_SEED", 1), lives = setting("LUPAUS_ROUNDS", 15);
  for (uint64_t seed = first; seed < first + lives && !HasFailure(); ++seed) {
    SCOPED_TRACE("LUPAUS_SEED=" + std::to_string(seed));
    Life life(seed);
    life.run(400);
    add_counts<BatchSettled, BatchDiscarded, Reversed, VoucherRedeemed, InstrumentChanged,
               PayoutApproved, VoucherVoided, Claimed>(life, taken);
  }
  for (const size_t count : taken) EXPECT_TRUE(count > 0 || lives < 15) << "they go elsewhere";
}

}  // namespace
}  // namespace lupaus::tests
