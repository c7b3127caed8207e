// How fast the outbox sends what is owed to a bank on loopback: real store with synced writes, both
// records of each attempt, signatures checked by the bank. webhook_bench WORK_DIR [COUNT]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "tests/bench/table.h"
#include "tests/support/fake_bank/fake_bank.h"
#include "tests/support/payday.h"

namespace lupaus::tests::bench {
namespace {

constexpr int kRuns = 3;

/// Compensations paid a second, from when all are owed until all are recorded as paid.
double run(const std::string& folder, uint64_t count) {
  using rules::model::PaidState;
  const support::FakeBank bank(
      "s1", [](const std::string&, int) { return support::Whim::credit; }, false);
  support::PaydaySettings settings;
  settings.folder = folder;
  settings.webhook.url = bank.url();
  settings.webhook.allowed_hosts = {"127.0.0.1"};
  settings.webhook.secrets = {"s1"};
  double rate = 0;
  {
    support::Payday house(settings);
    house.owe(count, true);
    const auto start = std::chrono::steady_clock::now();
    const uint64_t early = house.by_state()[PaidState::paid];
    house.wait_until_settled(count);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    rate = static_cast<double>(count - early) / took.count();
  }
  if (bank.totals().credits != count) std::fprintf(stderr, "not all were credited\n");
  std::filesystem::remove_all(folder);
  return rate;
}

}  // namespace
}  // namespace lupaus::tests::bench

int main(int argc, char** argv) {
  using namespace lupaus::tests::bench;  // NOLINT: a program
  if (argc < 2) return 2;
  const uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20'000;
  std::filesystem::create_directories(argv[1]);
  std::vector<double> rates;
  for (int i = 0; i < kRuns; ++i) rates.push_back(run(std::string(argv[1]) + "/payday", count));
  Table table;
  table.add("webhooks to a bank on loopback, synced twice each", "1/s", rates, at_least(2'000));
  table.print();
  return 0;
}
