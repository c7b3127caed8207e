// Register and Hear: sources come, get their epoch, lose what they lost, and say up to when they
// have told everything.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {
namespace {

using model::Error;
using model::Result;

constexpr size_t kSourceIdMax = 128;
/// Events in memory keep 32 bits of their epoch; above it identities would be used again.
constexpr uint64_t kEpochMax = std::numeric_limits<uint32_t>::max();

/// Watermarks become facts at least this often while nothing waits for them.
constexpr model::Duration kRecordEvery = std::chrono::minutes(1);

bool is_waited_for(const State::Inside& in, const SourceEntry& entry, Instant at) {
  for (const uint32_t index : entry.branches) {
    const auto& branch = in.branches[index];
    if (!branch.waiting.empty() && branch.waiting.front().first < at) return true;
  }
  return false;
}

}  // namespace

Result<void> decide_register(const State& state, const model::Command& command,
                             const model::Register& body, model::Facts& facts) {
  const bool is_printable = std::all_of(body.source.begin(), body.source.end(),
                                        [](unsigned char c) { return c > 0x20 && c != 0x7F; });
  if (body.source.empty() || body.source.size() > kSourceIdMax || !is_printable) {
    return Error{"bad_source",
                 fmt::format("expected a source id of 1 to {} printable characters, but it is `{}`",
                             kSourceIdMax, body.source),
                 "name it like `helsinki-1/kiosk-1`",
                 {}};
  }
  const Source* source = state.find_source(body.source);
  const uint64_t known = source == nullptr ? 0 : source->epoch;
  if (body.epoch > kEpochMax || (body.epoch == 0 && known == kEpochMax)) {
    return Error{
        "bad_epoch",
        fmt::format(
            "expected an epoch of source `{}` from 1 to {}, but {}", body.source, kEpochMax,
            body.epoch == 0 ? "all of them are used up" : fmt::format("it is {}", body.epoch)),
        "ask for a new epoch with 0, or give the source a new id",
        {}};
  }
  if (body.epoch == 0 || body.epoch > known) {
    const uint64_t epoch = body.epoch == 0 ? known + 1 : body.epoch;
    record(command, model::SourceRegistered{body.source, epoch, body.is_backfill}, facts);
    return {};
  }
  if (body.epoch < known) {
    return Error{"unknown_epoch",
                 fmt::format("epoch {} of source `{}` is over; it is in epoch {}", body.epoch,
                             body.source, known),
                 "ask for a new epoch with 0",
                 {}};
  }
  if (body.kept_from > source->next_sequence) {
    record(command, model::Lost{body.source, known, source->next_sequence, body.kept_from - 1},
           facts);
  }
  return {};
}

Result<void> decide_hear(const State& state, const model::Command& command, const model::Hear& body,
                         model::Facts& facts) {
  const State::Inside& in = state.internals();
  const auto index = in.source_at(body.source);
  if (!index || in.sources[*index].source.epoch != body.epoch || body.epoch == 0) {
    return Error{"unknown_epoch",
                 fmt::format("source `{}` is not in epoch {}", body.source, body.epoch),
                 "say hello again to learn the epoch",
                 {}};
  }
  const SourceEntry& entry = in.sources[*index];
  // R7: a heartbeat moves the watermark only when all that it says was sent has come.
  if (body.last_sequence + 1 != entry.source.next_sequence) return {};
  const bool is_news =
      body.at > entry.source.watermark || body.is_closing != entry.source.is_closed;
  if (!is_news) return {};
  const bool is_due = entry.source.recorded_watermark + kRecordEvery <= body.at;
  if (!body.is_closing && !is_due && !is_waited_for(in, entry, body.at)) return {};
  record(command,
         model::WatermarkAdvanced{body.source, std::max(body.at, entry.source.watermark),
                                  body.is_closing},
         facts);
  return {};
}

}  // namespace lupaus::rules::engine
