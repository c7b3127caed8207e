// Register, Hear, EstimateSkew and Retire: sources come, get their epoch, lose what they lost, say
// up to when they have told everything, turn out to have a wrong clock, and go.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "rules/engine/deciders.h"
#include "rules/engine/skew.h"

namespace lupaus::rules::engine {
namespace {

using model::Error;
using model::Result;

constexpr size_t kSourceIdMax = 128;
/// Events in memory keep 32 bits of their epoch; above it identities would be used again.
constexpr uint64_t kEpochMax = std::numeric_limits<uint32_t>::max();

/// A source that is further ahead than any that ever sent is no source that lost events.
constexpr uint64_t kLostMax = uint64_t{1} << 40;

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
    record(command,
           model::SourceRegistered{body.source, epoch, body.is_backfill, body.is_without_heartbeat},
           facts);
    return {};
  }
  if (body.epoch < known) {
    return Error{"unknown_epoch",
                 fmt::format("epoch {} of source `{}` is over; it is in epoch {}", body.epoch,
                             body.source, known),
                 "ask for a new epoch with 0",
                 {}};
  }
  if (body.kept_from > source->next_sequence && body.kept_from - source->next_sequence > kLostMax) {
    return Error{"bad_sequence",
                 fmt::format("expected source `{}` to go on from sequence {}, but it keeps only "
                             "those from {} on",
                             body.source, source->next_sequence, body.kept_from),
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
  Instant at = body.at + correction_by(entry.source.skew);
  // WHY: a clock that far ahead is wrong; what it says moves no watermark, as its events do not.
  if (at - kAheadMax > command.now) at = entry.source.watermark;
  at = std::min(at, command.now);  // nothing is final before it has come
  const bool is_news = at > entry.source.watermark || body.is_closing != entry.source.is_closed;
  if (!is_news) return {};
  const bool is_due = entry.source.recorded_watermark + kRecordEvery <= at;
  if (!body.is_closing && !is_due && !is_waited_for(in, entry, at)) return {};
  record(
      command,
      model::WatermarkAdvanced{body.source, std::max(at, entry.source.watermark), body.is_closing},
      facts);
  return {};
}

Result<void> decide_skew(const State& state, const model::Command& command,
                         const model::EstimateSkew& body, model::Facts& facts) {
  const Source* source = state.find_source(body.source);
  // WHY: history is told by a clock that has nothing to do with the times in it.
  if (source == nullptr || source->is_backfill || source->skew == body.skew) return {};
  record(command, model::SkewEstimated{body.source, body.skew}, facts);
  return {};
}

Result<void> decide_retire(const State& state, const model::Command& command,
                           const model::Retire& body, model::Facts& facts) {
  const State::Inside& in = state.internals();
  const auto index = in.source_at(body.source);
  if (!index) {
    return Error{"not_found",
                 fmt::format("there is no source `{}`", body.source),
                 "list them with `lupaus sources list`",
                 {}};
  }
  if (body.reason.empty()) {
    return Error{"bad_reason",
                 "expected a reason for the retirement, but it is empty",
                 "say why with `--reason TEXT`",
                 {}};
  }
  if (in.sources[*index].source.is_retired) return {};
  record(command, model::SourceRetired{body.source, body.reason}, facts);
  return {};
}

}  // namespace lupaus::rules::engine
