// Questions to the engine loop that wait for their answer, for calls that have a thread of their
// own.
#pragma once

#include <memory>
#include <utility>

#include "server/runtime/engine_loop.h"
#include "server/wire/await.h"

namespace lupaus::server::wire {

/// Submits `command` and waits until its facts are durable.
inline rules::model::Result<rules::model::Facts> ask(
    runtime::EngineLoop& loop, rules::model::CommandBody command,
    std::shared_ptr<const rules::model::Actor> actor) {
  Await<rules::model::Result<rules::model::Facts>> answer;
  loop.submit(std::move(command), std::move(actor),
              [filler = answer.filler()](rules::model::Result<rules::model::Facts> facts) {
                filler->set(std::move(facts));
              });
  std::optional<rules::model::Result<rules::model::Facts>> facts = answer.get();
  if (!facts) return stopping();
  return std::move(*facts);
}

/// Runs `read` on the loop and waits until what it saw is durable. `read` may refer to the caller's
/// stack.
inline rules::model::Result<void> look(runtime::EngineLoop& loop,
                                       std::function<void(const rules::ledger::State&)> read) {
  Await<bool> seen;
  loop.query(std::move(read), [filler = seen.filler()] { filler->set(true); });
  if (!seen.get()) return stopping();
  return {};
}

}  // namespace lupaus::server::wire
