#include "server/report/rollup_cells.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "rules/calendar/zone.h"

namespace lupaus::server::report {

using rules::model::CommitmentKey;
using rules::model::Confirmed;
using rules::model::Ended;
using rules::model::Fact;
using rules::model::Instant;
using rules::model::LocalDate;
using rules::model::Position;
using rules::model::Published;
using rules::model::Verdict;

namespace {

/// The event by which a customer's answer comes.
constexpr std::string_view kFeedbackEvent = "feedback";

struct LocalHour {
  LocalDate day;
  uint8_t hour = 0;
};

LocalHour local_hour(const rules::model::ZoneTable* zone, Instant instant) {
  // A branch that no book knows cannot start a clock; UTC keeps the fold total.
  const std::chrono::seconds offset(zone != nullptr ? rules::calendar::offset_at(*zone, instant)
                                                    : 0);
  const auto local = instant + offset;
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(midnight);
  return {{static_cast<int16_t>(static_cast<int>(date.year())),
           static_cast<uint8_t>(static_cast<unsigned>(date.month())),
           static_cast<uint8_t>(static_cast<unsigned>(date.day()))},
          static_cast<uint8_t>(std::chrono::floor<std::chrono::hours>(local - midnight).count())};
}

CellKey coarsen(CellKey key, Level level) {
  switch (level) {
    case Level::full:
      break;
    case Level::hours:
      key.service = key.segment = key.source = 0;
      break;
    case Level::parts:
      key.hour = 0;
      key.source = 0;
      break;
    case Level::months:
      key.day.day = weekday_of(key.day);
      key.service = key.segment = key.source = 0;
      break;
    case Level::month_parts:
      key.day.day = weekday_of(key.day);
      key.hour = 0;
      break;
    case Level::month_hours:
      key.day.day = 1;
      break;
  }
  return key;
}

/// What a verdict brings into its cell.
RollupTotals figures_of(Verdict verdict, rules::model::Duration counted, bool is_ended,
                        const std::string& reason) {
  RollupTotals figures;
  figures.add_verdict(verdict, 1);
  const bool is_reasoned = verdict == Verdict::indeterminate || verdict == Verdict::excused;
  if (is_reasoned) figures.add_reason(verdict, reason, 1);
  if (verdict == Verdict::kept) figures.kept_waits.add(counted.count());
  if (verdict == Verdict::breached && is_ended) figures.breached_waits.add(counted.count());
  return figures;
}

}  // namespace

LocalDate local_day(const rules::model::ZoneTable* zone, Instant instant) {
  return local_hour(zone, instant).day;
}

uint8_t weekday_of(LocalDate day) {
  const std::chrono::year_month_day date(std::chrono::year(day.year), std::chrono::month(day.month),
                                         std::chrono::day(day.day));
  return static_cast<uint8_t>(std::chrono::weekday(std::chrono::sys_days(date)).iso_encoding());
}

size_t RollupCells::cell_count() const {
  size_t count = 0;
  for (const Cells& cells : levels_) count += cells.size();
  return count;
}

CellKey RollupCells::place(const Confirmed& confirmed) {
  const auto zone = zones_.find(confirmed.key.branch);
  const LocalHour local =
      local_hour(zone == zones_.end() ? nullptr : &zone->second, confirmed.cycle.started_at);
  return {local.day,
          local.hour,
          names_.number(confirmed.key.branch),
          names_.number(confirmed.key.promise),
          services_.number(local.day, confirmed.service, names_),
          segments_.number(local.day, confirmed.segment, names_),
          names_.number(confirmed.source)};
}

void RollupCells::add(const CellKey& key, const RollupTotals& delta, int sign) {
  for (size_t i = 0; i < kLevels; ++i) {
    const CellKey coarse = coarsen(key, static_cast<Level>(i));
    const auto cell = levels_[i].try_emplace(coarse).first;
    cell->second.add(delta, sign);
    if (cell->second == RollupTotals{}) levels_[i].erase(cell);
  }
  changed_cells_.insert(key);
}

void RollupCells::add(KeptCommitment& commitment, const RollupTotals& delta) {
  commitment.part.add(delta);
  add(commitment.cell, delta);
}

KeptCommitment* RollupCells::find(const CommitmentKey& key) {
  auto found = commitments_.find(key);
  if (found == commitments_.end() && lookup_.commitment) {
    if (auto kept = lookup_.commitment(key))
      found = commitments_.emplace(key, std::move(*kept)).first;
  }
  if (found == commitments_.end()) return nullptr;
  changed_commitments_.insert(key);
  return &found->second;
}

KeptPayment* RollupCells::find(uint64_t number) {
  auto found = payments_.find(number);
  if (found == payments_.end() && lookup_.payment) {
    if (auto kept = lookup_.payment(number))
      found = payments_.emplace(number, std::move(*kept)).first;
  }
  if (found == payments_.end()) return nullptr;
  changed_payments_.insert(number);
  return &found->second;
}

std::string RollupCells::excuse_of(const CommitmentKey& key, int16_t excuse) const {
  const auto found = revisions_.find(key.promise);
  if (found == revisions_.end() || excuse < 0) return "";
  const auto& excuses = found->second.excuses;
  if (key.revision == 0 || key.revision > excuses.size()) return "";
  const auto& ids = excuses[key.revision - 1];
  return static_cast<size_t>(excuse) < ids.size() ? ids[static_cast<size_t>(excuse)] : "";
}

void RollupCells::count(const Confirmed& confirmed) {
  const Verdict verdict = confirmed.cycle.verdict;
  const std::string reason = verdict == Verdict::indeterminate
                                 ? std::string(confirmed.cycle.reason())
                                 : excuse_of(confirmed.key, confirmed.cycle.excuse);
  RollupTotals figures =
      figures_of(verdict, confirmed.cycle.counted, confirmed.is_end_final, reason);
  figures.commitments = 1;
  KeptCommitment kept;
  kept.cell = place(confirmed);
  kept.verdict = verdict;
  kept.counted = confirmed.cycle.counted;
  kept.is_ended = confirmed.is_end_final;
  add(kept, figures);
  const CellKey cell = kept.cell;
  // A person may still decide it, and a breach has its money to come or is found excused.
  if (verdict == Verdict::breached || verdict == Verdict::indeterminate) {
    commitments_.insert_or_assign(confirmed.key, std::move(kept));
    changed_commitments_.insert(confirmed.key);
  }
  if (has_feedback_) join(confirmed, cell);
}

/// What was confirmed while its clock ran is counted where it ended, with its whole length.
void RollupCells::end(const Ended& ended) {
  KeptCommitment* kept = find(ended.key);
  if (kept == nullptr || kept->is_ended) return;
  kept->is_ended = true;
  kept->counted = ended.cycle.counted;
  if (!ended.source.empty()) {
    add(kept->cell, kept->part, -1);
    kept->cell.source = names_.number(ended.source);
    add(kept->cell, kept->part);
  }
  if (kept->verdict != Verdict::breached) return;
  RollupTotals wait;
  wait.breached_waits.add(kept->counted.count());
  add(*kept, wait);
  if (ended.cycle.verdict == Verdict::excused)
    change_verdict(ended.key, Verdict::breached, Verdict::excused,
                   excuse_of(ended.key, ended.cycle.excuse));
}

/// What was counted as `from` turns out, or is decided, to be `to`.
void RollupCells::change_verdict(const CommitmentKey& key, Verdict from, Verdict to,
                                 const std::string& reason) {
  KeptCommitment* kept = find(key);
  if (kept == nullptr || kept->verdict != from || from == to) return;
  RollupTotals change;
  const std::string before = kept->part.reasons.empty() ? "" : kept->part.reasons.front().reason;
  change.add(figures_of(from, kept->counted, kept->is_ended, before), -1);
  change.add(figures_of(to, kept->counted, true, reason));
  change.add(feedback_figures(kept->answers, from, kept->paid), -1);
  change.add(feedback_figures(kept->answers, to, kept->paid));
  kept->verdict = to;
  kept->is_ended = true;
  add(*kept, change);
}

void RollupCells::restore_book(const Published& published) {
  for (const auto& branch : published.book->branches) {
    const auto* zone = published.book->find_zone(branch.timezone);
    if (zone != nullptr) zones_.insert_or_assign(branch.name, *zone);
  }
  for (const auto& vocabulary : published.book->vocabularies) {
    has_feedback_ |= std::find(vocabulary.events.begin(), vocabulary.events.end(),
                               kFeedbackEvent) != vocabulary.events.end();
  }
  number_revisions(published);
}

void RollupCells::number_revisions(const Published& published) {
  for (const auto& promise : published.book->promises) {
    Revisions& known = revisions_[promise.name];
    const bool is_same = !known.excuses.empty() && known.digest == promise.digest &&
                         known.valid_from <= published.valid_from &&
                         known.retired_at <= known.valid_from;
    if (is_same) continue;
    known.digest = promise.digest;
    known.valid_from = published.valid_from;
    auto& ids = known.excuses.emplace_back();
    for (const auto& excuse : promise.excuses) ids.push_back(excuse.id);
  }
  for (const auto& name : published.retired) {
    const auto known = revisions_.find(name);
    if (known == revisions_.end()) continue;
    known->second.retired_at = std::max(known->second.retired_at, published.valid_from);
  }
}

void RollupCells::evolve(const Fact& fact) {
  if (fact.position <= position_) return;
  position_ = fact.position;
  if (const auto* observed = std::get_if<rules::model::Observed>(&fact.body)) {
    if (has_feedback_ && observed->event.type == kFeedbackEvent) take_answer(*observed);
  } else if (const auto* confirmed = std::get_if<Confirmed>(&fact.body)) {
    count(*confirmed);
  } else if (const auto* ended = std::get_if<Ended>(&fact.body)) {
    end(*ended);
  } else if (const auto* decided = std::get_if<rules::model::ReviewDecided>(&fact.body)) {
    change_verdict(decided->key, Verdict::indeterminate, decided->verdict, "");
  } else if (const auto* excused = std::get_if<rules::model::Excused>(&fact.body)) {
    if (excused->is_complete)
      change_verdict(excused->key, Verdict::breached, Verdict::excused, excused->excuse);
  } else if (const auto* published = std::get_if<Published>(&fact.body)) {
    restore_book(*published);
    books_.push_back(fact.position);
  } else {
    evolve_money(fact);
  }
}

void RollupCells::clear_changes() {
  changed_cells_.clear();
  changed_commitments_.clear();
  changed_payments_.clear();
  changed_tickets_.clear();
}

void RollupCells::forget_written(size_t kept_max) {
  if (commitments_.size() + payments_.size() + tickets_.size() <= kept_max) return;
  commitments_.clear();
  payments_.clear();
  tickets_.clear();
}

void RollupCells::restore(const CellKey& key, const RollupTotals& totals) {
  services_.restore(key.day, key.service, names_);
  segments_.restore(key.day, key.segment, names_);
  add(key, totals);
  changed_cells_.erase(key);
}

void RollupCells::restore(Position position, std::vector<Position> books) {
  position_ = position;
  books_ = std::move(books);
}

}  // namespace lupaus::server::report
