// Which decider answers which command.
#include "rules/engine/deciders.h"

namespace lupaus::rules::engine {
namespace {

struct Decider {
  const State& state;
  const model::Command& command;
  model::Facts& facts;

  model::Result<void> operator()(const model::Observe& body) {
    return decide_observe(state, command, body, facts);
  }
  model::Result<void> operator()(const model::Register& body) {
    return decide_register(state, command, body, facts);
  }
  model::Result<void> operator()(const model::Hear& body) {
    return decide_hear(state, command, body, facts);
  }
  model::Result<void> operator()(const model::Due& body) {
    return decide_due(state, command, body, facts);
  }
  model::Result<void> operator()(const model::Judge& body) {
    return decide_judge(state, command, body, facts);
  }
  model::Result<void> operator()(const model::Archive& body) {
    return decide_archive(state, command, body, facts);
  }
  model::Result<void> operator()(const model::EstimateSkew& body) {
    return decide_skew(state, command, body, facts);
  }
  model::Result<void> operator()(const model::Retire& body) {
    return decide_retire(state, command, body, facts);
  }
  model::Result<void> operator()(const model::Publish& body) {
    return decide_publish(state, command, body, facts);
  }
  template <typename Other>
  model::Result<void> operator()(const Other&) {
    model::ensure(false, "a command of the ledger reached the engine");
    return {};
  }
};

}  // namespace

model::Result<void> decide(const State& state, const model::Command& command, model::Facts& facts) {
  Decider decider{state, command, facts};
  // WHY: nearly all commands are one of these two.
  if (const auto* observe = std::get_if<model::Observe>(&command.body)) return decider(*observe);
  if (const auto* judge = std::get_if<model::Judge>(&command.body)) return decider(*judge);
  return std::visit(decider, command.body);
}

}  // namespace lupaus::rules::engine
