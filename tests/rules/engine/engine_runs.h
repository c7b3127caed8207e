// A scene told to the engine: at once by facts, or live by commands in some disorder.
#pragma once

#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "rules/ledger/step.h"
#include "tests/rules/engine/random_scenes.h"

namespace lupaus::tests {

/// Rows by (ticket, promise).
using Rows = std::map<std::pair<std::string, std::string>, std::vector<naive::Row>>;

/// What the naive model says of every ticket and promise of the scene.
Rows judge_naively(const Scene& scene, naive::Instant as_of);

/// A state that everything of a scene goes through.
class EngineRun {
 public:
  explicit EngineRun(const Scene& scene);

  /// Folds every event up to as_of as an Observed fact, in a random order of arrival, deciding
  /// nothing; then judges with complete knowledge.
  Rows judge_at_once(std::mt19937_64& random);

  /// Steps every event as its source sends it: sources lag behind each other, repeat themselves and
  /// say heartbeats, the server's clock rings. Ends when all have told everything.
  Rows judge_live(std::mt19937_64& random);
  /// Until when judge_live goes: every clock that can expire has.
  naive::Instant end_of_live() const { return end_; }

  /// "" or what the facts of judge_live say that contradicts `rows`: a verdict recorded twice, one
  /// that is not final, a breach left unretracted, other money.
  std::string check_facts(const Rows& rows) const;
  /// The facts of judge_live, folded again, give the same state.
  bool is_replayable() const;

 private:
  struct Sender {
    std::vector<const naive::Event*> events;
    size_t sent = 0;
  };
  rules::model::Event view(const naive::Event& event);
  void step(rules::model::CommandBody body);
  void observe(const naive::Event& event);
  void hear(const std::string& source, const Sender& sender, naive::Instant at);
  void ring();
  naive::Row row_of(const rules::engine::Ticket& ticket,
                    const rules::engine::Commitment& commitment) const;
  Rows rows_at(naive::Instant as_of) const;

  const Scene& scene_;
  rules::ledger::State state_;
  rules::model::Facts facts_;
  naive::Instant now_{}, end_{};
  std::deque<std::vector<rules::model::Attribute>> attributes_;
  std::deque<rules::model::Event> views_;
  std::shared_ptr<const rules::model::Actor> actor_;
};

}  // namespace lupaus::tests
