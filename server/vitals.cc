#include "server/vitals.h"

#include <filesystem>

#include "fmt/format.h"
#include "rules/engine/skew.h"
#include "rules/ledger/overdue.h"
#include "rules/ledger/payouts.h"
#include "server/api/held_verdicts.h"
#include "server/compensate/outbox.h"
#include "server/runtime/engine_loop.h"
#include "server/telemetry/log.h"
#include "server/wire/ask.h"

namespace lupaus::server {
namespace {

namespace fs = std::filesystem;
using rules::model::Instant;
using rules::model::Result;

std::string sums_of(const api::HeldVerdicts& held) {
  std::string text;
  for (const auto& [currency, minor] : held.at_stake) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", currency.text(), rules::model::format_amount(currency, minor));
  }
  return text;
}

void count_payout(const rules::ledger::State& state, const rules::ledger::Compensation& c,
                  api::Vitals& vitals) {
  using rules::model::PaidState;
  if (rules::ledger::awaits_approval(c.state, c.reason)) ++vitals.awaiting_approval;
  if (c.state == PaidState::held && !rules::ledger::is_in_review(state, c)) ++vitals.held;
  // As `payouts list --overdue` has it.
  if (c.state != PaidState::paid && rules::ledger::is_due_missed(state, c, vitals.now))
    ++vitals.due_missed;
  if (c.state == PaidState::failed && c.reversed_by == 0) {
    const bool is_unknown = rules::ledger::is_outcome_unknown(c.state, c.reason);
    ++(is_unknown ? vitals.given_up : vitals.failed);
  }
  // What was owed again for it is declined where it had not left.
  const bool is_paid_twice = c.state == PaidState::failed && c.booked_on && c.reversed_by != 0 &&
                             state.ledger.last_of(c).state != PaidState::declined;
  if (is_paid_twice && vitals.now - c.changed_at < api::kPaidTwiceTold) ++vitals.paid_twice;
  if (c.state != PaidState::dispatched || c.batch.empty()) return;
  const auto* batch = state.ledger.find_batch(c.batch);
  const bool is_late = batch != nullptr && vitals.now - batch->exported_at > api::kAnswerLate;
  if (is_late) ++vitals.unanswered;
}

void count_batches(const rules::ledger::State& state, api::Vitals& vitals) {
  using BatchState = rules::ledger::PayoutBatch::State;
  for (const auto& [id, batch] : state.ledger.batches()) {
    if (batch.state == BatchState::draft) ++vitals.draft_batches;
    const bool is_lying =
        batch.state == BatchState::approved && vitals.now - batch.approved_at > api::kExportLate;
    if (is_lying) ++vitals.unexported;
  }
}

/// What people have to decide of payouts. In chunks: one that takes longer holds up the loop.
Result<void> count_payouts(runtime::EngineLoop& loop, api::Vitals& vitals) {
  constexpr size_t kVisitedMax = 4096;
  uint64_t next = 0;
  bool is_more = true;
  while (is_more) {
    Result<void> seen = wire::look(loop, [&](const rules::ledger::State& state) {
      const auto& all = state.ledger.compensations();
      auto at = all.lower_bound(next);
      for (size_t visited = 0; at != all.end() && visited < kVisitedMax; ++at, ++visited) {
        next = at->first + 1;
        count_payout(state, at->second, vitals);
      }
      is_more = at != all.end();
      if (is_more) return;
      count_batches(state, vitals);
    });
    if (!seen) return seen;
  }
  return {};
}

}  // namespace

uint64_t bytes_on_disk(const std::string& data_dir) {
  uint64_t sum = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(data_dir, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code gone;  // WHY: the database removes files while it is walked.
    const auto size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) sum += size;
  }
  return sum;
}

Result<api::Vitals> take_vitals(const VitalParts& parts) {
  api::Vitals vitals;
  const runtime::LoopFigures figures = parts.loop.figures();
  vitals.now = parts.loop.now();
  vitals.uptime = vitals.now - parts.started_at;
  vitals.config_file = parts.config.file;
  vitals.has_tls = parts.config.tls.has_value();
  vitals.clock_jump = figures.clock_jump;
  std::error_code failed;
  const fs::space_info space = fs::space(parts.config.data_dir, failed);
  if (!failed) vitals.disk_free_bytes = space.available;
  vitals.store_bytes = bytes_on_disk(parts.config.data_dir);
  vitals.store_bytes_at_start = parts.bytes_at_start;
  vitals.last_position = figures.last_position;
  if (const Instant at = parts.last_backup.load(); at != Instant{}) vitals.last_backup_at = at;
  if (figures.oldest_overdue != rules::model::kEndOfTime)
    vitals.oldest_overdue = figures.oldest_overdue;
  vitals.under_review = figures.under_review;
  const auto outbox = parts.outbox.figures();
  vitals.undelivered = outbox.waiting + outbox.in_flight;
  vitals.contradicted = outbox.contradicted;
  vitals.without_webhook = outbox.without_webhook;
  vitals.without_apology = outbox.without_apology;
  const auto held = api::held_verdicts(parts.loop, vitals.now);
  const Result<void> seen = wire::look(parts.loop, [&](const rules::ledger::State& state) {
    vitals.has_book = state.engine.has_book();
    for (const auto* source : state.engine.sources()) {
      vitals.rejected_events += source->rejected.size();
      vitals.twins += source->twin_count;
      const auto correction = rules::engine::correction_by(source->skew);
      if (correction != rules::model::Duration::zero() && !source->is_retired)
        vitals.wrong_clocks.push_back({source->id, correction});
      const auto hanging = held.find(source->id);
      if (hanging == held.end()) continue;
      const Instant told = std::max(source->watermark, parts.started_at);
      const auto silent =
          vitals.now -
          (source->watermark == rules::model::kBeginningOfTime ? told : source->watermark);
      vitals.silent.push_back(
          {source->id, silent, hanging->second.count, sums_of(hanging->second)});
    }
  });
  if (!seen) return seen.error();
  if (const auto counted = count_payouts(parts.loop, vitals); !counted) return counted.error();
  return vitals;
}

void tell_clock_jump(rules::model::Duration jump) {
  using rules::model::Duration;
  if (jump == Duration::zero()) {
    telemetry::info("the machine's clock agrees with the server's again: breaches are confirmed");
    return;
  }
  telemetry::warn(fmt::format(
      "the machine's clock was set {} {}: deadlines go on by the steady clock, and nothing is "
      "confirmed until the two agree; see `lupaus doctor`",
      rules::model::format_duration(jump < Duration::zero() ? -jump : jump),
      jump < Duration::zero() ? "back" : "ahead"));
}

}  // namespace lupaus::server
