// Any bytes as a hello and heartbeats from a branch, between events: they are refused with a
// reason, or the watermark never falls back, and what was recorded folds to the same state again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lupaus/v1/event.pb.h"
#include "rules/ledger/step.h"
#include "server/ingest/translate.h"

namespace {

using namespace lupaus;
using namespace lupaus::rules;

constexpr model::Instant kNow{std::chrono::hours(24 * 365 * 56)};

void require(bool is_so) {
  if (!is_so) std::abort();
}

template <typename T>
bool is_refused(const model::Result<T>& result) {
  if (!result) require(!result.error().message.empty() && !result.error().code.empty());
  return !result.ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto actor = std::make_shared<const model::Actor>();
  ledger::State live;
  ledger::State replayed;
  model::Facts facts;
  const auto step = [&](model::CommandBody body) {
    return ledger::step(live, {kNow, actor, std::move(body)}, facts);
  };
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  while (!text.empty()) {
    const std::string piece(text.substr(1, static_cast<uint8_t>(text[0])));
    text.remove_prefix(1 + piece.size());
    v1::StreamEventsRequest request;
    if (!request.ParseFromString(piece)) continue;
    if (request.has_hello()) {
      if (is_refused(server::ingest::check_hello(request.hello()))) continue;
      for (const auto& source : request.hello().sources())
        (void)is_refused(
            step(model::Register{source.source(), source.epoch(), source.kept_from_sequence(),
                                 request.hello().backfill()}));
    }
    if (request.has_heartbeat()) {
      auto hear = server::ingest::to_hear(request.heartbeat());
      if (is_refused(hear)) continue;
      const auto* source = live.engine.find_source(hear->source);
      const auto before = source == nullptr ? model::kBeginningOfTime : source->watermark;
      (void)is_refused(step(std::move(*hear)));
      source = live.engine.find_source(request.heartbeat().source());
      require(source == nullptr || source->watermark >= before);
    }
    ledger::settle_watermarks(live, kNow, facts);
  }
  for (const auto& fact : facts) replayed.evolve(fact);
  require(replayed.hash() == live.hash());
  return 0;
}
