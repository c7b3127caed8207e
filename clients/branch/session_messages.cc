// What a session says and how it takes what it is told.
#include <algorithm>

#include "clients/branch/session.h"
#include "clients/branch/wire.h"

namespace lupaus::clients::branch {
namespace {

constexpr size_t kBatchEventsMax = 256;
/// Room in a message for what is not an event.
constexpr size_t kBatchOverheadBytes = 1'024;
/// Of an event in a batch: its tag and length.
constexpr size_t kEventOverheadBytes = 8;
/// What a server reads that states no limit.
constexpr size_t kMessageBytesDefault = 64 * 1'024;
/// Longer than for a welcome, for a server that is busy gets busier by what is sent again.
constexpr std::chrono::seconds kAckMax{120};

/// After so long a silence a heartbeat asks for an answer.
constexpr std::chrono::seconds kSilenceMax{10};

/// The server has events that are not on this disk.
Error behind_server(const Options& options, uint64_t ours, uint64_t theirs) {
  return Error{
      "spool_behind_server",
      "expected to be asked for event " + std::to_string(ours + 1) +
          " at most, but the server has " + std::to_string(theirs) + " of `" + options.source + "`",
      "this disk is an old copy, or another terminal uses the source's name: start it with "
      "an empty spool directory, or give it another name"};
}

Error bad_answer(const Options& options, const char* what) {
  return Error{"bad_answer",
               "expected " + std::string(what) + ", but the server answered otherwise",
               "see whether `" + options.server + "` is a Lupaus server"};
}

}  // namespace

std::vector<Rejected> Session::received(const lupaus::v1::StreamEventsResponse& response,
                                        Moment now) {
  if (is_broken_ || state_ == State::leaving) return {};
  const bool is_talking = state_ == State::open || state_ == State::finishing;
  if (response.has_ack() && is_talking) return take_ack(response.ack(), now);
  if (response.has_welcome() && state_ == State::asked) {
    take_welcome(response.welcome(), now);
  } else if (response.has_welcome() || response.has_ack()) {
    break_off(bad_answer(options_, "one welcome, then acknowledgements"));
  }
  return {};
}

void Session::take_welcome(const lupaus::v1::Welcome& welcome, Moment now) {
  const bool is_ours = welcome.sources_size() == 1 &&
                       welcome.sources(0).source() == options_.source &&
                       welcome.sources(0).epoch() != 0 && welcome.sources(0).next_sequence() != 0;
  if (!is_ours) return stop_for_good(bad_answer(options_, "a welcome for this source"));
  const lupaus::v1::Welcome::Source& source = welcome.sources(0);
  const uint64_t theirs = source.next_sequence() - 1;
  const uint64_t ours = spool_.synced();
  if (theirs > ours) return stop_for_good(behind_server(options_, ours, theirs));
  if (spool_.numbers().epoch != source.epoch()) {
    spool_.set_epoch(source.epoch());
    // INVARIANT: an epoch is on disk before the first event goes out under it.
    is_epoch_unsaved_ = true;
  }
  // INVARIANT: what the server has under our numbers is ours only when it was compared. A copy of
  // this disk may have spoken in between: all that was not acknowledged to us is sent again, and
  // what the server knows is a duplicate, or kept apart as a twin.
  sent_ = std::max(std::min(theirs, spool_.numbers().acked) + 1, spool_.first()) - 1;
  window_ = std::max<size_t>(welcome.window_batches_count(), 1);
  message_bytes_max_ =
      welcome.max_message_bytes() > 0 ? welcome.max_message_bytes() : kMessageBytesDefault;
  state_ = State::open;
  error_.reset();
  opened_at_ = heard_at_ = next_beat_ = now.steady;
}

std::vector<Rejected> Session::take_ack(const lupaus::v1::Ack& ack, Moment now) {
  if (ack.source() != options_.source || ack.epoch() != spool_.numbers().epoch) {
    break_off(bad_answer(options_, "an acknowledgement for this source and its epoch"));
    return {};
  }
  uint64_t up_to = ack.up_to_sequence();
  if (up_to > spool_.synced()) {
    stop_for_good(behind_server(options_, spool_.synced(), up_to));
    return {};
  }
  // WHY: batches of the connection before may have been decided after the welcome; they are sent
  // again, and acknowledged then.
  up_to = std::min(up_to, sent_);
  const uint64_t acked = spool_.numbers().acked;
  if (up_to > acked) backoff_.reset();
  spool_.acknowledge(up_to, Instant(now.steady));
  while (!in_flight_.empty() && in_flight_.front() <= up_to) in_flight_.pop_front();
  answer_by_ = now.steady + kAckMax;
  heard_at_ = now.steady;
  is_ack_asked_ = false;
  is_ack_unsaved_ = is_ack_unsaved_ || up_to > acked;
  std::vector<Rejected> rejected;
  for (const lupaus::v1::RejectedReason& reason : ack.rejected())
    rejected.push_back({reason.sequence(), reason.reason(), reason.message()});
  return rejected;
}

void Session::write_hello(lupaus::v1::StreamEventsRequest& message) const {
  message.Clear();
  lupaus::v1::Hello::Source& source = *message.mutable_hello()->add_sources();
  const spool::Numbers numbers = spool_.numbers();
  source.set_source(options_.source);
  source.set_epoch(numbers.epoch);
  source.set_kept_from_sequence(spool_.first() == 1 ? 0 : spool_.first());
  source.set_last_acked_sequence(numbers.acked);
  source.set_last_sequence(spool_.synced());
}

bool Session::write_batch(lupaus::v1::StreamEventsRequest& message, Moment now) {
  message.Clear();
  lupaus::v1::Batch& batch = *message.mutable_batch();
  batch.set_source(options_.source);
  batch.set_epoch(spool_.numbers().epoch);
  batch.set_first_sequence(sent_ + 1);
  set_instant(*batch.mutable_sent_at(), now.wall);
  size_t bytes = kBatchOverheadBytes;
  const uint64_t synced = spool_.synced();
  uint64_t sequence = sent_ + 1;
  for (; sequence <= synced && batch.events_size() < static_cast<int>(kBatchEventsMax);
       ++sequence) {
    const Result<std::string> record = spool_.read(sequence);
    if (!record) {
      stop_for_good(record.error());
      return false;
    }
    bytes += record.value().size() + kEventOverheadBytes;
    if (batch.events_size() > 0 && bytes > message_bytes_max_) break;
    if (!batch.add_events()->ParseFromString(record.value())) {
      stop_for_good({"spool_damaged",
                     "expected an event under number " + std::to_string(sequence) +
                         " of the spool, but it is none",
                     "move the spool's directory aside; a new one begins a new epoch"});
      return false;
    }
  }
  if (in_flight_.empty() && !is_ack_asked_) answer_by_ = now.steady + kAckMax;
  sent_ = sequence - 1;
  in_flight_.push_back(sent_);
  next_beat_ = now.steady + options_.heartbeat_every;
  return true;
}

void Session::write_heartbeat(lupaus::v1::StreamEventsRequest& message, Moment now,
                              bool is_goodbye) {
  message.Clear();
  lupaus::v1::Heartbeat& heartbeat = *message.mutable_heartbeat();
  heartbeat.set_source(options_.source);
  heartbeat.set_epoch(spool_.numbers().epoch);
  heartbeat.set_last_sequence(sent_);
  set_instant(*heartbeat.mutable_at(), now.wall - options_.report_delay_max);
  set_instant(*heartbeat.mutable_sent_at(), now.wall);
  heartbeat.set_closing(is_goodbye);
  if (!is_goodbye && !is_ack_asked_ && now.steady - heard_at_ >= kSilenceMax) {
    heartbeat.set_wants_ack(true);
    is_ack_asked_ = true;
    if (in_flight_.empty()) answer_by_ = now.steady + kAckMax;
  }
  is_beat_wanted_ = false;
  next_beat_ = now.steady + options_.heartbeat_every;
}

}  // namespace lupaus::clients::branch
