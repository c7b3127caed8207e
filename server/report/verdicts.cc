#include "server/report/verdicts.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "fmt/format.h"
#include "rules/model/fact.h"

namespace lupaus::server::report {
namespace {

using rules::model::CommitmentKey;
using rules::model::Confirmed;
using rules::model::Cycle;
using rules::model::Ended;
using rules::model::Error;
using rules::model::Fact;
using rules::model::Result;
using rules::model::VerdictLine;
using runtime::Storage;
using runtime::Table;

using Lines = std::map<CommitmentKey, VerdictLine>;

bool matches(const LineFilter& filter, const CommitmentKey& key, rules::model::Instant started_at) {
  if (!filter.branch.empty() && key.branch != filter.branch) return false;
  if (!filter.promise.empty() && key.promise != filter.promise) return false;
  if (filter.from && started_at < *filter.from) return false;
  return !filter.until || started_at < *filter.until;
}

Error too_many(const LineFilter& filter) {
  return Error{"too_much_history",
               fmt::format("expected a question about at most {} commitments", filter.lines_max),
               "ask about one branch, promise or span of time, or for sums with `breaches summary`",
               {}};
}

/// What may still change: open verdicts, provisional ones, and final breaches whose clock has no
/// final end yet.
void add_unfinished(runtime::EngineLoop& loop, const LineFilter& filter, Lines& lines) {
  const rules::model::Instant now = loop.now();
  std::vector<rules::model::Attribute> attributes;
  runtime::visit_tickets(
      loop, [&](const rules::ledger::State& state, rules::model::TicketSlot slot) {
        const auto& engine = state.engine;
        const rules::engine::Ticket& ticket = engine.ticket(slot);
        if (!ticket.is_in_use) return;
        const std::string_view branch = engine.name(ticket.branch);
        if (!filter.branch.empty() && branch != filter.branch) return;
        for (const auto& commitment :
             engine.commitments_at(slot, {now, engine.branch_watermark(branch)})) {
          if (commitment.is_confirmed && commitment.is_end_final) continue;
          CommitmentKey key = engine.key_of(ticket, commitment);
          if (!matches(filter, key, commitment.cycle.started_at)) continue;
          VerdictLine line = rules::model::to_line(key, commitment.cycle, commitment.is_confirmed);
          line.label = ticket.label;
          engine.attributes_at(ticket, commitment.cycle.started_at, attributes);
          if (const auto* service = rules::model::find_attribute(attributes, "service"))
            line.service = service->value;
          lines.insert_or_assign(std::move(key), std::move(line));
        }
      });
}

/// Reads what is final from the journal into `lines`. A line that is there and final already is a
/// breach whose clock still runs, judged more recently than its Confirmed: it stays until its
/// Ended.
Result<void> add_final(const Storage& storage, const LineFilter& filter, Lines& lines) {
  const auto take = [&](const CommitmentKey& key, const Cycle& cycle, bool is_last_word) {
    if (!matches(filter, key, cycle.started_at)) return;
    const auto found = lines.find(key);
    if (found != lines.end() && found->second.is_decided)
      return rules::model::show_end(cycle, found->second);
    if (found != lines.end() && found->second.is_final && !is_last_word) return;
    VerdictLine line = rules::model::to_line(key, cycle, true);
    if (found != lines.end()) {
      line.service = std::move(found->second.service);
      line.label = std::move(found->second.label);
    }
    lines.insert_or_assign(key, std::move(line));
  };
  auto read = storage.read_journal(1, [&](std::span<const Fact> facts) {
    for (const Fact& fact : facts) {
      if (const auto* confirmed = std::get_if<Confirmed>(&fact.body)) {
        take(confirmed->key, confirmed->cycle, confirmed->is_end_final);
        const auto line = lines.find(confirmed->key);
        if (line != lines.end()) {
          line->second.service = confirmed->service;
          line->second.label = confirmed->label;
        }
      }
      if (const auto* ended = std::get_if<Ended>(&fact.body)) take(ended->key, ended->cycle, true);
      if (const auto* decided = std::get_if<rules::model::ReviewDecided>(&fact.body)) {
        const auto line = lines.find(decided->key);
        if (line != lines.end())
          rules::model::show_decision(decided->verdict, decided->reason, line->second);
      }
      if (const auto* excused = std::get_if<rules::model::Excused>(&fact.body)) {
        const auto line = excused->is_complete ? lines.find(excused->key) : lines.end();
        if (line != lines.end()) rules::model::show_excuse(excused->excuse, line->second);
      }
    }
    return lines.size() <= filter.lines_max;
  });
  if (!read) return read;
  return lines.size() <= filter.lines_max ? Result<void>() : too_many(filter);
}

Result<void> add_money(const Storage& storage, Lines& lines) {
  Result<void> outcome;
  auto scanned =
      storage.scan(Table::compensations, "", "", [&](std::string_view, std::string_view value) {
        const auto compensation = storage.codec().compensation(value);
        if (!compensation) {
          outcome = compensation.error();
          return false;
        }
        const auto line = lines.find(compensation->key);
        if (compensation->late_of != 0) return true;  // of the payout, not of the breach
        if (line != lines.end())
          show_money(compensation->amount, compensation->state, line->second);
        return true;
      });
  return scanned.ok() ? outcome : scanned;
}

std::vector<VerdictLine> in_order(Lines& lines) {
  std::vector<VerdictLine> ordered;
  ordered.reserve(lines.size());
  for (auto& [key, line] : lines) ordered.push_back(std::move(line));
  return ordered;
}

}  // namespace

void show_money(const std::optional<rules::model::Money>& amount, rules::model::PaidState state,
                VerdictLine& line) {
  line.owed = state == rules::model::PaidState::declined ? std::nullopt : amount;
  line.paid_state = state;
}

Result<std::vector<VerdictLine>> collect_verdicts(runtime::EngineLoop& loop, const Storage& storage,
                                                  const LineFilter& filter) {
  Lines lines;
  // Tickets first: what becomes final in between is then found in the journal, and nothing falls
  // between the two.
  add_unfinished(loop, filter, lines);
  if (auto read = add_final(storage, filter, lines); !read) return read.error();
  if (auto read = add_money(storage, lines); !read) return read.error();
  return in_order(lines);
}

Result<std::vector<VerdictLine>> collect_breaches(const Storage& storage,
                                                  const LineFilter& filter) {
  std::vector<VerdictLine> lines;
  Result<void> outcome;
  const std::string prefix = filter.branch.empty() ? "" : filter.branch + '\0';
  auto scanned =
      storage.scan(Table::breaches, prefix, "", [&](std::string_view, std::string_view value) {
        auto line = storage.codec().breach(value);
        if (!line) {
          outcome = line.error();
          return false;
        }
        // WHY not in the row: `log verify` draws rows anew, and those of before hold the sum.
        show_money(line->owed, line->paid_state, *line);
        if (line->is_final && matches(filter, line->key, line->started_at))
          lines.push_back(std::move(*line));
        if (lines.size() > filter.lines_max) outcome = too_many(filter);
        return outcome.ok();
      });
  if (!scanned) return scanned.error();
  if (!outcome) return outcome.error();
  // Rows sort by bytes; cycles and names that are prefixes of each other sort as lines do (R60).
  std::sort(lines.begin(), lines.end(),
            [](const VerdictLine& left, const VerdictLine& right) { return left.key < right.key; });
  return lines;
}

}  // namespace lupaus::server::report
