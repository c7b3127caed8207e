#include "tests/support/storm.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/client_callback.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <queue>
#include <thread>

#include "clients/branch/channel.h"
#include "clients/branch/session.h"
#include "lupaus/v1/event.grpc.pb.h"
#include "tests/support/faulty_disk.h"

namespace lupaus::tests::support {

using clients::branch::Ending;
using clients::branch::Instant;
using clients::branch::Moment;
using clients::branch::Session;
using clients::branch::Step;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

/// Connections of one process to one server that gRPC does not join.
std::vector<std::shared_ptr<grpc::Channel>> make_channels(const std::string& server,
                                                          uint32_t count) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (uint32_t number = 0; number < count; ++number) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channels.push_back(
        grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments));
  }
  return channels;
}

Moment moment() {
  return Moment{std::chrono::floor<milliseconds>(std::chrono::system_clock::now()),
                std::chrono::floor<milliseconds>(Clock::now().time_since_epoch())};
}

}  // namespace

class Storm::Body {
 public:
  explicit Body(StormSettings settings)
      : settings_(std::move(settings)),
        channels_(make_channels(settings_.server, settings_.connections)) {
    for (const auto& channel : channels_) stubs_.push_back(v1::EventService::NewStub(channel));
    for (uint32_t number = 0; number < settings_.sources; ++number) add_kiosk(number);
  }
  ~Body() { stop(); }

  void start() {
    for (const auto& kiosk : kiosks_) make_ready(*kiosk);
    thread_ = std::thread([this] { run(); });
  }
  bool wait_until_acked(std::chrono::seconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout,
                             [this] { return figures_.sources_done == settings_.sources; });
  }
  StormFigures figures() const {
    const std::scoped_lock lock(mutex_);
    return figures_;
  }
  void stop() {
    {
      const std::scoped_lock lock(mutex_);
      if (!is_stopping_.exchange(true)) {
        for (const auto& kiosk : kiosks_) push_ready(*kiosk);
      }
      ready_changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  struct Call;
  struct Kiosk {
    std::shared_ptr<FaultyDisk> disk = std::make_shared<FaultyDisk>();
    std::unique_ptr<clients::branch::spool::Spool> spool;
    std::unique_ptr<Session> session;
    v1::EventService::Stub* stub = nullptr;
    std::unique_ptr<Call> call;
    milliseconds wake_at = milliseconds::max();
    bool is_ready = false;  ///< in ready_; guarded by mutex_
    bool is_done = false;
    bool is_closed = false;
  };
  /// One stream; its reactions leave what came in the inbox, under mutex_.
  struct Call final : grpc::ClientBidiReactor<v1::StreamEventsRequest, v1::StreamEventsResponse> {
    Call(Body& owner, Kiosk& whose) : body(owner), kiosk(whose) {}
    void start() {
      kiosk.stub->async()->StreamEvents(&context, this);
      AddHold();
      StartRead(&response);
      StartCall();
    }
    void OnReadDone(bool ok) override {
      {
        const std::scoped_lock lock(body.mutex_);
        if (ok) inbox.push_back(response);
        is_read_done = !ok;
        body.push_ready(kiosk);
      }
      if (ok) StartRead(&response);
    }
    void OnWriteDone(bool) override {
      const std::scoped_lock lock(body.mutex_);
      is_writing = false;
      body.push_ready(kiosk);
    }
    void OnDone(const grpc::Status& status) override {
      const std::scoped_lock lock(body.mutex_);
      ending =
          Ending{status.ok(), status.error_code() == grpc::StatusCode::ALREADY_EXISTS,
                 status.error_message(), clients::branch::retry_after_of(status.error_details())};
      body.push_ready(kiosk);
    }

    Body& body;
    Kiosk& kiosk;
    grpc::ClientContext context;
    v1::StreamEventsRequest request;
    v1::StreamEventsResponse response;
    std::vector<v1::StreamEventsResponse> inbox;
    std::optional<Ending> ending;
    bool is_writing = false;
    bool is_read_done = false;
    bool is_released = false;
  };

  void add_kiosk(uint32_t number) {
    auto kiosk = std::make_unique<Kiosk>();
    kiosk->stub = stubs_[number % stubs_.size()].get();
    kiosk->spool = std::move(*clients::branch::spool::Spool::open("/spool", {}, kiosk->disk));
    clients::branch::Options options;
    options.server = settings_.server;
    options.source = "storm/" + std::to_string(number);
    options.branch = settings_.branch;
    if (settings_.branches > 0) options.branch += "-" + std::to_string(number % settings_.branches);
    options.heartbeat_every = settings_.heartbeat_every;
    options.backoff_max = settings_.backoff_max;
    kiosk->session =
        std::make_unique<Session>(options, *kiosk->spool, std::hash<std::string>{}(options.source));
    static const char* const kTypes[] = {"issued", "service_started", "service_ended"};
    for (uint32_t at = 0; at < settings_.events; ++at) {
      v1::Event event;
      event.set_branch(options.branch);
      event.set_ticket("s" + std::to_string(number) + "-" + std::to_string(at / 3));
      event.set_type(kTypes[at % 3]);
      if (at % 3 == 0) (*event.mutable_attributes())["service"] = "cash";
      const Instant occurred(milliseconds(settings_.first_event_unix_ms + at * 1'000));
      static_cast<void>(kiosk->session->record(std::move(event), occurred, {}));
    }
    static_cast<void>(kiosk->spool->sync_to(settings_.events));
    kiosks_.push_back(std::move(kiosk));
  }

  void make_ready(Kiosk& kiosk) {
    const std::scoped_lock lock(mutex_);
    push_ready(kiosk);
  }
  void push_ready(Kiosk& kiosk) {
    if (std::exchange(kiosk.is_ready, true)) return;
    ready_.push_back(&kiosk);
    ready_changed_.notify_one();
  }

  void run() {
    uint64_t closed = 0;
    while (closed < kiosks_.size()) {
      Kiosk* const kiosk = next_kiosk();
      if (kiosk == nullptr || kiosk->is_closed) continue;
      take_inbox(*kiosk);
      if (is_stopping_) kiosk->session->close(false, moment());
      follow(*kiosk);
      if (kiosk->is_closed) ++closed;
      note_done(*kiosk);
    }
  }

  /// The next one that is ready, or whose time has come; nullptr: ask again.
  Kiosk* next_kiosk() {
    std::unique_lock lock(mutex_);
    if (ready_.empty()) {
      const auto until = timers_.empty() ? Clock::now() + std::chrono::hours(1)
                                         : Clock::time_point(timers_.top().first);
      ready_changed_.wait_until(lock, until, [this] { return !ready_.empty(); });
    }
    const milliseconds now = moment().steady;
    while (!timers_.empty() && timers_.top().first <= now) {
      Kiosk& due = *timers_.top().second;
      if (due.wake_at == timers_.top().first) push_ready(due);
      timers_.pop();
    }
    if (ready_.empty()) return nullptr;
    Kiosk* const kiosk = ready_.front();
    ready_.pop_front();
    kiosk->is_ready = false;
    return kiosk;
  }

  void take_inbox(Kiosk& kiosk) {
    if (!kiosk.call) return;
    std::vector<v1::StreamEventsResponse> inbox;
    std::optional<Ending> ending;
    bool is_over = false;
    {
      const std::scoped_lock lock(mutex_);
      inbox.swap(kiosk.call->inbox);
      ending = kiosk.call->ending;
      is_over = kiosk.call->is_read_done;
    }
    uint64_t rejected = 0;
    for (const auto& response : inbox)
      rejected += kiosk.session->received(response, moment()).size();
    if (is_over && !std::exchange(kiosk.call->is_released, true)) kiosk.call->RemoveHold();
    if (ending) {
      kiosk.session->disconnected(*ending, moment());
      kiosk.call.reset();
    }
    const std::scoped_lock lock(mutex_);
    figures_.rejected += rejected;
    if (!ending || ending->is_ok) return;
    ++(ending->retry_after ? figures_.turned_away : figures_.broken);
    figures_.error = ending->message;
  }

  bool may_write(const Kiosk& kiosk) {
    if (!kiosk.call) return false;
    const std::scoped_lock lock(mutex_);
    return !kiosk.call->is_writing && !kiosk.call->is_read_done;
  }

  void follow(Kiosk& kiosk) {
    while (true) {
      v1::StreamEventsRequest* const room = may_write(kiosk) ? &kiosk.call->request : nullptr;
      const Step step = kiosk.session->next(moment(), room);
      switch (step.kind) {
        case Step::Kind::connect:
          kiosk.call = std::make_unique<Call>(*this, kiosk);
          kiosk.session->connected();
          kiosk.call->start();
          count_stream();
          break;
        case Step::Kind::send:
          set_writing(*kiosk.call);
          kiosk.call->StartWrite(&kiosk.call->request);
          break;
        case Step::Kind::finish:
          kiosk.call->StartWritesDone();
          break;
        case Step::Kind::hang_up:
          kiosk.call->context.TryCancel();
          break;
        case Step::Kind::sync:
          kiosk.session->synced(kiosk.spool->sync_to(kiosk.spool->last()));
          break;
        case Step::Kind::save:
          kiosk.session->saved(kiosk.spool->save(), moment());
          break;
        case Step::Kind::wait:
          return set_timer(kiosk, step.wake_at);
        case Step::Kind::closed:
          kiosk.is_closed = true;
          return;
      }
    }
  }

  void set_writing(Call& call) {
    const std::scoped_lock lock(mutex_);
    call.is_writing = true;
  }
  void count_stream() {
    const std::scoped_lock lock(mutex_);
    ++figures_.streams;
  }
  void set_timer(Kiosk& kiosk, milliseconds wake_at) {
    const std::scoped_lock lock(mutex_);
    if (kiosk.wake_at == wake_at) return;
    kiosk.wake_at = wake_at;
    if (wake_at != milliseconds::max()) timers_.emplace(wake_at, &kiosk);
  }
  void note_done(Kiosk& kiosk) {
    if (kiosk.is_done || kiosk.spool->numbers().acked < settings_.events) return;
    kiosk.is_done = true;
    const std::scoped_lock lock(mutex_);
    ++figures_.sources_done;
    changed_.notify_all();
  }

  using Timer = std::pair<milliseconds, Kiosk*>;
  const StormSettings settings_;
  const std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::unique_ptr<v1::EventService::Stub>> stubs_;
  std::vector<std::unique_ptr<Kiosk>> kiosks_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable ready_changed_;
  std::deque<Kiosk*> ready_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  StormFigures figures_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

Storm::Storm(StormSettings settings) : body_(std::make_unique<Body>(std::move(settings))) {}
Storm::~Storm() = default;
void Storm::start() { body_->start(); }
bool Storm::wait_until_acked(std::chrono::seconds timeout) {
  return body_->wait_until_acked(timeout);
}
StormFigures Storm::figures() const { return body_->figures(); }
void Storm::stop() { body_->stop(); }

class LiveTerminal::Body {
 public:
  explicit Body(const std::string& server)
      : stub_(v1::EventService::NewStub(make_channels(server, 1).front())),
        stream_(stub_->StreamEvents(&context_)) {
    v1::StreamEventsRequest hello;
    hello.mutable_hello()->add_sources()->set_source("live/kiosk");
    v1::StreamEventsResponse welcome;
    if (stream_->Write(hello) && stream_->Read(&welcome))
      epoch_ = welcome.welcome().sources(0).epoch();
    thread_ = std::thread([this] { beat(); });
  }
  std::vector<std::chrono::microseconds> stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return latencies_;
  }

 private:
  void beat() {
    v1::StreamEventsRequest request;
    v1::StreamEventsResponse ack;
    while (!is_stopping_) {
      v1::Heartbeat& heartbeat = *request.mutable_heartbeat();
      heartbeat.set_source("live/kiosk");
      heartbeat.set_epoch(epoch_);
      heartbeat.mutable_at()->set_seconds(1 + static_cast<int64_t>(latencies_.size()));
      heartbeat.set_wants_ack(true);
      const auto sent_at = Clock::now();
      if (!stream_->Write(request) || !stream_->Read(&ack)) break;
      latencies_.push_back(
          std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - sent_at));
    }
    stream_->WritesDone();
    while (stream_->Read(&ack)) continue;
    static_cast<void>(stream_->Finish());
  }

  std::unique_ptr<v1::EventService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamEventsRequest, v1::StreamEventsResponse>>
      stream_;
  uint64_t epoch_ = 0;
  std::vector<std::chrono::microseconds> latencies_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

LiveTerminal::LiveTerminal(const std::string& server) : body_(std::make_unique<Body>(server)) {}
LiveTerminal::~LiveTerminal() { static_cast<void>(body_->stop()); }
std::vector<std::chrono::microseconds> LiveTerminal::stop() { return body_->stop(); }

}  // namespace lupaus::tests::support
