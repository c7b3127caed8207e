#include "clients/branch/signal_watcher.h"

#include <random>
#include <utility>

#include "clients/branch/channel.h"
#include "clients/branch/wire.h"

namespace lupaus::clients::branch {

SignalWatcher::SignalWatcher(const Options& options, spool::Spool& spool,
                             const std::shared_ptr<grpc::Channel>& channel)
    : options_(options),
      spool_(spool),
      stub_(lupaus::v1::SignalService::NewStub(channel)),
      backoff_(options.backoff_min, options.backoff_max, std::random_device{}()),
      position_(spool.numbers().signal_position) {
  thread_ = std::thread([this] { run(); });
}

SignalWatcher::~SignalWatcher() { close(); }

void SignalWatcher::close() {
  {
    const std::scoped_lock lock(mutex_);
    is_closing_ = true;
    if (context_) context_->TryCancel();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void SignalWatcher::run() {
  while (true) {
    const std::chrono::milliseconds asked = session();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, asked + backoff_.next(), [&] { return is_closing_; });
    if (is_closing_) return;
  }
}

std::chrono::milliseconds SignalWatcher::session() {
  grpc::ClientContext* context = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (is_closing_) return {};
    context_ = std::make_unique<grpc::ClientContext>();
    context = context_.get();
  }
  lupaus::v1::WatchSignalsRequest request;
  request.add_branches(options_.branch);
  request.set_from_position(position_);
  std::chrono::milliseconds asked{0};
  {
    const auto reader = stub_->WatchSignals(context, request);
    lupaus::v1::WatchSignalsResponse response;
    while (reader->Read(&response)) {
      backoff_.reset();
      take(response);
    }
    asked = retry_after_of(reader->Finish().error_details()).value_or(asked);
  }
  const std::scoped_lock lock(mutex_);
  context_.reset();
  return asked;
}

void SignalWatcher::take(const lupaus::v1::WatchSignalsResponse& response) {
  if (response.position() < position_) return;
  if (response.position() > position_) pass_to(response.position());
  if (response.kind() == lupaus::v1::SIGNAL_KIND_HEARTBEAT) return;
  const std::string name =
      std::to_string(response.kind()) + "/" + response.commitment() + "/" + response.voucher();
  if (!seen_.insert(name).second) return;
  options_.on_signal(to_signal(response));
}

void SignalWatcher::pass_to(uint64_t position) {
  position_ = position;
  seen_.clear();
  spool_.set_signal_position(position);
}

}  // namespace lupaus::clients::branch
