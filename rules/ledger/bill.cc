// Bills and groups: in a group the largest sum before caps is paid, then the first name, then the
// first cycle, once all whose open times overlap or touch have ended (R47).
#include "rules/ledger/bill.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "rules/calendar/zone.h"

namespace lupaus::rules::ledger {
namespace {

using engine::Commitment;
using model::Instant;
using model::Promise;

bool is_forfeited(const model::Cycle& cycle) {
  return cycle.end == model::End::forfeit || cycle.end == model::End::expired_forfeit;
}

/// One ticket's commitments, looked at for one bill.
class Desk {
 public:
  Desk(const engine::State& state, const engine::Ticket& ticket,
       std::span<const Commitment> commitments, Knowledge knowledge)
      : state_(state), ticket_(ticket), commitments_(commitments), knowledge_(knowledge) {}

  std::optional<Bill> bill(const Commitment& commitment) const {
    const Promise* promise = state_.promise(commitment);
    if (promise == nullptr || !promise->compensation || !is_breached(commitment))
      return std::nullopt;
    const auto& terms = *promise->compensation;
    const bool is_at_breach = terms.is_settled_at_breach;
    if (!is_at_breach && !has_ended(commitment)) return std::nullopt;
    const bool is_alone = terms.group.empty() || is_at_breach;
    std::vector<const Commitment*> members;
    if (!is_alone && !gather(commitment, terms.group, members)) return std::nullopt;
    Bill made;
    made.promise = promise;
    made.words = words();
    made.key = state_.key_of(ticket_, commitment);
    made.cycle = commitment.cycle;
    const Instant breached_at = commitment.cycle.due_at.value_or(commitment.cycle.started_at);
    made.settled_at = is_at_breach ? breached_at : *commitment.cycle.stopped_at;
    made.tariffed = price(*promise, commitment);
    if (!is_alone) settle_group(commitment, members, made);
    capture(breached_at, made);
    made.has_late_evidence = engine::has_unseen_evidence(commitment);
    // WHY: who decides while the clock runs decides that it is broken, and cannot know the sum.
    const bool is_sum_decided = is_at_breach || !commitment.is_decided_early;
    made.is_released =
        commitment.decided != model::Verdict::open && is_sum_decided && !made.has_late_evidence;
    return made;
  }

 private:
  bool is_breached(const Commitment& commitment) const {
    if (commitment.is_vanished || engine::settled_verdict(commitment) != model::Verdict::breached)
      return false;
    return knowledge_ == Knowledge::complete || commitment.is_confirmed;
  }
  bool has_ended(const Commitment& commitment) const {
    if (!commitment.cycle.stopped_at) return false;
    return knowledge_ == Knowledge::complete ||
           (commitment.is_confirmed && commitment.is_end_final);
  }

  Words words() const { return knowledge_ == Knowledge::complete ? Words::left_out : Words::told; }
  Tariffed price(const Promise& promise, const Commitment& commitment) const {
    return tariff(promise, TicketReading(state_, ticket_, commitment, promise), words());
  }

  /// Nobody knows yet what it owes.
  static bool awaits_decision(const Commitment& commitment) {
    return engine::settled_verdict(commitment) == model::Verdict::indeterminate;
  }

  /// The members of the group whose open times hang together with that of `commitment`; false while
  /// one of them still runs, or waits for a person.
  bool gather(const Commitment& commitment, const std::string& group,
              std::vector<const Commitment*>& members) const {
    Instant first = commitment.cycle.started_at;
    Instant last = *commitment.cycle.stopped_at;
    std::vector<bool> is_member(commitments_.size(), false);
    for (bool has_grown = true; has_grown;) {
      has_grown = false;
      for (size_t i = 0; i < commitments_.size(); ++i) {
        const Commitment& other = commitments_[i];
        if (is_member[i] || other.is_vanished || !is_in(other, group)) continue;
        const auto end = has_ended(other) ? *other.cycle.stopped_at : model::kEndOfTime;
        if (other.cycle.started_at > last || end < first) continue;
        if (end == model::kEndOfTime || awaits_decision(other)) return false;
        is_member[i] = has_grown = true;
        first = std::min(first, other.cycle.started_at);
        last = std::max(last, end);
        members.push_back(&other);
      }
    }
    return true;
  }
  bool is_in(const Commitment& commitment, const std::string& group) const {
    const Promise* promise = state_.promise(commitment);
    return promise != nullptr && promise->compensation && promise->compensation->group == group;
  }

  struct Contender {
    const Commitment* commitment = nullptr;
    model::Money sum;
  };

  void settle_group(const Commitment& mine, const std::vector<const Commitment*>& members,
                    Bill& made) const {
    std::optional<Contender> winner;
    bool is_of_one_currency = true;
    for (const Commitment* member : members) {
      made.settled_at = std::max(made.settled_at, *member->cycle.stopped_at);
      if (!is_breached(*member) || is_forfeited(member->cycle)) continue;
      const Tariffed priced =
          member == &mine ? made.tariffed : price(*state_.promise(*member), *member);
      if (!priced.computed || !priced.unpaid.empty()) continue;
      const Contender contender{member, *priced.computed};
      if (winner && winner->sum.currency != contender.sum.currency) is_of_one_currency = false;
      if (!winner || is_before(contender, *winner)) winner = contender;
    }
    if (!winner || !made.tariffed.computed || !made.tariffed.unpaid.empty()) return;
    if (!is_of_one_currency) {
      // WHY: sums of unlike currencies have no largest; a person decides.
      made.tariffed.held = "currency";
      made.tariffed.computed.reset();
      return;
    }
    if (winner->commitment == &mine) return;
    made.behind =
        fmt::format("group {}: {}/{} goes before", made.promise->compensation->group,
                    state_.promise_name(winner->commitment->line), winner->commitment->number);
  }
  bool is_before(const Contender& left, const Contender& right) const {
    if (left.sum.minor != right.sum.minor) return left.sum.minor > right.sum.minor;
    return std::tuple(state_.promise_name(left.commitment->line), left.commitment->number) <
           std::tuple(state_.promise_name(right.commitment->line), right.commitment->number);
  }

  void capture(Instant breached_at, Bill& made) const {
    std::vector<model::Attribute> merged;
    state_.attributes_at(ticket_, made.cycle.started_at, merged);
    if (const auto* customer = model::find_attribute(merged, "customer"))
      made.customer = customer->value;
    const auto* zone = state_.zone(made.key.branch);
    model::ensure(zone != nullptr, "a charged commitment lies in a branch of a book");
    made.breached_on = calendar::local_date(*zone, breached_at);
  }

  const engine::State& state_;
  const engine::Ticket& ticket_;
  const std::span<const Commitment> commitments_;
  const Knowledge knowledge_;
};

}  // namespace

std::optional<Bill> bill_of(const engine::State& state, const engine::Ticket& ticket,
                            std::span<const Commitment> commitments, size_t index,
                            Knowledge knowledge) {
  const auto least_of = [&](const Commitment& commitment) {
    const Promise* promise = state.promise(commitment);
    return engine::least_breach(commitment.cycle,
                                promise == nullptr || promise->is_boundary_inclusive);
  };
  const auto is_by_decision = [&](const Commitment& commitment) {
    const auto& cycle = commitment.cycle;
    return commitment.decided == model::Verdict::breached &&
           (!cycle.is_broken || cycle.counted < least_of(commitment));
  };
  if (std::none_of(commitments.begin(), commitments.end(), is_by_decision))
    return Desk(state, ticket, commitments, knowledge).bill(commitments[index]);
  // All of them: a group prices its other members, too.
  std::vector<Commitment> decided(commitments.begin(), commitments.end());
  for (Commitment& commitment : decided) {
    if (!is_by_decision(commitment)) continue;
    commitment.cycle.counted = least_of(commitment);
    commitment.cycle.is_broken = true;
  }
  return Desk(state, ticket, decided, knowledge).bill(decided[index]);
}

}  // namespace lupaus::rules::ledger
