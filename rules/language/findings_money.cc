// Tiers, bounds and caps against each other (R40–R49). Sums are compared only where that is exact:
// money with money, shares of one attribute with each other.
#include <algorithm>
#include <array>

#include "rules/language/findings.h"
#include "rules/language/findings_amounts.h"

namespace lupaus::rules::language {
namespace {

using model::Amount;
using model::Cap;
using model::Effect;
using model::Tier;

/// The most that `amount` can be within its bounds; nullopt where that is not known.
std::optional<Amount> most_of(const std::optional<Amount>& amount,
                              const std::optional<Amount>& least,
                              const std::optional<Amount>& most) {
  const auto sum = bounded(amount, least, most);
  // A share under a sum: whatever the share is of, the sum is not passed.
  return sum ? sum : most;
}

class MoneyExaminer {
 public:
  explicit MoneyExaminer(const Examined& examined)
      : examined_(examined), made_(*examined.promise.compensation) {}

  void examine() const {
    if (made_.is_stacked) {
      check_stacked();
    } else {
      for (size_t i = 1; i < made_.tiers.size(); ++i)
        check_replacing(made_.tiers[i - 1], made_.tiers[i]);
    }
    check_gap();
    check_min_payable();
    check_claim();
    for (size_t i = 0; i < made_.caps.size(); ++i) {
      check_customer(made_.caps[i]);
      check_smallest(made_.caps[i]);
      if (!check_highest(made_.caps[i])) check_kept(i);
    }
  }

 private:
  static std::string name_of(const Tier& tier) {
    return "the tier over " + model::format_limit(tier.over);
  }
  std::optional<Amount> paid_by(const Tier& tier, int64_t periods) const {
    const auto sum = bounded(times(tier.pay, periods), tier.at_least, tier.at_most);
    return bounded(sum, made_.at_least, made_.at_most);
  }
  /// Periods begun or over when `next` is reached; nullopt where that depends on the day.
  static std::optional<int64_t> periods_until(const Tier& tier, const Tier& next) {
    using LengthUnit = model::Limit::Unit;
    if (!tier.every) return 1;
    const bool is_exact = tier.every->unit == LengthUnit::duration &&
                          tier.over.unit == LengthUnit::duration &&
                          next.over.unit == LengthUnit::duration && tier.measure.empty();
    if (!is_exact) return std::nullopt;
    const int64_t length = (next.over.duration - tier.over.duration).count();
    const int64_t every = tier.every->duration.count();
    return tier.count == Tier::Count::full ? length / every : (length + every - 1) / every;
  }

  /// `stack: replace`: with `tier` reached, `before` pays nothing more.
  void check_replacing(const Tier& before, const Tier& tier) const {
    const auto periods = periods_until(before, tier);
    if (!periods) return;
    const int64_t first = tier.every && tier.count == Tier::Count::full ? 0 : 1;
    const auto earlier = paid_by(before, *periods);
    const auto later = paid_by(tier, first);
    if (!earlier || !later || !is_comparable(*earlier, *later)) return;
    if (is_less(*later, *earlier)) {
      examined_.warn(kTierAddsNothing, tier.span,
                     name_of(tier) + " pays less than what is owed before it is reached: " +
                         model::format_amount(*later) + " after " + model::format_amount(*earlier),
                     "sort the sums ascending, or write `stack: add` where tiers add up");
    } else if (!tier.every && !is_less(*earlier, *later)) {
      examined_.warn(kTierAddsNothing, tier.span,
                     name_of(tier) + " adds nothing: " + model::format_amount(*earlier) +
                         " is owed before it is reached, too",
                     "raise its sum or the bound that holds it down, or leave it out");
    }
  }
  /// `stack: add`: once the tiers before reach at_most, the next adds nothing.
  void check_stacked() const {
    std::optional<Amount> total;
    for (const Tier& tier : made_.tiers) {
      if (total && made_.at_most && is_comparable(*total, *made_.at_most) &&
          !is_less(*total, *made_.at_most)) {
        examined_.warn(kTierAddsNothing, tier.span,
                       name_of(tier) + " adds nothing: the tiers before it already make " +
                           model::format_amount(*made_.at_most) + ", which is at_most",
                       "raise `at_most`, or leave the tier out");
      }
      if (tier.every) return;  // what it comes to depends on the lateness
      const auto sum = bounded(tier.pay, tier.at_least, tier.at_most);
      if (!sum) return;
      total = total ? sum_of(*total, *sum) : sum;
      if (!total) return;
    }
  }

  /// R40: between a limit and the first tier nothing is owed.
  void check_gap() const {
    if (made_.tiers.empty() || examined_.promise.by) return;
    const Tier& first = made_.tiers.front();
    std::vector<model::WithinEntry> limits;
    const std::vector<bool> reached = reached_entries(examined_.promise);
    for (size_t i = 0; i < reached.size(); ++i)
      if (reached[i]) limits.push_back(examined_.promise.within[i]);
    // WHY: a wording that names another customer's limit does not say from when this one is paid.
    const bool is_a_limit =
        std::any_of(limits.begin(), limits.end(),
                    [&](const model::WithinEntry& entry) { return entry.within == first.over; });
    for (const model::WithinEntry& entry : limits) {
      const model::Limit& limit = entry.within;
      const bool is_gap = limit.unit == first.over.unit &&
                          (limit.duration < first.over.duration || limit.days < first.over.days);
      if (!is_gap || (!is_a_limit && is_in_wording(examined_.promise, first.over))) continue;
      examined_.warn(
          kTierGap, first.span,
          "nothing is owed between the limit " + model::format_limit(limit) +
              " and the first tier over " + model::format_limit(first.over) +
              ": such a breach pays nothing",
          "write `over: " + model::format_limit(limit) + "`" +
              (is_a_limit ? ""
                          : ", or name " + model::format_limit(first.over) + " in the wording"));
      return;
    }
  }

  /// The most that one breach can owe; nullopt where that is not known.
  std::optional<Amount> highest() const {
    std::optional<Amount> most;
    for (const Tier& tier : made_.tiers) {
      if (tier.every && !tier.at_most) return made_.at_most;
      const auto sum = tier.every ? tier.at_most : most_of(tier.pay, tier.at_least, tier.at_most);
      if (!sum || (most && !is_comparable(*most, *sum))) return made_.at_most;
      if (!most) {
        most = sum;
      } else if (made_.is_stacked) {
        most = sum_of(*most, *sum);
        if (!most) return made_.at_most;
      } else if (is_less(*most, *sum)) {
        most = sum;
      }
    }
    return most_of(most, made_.at_least, made_.at_most);
  }
  /// The least that a tier pays once reached; nullopt where sums cannot be compared.
  std::optional<Amount> smallest() const {
    std::optional<Amount> least;
    for (const Tier& tier : made_.tiers) {
      const auto sum = paid_by(tier, 1);
      if (!sum || (least && !is_comparable(*least, *sum))) return std::nullopt;
      if (!least || is_less(*sum, *least)) least = sum;
    }
    return least;
  }

  void check_min_payable() const {
    const auto most = highest();
    if (!made_.min_payable || !most || !is_less(*most, *made_.min_payable)) return;
    examined_.warn(kNeverPayable, made_.tiers.empty() ? made_.span : made_.tiers.front().span,
                   "nothing is ever paid: min_payable is " +
                       model::format_money(*made_.min_payable) + ", but a breach owes at most " +
                       model::format_amount(*most),
                   "lower `min_payable`, or raise what the tiers pay");
  }

  /// Asking for money is no reason for a clock to begin, to begin anew or to pay nothing.
  void check_claim() const {
    if (!made_.claim) return;
    const auto line = examined_.promise.on.find(made_.claim->on);
    if (line == examined_.promise.on.end()) return;
    const auto moves = [](Effect effect) {
      return effect == Effect::start || effect == Effect::restart || effect == Effect::voided ||
             effect == Effect::forfeit;
    };
    const bool is_moving = moves(line->second.otherwise) ||
                           std::any_of(line->second.cases.begin(), line->second.cases.end(),
                                       [&](const auto& entry) { return moves(entry.then); });
    if (!is_moving) return;
    examined_.warn(kClaimMovesClock, line->second.span,
                   "the event `" + made_.claim->on +
                       "`, by which the customer asks to be paid, moves the clock too",
                   "write `" + made_.claim->on + ": continue`");
  }

  static bool is_of_customer(Cap::Scope scope) {
    return scope == Cap::Scope::customer_day || scope == Cap::Scope::customer_month ||
           scope == Cap::Scope::customer_year;
  }
  void check_customer(const Cap& cap) const {
    if (!is_of_customer(cap.scope) || examined_.vocabulary.attributes.contains("customer")) return;
    examined_.diagnostics.error(
        kNoCustomer, cap.span,
        "expected tickets with a customer for a cap per " +
            std::string(model::format_cap_scope(cap.scope)) + ", but the vocabulary `" +
            examined_.vocabulary.name + "` has no attribute `customer`",
        "add `customer: {type: string, personal: true}` to its attributes, or write `per: ticket`");
  }
  void check_smallest(const Cap& cap) const {
    const auto least = smallest();
    if (!cap.max || !least || !is_less(*cap.max, *least)) return;
    examined_.warn(kCapBelowTier, cap.span,
                   "the cap of " + model::format_amount(*cap.max) + " per " +
                       std::string(model::format_cap_scope(cap.scope)) +
                       " is below the smallest tier: no compensation of " +
                       model::format_amount(*least) + " is ever paid whole",
                   "raise the cap, or lower what the tiers pay");
  }

  /// Whether a ticket has one clock in its life: one event starts it and nothing restarts it.
  bool has_one_cycle() const {
    int starts = 0;
    const auto count = [&](Effect effect) {
      if (effect == Effect::start) ++starts;
      return effect == Effect::restart;
    };
    for (const auto& [event, line] : examined_.promise.on) {
      if (count(line.otherwise)) return false;
      for (const auto& entry : line.cases) {
        if (count(entry.then)) return false;
      }
    }
    return starts == 1;
  }
  /// Whether the cap of a ticket is told.
  bool check_highest(const Cap& cap) const {
    if (cap.scope != Cap::Scope::ticket || !has_one_cycle()) return false;
    const auto most = highest();
    const bool is_never_reached =
        cap.max && most && is_comparable(*most, *cap.max) && !is_less(*cap.max, *most);
    if (!is_never_reached && !cap.max_times) return false;
    examined_.warn(kCapNeverBinds, cap.span,
                   "the cap of " + text_of(cap) + " per ticket never binds: " +
                       (cap.max ? "a breach owes at most " + model::format_amount(*most)
                                : std::string("a ticket's clock runs once")),
                   cap.max
                       ? "lower the cap, or leave it out"
                       : "write `per: customer/day` where a customer is meant, or leave it out");
    return true;
  }

  static std::string text_of(const Cap& cap) {
    if (cap.max) return model::format_amount(*cap.max);
    return std::to_string(*cap.max_times) + (*cap.max_times == 1 ? " time" : " times");
  }

  enum class Holder : uint8_t { ticket, customer, promise };
  enum class Period : uint8_t { day, month, year, life };
  static Holder holder_of(Cap::Scope scope) {
    if (scope == Cap::Scope::ticket) return Holder::ticket;
    return is_of_customer(scope) ? Holder::customer : Holder::promise;
  }
  static Period period_of(Cap::Scope scope) {
    switch (scope) {
      case Cap::Scope::customer_day:
      case Cap::Scope::promise_day:
        return Period::day;
      case Cap::Scope::customer_month:
      case Cap::Scope::promise_month:
        return Period::month;
      case Cap::Scope::customer_year:
        return Period::year;
      case Cap::Scope::ticket:
        break;
    }
    return Period::life;
  }
  /// In how many scopes of `keeper` all compensations of one scope of `cap` lie at most; 0 where
  /// that has no bound.
  int64_t scopes_of(const Cap& keeper, const Cap& cap) const {
    if (holder_of(keeper.scope) < holder_of(cap.scope)) return 0;
    const Period inner = period_of(keeper.scope), outer = period_of(cap.scope);
    if (outer == Period::life) return inner == outer || has_one_cycle() ? 1 : 0;
    const bool is_whole_months = cap.from_day == 1 && keeper.from_day == 1;
    if (inner == Period::year) {
      const bool is_same_year =
          keeper.from_month == cap.from_month && keeper.from_day == cap.from_day;
      if (outer == Period::year) return is_same_year ? 1 : 2;
      return outer == Period::day || is_whole_months ? 1 : 2;
    }
    if (inner >= outer) return 1;
    if (inner == Period::month) return is_whole_months ? 12 : 13;
    return outer == Period::month ? 31 : 366;
  }
  /// Whether nothing that `keeper` lets through goes beyond `cap`.
  bool keeps(const Cap& keeper, const Cap& cap) const {
    int64_t count = scopes_of(keeper, cap);
    if (count == 0) return false;
    if (cap.max_times) {
      return keeper.max_times && int64_t{*keeper.max_times} * count <= *cap.max_times;
    }
    const auto most = keeper.max ? keeper.max : highest();
    if (keeper.max_times) count *= *keeper.max_times;
    // WHY: the shares of several tickets are of sums of their own.
    if (!most || (count > 1 && flat_sum(*most) == nullptr)) return false;
    const auto total = times(*most, count);
    return total && is_comparable(*total, *cap.max) && !is_less(*cap.max, *total);
  }
  /// A cap within which another one keeps everything already. What is held may be released beyond
  /// a cap, and a cap that holds acts on whole sums, so it must come later (R48).
  void check_kept(size_t index) const {
    const Cap& cap = made_.caps[index];
    for (size_t i = 0; i < made_.caps.size(); ++i) {
      const Cap& keeper = made_.caps[i];
      const bool is_later = i > index;
      if (i == index || keeper.then == Cap::Then::hold || !keeps(keeper, cap)) continue;
      if (is_later && (cap.then == Cap::Then::hold || keeps(cap, keeper))) continue;
      examined_.warn(kCapNeverBinds, cap.span,
                     "the cap of " + text_of(cap) + " per " +
                         std::string(model::format_cap_scope(cap.scope)) +
                         " never binds: the one of " + text_of(keeper) + " per " +
                         std::string(model::format_cap_scope(keeper.scope)) + " in line " +
                         std::to_string(keeper.span.line) + " keeps it already",
                     "lower the cap, or leave it out");
      return;
    }
  }

  const Examined& examined_;
  const model::Promise::Compensation& made_;
};

}  // namespace

void find_in_money(const Examined& examined) {
  if (!examined.promise.compensation) return;
  MoneyExaminer(examined).examine();
  find_in_bounds(examined);
}

}  // namespace lupaus::rules::language
