#include "tests/server/store/lived_database.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "server/store/replay.h"
#include "tests/server/runtime/small_branch.h"

namespace lupaus::tests {

using namespace std::chrono_literals;  // NOLINT: minutes
using server_runtime::kNine;
using server_runtime::Running;
using server_runtime::Sender;

namespace {

/// Visits in time and late, a ticket that is given up, an event that nobody knows.
void live(Running& running, Sender& kiosk, Sender& counter, std::mt19937_64& random, int& issued) {
  for (int step = 0; step < 60; ++step) {
    const auto now = running.clock->now();
    if (step % 2 == 0) {
      running.send(kiosk, {{"A" + std::to_string(++issued), "issued", now}});
    } else {
      const auto back = random() % 4;
      const std::string ticket =
          "A" + std::to_string(std::max<int>(1, issued - static_cast<int>(back)));
      running.send(counter, {{ticket, step % 7 == 0 ? "parked" : "service_started", now}});
    }
    if (step == 31) running.send(kiosk, {{"A1", "flown", now}});
    if (step % 5 == 0) {
      running.hear(kiosk, now);
      running.hear(counter, now);
    }
    running.move_to(now + rules::model::Duration(random() % 540'000));
  }
}

uint64_t setting(const char* name, uint64_t usual) {
  const char* const text = std::getenv(name);
  return text == nullptr || *text == '\0' ? usual : std::strtoull(text, nullptr, 10);
}

}  // namespace

server::store::StoreOptions lived_options() {
  server::store::StoreOptions options;
  options.compile_book = [](const auto&, const auto&, const auto&) {
    return server_runtime::small_book();
  };
  return options;
}

Lived live_in(const std::string& path) {
  Sender kiosk("kiosk"), counter("counter");
  std::mt19937_64 random(20260105);
  int issued = 0;
  Lived lived;
  auto now = kNine;
  for (int life = 0; life < 2; ++life) {
    auto store = server::store::make_store(path, lived_options());
    EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message);
    Running running(**store, server_runtime::restless(), now);
    if (life == 0) running.open({&kiosk, &counter});
    if (life == 1) running.loop.submit(rules::model::NoteRestore{}, nullptr, {});
    live(running, kiosk, counter, random, issued);
    if (life == 0) running.move_to(running.clock->now() + 3h);
    now = running.clock->now();
    lived.state_hash = running.hash();
    lived.facts = (*store)->last_position();
    EXPECT_TRUE(running.failures.empty());
    running.loop.stop();
  }
  return lived;
}

std::map<uint64_t, uint64_t> hashes_after_rows(const server::store::Store& store) {
  server::store::Replay replay(store);
  std::map<uint64_t, uint64_t> hashes = {{0, replay.state().hash()}};
  const auto read = store.read_journal(1, [&](std::span<const rules::model::Fact> facts) {
    EXPECT_TRUE(replay.take(facts).ok());
    hashes[facts.back().position] = replay.state().hash();
    return true;
  });
  EXPECT_TRUE(read.ok()) << (read.ok() ? "" : read.error().message);
  return hashes;
}

size_t rounds(size_t usual) { return setting("LUPAUS_ROUNDS", usual); }
uint64_t seed() { return setting("LUPAUS_SEED", 20260105); }

}  // namespace lupaus::tests
