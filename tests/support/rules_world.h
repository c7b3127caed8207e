// A small world for tests of rules/: a book made in code, sources that number their events, and one
// State that everything goes through by `step`, as in the server.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rules/ledger/step.h"

namespace lupaus::tests {

/// What differs between the promises of tests. P15 of semantics 5 by default.
struct PromiseForm {
  std::string name = "p15";
  rules::model::Duration within = std::chrono::minutes(15);
  bool is_inclusive = true;
  std::string measure = "elapsed";
  std::vector<rules::model::Duration> warn;
  std::vector<std::pair<rules::model::Duration, int64_t>> tiers = {
      {std::chrono::minutes(15), 1000}, {std::chrono::minutes(30), 2000}};
  std::optional<int64_t> customer_day_cap;
  rules::model::Instrument instrument = rules::model::Instrument::voucher;
  std::map<std::string, rules::model::Effect> changed;  ///< lines of clock.on that differ
  rules::model::Effect expired = rules::model::Effect::review;
  std::string service;  ///< applies only to it; "" applies always
  rules::model::Promise::OnSilence on_silence = rules::model::Promise::OnSilence::review;
  /// WHY: tests that let days pass before anybody speaks are not of silence.
  rules::model::Duration hold = std::chrono::hours(10'000);
  bool is_settled_at_breach = false;
};

/// A book of branch "b" (Europe/Helsinki, hours 08-12 and 13:30-18 every day) with those promises.
rules::model::BookPtr make_book(const std::vector<PromiseForm>& promises,
                                std::vector<rules::model::DeclaredSource> sources = {});

/// An event that owns its bytes.
struct OwnedEvent {
  std::string source = "counter", branch = "b", ticket, type;
  uint64_t epoch = 1, sequence = 0;
  rules::model::Instant at{};
  std::vector<std::pair<std::string, std::string>> attributes;
};

/// Of ticket "A1", `offset` after World::at({}).
OwnedEvent event_of_a1(std::string source, std::string type, rules::model::Duration offset);

class World {
 public:
  explicit World(rules::model::BookPtr book);

  /// 09:00:00 local on 2026-01-05 plus `offset`.
  static rules::model::Instant at(rules::model::Duration offset);

  void publish(rules::model::BookPtr book, rules::model::Instant when);
  /// Numbers the event, registers its source when new, and steps it with the server's clock at
  /// `now`.
  void observe(OwnedEvent event, rules::model::Instant now);
  /// As `observe`, said by a person in place of the source.
  void enter(OwnedEvent event, rules::model::Instant now, std::string who);
  /// One source says so, having sent `last` events.
  void hear(const std::string& source, uint64_t last, rules::model::Instant until,
            rules::model::Instant now);
  /// All sources say that they told everything before `until`; then what that decides is decided.
  void hear_all(rules::model::Instant until, rules::model::Instant now);
  /// The server's clock moves: every deadline up to `now` is served in order.
  void tick(rules::model::Instant now);
  rules::model::Result<void> command(rules::model::CommandBody body, rules::model::Instant now,
                                     std::string who = "anna");

  rules::ledger::State& state() { return state_; }
  const rules::ledger::State& state() const { return state_; }
  const rules::model::Facts& facts() const { return facts_; }
  /// The only commitment of the ticket under `promise` in that cycle.
  rules::engine::Commitment commitment(const std::string& ticket, uint32_t cycle = 1,
                                       const std::string& promise = "p15") const;
  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& fact : facts_) {
      if (const auto* body = std::get_if<T>(&fact.body)) found.push_back(*body);
    }
    return found;
  }

 private:
  void step(rules::model::CommandBody body, rules::model::Instant now);

  rules::ledger::State state_;
  rules::model::Facts facts_;
  std::map<std::string, uint64_t> sequences_;
  std::deque<OwnedEvent> kept_;
  std::deque<std::vector<rules::model::Attribute>> kept_attributes_;
  std::deque<rules::model::Event> events_;
  std::shared_ptr<const rules::model::Actor> actor_;
};

}  // namespace lupaus::tests
