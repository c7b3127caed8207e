// What stands around an outbox in its tests: a clock that skips every wait, a ledger that
// remembers, and a channel of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "server/compensate/outbox.h"

namespace lupaus::server::compensate {

using rules::ledger::Compensation;
using rules::model::Instant;
using rules::model::Instrument;
using rules::model::PaidState;
using rules::model::Result;
using rules::model::Settle;

/// Every alarm rings at once, and time is then what it was set for.
class SkippingClock : public runtime::Clock {
 public:
  Instant now() const override { return rules::model::from_unix_ms(now_ms_.load()); }
  Reading read() const override { return {now(), now().time_since_epoch()}; }
  std::unique_ptr<runtime::Alarm> make_alarm(boost::asio::io_context& loop) override {
    return std::make_unique<SkippingAlarm>(*this, loop);
  }

 private:
  class SkippingAlarm : public runtime::Alarm {
   public:
    SkippingAlarm(SkippingClock& clock, boost::asio::io_context& loop)
        : clock_(clock), loop_(loop) {}
    void set(Instant at, std::function<void()> ring) override {
      *number_ += 1;
      boost::asio::post(
          loop_, [this, at, ring = std::move(ring), number = number_, mine = *number_] {
            if (*number != mine) return;
            int64_t seen = clock_.now_ms_.load();
            const int64_t wanted = rules::model::to_unix_ms(at);
            while (seen < wanted && !clock_.now_ms_.compare_exchange_weak(seen, wanted)) continue;
            ring();
          });
    }
    void cancel() override { *number_ += 1; }

   private:
    SkippingClock& clock_;
    boost::asio::io_context& loop_;
    std::shared_ptr<int> number_ = std::make_shared<int>(0);
  };
  std::atomic<int64_t> now_ms_{1767596400000};
};

/// As much of a ledger as the outbox sees.
class SmallLedger {
 public:
  OutboxPorts ports() {
    return {
        [this](Settle settle, std::function<void(Result<void>)> answer) { answer(take(settle)); },
        [this] {
          const std::scoped_lock lock(lock_);
          std::vector<Compensation> found;
          for (const auto& [number, compensation] : all_) found.push_back(compensation);
          return found;
        },
        [this](const std::string& sentence) {
          const std::scoped_lock lock(lock_);
          told_.push_back(sentence);
          changed_.notify_all();
        },
        [this](uint64_t number, const std::function<void(std::optional<Compensation>)>& found) {
          found(at(number));
        }};
  }

  void add(Compensation compensation) {
    const std::scoped_lock lock(lock_);
    all_[compensation.number] = std::move(compensation);
  }
  Compensation at(uint64_t number) const {
    const std::scoped_lock lock(lock_);
    return all_.at(number);
  }
  std::vector<std::string> told() const {
    const std::scoped_lock lock(lock_);
    return told_;
  }
  /// Waits until `is_reached` holds of the compensations.
  template <typename Condition>
  void wait(Condition is_reached) {
    std::unique_lock lock(lock_);
    changed_.wait(lock, [&] { return is_reached(all_, told_); });
  }
  void wait_until_all_have(const std::set<PaidState>& states) {
    wait([&](const auto& all, const auto&) {
      return std::all_of(all.begin(), all.end(),
                         [&](const auto& entry) { return states.contains(entry.second.state); });
    });
  }

 private:
  Result<void> take(const Settle& settle) {
    const std::scoped_lock lock(lock_);
    Compensation& compensation = all_.at(settle.number);
    const bool is_open = compensation.state == PaidState::owed ||
                         compensation.state == PaidState::approved ||
                         compensation.state == PaidState::dispatched;
    if (!is_open) {
      return rules::model::Error{"already_settled", "it was settled before", "", {}};
    }
    switch (settle.outcome) {
      case Settle::Outcome::dispatched:
        EXPECT_EQ(settle.attempt, compensation.attempts + 1);
        compensation.attempts = settle.attempt;
        compensation.state = PaidState::dispatched;
        break;
      case Settle::Outcome::voucher_issued:
        compensation.voucher = settle.text;
        compensation.state = PaidState::dispatched;
        break;
      case Settle::Outcome::paid:
        compensation.reference = settle.text;
        compensation.state = PaidState::paid;
        break;
      case Settle::Outcome::failed:
        compensation.reason = settle.text;
        compensation.state = PaidState::failed;
        break;
      case Settle::Outcome::unknown:
        compensation.reason = "outcome unknown: " + settle.text;
        compensation.state = PaidState::failed;
        break;
    }
    changed_.notify_all();
    return {};
  }

  mutable std::mutex lock_;
  std::condition_variable changed_;
  std::map<uint64_t, Compensation> all_;
  std::vector<std::string> told_;
};

/// A channel of the test's own.
class ScriptedChannel : public Channel {
 public:
  explicit ScriptedChannel(std::function<Outcome(const Compensation&)> deliver)
      : deliver_(std::move(deliver)) {}
  std::string_view name() const override { return "scripted"; }
  Instrument instrument() const override { return Instrument::webhook; }
  bool is_remote() const override { return true; }
  Outcome deliver(const Compensation& compensation, const Wording&) override {
    return deliver_(compensation);
  }

 private:
  std::function<Outcome(const Compensation&)> deliver_;
};

}  // namespace lupaus::server::compensate
