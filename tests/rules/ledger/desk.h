// A ledger that owes, and what people, channels and banks say of it, as lines of text.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "rules/ledger/payouts.h"
#include "tests/rules/ledger/given.h"
#include "tests/support/rules_world.h"

namespace lupaus::tests {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using Action = DecidePayout::Action;
using Answer = RecordAnswer::Answer;
using rules::ledger::Compensation;

using Change = std::function<void(Promise::Compensation&)>;

/// Tickets A1, A2 … of customers of their own, each a minute late, final at 1 h: EUR 10.00 each.
inline World desk_world(Instrument instrument, const Change& change = {}, int tickets = 2) {
  PromiseForm form;
  form.instrument = instrument;
  auto book = std::make_shared<Book>(*make_book({form}));
  if (change) change(*book->promises[0].compensation);
  World world(book);
  for (int i = 1; i <= tickets; ++i) {
    for (const auto& [type, offset] : {std::pair{"issued", 0min}, {"service_started", 16min}}) {
      OwnedEvent event;
      event.ticket = "A" + std::to_string(i);
      event.type = type;
      event.at = World::at(offset);
      event.attributes.push_back({"customer", "c-" + std::to_string(i)});
      world.observe(event, World::at(16min));
    }
  }
  world.hear_all(World::at(1h), World::at(1h));
  return world;
}

inline void approve_over_5(Promise::Compensation& terms) {
  terms.approval_over = money("EUR 5.00");
}
inline void approve_by_two(Promise::Compensation& terms) {
  approve_over_5(terms);
  terms.approvers = 2;
}
/// A day and promise pays EUR 15.00 at most.
inline void cap_the_day(Promise::Compensation& terms) {
  Cap cap;
  cap.scope = Cap::Scope::promise_day;
  cap.max = money("EUR 15.00");
  terms.caps.push_back(cap);
}

/// "" or "code: message".
inline std::string said(const Result<void>& result) {
  return result.ok() ? "" : result.error().code + ": " + result.error().message;
}

class Desk {
 public:
  explicit Desk(World world) : world_(std::move(world)) {}

  std::string tell(CommandBody body, const std::string& who = "anna", Duration at = 2h) {
    return said(world_.command(std::move(body), World::at(at), who));
  }
  std::string decide(Action action, uint64_t number = 1, const std::string& who = "anna") {
    return tell(DecidePayout{number, action, "because"}, who);
  }
  std::string answer(Answer what, const std::string& code = "", uint64_t number = 1) {
    return tell(RecordAnswer{number, what, money("EUR 10.00"), code, "", "ref", "m-1"});
  }
  std::string settle(Settle::Outcome outcome, uint64_t number = 1) {
    return tell(Settle{number, outcome, "V-" + std::to_string(number), 1, {}});
  }
  /// Draws a batch up and takes it so far; gives its id.
  std::string batch(rules::ledger::PayoutBatch::State until) {
    using State = rules::ledger::PayoutBatch::State;
    EXPECT_EQ(tell(CloseBatch{}), "");
    const std::string id = all<BatchClosed>().back().id;
    if (until >= State::approved) {
      EXPECT_EQ(tell(ApproveBatch{id, "h"}, "berit"), "");
    }
    if (until >= State::exported) {
      EXPECT_EQ(tell(ExportBatch{id, "csv"}), "");
    }
    return id;
  }
  const Compensation& at(uint64_t number) const { return *world_.state().ledger.find(number); }
  std::string state(uint64_t number = 1) const {
    const Compensation& c = at(number);
    const std::string name(format_paid_state(c.state));
    return c.reason.empty() ? name : name + " (" + c.reason + ")";
  }
  rules::ledger::PayoutBatch::State batch_state(const std::string& id) const {
    return world_.state().ledger.find_batch(id)->state;
  }
  template <typename T>
  std::vector<T> all() const {
    return world_.all<T>();
  }
  World& world() { return world_; }

 private:
  World world_;
};

inline Desk desk(Instrument instrument, const Change& change = {}, int tickets = 2) {
  return Desk(desk_world(instrument, change, tickets));
}
using Batch = rules::ledger::PayoutBatch::State;

}  // namespace lupaus::tests
