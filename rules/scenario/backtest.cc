// The replay: check and sort the file, fold it through the engine, judge every ticket once, then
// charge in the order in which the clocks ended (R46).
#include "rules/scenario/backtest.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace lupaus::rules::scenario {

using engine::Commitment;
using engine::Ticket;
using model::Error;
using model::Event;
using model::Instant;
using model::Result;
using model::VerdictLine;

namespace {

/// The field of an event that a rejection's reason speaks of.
std::string_view field_of(std::string_view reason) {
  if (reason.find("branch") != std::string_view::npos) return "branch";
  if (reason.find("type") != std::string_view::npos) return "type";
  if (reason.find("attribute") != std::string_view::npos) return "attributes";
  if (reason.find("ticket") != std::string_view::npos) return "ticket";
  if (reason.find("source") != std::string_view::npos) return "source";
  if (reason.find("sequence") != std::string_view::npos) return "sequence";
  return "occurredAt";
}

/// The tickets by (branch, id). The names are gathered first: sorting would else fetch each ticket
/// many times over.
std::vector<model::TicketSlot> slots_in_order(const engine::State& state) {
  struct Entry {
    std::string_view branch, id;
    model::TicketSlot slot;
  };
  std::vector<Entry> entries;
  entries.reserve(state.slot_count());
  for (model::TicketSlot slot = 0; slot < state.slot_count(); ++slot) {
    const Ticket& ticket = state.ticket(slot);
    if (ticket.is_in_use) entries.push_back({state.name(ticket.branch), ticket.id, slot});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.branch.data() != b.branch.data() && a.branch != b.branch ? a.branch < b.branch
                                                                      : a.id < b.id;
  });
  std::vector<model::TicketSlot> slots;
  slots.reserve(entries.size());
  for (const Entry& entry : entries) slots.push_back(entry.slot);
  return slots;
}

}  // namespace

/// A breach that is settled, waiting for its turn at the caps.
struct Backtest::Settled {
  size_t line = 0;  ///< index in Outcome::lines
  ledger::Bill bill;
};

void VerdictCounts::count(const VerdictLine& line) {
  ++commitments;
  switch (line.verdict) {
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
  if (!line.owed) return;
  ++owed_count;
  auto& sum =
      owed.try_emplace(line.owed->currency, model::Money{line.owed->currency, 0}).first->second;
  const auto added = model::add(sum, *line.owed);
  sum = added ? *added : model::Money{sum.currency, std::numeric_limits<int64_t>::max()};
}

Backtest::Backtest(model::BookPtr book, std::string file)
    : book_(std::move(book)),
      log_(std::move(file)),
      actor_(std::make_shared<model::Actor>(
          model::Actor{model::Actor::Kind::system, true, "lupaus", ""})) {}

Backtest::~Backtest() = default;

Result<Outcome> Backtest::finish(std::optional<Instant> as_of) {
  if (auto arranged = log_.arrange(); !arranged) return arranged.error();
  Outcome outcome;
  outcome.repeated = log_.repeated_count();
  outcome.as_of = as_of;
  if (!as_of && log_.size() != 0) outcome.as_of = log_.at(log_.size() - 1);
  if (auto published = publish(); !published) return published.error();
  if (auto folded = fold_events(outcome); !folded) return folded.error();
  std::vector<Settled> settled;
  if (outcome.as_of) judge_tickets(outcome, settled);
  charge_breaches(outcome, settled);
  for (const VerdictLine& line : outcome.lines) {
    outcome.total.count(line);
    outcome.by_promise[line.key.promise].count(line);
  }
  return outcome;
}

/// WHY: who sent the events is not known, so no line can come from a source that a branch does not
/// declare. The engine judges declared sources alone; what it is given declares none.
model::BookPtr Backtest::judged_book() const {
  if (!log_.has_no_identities()) return book_;
  auto open = std::make_shared<model::Book>(*book_);
  for (model::BranchSpec& branch : open->branches) branch.sources.clear();
  return open;
}

Result<void> Backtest::publish() {
  model::Publish publish{judged_book(), model::kBeginningOfTime, {}, "backtest"};
  model::Facts facts;
  const model::Command command{model::kBeginningOfTime, actor_, std::move(publish)};
  if (auto decided = engine::decide(state_.engine, command, facts); !decided) return decided;
  for (model::Fact& fact : facts) {
    fact.position = state_.next_position;
    state_.evolve(fact);
  }
  return {};
}

Result<void> Backtest::fold_events(Outcome& outcome) {
  std::vector<uint64_t> next_sequence(log_.source_count(), 0);
  model::Facts facts;
  std::optional<Error> first_bad;
  uint64_t first_bad_line = 0;
  model::Command command{{}, actor_, {}};
  const auto fold = [&](bool is_kept) -> Result<void> {
    facts.clear();
    if (auto decided = engine::decide(state_.engine, command, facts); !decided) return decided;
    for (model::Fact& fact : facts) {
      fact.position = state_.next_position;
      if (is_kept) state_.evolve(fact);
    }
    return {};
  };
  for (size_t i = 0; i < log_.size(); ++i) {
    Event event = log_.event(i);
    command.now = event.occurred_at;
    uint64_t& next = next_sequence[log_.source(i)];
    if (next == 0) {
      command.body = model::Register{std::string(event.source), 1, 1, true};
      if (auto registered = fold(true); !registered) return registered;
      next = 1;
    }
    // WHY: the file's identities are checked already. The engine takes a source's events in
    // ascending sequence of one epoch, but a file is judged in order of time (R5); numbering anew
    // in that order keeps every tie as it was.
    event.epoch = 1;
    event.sequence = next;
    const bool is_kept = event.occurred_at <= *outcome.as_of;
    command.body = model::Observe{&event, event.occurred_at, false, true};
    auto folded = fold(is_kept);
    const model::Rejected* rejected =
        facts.empty() ? nullptr : std::get_if<model::Rejected>(&facts.front().body);
    if ((!folded || rejected != nullptr) && (!first_bad || log_.line(i) < first_bad_line)) {
      first_bad_line = log_.line(i);
      const std::string code(folded ? std::string(rejected->reason) : folded.error().code);
      const std::string& message = folded ? rejected->message : folded.error().message;
      first_bad = log_.complaint(code, first_bad_line,
                                 fmt::format("field `{}`: {}", field_of(code), message));
    }
    if (!is_kept) {
      ++outcome.later;
    } else if (folded) {
      ++next;
      ++outcome.events;
    }
    state_.engine.deadline_changes().clear();
    state_.engine.touched().clear();
  }
  if (first_bad) return *first_bad;
  return {};
}

void Backtest::judge_tickets(Outcome& outcome, std::vector<Settled>& settled) {
  const engine::State& state = state_.engine;
  const std::vector<model::TicketSlot> slots = slots_in_order(state);
  outcome.lines.reserve(slots.size());
  const engine::Horizon horizon{*outcome.as_of, *outcome.as_of};
  for (const model::TicketSlot slot : slots) {
    const Ticket& ticket = state.ticket(slot);
    std::vector<Commitment> commitments = state.commitments_at(slot, horizon);
    std::sort(commitments.begin(), commitments.end(),
              [&](const Commitment& a, const Commitment& b) {
                if (a.line != b.line)
                  return state.promise_name(a.line) < state.promise_name(b.line);
                return a.number < b.number;
              });
    for (size_t i = 0; i < commitments.size(); ++i) {
      const model::Cycle& cycle = commitments[i].cycle;
      const bool is_final = cycle.verdict != model::Verdict::open;
      outcome.lines.push_back(
          model::to_line(state.key_of(ticket, commitments[i]), cycle, is_final));
      if (cycle.verdict != model::Verdict::breached) continue;
      auto bill = ledger::bill_of(state, ticket, commitments, i, ledger::Knowledge::complete);
      if (bill) settled.push_back({outcome.lines.size() - 1, std::move(*bill)});
    }
  }
}

void Backtest::charge_breaches(Outcome& outcome, std::vector<Settled>& settled) {
  // Lines are in the order of (branch, ticket, promise, cycle), so their index settles equal
  // instants (R46).
  std::sort(settled.begin(), settled.end(), [](const Settled& a, const Settled& b) {
    return std::pair(a.bill.settled_at, a.line) < std::pair(b.bill.settled_at, b.line);
  });
  for (const Settled& breach : settled) {
    VerdictLine& line = outcome.lines[breach.line];
    model::Owed owed = ledger::charge(state_.ledger, breach.bill);
    if (owed.state == model::PaidState::none) continue;
    owed.number = state_.ledger.next_number();
    line.owed = owed.amount;
    line.paid_state = owed.state;
    model::Fact fact{state_.next_position, breach.bill.settled_at, actor_, std::move(owed)};
    state_.ledger.evolve(fact);
    ++state_.next_position;
  }
}

}  // namespace lupaus::rules::scenario
