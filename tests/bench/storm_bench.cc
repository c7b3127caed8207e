// Ten thousand terminals come back to a real server at once, each with a hundred events: how long
// until all is durable, what the server needs for it, and how long a heartbeat of a terminal that
// is alive takes meanwhile. storm_bench LUPAUSD BOOK_DIR WORK_DIR [SOURCES [EVENTS [CONNECTIONS]]]
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/bench/server_process.h"
#include "tests/bench/table.h"
#include "tests/support/storm.h"

namespace {

using namespace lupaus::tests;  // NOLINT: a program
using std::chrono::microseconds;

double ms(const std::vector<double>& ascending, double part) {
  return ascending.empty() ? 0 : bench::quantile(ascending, part);
}

void print_beats(const char* when, const std::vector<microseconds>& beats) {
  std::vector<double> lengths;
  for (const microseconds length : beats)
    lengths.push_back(static_cast<double>(length.count()) / 1'000);
  std::sort(lengths.begin(), lengths.end());
  fmt::print("{:<44} p50 {:.2f} ms, p99 {:.2f} ms, longest {:.2f} ms of {}\n", when,
             ms(lengths, 0.5), ms(lengths, 0.99), ms(lengths, 1.0), lengths.size());
}

uint32_t number(int argc, char** argv, int at, uint32_t fallback) {
  return argc > at ? static_cast<uint32_t>(std::strtoul(argv[at], nullptr, 10)) : fallback;
}

/// The most that the server needed, looked at as often as the machine lets us.
class PeakMemory {
 public:
  explicit PeakMemory(const bench::ServerProcess& server)
      : server_(server), thread_([this] {
          while (!is_stopping_) {
            peak_ = std::max(peak_, server_.resident_bytes());
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
          }
        }) {}
  uint64_t stop() {
    is_stopping_ = true;
    thread_.join();
    return peak_;
  }

 private:
  const bench::ServerProcess& server_;
  std::atomic<bool> is_stopping_ = false;
  uint64_t peak_ = 0;
  std::thread thread_;
};

std::unique_ptr<bench::ServerProcess> start(const char* lupausd, const std::string& book,
                                            const std::string& work) {
  std::filesystem::remove_all(work);
  std::filesystem::create_directories(work);
  std::ofstream(work + "/lupaus.yaml")
      << "data_dir: " << work << "/data\nbook: {dir: " << book << "}\n"
      << "grpc: {listen: \"127.0.0.1:0\"}\nhttp: {listen: \"127.0.0.1:0\"}\n";
  const std::string ready = work + "/ready";
  return std::make_unique<bench::ServerProcess>(
      std::vector<std::string>{lupausd, "serve", "--config", work + "/lupaus.yaml", "--ready-file",
                               ready},
      ready, work + "/lupausd.log");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr,
                 "storm_bench LUPAUSD BOOK_DIR WORK_DIR [SOURCES [EVENTS [CONNECTIONS]]]\n");
    return 2;
  }
  auto server = start(argv[1], argv[2], argv[3]);
  support::StormSettings settings;
  settings.server = server->grpc();
  settings.branch = "bench";
  settings.branches = 50;
  settings.sources = number(argc, argv, 4, 10'000);
  settings.events = number(argc, argv, 5, 100);
  settings.connections = number(argc, argv, 6, 64);
  settings.first_event_unix_ms =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())
          .time_since_epoch()
          .count() -
      int64_t{settings.events} * 1'000 - 60'000;
  support::Storm storm(settings);
  auto calm = std::make_unique<support::LiveTerminal>(settings.server);
  std::this_thread::sleep_for(std::chrono::seconds(2));
  print_beats("heartbeat acknowledged, before", calm->stop());
  const uint64_t memory_before = server->resident_bytes();
  const double cpu_before = server->cpu_seconds();

  support::LiveTerminal live(settings.server);
  PeakMemory peak(*server);
  const auto begun = std::chrono::steady_clock::now();
  storm.start();
  const bool is_done = storm.wait_until_acked(std::chrono::seconds(900));
  const double lasted =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const auto beats = live.stop();
  const uint64_t memory_peak = peak.stop();
  const support::StormFigures figures = storm.figures();
  const auto metrics = server->metrics();
  print_beats("heartbeat acknowledged, during the storm", beats);
  fmt::print("{:<44} {} of {} sources, {} events each, in {:.1f} s ({:.0f} events/s)\n",
             is_done ? "everything is durable" : "NOT everything is durable", figures.sources_done,
             settings.sources, settings.events, lasted,
             figures.sources_done * settings.events / lasted);
  fmt::print("{:<44} {} opened, {} turned away, {} broken ({}), {} events rejected\n", "streams",
             figures.streams, figures.turned_away, figures.broken, figures.error, figures.rejected);
  fmt::print("{:<44} {:.0f} MiB before, {:.0f} MiB at its peak, {:.1f} s of processor time\n",
             "the server", static_cast<double>(memory_before) / (1 << 20),
             static_cast<double>(memory_peak) / (1 << 20), server->cpu_seconds() - cpu_before);
  const auto taken = metrics.find("lupaus_ingest_events_total");
  fmt::print("{:<44} {:.0f}\n", "events that the server read (with repeats)",
             taken == metrics.end() ? 0 : taken->second);
  storm.stop();
  server->stop();
  return is_done && figures.rejected == 0 ? 0 : 1;
}
