#include "clients/branch/sender.h"

#include <algorithm>
#include <random>
#include <utility>

#include "clients/branch/wire.h"

namespace lupaus::clients::branch {
namespace {

using Steady = std::chrono::steady_clock;

constexpr size_t kBatchEventsMax = 256;
/// Room in a message for what is not an event.
constexpr size_t kBatchOverheadBytes = 1'024;
/// What a server reads that states no limit.
constexpr size_t kMessageBytesDefault = 64 * 1'024;
/// Above it an event fits into no message.
constexpr size_t kEventBytesMax = 32 * 1'024;
constexpr std::chrono::seconds kSaveEvery{1};
/// How long close() waits for the goodbye before it hangs up.
constexpr std::chrono::seconds kGoodbyeMax{2};

uint64_t seed_of(const std::string& source) {
  std::random_device device;
  return std::hash<std::string>{}(source) ^ (uint64_t{device()} << 32) ^ device();
}

}  // namespace

Sender::Sender(const Options& options, spool::Spool& spool, std::shared_ptr<grpc::Channel> channel)
    : options_(options),
      spool_(spool),
      stub_(lupaus::v1::EventService::NewStub(channel)),
      backoff_(options.backoff_min, options.backoff_max, seed_of(options.source)) {
  thread_ = std::thread([this] { run(); });
}

Sender::~Sender() { close(false); }

Instant Sender::now() const {
  if (options_.now) return options_.now();
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Result<uint64_t> Sender::record(lupaus::v1::Event event, std::optional<Instant> occurred_at) {
  uint64_t sequence = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closing_) return Error{"closed", "expected an open terminal, but it was closed", ""};
    set_instant(*event.mutable_occurred_at(), occurred_at.value_or(now()));
    const std::string bytes = event.SerializeAsString();
    if (bytes.size() > kEventBytesMax) {
      return Error{"event_too_large",
                   "expected an event of at most " + std::to_string(kEventBytesMax) +
                       " bytes, but it has " + std::to_string(bytes.size()),
                   "send fewer or shorter attributes"};
    }
    const Result<uint64_t> appended = spool_.append(bytes);
    if (!appended) return appended;
    sequence = appended.value();
    changed_.notify_all();
  }
  if (options_.sync_every.count() == 0) {
    if (Result<void> synced = spool_.sync_to(sequence); !synced) return synced.error();
    changed_.notify_all();
  }
  return sequence;
}

void Sender::beat() {
  const std::scoped_lock lock(mutex_);
  is_beat_wanted_ = true;
  changed_.notify_all();
}

bool Sender::wait_until_acked(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const uint64_t wanted = spool_.last();
  changed_.wait_for(lock, timeout,
                    [&] { return spool_.numbers().acked >= wanted || is_stopped_ || is_closing_; });
  return spool_.numbers().acked >= wanted;
}

Status Sender::status() const {
  const std::scoped_lock lock(mutex_);
  const spool::Numbers numbers = spool_.numbers();
  return Status{is_connected_, is_stopped_, spool_.last(), numbers.acked, numbers.epoch, error_};
}

void Sender::close(bool is_last) {
  {
    std::unique_lock lock(mutex_);
    is_closing_ = true;
    is_last_ = is_last_ || is_last;
    changed_.notify_all();
    if (context_ && !is_connected_) context_->TryCancel();
    changed_.wait_for(lock, kGoodbyeMax, [&] { return context_ == nullptr; });
    if (context_) context_->TryCancel();
  }
  if (thread_.joinable()) thread_.join();
}

void Sender::run() {
  while (true) {
    note(session());
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, backoff_.next(), [&] { return is_closing_ || is_stopped_; });
    if (is_closing_ || is_stopped_) break;
  }
  static_cast<void>(spool_.save());
}

void Sender::note(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::ALREADY_EXISTS) {
    stop_for_good({"twin_source",
                   "the server has another event under a number of `" + options_.source +
                       "`: " + status.error_message(),
                   "two terminals use this source's name, or its disk was copied: give one of them "
                   "another name, "
                   "or an empty spool directory"});
    return;
  }
  const std::scoped_lock lock(mutex_);
  if (status.ok() || is_stopped_) return;
  error_ =
      Error{"disconnected",
            "the connection to `" + options_.server + "` broke: " + status.error_message(), ""};
}

void Sender::stop_for_good(Error error) {
  const std::scoped_lock lock(mutex_);
  error_ = std::move(error);
  is_stopped_ = true;
  changed_.notify_all();
}

grpc::Status Sender::session() {
  grpc::ClientContext* context = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closing_ || is_stopped_) return grpc::Status::OK;
    context_ = std::make_unique<grpc::ClientContext>();
    context = context_.get();
    is_broken_ = false;
    in_flight_.clear();
  }
  grpc::Status status;
  {
    const std::unique_ptr<Stream> stream = stub_->StreamEvents(context);
    status = talk(*stream);
  }
  const std::scoped_lock lock(mutex_);
  is_connected_ = false;
  context_.reset();
  changed_.notify_all();
  return status;
}

bool Sender::say_hello(Stream& stream) {
  lupaus::v1::StreamEventsRequest request;
  lupaus::v1::Hello::Source& source = *request.mutable_hello()->add_sources();
  const spool::Numbers numbers = spool_.numbers();
  source.set_source(options_.source);
  source.set_epoch(numbers.epoch);
  source.set_kept_from_sequence(spool_.first() == 1 ? 0 : spool_.first());
  source.set_last_acked_sequence(numbers.acked);
  return stream.Write(request);
}

grpc::Status Sender::talk(Stream& stream) {
  lupaus::v1::StreamEventsResponse response;
  if (!say_hello(stream) || !stream.Read(&response)) return stream.Finish();
  if (Result<void> taken = take_welcome(response.welcome()); !taken) {
    stop_for_good(taken.error());
    stream.WritesDone();
    const std::scoped_lock lock(mutex_);
    context_->TryCancel();
    return grpc::Status::OK;
  }
  std::thread reader([&] { read_acks(stream); });
  bool is_alive = true;
  while (is_alive) {
    const Need need = wait_for_need();
    if (need == Need::stop) break;
    is_alive = need == Need::batch ? send_batch(stream) : send_heartbeat(stream);
  }
  bool is_goodbye = false;
  {
    const std::scoped_lock lock(mutex_);
    is_goodbye = is_closing_ && !is_broken_ && is_last_ && sent_ == spool_.last();
    if (is_stopped_) context_->TryCancel();
  }
  if (is_goodbye) static_cast<void>(send_heartbeat(stream));
  stream.WritesDone();
  reader.join();
  return stream.Finish();
}

Result<void> Sender::take_welcome(const lupaus::v1::Welcome& welcome) {
  if (welcome.sources_size() != 1 || welcome.sources(0).source() != options_.source) {
    return Error{"bad_welcome",
                 "expected the server to welcome `" + options_.source + "`, but it did not",
                 "see whether `" + options_.server + "` is a Lupaus server"};
  }
  const lupaus::v1::Welcome::Source& source = welcome.sources(0);
  const uint64_t last = spool_.last();
  if (source.next_sequence() > last + 1) {
    return Error{"spool_behind_server",
                 "expected to be asked for event " + std::to_string(last + 1) +
                     " at most, but the server has " + std::to_string(source.next_sequence() - 1) +
                     " of `" + options_.source + "`",
                 "this disk is an old copy, or another terminal uses the source's name: start it "
                 "with an empty "
                 "spool directory, or give it another name"};
  }
  if (spool_.numbers().epoch != source.epoch()) {
    spool_.set_epoch(source.epoch());
    // INVARIANT: an epoch is on disk before the first event goes out under it.
    if (Result<void> saved = spool_.save(); !saved) return saved;
  }
  const uint64_t next = std::max(source.next_sequence(), spool_.first());
  if (next > 1) spool_.acknowledge(next - 1, now());
  const std::scoped_lock lock(mutex_);
  sent_ = next == 0 ? 0 : next - 1;
  window_ = std::max<size_t>(welcome.window_batches_count(), 1);
  message_bytes_max_ =
      welcome.max_message_bytes() > 0 ? welcome.max_message_bytes() : kMessageBytesDefault;
  is_connected_ = true;
  error_.reset();
  backoff_.reset();
  next_beat_ = Steady::now();
  changed_.notify_all();
  return {};
}

Sender::Need Sender::wait_for_need() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (is_broken_) return Need::stop;
    const auto instant = Steady::now();
    const bool has_more = spool_.last() > sent_;
    const bool is_synced = spool_.synced() > sent_;
    const bool may_sync = options_.sync_every.count() > 0 && (instant >= next_sync_ || is_closing_);
    if (has_more && in_flight_.size() < window_ && (is_synced || may_sync)) return Need::batch;
    if (is_closing_) return Need::stop;
    const bool is_timed = options_.heartbeat_every.count() > 0;
    const bool is_due = is_beat_wanted_ || (is_timed && instant >= next_beat_);
    if (!has_more && is_due) return Need::heartbeat;
    auto until = instant + std::chrono::hours(1);
    if (is_timed && !has_more) until = std::min(until, next_beat_);
    if (has_more && options_.sync_every.count() > 0 && in_flight_.size() < window_)
      until = std::min(until, next_sync_);
    changed_.wait_until(lock, until);
  }
}

bool Sender::send_batch(Stream& stream) {
  if (options_.sync_every.count() > 0) {
    if (Result<void> synced = spool_.sync_to(spool_.last()); !synced) {
      stop_for_good(synced.error());
      return false;
    }
  }
  lupaus::v1::StreamEventsRequest request;
  lupaus::v1::Batch& batch = *request.mutable_batch();
  batch.set_source(options_.source);
  batch.set_epoch(spool_.numbers().epoch);
  batch.set_first_sequence(sent_ + 1);
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
    bytes += record.value().size() + 8;
    if (batch.events_size() > 0 && bytes > message_bytes_max_) break;
    batch.add_events()->ParseFromString(record.value());
  }
  {
    const std::scoped_lock lock(mutex_);
    sent_ = sequence - 1;
    in_flight_.push_back(sent_);
    next_beat_ = Steady::now() + options_.heartbeat_every;
    next_sync_ = Steady::now() + options_.sync_every;
  }
  set_instant(*batch.mutable_sent_at(), now());
  return stream.Write(request);
}

bool Sender::send_heartbeat(Stream& stream) {
  lupaus::v1::StreamEventsRequest request;
  lupaus::v1::Heartbeat& heartbeat = *request.mutable_heartbeat();
  {
    const std::scoped_lock lock(mutex_);
    if (spool_.last() > sent_) return true;
    const Instant at = now();
    set_instant(*heartbeat.mutable_at(), at - options_.report_delay_max);
    set_instant(*heartbeat.mutable_sent_at(), at);
    heartbeat.set_closing(is_closing_ && is_last_);
    heartbeat.set_last_sequence(sent_);
    is_beat_wanted_ = false;
    next_beat_ = Steady::now() + options_.heartbeat_every;
  }
  heartbeat.set_source(options_.source);
  heartbeat.set_epoch(spool_.numbers().epoch);
  return stream.Write(request);
}

void Sender::read_acks(Stream& stream) {
  lupaus::v1::StreamEventsResponse response;
  while (stream.Read(&response)) {
    if (response.has_ack()) take_ack(response.ack());
  }
  const std::scoped_lock lock(mutex_);
  is_broken_ = true;
  changed_.notify_all();
}

void Sender::take_ack(const lupaus::v1::Ack& ack) {
  if (options_.on_rejected) {
    for (const lupaus::v1::RejectedReason& reason : ack.rejected()) {
      options_.on_rejected(Rejected{reason.sequence(), reason.reason(), reason.message()});
    }
  }
  spool_.acknowledge(ack.up_to_sequence(), now());
  bool is_save_due = false;
  {
    const std::scoped_lock lock(mutex_);
    while (!in_flight_.empty() && in_flight_.front() <= ack.up_to_sequence())
      in_flight_.pop_front();
    is_save_due = Steady::now() >= next_save_;
    if (is_save_due) next_save_ = Steady::now() + kSaveEvery;
    changed_.notify_all();
  }
  if (is_save_due) static_cast<void>(spool_.save());
}

}  // namespace lupaus::clients::branch
