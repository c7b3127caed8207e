// One evaluation: publish, check, judge, charge, and the lines that people read.
#include "rules/scenario/backtest.h"

#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "rules/calendar/zone.h"
#include "rules/scenario/charging.h"

namespace lupaus::rules::scenario {
namespace {

using model::Result;
using model::VerdictLine;

int local_hour(const model::ZoneTable& zone, model::Instant at) {
  constexpr int64_t kDay = 86'400;
  const int64_t local = model::to_unix_ms(at) / 1000 - (model::to_unix_ms(at) % 1000 < 0 ? 1 : 0) +
                        calendar::offset_at(zone, at);
  return static_cast<int>(((local % kDay + kDay) % kDay) / 3600);
}

/// Makes lines, groups and counts of what was judged and charged.
void write_lines(const Replay& replay, Outcome& outcome) {
  const std::vector<Judged>& judged = replay.judged();
  const std::vector<Charged> charged = charge_bills(bills_of(replay, judged), judged.size());
  absl::flat_hash_map<std::string_view, uint32_t> services;
  std::vector<VerdictCounts*> counts;
  for (const engine::Line& line : replay.state().lines())
    counts.push_back(&outcome.by_promise[line.name]);
  outcome.lines.reserve(judged.size());
  outcome.groups.reserve(judged.size());
  for (size_t i = 0; i < judged.size(); ++i) {
    const model::Cycle& cycle = judged[i].cycle;
    VerdictLine line =
        model::to_line(replay.key_of(judged[i]), cycle, cycle.verdict != model::Verdict::open);
    line.owed = charged[i].owed;
    line.paid_state = charged[i].state;
    outcome.total.count(line.verdict, line.owed);
    counts[judged[i].line]->count(line.verdict, line.owed);
    const auto [known, is_added] =
        services.try_emplace(replay.services()[i], static_cast<uint32_t>(outcome.services.size()));
    if (is_added) outcome.services.emplace_back(replay.services()[i]);
    const int hour = local_hour(replay.zone(judged[i]), cycle.started_at);
    outcome.groups.push_back({known->second, static_cast<uint8_t>(hour)});
    outcome.lines.push_back(std::move(line));
  }
  std::erase_if(outcome.by_promise,
                [](const auto& entry) { return entry.second.commitments == 0; });
}

}  // namespace

void VerdictCounts::count(model::Verdict verdict, const std::optional<model::Money>& sum) {
  ++commitments;
  switch (verdict) {
    case model::Verdict::open:
      ++open;
      break;
    case model::Verdict::kept:
      ++kept;
      break;
    case model::Verdict::breached:
      ++breached;
      break;
    case model::Verdict::voided:
      ++voided;
      break;
    case model::Verdict::excused:
      ++excused;
      break;
    case model::Verdict::indeterminate:
      ++indeterminate;
      break;
  }
  if (!sum) return;
  ++owed_count;
  auto& all = owed.try_emplace(sum->currency, model::Money{sum->currency, 0}).first->second;
  const auto added = model::add(all, *sum);
  all = added ? *added : model::Money{all.currency, std::numeric_limits<int64_t>::max()};
}

std::optional<uint64_t> VerdictCounts::kept_permille() const {
  const uint64_t decided = kept + breached + excused;
  if (decided == 0) return std::nullopt;
  return (kept * 2000 + decided) / (decided * 2);
}

Result<Outcome> judge_log(const EventLog& log, const model::BookPtr& book,
                          const BacktestOptions& options) {
  Replay replay(log, book);
  if (auto published = replay.publish(); !published) return published.error();
  if (auto checked = replay.check(); !checked) return checked.error();
  Outcome outcome;
  outcome.repeated = log.repeated_count();
  outcome.first_at = log.first_at();
  outcome.last_at = log.last_at();
  outcome.as_of = options.as_of ? options.as_of : log.last_at();
  outcome.left_out = replay.left_out();
  outcome.book_hash = book->hash;
  outcome.tz_version = book->tz_version;
  if (!outcome.as_of) return outcome;
  if (auto judged = replay.judge(*outcome.as_of, options.proceed); !judged) return judged.error();
  outcome.events = replay.event_count();
  outcome.later = replay.later_count();
  outcome.condition_errors = replay.condition_error_count();
  write_lines(replay, outcome);
  return outcome;
}

Result<Outcome> Backtest::finish(std::optional<model::Instant> as_of) {
  if (auto arranged = log_.arrange(); !arranged) return arranged.error();
  return judge_log(log_, book_, {as_of, {}});
}

}  // namespace lupaus::rules::scenario
