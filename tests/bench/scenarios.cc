#include "tests/bench/scenarios.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/bench/load.h"

namespace lupaus::tests::bench {
namespace {

/// Backdated by an hour: a ticket that was issued before its book was published binds nothing.
void publish(const Setup& setup, const std::string& address) {
  const auto an_hour_ago =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) -
      std::chrono::hours(1);
  const std::time_t time = std::chrono::system_clock::to_time_t(an_hour_ago);
  std::vector<std::string> command = {
      setup.lupaus, "--server",     address,
      "--as",       "bench",        "promises",
      "apply",      "--valid-from", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time)),
      "--reason",   "benchmark"};
  for (const auto& entry : std::filesystem::directory_iterator(setup.book))
    command.push_back(entry.path());
  const std::string log = setup.work + "/apply.log";
  if (run_command(command, log) == 0) return;
  std::fprintf(stderr, "the book was not published; see %s\n", log.c_str());
  std::exit(1);
}

struct Shape {
  std::string name;
  size_t streams, events_a_message, messages_a_stream;
  double ratio_target;
};

struct Measured {
  double events_per_second = 0;
  double cpu_us_an_event = 0;
  double caught_up_seconds = 0;
};

Measured measure(ServerProcess& server, const Setup& setup, const Shape& shape) {
  TrafficPlan plan;
  plan.name = "t";
  plan.streams = shape.streams;
  plan.events_a_message = shape.events_a_message;
  plan.messages_a_stream = std::max<size_t>(
      1, static_cast<size_t>(static_cast<double>(shape.messages_a_stream) * setup.scale));
  plan.end_unix_ms = unix_ms_now();
  const double cpu = server.cpu_seconds();
  const auto result = run_load(server.grpc(), plan);
  if (!result.error.empty() || result.rejected > 0) {
    std::fprintf(stderr, "%s: %llu rejected, %s\n", shape.name.c_str(),
                 static_cast<unsigned long long>(result.rejected), result.error.c_str());
  }
  Measured measured;
  measured.caught_up_seconds = server.wait_caught_up(30);
  const auto events = static_cast<double>(result.events);
  measured.events_per_second =
      events / (result.seconds + std::max(0.0, measured.caught_up_seconds));
  measured.cpu_us_an_event = (server.cpu_seconds() - cpu) / events * 1e6;
  return measured;
}

void bench_shape(const Setup& setup, const Shape& shape, Table& table) {
  std::vector<double> bare, product, ratio, cpu, bare_cpu, caught_up;
  for (size_t pair = 0; pair < setup.pairs; ++pair) {
    std::fprintf(stderr, "%s, pair %zu of %zu\n", shape.name.c_str(), pair + 1, setup.pairs);
    const auto a = measure(*start_bare(setup), setup, shape);
    const auto b = measure(*start_product(setup, true), setup, shape);
    bare.push_back(a.events_per_second);
    bare_cpu.push_back(a.cpu_us_an_event);
    product.push_back(b.events_per_second);
    cpu.push_back(b.cpu_us_an_event);
    caught_up.push_back(b.caught_up_seconds);
    ratio.push_back(b.events_per_second / a.events_per_second);
  }
  table.add(shape.name + ": bare server", "events/s", bare);
  table.add(shape.name + ": Lupaus, projections caught up", "events/s", product);
  table.add(shape.name + ": ratio", "", ratio, at_least(shape.ratio_target));
  table.add(shape.name + ": bare server's CPU", "us/event", bare_cpu);
  table.add(shape.name + ": server's CPU", "us/event", cpu,
            shape.events_a_message > 1 ? at_most(2.0) : Target{});
  table.add(shape.name + ": projections caught up after", "s", caught_up, at_most(5.0));
}

}  // namespace

int64_t unix_ms_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::unique_ptr<ServerProcess> start_bare(const Setup& setup) {
  const std::vector<std::string> command = {setup.bare_server, setup.work + "/bare.journal",
                                            setup.work + "/bare.ready"};
  return std::make_unique<ServerProcess>(command, setup.work + "/bare.ready",
                                         setup.work + "/bare.log");
}

std::unique_ptr<ServerProcess> start_product(const Setup& setup, bool is_fresh) {
  const std::string config = setup.work + "/lupaus.yaml";
  const std::string ready = setup.work + "/lupaus.ready";
  if (is_fresh) std::filesystem::remove_all(setup.work + "/data");
  std::ofstream(config) << "data_dir: " << setup.work << "/data\n"
                        << "grpc: {listen: \"127.0.0.1:0\"}\nhttp: {listen: \"127.0.0.1:0\"}\n";
  const std::vector<std::string> command = {setup.lupausd, "serve",        "--config",
                                            config,        "--ready-file", ready};
  auto server = std::make_unique<ServerProcess>(command, ready, setup.work + "/lupausd.log");
  if (is_fresh) publish(setup, server->grpc());
  return server;
}

void bench_throughput(const Setup& setup, Table& table) {
  bench_shape(setup, {"8 streams x 256", 8, 256, 1'000, 0.35}, table);
  bench_shape(setup, {"200 streams x 1", 200, 1, 2'000, 0.6}, table);
}

void bench_latency(const Setup& setup, Table& table) {
  TrafficPlan plan;
  plan.name = "l";
  plan.streams = 1;
  plan.events_a_message = 1;
  plan.messages_a_stream = 2'000;
  std::vector<double> p50, p99, bare50, bare99, ratio50, ratio99;
  for (size_t pair = 0; pair < setup.pairs; ++pair) {
    plan.end_unix_ms = unix_ms_now();
    const auto a = run_latency(start_bare(setup)->grpc(), plan);
    const auto b = run_latency(start_product(setup, true)->grpc(), plan);
    if (!b.error.empty()) std::fprintf(stderr, "latency: %s\n", b.error.c_str());
    bare50.push_back(quantile(a.milliseconds, 0.5));
    bare99.push_back(quantile(a.milliseconds, 0.99));
    p50.push_back(quantile(b.milliseconds, 0.5));
    p99.push_back(quantile(b.milliseconds, 0.99));
    ratio50.push_back(p50.back() / bare50.back());
    ratio99.push_back(p99.back() / bare99.back());
  }
  table.add("ack when idle, p50: bare server", "ms", bare50);
  table.add("ack when idle, p50: Lupaus", "ms", p50);
  table.add("ack when idle, p50: ratio", "", ratio50, at_most(1.5));
  table.add("ack when idle, p99: bare server", "ms", bare99);
  table.add("ack when idle, p99: Lupaus", "ms", p99);
  table.add("ack when idle, p99: ratio", "", ratio99, at_most(2.0));
}

namespace {

/// Sends traffic until the journal has grown by `facts`, or for a minute, and kills the server in
/// the middle of it.
void kill_under_load(ServerProcess& server, double facts) {
  TrafficPlan plan;
  plan.name = "k";
  plan.messages_a_stream = static_cast<size_t>(facts / (plan.streams * plan.events_a_message)) + 1;
  plan.end_unix_ms = unix_ms_now();
  const auto position = [&] { return server.metrics()["lupaus_journal_position"]; };
  const double begin = position();
  std::thread load([&] { run_load(server.grpc(), plan); });
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (position() < begin + facts && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  if (position() < begin + facts) std::fprintf(stderr, "memory: the load was not taken in time\n");
  server.kill();
  load.join();
}

/// A server whose memory is looked at: what was freed is given back at once. The allocator's work
/// for that is no part of a restart that is timed.
std::unique_ptr<ServerProcess> start_weighed(const Setup& setup) {
  ::setenv("MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0", 1);
  auto server = start_product(setup, false);
  ::unsetenv("MALLOC_CONF");
  return server;
}

/// Restarts from what is on the disk now, the same bytes three times: the machine has other things
/// to do, so the least counts. Leaves those bytes behind.
std::vector<double> restarts(const Setup& setup) {
  const std::string data = setup.work + "/data", kept = setup.work + "/data.kept";
  std::filesystem::remove_all(kept);
  std::filesystem::rename(data, kept);
  std::vector<double> seconds;
  const auto lay_out = [&] {
    std::filesystem::remove_all(data);
    std::filesystem::copy(kept, data, std::filesystem::copy_options::recursive);
  };
  for (int i = 0; i < 3; ++i) {
    lay_out();
    const auto server = start_product(setup, false);
    seconds.push_back(server->seconds_to_ready());
    server->kill();
  }
  lay_out();
  std::filesystem::remove_all(kept);
  return seconds;
}

}  // namespace

void bench_memory(const Setup& setup, Table& table) {
  start_product(setup, true)->stop();
  auto server = start_weighed(setup);
  const auto empty = static_cast<double>(server->resident_bytes());
  // A million customers who wait: only `issued`, spread over five minutes, due in fifteen.
  TrafficPlan plan;
  plan.name = "m";
  plan.streams = 8;
  plan.messages_a_stream = static_cast<size_t>(489 * setup.scale) + 1;
  plan.is_waiting_only = true;
  const auto events =
      static_cast<double>(plan.streams * plan.messages_a_stream * plan.events_a_message);
  plan.end_unix_ms = unix_ms_now();
  const auto result = run_load(server->grpc(), plan);
  if (!result.error.empty()) std::fprintf(stderr, "memory: %s\n", result.error.c_str());
  server->wait_caught_up(30);
  const auto live = static_cast<double>(server->resident_bytes());
  server->kill();
  table.add(fmt::format("restart after kill -9 with {:.0f} armed, all in the tail", events), "s",
            restarts(setup), at_most(3));
  start_product(setup, false)->stop();
  server = start_weighed(setup);
  const auto full = static_cast<double>(server->resident_bytes());
  table.add(fmt::format("resident for each of {:.0f} armed, after a checkpoint", events), "bytes",
            {(full - empty) / events}, at_most(160));
  table.add("  with the memtables and journal that came with them", "bytes",
            {(live - empty) / events});
  server->stop();
  table.add(fmt::format("restart after SIGTERM with {:.0f} armed", events), "s", restarts(setup));
  server = start_product(setup, false);
  kill_under_load(*server, 2e6 * setup.scale);
  table.add(fmt::format("restart after kill -9 under load with {:.0f} armed", events), "s",
            restarts(setup), at_most(3));
}

void bench_backtest(const Setup& setup, Table& table) {
  TrafficPlan plan;
  plan.name = "b";
  plan.streams = 8;
  plan.messages_a_stream = static_cast<size_t>(489 * setup.scale) + 1;
  plan.end_unix_ms = unix_ms_now();
  const std::string file = setup.work + "/events.jsonl";
  const size_t events = write_json_lines(plan, file);
  std::vector<std::string> command = {setup.lupaus, "backtest", "--events",  file,
                                      "-o",         "ndjson",   "--promises"};
  for (const auto& entry : std::filesystem::directory_iterator(setup.book))
    command.push_back(entry.path());
  std::vector<double> rates;
  for (size_t i = 0; i < setup.pairs; ++i) {
    const std::string log = setup.work + "/backtest.log";
    std::filesystem::remove(log);
    const auto start = std::chrono::steady_clock::now();
    const int code = run_command(command, log);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (code != 0) {
      std::fprintf(stderr, "backtest ended with %d; see %s\n", code, log.c_str());
      return;
    }
    rates.push_back(static_cast<double>(events) / seconds);
  }
  table.add(fmt::format("backtest of {} events from JSON lines", events), "events/s", rates,
            at_least(300'000));
}

}  // namespace lupaus::tests::bench
