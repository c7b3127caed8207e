// Tariffs without an engine: a reading that is simply given, and promises in a line of code.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "rules/ledger/step.h"

namespace lupaus::tests {

using namespace std::chrono_literals;

inline rules::model::Money money(std::string_view text) { return *rules::model::parse_money(text); }
/// 25% is 250,000 parts per million.
inline rules::model::Amount share(int64_t parts_per_million, std::string attribute,
                                  bool is_final = false) {
  return rules::model::Share{parts_per_million, std::move(attribute), is_final};
}
inline rules::model::Limit length(rules::model::Duration duration) {
  return {rules::model::Limit::Unit::duration, duration, 0};
}
inline rules::model::Limit calendar_days(int32_t days) {
  return {rules::model::Limit::Unit::calendar_days, {}, days};
}
inline rules::model::Tier tier(rules::model::Duration over, rules::model::Amount pay,
                               std::optional<rules::model::Limit> every = std::nullopt) {
  rules::model::Tier made;
  made.over = length(over);
  made.pay = std::move(pay);
  made.every = every;
  made.span = {"p.yaml", 30, 14};
  return made;
}
inline rules::model::Promise promise(std::vector<rules::model::Tier> tiers) {
  rules::model::Promise made;
  made.name = "p";
  made.compensation = rules::model::Promise::Compensation{};
  made.compensation->currency = rules::model::find_currency("EUR");
  made.compensation->tiers = std::move(tiers);
  auto& terms = *made.compensation;
  terms.span = terms.at_most_span = terms.at_least_span =
      terms.min_payable_span = {"p.yaml", 28, 3};
  return made;
}

/// Elapsed time; days have 24 hours and begin with the lateness.
struct GivenReading : rules::ledger::Reading {
  explicit GivenReading(rules::model::Duration given) : late(given) {}
  rules::model::Duration late;
  std::map<std::string, std::string, std::less<>> captured, settled;
  std::optional<rules::model::Duration> counted_by_tier;  ///< where the tier's measure differs

  rules::model::Duration length(const rules::model::Limit& limit) const override {
    return limit.unit == rules::model::Limit::Unit::duration ? limit.duration : limit.days * 24h;
  }
  rules::model::Duration lateness() const override { return late; }
  rules::model::Duration accrued(const rules::model::Tier& tier) const override {
    return counted_by_tier.value_or(late - length(tier.over));
  }
  int64_t dates_begun(const rules::model::Tier& tier) const override {
    return (accrued(tier) + 24h - 1ms) / 24h;
  }
  std::optional<std::string_view> attribute(std::string_view name, bool is_final) const override {
    const auto& from = is_final ? settled : captured;
    const auto found = from.find(name);
    return found == from.end() ? std::nullopt : std::optional<std::string_view>(found->second);
  }
};

/// The bill of a promise whose clock was stopped, in branch b, on 2026-01-05.
inline rules::ledger::Bill make_bill(const rules::model::Promise& promise,
                                     const rules::ledger::Reading& reading, std::string ticket,
                                     std::string customer = "anna") {
  rules::ledger::Bill bill;
  bill.promise = &promise;
  bill.key = {"b", std::move(ticket), promise.name, 1, 1};
  bill.cycle.end = rules::model::End::stop;
  bill.cycle.due_at = *rules::model::parse_instant("2026-01-05T09:15:00+02:00");
  bill.customer = std::move(customer);
  bill.breached_on = {2026, 1, 5};
  bill.tariffed = rules::ledger::tariff(promise, reading);
  return bill;
}

}  // namespace lupaus::tests
