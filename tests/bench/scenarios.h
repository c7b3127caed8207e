// The benchmarks, one function each; each adds its lines to the table.
#pragma once

#include <memory>
#include <string>

#include "tests/bench/server_process.h"
#include "tests/bench/table.h"

namespace lupaus::tests::bench {

struct Setup {
  std::string lupausd, lupaus, bare_server;  ///< programs
  std::string book;                          ///< folder of the benchmark's book
  std::string work;                          ///< folder on the disk that is measured
  size_t pairs = 5;                          ///< A B A B …
  double scale = 1;                          ///< of the events sent
};

/// A fresh bare server.
std::unique_ptr<ServerProcess> start_bare(const Setup& setup);
/// lupausd on an empty data directory, or on what is there.
std::unique_ptr<ServerProcess> start_product(const Setup& setup, bool is_fresh);
int64_t unix_ms_now();

void bench_throughput(const Setup& setup, Table& table);
void bench_latency(const Setup& setup, Table& table);
void bench_deadline(const Setup& setup, Table& table);
void bench_backtest(const Setup& setup, Table& table);
void bench_memory(const Setup& setup, Table& table);

}  // namespace lupaus::tests::bench
