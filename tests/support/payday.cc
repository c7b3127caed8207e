#include "tests/support/payday.h"

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <future>
#include <mutex>

#include "rules/language/compile.h"
#include "server/compensate/apology.h"
#include "server/compensate/voucher.h"
#include "server/store/store.h"

namespace lupaus::tests::support {

using namespace rules::model;  // NOLINT: a test tool that speaks of most of the model
using rules::ledger::State;
using server::compensate::Outbox;
using server::runtime::CommittedPtr;
using server::runtime::Intake;
using server::runtime::Storage;
using server::runtime::WriteSet;

namespace {

constexpr const char* kBook = R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15, owner: service@bank.example}
spec:
  wording: {fi: Palvelemme sinut 15 minuutissa., sv: Du får hjälp inom 15 minuter.}
  effective: {from: 2020-01-01}
  applies: 'true'
  clock:
    measure: elapsed
    on: {issued: start, called: continue, recalled: continue, service_started: stop,
         service_ended: stop, transferred: continue, parked: continue, unparked: continue,
         away: continue, back: continue, no_show: void, left: void, cancelled: void, expired: void}
    on_silence: favour_customer
  target: {within: 15m}
  compensation:
    settle: SETTLE
    instrument: INSTRUMENT
TIERS---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: helsinki-1}
spec: {timezone: Europe/Helsinki}
)";

template <typename Value>
Value must(Result<Value> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", format_error(result.error()).c_str());
    std::abort();
  }
  return std::move(*result);
}

BookPtr compile_book(const std::string& instrument) {
  std::string text = kBook;
  const auto fill = [&text](const std::string& mark, const std::string& value) {
    text.replace(text.find(mark), mark.size(), value);
  };
  fill("INSTRUMENT", instrument);
  const bool is_transfer = instrument == "transfer";
  fill("SETTLE", is_transfer || instrument == "apology" ? "end" : "breach");
  fill("TIERS", instrument == "apology" ? "" : "    tiers: [{over: 15m, pay: EUR 10.00}]\nCAPS");
  if (instrument != "apology") {
    fill("CAPS",
         is_transfer ? "    caps: [{per: customer/day, max: EUR 20.00, then: record}]\n" : "");
  }
  const std::vector<SourceFile> files{{"payday.yaml", text}};
  auto compiled = rules::language::compile(files);
  if (compiled.book != nullptr) return compiled.book;
  for (const auto& diagnostic : compiled.diagnostics)
    std::fprintf(stderr, "%s\n", rules::language::format_diagnostic(diagnostic).c_str());
  std::abort();
}

BookPtr compile_published(std::span<const SourceFile> files, std::span<const ZoneTable> zones,
                          const std::string& tz_version) {
  return rules::language::compile(files, {zones, tz_version}).book;
}

/// The real storage until it is told to die; from then on nothing becomes durable.
class MortalStorage : public Storage {
 public:
  explicit MortalStorage(std::unique_ptr<Storage> real) : real_(std::move(real)) {}
  void die() { is_dead_ = true; }

  Result<void> append(const WriteSet& set) override {
    if (is_dead_) return Error{"dead", "the machine is off", "", {}};
    return real_->append(set);
  }
  Position last_position() const override { return real_->last_position(); }
  Position replay_from() const override { return real_->replay_from(); }
  Result<void> read_journal(
      Position from, const std::function<bool(std::span<const Fact>)>& visit) const override {
    return real_->read_journal(from, visit);
  }
  Result<void> read_journal_ahead(
      Position from, const std::function<bool(std::span<const Fact>)>& visit) const override {
    return real_->read_journal_ahead(from, visit);
  }
  Result<std::optional<std::string>> get(server::runtime::Table table,
                                         std::string_view key) const override {
    return real_->get(table, key);
  }
  Result<void> scan(
      server::runtime::Table table, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    return real_->scan(table, prefix, from, visit);
  }
  Result<void> put_derived(std::span<const server::runtime::Row> rows) override {
    return real_->put_derived(rows);
  }
  Result<void> settle() override { return real_->settle(); }
  const server::runtime::Codec& codec() const override { return real_->codec(); }

 private:
  const std::unique_ptr<Storage> real_;
  std::atomic<bool> is_dead_{false};
};

std::shared_ptr<const Actor> publisher() {
  static const auto actor =
      std::make_shared<Actor>(Actor{Actor::Kind::person, false, "anna", "author"});
  return actor;
}

/// Tickets, and the views into them, of one message.
struct Message {
  std::deque<std::string> texts;
  std::deque<std::vector<Attribute>> attributes;
  std::vector<Event> events;

  void add(const std::string& ticket, std::string_view type, uint64_t sequence, Instant at) {
    Event event;
    event.source = "kiosk";
    event.epoch = 1;
    event.sequence = sequence;
    event.branch = "helsinki-1";
    event.ticket = ticket;
    event.type = type;
    event.occurred_at = at;
    if (type == "issued") event.attributes = attributes.back();
    events.push_back(event);
  }
};

constexpr uint64_t kTicketsAMessage = 512;

}  // namespace

class Payday::Body {
 public:
  explicit Body(PaydaySettings settings)
      : settings_(std::move(settings)),
        clock_(server::runtime::make_system_clock()),
        storage_(must(server::store::make_store(settings_.folder, {compile_published}))),
        loop_(settings_.loop, *clock_, storage_, [this](const std::string&) { wake(true); }),
        outbox_(settings_.outbox, *clock_, ports(), channels()) {
    loop_.follow([this](const CommittedPtr& committed) { outbox_.follow(committed); });
    loop_.follow([this](const CommittedPtr& committed) { count(*committed); });
    const bool is_first = storage_.last_position() == 0;
    const auto started = loop_.start();
    ensure(started.ok(), "the loop starts");
    if (is_first) publish();
    settled_ = count_settled();
    outbox_.start();
  }
  ~Body() { stop(); }

  void stop() {
    outbox_.stop();
    loop_.stop();
  }
  void kill() {
    storage_.die();
    stop();
  }

  void owe(uint64_t count, bool is_drained) {
    const uint64_t first = next_ticket();
    for (uint64_t done = 0; done < count; done += kTicketsAMessage)
      send(first + done, std::min(kTicketsAMessage, count - done));
    loop_.submit(Hear{"kiosk", 1, sequence_, clock_->now(), false}, nullptr, nullptr);
    if (is_drained) loop_.drain();
  }

  bool wait_until_settled(uint64_t count) {
    std::unique_lock lock(lock_);
    changed_.wait(lock, [&] { return settled_ >= count || is_dead_; });
    return settled_ >= count;
  }

  std::map<PaidState, uint64_t> states() {
    std::map<PaidState, uint64_t> states;
    look([&](const State& state) {
      for (const auto& [number, compensation] : state.ledger.compensations())
        ++states[compensation.state];
    });
    return states;
  }
  uint64_t attempts() {
    uint64_t attempts = 0;
    look([&](const State& state) {
      for (const auto& [number, compensation] : state.ledger.compensations())
        attempts += compensation.attempts;
    });
    return attempts;
  }

  const PaydaySettings settings_;
  const std::unique_ptr<server::runtime::Clock> clock_;
  MortalStorage storage_;
  server::runtime::EngineLoop loop_;
  Outbox outbox_;

 private:
  server::compensate::OutboxPorts ports() {
    auto ports = server::compensate::ports_of(loop_, [](const std::string&) {});
    ports.wording_of = server::compensate::wordings_of(loop_, storage_);
    return ports;
  }
  std::vector<std::unique_ptr<server::compensate::Channel>> channels() {
    std::vector<std::unique_ptr<server::compensate::Channel>> channels;
    channels.push_back(server::compensate::make_voucher_channel("a secret"));
    channels.push_back(must(server::compensate::make_webhook_channel(settings_.webhook, *clock_)));
    channels.push_back(must(server::compensate::make_apology_channel(settings_.webhook, *clock_)));
    return channels;
  }

  void publish() {
    loop_.submit(Publish{compile_book(settings_.instrument),
                         clock_->now() - std::chrono::hours(48),
                         {},
                         "first"},
                 publisher(), [](const Result<Facts>& facts) { must(facts); });
    loop_.submit(Register{"kiosk", 1, 0, false}, nullptr, nullptr);
    loop_.drain();
  }

  template <typename Read>
  void look(Read read) {
    loop_.query([&read](const State& state) { read(state); }, [] {});
    loop_.drain();
  }

  uint64_t count_settled() {
    uint64_t settled = 0;
    look([&](const State& state) {
      for (const auto& [number, compensation] : state.ledger.compensations())
        settled += compensation.state == PaidState::paid || !compensation.voucher.empty();
    });
    return settled;
  }

  /// Tickets are numbered on from life to life, by what the source has sent.
  uint64_t next_ticket() {
    look([this](const State& state) {
      const auto* source = state.engine.find_source("kiosk");
      if (source != nullptr && source->next_sequence > 0) sequence_ = source->next_sequence - 1;
    });
    return sequence_;
  }

  void send(uint64_t first, uint64_t count) {
    const auto message = std::make_shared<Message>();
    const bool is_transfer = settings_.instrument == "transfer";
    const bool is_served =
        is_transfer || settings_.instrument == "apology";  // nothing is settled before
    for (uint64_t i = 0; i < count; ++i) {
      const std::string& ticket = message->texts.emplace_back("T" + std::to_string(first + i));
      auto& attributes = message->attributes.emplace_back();
      if (!settings_.language.empty()) attributes.push_back({"language", settings_.language});
      if (is_transfer)
        attributes.push_back({"customer", message->texts.emplace_back("c-" + ticket)});
      message->add(ticket, "issued", ++sequence_, clock_->now() - std::chrono::hours(1));
      if (!is_served) continue;
      message->add(ticket, "service_started", ++sequence_,
                   clock_->now() - std::chrono::minutes(30));
    }
    Intake intake;
    intake.events = message->events;
    intake.storage = message;
    intake.done = [](const Intake::Outcome&) {};
    // WHY it waits: a command is never refused for lack of room, and what is heard of the source
    // must not overtake what the source says.
    std::promise<void> admitted;
    if (!loop_.submit_in_turn(std::move(intake), [&admitted] { admitted.set_value(); }))
      admitted.get_future().wait();
  }

  void count(const server::runtime::Committed& committed) {
    uint64_t settled = 0;
    for (const Fact& fact : committed.facts) {
      settled += std::holds_alternative<Paid>(fact.body) ||
                 std::holds_alternative<VoucherIssued>(fact.body);
    }
    if (settled == 0) return;
    const std::scoped_lock lock(lock_);
    settled_ += settled;
    changed_.notify_all();
  }
  void wake(bool is_dead) {
    const std::scoped_lock lock(lock_);
    is_dead_ = is_dead;
    changed_.notify_all();
  }

  uint64_t sequence_ = 0;
  std::mutex lock_;
  std::condition_variable changed_;
  uint64_t settled_ = 0;
  bool is_dead_ = false;
};

Payday::Payday(PaydaySettings settings) : body_(std::make_unique<Body>(std::move(settings))) {}
Payday::~Payday() = default;

void Payday::owe(uint64_t count, bool is_drained) { body_->owe(count, is_drained); }
void Payday::kill() { body_->kill(); }
bool Payday::wait_until_settled(uint64_t count) { return body_->wait_until_settled(count); }
std::map<PaidState, uint64_t> Payday::by_state() { return body_->states(); }
uint64_t Payday::owed_count() {
  uint64_t count = 0;
  for (const auto& [state, share] : body_->states()) count += share;
  return count;
}
uint64_t Payday::attempts() { return body_->attempts(); }
server::compensate::OutboxFigures Payday::figures() const { return body_->outbox_.figures(); }
server::runtime::EngineLoop& Payday::loop() { return body_->loop_; }
const Storage& Payday::storage() const { return body_->storage_; }

}  // namespace lupaus::tests::support
