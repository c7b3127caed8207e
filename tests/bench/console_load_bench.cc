// What it costs the terminals that people look: 20,000 events a second with and without 200
// browsers that watch live boards by server-sent events and 20 dashboards that ask each second, A B
// A B, each on a fresh server.
// How long an acknowledgement takes in both, and how long after it a watcher sees the change.
// console_load_bench LUPAUSD LUPAUS BOOK_DIR WORK_DIR [PAIRS [SECONDS]]
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "lupaus/v1/event.grpc.pb.h"
#include "tests/bench/http_client.h"
#include "tests/bench/load.h"
#include "tests/bench/scenarios.h"
#include "tests/bench/table.h"

namespace {

using namespace lupaus::tests::bench;  // NOLINT: a program
namespace v1 = lupaus::v1;
using Steady = std::chrono::steady_clock;

constexpr double kEventsASecond = 20'000;
constexpr size_t kWatchers = 200;
constexpr size_t kWatchedBranches = 10;
constexpr size_t kDashboards = 20;
constexpr auto kProbeEvery = std::chrono::milliseconds(73);

double ms_since(Steady::time_point start) {
  return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

std::shared_ptr<grpc::Channel> connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

/// The live board of the n-th of those who watch.
std::string board_path(size_t number) {
  return "/v1/tickets:watch?branch=" + branch_name(number % kWatchedBranches);
}

std::string this_month() {
  const std::chrono::year_month_day today(
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  return fmt::format("{:04}-{:02}", static_cast<int>(today.year()),
                     static_cast<unsigned>(today.month()));
}

/// Runs `work(stop)` on threads until it goes.
class Background {
 public:
  Background(size_t threads, const std::function<void(const std::atomic<bool>&, size_t)>& work) {
    for (size_t i = 0; i < threads; ++i)
      threads_.emplace_back([this, work, i] { work(is_stopping_, i); });
  }
  ~Background() {
    is_stopping_ = true;
    for (auto& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> is_stopping_ = false;
  std::vector<std::thread> threads_;
};

/// One dashboard: asks three questions each second.
struct Dashboard {
  const std::string address;
  std::atomic<uint64_t>& answers;

  void run(const std::atomic<bool>& is_stopping, size_t number) const {
    const std::string branch = branch_name(number % kWatchedBranches);
    const std::string questions[] = {
        "/v1/tickets?open=true&branch=" + branch, "/v1/breaches:summarize?by=branch",
        "/v1/reports/" + this_month() + "?promise=served-in-15&branch=" + branch};
    auto next = Steady::now() + std::chrono::milliseconds(1'000 * number / kDashboards);
    while (!is_stopping) {
      std::this_thread::sleep_until(next);
      next += std::chrono::seconds(1);
      for (const std::string& question : questions)
        answers += http_get(address, question).starts_with("HTTP/1.1 200") ? 1 : 0;
    }
  }
};

/// Sends one customer at a time to a watched branch, and waits until its board shows him.
class UpdateProbe {
 public:
  UpdateProbe(const ServerProcess& server, std::vector<double>& latencies)
      : channel_(connect(server.grpc())),
        latencies_(latencies),
        stream_(server.http(), board_path(0)),
        reader_([this] { read(); }),
        sender_(1, [this](const std::atomic<bool>& is_stopping, size_t) { send(is_stopping); }) {}
  ~UpdateProbe() {
    stream_.hang_up();
    reader_.join();
  }

 private:
  void read() {
    constexpr std::string_view kName = "\"ticket\":\"probe-";
    for (std::string event; stream_.read(event);) {
      const auto now = Steady::now();
      const std::scoped_lock lock(mutex_);
      for (size_t at = event.find(kName); at != std::string::npos; at = event.find(kName, at + 1)) {
        const size_t begin = at + kName.size();
        seen_.emplace("probe-" + event.substr(begin, event.find('"', begin) - begin), now);
      }
    }
  }

  void send(const std::atomic<bool>& is_stopping) {
    const auto stub = v1::EventService::NewStub(channel_);
    for (int number = 0; !is_stopping; ++number) {
      std::this_thread::sleep_for(kProbeEvery);
      const std::string name = "probe-" + std::to_string(number);
      v1::CreateEventsRequest request;
      v1::Event& event = *request.add_events();
      event.set_source(branch_name(0) + "/probe");
      event.set_branch(branch_name(0));
      event.set_ticket(name);
      event.set_type("issued");
      set_time(*event.mutable_occurred_at(), unix_ms_now());
      (*event.mutable_attributes())["service"] = "cash";
      event.set_epoch(1);
      event.set_sequence(static_cast<uint64_t>(number) + 1);
      grpc::ClientContext context;
      v1::CreateEventsResponse response;
      if (!stub->CreateEvents(&context, request, &response).ok()) continue;
      const auto acked = Steady::now();
      note(name, acked, is_stopping);
    }
  }

  void note(const std::string& name, Steady::time_point acked,
            const std::atomic<bool>& is_stopping) {
    while (!is_stopping) {
      {
        const std::scoped_lock lock(mutex_);
        if (const auto found = seen_.find(name); found != seen_.end()) {
          latencies_.push_back(std::max(
              0.0, std::chrono::duration<double, std::milli>(found->second - acked).count()));
          return;
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  const std::shared_ptr<grpc::Channel> channel_;
  std::vector<double>& latencies_;
  EventStream stream_;
  std::mutex mutex_;
  std::map<std::string, Steady::time_point> seen_;
  std::thread reader_;
  Background sender_;
};

struct Phase {
  LatencyResult acks;
  double server_cpu = 0;  ///< of one core
  uint64_t watched_answers = 0, watched_bytes = 0, dashboard_answers = 0;
  std::vector<double> updates;  ///< ms
};

/// 20,000 events a second on 50 branches, while one terminal measures its acknowledgements.
void run_traffic(const ServerProcess& server, double seconds, Phase& phase) {
  TrafficPlan plan;
  plan.name = "w";
  plan.streams = kBranches;
  plan.events_a_message = 20;
  plan.messages_a_stream = static_cast<size_t>(
      kEventsASecond * seconds / static_cast<double>(plan.streams * plan.events_a_message));
  plan.is_live = true;
  plan.span_ms = static_cast<int64_t>(seconds * 1'000);
  plan.end_unix_ms = unix_ms_now() + plan.span_ms;
  plan.queue_length = 16;
  std::thread load([&] {
    const LoadResult result = run_load(server.grpc(), plan, kEventsASecond);
    if (!result.error.empty()) fmt::print(stderr, "load: {}\n", result.error);
  });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const double cpu = server.cpu_seconds();
  const auto start = Steady::now();
  while (ms_since(start) < (seconds - 2) * 1'000) {
    TrafficPlan terminal;
    terminal.name = "p" + std::to_string(phase.acks.milliseconds.size()) + "-";
    terminal.streams = 1;
    terminal.events_a_message = 1;
    terminal.messages_a_stream = 200;
    terminal.end_unix_ms = unix_ms_now();
    const LatencyResult acks = run_latency(server.grpc(), terminal);
    if (!acks.error.empty()) fmt::print(stderr, "acks: {}\n", acks.error);
    phase.acks.milliseconds.insert(phase.acks.milliseconds.end(), acks.milliseconds.begin(),
                                   acks.milliseconds.end());
  }
  phase.server_cpu = (server.cpu_seconds() - cpu) / (ms_since(start) / 1'000);
  load.join();
  std::sort(phase.acks.milliseconds.begin(), phase.acks.milliseconds.end());
}

Phase run_phase(const Setup& setup, double seconds, bool is_watched) {
  Phase phase;
  const auto server = start_product(setup, true);
  if (!is_watched) {
    run_traffic(*server, seconds, phase);
    return phase;
  }
  std::vector<std::string> boards;
  for (size_t i = 0; i < kWatchers; ++i) boards.push_back(board_path(i));
  const EventStreams watchers(server->http(), boards);
  std::atomic<uint64_t> answers = 0;
  {
    const Dashboard dashboard{server->http(), answers};
    const Background dashboards(kDashboards, [&](const std::atomic<bool>& is_stopping, size_t i) {
      dashboard.run(is_stopping, i);
    });
    const UpdateProbe probe(*server, phase.updates);
    run_traffic(*server, seconds, phase);
  }
  phase.dashboard_answers = answers;
  phase.watched_answers = watchers.events();
  phase.watched_bytes = watchers.bytes();
  if (watchers.closed_count() > 0)
    fmt::print(stderr, "{} watchers were hung up on\n", watchers.closed_count());
  std::sort(phase.updates.begin(), phase.updates.end());
  return phase;
}

void measure(const Setup& setup, double seconds) {
  std::map<std::string, std::vector<double>> figures;
  for (size_t pair = 0; pair < setup.pairs; ++pair) {
    const Phase alone = run_phase(setup, seconds, false);
    const Phase watched = run_phase(setup, seconds, true);
    const auto put = [&](const char* name, double value) { figures[name].push_back(value); };
    for (const auto& [name, part] : {std::pair("p50", 0.5), std::pair("p99", 0.99)}) {
      const double a = quantile(alone.acks.milliseconds, part);
      const double b = quantile(watched.acks.milliseconds, part);
      put(fmt::format("alone {}", name).c_str(), a);
      put(fmt::format("watched {}", name).c_str(), b);
      put(fmt::format("ratio {}", name).c_str(), b / a);
      put(fmt::format("update {}", name).c_str(),
          watched.updates.empty() ? 0 : quantile(watched.updates, part));
    }
    put("cpu alone", alone.server_cpu);
    put("cpu watched", watched.server_cpu);
    put("answers", static_cast<double>(watched.watched_answers) / seconds);
    put("megabytes", static_cast<double>(watched.watched_bytes) / seconds / 1e6);
    put("dashboards", static_cast<double>(watched.dashboard_answers) / seconds);
  }
  Table table;
  table.add("ack p50 beside 20,000 events/s: alone", "ms", figures["alone p50"]);
  table.add("ack p50 with 200 watchers, 20 dashboards", "ms", figures["watched p50"]);
  table.add("ack p50: ratio", "", figures["ratio p50"], at_most(1.1));
  table.add("ack p99: alone", "ms", figures["alone p99"]);
  table.add("ack p99: watched", "ms", figures["watched p99"]);
  table.add("ack p99: ratio", "", figures["ratio p99"]);
  table.add("from a customer's ack to his line on the board, p50", "ms", figures["update p50"]);
  table.add("from a customer's ack to his line on the board, p99", "ms", figures["update p99"]);
  table.add("server's CPU: alone", "cores", figures["cpu alone"]);
  table.add("server's CPU: watched", "cores", figures["cpu watched"]);
  table.add("answers to watchers", "1/s", figures["answers"]);
  table.add("answers to watchers", "MB/s", figures["megabytes"]);
  table.add("answers to dashboards", "1/s", figures["dashboards"]);
  table.print();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    fmt::print(stderr, "usage: {} LUPAUSD LUPAUS BOOK_DIR WORK_DIR [PAIRS [SECONDS]]\n", argv[0]);
    return 2;
  }
  Setup setup;
  setup.lupausd = argv[1];
  setup.lupaus = argv[2];
  setup.book = argv[3];
  setup.work = argv[4];
  setup.pairs = argc > 5 ? std::strtoul(argv[5], nullptr, 10) : 5;
  std::filesystem::create_directories(setup.work);
  measure(setup, argc > 6 ? std::strtod(argv[6], nullptr) : 10);
  return 0;
}
