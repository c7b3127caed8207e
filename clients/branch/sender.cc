#include "clients/branch/sender.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <random>
#include <utility>

#include "clients/branch/channel.h"

namespace lupaus::clients::branch {
namespace {

using Clock = std::chrono::steady_clock;

/// Also where a session has nothing to wait for.
constexpr std::chrono::hours kWaitMax{1};

uint64_t seed_of(const std::string& source) {
  std::random_device device;
  return std::hash<std::string>{}(source) ^ (uint64_t{device()} << 32) ^ device();
}

Ending to_ending(const grpc::Status& status) {
  return Ending{status.ok(), status.error_code() == grpc::StatusCode::ALREADY_EXISTS,
                status.error_message(), retry_after_of(status.error_details())};
}

}  // namespace

/// One StreamEvents call. gRPC's threads come in by the reactions; everything else is the sender's
/// thread. Held by hand until nothing more is read, for writes come from outside of reactions.
class Sender::Call final : public grpc::ClientBidiReactor<lupaus::v1::StreamEventsRequest,
                                                          lupaus::v1::StreamEventsResponse> {
 public:
  explicit Call(Sender& sender) : sender_(sender) {}

  void start() {
    sender_.stub_->async()->StreamEvents(&context_, this);
    AddHold();
    StartRead(&response_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    std::vector<Rejected> rejected;
    {
      const std::scoped_lock lock(sender_.mutex_);
      if (ok) rejected = sender_.session_.received(response_, sender_.now());
      is_read_done = !ok;
      sender_.changed_.notify_all();
    }
    if (!ok) return;
    if (sender_.options_.on_rejected) {
      for (const Rejected& event : rejected) sender_.options_.on_rejected(event);
    }
    StartRead(&response_);
  }

  void OnWriteDone(bool) override {
    const std::scoped_lock lock(sender_.mutex_);
    is_writing = false;
    sender_.changed_.notify_all();
  }

  void OnDone(const grpc::Status& status) override {
    const std::scoped_lock lock(sender_.mutex_);
    ending = to_ending(status);
    sender_.changed_.notify_all();
  }

  void cancel() { context_.TryCancel(); }

  // Guarded by the sender's mutex:
  bool is_writing = false;
  bool is_read_done = false;
  bool is_released = false;
  std::optional<Ending> ending;
  lupaus::v1::StreamEventsRequest message;  ///< gRPC's while is_writing

 private:
  Sender& sender_;
  grpc::ClientContext context_;
  lupaus::v1::StreamEventsResponse response_;
};

Sender::Sender(const Options& options, spool::Spool& spool, std::shared_ptr<grpc::Channel> channel)
    : options_(options),
      spool_(spool),
      stub_(lupaus::v1::EventService::NewStub(std::move(channel))),
      session_(options, spool, seed_of(options.source)) {
  thread_ = std::thread([this] { run(); });
}

Sender::~Sender() { close(false); }

Moment Sender::now() const {
  using std::chrono::milliseconds;
  const Instant wall = options_.now
                           ? options_.now()
                           : std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  return Moment{wall, std::chrono::floor<milliseconds>(Clock::now().time_since_epoch())};
}

Result<uint64_t> Sender::record(lupaus::v1::Event event, std::optional<Instant> occurred_at) {
  Result<uint64_t> sequence{0};
  {
    const std::scoped_lock lock(mutex_);
    sequence = session_.record(std::move(event), occurred_at, now());
  }
  if (sequence && options_.sync_every.count() == 0) {
    if (Result<void> synced = spool_.sync_to(sequence.value()); !synced) sequence = synced.error();
  }
  const std::scoped_lock lock(mutex_);
  changed_.notify_all();
  return sequence;
}

void Sender::beat() {
  const std::scoped_lock lock(mutex_);
  session_.beat();
  changed_.notify_all();
}

bool Sender::wait_until_acked(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const uint64_t wanted = spool_.last();
  const auto is_acked = [&] { return spool_.numbers().acked >= wanted; };
  changed_.wait_for(lock, timeout, [&] {
    return is_acked() || session_.status().is_stopped || session_.is_closing();
  });
  return is_acked();
}

Status Sender::status() const {
  const std::scoped_lock lock(mutex_);
  return session_.status();
}

void Sender::close(bool is_last) {
  {
    const std::scoped_lock lock(mutex_);
    session_.close(is_last, now());
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Sender::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (call_ && call_->is_read_done) end_call(lock);
    const bool may_write = call_ && !call_->is_writing && !call_->is_read_done;
    if (!follow(session_.next(now(), may_write ? &call_->message : nullptr), lock)) return;
  }
}

/// Nothing is written from now on, so the call may end; once it has, the session is told.
void Sender::end_call(std::unique_lock<std::mutex>& lock) {
  if (!std::exchange(call_->is_released, true)) {
    lock.unlock();
    call_->RemoveHold();
    lock.lock();
  }
  if (!call_->ending) return;
  session_.disconnected(*call_->ending, now());
  call_.reset();
}

/// False when the session is closed.
bool Sender::follow(const Step& step, std::unique_lock<std::mutex>& lock) {
  switch (step.kind) {
    case Step::Kind::wait: {
      const auto instant = Clock::now();
      const auto until = std::min<Clock::time_point>(
          instant + kWaitMax, Clock::time_point(std::min<std::chrono::milliseconds>(
                                  step.wake_at, now().steady + kWaitMax)));
      changed_.wait_until(lock, until);
      return true;
    }
    case Step::Kind::connect:
      connect(lock);
      return true;
    case Step::Kind::send:
      call_->is_writing = true;
      lock.unlock();
      call_->StartWrite(&call_->message);
      lock.lock();
      return true;
    case Step::Kind::finish:
      lock.unlock();
      call_->StartWritesDone();
      lock.lock();
      return true;
    case Step::Kind::hang_up:
      call_->cancel();
      return true;
    case Step::Kind::sync:
    case Step::Kind::save:
      store(step, lock);
      return true;
    case Step::Kind::closed:
      changed_.notify_all();
      return false;
  }
  return false;
}

void Sender::connect(std::unique_lock<std::mutex>& lock) {
  call_ = std::make_unique<Call>(*this);
  session_.connected();
  lock.unlock();
  call_->start();
  lock.lock();
}

void Sender::store(const Step& step, std::unique_lock<std::mutex>& lock) {
  const bool is_sync = step.kind == Step::Kind::sync;
  lock.unlock();
  const Result<void> outcome = is_sync ? spool_.sync_to(spool_.last()) : spool_.save();
  lock.lock();
  if (is_sync) {
    session_.synced(outcome);
  } else {
    session_.saved(outcome, now());
  }
}

}  // namespace lupaus::clients::branch
