#include "tests/simulation/server_machine.h"

#include <fmt/format.h>

#include "rules/language/compile.h"
#include "rules/ledger/reviews.h"
#include "server/compensate/voucher.h"
#include "tests/simulation/state_difference.h"

namespace lupaus::tests::simulation {

using rules::model::Error;
using rules::model::Result;
using server::runtime::CommittedPtr;
using server::runtime::EngineLoop;

namespace {

constexpr const char* kPath = "/var/lib/lupaus/store";

/// Compiling takes longer than a restart; the simulated book never changes.
server::store::BookCompiler compiler_of(rules::model::BookPtr book) {
  return [book](std::span<const rules::model::SourceFile> files,
                std::span<const rules::model::ZoneTable> zones, const std::string& tz_version) {
    const bool is_known = files.size() == book->files.size() &&
                          std::equal(files.begin(), files.end(), book->files.begin(),
                                     [](const auto& a, const auto& b) { return a.text == b.text; });
    return is_known ? book : rules::language::compile(files, {zones, tz_version}).book;
  };
}

server::store::StoreOptions store_options(rocksdb::Env& env, const rules::model::BookPtr& book) {
  server::store::StoreOptions options;
  options.compile_book = compiler_of(book);
  options.journal_memtable_bytes = 512 << 10;
  options.table_memtable_bytes = 256 << 10;
  options.wal_bytes_max = 4 << 20;
  options.env = &env;
  return options;
}

}  // namespace

server::runtime::LoopSettings restless_settings() {
  server::runtime::LoopSettings settings;
  settings.queued_events_max = 400;
  settings.batch_events_max = 100;
  settings.tail_facts_max = 1'000;
  settings.sweep_tickets_max = 32;
  settings.forget_after = std::chrono::hours(4);
  return settings;
}

ServerMachine::ServerMachine(Surroundings around, Chance chance, rules::model::BookPtr book)
    : around_(around),
      chance_(chance),
      book_(std::move(book)),
      disk_(chance_.fork()),
      replay_(restless_settings().forget_after),
      metrics_{registry_.gauge("streams", ""),   registry_.counter("batches", ""),
               registry_.counter("events", ""),  registry_.counter("rejected", ""),
               registry_.counter("refused", ""), registry_.counter("waits", "")} {}

ServerMachine::~ServerMachine() { kill(true); }

Result<std::unique_ptr<server::store::Store>> ServerMachine::open_store(DiskEnv& env) {
  return server::store::make_store(kPath, store_options(env, book_));
}

Result<void> ServerMachine::start() {
  why_died_.clear();
  env_ = std::make_unique<DiskEnv>(disk_);
  auto opened = open_store(*env_);
  if (!opened) {
    drop_all();
    return opened.error();
  }
  store_ = std::move(*opened);
  auto& witness = around_.witness;
  if (store_->last_position() < witness.last()) {
    witness.complain(fmt::format("the journal ends at {} after a restart, and {} was durable",
                                 store_->last_position(), witness.last()));
  }
  // What was written and nobody heard of.
  auto read = store_->read_journal(witness.last() + 1, [&](std::span<const Fact> facts) {
    witness.take(facts);
    return true;
  });
  if (!read) {
    drop_all();
    return read;
  }
  clock_ = server::runtime::make_virtual_clock(around_.agenda.now());
  loop_ = std::make_unique<EngineLoop>(restless_settings(), *clock_, *store_,
                                       [this](std::string why) { why_died_ = std::move(why); });
  admission_ = std::make_unique<server::ingest::Admission>(64, 8);
  start_outbox();
  loop_->follow([&witness](const CommittedPtr& batch) { witness.take(batch->facts); });
  loop_->follow([this](const CommittedPtr& batch) { outbox_->follow(batch); });
  auto started = loop_->start_driven();
  if (started && store_->last_position() == 0) started = publish_first();
  if (started && !has_died()) {
    check_state();
    if (!has_died()) outbox_->start_driven();
  }
  if (!started) drop_all();
  return started;
}

void ServerMachine::start_outbox() {
  std::vector<std::unique_ptr<server::compensate::Channel>> channels;
  channels.push_back(server::compensate::make_voucher_channel("a secret of the simulation's own"));
  channels.push_back(std::make_unique<BankChannel>(around_.bank));
  auto ports = server::compensate::ports_of(*loop_, [](const std::string&) {});
  ports.unsettled = [this] {
    std::vector<rules::ledger::Compensation> found;
    loop_->query(
        [&found](const rules::ledger::State& state) {
          std::optional<uint64_t> next = 0;
          while (next) next = server::compensate::find_unsettled(state, *next, found);
        },
        [] {});
    settle_down();
    return found;
  };
  server::compensate::OutboxSettings settings;
  settings.jitter_seed = chance_.next() | 1;
  settings.pause_max = std::chrono::minutes(10);
  outbox_ = std::make_unique<server::compensate::Outbox>(settings, *clock_, std::move(ports),
                                                         std::move(channels));
}

Result<void> ServerMachine::publish_first() {
  Result<void> published = Error{"not_published", "the loop did not answer", "", {}};
  const auto actor = std::make_shared<const rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::person, true, "anna", "author"});
  loop_->submit(
      rules::model::Publish{book_, around_.agenda.now() - std::chrono::hours(24), {}, "first"},
      actor, [&](const Result<rules::model::Facts>& facts) {
        published = facts.ok() ? Result<void>() : Result<void>(facts.error());
      });
  settle_down();
  return published;
}

void ServerMachine::drop_all() {
  if (loop_) loop_->abandon();
  lines_.clear();
  outbox_.reset();
  loop_.reset();
  clock_.reset();
  store_.reset();
  env_.reset();
}

void ServerMachine::kill(bool is_silent) {
  for (const auto& line : lines_) line.wire->server_died(is_silent);
  // WHY: whatever the dying database still wants to write never happened.
  if (is_up()) disk_.stop_after(1);
  drop_all();
  disk_.revive();
}

void ServerMachine::stop() {
  for (const auto& line : lines_) line.wire->server_died(false);
  outbox_->stop();
  loop_->stop();
  if (!has_died()) {
    const DiskEnv::Worker worker(*env_);
    static_cast<void>(store_->settle());
  }
  drop_all();
  disk_.revive();
}

bool ServerMachine::accept(const std::shared_ptr<Wire>& wire, const std::string& source) {
  if (!is_up() || has_died()) return false;
  server::wire::Identity identity;
  identity.kind = server::wire::Identity::Kind::source;
  identity.is_authenticated = true;
  identity.name = source;
  const uint64_t number = ++last_line_;
  if (const auto retry_after = admission_->enter(number, around_.agenda.now())) {
    wire->refuse(*retry_after);
    return true;
  }
  server::ingest::IngestSettings settings;
  settings.window_batches = 4;
  lines_.push_back({wire, number});
  wire->accept(std::make_shared<server::ingest::Stream>(*loop_, settings, metrics_,
                                                        std::move(identity), *wire),
               [this, number](bool is_caught_up) {
                 if (is_caught_up) return admission_->caught_up(number);
                 admission_->moved(number, around_.agenda.now());
               });
  return true;
}

void ServerMachine::move_to(Instant now) {
  if (clock_) clock_->move_to(now);
}

Instant ServerMachine::next_alarm() const {
  return clock_ ? clock_->next_alarm() : rules::model::kEndOfTime;
}

bool ServerMachine::work() {
  const Instant now = around_.agenda.now();
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].wire->work()) return true;
    if (lines_[i].wire->is_of_server()) continue;
    admission_->leave(lines_[i].number);
    std::swap(lines_[i--], lines_.back());
    lines_.pop_back();
  }
  if (now < stalled_until_) return false;
  const bool is_slow = now < slow_until_;
  if (loop_->turn(is_slow)) return true;
  if (!is_slow && loop_->commit()) {
    // WHY: a write waits for ever for tables that nobody writes.
    env_->run_jobs();
    return true;
  }
  if (outbox_->turn()) return true;
  env_->run_jobs();
  return false;
}

void ServerMachine::settle_down() {
  while (!has_died() && (loop_->turn(false) || loop_->commit())) env_->run_jobs();
}

bool ServerMachine::decide_some(Chance& chance) {
  std::vector<CommitmentKey> waiting;
  loop_->query(
      [&waiting](const rules::ledger::State& state) {
        for (const auto& review : rules::ledger::reviews(state, 50).reviews)
          waiting.push_back(review.key);
      },
      [] {});
  settle_down();
  const auto anna = std::make_shared<const rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::person, true, "anna", "finance"});
  using rules::model::Verdict;
  constexpr std::array<Verdict, 4> kVerdicts = {Verdict::breached, Verdict::breached, Verdict::kept,
                                                Verdict::voided};
  bool has_decided = false;
  for (const auto& key : waiting) {
    if (has_died() || chance.below(2) == 0) continue;
    loop_->submit(rules::model::DecideReview{key, kVerdicts[chance.below(4)], "as it seems", ""},
                  anna, [](const Result<rules::model::Facts>&) {});
    has_decided = true;
  }
  return has_decided;
}

std::optional<uint64_t> ServerMachine::live_hash() {
  std::optional<uint64_t> hash;
  Position next = 0;
  // WHY: the pass that answers may archive a further part of what can be forgotten.
  do {
    settle_down();
    loop_->query(
        [&](const rules::ledger::State& state) {
          hash = state.hash();
          next = state.next_position;
        },
        [] {});
    settle_down();
  } while (!has_died() && next != around_.witness.last() + 1);
  return has_died() ? std::nullopt : hash;
}

std::string ServerMachine::difference_to_live(const rules::ledger::State& other) {
  std::string text;
  loop_->query([&](const rules::ledger::State& live) { text = state_difference(live, other); },
               [] {});
  settle_down();
  return text;
}

void ServerMachine::check_state() {
  const auto live = live_hash();
  if (!live) return;
  ++check_count_;
  last_hash_ = *live;
  auto& witness = around_.witness;
  if (const auto read = replay_.catch_up(*store_); !read)
    return witness.complain("the journal cannot be read: " + read.error().message);
  if (replay_.last() != witness.last() || replay_.chain() != witness.chain())
    witness.complain(
        fmt::format("the journal tells another story up to {} than the followers "
                    "heard up to {}",
                    replay_.last(), witness.last()));
  if (replay_.hash() != *live)
    witness.complain(fmt::format("replayed state differs from live state at {}:{}", replay_.last(),
                                 difference_to_live(replay_.state())));
  const auto recovered =
      recovered_hash(*store_, restless_settings().forget_after, around_.agenda.now());
  if (!recovered) return witness.complain("no recovery: " + recovered.error().message);
  if (*recovered != *live)
    witness.complain(fmt::format("recovered state differs from live state at {}", replay_.last()));
}

void ServerMachine::check_flipped_bit(Chance& chance) {
  const auto live = live_hash();
  if (!live) return;
  const auto rotten = disk_.copy();
  const std::string name = rotten->flip_bit(chance, {".log", ".sst", "MANIFEST-", "CURRENT"});
  if (name.empty()) return;
  DiskEnv env(*rotten);
  const auto opened = open_store(env);
  if (!opened) return;  // it says that it is damaged
  auto& witness = around_.witness;
  if ((*opened)->last_position() != witness.last()) {
    return witness.complain(
        fmt::format("one bit of {} flipped: the journal silently ends at {}, not {}", name,
                    (*opened)->last_position(), witness.last()));
  }
  const auto recovered =
      recovered_hash(**opened, restless_settings().forget_after, around_.agenda.now());
  if (recovered && *recovered != *live)
    witness.complain(fmt::format("one bit of {} flipped: a wrong state is served", name));
}

}  // namespace lupaus::tests::simulation
