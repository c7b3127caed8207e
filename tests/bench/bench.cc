// Runs every benchmark of the product against the bare server and prints one table. It never fails
// for a slow figure: targets that are missed are said so in the table.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "tests/bench/scenarios.h"

int main(int argc, char** argv) {
  using namespace lupaus::tests::bench;  // NOLINT: a program
  std::map<std::string, std::string> given;
  for (int i = 1; i + 1 < argc; i += 2) given[argv[i]] = argv[i + 1];
  Setup setup;
  setup.lupausd = given["--lupausd"];
  setup.lupaus = given["--lupaus"];
  setup.bare_server = given["--bare"];
  setup.book = given["--book"];
  setup.work = given["--work"];
  if (given.contains("--pairs")) setup.pairs = std::strtoul(given["--pairs"].c_str(), nullptr, 10);
  if (given.contains("--scale")) setup.scale = std::strtod(given["--scale"].c_str(), nullptr);
  const std::string only = given["--only"];
  if (setup.lupausd.empty() || setup.work.empty()) {
    std::fprintf(stderr,
                 "bench --lupausd P --lupaus P --bare P --book DIR --work DIR [--pairs N] [--scale "
                 "X] [--only NAME]\n");
    return 2;
  }
  std::filesystem::create_directories(setup.work);
  Table table;
  const auto wanted = [&](const char* name) { return only.empty() || only == name; };
  if (wanted("throughput")) bench_throughput(setup, table);
  if (wanted("latency")) bench_latency(setup, table);
  if (wanted("deadline")) bench_deadline(setup, table);
  if (wanted("backtest")) bench_backtest(setup, table);
  if (wanted("memory")) bench_memory(setup, table);
  table.print();
  return 0;
}
