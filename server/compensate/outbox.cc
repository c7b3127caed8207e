#include "server/compensate/outbox.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <latch>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>

namespace lupaus::server::compensate {

namespace asio = boost::asio;
using rules::ledger::Compensation;
using rules::model::Duration;
using rules::model::Error;
using rules::model::Instant;
using rules::model::Instrument;
using rules::model::Owed;
using rules::model::PaidState;
using rules::model::Result;
using rules::model::Settle;

namespace {

/// Local channels only compute; what bounds them is how many commands may wait in the engine's
/// queue.
constexpr size_t kLocalAtOnceMax = 1024;
/// Begun attempts to one that is being made: their records are synced together, and the receiver is
/// not kept waiting for ours.
constexpr size_t kBegunToOneMade = 4;
Compensation to_compensation(const Owed& owed, Instant at) {
  Compensation compensation;
  compensation.number = owed.number;
  compensation.key = owed.key;
  compensation.customer = owed.customer;
  compensation.computed = owed.computed;
  compensation.amount = owed.amount;
  compensation.state = owed.state;
  compensation.instrument = owed.instrument;
  compensation.reason = owed.reason;
  compensation.owed_at = at;
  compensation.due_on = owed.due_on;
  return compensation;
}

/// The compensation to which the fact gave another state or another way to the customer; 0: none.
/// What this outbox itself settles is none.
uint64_t changed_by(const rules::model::Fact& fact) {
  return std::visit(
      [](const auto& body) -> uint64_t {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, rules::model::LateEvidence>) {
          return body.is_holding ? body.compensation : 0;
        } else if constexpr (std::is_same_v<Body, rules::model::Released> ||
                             std::is_same_v<Body, rules::model::Declined> ||
                             std::is_same_v<Body, rules::model::PayoutApproved> ||
                             std::is_same_v<Body, rules::model::PayoutHeld> ||
                             std::is_same_v<Body, rules::model::InstrumentChanged> ||
                             std::is_same_v<Body, rules::model::Claimed>) {
          return body.number;
        } else {
          return 0;
        }
      },
      fact.body);
}

Settle::Outcome to_settled(Outcome::Kind kind) {
  if (kind == Outcome::Kind::issued) return Settle::Outcome::voucher_issued;
  return kind == Outcome::Kind::paid ? Settle::Outcome::paid : Settle::Outcome::failed;
}

}  // namespace

Duration retry_pause(const OutboxSettings& settings, uint32_t attempts, uint64_t random) {
  Duration pause = settings.first_pause;
  for (uint32_t i = 1; i < attempts && pause < settings.pause_max; ++i) pause *= 2;
  pause = std::min(pause, settings.pause_max);
  const int64_t half = pause.count() / 2;
  return Duration(pause.count() - half +
                  static_cast<int64_t>(random % static_cast<uint64_t>(half + 1)));
}

/// Lives on the thread of `loop_`; only `post` and the counters are touched from elsewhere. Kept
/// alive by answers that are still to come, so a late one finds a loop that no longer runs rather
/// than nothing.
class Outbox::Keeper : public std::enable_shared_from_this<Outbox::Keeper> {
 public:
  Keeper(OutboxSettings settings, runtime::Clock& clock, OutboxPorts ports,
         std::vector<std::unique_ptr<Channel>> channels)
      : settings_(settings),
        clock_(clock),
        ports_(std::move(ports)),
        channels_(std::move(channels)),
        random_(settings.jitter_seed != 0 ? settings.jitter_seed : std::random_device()()),
        alarm_(clock.make_alarm(loop_)) {
    for (const auto& channel : channels_) {
      lanes_[channel->instrument()] = Lane{
          channel.get(),
          channel->is_remote() ? settings_.attempts_at_once_max * kBegunToOneMade : kLocalAtOnceMax,
          0,
          {}};
      has_remote_ = has_remote_ || channel->is_remote();
    }
  }

  void follow(const runtime::CommittedPtr& committed) {
    std::vector<Compensation> found;
    for (const rules::model::Fact& fact : committed->facts) {
      const auto* owed = std::get_if<Owed>(&fact.body);
      if (owed != nullptr && owed->state == PaidState::owed)
        found.push_back(to_compensation(*owed, fact.at));
      if (const uint64_t changed = changed_by(fact); changed != 0) look_again(changed);
    }
    if (!found.empty()) post([this, found = std::move(found)] { take(found); });
  }

  void start() {
    if (has_remote_) deliverers_.emplace(std::max<size_t>(1, settings_.attempts_at_once_max));
    thread_ = std::thread([this] { loop_.run(); });
    start_driven();
  }

  void start_driven() {
    // Read here, not on the keeper's thread: it may block on the engine, whose followers must never
    // wait for us.
    post([this, found = ports_.unsettled()] {
      is_started_ = true;
      take(found);
    });
  }

  bool turn() { return loop_.poll_one() > 0; }

  void stop() {
    if (!thread_.joinable()) return;
    const auto is_told = std::make_shared<std::latch>(1);
    post([this, is_told] {
      is_stopping_ = true;
      alarm_->cancel();
      is_told->count_down();
    });
    is_told->wait();
    if (deliverers_) deliverers_->join();
    post([this] { loop_.stop(); });  // behind the outcomes that are already here
    thread_.join();
  }

  OutboxFigures figures() const {
    return {waiting_.load(),         in_flight_.load(),      attempts_.load(), settled_.load(),
            failed_.load(),          unknown_.load(),        given_up_.load(), contradicted_.load(),
            without_webhook_.load(), without_apology_.load()};
  }

 private:
  struct Lane {
    Channel* channel = nullptr;
    size_t at_once_max = 0;
    size_t busy_count = 0;
    std::set<std::pair<Instant, uint64_t>> queue;  ///< when it may be tried, number
  };
  struct Parcel {
    Compensation compensation;
    Lane* lane = nullptr;
    uint32_t attempts = 0;
    Instant taken_at{};  ///< when it was tried first, also before a restart
    std::optional<Instant>
        queued_at{};           ///< where it lies in the lane's queue; none: it is under way
    bool is_outdated = false;  ///< something else is recorded of it: look again
    bool is_told = false;      ///< of an answer that contradicted it
  };

  template <typename Work>
  void post(Work work) {
    asio::post(loop_, std::move(work));
  }

  void take(const std::vector<Compensation>& found) {
    const Instant now = clock_.now();
    for (const Compensation& compensation : found) {
      if (!is_unsettled(compensation)) continue;
      const auto lane = lanes_.find(compensation.instrument);
      if (lane == lanes_.end()) {
        leave(compensation);
        continue;
      }
      const auto [parcel, is_new] = parcels_.try_emplace(compensation.number);
      if (!is_new) continue;
      const bool is_new_to_it = compensation.dispatched_at == Instant{};
      parcel->second = Parcel{compensation, &lane->second, compensation.attempts,
                              is_new_to_it ? now : compensation.dispatched_at};
      queue(compensation.number, now);
    }
    pump();
  }

  /// Of a channel that is not configured; transfers have their batches.
  void leave(const Compensation& compensation) {
    if (compensation.instrument == Instrument::transfer) return;
    if (left_.emplace(compensation.number, compensation.instrument).second)
      ++count_without(compensation.instrument);
  }

  std::atomic<uint64_t>& count_without(Instrument instrument) {
    return instrument == Instrument::apology ? without_apology_ : without_webhook_;
  }

  void queue(uint64_t number, Instant at) {
    Parcel& parcel = parcels_.at(number);
    parcel.queued_at = at;
    parcel.lane->queue.emplace(at, number);
  }

  /// Asks the ledger what has become of it, and takes it up as that says.
  void look_again(uint64_t number) {
    ports_.look_up(number, [weak = weak_from_this()](const std::optional<Compensation>& found) {
      const auto keeper = weak.lock();
      if (keeper == nullptr || !found) return;
      keeper->post([keeper = keeper.get(), found] { keeper->replace(*found); });
    });
  }

  void replace(const Compensation& compensation) {
    if (const auto left = left_.find(compensation.number); left != left_.end()) {
      --count_without(left->second);
      left_.erase(left);
    }
    const auto known = parcels_.find(compensation.number);
    if (known != parcels_.end()) {
      Parcel& parcel = known->second;
      parcel.is_outdated = !parcel.queued_at;
      if (parcel.is_outdated) return;  // its attempt comes to an end first
      parcel.lane->queue.erase({*parcel.queued_at, compensation.number});
      parcels_.erase(known);
    }
    take({compensation});
  }

  /// Begins what may begin, and sets the alarm for what may not yet.
  void pump() {
    if (!is_started_ || is_stopping_) return;
    Instant next = rules::model::kEndOfTime;
    uint64_t waiting_count = 0, busy_count = 0;
    for (auto& [instrument, lane] : lanes_) {
      while (!lane.queue.empty() && lane.busy_count < lane.at_once_max &&
             lane.queue.begin()->first <= clock_.now()) {
        const uint64_t number = lane.queue.begin()->second;
        lane.queue.erase(lane.queue.begin());
        parcels_.at(number).queued_at.reset();
        ++lane.busy_count;
        begin(number);
      }
      if (!lane.queue.empty() && lane.busy_count < lane.at_once_max)
        next = std::min(next, lane.queue.begin()->first);
      waiting_count += lane.queue.size();
      busy_count += lane.busy_count;
    }
    waiting_ = waiting_count;
    in_flight_ = busy_count;
    if (next == rules::model::kEndOfTime) {
      alarm_->cancel();
    } else {
      alarm_->set(next, [this] { pump(); });
    }
  }

  void begin(uint64_t number) {
    Parcel& parcel = parcels_.at(number);
    parcel.compensation.attempts = parcel.attempts++;
    ++attempts_;
    Channel& channel = *parcel.lane->channel;
    if (!channel.is_remote()) {
      conclude(number, channel.deliver(parcel.compensation, {}));
      return;
    }
    // INVARIANT: durable before the first byte leaves, so that a restart knows what may have been
    // sent.
    submit({number, Settle::Outcome::dispatched, std::string(channel.name()), parcel.attempts,
            channel.instrument()},
           [this, number](const Result<void>& recorded) {
             if (recorded.ok()) {
               hand_over(number);
             } else {
               refuse(number, recorded.error());
             }
           });
  }

  void hand_over(uint64_t number) {
    if (is_stopping_) return;
    const Parcel& parcel = parcels_.at(number);
    auto attempt = [this, number, channel = parcel.lane->channel,
                    compensation = parcel.compensation] {
      if (is_stopping_) return;
      const bool is_worded = compensation.instrument == Instrument::apology && ports_.wording_of;
      Outcome outcome =
          channel->deliver(compensation, is_worded ? ports_.wording_of(compensation) : Wording{});
      post([this, number, outcome = std::move(outcome)] { conclude(number, outcome); });
    };
    if (deliverers_) {
      asio::post(*deliverers_, std::move(attempt));
    } else {
      post(std::move(attempt));
    }
  }

  void conclude(uint64_t number, const Outcome& outcome) {
    if (outcome.kind == Outcome::Kind::contradicted) tell_contradicted(number, outcome.text);
    if (outcome.kind == Outcome::Kind::unknown || outcome.kind == Outcome::Kind::contradicted) {
      try_again_later(number, outcome.text);
      return;
    }
    const bool is_failed = outcome.kind == Outcome::Kind::failed;
    const Parcel& parcel = parcels_.at(number);
    submit({number, to_settled(outcome.kind), outcome.text, parcel.attempts,
            parcel.lane->channel->instrument()},
           [this, number, is_failed](const Result<void>& recorded) {
             if (!recorded.ok()) {
               refuse(number, recorded.error());
               return;
             }
             ++(is_failed ? failed_ : settled_);
             forget(number);
           });
  }

  void tell_contradicted(uint64_t number, const std::string& why) {
    ++contradicted_;
    Parcel& parcel = parcels_.at(number);
    if (std::exchange(parcel.is_told, true)) return;
    ports_.tell(name_of(number) + ": " + why + "; it does not count as paid and is asked again");
  }

  void try_again_later(uint64_t number, const std::string& why) {
    ++unknown_;
    Parcel& parcel = parcels_.at(number);
    const Instant now = clock_.now();
    const Instant at = now + retry_pause(settings_, parcel.attempts, random_());
    if (at - parcel.taken_at > settings_.give_up_after) {
      give_up(number, why);
      return;
    }
    --parcel.lane->busy_count;
    queue(number, at);
    if (std::exchange(parcel.is_outdated, false)) look_again(number);
    pump();
  }

  /// WHY: it may have been paid, so nothing is sent again; a person asks the receiver.
  void give_up(uint64_t number, const std::string& why) {
    const Parcel& parcel = parcels_.at(number);
    const std::string said =
        "no outcome after " + std::to_string(parcel.attempts) + " attempts, the last: " + why;
    submit({number, Settle::Outcome::unknown, said, parcel.attempts,
            parcel.lane->channel->instrument()},
           [this, number, said](const Result<void>& recorded) {
             if (!recorded.ok()) {
               refuse(number, recorded.error());
               return;
             }
             ++given_up_;
             ports_.tell(name_of(number) + ": " + said + "; ask the receiver whether it paid");
             forget(number);
           });
  }

  void refuse(uint64_t number, const rules::model::Error& error) {
    ports_.tell(name_of(number) + ": the ledger refused its outcome: " + error.message);
    forget(number);
  }

  void forget(uint64_t number) {
    const auto parcel = parcels_.find(number);
    --parcel->second.lane->busy_count;
    const bool is_outdated = parcel->second.is_outdated;
    parcels_.erase(parcel);
    if (is_outdated) look_again(number);
    pump();
  }

  /// Submits, and runs `then` on this loop with the answer.
  template <typename Then>
  void submit(const Settle& settle, Then then) {
    ports_.settle(settle, [weak = weak_from_this(), then](const Result<void>& answer) {
      if (const auto keeper = weak.lock()) keeper->post([then, answer] { then(answer); });
    });
  }

  static std::string name_of(uint64_t number) {
    return rules::ledger::compensation_id(kPartition, number);
  }

  const OutboxSettings settings_;
  runtime::Clock& clock_;
  const OutboxPorts ports_;
  const std::vector<std::unique_ptr<Channel>> channels_;
  std::mt19937_64 random_;
  asio::io_context loop_{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_{
      loop_.get_executor()};
  std::unique_ptr<runtime::Alarm> alarm_;
  std::thread thread_;
  bool has_remote_ = false;
  bool is_started_ = false;
  std::atomic<bool> is_stopping_{false};
  std::map<rules::model::Instrument, Lane> lanes_;
  std::map<uint64_t, Parcel> parcels_;
  std::map<uint64_t, Instrument> left_;  ///< for which there is no channel
  std::atomic<uint64_t> waiting_{0}, in_flight_{0}, attempts_{0}, settled_{0}, failed_{0},
      unknown_{0}, given_up_{0}, contradicted_{0}, without_webhook_{0}, without_apology_{0};
  std::optional<asio::thread_pool> deliverers_;  ///< none while it is driven
};

Outbox::Outbox(OutboxSettings settings, runtime::Clock& clock, OutboxPorts ports,
               std::vector<std::unique_ptr<Channel>> channels)
    : keeper_(std::make_shared<Keeper>(settings, clock, std::move(ports), std::move(channels))) {}

Outbox::~Outbox() { stop(); }

void Outbox::follow(const runtime::CommittedPtr& committed) { keeper_->follow(committed); }
void Outbox::start() { keeper_->start(); }
void Outbox::start_driven() { keeper_->start_driven(); }
bool Outbox::turn() { return keeper_->turn(); }
void Outbox::stop() { keeper_->stop(); }
OutboxFigures Outbox::figures() const { return keeper_->figures(); }

}  // namespace lupaus::server::compensate
