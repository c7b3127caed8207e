// The engine loop over the real storage without the network: what one event costs once it is in
// memory. loop_bench DATA_DIR BOOK_DIR [MESSAGES_A_STREAM [EVENTS_A_MESSAGE]]
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "rules/language/compile.h"
#include "server/ingest/translate.h"
#include "server/runtime/engine_loop.h"
#include "server/store/store.h"
#include "tests/bench/traffic.h"

namespace {

using namespace lupaus;  // NOLINT: a program

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

rules::model::BookPtr read_book(const char* folder) {
  std::vector<rules::model::SourceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files.push_back({entry.path().filename().string(), text.str()});
  }
  auto compiled = rules::language::compile(files);
  for (const auto& diagnostic : compiled.diagnostics) {
    std::fprintf(stderr, "%s\n", rules::language::format_diagnostic(diagnostic).c_str());
  }
  return compiled.book;
}

int fail(const rules::model::Error& error) {
  std::fprintf(stderr, "%s\n", rules::model::format_error(error).c_str());
  return 1;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

rules::model::BookPtr compile_published(std::span<const rules::model::SourceFile> files,
                                        std::span<const rules::model::ZoneTable> zones,
                                        const std::string& tz_version) {
  return rules::language::compile(files, {zones, tz_version}).book;
}

struct Message {
  v1::StreamEventsRequest request;
  server::ingest::EventViews views;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  tests::bench::TrafficPlan plan;
  plan.name = "loop";
  if (argc > 3) plan.messages_a_stream = std::strtoul(argv[3], nullptr, 10);
  if (argc > 4) plan.events_a_message = std::strtoul(argv[4], nullptr, 10);
  plan.end_unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
  auto opened = server::store::make_store(argv[1], {compile_published});
  if (!opened) return fail(opened.error());
  auto& storage = *opened.value();
  auto clock = server::runtime::make_system_clock();
  server::runtime::EngineLoop loop({}, *clock, storage, [](std::string why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::abort();
  });
  auto start = std::chrono::steady_clock::now();
  if (auto started = loop.start(); !started) return fail(started.error());
  std::printf("recovered in %.2f s\n", seconds_since(start));
  loop.submit(
      rules::model::Publish{read_book(argv[2]), clock->now() - std::chrono::hours(1), {}, "bench"},
      nullptr, nullptr);
  std::vector<std::deque<Message>> messages(plan.streams);
  uint64_t events = 0;
  for (size_t stream = 0; stream < plan.streams; ++stream) {
    loop.submit(rules::model::Register{tests::bench::source_name(plan, stream), 0, 0, false},
                nullptr, nullptr);
    for (const auto& text : tests::bench::make_messages(plan, stream)) {
      auto& message = messages[stream].emplace_back();
      message.request.ParseFromString(text);
      if (auto read = server::ingest::translate(message.request.batch(), message.views); !read) {
        return fail(read.error());
      }
      events += message.views.events.size();
    }
  }
  loop.drain();
  start = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  for (size_t i = 0; i < plan.messages_a_stream; ++i) {
    for (auto& stream : messages) {
      server::runtime::Intake intake;
      intake.events = stream[i].views.events;
      intake.done = [](server::runtime::Intake::Outcome outcome) {
        if (!outcome.result.ok()) std::exit(fail(outcome.result.error()));
      };
      while (!loop.try_submit(intake)) {
        std::promise<void> room;
        loop.on_room([&room] { room.set_value(); });
        room.get_future().wait();
      }
    }
  }
  loop.drain();
  const double wall = seconds_since(start);
  const double used = cpu_seconds() - cpu;
  const auto figures = loop.figures();
  std::printf(
      "%llu events in %.2f s: %.0f a second, %.2f us of CPU each; %llu batches, %llu syncs, %llu "
      "tickets\n",
      static_cast<unsigned long long>(events), wall, static_cast<double>(events) / wall,
      used / static_cast<double>(events) * 1e6, static_cast<unsigned long long>(figures.batches),
      static_cast<unsigned long long>(figures.syncs),
      static_cast<unsigned long long>(figures.tickets));
  loop.stop();
  return 0;
}
