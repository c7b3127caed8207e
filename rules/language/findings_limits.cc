// Limits and tiers against the life of a clock: it ends `expire_after` its start, and by a calendar
// it counts open time alone.
#include <algorithm>
#include <set>

#include "rules/language/findings.h"

namespace lupaus::rules::language {
namespace {

using Unit = model::Limit::Unit;
using std::chrono::hours;

/// R27: a due further away than this does not exist.
constexpr model::Duration kProjectionMax = hours(24 * 1461);

class LimitExaminer {
 public:
  explicit LimitExaminer(const Examined& examined)
      : examined_(examined),
        promise_(examined.promise),
        expiry_(model::effective_expiry(examined.promise)) {}

  void examine() const {
    check_entries();
    if (promise_.by) return check_tiers();
    bool is_told = false;
    for (const model::WithinEntry& entry : promise_.within) is_told = check_limit(entry) || is_told;
    if (!is_told) check_tiers();
  }

 private:
  void check_entries() const {
    const std::vector<bool> reached = reached_entries(promise_);
    for (size_t i = 0; i < promise_.within.size(); ++i) {
      if (reached[i]) continue;
      const model::WithinEntry& entry = promise_.within[i];
      examined_.warn(kCaseNeverReached, entry.span,
                     "the limit " + model::format_limit(entry.within) +
                         " is never reached: an entry before it always holds when it does",
                     "the first entry that holds decides; sort them from special to general");
    }
  }

  /// The least counted time that is more than `length`, or reaches it with `boundary: exclusive`.
  model::Duration beyond(model::Duration length) const {
    return promise_.is_boundary_inclusive ? length + model::Duration(1) : length;
  }
  /// Whether a clock can count beyond `limit` before it expires. "yes" where that is not disproved.
  bool can_exceed(const model::Limit& limit) const {
    if (limit.unit != Unit::duration) {
      // Day n ends at least n days after the start, less what a transition takes (R33).
      return !expiry_ || *expiry_ > hours(24) * limit.days - hours(2);
    }
    const model::Duration needed = beyond(limit.duration);
    if (examined_.openings.empty()) return !expiry_ || *expiry_ >= needed;
    const model::Duration stretch = std::min(expiry_.value_or(kProjectionMax), kProjectionMax);
    return std::any_of(examined_.openings.begin(), examined_.openings.end(),
                       [&](Openings* openings) { return openings->can_open(needed, stretch); });
  }
  /// Why it cannot, after can_exceed said no.
  std::string reason(const model::Limit& limit) const {
    const std::string life = expiry_ ? model::format_duration(*expiry_) : "four years";
    if (examined_.openings.empty() || limit.unit != Unit::duration) {
      return "a clock is given up after " + life;
    }
    const Openings& openings = *examined_.openings.front();
    const model::Duration stretch = std::min(expiry_.value_or(kProjectionMax), kProjectionMax);
    return "`" + openings.name() + "` opens for at most " +
           model::format_duration(openings.most_open(stretch)) + " in " + life +
           (expiry_ ? ", after which a clock is given up" : "");
  }
  std::string longer_expiry() const {
    return expiry_ ? "write a longer `expire_after`, or a shorter limit" : "write a shorter limit";
  }

  bool check_limit(const model::WithinEntry& entry) const {
    if (!can_exceed(entry.within)) {
      examined_.warn(kNeverBroken, entry.span,
                     "the limit " + model::format_limit(entry.within) +
                         " can never be exceeded: " + reason(entry.within),
                     longer_expiry());
      return true;
    }
    if (entry.within.unit != Unit::duration || examined_.openings.empty()) return false;
    const model::Duration length = entry.within.duration;
    for (Openings* openings : examined_.openings) {
      if (openings->can_open(length, length)) return false;
    }
    examined_.warn(
        kLongerThanOpening, entry.span,
        "the limit " + model::format_limit(entry.within) + " is longer than any opening of `" +
            examined_.openings.front()->name() + "`: every clock runs on into another opening",
        "only open time counts; write business days, or `measure: elapsed`, where that is meant");
    return false;
  }

  void check_tiers() const {
    if (!promise_.compensation) return;
    for (const model::Tier& tier : promise_.compensation->tiers) {
      // With `by` lateness counts from the due instant, which is never before the start (R16, R18).
      const bool is_reached = promise_.by && tier.over.unit == Unit::duration
                                  ? !expiry_ || *expiry_ >= beyond(tier.over.duration)
                                  : can_exceed(tier.over);
      if (is_reached) continue;
      examined_.warn(
          kTierNeverReached, tier.span,
          "the tier over " + model::format_limit(tier.over) + " is never reached: " +
              (promise_.by ? "a clock is given up after " +
                                 model::format_duration(expiry_.value_or(kProjectionMax))
                           : reason(tier.over)),
          expiry_ ? "write a longer `expire_after`, or leave the tier out" : "leave the tier out");
    }
  }

  const Examined& examined_;
  const model::Promise& promise_;
  const std::optional<model::Duration> expiry_;
};

}  // namespace

std::vector<bool> reached_entries(const model::Promise& promise) {
  std::vector<bool> reached;
  std::set<std::string_view> before;
  for (const model::WithinEntry& entry : promise.within) {
    const bool is_behind = before.contains("true");
    const std::string_view text = entry.when != nullptr ? entry.when->text() : "";
    reached.push_back(!is_behind && (text.empty() || before.insert(text).second));
  }
  return reached;
}

void find_in_limits(const Examined& examined) { LimitExaminer(examined).examine(); }

}  // namespace lupaus::rules::language
