// Today's verdicts beside those of another promise.
#include "rules/scenario/comparison.h"

#include <algorithm>
#include <limits>

namespace lupaus::rules::scenario {
namespace {

using model::CommitmentKey;
using model::Money;
using model::Verdict;

void add_to(std::map<model::Currency, std::pair<Money, Money>>& sums,
            Money std::pair<Money, Money>::*side, const std::optional<Money>& money) {
  if (!money) return;
  const Money zero{money->currency, 0};
  Money& sum = sums.try_emplace(money->currency, zero, zero).first->second.*side;
  sum = model::add(sum, *money).value_or(Money{sum.currency, std::numeric_limits<int64_t>::max()});
}

bool differs(const TodayVerdict& today, const model::VerdictLine& line) {
  return today.verdict != line.verdict || today.owed != line.owed;
}

}  // namespace

void Today::note(const CommitmentKey& key, Note::Says says, const TodayVerdict& verdict) {
  const uint32_t promise = names_.intern(key.promise, arena_);
  const uint32_t branch = names_.intern(key.branch, arena_);
  notes_.push_back({{branch, promise, key.cycle, arena_.keep(key.ticket)}, says, verdict});
}

void Today::gather() const {
  for (const auto& [key, says, told] : notes_) {
    auto known = numbers_.find(key);
    if (known == numbers_.end()) {
      if (says == Note::Says::owed_if_known) continue;
      known = numbers_.emplace(key, static_cast<uint32_t>(entries_.size())).first;
      entries_.emplace_back(key, TodayVerdict{});
    }
    TodayVerdict& verdict = entries_[known->second].second;
    if (says == Note::Says::verdict) {
      verdict.verdict = told.verdict;
    } else {
      verdict.state = told.state;
      verdict.owed = told.owed;
    }
  }
  notes_.clear();
}

void Today::set_verdict(const CommitmentKey& key, Verdict verdict) {
  note(key, Note::Says::verdict, {verdict, {}, {}});
}

void Today::set_owed(const CommitmentKey& key, model::PaidState state,
                     const std::optional<Money>& owed) {
  note(key, Note::Says::owed, {{}, state, owed});
}

void Today::set_owed_if_known(const CommitmentKey& key, model::PaidState state,
                              const std::optional<Money>& owed) {
  note(key, Note::Says::owed_if_known, {{}, state, owed});
}

void Today::take(std::span<const model::VerdictLine> lines) {
  for (const model::VerdictLine& line : lines) {
    set_verdict(line.key, line.verdict);
    set_owed(line.key, line.paid_state, line.owed);
  }
}

std::optional<Today::Key> Today::find_key(const CommitmentKey& key) const {
  const auto branch = names_.find(key.branch);
  const auto promise = names_.find(key.promise);
  if (!branch || !promise) return std::nullopt;
  return Key{*branch, *promise, key.cycle, key.ticket};
}

const TodayVerdict* Today::find(const CommitmentKey& key) const {
  gather();
  const auto wanted = find_key(key);
  if (!wanted) return nullptr;
  const auto found = numbers_.find(*wanted);
  return found == numbers_.end() ? nullptr : &entries_[found->second].second;
}

bool Today::is_pending(const CommitmentKey& key) const {
  return std::binary_search(pending_.begin(), pending_.end(), key);
}

std::vector<std::pair<CommitmentKey, TodayVerdict>> Today::list() const {
  gather();
  std::vector<std::pair<CommitmentKey, TodayVerdict>> listed;
  listed.reserve(entries_.size());
  for (const auto& [key, verdict] : entries_)
    listed.push_back({{std::string(names_.names()[key.branch]), std::string(key.ticket),
                       std::string(names_.names()[key.promise]), 1, key.cycle},
                      verdict});
  std::sort(listed.begin(), listed.end(),
            [](const auto& left, const auto& right) { return left.first < right.first; });
  return listed;
}

Comparison compare(const Today& today, const Outcome& outcome) {
  Comparison result;
  const auto listed = today.list();
  auto next = listed.begin();
  const auto leave = [&](const auto& entry) {
    ++result.no_longer_bound;
    if (entry.second.verdict == Verdict::breached) ++result.no_longer_breached;
    result.changes.push_back({entry.first, entry.second, std::nullopt});
  };
  for (const auto& entry : listed)
    add_to(result.owed, &std::pair<Money, Money>::first, entry.second.owed);
  for (size_t i = 0; i < outcome.lines.size(); ++i) {
    const model::VerdictLine& line = outcome.lines[i];
    for (; next != listed.end() && next->first < line.key; ++next) leave(*next);
    const bool is_known = next != listed.end() && !(line.key < next->first);
    add_to(result.owed, &std::pair<Money, Money>::second, line.owed);
    if (!is_known && today.is_pending(line.key)) {
      result.undecided.push_back(i);
      continue;
    }
    const bool was_broken = is_known && next->second.verdict == Verdict::breached;
    const bool is_broken = line.verdict == Verdict::breached;
    if (is_broken && !was_broken) ++result.newly_breached;
    if (was_broken && !is_broken) ++result.no_longer_breached;
    if (!is_known) ++result.newly_bound;
    if (!is_known || differs(next->second, line))
      result.changes.push_back(
          {line.key, is_known ? std::optional(next->second) : std::nullopt, i});
    if (is_known) ++next;
  }
  for (; next != listed.end(); ++next) leave(*next);
  result.by_line.assign(outcome.lines.size(), nullptr);
  for (const Change& change : result.changes) {
    if (change.line) result.by_line[*change.line] = &change;
  }
  return result;
}

}  // namespace lupaus::rules::scenario
