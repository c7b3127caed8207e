// What a tariff reads of one cycle. The tariff is a pure function of it, so that it can be tried
// without an engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/engine/cycle_reading.h"
#include "rules/model/promise.h"
#include "rules/model/verdict.h"

namespace lupaus::rules::ledger {

/// The meaning of each is that of engine::CycleReading.
class Reading {
 public:
  virtual ~Reading() = default;
  virtual model::Duration length(const model::Limit& limit) const = 0;
  virtual model::Duration lateness() const = 0;
  virtual model::Duration accrued(const model::Tier& tier) const = 0;
  virtual int64_t dates_begun(const model::Tier& tier) const = 0;
  virtual std::optional<std::string_view> attribute(std::string_view name, bool is_final) const = 0;
};

/// Reads a ticket in memory. Borrows all it is given. Judges the ticket again only when the tariff
/// asks for more than counted time: most are flat.
class TicketReading final : public Reading {
 public:
  TicketReading(const engine::State& state, const engine::Ticket& ticket,
                const engine::Commitment& commitment, const model::Promise& promise,
                const engine::Branch* told = nullptr)
      : state_(state), ticket_(ticket), commitment_(commitment), promise_(promise), told_(told) {}

  model::Duration length(const model::Limit& limit) const override {
    return limit.unit == model::Limit::Unit::duration ? limit.duration : cycle().length(limit);
  }
  model::Duration lateness() const override {
    return promise_.by ? cycle().lateness() : commitment_.cycle.counted;
  }
  model::Duration accrued(const model::Tier& tier) const override { return cycle().accrued(tier); }
  int64_t dates_begun(const model::Tier& tier) const override { return cycle().dates_begun(tier); }
  std::optional<std::string_view> attribute(std::string_view name, bool is_final) const override {
    return cycle().attribute(name, is_final);
  }

 private:
  const engine::CycleReading& cycle() const {
    if (!reading_) reading_.emplace(state_, ticket_, commitment_, told_);
    return *reading_;
  }

  const engine::State& state_;
  const engine::Ticket& ticket_;
  const engine::Commitment& commitment_;
  const model::Promise& promise_;
  const engine::Branch* told_;  ///< as in engine::CycleReading
  mutable std::optional<engine::CycleReading> reading_;
};

}  // namespace lupaus::rules::ledger
