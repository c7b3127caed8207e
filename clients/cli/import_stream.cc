// The importer's side of StreamEvents. Batches of one window are written, then their
// acknowledgements are read, on one thread: a window is smaller than what either side buffers.
#include "clients/cli/import_stream.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <utility>
#include <vector>

#include "clients/cli/connection.h"
#include "clients/cli/progress.h"
#include "lupaus/v1/event.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using rules::model::Instant;

constexpr size_t kBatchEventsMax = 256;
constexpr size_t kWindowEventsMax = 4096;  // above it the order among sources would blur for longer
constexpr uint64_t kRejectedShownMax = 10;
constexpr uint64_t kEpoch =
    1;  // WHY: stated, not asked for, so that a second run finds what the first one sent

void set_time(Instant at, google::protobuf::Timestamp& timestamp) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  timestamp.set_seconds(seconds.time_since_epoch().count());
  timestamp.set_nanos(static_cast<int32_t>((at - seconds).count() * 1'000'000));
}

Instant wall_clock() {
  return std::chrono::time_point_cast<rules::model::Duration>(std::chrono::system_clock::now());
}

class Importer {
 public:
  Importer(Context& context, const EventSorter& sorter, std::shared_ptr<grpc::Channel> channel)
      : context_(context), sorter_(sorter), stub_(v1::EventService::NewStub(std::move(channel))) {
    name_actor(context, call_);
    stream_ = stub_->StreamEvents(&call_);
  }

  bool greet() {
    v1::StreamEventsRequest request;
    request.mutable_hello()->set_backfill(true);
    for (const auto& [source, count] : sorter_.sources()) {
      auto* entry = request.mutable_hello()->add_sources();
      entry->set_source(source);
      entry->set_epoch(kEpoch);
    }
    v1::StreamEventsResponse response;
    if (!stream_->Write(request) || !stream_->Read(&response) || !response.has_welcome())
      return false;
    const auto& welcome = response.welcome();
    window_ = std::max<uint32_t>(1, std::min<uint32_t>(welcome.window_batches_count(), 64));
    if (welcome.max_message_bytes() != 0) message_bytes_max_ = welcome.max_message_bytes();
    for (const auto& source : welcome.sources()) {
      Sender& sender = senders_[source.source()];
      sender.epoch = source.epoch();
      sender.next = source.next_sequence();
      sender.acked = source.next_sequence() == 0 ? 0 : source.next_sequence() - 1;
      sender.sent = sender.acked;
    }
    return true;
  }

  /// Takes the event over; false when the stream broke.
  bool add(const SortedEvent& sorted) {
    Sender& sender = senders_[sorted.event.source];
    last_at_ = sorted.event.at;
    if (sorted.sequence < sender.next) {
      ++counts_.known;
      return true;
    }
    v1::Event event;
    event.set_branch(sorted.event.branch);
    event.set_ticket(sorted.event.ticket);
    event.set_type(sorted.event.type);
    set_time(sorted.event.at, *event.mutable_occurred_at());
    for (const auto& [name, value] : sorted.event.attributes)
      (*event.mutable_attributes())[name] = value;
    const size_t bytes = event.ByteSizeLong() + 8;
    if (sender.batch.events_size() != 0 &&
        (sender.bytes + bytes > message_bytes_max_ / 2 ||
         static_cast<size_t>(sender.batch.events_size()) >= kBatchEventsMax)) {
      if (!write(sorted.event.source, sender)) return false;
    }
    if (sender.batch.events_size() == 0) sender.batch.set_first_sequence(sorted.sequence);
    sender.bytes += bytes;
    *sender.batch.add_events() = std::move(event);
    sender.last_added = sorted.sequence;
    return ++gathered_ < kWindowEventsMax || flush();
  }

  /// Sends what is gathered, waits for it to be durable, and tells the server how far time has
  /// come.
  bool flush() {
    for (auto& [source, sender] : senders_) {
      if (sender.batch.events_size() != 0 && !write(source, sender)) return false;
    }
    gathered_ = 0;
    if (!wait_for_acks()) return false;
    for (auto& [source, sender] : senders_) {
      if (!beat(source, sender, last_at_, false)) return false;
    }
    return true;
  }

  bool close(Instant as_of) {
    if (!flush()) return false;
    for (auto& [source, sender] : senders_) {
      // A watermark says that everything before it is told, so the instant of as_of itself needs
      // the next one.
      if (!beat(source, sender, as_of + rules::model::Duration(1), true)) return false;
    }
    stream_->WritesDone();
    v1::StreamEventsResponse response;
    while (stream_->Read(&response)) take(response);
    return true;
  }

  grpc::Status status() {
    call_.TryCancel();
    return stream_->Finish();
  }
  grpc::Status finish() { return stream_->Finish(); }
  const StreamedCounts& counts() const { return counts_; }
  uint64_t done() const { return counts_.sent + counts_.known; }

 private:
  struct Sender {
    uint64_t epoch = kEpoch, next = 1, sent = 0, acked = 0, last_added = 0;
    v1::Batch batch;
    size_t bytes = 0;
  };

  bool write(const std::string& source, Sender& sender) {
    v1::StreamEventsRequest request;
    sender.batch.set_source(source);
    sender.batch.set_epoch(sender.epoch);
    set_time(wall_clock(), *sender.batch.mutable_sent_at());
    sender.sent = sender.last_added;
    request.mutable_batch()->Swap(&sender.batch);
    sender.batch.Clear();
    sender.bytes = 0;
    if (!stream_->Write(request)) return false;
    return ++under_way_ < window_ || wait_for_acks();
  }

  bool wait_for_acks() {
    v1::StreamEventsResponse response;
    const auto is_waiting = [](const auto& entry) {
      return entry.second.acked < entry.second.sent;
    };
    while (std::any_of(senders_.begin(), senders_.end(), is_waiting)) {
      if (!stream_->Read(&response)) return false;
      take(response);
    }
    under_way_ = 0;
    return true;
  }

  void take(const v1::StreamEventsResponse& response) {
    if (!response.has_ack()) return;
    const auto& ack = response.ack();
    Sender& sender = senders_[ack.source()];
    if (ack.up_to_sequence() > sender.acked) {
      counts_.sent += ack.up_to_sequence() - sender.acked;
      sender.acked = ack.up_to_sequence();
    }
    for (const auto& rejected : ack.rejected()) {
      if (++counts_.rejected > kRejectedShownMax) continue;
      context_.err() << "rejected: " << ack.source() << " " << rejected.sequence() << ": "
                     << rejected.message() << "\n";
    }
  }

  bool beat(const std::string& source, const Sender& sender, Instant at, bool is_closing) {
    v1::StreamEventsRequest request;
    auto* heartbeat = request.mutable_heartbeat();
    heartbeat->set_source(source);
    heartbeat->set_epoch(sender.epoch);
    heartbeat->set_last_sequence(sender.acked);
    set_time(at, *heartbeat->mutable_at());
    set_time(wall_clock(), *heartbeat->mutable_sent_at());
    heartbeat->set_closing(is_closing);
    return stream_->Write(request);
  }

  Context& context_;
  const EventSorter& sorter_;
  grpc::ClientContext call_;
  std::unique_ptr<v1::EventService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamEventsRequest, v1::StreamEventsResponse>>
      stream_;
  std::map<std::string, Sender> senders_;
  uint32_t window_ = 1, under_way_ = 0;
  size_t message_bytes_max_ = size_t{64} << 10;
  size_t gathered_ = 0;
  Instant last_at_ = rules::model::kBeginningOfTime;
  StreamedCounts counts_;
};

}  // namespace

std::optional<StreamedCounts> stream_events(
    Context& context, const EventSorter& sorter, Instant as_of,
    const std::function<rules::model::Result<bool>(SortedEvent&)>& next) {
  if (sorter.count() == 0) return StreamedCounts{};
  auto channel = connect(context);
  if (!channel) {
    context.fail(channel.error(), kUsage);
    return std::nullopt;
  }
  Importer importer(context, sorter, std::move(*channel));
  const auto broken = [&]() -> std::optional<StreamedCounts> {
    fail_with(context, importer.finish());
    return std::nullopt;
  };
  if (!importer.greet()) return broken();
  Progress progress(context, "sending events", sorter.count());
  SortedEvent sorted;
  while (true) {
    const auto has_next = next(sorted);
    if (!has_next) {
      context.fail(has_next.error());
      (void)importer.status();
      return std::nullopt;
    }
    if (!*has_next) break;
    if (!importer.add(sorted)) return broken();
    progress.show(importer.done());
  }
  if (!importer.close(as_of)) return broken();
  if (const auto status = importer.finish(); !status.ok()) {
    fail_with(context, status);
    return std::nullopt;
  }
  return importer.counts();
}

}  // namespace lupaus::clients::cli
