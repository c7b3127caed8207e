#include "server/report/rollup_cells.h"

#include <chrono>
#include <utility>

#include "rules/calendar/zone.h"

namespace lupaus::server::report {

using rules::model::Archived;
using rules::model::CommitmentKey;
using rules::model::Confirmed;
using rules::model::Currency;
using rules::model::Fact;
using rules::model::Instant;
using rules::model::Owed;
using rules::model::Position;
using rules::model::Published;
using rules::model::Verdict;

namespace {

struct LocalHour {
  rules::model::LocalDate day;
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

void add(RollupTotals& into, const RollupTotals& from) {
  into.commitments += from.commitments;
  into.kept += from.kept;
  into.breached += from.breached;
  into.other += from.other;
  into.excused += from.excused;
  for (const auto& [currency, minor] : from.owed_minor) into.owed_minor[currency] += minor;
}

}  // namespace

uint32_t Names::number(std::string_view name) {
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) return found->second;
  const auto number = static_cast<uint32_t>(names_.size());
  names_.emplace_back(name);
  numbers_.emplace(names_.back(), number);
  return number;
}

CellKey RollupCells::place(std::string_view branch, std::string_view promise,
                           std::string_view service, Instant started_at) {
  const auto zone = zones_.find(branch);
  const LocalHour local = local_hour(zone == zones_.end() ? nullptr : &zone->second, started_at);
  return {names_.number(branch), names_.number(promise), names_.number(service), local.day,
          local.hour};
}

void RollupCells::count(const Confirmed& confirmed) {
  const CellKey key = place(confirmed.key.branch, confirmed.key.promise, confirmed.service,
                            confirmed.cycle.started_at);
  ++cells_[key].commitments;
  const Verdict verdict = confirmed.cycle.verdict;
  add_verdict(key, verdict, 1);
  // A person may still decide it, and a breach has its money to come or is found excused.
  if (verdict != Verdict::breached && verdict != Verdict::indeterminate) return;
  awaiting_.insert_or_assign(confirmed.key, key);
  changed_awaiting_.insert(confirmed.key);
}

void RollupCells::count(const rules::model::Excused& excused) {
  if (!excused.is_complete || excused.started_at == Instant{}) return;
  const CellKey key =
      place(excused.key.branch, excused.key.promise, excused.service, excused.started_at);
  add_verdict(key, Verdict::breached, -1);
  add_verdict(key, Verdict::excused, 1);
}

void RollupCells::add_verdict(const CellKey& key, Verdict verdict, int by) {
  RollupTotals& totals = cells_[key];
  const auto change = static_cast<uint64_t>(static_cast<int64_t>(by));
  (verdict == Verdict::kept       ? totals.kept
   : verdict == Verdict::breached ? totals.breached
                                  : totals.other) += change;
  if (verdict == Verdict::excused) totals.excused += change;
  changed_cells_.insert(key);
}

/// What was counted as `counted` turns out, or is decided, to be `verdict`.
void RollupCells::recount(const CommitmentKey& commitment, Verdict counted, Verdict verdict) {
  const auto waiting = awaiting_.find(commitment);
  if (waiting == awaiting_.end() || counted == verdict) return;
  add_verdict(waiting->second, counted, -1);
  add_verdict(waiting->second, verdict, 1);
  if (verdict == Verdict::breached) return;
  changed_awaiting_.insert(commitment);
  awaiting_.erase(waiting);
}

void RollupCells::add_money(const Owed& owed) {
  const auto waiting = awaiting_.find(owed.key);
  if (waiting == awaiting_.end()) return;
  if (owed.amount.has_value()) {
    cells_[waiting->second].owed_minor[owed.amount->currency] += owed.amount->minor;
    changed_cells_.insert(waiting->second);
  }
  changed_awaiting_.insert(owed.key);
  awaiting_.erase(waiting);
}

void RollupCells::forget_ticket(const Archived& archived) {
  CommitmentKey first;
  first.branch = archived.branch;
  first.ticket = archived.ticket;
  first.cycle = 0;
  auto waiting = awaiting_.lower_bound(first);
  while (waiting != awaiting_.end() && waiting->first.branch == archived.branch &&
         waiting->first.ticket == archived.ticket) {
    changed_awaiting_.insert(waiting->first);
    waiting = awaiting_.erase(waiting);
  }
}

void RollupCells::restore_book(const Published& published) {
  for (const auto& branch : published.book->branches) {
    const auto* zone = published.book->find_zone(branch.timezone);
    if (zone != nullptr) zones_.insert_or_assign(branch.name, *zone);
  }
}

void RollupCells::evolve(const Fact& fact) {
  if (fact.position <= position_) return;
  position_ = fact.position;
  if (const auto* confirmed = std::get_if<Confirmed>(&fact.body)) {
    count(*confirmed);
  } else if (const auto* ended = std::get_if<rules::model::Ended>(&fact.body)) {
    if (ended->cycle.verdict == Verdict::excused)
      recount(ended->key, Verdict::breached, Verdict::excused);
  } else if (const auto* decided = std::get_if<rules::model::ReviewDecided>(&fact.body)) {
    recount(decided->key, Verdict::indeterminate, decided->verdict);
  } else if (const auto* excused = std::get_if<rules::model::Excused>(&fact.body)) {
    count(*excused);
  } else if (const auto* owed = std::get_if<Owed>(&fact.body)) {
    add_money(*owed);
  } else if (const auto* archived = std::get_if<Archived>(&fact.body)) {
    forget_ticket(*archived);
  } else if (const auto* published = std::get_if<Published>(&fact.body)) {
    restore_book(*published);
    books_.push_back(fact.position);
  }
}

std::vector<RollupLine> RollupCells::summarize(std::span<const Dimension> by,
                                               const RollupFilter& filter) const {
  std::map<std::vector<std::string>, RollupTotals> groups;
  if (by.empty()) groups[{}];
  std::vector<std::string> group;
  for (const auto& [key, totals] : cells_) {
    if (!filter.branch.empty() && names_.name(key.branch) != filter.branch) continue;
    if (!filter.promise.empty() && names_.name(key.promise) != filter.promise) continue;
    if (!filter.service.empty() && names_.name(key.service) != filter.service) continue;
    if ((filter.from && key.day < *filter.from) || (filter.until && key.day > *filter.until))
      continue;
    group.clear();
    for (const Dimension dimension : by) {
      switch (dimension) {
        case Dimension::branch:
          group.emplace_back(names_.name(key.branch));
          break;
        case Dimension::promise:
          group.emplace_back(names_.name(key.promise));
          break;
        case Dimension::service:
          group.emplace_back(names_.name(key.service));
          break;
        case Dimension::day:
          group.push_back(rules::model::format_local_date(key.day));
          break;
        case Dimension::hour:
          group.push_back((key.hour < 10 ? "0" : "") + std::to_string(key.hour));
          break;
      }
    }
    add(groups[group], totals);
  }
  std::vector<RollupLine> lines;
  lines.reserve(groups.size());
  for (auto& [names, totals] : groups) lines.push_back({names, std::move(totals)});
  return lines;
}

void RollupCells::clear_changes() {
  changed_cells_.clear();
  changed_awaiting_.clear();
}

void RollupCells::restore(const CellKey& key, RollupTotals totals) {
  cells_.insert_or_assign(key, std::move(totals));
}

void RollupCells::restore_awaiting(CommitmentKey commitment, const CellKey& key) {
  awaiting_.insert_or_assign(std::move(commitment), key);
}

void RollupCells::restore(Position position, std::vector<Position> books) {
  position_ = position;
  books_ = std::move(books);
}

}  // namespace lupaus::server::report
