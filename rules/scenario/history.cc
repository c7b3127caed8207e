// From facts to a log and today's verdicts.
#include "rules/scenario/history.h"

#include <fmt/format.h>

namespace lupaus::rules::scenario {

using model::Error;
using model::Result;

History::History(uint64_t bytes_max, std::optional<model::Instant> as_of)
    : log_("journal", EventLog::Origin::journal), bytes_max_(bytes_max), as_of_(as_of) {}

Result<void> History::take(std::span<const model::Fact> facts) {
  events_.clear();
  for (const model::Fact& fact : facts) {
    last_position_ = fact.position;
    if (const auto* observed = std::get_if<model::Observed>(&fact.body)) {
      take(observed->event);
    } else if (const auto* confirmed = std::get_if<model::Confirmed>(&fact.body)) {
      take(confirmed->key, confirmed->cycle);
    } else if (const auto* ended = std::get_if<model::Ended>(&fact.body)) {
      take(ended->key, ended->cycle);
    } else if (const auto* owed = std::get_if<model::Owed>(&fact.body)) {
      // R57: what is paid for being late is no part of the breach's own sum.
      // What is owed again is no second sum.
      if (owed->late_of == 0 && owed->reverses == 0)
        recorded_.set_owed_if_known(owed->key, owed->state, owed->amount);
    }
  }
  if (auto added = log_.add(events_, event_count_ + 1); !added) return added;
  event_count_ += events_.size();
  const uint64_t bytes = log_.bytes() + recorded_.bytes();
  if (bytes <= bytes_max_) return {};
  return Error{"too_much_history",
               fmt::format("{} events take {} MiB, and a backtest on the server may keep {} MiB",
                           event_count_, bytes >> 20, bytes_max_ >> 20),
               "judge an earlier part: --as-of TIME",
               {}};
}

void History::take(const model::Event& event) {
  if (as_of_ && event.occurred_at > *as_of_) {
    ++later_count_;
  } else {
    events_.push_back(&event);
  }
}

void History::take(const model::CommitmentKey& key, const model::Cycle& cycle) {
  if (!as_of_ || cycle.started_at <= *as_of_) recorded_.set_verdict(key, cycle.verdict);
}

}  // namespace lupaus::rules::scenario
