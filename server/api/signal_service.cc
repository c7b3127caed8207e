// SignalService: one reactor a watcher, by the callback API.
#include "server/api/signal_service.h"

#include <grpcpp/support/server_callback.h>

#include "fmt/format.h"
#include "lupaus/v1/signal.grpc.pb.h"
#include "server/api/known_names.h"
#include "server/api/roles.h"
#include "server/api/signal_feed.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/await.h"
#include "server/wire/identity.h"
#include "server/wire/status.h"

namespace lupaus::server::api {
namespace {

using rules::model::Error;
using rules::model::Position;
using rules::model::Result;

/// Ends a watch at once with an error.
class Refusal final : public grpc::ServerWriteReactor<v1::WatchSignalsResponse> {
 public:
  explicit Refusal(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

/// One watch. Owned by itself from open() to OnDone; the feed's callbacks share it. Takes a bounded
/// number of signals, writes them one by one, then asks for more: a slow reader holds at most that
/// number.
class Watcher final : public grpc::ServerWriteReactor<v1::WatchSignalsResponse>,
                      public std::enable_shared_from_this<Watcher> {
 public:
  /// Without `has_codes` the signals say nothing of vouchers' codes.
  Watcher(std::shared_ptr<SignalFeed> feed, Branches branches, Position from, bool has_codes)
      : feed_(std::move(feed)),
        branches_(std::move(branches)),
        has_codes_(has_codes),
        next_(from) {}

  void open() {
    std::unique_lock lock(mutex_);
    self_ = shared_from_this();
    feed_->watch();
    // WHY: after watch(), so that everything later than this comes through the feed.
    if (next_ == 0) next_ = feed_->last_position() + 1;
    go_on(lock);
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    is_writing_ = false;
    if (!ok) {
      finish({"cancelled", "the watcher has gone", "", {}});
      return;
    }
    go_on(lock);
  }

  void OnCancel() override {
    std::unique_lock lock(mutex_);
    is_cancelled_ = true;
    if (!is_writing_) finish({"cancelled", "the watch was cancelled", "", {}});
  }

  void OnDone() override {
    feed_->unwatch();
    std::shared_ptr<Watcher> last;
    std::lock_guard lock(mutex_);
    last = std::move(self_);
  }

 private:
  /// Writes what is taken, or takes more. Unlocks while it asks the feed.
  void go_on(std::unique_lock<std::mutex>& lock) {
    if (is_finished_ || is_writing_) return;
    if (is_cancelled_) {
      finish({"cancelled", "the watch was cancelled", "", {}});
    } else if (!signals_.empty()) {
      writing_ = std::move(signals_.front());
      signals_.pop_front();
      next_ = std::max(next_, writing_->message.position());
      write_signal(writing_->message);
    } else if (!is_asking_) {
      ask(lock);
    }
  }

  void ask(std::unique_lock<std::mutex>& lock) {
    is_asking_ = true;
    Position from = next_asked();
    lock.unlock();
    auto self = shared_from_this();
    SignalFeed::Taken taken =
        feed_->take(from, branches_, [self](Position position) { self->woken(position); });
    lock.lock();
    if (taken.is_closed) {
      if (!is_finished_) finish(wire::stopping());
      return;
    }
    if (taken.is_behind) {
      lock.unlock();
      feed_->read(from, branches_,
                  [self](SignalFeed::Read read) { self->caught_up(std::move(read)); });
      lock.lock();
      return;
    }
    if (taken.signals.empty()) {  // asleep until woken()
      say_live();
      return;
    }
    is_asking_ = false;
    accept(std::move(taken.signals));
    go_on(lock);
  }

  void woken(Position position) {
    std::unique_lock lock(mutex_);
    is_asking_ = false;
    asked_ = std::max(asked_, position);
    go_on(lock);
  }

  void caught_up(SignalFeed::Read read) {
    std::unique_lock lock(mutex_);
    is_asking_ = false;
    if (is_finished_) return;
    if (!read.result) {
      finish(read.result.error());
      return;
    }
    bool is_stuck = read.next == next_asked() && read.signals.empty();
    asked_ = std::max(asked_, read.next);
    accept(std::move(read.signals));
    // INVARIANT: what the feed calls behind is durable, so reading the journal always gets further.
    rules::model::ensure(!is_stuck, "a watcher that is behind finds something to read");
    go_on(lock);
  }

  void accept(std::vector<SignalPtr> signals) {
    for (SignalPtr& signal : signals) {
      asked_ = std::max(asked_, signal->message.position() + 1);
      signals_.push_back(std::move(signal));
    }
  }

  Position next_asked() const { return std::max(next_, asked_); }

  /// Once, when everything so far was told: where the watcher stands.
  void say_live() {
    if (is_live_said_ || is_writing_ || is_finished_) return;
    is_live_said_ = true;
    heartbeat_.set_kind(v1::SIGNAL_KIND_HEARTBEAT);
    heartbeat_.set_position(next_asked() - 1);
    write(heartbeat_);
  }

  void write_signal(const v1::WatchSignalsResponse& message) {
    if (has_codes_ || message.voucher().empty()) return write(message);
    without_code_ = message;
    without_code_.clear_voucher();
    write(without_code_);
  }

  void write(const v1::WatchSignalsResponse& message) {
    is_writing_ = true;
    StartWrite(&message);
  }

  void finish(const Error& error) {
    if (is_finished_) return;
    is_finished_ = true;
    Finish(wire::to_status(error));
  }

  const std::shared_ptr<SignalFeed> feed_;
  const Branches branches_;
  const bool has_codes_;
  std::mutex mutex_;
  std::shared_ptr<Watcher> self_;
  std::deque<SignalPtr> signals_;
  SignalPtr writing_;
  v1::WatchSignalsResponse heartbeat_, without_code_;
  Position next_ = 0;   ///< nothing before it is sent any more
  Position asked_ = 0;  ///< everything before it was taken or looked at
  bool is_asking_ = false;
  bool is_writing_ = false;
  bool is_cancelled_ = false;
  bool is_finished_ = false;
  bool is_live_said_ = false;
};

}  // namespace

class SignalService::Body final
    : public v1::SignalService::WithCallbackMethod_WatchSignals<v1::SignalService::Service> {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, const KnownNames& names)
      : names_(names), feed_(std::make_shared<SignalFeed>(loop, storage)) {
    loop.follow(
        [feed = feed_](const runtime::CommittedPtr& committed) { feed->follow(committed); });
  }

  grpc::ServerWriteReactor<v1::WatchSignalsResponse>* WatchSignals(
      grpc::CallbackServerContext* context, const v1::WatchSignalsRequest* request) override {
    Result<wire::Identity> identity = wire::identity_of(*context);
    if (!identity) return new Refusal(wire::to_status(identity.error()));
    if (request->from_position() > feed_->last_position() + 1) {
      return new Refusal(wire::to_status(wire::invalid_field(
          "from_position", fmt::format("expected at most {}, but got {}",
                                       feed_->last_position() + 1, request->from_position()))));
    }
    for (const std::string& branch : request->branches()) {
      if (auto known = names_.check_branch(branch); !known)
        return new Refusal(wire::to_status(known.error()));
    }
    auto watcher = std::make_shared<Watcher>(
        feed_, Branches(request->branches().begin(), request->branches().end()),
        request->from_position(), require_voucher_codes(*identity).ok());
    watcher->open();
    return watcher.get();
  }

  void close() { feed_->close(); }

 private:
  const KnownNames& names_;
  const std::shared_ptr<SignalFeed> feed_;
};

SignalService::SignalService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                             const KnownNames& names)
    : body_(std::make_unique<Body>(loop, storage, names)) {}
SignalService::~SignalService() = default;
grpc::Service& SignalService::service() { return *body_; }
void SignalService::close() { body_->close(); }

}  // namespace lupaus::server::api
