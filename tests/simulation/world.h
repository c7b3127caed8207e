// A whole simulated world on one seed: branches with their customers and terminals, the network,
// the server's machine, the bank, and everything that goes wrong. One thread; the same seed gives
// the same facts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/server_machine.h"
#include "tests/simulation/terminal.h"

namespace lupaus::tests::simulation {

/// What is to be simulated.
struct Trial {
  uint64_t seed = 1;
  int days = 2;
  int branches = 1;
  Faults faults;
  std::string promises_file;
  uint64_t check_every = 1'000;  ///< steps
  Duration heartbeat = std::chrono::seconds(60);
};

/// What came of it.
struct Findings {
  std::vector<std::string> complaints;  ///< empty: all is well
  uint64_t hash = 0;                    ///< of the journal and the last state
  uint64_t steps = 0, events = 0, facts = 0, breaches = 0, retracted = 0, verdicts = 0, late = 0,
           compensations = 0, payouts = 0, bank_requests = 0, restarts = 0, checks = 0,
           refused_reports = 0, stranded = 0, doubted = 0, silent = 0, decided = 0,
           decided_again = 0, corrected = 0, twins = 0, rejected = 0;
  Duration simulated{0}, drained_in{0};
  Faults faults;  ///< with their counts
};

class World {
 public:
  explicit World(const Trial& trial, rules::model::BookPtr book);
  /// The server goes first: it hangs up on a network that is still there.
  ~World() { machine_.kill(true); }

  Findings run();

 private:
  void plan_days();
  void open_branch(int branch, int day);
  void close_for_a_while(int branch, Instant opens_at);
  void next_customer(std::shared_ptr<clients::branch::simulator::Day> day);
  Terminal& terminal_of(const std::string& source);

  /// Lets things happen up to `until`; stops at the first complaint.
  void live_until(Instant until);
  void step(Instant next);
  void work();
  void crash(bool loses_power, Duration down);
  void restart_at(Instant at);
  void start_server();

  void plan_fault(FaultKind kind);
  void strike(FaultKind kind);
  bool strike_server(FaultKind kind, Duration length);
  bool strike_disk(FaultKind kind, Duration length);
  bool strike_link(FaultKind kind, Duration length);
  bool strike_terminal(FaultKind kind, Duration length);
  void twin(Terminal& terminal, Duration length);
  Terminal& some_terminal() { return *terminals_[chance_.below(terminals_.size())]; }

  void drain();
  bool is_drained() const;
  Findings findings();

  const Trial trial_;
  Chance chance_;
  Faults faults_;
  Agenda agenda_;
  Witness witness_;
  Bank bank_;
  ServerMachine machine_;
  Network network_;
  Premises premises_;
  std::vector<std::unique_ptr<Terminal>> terminals_;
  std::vector<std::shared_ptr<Terminal>> twins_;  ///< also retired ones: the agenda may know them
  const rules::model::BookPtr book_;

  uint64_t steps_ = 0;
  uint64_t restarts_ = 0;
  uint64_t kill_in_ = 0;  ///< pieces of work; 0: not
  bool does_kill_lose_power_ = false;
  Duration down_{0};
  std::string refusal_;      ///< why the server did not start the last time
  uint64_t start_life_ = 0;  ///< a start that was planned before the last crash is void
  Duration drained_in_{0};
};

}  // namespace lupaus::tests::simulation
