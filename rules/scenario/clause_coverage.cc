// Conditions are watched by wrapping them; everything else is read off the facts and the cycles.
#include "rules/scenario/clause_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "rules/model/digits.h"
#include "rules/scenario/trace.h"

namespace lupaus::rules::scenario {
namespace {

using model::Condition;
using model::ConditionPtr;
using model::Promise;

class WatchedCondition : public Condition {
 public:
  explicit WatchedCondition(ConditionPtr inner) : inner_(std::move(inner)) {}

  Value evaluate(const model::Scope& scope) const override {
    const Value value = inner_->evaluate(scope);
    (value == Value::yes ? was_true_ : was_false_) = true;
    return value;
  }
  std::string_view text() const override { return inner_->text(); }
  bool was_true() const { return was_true_; }
  bool was_false() const { return was_false_; }

 private:
  ConditionPtr inner_;
  mutable bool was_true_ = false, was_false_ = false;
};

using Watched = std::shared_ptr<const WatchedCondition>;

/// What happened under one revision of a promise.
struct Seen {
  std::set<std::string, std::less<>> events;  ///< types, on tickets that it runs on
  std::set<uint32_t> warnings;
  std::string money;              ///< texts of what was owed: they name the lines that made it
  std::set<int16_t> suspensions;  ///< that refused a start
  bool has_cycle = false, at_limit = false, was_expired = false;
};

/// Whether the place stands in the text, not as a part of another one, and `word` in what is said
/// of it.
bool names_place(const std::string& text, const model::Span& span, std::string_view word = "") {
  const std::string place = format_place(span);
  for (size_t at = text.find(place); at != std::string::npos; at = text.find(place, at + 1)) {
    const size_t end = at + place.size();
    const bool is_begin = at == 0 || text[at - 1] == ' ';
    if (!is_begin || (end != text.size() && model::is_digit(text[end]))) continue;
    const size_t last = std::min(text.find_last_of(";\n", at) + 1, at);
    if (text.substr(last, at - last).find(word) != std::string::npos) return true;
  }
  return false;
}

/// The revision that the commitment obeyed; null where the run does not know it.
const Promise* obeyed_by(const ledger::State& state, const model::CommitmentKey& key) {
  for (const engine::Line& line : state.engine.lines()) {
    if (line.name != key.promise) continue;
    const engine::Revision* revision = line.find(key.revision);
    return revision == nullptr ? nullptr : revision->promise;
  }
  return nullptr;
}

}  // namespace

struct ClauseCoverage::Watch {
  model::BookPtr book;
  std::map<const Condition*, Watched> conditions;
  std::map<const Promise*, Seen> seen;  ///< by the promises of `book`, nobody else's

  void wrap(ConditionPtr& condition) {
    if (condition == nullptr) return;
    auto watched = std::make_shared<const WatchedCondition>(condition);
    condition = watched;
    conditions[watched.get()] = watched;
  }
  const WatchedCondition& of(const ConditionPtr& condition) const {
    return *conditions.at(condition.get());
  }
  /// WHY: a run may publish several books; what another one's promise did tells nothing of the
  /// promise of the same name here. Null: it is not of this book.
  Seen* seen_by(const Promise* promise) {
    const auto& own = book->promises;
    const bool is_own = std::any_of(own.begin(), own.end(),
                                    [&](const Promise& other) { return &other == promise; });
    return is_own ? &seen[promise] : nullptr;
  }

  void wrap(Promise& promise) {
    wrap(promise.applies);
    for (auto& [type, line] : promise.on) {
      for (auto& choice : line.cases) wrap(choice.when);
    }
    for (auto& entry : promise.within) wrap(entry.when);
    for (auto& excuse : promise.excuses) wrap(excuse.when);
    for (auto& suspension : promise.suspensions) wrap(suspension.when);
  }

  void note_cycles(const ledger::State& state, const engine::Ticket& ticket);
  void note_fact(const ledger::State& state, const model::Fact& fact);
  void note_suspensions(const ledger::State& state, model::TicketSlot slot);

  void list(const Promise& promise, std::vector<Clause>& clauses) const;
  void list_clock(const Promise& promise, const Seen& here, std::vector<Clause>& clauses) const;
  void list_target(const Promise& promise, const Seen& here, std::vector<Clause>& clauses) const;
  void list_money(const Promise& promise, const Seen& here, std::vector<Clause>& clauses) const;
};

void ClauseCoverage::Watch::note_cycles(const ledger::State& state, const engine::Ticket& ticket) {
  for (const auto& commitment : ticket.commitments) {
    Seen* here = seen_by(state.engine.promise(commitment));
    if (here == nullptr) continue;
    here->has_cycle = true;
    here->at_limit = here->at_limit || commitment.cycle.counted == commitment.cycle.limit;
    here->was_expired = here->was_expired || model::is_expiry(commitment.cycle.end);
    for (const auto& event : ticket.events) here->events.emplace(state.engine.name(event.type));
  }
}

void ClauseCoverage::Watch::note_fact(const ledger::State& state, const model::Fact& fact) {
  if (const auto* warned = std::get_if<model::Warned>(&fact.body)) {
    if (Seen* here = seen_by(obeyed_by(state, warned->key))) here->warnings.insert(warned->warning);
  }
  const auto* owed = std::get_if<model::Owed>(&fact.body);
  Seen* here = owed == nullptr ? nullptr : seen_by(obeyed_by(state, owed->key));
  if (here == nullptr) return;
  here->money += owed->tier_clause + "\n" + owed->reason + "\n";
  const bool is_limited =
      !owed->amount || *owed->amount != owed->computed || owed->state == model::PaidState::held;
  if (!is_limited) return;
  for (const auto& draw : owed->draws) here->money += "limited by " + draw.clause + "\n";
}

void ClauseCoverage::Watch::note_suspensions(const ledger::State& state, model::TicketSlot slot) {
  for (const auto& start : state.engine.not_bound(slot)) {
    if (start.unbound.why != engine::Unbound::Why::suspended) continue;
    if (Seen* here = seen_by(start.promise)) here->suspensions.insert(start.unbound.suspension);
  }
}

void ClauseCoverage::Watch::list_clock(const Promise& promise, const Seen& here,
                                       std::vector<Clause>& clauses) const {
  const auto add = [&](std::string name, const model::Span& span, bool is_exercised) {
    clauses.push_back({promise.name, std::move(name), span, is_exercised});
  };
  if (promise.applies != nullptr && promise.applies->text() != "true") {
    add("applies", promise.applies_span, of(promise.applies).was_true());
    add("applies (false)", promise.applies_span, of(promise.applies).was_false());
  }
  for (const auto& [type, line] : promise.on) {
    const std::string name = "clock.on." + type;
    for (size_t i = 0; i < line.cases.size(); ++i)
      add(fmt::format("{}[{}]", name, i), line.span, of(line.cases[i].when).was_true());
    if (!line.cases.empty()) {
      add(name + ".else", line.span, of(line.cases.back().when).was_false());
    } else if (type == "expired") {
      if (model::effective_expiry(promise)) add(name, line.span, here.was_expired);
    } else if (line.otherwise != model::Effect::proceed) {
      add(name, line.span, here.events.contains(type));
    }
  }
}

void ClauseCoverage::Watch::list_target(const Promise& promise, const Seen& here,
                                        std::vector<Clause>& clauses) const {
  const auto add = [&](std::string name, const model::Span& span, bool is_exercised) {
    clauses.push_back({promise.name, std::move(name), span, is_exercised});
  };
  bool was_all_false = here.has_cycle;
  for (size_t i = 0; i < promise.within.size() && promise.within.size() > 1; ++i) {
    const auto& entry = promise.within[i];
    const bool is_last = entry.when == nullptr;
    add(fmt::format("target.within[{}]", i), entry.span,
        is_last ? was_all_false : of(entry.when).was_true());
    if (!is_last) was_all_false = was_all_false && of(entry.when).was_false();
  }
  add("target (at the limit exactly)", promise.within_span, here.at_limit);
  for (size_t i = 0; i < promise.warn.size(); ++i)
    add(fmt::format("warn[{}]", i), promise.span, here.warnings.contains(static_cast<uint32_t>(i)));
  for (size_t i = 0; i < promise.excuses.size(); ++i) {
    const auto& excuse = promise.excuses[i];
    if (excuse.when != nullptr)
      add(fmt::format("excuses[{}] {}", i, excuse.id), excuse.span, of(excuse.when).was_true());
  }
  for (size_t i = 0; i < promise.suspensions.size(); ++i) {
    add(fmt::format("suspensions[{}]", i), promise.suspensions[i].span,
        here.suspensions.contains(static_cast<int16_t>(i)));
  }
}

void ClauseCoverage::Watch::list_money(const Promise& promise, const Seen& here,
                                       std::vector<Clause>& clauses) const {
  if (!promise.compensation) return;
  const auto& compensation = *promise.compensation;
  const auto add = [&](std::string name, const model::Span& span, bool is_exercised) {
    clauses.push_back({promise.name, std::move(name), span, is_exercised});
  };
  for (size_t i = 0; i < compensation.tiers.size(); ++i) {
    const auto& tier = compensation.tiers[i];
    const std::string name = fmt::format("tiers[{}]", i);
    add(name, tier.span, names_place(here.money, tier.span));
    if (tier.at_most)
      add(name + ".at_most", tier.span, names_place(here.money, tier.span, ", at most "));
    if (tier.at_least)
      add(name + ".at_least", tier.span, names_place(here.money, tier.span, ", at least "));
  }
  const auto named = [&](bool is_written, const char* name, const model::Span& span,
                         const char* told) {
    if (is_written) add(name, span, here.money.find(told) != std::string::npos);
  };
  named(compensation.at_most.has_value(), "at_most", compensation.at_most_span, "; at most ");
  named(compensation.at_least.has_value(), "at_least", compensation.at_least_span, "; at least ");
  named(compensation.min_payable.has_value(), "min_payable", compensation.min_payable_span,
        "; below min_payable ");
  named(!compensation.group.empty(), "group", compensation.group_span, "group ");
  for (size_t i = 0; i < compensation.caps.size(); ++i) {
    const auto& cap = compensation.caps[i];
    const size_t at = here.money.find(fmt::format("limited by caps[{}]", i));
    add(fmt::format("caps[{}] {}", i, model::format_cap_scope(cap.scope)), cap.span,
        at != std::string::npos);
  }
}

void ClauseCoverage::Watch::list(const Promise& promise, std::vector<Clause>& clauses) const {
  const auto found = seen.find(&promise);
  const Seen here = found == seen.end() ? Seen{} : found->second;
  list_clock(promise, here, clauses);
  list_target(promise, here, clauses);
  list_money(promise, here, clauses);
}

ClauseCoverage::ClauseCoverage(const model::BookPtr& book) : watch_(std::make_unique<Watch>()) {
  auto copy = std::make_shared<model::Book>(*book);
  for (Promise& promise : copy->promises) watch_->wrap(promise);
  watch_->book = std::move(copy);
}
ClauseCoverage::~ClauseCoverage() = default;
ClauseCoverage::ClauseCoverage(ClauseCoverage&&) noexcept = default;

const model::BookPtr& ClauseCoverage::watched() const { return watch_->book; }

void ClauseCoverage::note(const ledger::State& state, const model::Facts& facts) {
  for (const auto& fact : facts) watch_->note_fact(state, fact);
  for (model::TicketSlot slot = 0; slot < state.engine.slot_count(); ++slot) {
    const auto& ticket = state.engine.ticket(slot);
    if (!ticket.is_in_use) continue;
    watch_->note_cycles(state, ticket);
    watch_->note_suspensions(state, slot);
  }
}

std::vector<Clause> ClauseCoverage::clauses() const {
  std::vector<Clause> all;
  for (const Promise& promise : watch_->book->promises) watch_->list(promise, all);
  return all;
}

void join(std::vector<Clause>& all, const std::vector<Clause>& more) {
  for (const Clause& clause : more) {
    const auto known = std::find_if(all.begin(), all.end(), [&](const Clause& other) {
      return other.promise == clause.promise && other.name == clause.name &&
             format_place(other.span) == format_place(clause.span);
    });
    if (known == all.end()) {
      all.push_back(clause);
    } else {
      known->is_exercised = known->is_exercised || clause.is_exercised;
    }
  }
}

model::Result<model::BookPtr> WatchedBooks::load(const std::vector<std::string>& files) {
  const auto known = watched_.find(files);
  if (known != watched_.end()) return known->second.watched();
  auto book = books_(files);
  if (!book) return book.error();
  return watched_.emplace(files, ClauseCoverage(*book)).first->second.watched();
}

void WatchedBooks::note(const ledger::State& state, const model::Facts& facts) {
  for (auto& [files, coverage] : watched_) coverage.note(state, facts);
}

std::vector<Clause> WatchedBooks::clauses() const {
  std::vector<Clause> all;
  for (const auto& [files, coverage] : watched_) join(all, coverage.clauses());
  return all;
}

}  // namespace lupaus::rules::scenario
