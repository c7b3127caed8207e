// From a deadline to its durable breach, while 10,000 events a second come in and 100,000
// commitments are armed. Measured at the outside: from the first breaching instant to the arrival
// of the signal, which is sent after the sync.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "lupaus/v1/signal.grpc.pb.h"
#include "tests/bench/load.h"
#include "tests/bench/scenarios.h"

namespace lupaus::tests::bench {
namespace {

double now_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Collects, for each provisional breach, how long after its deadline it was heard.
class Listener {
 public:
  explicit Listener(const std::string& address)
      : stub_(v1::SignalService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {
    context_.AddMetadata("lupaus-actor", "bench");
    thread_ = std::thread([this] { listen(); });
  }
  ~Listener() { end(); }
  std::vector<double> end() {
    context_.TryCancel();
    if (thread_.joinable()) thread_.join();
    std::sort(late_ms_.begin(), late_ms_.end());
    return late_ms_;
  }

 private:
  void listen() {
    const auto reader = stub_->WatchSignals(&context_, v1::WatchSignalsRequest());
    v1::WatchSignalsResponse signal;
    while (reader->Read(&signal)) {
      if (signal.kind() != v1::SIGNAL_KIND_BREACHED_PROVISIONAL) continue;
      const double due =
          static_cast<double>(signal.due_at().seconds()) * 1e3 + signal.due_at().nanos() / 1e6;
      late_ms_.push_back(now_ms() - due -
                         1);  // the first millisecond beyond the limit is the breaching one
    }
  }

  std::unique_ptr<v1::SignalService::Stub> stub_;
  grpc::ClientContext context_;
  std::thread thread_;
  std::vector<double> late_ms_;
};

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
  due.streams = 1;
  due.events_a_message = 250;
  due.messages_a_stream = 20;
  due.is_waiting_only = true;
  due.end_unix_ms = unix_ms_now() - kLimitMs + (kSeconds + 4) * 1'000;
  due.span_ms = kSeconds * 1'000;
  Listener listener(server->grpc());
  loaded = run_load(server->grpc(), due);
  TrafficPlan traffic;
  traffic.name = "traffic";
  traffic.streams = 50;
  traffic.events_a_message = 10;
  traffic.messages_a_stream = static_cast<size_t>(kEventsPerSecond * (kSeconds + 5) / 500);
  traffic.end_unix_ms = unix_ms_now() + (kSeconds + 5) * 1'000;
  const auto result = run_load(server->grpc(), traffic, kEventsPerSecond);
  if (!result.error.empty()) std::fprintf(stderr, "deadline: %s\n", result.error.c_str());
  const auto late = listener.end();
  table.add("deadline to durable breach heard: breaches", "", {static_cast<double>(late.size())});
  table.add("deadline to durable breach heard: p50", "ms", {quantile(late, 0.5)});
  table.add("deadline to durable breach heard: p99", "ms", {quantile(late, 0.99)}, at_most(10));
}

}  // namespace lupaus::tests::bench
