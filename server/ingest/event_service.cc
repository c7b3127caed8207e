// EventService: the stream by the callback API, the rest by the synchronous one, so that a wait
// blocks no stream.
#include "server/ingest/event_service.h"

#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <atomic>
#include <optional>

#include "lupaus/v1/event.grpc.pb.h"
#include "server/ingest/admission.h"
#include "server/ingest/rejected.h"
#include "server/ingest/single_calls.h"
#include "server/ingest/stream.h"
#include "server/ingest/tail.h"
#include "server/ingest/translate.h"
#include "server/wire/status.h"

namespace lupaus::server::ingest {
namespace {

using rules::model::Error;
using rules::model::Fact;
using rules::model::Position;
using rules::model::Result;
using std::chrono::milliseconds;

/// Ends a stream at once with an error.
class Refusal final
    : public grpc::ServerBidiReactor<v1::StreamEventsRequest, v1::StreamEventsResponse> {
 public:
  explicit Refusal(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

Error busy() {
  return Error{"busy",
               "expected fewer sources that catch up, but many came back at once",
               "the source comes back by itself; nothing is lost",
               {}};
}

/// What all streams share: limits, counters, who may come in.
struct Door {
  runtime::EngineLoop& loop;
  const IngestSettings settings;
  StreamMetrics metrics;
  telemetry::Counter& turned_away;
  Admission admission;
  std::atomic<uint64_t> last_stream = 0;
};

/// When to ask again, where waiting helps.
std::optional<milliseconds> retry_after(const Error& error) {
  if (error.code == "no_book") return milliseconds(5'000);
  if (error.code == "stopping") return milliseconds(2'000);
  return std::nullopt;
}

/// Carries a stream by a call of the callback API. Lives until the call is done.
class StreamCall final
    : public grpc::ServerBidiReactor<v1::StreamEventsRequest, v1::StreamEventsResponse>,
      public StreamLine {
 public:
  StreamCall(Door& door, uint64_t number, wire::Identity identity)
      : door_(door),
        number_(number),
        stream_(std::make_shared<Stream>(door.loop, door.settings, door.metrics,
                                         std::move(identity), *this)) {
    stream_->open();
  }

  void OnReadDone(bool ok) override { stream_->read_done(ok); }
  void OnWriteDone(bool ok) override { stream_->write_done(ok); }
  void OnCancel() override { stream_->cancelled(); }
  void OnDone() override {
    stream_->done();
    door_.admission.leave(number_);
    delete this;
  }

  void read(v1::StreamEventsRequest& into) override { StartRead(&into); }
  void write(const v1::StreamEventsResponse& message) override { StartWrite(&message); }
  void finish(const Result<void>& ending) override {
    Finish(ending.ok() ? grpc::Status::OK
                       : wire::to_status(ending.error(), retry_after(ending.error())));
  }
  void moved(bool is_caught_up) override {
    if (is_caught_up) return door_.admission.caught_up(number_);
    door_.admission.moved(number_, door_.loop.now());
  }

 private:
  Door& door_;
  const uint64_t number_;
  const std::shared_ptr<Stream> stream_;
};

template <typename T>
grpc::Status answer(Result<T> result, T& response) {
  if (!result) return wire::to_status(result.error());
  response = std::move(*result);
  return grpc::Status::OK;
}

}  // namespace

class EventService::Body final
    : public v1::EventService::WithCallbackMethod_StreamEvents<v1::EventService::Service> {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, IngestSettings settings,
       telemetry::Registry& metrics)
      : loop_(loop),
        storage_(storage),
        settings_(settings),
        door_{loop,
              settings,
              {metrics.gauge("lupaus_ingest_streams", "Open event streams"),
               metrics.counter("lupaus_ingest_batches_total", "Batches read from streams"),
               metrics.counter("lupaus_ingest_events_total", "Events read from streams"),
               metrics.counter("lupaus_ingest_rejected_total", "Events kept but not applied"),
               metrics.counter("lupaus_ingest_refused_streams_total",
                               "Streams ended by an error of their source"),
               metrics.counter("lupaus_ingest_full_queue_waits_total",
                               "Batches that waited for room in the queue")},
              metrics.counter("lupaus_ingest_turned_away_total",
                              "Streams told to come back later, for others catch up"),
              Admission(settings.streams_max, settings.catching_up_max)},
        single_calls_(loop) {
    loop_.follow([this](const runtime::CommittedPtr& committed) {
      if (!committed->facts.empty()) tail_.advance(committed->facts.back().position);
    });
  }

  grpc::ServerBidiReactor<v1::StreamEventsRequest, v1::StreamEventsResponse>* StreamEvents(
      grpc::CallbackServerContext* context) override {
    Result<wire::Identity> identity = wire::identity_of(*context);
    if (!identity) return new Refusal(wire::to_status(identity.error()));
    const uint64_t number = ++door_.last_stream;
    if (const auto delay = door_.admission.enter(number, loop_.now())) {
      door_.turned_away.add();
      return new Refusal(wire::to_status(busy(), delay));
    }
    return new StreamCall(door_, number, std::move(*identity));
  }

  grpc::Status CreateEvents(grpc::ServerContext* context, const v1::CreateEventsRequest* request,
                            v1::CreateEventsResponse* response) override {
    Result<wire::Identity> identity = wire::identity_of(*context);
    if (!identity) return wire::to_status(identity.error());
    const size_t size = request->ByteSizeLong();
    if (size > settings_.max_message_bytes)
      return wire::to_status(wire::too_large(size, settings_.max_message_bytes));
    return answer(single_calls_.create(*request, *identity), *response);
  }

  grpc::Status ListRejectedEvents(grpc::ServerContext* context,
                                  const v1::ListRejectedEventsRequest* request,
                                  v1::ListRejectedEventsResponse* response) override {
    Result<wire::Identity> identity = wire::identity_of(*context);
    if (!identity) return wire::to_status(identity.error());
    return answer(list_rejected(*request, storage_, loop_), *response);
  }

  grpc::Status RetryRejectedEvent(grpc::ServerContext* context,
                                  const v1::RetryRejectedEventRequest* request,
                                  v1::RetryRejectedEventResponse* response) override {
    Result<wire::Identity> identity = wire::identity_of(*context);
    if (!identity) return wire::to_status(identity.error());
    Result<void> allowed = wire::require_person(*identity);
    if (allowed.ok()) allowed = wire::require_name(*identity);
    if (!allowed) return wire::to_status(allowed.error());
    Result<v1::RejectedEvent> rejected = find_rejected(request->position(), storage_);
    if (!rejected) return wire::to_status(rejected.error());
    if (rejected->reason() == "twin") {
      return wire::to_status({"wrong_state",
                              "the event bears the sequence of another one, which was taken",
                              "send it again under a source of its own",
                              {}});
    }
    return answer(single_calls_.retry(rejected->event(), *identity), *response);
  }

  grpc::Status TailEvents(grpc::ServerContext* context, const v1::TailEventsRequest* request,
                          grpc::ServerWriter<v1::TailEventsResponse>* writer) override {
    Result<wire::Identity> identity = wire::identity_of(*context);
    if (!identity) return wire::to_status(identity.error());
    Result<void> allowed = wire::require_person(*identity);
    if (!allowed) return wire::to_status(allowed.error());
    Position next = request->from_position();
    if (next == 0) next = std::max(tail_.last(), storage_.last_position()) + 1;
    tail_.advance(storage_.last_position());
    const Position last = tail_.last();
    // WHY: the first header tells the reader that the call stands, also while there is nothing to
    // say.
    writer->SendInitialMetadata();
    if (request->until_now() && next > last) return grpc::Status::OK;
    while (tail_.wait_for(next, [context] { return context->IsCancelled(); })) {
      bool is_gone = false;
      Result<void> read = storage_.read_journal(next, [&](std::span<const Fact> facts) {
        for (const Fact& fact : facts) is_gone = is_gone || !write(fact, *writer);
        if (!facts.empty()) next = facts.back().position + 1;
        return !is_gone && !tail_.is_closed();
      });
      if (!read) return wire::to_status(read.error());
      if (is_gone) return grpc::Status::CANCELLED;
      if (request->until_now() && next > last) return grpc::Status::OK;
    }
    return tail_.is_closed() ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server stops")
                             : grpc::Status::CANCELLED;
  }

  uint64_t announced(std::string_view source, uint64_t epoch) const {
    return door_.metrics.announced.last(source, epoch);
  }
  void close() { tail_.close(); }

 private:
  static bool write(const Fact& fact, grpc::ServerWriter<v1::TailEventsResponse>& writer) {
    const auto* observed = std::get_if<rules::model::Observed>(&fact.body);
    if (observed == nullptr) return true;
    v1::TailEventsResponse response;
    response.set_position(fact.position);
    to_message(observed->event, *response.mutable_event());
    return writer.Write(response);
  }

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  const IngestSettings settings_;
  Door door_;
  SingleCalls single_calls_;
  Tail tail_;
};

EventService::EventService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                           IngestSettings settings, telemetry::Registry& metrics)
    : body_(std::make_unique<Body>(loop, storage, settings, metrics)) {}
EventService::~EventService() = default;
uint64_t EventService::announced(std::string_view source, uint64_t epoch) const {
  return body_->announced(source, epoch);
}
grpc::Service& EventService::service() { return *body_; }
void EventService::close() { body_->close(); }

}  // namespace lupaus::server::ingest
