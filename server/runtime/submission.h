// What waits for the engine loop, and what a batch owes to those who submitted it.
#pragma once

#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "server/runtime/engine_loop.h"

namespace lupaus::server::runtime {

struct CommandSubmission {
  rules::model::CommandBody body;
  std::shared_ptr<const rules::model::Actor> actor;
  EngineLoop::Answer answer;
};
struct QuerySubmission {
  std::function<void(const rules::ledger::State&)> read;
  std::function<void()> done;
};
/// Answered only when no deadline at or before the clock's now is unserved.
struct DrainSubmission {
  std::function<void()> done;
};
using Submission = std::variant<Intake, CommandSubmission, QuerySubmission, DrainSubmission>;

struct IntakeAnswer {
  std::function<void(Intake::Outcome)> done;
  Intake::Outcome outcome;
};
struct CommandAnswer {
  EngineLoop::Answer answer;
  rules::model::Result<rules::model::Facts> result;
};
/// Given once the facts of its batch, and of all batches before, are durable.
using Acknowledgement = std::variant<IntakeAnswer, CommandAnswer, std::function<void()>>;

/// What a batch holds, by kind: shown by metrics and the phase board.
struct BatchContents {
  uint64_t events = 0, dues = 0, breaches = 0, confirmations = 0, compensations = 0,
           checkpoint_rows = 0;
};

/// Decided, not yet durable. Goes from the engine's thread to the writer's as a whole.
struct Batch {
  std::shared_ptr<Committed> committed = std::make_shared<Committed>();
  std::vector<Row> rows;
  rules::model::Position replay_from = 1;
  std::vector<Acknowledgement> acknowledgements;
  BatchContents contents;
  uint64_t number = 0;  ///< from 1, in the order of decision
};

}  // namespace lupaus::server::runtime
