// How long it takes to derive every cent of a batch of a million transfers again: real store, real
// loop, the whole journal read from its beginning. verify_bench WORK_DIR [COUNT [ROUNDS]]
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "lupaus/v1/payout.pb.h"
#include "server/api/payout_proofs.h"
#include "server/wire/ask.h"
#include "tests/bench/table.h"
#include "tests/support/payday.h"

namespace lupaus::tests::bench {
namespace {

/// Of the whole process.
double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// The id of a batch of all that is owed; "" when none could be drawn up.
std::string draw_up(server::runtime::EngineLoop& loop) {
  const auto anna = std::make_shared<const rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::person, false, "anna", "finance"});
  const auto facts = server::wire::ask(loop, rules::model::CloseBatch{}, anna);
  if (!facts) std::fprintf(stderr, "%s\n", rules::model::format_error(facts.error()).c_str());
  return facts ? std::get<rules::model::BatchClosed>(facts->front().body).id : "";
}

int run(const std::string& folder, uint64_t count, int rounds) {
  support::PaydaySettings settings;
  settings.folder = folder;
  settings.instrument = "transfer";
  settings.webhook.url = "http://127.0.0.1:1/";
  settings.webhook.allowed_hosts = {"127.0.0.1"};
  settings.webhook.secrets = {"s1"};
  support::Payday house(settings);
  house.owe(count, true);
  // WHY: a heartbeat overtakes messages that wait for room, and then says nothing.
  while (house.owed_count() < count) house.owe(0, true);
  const std::string id = draw_up(house.loop());
  server::api::PayoutProofs proofs(house.loop(), house.storage());
  std::vector<double> wall, cpu;
  uint64_t equal = 0, facts = 0;
  for (int round = 0; round < rounds; ++round) {
    const double before = cpu_seconds();
    const auto begin = std::chrono::steady_clock::now();
    const auto proved = proofs.verify(id, [&](const v1::VerifyPayoutBatchResponse& part) {
      if (part.has_result()) {
        equal = part.result().equal_count();
        facts = part.result().facts_count();
      }
      return true;
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!proved || equal != count) {
      std::fprintf(stderr, "%lu of %lu lines are proved\n", equal, count);
      return 1;
    }
    wall.push_back(took.count());
    cpu.push_back(cpu_seconds() - before);
  }
  Table table;
  table.add(fmt::format("{} transfers derived again from {} facts", count, facts), "s", wall,
            at_most(10));
  table.add("  CPU of its two threads together", "s", cpu);
  table.print();
  return 0;
}

}  // namespace
}  // namespace lupaus::tests::bench

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string folder = std::string(argv[1]) + "/verify";
  const uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const int code = lupaus::tests::bench::run(folder, count, argc > 3 ? std::atoi(argv[3]) : 3);
  std::filesystem::remove_all(folder);
  return code;
}
