// How long a payout file of 100,000 lines takes in each format, and how much memory its drawing
// adds to that of the lines themselves. Each format runs in a process of its own, so that none
// finds another's memory. finance_bench [LINES [ROUNDS]]
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>
#include <vector>

#include "server/finance/render.h"
#include "tests/bench/table.h"

namespace {

using namespace lupaus;  // NOLINT: a program
namespace finance = lupaus::server::finance;

constexpr int kRoundsMax = 32;

/// What a child tells its parent.
struct Figures {
  std::array<double, kRoundsMax> seconds;
  double growth_mib;
  double file_mib;
};

/// A line of /proc/self/status in MiB.
double memory_mib(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key)) return std::strtod(line.c_str() + key.size() + 1, nullptr) / 1024;
  }
  return 0;
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

struct Batch {
  std::vector<rules::ledger::Compensation> lines;
  rules::ledger::PayoutBatch batch;

  explicit Batch(uint64_t count) {
    const rules::model::Currency euro{{'E', 'U', 'R'}};
    batch.id = "B-20260105-0001";
    batch.state = rules::ledger::PayoutBatch::State::approved;
    batch.created_at = batch.until = batch.approved_at = rules::model::from_unix_ms(1767600000000);
    batch.total = {euro, 0};
    for (uint64_t number = 1; number <= count; ++number) {
      rules::ledger::Compensation& line = lines.emplace_back();
      line.number = number;
      line.key = {fmt::format("branch-{}", number % 300), fmt::format("20260105-kiosk-{}", number),
                  "served-in-15", 3, 1};
      line.customer = fmt::format("customer-{}", number);
      line.amount = rules::model::Money{euro, 1000 + static_cast<int64_t>(number % 997)};
      line.owed_at = rules::model::from_unix_ms(1767596400123 + static_cast<int64_t>(number));
      batch.numbers.push_back(number);
      batch.total.minor += line.amount->minor;
    }
  }

  finance::FileRequest request() const {
    finance::FileRequest request{batch, lines};
    request.settings.debtor = {"Esimerkki Säästöpankki Oy", "FI2112345600000785", ""};
    request.settings.accounts = {"4711", "2950", "1910", "OUT", "RED"};
    request.find_payee = [](std::string_view customer) {
      return server::payees::Payee{std::string(customer),
                                   "Äijö-Weiß Łukasz " + std::string(customer),
                                   "SE4550000000058398257466", "sv"};
    };
    request.find_detail = [this](const rules::ledger::Compensation& line) {
      finance::LineDetail detail;
      detail.nature = line.number % 5 == 0 ? "price_reduction" : "damages";
      detail.paid = finance::Booked{batch.approved_at, ""};
      return detail;
    };
    return request;
  }
};

/// In the child: draws the file `rounds` times, the bytes counted and dropped.
void measure(std::string_view format, const Batch& batch, int rounds, Figures& into) {
  forget_peak();
  const double before = memory_mib("VmRSS:");
  size_t bytes = 0;
  for (int round = 0; round < rounds; ++round) {
    bytes = 0;
    const auto begin = std::chrono::steady_clock::now();
    const auto drawn = finance::render(format, batch.request(),
                                       [&](std::string_view piece) { bytes += piece.size(); });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!drawn) {
      std::fprintf(stderr, "%s\n", drawn.error().message.c_str());
      std::_Exit(1);
    }
    into.seconds[static_cast<size_t>(round)] = took.count();
  }
  into.growth_mib = memory_mib("VmHWM:") - before;
  into.file_mib = static_cast<double>(bytes) / 1024 / 1024;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const int rounds = argc > 2 ? std::min(std::atoi(argv[2]), kRoundsMax) : 5;
  const Batch batch(count);
  void* shared =
      mmap(nullptr, sizeof(Figures), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  tests::bench::Table table;
  for (const std::string_view format : finance::formats()) {
    auto* figures = new (shared) Figures{};
    const pid_t child = fork();
    if (child == 0) {
      measure(format, batch, rounds, *figures);
      std::_Exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return 1;
    const bool is_light = format == "csv" || format == "json" || format == "pain.001.001.09";
    table.add(fmt::format("{} lines as {}, {:.1f} MiB", count, format, figures->file_mib), "s",
              {figures->seconds.begin(), figures->seconds.begin() + rounds},
              tests::bench::at_most(is_light ? 1.5 : 3));
    table.add("  memory beyond the lines themselves", "MiB", {figures->growth_mib},
              tests::bench::at_most(256));
  }
  table.print();
  return 0;
}
