// A scene told to the product: as a file to the backtest, or live by commands in some disorder.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "rules/ledger/step.h"
#include "tests/support/random_scene.h"

namespace lupaus::tests {

using Lines = std::vector<rules::model::VerdictLine>;

/// "" or the lines in which they differ.
std::string differences(const Lines& expected, const Lines& actual);

/// What the backtest says when it is given the events in a random order, some of them repeated.
Lines backtest(const Scene& scene, std::mt19937_64& random);

/// Everything of a scene stepped through one state, as a server would: sources lag behind each
/// other, repeat themselves and say heartbeats, the server's clock rings. Ends when all have told
/// everything.
class LiveRun {
 public:
  LiveRun(const Scene& scene, std::mt19937_64& random);

  /// From `from` on the source is silent, or until it tells all of it in two parts, an hour between
  /// them.
  struct Silence {
    std::string source;
    Instant from{};
    Instant until = rules::model::kEndOfTime;
  };
  /// Everything is told in the order of time and as it happens, but for what is silent. With
  /// `people`, somebody looks at the reviews now and then and decides as he pleases.
  LiveRun(const Scene& scene, const Silence& silence, std::mt19937_64* people = nullptr);
  /// The silent source tells all the rest.
  void tell_backlog(const Silence& silence);
  const rules::model::Facts& facts() const { return facts_; }
  const rules::ledger::State& state() const { return state_; }

  /// Until when it went: every clock that can expire has.
  Instant end() const { return end_; }
  /// Until when payouts were waited for: some days longer. None is ever paid.
  Instant waited_until() const { return now_; }
  /// Verdicts and money as the state has them.
  Lines lines() const;
  /// Commitments in the order in which their money was decided.
  std::vector<rules::model::CommitmentKey> journal_order() const;
  /// "" or how the facts contradict `lines`: something recorded twice, or that is not so.
  std::string check_facts(const Lines& lines) const;
  /// "" or how a state folded from the facts differs.
  std::string check_replay() const;

 private:
  struct Sender {
    std::vector<const naive::Event*> events;
    size_t sent = 0;
    uint64_t epoch = 1;
    uint64_t sequence = 0;  ///< the last sent in the epoch
  };
  void open();
  void publish(size_t edition);
  void tell_all(std::mt19937_64& random);
  void tell_some(std::mt19937_64& random, const std::string& source, Sender& sender);
  void step(rules::model::CommandBody body);
  void observe(const naive::Event& event);
  /// In its epoch, which may be a new one.
  void tell(const naive::Event& event);
  void decide_some(std::mt19937_64& people);
  void tell_next(const std::string& source, Sender& sender);
  void settle();
  void ring();

  const Scene scene_;
  const naive::History history_;
  rules::ledger::State state_;
  rules::model::Facts facts_;
  Instant now_{}, end_{};
  std::deque<std::vector<rules::model::Attribute>> attributes_;
  std::deque<rules::model::Event> views_;
  std::shared_ptr<const rules::model::Actor> actor_;
};

}  // namespace lupaus::tests
