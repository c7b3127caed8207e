// The run: a server that is killed again and again under the traffic of all sources, and what came
// of it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/crash/judgement.h"
#include "tests/e2e/crash/phases.h"
#include "tests/e2e/crash/speaker.h"
#include "tests/e2e/crash/traffic.h"
#include "tests/support/server_process.h"

namespace lupaus::tests::crash {

struct Settings {
  int kills = 30;
  uint64_t seed = 1;
  double events_per_second = 6'000;  ///< told by all sources together
  bool is_fault_expected = false;    ///< end at the first acknowledged event that is lost
};

/// Where the server finds its things; made by `prepare`.
struct Places {
  explicit Places(const std::string& folder);
  std::string config, ready, board, log, book, database;
};
/// Writes the configuration and the book.
void prepare(const Places& places);

struct Report {
  int kills = 0;
  uint64_t told = 0, acked = 0, sent_again = 0, lost = 0;
  double seconds = 0;           ///< from the first customer to the last kill's recovery
  double acked_per_second = 0;  ///< in these
  double slowest_start_seconds = 0;
  Comparison comparison, after_restart;
  Payments payments;
  std::vector<std::string> failures;  ///< one sentence each
};

/// Uses its threads and gRPC from construction on; `process` has forked its keeper before.
class Trial {
 public:
  Trial(Settings settings, const Places& places, support::ServerProcess& process);
  ~Trial();

  Report run();
  const Aim& aim() const { return aim_; }

 private:
  struct Wires;
  using Predicate = std::function<bool()>;

  bool wait_for(std::chrono::milliseconds most, const Predicate& predicate);
  bool is_ready() const;
  void start_server();
  void connect();
  void tick();
  void begin_ticking();
  void end_ticking();
  void kill_now();
  void kill_in(std::optional<Phase> phase);
  void kill_many();
  bool settle(rules::model::Instant& as_of);
  void judge(rules::model::Instant as_of);
  void judge_again(const Lines& offline);
  bool stop_orderly();
  uint64_t sum(uint64_t Speaker::Figures::*figure) const;
  bool fail(std::string sentence);

  const Settings settings_;
  const Places places_;
  support::ServerProcess& process_;
  BoardView board_;
  Aim aim_;
  std::vector<std::unique_ptr<Speaker>> speakers_;
  std::mutex traffic_mutex_;
  Traffic traffic_;  ///< guarded by traffic_mutex_
  std::unique_ptr<Wires> wires_;
  std::atomic<bool> is_ticking_ = false;
  std::thread ticker_;
  std::mutex wait_mutex_;
  std::condition_variable never_;
  Report report_;
};

}  // namespace lupaus::tests::crash
