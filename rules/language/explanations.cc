#include "rules/language/explanations.h"

#include <algorithm>

namespace lupaus::rules::language {

std::string_view example_book() {
  return R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15}
spec:
  effective: {from: 2026-01-01, until: 2026-12-31}
  wording:
    en: Served within 15 minutes, or we pay you EUR 10.
  applies: ticket.service in ["cash", "loan"]
  clock:
    measure: branch-hours
    expire_after: 24h
    on: {issued: start, called: continue, recalled: continue, service_started: stop,
         service_ended: continue, transferred: continue, parked: pause, unparked: resume,
         away: pause, back: resume, no_show: forfeit, left: void, cancelled: void,
         expired: review}
    on_silence: review
  target: {within: 15m}
  warn: [{left: 5m}]
  compensation:
    settle: end
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    caps: [{per: customer/day, max: EUR 20.00, then: record}]
    instrument: voucher
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
spec: {timezone: Europe/Helsinki, hours: branch-hours, attributes: {region: uusimaa}}
---
apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: repairs}
spec:
  events: [reported, fixed, expired]
  attributes: {cause: string}
)";
}

std::string example_file(const Explanation& explanation, std::string_view text) {
  if (explanation.at.empty()) return std::string(text);
  std::string file(example_book());
  const size_t at = file.find(explanation.at);
  return at == std::string::npos ? file : file.replace(at, explanation.at.size(), text);
}

std::vector<Explanation> explanations() {
  std::vector<Explanation> all;
  for (const auto& part : {reading_explanations(), meaning_explanations()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  return all;
}

}  // namespace lupaus::rules::language
