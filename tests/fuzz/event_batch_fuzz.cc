// Any bytes as a batch from a branch: it is refused with a reason, or every event of it is taken,
// rejected or refused by the rules, and what was recorded folds to the same state again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lupaus/v1/event.pb.h"
#include "rules/language/compile.h"
#include "rules/ledger/step.h"
#include "server/ingest/translate.h"

namespace {

using namespace lupaus;
using namespace lupaus::rules;

constexpr const char* kBook = R"(
apiVersion: lupaus/v1
kind: Promise
metadata: {name: served, owner: fuzz}
spec:
  wording: {en: "Served within 15 minutes, or we pay you EUR 10."}
  applies: ticket.service != "none"
  clock:
    measure: branch
    expire_after: 24h
    on: {issued: start, called: continue, recalled: restart, service_started: stop, service_ended: continue,
         transferred: {when: event.to_service == "loan", then: restart, else: continue}, parked: pause,
         unparked: resume, away: pause, back: resume, no_show: forfeit, left: stop, cancelled: void, expired: review}
    on_silence: review
  target: {within: 15m}
  warn: [{left: 5m}]
  compensation:
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    caps: [{per: customer/day, max: EUR 20.00, then: record}]
    instrument: voucher
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: hours}
spec: {timezone: Europe/Helsinki, hours: {mon-fri: ["09:00-16:30"], sat: ["22:00-03:30"]}}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki, hours: hours}
)";

model::BookPtr book() {
  static const model::BookPtr compiled = [] {
    const model::SourceFile file{"book.yaml", kBook};
    return language::compile({&file, 1}).book;
  }();
  if (compiled == nullptr) std::abort();
  return compiled;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  v1::Batch batch;
  if (!batch.ParseFromArray(bytes, static_cast<int>(size))) return 0;
  server::ingest::EventViews views;
  const auto translated = server::ingest::translate(batch, views);
  if (!translated) {
    if (translated.error().message.empty()) std::abort();
    return 0;
  }
  const auto actor = std::make_shared<const model::Actor>(
      model::Actor{model::Actor::Kind::system, true, "fuzz", ""});
  const model::Instant now{std::chrono::hours(24 * 365 * 56)};
  ledger::State live;
  ledger::State replayed;
  model::Facts facts;
  const auto step = [&](model::CommandBody body) {
    (void)ledger::step(live, {now, actor, std::move(body)}, facts);
  };
  step(model::Publish{book(), model::kBeginningOfTime, {}, ""});
  step(model::Register{batch.source(), batch.epoch(), 1, false});
  for (const auto& event : views.events) step(model::Observe{&event, now, false, false});
  step(model::Hear{batch.source(), batch.epoch(), batch.first_sequence() + views.events.size() - 1,
                   now, false});
  ledger::settle_watermarks(live, now, facts);
  for (const auto& fact : facts) replayed.evolve(fact);
  if (replayed.hash() != live.hash()) std::abort();
  return 0;
}
