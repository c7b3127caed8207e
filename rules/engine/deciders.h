// The deciders of the engine, a file each, and how they record facts.
#pragma once

#include <utility>

#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {

/// An event further ahead of the server's clock is kept, but not applied: nothing is paid, and no
/// watermark moved, before the instant has come. `events retry` takes it later.
inline constexpr model::Duration kAheadMax = std::chrono::minutes(2);

model::Result<void> decide_observe(const State& state, const model::Command& command,
                                   const model::Observe& body, model::Facts& facts);
model::Result<void> decide_register(const State& state, const model::Command& command,
                                    const model::Register& body, model::Facts& facts);
model::Result<void> decide_hear(const State& state, const model::Command& command,
                                const model::Hear& body, model::Facts& facts);
model::Result<void> decide_due(const State& state, const model::Command& command,
                               const model::Due& body, model::Facts& facts);
model::Result<void> decide_judge(const State& state, const model::Command& command,
                                 const model::Judge& body, model::Facts& facts);
model::Result<void> decide_archive(const State& state, const model::Command& command,
                                   const model::Archive& body, model::Facts& facts);
model::Result<void> decide_skew(const State& state, const model::Command& command,
                                const model::EstimateSkew& body, model::Facts& facts);
model::Result<void> decide_retire(const State& state, const model::Command& command,
                                  const model::Retire& body, model::Facts& facts);
model::Result<void> decide_publish(const State& state, const model::Command& command,
                                   const model::Publish& body, model::Facts& facts);

/// Records a fact of `command`; positions are given when it is folded.
template <typename Body>
void record(const model::Command& command, Body body, model::Facts& facts) {
  // WHY: made in place, as moving a variant of this size costs more than deciding what is in it.
  facts.emplace_back(model::Position{0}, command.now, command.actor, std::move(body));
}

/// The same, to be filled in where it lies.
template <typename Body>
Body& record_new(const model::Command& command, model::Facts& facts) {
  facts.emplace_back(model::Position{0}, command.now, command.actor, std::in_place_type<Body>);
  return *std::get_if<Body>(&facts.back().body);
}

}  // namespace lupaus::rules::engine
