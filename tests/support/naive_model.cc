// From cycles to verdict lines, and from claims to money.
#include "tests/support/naive_model.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "tests/support/naive_tariff.h"

namespace lupaus::tests::naive {

using rules::model::Cap;
using rules::model::End;
using rules::model::Money;
using rules::model::PaidState;
using rules::model::Promise;
using rules::model::Verdict;
using rules::model::VerdictLine;

namespace {

/// R28, R21.
Verdict verdict_of(const Cycle& cycle, bool is_broken) {
  if (is_broken) return Verdict::breached;
  switch (cycle.end) {
    case End::none:
      return Verdict::open;
    case End::stop:
    case End::expired_stop:
      return Verdict::kept;
    case End::review:
    case End::expired_review:
      return Verdict::indeterminate;
    default:
      return Verdict::voided;
  }
}

/// R67.
std::string reason_of(End end, bool is_broken) {
  switch (end) {
    case End::restart:
      return "restarted";
    case End::voided:
    case End::expired_void:
      return "void";
    case End::forfeit:
    case End::expired_forfeit:
      return is_broken ? "" : "void";
    case End::review:
    case End::expired_review:
      return "review";
    default:
      return "";
  }
}

/// R55, R93: at any instant from start to breached_at.
bool is_excused(const Knowledge& knowledge, const Cycle& cycle, Instant breached_at,
                const Attributes& ticket) {
  for (const auto& excuse : cycle.revision->promise->excuses) {
    if (!excuse.when) continue;
    auto instants = knowledge.branch_changes(cycle.branch->name, cycle.started_at, breached_at);
    instants.push_back(cycle.started_at);
    for (const Instant at : instants) {
      const Attributes here = knowledge.branch_attributes(*cycle.branch, at);
      if (holds(excuse.when, {cycle.branch, &ticket, &here, nullptr, "", 0})) return true;
    }
  }
  return false;
}

Judged judge_cycle(const Knowledge& knowledge, const Cycle& cycle,
                   const Knowledge::Ticket& ticket) {
  const CycleView view(knowledge, cycle);
  const bool is_broken = view.is_broken();
  Judged judged;
  judged.promise = cycle.revision->promise;
  judged.captured = cycle.captured;
  VerdictLine& line = judged.line;
  line.key.revision = cycle.revision->number;
  line.key.cycle = cycle.number;
  line.started_at = cycle.started_at;
  line.stopped_at = cycle.stopped_at;
  line.due_at = view.due_at();
  line.counted = view.counted();
  line.verdict = verdict_of(cycle, is_broken);
  line.reason = reason_of(cycle.end, is_broken);
  line.is_final = line.verdict != Verdict::open;
  if (!is_broken) return judged;
  line.late_by = line.counted - cycle.limit;
  line.breached_at = line.due_at;
  const bool is_at_breach =
      judged.promise->compensation && judged.promise->compensation->is_settled_at_breach;
  const auto settled_at = is_at_breach ? line.due_at : cycle.stopped_at;
  if (!settled_at) return judged;
  judged.settled = attributes_at(ticket, *settled_at);
  if (is_excused(knowledge, cycle, line.due_at.value(), judged.settled)) {
    line.verdict = Verdict::excused;
    return judged;
  }
  judged.breached_on =
      local_date(*cycle.revision->book->find_zone(cycle.branch->timezone), *line.breached_at);
  make_claim(view, cycle.end, judged);
  return judged;
}

bool is_at_breach(const Judged& judged) {
  return judged.promise->compensation && judged.promise->compensation->is_settled_at_breach;
}

const std::string& group_of(const Judged& judged) {
  static const std::string kNone;
  return judged.promise->compensation ? judged.promise->compensation->group : kNone;
}

/// R47: all commitments of a group whose open times hang together with that of `place`.
std::vector<size_t> together_with(const std::vector<Judged>& judged, size_t place) {
  const auto is_of_group = [&](const Judged& other) {
    const auto& a = judged[place].line.key;
    const auto& b = other.line.key;
    return a.branch == b.branch && a.ticket == b.ticket &&
           group_of(other) == group_of(judged[place]);
  };
  const auto end_of = [](const Judged& j) {
    return j.line.stopped_at.value_or(rules::model::kEndOfTime);
  };
  std::vector<size_t> members = {place};
  for (size_t i = 0; i < members.size(); ++i) {
    const Judged& member = judged[members[i]];
    for (size_t other = 0; other < judged.size(); ++other) {
      if (std::find(members.begin(), members.end(), other) != members.end()) continue;
      if (!is_of_group(judged[other])) continue;
      if (judged[other].line.started_at <= end_of(member) &&
          member.line.started_at <= end_of(judged[other]))
        members.push_back(other);
    }
  }
  return members;
}

/// The member that is paid; nullopt: none has something to pay.
std::optional<size_t> winner_of(const std::vector<Judged>& judged,
                                const std::vector<size_t>& members) {
  std::optional<size_t> winner;
  const auto rank = [&](size_t place) {
    const Judged& j = judged[place];
    return std::tuple(-j.claimed->minor, j.line.key.promise, j.line.key.cycle);
  };
  for (const size_t place : members) {
    if (judged[place].claimed && (!winner || rank(place) < rank(*winner))) winner = place;
  }
  return winner;
}

/// R49: what a cap of this scope counts together, over all revisions of the promise.
std::string counter_of(const Judged& judged, const Cap& cap) {
  const auto& key = judged.line.key;
  const auto day = judged.breached_on;
  const auto customer = judged.captured.find("customer");
  const std::string who = customer == judged.captured.end()
                              ? "ticket " + key.branch + "|" + key.ticket
                              : "customer " + customer->second;
  const std::string of = key.promise + "|" + std::string(format_cap_scope(cap.scope)) + "|";
  const std::string month = std::to_string(day.year) + "-" + std::to_string(day.month);
  switch (cap.scope) {
    case Cap::Scope::ticket:
      return of + key.branch + "|" + key.ticket;
    case Cap::Scope::customer_day:
      return of + who + "|" + rules::model::format_local_date(day);
    case Cap::Scope::customer_month:
      return of + who + "|" + month;
    case Cap::Scope::customer_year: {  // R94: it may begin on another day than the first
      const std::pair first(cap.from_month, cap.from_day);
      const bool is_before = std::pair(day.month, day.day) < first;
      return of + who + "|" + std::to_string(day.year - (is_before ? 1 : 0)) + " from " +
             std::to_string(first.first) + "-" + std::to_string(first.second);
    }
    case Cap::Scope::promise_day:
      return of + rules::model::format_local_date(day);
    case Cap::Scope::promise_month:
      return of + month;
  }
  return of;
}

struct Used {
  int64_t minor = 0, times = 0;
};

/// R48: what the caps leave of a claim.
void cap(Judged& judged, std::map<std::string, Used>& used) {
  const auto& caps = judged.promise->compensation->caps;
  int64_t left = judged.claimed->minor;
  bool is_held = false;
  for (const Cap& one : caps) {
    if (is_held) break;  // the whole amount stands, held; no cap is used up
    const Used so_far = used[counter_of(judged, one)];
    int64_t room = left;
    if (one.max) {
      std::optional<rules::model::Currency> currency = judged.claimed->currency;
      const Worth max = worth(*one.max, judged.captured, judged.settled, currency);
      if (max.kind != Worth::Kind::sum) continue;  // a share of what nobody sent binds nothing
      room = std::max<int64_t>(0, rounded(max.micro).value_or(INT64_MAX) - so_far.minor);
    }
    if (one.max_times && so_far.times >= *one.max_times) room = 0;
    if (left <= room) continue;
    if (one.then == Cap::Then::hold) {
      is_held = true;
    } else {
      left = room;
    }
  }
  VerdictLine& line = judged.line;
  if (left > 0) line.owed = Money{judged.claimed->currency, left};
  line.paid_state = is_held ? PaidState::held : left > 0 ? PaidState::owed : PaidState::recorded;
  if (is_held || left == 0) return;
  std::set<std::string> counters;
  for (const Cap& one : caps) counters.insert(counter_of(judged, one));
  for (const auto& counter : counters) {
    used[counter].minor += left;
    ++used[counter].times;
  }
}

}  // namespace

std::vector<Judged> judge(const History& history, Instant as_of) {
  const Knowledge knowledge(history, as_of);
  std::vector<Judged> all;
  for (const auto& [name, ticket] : knowledge.tickets()) {
    for (const auto& promise : knowledge.promise_names()) {
      for (const Cycle& cycle : run_clock(knowledge, promise, name)) {
        Judged judged = judge_cycle(knowledge, cycle, ticket);
        judged.line.key.branch = name.first;
        judged.line.key.ticket = name.second;
        judged.line.key.promise = promise;
        all.push_back(std::move(judged));
      }
    }
  }
  return all;
}

std::vector<size_t> settle(std::vector<Judged>& judged) {
  std::vector<std::pair<Instant, size_t>> settled;
  std::vector<size_t> behind, unsettled;
  for (size_t place = 0; place < judged.size(); ++place) {
    const Judged& one = judged[place];
    if (one.claim == Judged::Claim::none) continue;
    Instant at = is_at_breach(one) ? *one.line.breached_at : *one.line.stopped_at;
    if (!group_of(one).empty()) {
      const auto members = together_with(judged, place);
      bool is_over = true;
      for (const size_t member : members) {
        // What a person has to decide may turn out to owe the most.
        is_over = is_over && judged[member].line.stopped_at &&
                  judged[member].line.verdict != rules::model::Verdict::indeterminate;
        at = std::max(at, judged[member].line.stopped_at.value_or(at));
      }
      if (!is_over) {
        unsettled.push_back(place);
        continue;
      }
      if (one.claimed && winner_of(judged, members) != place) behind.push_back(place);
    }
    settled.emplace_back(at, place);
  }
  for (const size_t place : unsettled) judged[place].claim = Judged::Claim::none;
  for (const size_t place : behind) judged[place].claim = Judged::Claim::behind;
  std::sort(settled.begin(), settled.end());  // the lines stand in the order of R60
  std::vector<size_t> order;
  for (const auto& [at, place] : settled) order.push_back(place);
  return order;
}

void charge(std::vector<Judged>& judged, const std::vector<size_t>& order) {
  std::map<std::string, Used> used;
  for (const size_t place : order) {
    Judged& one = judged[place];
    PaidState& state = one.line.paid_state;
    switch (one.claim) {
      case Judged::Claim::none:
        break;
      case Judged::Claim::sum:
        if (one.is_kept_back) {
          auto aside = used;
          cap(one, aside);
          if (state == PaidState::owed) state = PaidState::held;
        } else {
          cap(one, used);
        }
        break;
      case Judged::Claim::forfeited:
        state = PaidState::forfeited;
        break;
      case Judged::Claim::review:  // R29: computed, and no cap used until it is released
        one.line.owed = one.claimed;
        state = PaidState::held;
        break;
      case Judged::Claim::no_sum:
        state = PaidState::held;
        break;
      case Judged::Claim::nothing:
      case Judged::Claim::behind:
        state = PaidState::recorded;
        break;
    }
  }
}

std::vector<VerdictLine> backtest(const History& history, Instant as_of) {
  auto judged = judge(history, as_of);
  charge(judged, settle(judged));
  std::vector<VerdictLine> lines;
  for (Judged& one : judged) lines.push_back(std::move(one.line));
  return lines;
}

}  // namespace lupaus::tests::naive
