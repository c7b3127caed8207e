// From a deadline to its durable breach, provisional and then confirmed, while 10,000 events a
// second come in and 100,000 commitments are armed. Measured at the outside: from the first
// breaching instant to the arrival of the signal, which is sent after the sync. The sources that
// have nothing to tell say so once a second, as terminals do.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "lupaus/v1/event.grpc.pb.h"
#include "lupaus/v1/signal.grpc.pb.h"
#include "tests/bench/load.h"
#include "tests/bench/raw_disk.h"
#include "tests/bench/scenarios.h"

namespace lupaus::tests::bench {
namespace {

double now_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct Lateness {
  std::vector<double> provisional_ms, confirmed_ms;  ///< ascending
};

/// Collects, for each breach, how long after its deadline it was heard.
class Listener {
 public:
  explicit Listener(const std::string& address)
      : stub_(v1::SignalService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {
    context_.AddMetadata("lupaus-actor", "bench");
    thread_ = std::thread([this] { listen(); });
  }
  ~Listener() { end(); }
  /// At most ten seconds: what never comes is seen in the table.
  void wait_for_confirmed(size_t count) {
    std::unique_lock lock(mutex_);
    heard_.wait_for(lock, std::chrono::seconds(10),
                    [&] { return late_.confirmed_ms.size() >= count; });
  }
  Lateness end() {
    context_.TryCancel();
    if (thread_.joinable()) thread_.join();
    std::sort(late_.provisional_ms.begin(), late_.provisional_ms.end());
    std::sort(late_.confirmed_ms.begin(), late_.confirmed_ms.end());
    return late_;
  }

 private:
  void listen() {
    const auto reader = stub_->WatchSignals(&context_, v1::WatchSignalsRequest());
    v1::WatchSignalsResponse signal;
    while (reader->Read(&signal)) {
      const double due =
          static_cast<double>(signal.due_at().seconds()) * 1e3 + signal.due_at().nanos() / 1e6;
      // The first millisecond beyond the limit is the breaching one.
      const double late = now_ms() - due - 1;
      const std::scoped_lock lock(mutex_);
      if (signal.kind() == v1::SIGNAL_KIND_BREACHED_PROVISIONAL) {
        late_.provisional_ms.push_back(late);
      } else if (signal.kind() == v1::SIGNAL_KIND_CONFIRMED && signal.verdict() == "breached") {
        late_.confirmed_ms.push_back(late);
        heard_.notify_one();
      }
    }
  }

  std::unique_ptr<v1::SignalService::Stub> stub_;
  grpc::ClientContext context_;
  std::mutex mutex_;
  std::condition_variable heard_;
  Lateness late_;
  std::thread thread_;
};

/// Sources that are connected and silent: each says once a second that it has told everything, each
/// at a time of its own, as nothing keeps terminals in step.
class Heartbeats {
 public:
  Heartbeats(const std::string& address, const std::vector<TrafficPlan>& plans)
      : plans_(plans),
        stub_(v1::EventService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {
    context_.AddMetadata("lupaus-actor", "bench");
    stream_ = stub_->StreamEvents(&context_);
    v1::StreamEventsRequest hello;
    for_each_source([&](const TrafficPlan& plan, size_t stream) {
      auto& source = *hello.mutable_hello()->add_sources();
      source.set_source(source_name(plan, stream));
      source.set_epoch(1);
    });
    stream_->Write(hello);
    v1::StreamEventsResponse welcome;
    stream_->Read(&welcome);
    writer_ = std::thread([this] { beat(); });
    reader_ = std::thread([this] {
      v1::StreamEventsResponse response;
      while (stream_->Read(&response)) continue;
    });
  }
  ~Heartbeats() {
    is_ended_ = true;
    writer_.join();
    stream_->WritesDone();
    reader_.join();
    const auto status = stream_->Finish();
    if (!status.ok())
      std::fprintf(stderr, "deadline: heartbeats: %s\n", status.error_message().c_str());
  }

 private:
  template <typename Visit>
  void for_each_source(Visit visit) const {
    for (const auto& plan : plans_) {
      for (size_t stream = 0; stream < plan.streams; ++stream) visit(plan, stream);
    }
  }
  void beat() {
    constexpr size_t kTurns = 20;
    for (auto next = std::chrono::steady_clock::now(); !is_ended_;
         next += std::chrono::milliseconds(1'000 / kTurns), std::this_thread::sleep_until(next)) {
      const size_t turn = turn_++ % kTurns;
      size_t source_number = 0;
      for_each_source([&](const TrafficPlan& plan, size_t stream) {
        if (source_number++ % kTurns != turn) return;
        v1::StreamEventsRequest request;
        auto& heartbeat = *request.mutable_heartbeat();
        heartbeat.set_source(source_name(plan, stream));
        heartbeat.set_epoch(1);
        heartbeat.set_last_sequence(plan.messages_a_stream * plan.events_a_message);
        set_time(*heartbeat.mutable_at(), unix_ms_now());
        set_time(*heartbeat.mutable_sent_at(), unix_ms_now());
        stream_->Write(request);
      });
    }
  }

  const std::vector<TrafficPlan> plans_;
  std::unique_ptr<v1::EventService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamEventsRequest, v1::StreamEventsResponse>>
      stream_;
  std::atomic<bool> is_ended_ = false;
  size_t turn_ = 0;
  std::thread writer_, reader_;
};

void add_lateness(const std::string& what, const std::vector<double>& late, double target_ms,
                  Table& table) {
  table.add("deadline to " + what + ": breaches", "", {static_cast<double>(late.size())});
  if (late.empty()) return;
  table.add("deadline to " + what + ": p50", "ms", {quantile(late, 0.5)});
  table.add("deadline to " + what + ": p99", "ms", {quantile(late, 0.99)}, at_most(target_ms));
  table.add("deadline to " + what + ": p99.9", "ms", {quantile(late, 0.999)});
  table.add("deadline to " + what + ": latest", "ms", {late.back()});
}

/// The same disk at the same pace, with nothing but the syncs.
void add_raw_disk(const Setup& setup, const SyncPlan& plan, Table& table) {
  const auto syncs = sync_raw_file(setup.work, plan);
  if (syncs.empty()) return;
  table.add("  raw file, as many syncs a second", "", {plan.syncs_per_second});
  table.add("  raw file, write and sync: p50", "ms", {quantile(syncs, 0.5)});
  table.add("  raw file, write and sync: p99", "ms", {quantile(syncs, 0.99)});
  table.add("  raw file, write and sync: p99.9", "ms", {quantile(syncs, 0.999)});
  table.add("  raw file, write and sync: latest", "ms", {syncs.back()});
}

}  // namespace

void bench_deadline(const Setup& setup, Table& table) {
  constexpr double kEventsPerSecond = 10'000;
  constexpr int64_t kLimitMs = 900'000;
  constexpr int64_t kSeconds = 10;
  const auto server = start_product(setup, true);
  // 95,000 who wait far from their deadline.
  TrafficPlan armed;
  armed.name = "armed";
  armed.is_waiting_only = true;
  armed.messages_a_stream = 47;
  armed.end_unix_ms = unix_ms_now();
  auto loaded = run_load(server->grpc(), armed);
  // 5,000 whose deadlines fall into the measured ten seconds, evenly.
  TrafficPlan due;
  due.name = "due";
  due.streams = 10;
  due.events_a_message = 250;
  due.messages_a_stream = 2;
  due.is_waiting_only = true;
  due.end_unix_ms = unix_ms_now() - kLimitMs + (kSeconds + 4) * 1'000;
  due.span_ms = kSeconds * 1'000;
  Listener listener(server->grpc());
  loaded = run_load(server->grpc(), due);
  auto heartbeats = std::make_unique<Heartbeats>(server->grpc(), std::vector{armed, due});
  TrafficPlan traffic;
  traffic.name = "traffic";
  traffic.streams = 50;
  traffic.events_a_message = 10;
  traffic.messages_a_stream = static_cast<size_t>(kEventsPerSecond * (kSeconds + 5) / 500);
  traffic.is_live = true;
  traffic.span_ms = (kSeconds + 5) * 1'000;
  traffic.end_unix_ms = unix_ms_now() + traffic.span_ms;
  const auto syncs = [&] { return server->metrics()["lupaus_syncs_total"]; };
  const double syncs_before = syncs();
  const auto result = run_load(server->grpc(), traffic, kEventsPerSecond);
  SyncPlan raw;
  raw.syncs_per_second = std::max(1.0, syncs() - syncs_before) / std::max(0.001, result.seconds);
  if (!result.error.empty()) std::fprintf(stderr, "deadline: %s\n", result.error.c_str());
  listener.wait_for_confirmed(due.events_a_message * due.messages_a_stream);
  heartbeats.reset();
  const auto late = listener.end();
  add_lateness("durable provisional breach heard", late.provisional_ms, 10, table);
  add_lateness("durable confirmed breach heard", late.confirmed_ms, 2'000, table);
  add_raw_disk(setup, raw, table);
}

}  // namespace lupaus::tests::bench
