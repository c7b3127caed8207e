// The book that the scenario tests share: P15 over elapsed time with two tiers and a cap, on two
// branches.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "rules/language/compile.h"

namespace lupaus::rules::scenario {

inline constexpr const char* kSampleBook = R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: p15}
spec:
  problem: Customers wait.
  wording: {en: Served within 15 minutes.}
  applies: ticket.segment != "staff"
  clock:
    measure: elapsed
    expire_after: 24h
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: pause, unparked: resume, away: pause, back: resume,
         no_show: forfeit, left: void, cancelled: void, expired: review}
    on_silence: review
  target: {within: 15m}
  compensation:
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    caps: [{per: customer/day, max: EUR 15.00, then: record}]
    instrument: voucher
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: a}
spec: {timezone: Europe/Helsinki}
)";

inline model::BookPtr compile_book(const std::string& text) {
  const model::SourceFile file{"p15.yaml", text};
  const auto compiled = language::compile({&file, 1});
  for (const auto& diagnostic : compiled.diagnostics) {
    if (diagnostic.severity == language::Severity::error)
      ADD_FAILURE() << language::format_diagnostic(diagnostic);
  }
  return compiled.book;
}

}  // namespace lupaus::rules::scenario
