// Facts to signals, and the window of the newest.
#include "server/api/signal_feed.h"

#include <algorithm>

#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::model::CommitmentKey;
using rules::model::Fact;
using rules::model::Position;
using rules::model::Result;

/// Kept in memory for all watchers; one that is further behind reads the journal.
constexpr size_t kNewestMax = 8192;
/// Given to one watcher at once: bounds what a slow one holds.
constexpr size_t kTakenMax = 256;
/// Facts that one read of the journal looks at before it gives way.
constexpr size_t kScannedMax = 50'000;

std::shared_ptr<Signal> make(const Fact& fact, v1::SignalKind kind, const CommitmentKey& key) {
  auto signal = std::make_shared<Signal>();
  signal->key = key;
  signal->message.set_position(fact.position);
  signal->message.set_kind(kind);
  wire::to_timestamp(fact.at, *signal->message.mutable_at());
  return signal;
}

/// nullptr when the fact is no signal.
std::shared_ptr<Signal> draft(const Fact& fact) {
  if (const auto* warned = std::get_if<rules::model::Warned>(&fact.body)) {
    auto signal = make(fact, v1::SIGNAL_KIND_AT_RISK, warned->key);
    wire::to_timestamp(warned->due_at, *signal->message.mutable_due_at());
    return signal;
  }
  if (const auto* breached = std::get_if<rules::model::Breached>(&fact.body)) {
    auto signal = make(fact, v1::SIGNAL_KIND_BREACHED_PROVISIONAL, breached->key);
    wire::to_timestamp(breached->breached_at, *signal->message.mutable_due_at());
    return signal;
  }
  if (const auto* retracted = std::get_if<rules::model::Retracted>(&fact.body)) {
    return make(fact, v1::SIGNAL_KIND_RETRACTED, retracted->key);
  }
  if (const auto* confirmed = std::get_if<rules::model::Confirmed>(&fact.body)) {
    auto signal = make(fact, v1::SIGNAL_KIND_CONFIRMED, confirmed->key);
    signal->message.set_verdict(
        std::string(rules::model::format_verdict(confirmed->cycle.verdict)));
    signal->message.set_label(confirmed->label);
    if (confirmed->cycle.due_at)
      wire::to_timestamp(*confirmed->cycle.due_at, *signal->message.mutable_due_at());
    return signal;
  }
  if (const auto* owed = std::get_if<rules::model::Owed>(&fact.body)) {
    auto signal = make(fact, v1::SIGNAL_KIND_OWED, owed->key);
    if (owed->amount) wire::to_money(*owed->amount, *signal->message.mutable_amount());
    return signal;
  }
  if (const auto* issued = std::get_if<rules::model::VoucherIssued>(&fact.body)) {
    auto signal = make(fact, v1::SIGNAL_KIND_VOUCHER_ISSUED, CommitmentKey{});
    signal->compensation = issued->number;
    signal->message.set_voucher(issued->code);
    return signal;
  }
  if (const auto* voided = std::get_if<rules::model::VoucherVoided>(&fact.body)) {
    auto signal = make(fact, v1::SIGNAL_KIND_VOUCHER_VOIDED, CommitmentKey{});
    signal->compensation = voided->number;
    signal->message.set_voucher(voided->code);
    return signal;
  }
  return nullptr;
}

bool is_wanted(const Branches& branches, const Signal& signal) {
  return !signal.is_dropped && (branches.empty() || branches.contains(signal.key.branch));
}

}  // namespace

SignalFeed::SignalFeed(runtime::EngineLoop& loop, const runtime::Storage& storage)
    : loop_(loop),
      storage_(storage),
      floor_(storage.last_position()),
      last_(floor_),
      reader_([this] { run_tasks(); }) {}

SignalFeed::~SignalFeed() {
  close();
  reader_.join();
}

void SignalFeed::run_tasks() {
  std::unique_lock lock(mutex_);
  while (true) {
    tasks_changed_.wait(lock, [this] { return is_closed_ || !tasks_.empty(); });
    if (is_closed_) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

void SignalFeed::complete(const rules::ledger::State& state, Signal& signal) {
  if (signal.compensation != 0) {
    const rules::ledger::Compensation* compensation = state.ledger.find(signal.compensation);
    signal.is_dropped = compensation == nullptr;
    if (signal.is_dropped) return;
    signal.key = compensation->key;
    if (compensation->amount)
      wire::to_money(*compensation->amount, *signal.message.mutable_amount());
  }
  signal.message.set_commitment(rules::model::format_commitment(signal.key));
  signal.message.set_branch(signal.key.branch);
  signal.message.set_ticket(signal.key.ticket);
  auto slot = state.engine.find_ticket(signal.key.branch, signal.key.ticket);
  if (!slot) return;  // archived since
  const rules::engine::Ticket& ticket = state.engine.ticket(*slot);
  signal.is_dropped = ticket.is_backfill;
  signal.message.set_label(ticket.label);
  bool is_at_stake = signal.message.kind() == v1::SIGNAL_KIND_AT_RISK ||
                     signal.message.kind() == v1::SIGNAL_KIND_BREACHED_PROVISIONAL;
  if (!is_at_stake) return;
  for (const rules::engine::Commitment& commitment : ticket.commitments) {
    if (state.engine.key_of(ticket, commitment) != signal.key) continue;
    const rules::model::Promise* promise = state.engine.promise(commitment);
    bool is_paying =
        promise != nullptr && promise->compensation && !promise->compensation->tiers.empty();
    if (!is_paying) continue;
    if (const auto* sum = rules::model::flat_sum(promise->compensation->tiers.front().pay))
      wire::to_money(*sum, *signal.message.mutable_amount());
  }
}

void SignalFeed::follow(const runtime::CommittedPtr& committed) {
  if (committed->facts.empty()) return;
  std::shared_ptr<Pending> entry;
  {
    std::lock_guard lock(mutex_);
    last_ = committed->facts.back().position;
    if (watcher_count_ == 0) {
      // Nobody watches: whoever comes later begins in the journal.
      newest_.clear();
      floor_ = last_;
      return;
    }
    for (const Fact& fact : committed->facts) {
      std::shared_ptr<Signal> signal = draft(fact);
      if (signal == nullptr) continue;
      if (entry == nullptr) entry = std::make_shared<Pending>();
      entry->drafts.push_back(std::move(signal));
    }
    if (entry == nullptr) return;
    entry->last = last_;
    pending_.push_back(entry);
  }
  loop_.query(
      [entry](const rules::ledger::State& state) {
        for (const auto& signal : entry->drafts) complete(state, *signal);
      },
      [this, entry] {
        {
          std::lock_guard lock(mutex_);
          entry->is_complete = true;
        }
        publish();
      });
}

void SignalFeed::publish() {
  std::vector<std::pair<Wake, Position>> woken;
  {
    std::lock_guard lock(mutex_);
    while (!pending_.empty() && pending_.front()->is_complete) {
      std::shared_ptr<Pending> entry = std::move(pending_.front());
      pending_.pop_front();
      for (auto& signal : entry->drafts) {
        // What a first watcher's arrival left out is read from the journal.
        if (signal->message.position() > floor_) newest_.push_back(signal);
      }
      while (newest_.size() > kNewestMax) {
        floor_ = newest_.front()->message.position();
        newest_.pop_front();
      }
      auto is_woken = [&](const auto& sleeper) {
        return std::any_of(entry->drafts.begin(), entry->drafts.end(),
                           [&](const auto& signal) { return is_wanted(sleeper.first, *signal); });
      };
      std::erase_if(sleepers_, [&](auto& sleeper) {
        if (!is_woken(sleeper)) return false;
        woken.emplace_back(std::move(sleeper.second), entry->drafts.front()->message.position());
        return true;
      });
    }
  }
  for (const auto& [wake, position] : woken) wake(position);
}

void SignalFeed::close() {
  decltype(sleepers_) sleepers;
  decltype(tasks_) tasks;
  {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
    sleepers.swap(sleepers_);
    tasks.swap(tasks_);
  }
  tasks_changed_.notify_all();
  for (const auto& [branches, wake] : sleepers) wake(0);
}

void SignalFeed::watch() {
  std::lock_guard lock(mutex_);
  ++watcher_count_;
}

void SignalFeed::unwatch() {
  std::lock_guard lock(mutex_);
  --watcher_count_;
}

SignalFeed::Taken SignalFeed::take(Position next, const Branches& branches, const Wake& wake) {
  std::lock_guard lock(mutex_);
  Taken taken;
  taken.is_closed = is_closed_;
  taken.is_behind = next <= floor_;
  if (taken.is_closed || taken.is_behind) return taken;
  auto at = std::lower_bound(newest_.begin(), newest_.end(), next,
                             [](const SignalPtr& signal, Position position) {
                               return signal->message.position() < position;
                             });
  for (; at != newest_.end() && taken.signals.size() < kTakenMax; ++at) {
    if (is_wanted(branches, **at)) taken.signals.push_back(*at);
  }
  if (taken.signals.empty()) sleepers_.emplace_back(branches, wake);
  return taken;
}

void SignalFeed::read(Position next, const Branches& branches, std::function<void(Read)> done) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(
        [this, next, branches, done = std::move(done)] { read_now(next, branches, done); });
  }
  tasks_changed_.notify_one();
}

void SignalFeed::read_now(Position next, const Branches& branches,
                          const std::function<void(Read)>& done) {
  auto drafts = std::make_shared<Drafts>();
  auto answer = std::make_shared<Read>();
  answer->next = next;
  size_t scanned = 0;
  answer->result = storage_.read_journal(next, [&](std::span<const Fact> facts) {
    for (const Fact& fact : facts) {
      std::shared_ptr<Signal> signal = fact.position < next ? nullptr : draft(fact);
      if (signal != nullptr) drafts->push_back(std::move(signal));
      answer->next = std::max(answer->next, fact.position + 1);
    }
    scanned += facts.size();
    return scanned < kScannedMax && drafts->size() < kTakenMax;
  });
  if (!answer->result || drafts->empty()) {
    done(std::move(*answer));
    return;
  }
  loop_.query(
      [drafts](const rules::ledger::State& state) {
        for (const auto& signal : *drafts) complete(state, *signal);
      },
      [drafts, answer, branches, done] {
        for (auto& signal : *drafts) {
          if (is_wanted(branches, *signal)) answer->signals.push_back(std::move(signal));
        }
        done(std::move(*answer));
      });
}

}  // namespace lupaus::server::api
