#include "server/api/ticket_watch.h"

#include "lupaus/v1/ticket.pb.h"
#include "server/wire/await.h"
#include "server/wire/identity.h"
#include "server/wire/status.h"

namespace lupaus::server::api {
namespace {

using rules::model::Error;
using rules::model::Result;
using Reactor = grpc::ServerWriteReactor<grpc::ByteBuffer>;

/// Ends a watch at once with an error.
class Refusal final : public Reactor {
 public:
  explicit Refusal(const Error& error) { Finish(wire::to_status(error)); }
  void OnDone() override { delete this; }
};

/// Shares the frame's bytes for as long as gRPC holds them.
grpc::ByteBuffer share(const BoardFramePtr& frame) {
  auto* const held = new BoardFramePtr(frame);
  const grpc::Slice slice(
      const_cast<char*>(frame->bytes.data()), frame->bytes.size(),
      [](void* kept) { delete static_cast<BoardFramePtr*>(kept); }, held);
  return {&slice, 1};
}

/// One watch. Owned by itself from open() to OnDone; the feed's wake shares it. Takes one answer,
/// writes it, then takes the next: a slow reader holds no more than that.
class Watcher final : public Reactor, public std::enable_shared_from_this<Watcher> {
 public:
  explicit Watcher(std::shared_ptr<BoardFeed> feed) : feed_(std::move(feed)) {}

  /// Gets `watch` before it is opened.
  std::weak_ptr<Watcher> weak() { return weak_from_this(); }
  void open(BoardFeed::WatchPtr watch) {
    const std::scoped_lock lock(mutex_);
    self_ = shared_from_this();
    watch_ = std::move(watch);
    go_on();
  }

  void go_on_later() {
    const std::scoped_lock lock(mutex_);
    go_on();
  }

  void OnWriteDone(bool ok) override {
    const std::scoped_lock lock(mutex_);
    is_writing_ = false;
    if (!ok) {
      finish({"cancelled", "the watcher has gone", "", {}});
    } else {
      go_on();
    }
  }

  void OnCancel() override {
    const std::scoped_lock lock(mutex_);
    is_cancelled_ = true;
    if (!is_writing_) go_on();
  }

  void OnDone() override {
    feed_->leave(watch_);
    std::shared_ptr<Watcher> last;
    const std::scoped_lock lock(mutex_);
    last = std::move(self_);
  }

 private:
  /// Under the mutex.
  void go_on() {
    if (is_finished_ || is_writing_ || watch_ == nullptr) return;
    if (is_cancelled_) return finish({"cancelled", "the watch was cancelled", "", {}});
    BoardFeed::Next next = feed_->next(*watch_);
    if (next.is_closed) return finish(wire::stopping());
    if (next.frame == nullptr) return;
    is_writing_ = true;
    writing_ = share(next.frame);
    StartWrite(&writing_);
  }

  void finish(const Error& error) {
    if (is_finished_) return;
    is_finished_ = true;
    Finish(wire::to_status(error));
  }

  const std::shared_ptr<BoardFeed> feed_;
  std::mutex mutex_;
  std::shared_ptr<Watcher> self_;
  BoardFeed::WatchPtr watch_;
  grpc::ByteBuffer writing_;
  bool is_writing_ = false;
  bool is_cancelled_ = false;
  bool is_finished_ = false;
};

Result<v1::WatchTicketsRequest> parse(const grpc::ByteBuffer& bytes) {
  v1::WatchTicketsRequest request;
  grpc::Slice slice;
  const bool is_read = bytes.DumpToSingleSlice(&slice).ok() &&
                       request.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
  if (!is_read) return Error{"bad_request", "expected a WatchTicketsRequest", "", {}};
  return request;
}

}  // namespace

Reactor* watch_tickets(const std::shared_ptr<BoardFeed>& feed, const KnownNames& names,
                       const grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes) {
  const Result<wire::Identity> identity = wire::identity_of(context);
  if (!identity) return new Refusal(identity.error());
  const Result<v1::WatchTicketsRequest> request = parse(bytes);
  if (!request) return new Refusal(request.error());
  if (auto known = names.check_branch(request->branch()); !known) return new Refusal(known.error());
  auto watcher = std::make_shared<Watcher>(feed);
  Result<BoardFeed::WatchPtr> watch =
      feed->watch(request->branch(), request->resume(), [weak = watcher->weak()] {
        if (const auto self = weak.lock()) self->go_on_later();
      });
  if (!watch) return new Refusal(watch.error());
  watcher->open(std::move(*watch));
  return watcher.get();
}

}  // namespace lupaus::server::api
