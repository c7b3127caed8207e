#include "server/report/live_board.h"

#include <algorithm>

namespace lupaus::server::report {
namespace {

using rules::model::Archived;
using rules::model::CommitmentKey;
using rules::model::Fact;
using rules::model::Observed;

/// The commitment that a fact is about; null for those that show on no ticket.
struct KeyOf {
  const CommitmentKey* operator()(const rules::model::Warned& fact) const { return &fact.key; }
  const CommitmentKey* operator()(const rules::model::Breached& fact) const { return &fact.key; }
  const CommitmentKey* operator()(const rules::model::Retracted& fact) const { return &fact.key; }
  const CommitmentKey* operator()(const rules::model::Confirmed& fact) const { return &fact.key; }
  const CommitmentKey* operator()(const rules::model::Ended& fact) const { return &fact.key; }
  const CommitmentKey* operator()(const rules::model::Owed& fact) const { return &fact.key; }
  const CommitmentKey* operator()(const rules::model::Excused& fact) const { return &fact.key; }
  const CommitmentKey* operator()(const rules::model::LateEvidence& fact) const {
    return &fact.key;
  }
  const CommitmentKey* operator()(const rules::model::ReviewDecided& fact) const {
    return &fact.key;
  }
  template <typename Other>
  const CommitmentKey* operator()(const Other& /*fact*/) const {
    return nullptr;
  }
};

}  // namespace

LiveBoard::LiveBoard(rules::model::Position position, std::function<void()> rang, size_t names_max)
    : rang_(std::move(rang)), names_max_(names_max), position_(position) {}

void LiveBoard::follow(const runtime::CommittedPtr& committed) {
  if (committed->facts.empty()) return;
  {
    const std::scoped_lock lock(mutex_);
    position_ = committed->facts.back().position;
    if (watched_.empty()) return;
    for (const Fact& fact : committed->facts) note(fact);
    if (has_rung_ || (changed_.empty() && !is_everything_)) return;
    has_rung_ = true;
  }
  rang_();
}

void LiveBoard::note(const Fact& fact) {
  if (const auto* observed = std::get_if<Observed>(&fact.body)) {
    note(observed->event.branch, observed->event.ticket);
  } else if (const auto* archived = std::get_if<Archived>(&fact.body)) {
    note(archived->branch, archived->ticket);
  } else if (std::holds_alternative<rules::model::Published>(fact.body)) {
    is_everything_ = true;
  } else if (const CommitmentKey* key = std::visit(KeyOf{}, fact.body)) {
    note(key->branch, key->ticket);
  }
}

void LiveBoard::note(std::string_view branch, std::string_view ticket) {
  if (is_everything_ || !is_watched(branch)) return;
  name_.assign(branch);
  name_ += '\0';
  name_ += ticket;
  changed_.insert(name_);
  if (changed_.size() <= names_max_) return;
  changed_.clear();
  is_everything_ = true;
}

bool LiveBoard::is_watched(std::string_view branch) const {
  return watched_.contains(branch) || watched_.contains(std::string_view());
}

void LiveBoard::watch(const std::string& branch) {
  const std::scoped_lock lock(mutex_);
  ++watched_[branch];
}

void LiveBoard::unwatch(const std::string& branch) {
  const std::scoped_lock lock(mutex_);
  const auto found = watched_.find(branch);
  rules::model::ensure(found != watched_.end(), "each unwatch has its watch");
  if (--found->second == 0) watched_.erase(found);
}

LiveBoard::Changes LiveBoard::take() {
  Changes taken;
  std::unordered_set<std::string> changed;
  {
    const std::scoped_lock lock(mutex_);
    changed.swap(changed_);
    taken.is_everything = std::exchange(is_everything_, false);
    taken.position = position_;
    has_rung_ = false;
  }
  for (const std::string& name : changed) {
    const size_t zero = name.find('\0');
    if (zero + 1 == name.size()) {
      taken.branches.push_back(name.substr(0, zero));
    } else {
      taken.tickets.emplace_back(name.substr(0, zero), name.substr(zero + 1));
    }
  }
  std::sort(taken.tickets.begin(), taken.tickets.end());
  std::sort(taken.branches.begin(), taken.branches.end());
  return taken;
}

rules::model::Position LiveBoard::position() const {
  const std::scoped_lock lock(mutex_);
  return position_;
}

}  // namespace lupaus::server::report
