// The virtual world of one promise test: a clock, sources that deliver events and send a heartbeat
// each second, and the state that all of it is folded into. Used by promise_test.cc alone.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rules/ledger/step.h"
#include "rules/scenario/promise_test.h"

namespace lupaus::rules::scenario {

class TestRun {
 public:
  TestRun(const PromiseTest& test, model::BookPtr book, const BookSource& books);

  /// Lets everything up to `to` happen, in order of time: publications, deadlines, arrivals,
  /// heartbeats.
  void advance(model::Instant to);
  /// Lets all that the test says happen, and the heartbeats that follow the last of it.
  void finish();

  const ledger::State& state() const { return state_; }
  const model::Facts& facts() const { return facts_; }
  model::Instant now() const { return now_; }
  /// Events that were refused and the like, one sentence each with its place.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  struct Delivery {
    const ScriptedEvent* scripted = nullptr;
    model::Instant at{};  ///< of arrival
    model::Event event;   ///< identity is given on arrival
    std::vector<model::Attribute> attributes;
    std::string source;
    bool is_done = false;
  };
  struct Sender {
    uint64_t last_sequence = 0;
    std::vector<std::pair<model::Instant, model::Instant>> silences;  ///< [from, until)
  };

  void prepare(const PromiseTest& test);
  std::string choose_source(const ScriptedEvent& event, const std::string& branch) const;
  model::Instant next_instant() const;
  void happen(model::Instant at);
  void ring(model::Instant at);
  void deliver(Delivery& delivery);
  void publish(const Publication& publication);
  void hear(model::Instant at);
  void redeliver_all();
  bool step(model::CommandBody body, const std::string& place);
  void take_deadlines();
  model::Instant awake(model::Instant at) const;
  std::string place_of(const model::Span& span) const;

  const PromiseTest& test_;
  const BookSource& books_;
  model::BookPtr book_;
  ledger::State state_;
  model::Facts facts_;
  std::shared_ptr<const model::Actor> actor_;
  model::Instant now_{};
  std::deque<Delivery> deliveries_;  ///< in order of arrival
  std::vector<const Publication*> publications_;
  std::map<std::string, Sender> senders_;
  std::map<model::TicketSlot, model::Instant> deadlines_;
  std::set<model::Instant> heartbeats_;
  std::vector<std::string> complaints_;
};

}  // namespace lupaus::rules::scenario
