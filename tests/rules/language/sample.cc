#include "tests/rules/language/sample.h"

#include <gtest/gtest.h>

namespace lupaus::tests {

const std::string_view kFullSample = R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15, owner: branch-services@bank.example, labels: {channel: branch}}
spec:
  problem: Customers wait for the counter without knowing how long.        # the problem it answers
  effective: {from: 2026-01-01, until: 2026-12-31}                         # until inclusive
  wording:
    fi: Palvelemme sinua 15 minuutissa tai maksamme sinulle 10 euroa.
    sv: Vi betjänar dig inom 15 minuter, annars betalar vi dig 10 euro.
    en: Served within 15 minutes, or we pay you EUR 10.
  applies: ticket.service in ["cash", "account", "loan"]                   # CEL
  clock:
    measure: branch-hours                                                  # a calendar, or `elapsed`
    expire_after: 24h
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: pause, unparked: resume, away: pause, back: resume,
         no_show: forfeit, left: stop, cancelled: void, expired: review}
    on_silence: review                                                     # or favour_customer
  target: {within: 15m, boundary: inclusive, objective: 95%, per: month}
  warn: [{left: 5m}, {left: 2m}]
  compensation:
    settle: end
    stack: replace
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    caps: [{per: customer/day, max: EUR 20.00, then: record}, {per: promise/month, max: EUR 15000.00, then: hold}]
    instrument: voucher              # voucher | transfer | webhook | apology
    nature: damages                  # damages | price_reduction (decides VAT treatment)
    due: 5 business days
    approval: {over: EUR 50.00, approvers: 2}
  excuses:
    - {id: evacuation, when: branch.alarm == true, wording: {fi: Palohälytys, sv: Brandlarm, en: Fire alarm}}
    - {id: manual, approvers: 2, max_share: 1%}
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: branch-hours}
spec:
  timezone: Europe/Helsinki
  hours: {mon-fri: ["09:00-16:30"], sat: ["10:00-14:00"]}
  exceptions: [{date: 2026-12-24, hours: [], reason: Christmas Eve}, {date: 2026-05-29, class: payday}]
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: helsinki-1}
spec: {timezone: Europe/Helsinki, hours: branch-hours, attributes: {region: uusimaa}, sources: [{id: helsinki-1/kiosk-1, reports: [issued]}, {id: helsinki-1/counters}]}
)";

const std::string_view kPlainSample = R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15}
spec:
  wording: {en: Served within 15 minutes.}
  applies: ticket.service in ["cash", "loan"]
  clock:
    measure: branch-hours
    expire_after: 24h
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: pause, unparked: resume, away: pause, back: resume,
         no_show: forfeit, left: void, cancelled: void, expired: review}
    on_silence: review
  target: {within: 15m}
  compensation:
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    caps: [{per: customer/day, max: EUR 20.00, then: record}]
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: branch-hours}
spec:
  timezone: Europe/Helsinki
  hours: {mon-fri: ["09:00-16:30"], sat: ["10:00-14:00"]}
  exceptions: [{date: 2026-12-24, hours: []}]
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: helsinki-1}
spec: {timezone: Europe/Helsinki, hours: branch-hours, attributes: {region: uusimaa}, sources: [{id: kiosk-1, reports: [issued]}]}
)";

std::string edited(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  const size_t at = result.find(from);
  EXPECT_NE(at, std::string::npos) << "not in the sample: " << from;
  if (at != std::string::npos) result.replace(at, from.size(), to);
  return result;
}

rules::language::Compiled compile_text(std::string_view text) {
  const rules::model::SourceFile file{"p.yaml", std::string(text)};
  auto compiled = rules::language::compile({&file, 1});
  for (const auto& diagnostic : compiled.diagnostics)
    EXPECT_FALSE(diagnostic.error.hint.empty()) << format_diagnostic(diagnostic);
  return compiled;
}

std::string formatted(const std::vector<rules::language::Diagnostic>& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) {
    text += rules::language::format_diagnostic(diagnostic) + "\n";
  }
  return text;
}

}  // namespace lupaus::tests
