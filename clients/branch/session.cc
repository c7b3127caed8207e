#include "clients/branch/session.h"

#include <algorithm>
#include <utility>

#include "clients/branch/wire.h"

namespace lupaus::clients::branch {
namespace {

/// Above it an event fits into no message.
constexpr size_t kEventBytesMax = 32 * 1'024;
constexpr std::chrono::seconds kSaveEvery{1};
/// How long close() waits for the goodbye before it hangs up.
constexpr std::chrono::seconds kGoodbyeMax{2};
/// A server that takes longer to welcome is as good as dead: another attempt may find another one.
constexpr std::chrono::seconds kWelcomeMax{30};
/// A connection that stood so long was no failure: the next break begins with the short waits.
constexpr std::chrono::seconds kStoodLong{30};
/// A server that asks for more is not believed.
constexpr std::chrono::minutes kRetryAfterMax{5};

}  // namespace

Session::Session(const Options& options, spool::Spool& spool, uint64_t seed)
    : options_(options), spool_(spool), backoff_(options.backoff_min, options.backoff_max, seed) {}

Result<uint64_t> Session::record(lupaus::v1::Event event, std::optional<Instant> occurred_at,
                                 Moment now) {
  if (is_closing_) return Error{"closed", "expected an open terminal, but it was closed", ""};
  set_instant(*event.mutable_occurred_at(), occurred_at.value_or(now.wall));
  const std::string bytes = event.SerializeAsString();
  if (bytes.size() > kEventBytesMax) {
    return Error{"event_too_large",
                 "expected an event of at most " + std::to_string(kEventBytesMax) +
                     " bytes, but it has " + std::to_string(bytes.size()),
                 "send fewer or shorter attributes"};
  }
  return spool_.append(bytes);
}

void Session::close(bool is_last, Moment now) {
  if (!is_closing_) goodbye_by_ = now.steady + kGoodbyeMax;
  is_closing_ = true;
  is_last_ = is_last_ || is_last;
}

void Session::connected() {
  if (state_ == State::connecting) state_ = State::greeting;
}

void Session::disconnected(const Ending& ending, Moment now) {
  const bool was_open = state_ == State::open || state_ == State::finishing;
  state_ = State::idle;
  in_flight_.clear();
  is_ack_asked_ = false;
  if (ending.is_twin) {
    return stop_for_good({"twin_source",
                          "the server has another event under a number of `" + options_.source +
                              "`: " + ending.message,
                          "two terminals use this source's name, or its disk was copied: give one "
                          "of them another name, or an empty spool directory"});
  }
  if (!ending.is_ok && !is_stopped_ && !is_broken_ && !is_closing_) {
    error_ = Error{"disconnected",
                   "the connection to `" + options_.server + "` broke: " + ending.message, ""};
  }
  is_broken_ = false;
  if (was_open && now.steady - opened_at_ >= kStoodLong) backoff_.reset();
  Steady wait = backoff_.next();
  if (ending.retry_after)
    wait += std::clamp<Steady>(*ending.retry_after, Steady(0), kRetryAfterMax);
  attempt_at_ = now.steady + wait;
}

void Session::synced(const Result<void>& outcome) {
  if (outcome) return;
  is_disk_failed_ = true;
  stop_for_good(outcome.error());
}

void Session::saved(const Result<void>& outcome, Moment now) {
  next_save_ = now.steady + kSaveEvery;
  if (!outcome) {
    if (is_epoch_unsaved_) break_off(outcome.error());
    return;
  }
  is_epoch_unsaved_ = false;
  is_ack_unsaved_ = false;
}

void Session::break_off(Error error) {
  error_ = std::move(error);
  is_broken_ = true;
}

void Session::stop_for_good(Error error) {
  break_off(std::move(error));
  is_stopped_ = true;
}

Step Session::next(Moment now, lupaus::v1::StreamEventsRequest* message) {
  if (std::optional<Step> store = next_store(now)) return *store;
  switch (state_) {
    case State::idle:
      return next_while_idle(now);
    case State::connecting:
      return is_broken_ || is_closing_ ? hang_up() : wait_until(Steady::max());
    case State::greeting:
      if (is_broken_ || is_closing_) return hang_up();
      if (message == nullptr) return wait_until(Steady::max());
      write_hello(*message);
      state_ = State::asked;
      answer_by_ = now.steady + kWelcomeMax;
      return Step{Step::Kind::send};
    case State::asked:
      return is_broken_ || is_closing_ ? hang_up() : expect_until(answer_by_, now, "a welcome");
    case State::open:
      return is_broken_ ? hang_up() : next_while_open(now, message);
    case State::finishing:
      return is_broken_ || now.steady >= goodbye_by_ ? hang_up() : wait_until(goodbye_by_);
    case State::leaving:
      return wait_until(Steady::max());
    case State::closed:
      break;
  }
  return Step{Step::Kind::closed};
}

std::optional<Step> Session::next_store(Moment now) {
  if (state_ == State::closed) return std::nullopt;
  if (is_sync_asked() && (now.steady >= next_sync_ || is_closing_)) {
    next_sync_ = now.steady + options_.sync_every;
    return Step{Step::Kind::sync};
  }
  const bool is_save_due = is_ack_unsaved_ && now.steady >= next_save_;
  if (is_stopped_ || is_broken_ || (!is_epoch_unsaved_ && !is_save_due)) return std::nullopt;
  return Step{Step::Kind::save};
}

Step Session::next_while_idle(Moment now) {
  if (is_closing_) {
    state_ = State::closed;
    return Step{Step::Kind::closed};
  }
  if (is_stopped_) return wait_until(Steady::max());
  if (now.steady < attempt_at_) return wait_until(attempt_at_);
  state_ = State::connecting;
  return Step{Step::Kind::connect};
}

Step Session::next_while_open(Moment now, lupaus::v1::StreamEventsRequest* message) {
  const bool has_batch = in_flight_.size() < window_ && spool_.synced() > sent_;
  if (has_batch && message != nullptr)
    return write_batch(*message, now) ? Step{Step::Kind::send} : hang_up();
  if (is_closing_) return next_goodbye(now, message);
  const bool is_all_sent = spool_.last() == sent_;
  const bool is_timed = options_.heartbeat_every.count() > 0;
  if (is_all_sent && message != nullptr &&
      (is_beat_wanted_ || (is_timed && now.steady >= next_beat_))) {
    write_heartbeat(*message, now, false);
    return Step{Step::Kind::send};
  }
  const bool is_answer_owed = !in_flight_.empty() || is_ack_asked_;
  if (is_answer_owed && now.steady >= answer_by_)
    return expect_until(answer_by_, now, "an acknowledgement");
  return wait_until(
      std::min(is_timed && is_all_sent && message != nullptr ? next_beat_ : Steady::max(),
               is_answer_owed ? answer_by_ : Steady::max()));
}

Step Session::next_goodbye(Moment now, lupaus::v1::StreamEventsRequest* message) {
  if (spool_.last() != sent_ || message == nullptr)
    return now.steady >= goodbye_by_ ? hang_up() : wait_until(goodbye_by_);
  if (is_last_ && !is_goodbye_said_) {
    is_goodbye_said_ = true;
    write_heartbeat(*message, now, true);
    return Step{Step::Kind::send};
  }
  state_ = State::finishing;
  return Step{Step::Kind::finish};
}

Step Session::expect_until(Steady at, Moment now, const char* what) {
  if (now.steady < at) return wait_until(at);
  break_off({"no_answer",
             "expected " + std::string(what) + " from `" + options_.server + "`, but none came",
             "see whether the server is well; the terminal tries again"});
  return hang_up();
}

Step Session::hang_up() {
  state_ = State::leaving;
  return Step{Step::Kind::hang_up};
}

Step Session::wait_until(Steady at) const {
  if (is_sync_asked()) at = std::min(at, next_sync_);
  if (is_ack_unsaved_ && !is_stopped_ && !is_broken_) at = std::min(at, next_save_);
  return Step{Step::Kind::wait, at};
}

bool Session::is_sync_asked() const {
  return options_.sync_every.count() > 0 && !is_disk_failed_ && spool_.last() > spool_.synced();
}

Status Session::status() const {
  const spool::Numbers numbers = spool_.numbers();
  const bool is_connected = state_ == State::open && !is_broken_;
  return Status{is_connected, is_stopped_, spool_.last(), numbers.acked, numbers.epoch, error_};
}

}  // namespace lupaus::clients::branch
