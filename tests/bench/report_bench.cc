// How long managers' questions take over the rollups of ten million commitments: a year of fifty
// branches. The cells alone are measured: what is asked costs the same whether facts are still
// coming or not. report_bench [COMMITMENTS [ROUNDS]]
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "rules/calendar/zone.h"
#include "server/report/rollup_cells.h"
#include "tests/bench/table.h"

namespace {

using namespace lupaus;                  // NOLINT: a program
using namespace lupaus::rules::model;    // NOLINT
using namespace lupaus::server::report;  // NOLINT
using Clock = std::chrono::steady_clock;

constexpr uint64_t kBranches = 50;
constexpr uint64_t kDays = 365;
constexpr uint64_t kHours = 8;
/// As often as rows are written at most.
constexpr uint64_t kFlushEvery = 200'000;

double milliseconds_since(Clock::time_point began) {
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

double resident_mib() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  }
  return 0;
}

Fact published() {
  auto book = std::make_shared<Book>();
  book->zones = {*rules::calendar::find_built_in_zone("Europe/Helsinki")};
  for (uint64_t i = 0; i < kBranches; ++i)
    book->branches.push_back({"branch-" + std::to_string(i), "Europe/Helsinki", "", {}, {}, {}});
  return {1, Instant{}, nullptr, Published{std::move(book), kBeginningOfTime, {}, {}}};
}

/// The n-th of `all` commitments, in the order of their days.
Confirmed commitment(uint64_t n, uint64_t all, std::mt19937_64& random) {
  static std::lognormal_distribution<double> wait(12.8, 0.8);
  constexpr const char* kServices[] = {"cash", "account", "loan"};
  constexpr const char* kSegments[] = {"private", "business"};
  Confirmed fact;
  const uint64_t branch = random() % kBranches;
  fact.key = {"branch-" + std::to_string(branch), "t" + std::to_string(n), "served-in-15", 1, 1};
  const uint64_t day = n * kDays / all;
  const uint64_t second = day * 86'400 + (7 + random() % kHours) * 3'600 + random() % 3'600;
  fact.cycle.started_at = from_unix_ms(1'767'225'600'000 + static_cast<int64_t>(second) * 1'000);
  fact.cycle.counted = Duration(static_cast<int64_t>(wait(random)));
  fact.cycle.verdict =
      fact.cycle.counted > std::chrono::minutes(15) ? Verdict::breached : Verdict::kept;
  fact.service = kServices[random() % 3];
  fact.segment = kSegments[random() % 8 == 0 ? 1 : 0];
  fact.source = fact.key.branch + "/counters-" + std::to_string(random() % 2);
  fact.is_end_final = true;
  return fact;
}

using Questions = std::vector<std::pair<std::vector<Dimension>, RollupFilter>>;

double ask(const RollupCells& cells, const Questions& questions) {
  const auto began = Clock::now();
  size_t lines = 0;
  for (const auto& [by, filter] : questions) lines += cells.summarize(by, filter).size();
  const double took = milliseconds_since(began);
  if (lines == 0) fmt::print("nothing was found\n");
  return took;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t all = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  std::mt19937_64 random(1);
  RollupCells cells;
  cells.evolve(published());
  double folding_ms = 0;
  const double before = resident_mib();
  for (uint64_t n = 0; n < all; ++n) {
    const Fact fact{n + 2, Instant{}, nullptr, commitment(n, all, random)};
    const auto began = Clock::now();
    cells.evolve(fact);
    folding_ms += milliseconds_since(began);
    if (n % kFlushEvery != 0) continue;
    cells.clear_changes();
    cells.forget_written(0);
  }
  RollupFilter may;
  may.promise = "served-in-15";
  may.from = LocalDate{2026, 5, 1}, may.until = LocalDate{2026, 5, 31};
  RollupFilter part = may;
  part.from = LocalDate{2026, 5, 4};
  const Questions month = {{{}, may},
                           {{Dimension::day}, may},
                           {{Dimension::weekday, Dimension::hour}, may},
                           {{Dimension::branch}, may},
                           {{Dimension::service}, may},
                           {{Dimension::segment}, may}};
  tests::bench::Table table;
  const auto measure = [&](const std::string& what, const Questions& questions) {
    std::vector<double> took;
    for (int i = 0; i < rounds; ++i) took.push_back(ask(cells, questions));
    table.add(what, "ms", took);
  };
  measure("by branch,hour, all days", {{{Dimension::branch, Dimension::hour}, {}}});
  measure("a month's report", month);
  measure("by branch,hour, 28 days", {{{Dimension::branch, Dimension::hour}, part}});
  measure("by source, a month", {{{Dimension::source}, may}});
  measure("by source,segment, all days", {{{Dimension::source, Dimension::segment}, {}}});
  table.add("fold of a fact", "us", {folding_ms * 1'000 / static_cast<double>(all)});
  table.add("cells", "thousand", {static_cast<double>(cells.cell_count()) / 1'000});
  table.add("memory", "MiB", {resident_mib() - before});
  fmt::print("{} commitments\n", all);
  table.print();
}
