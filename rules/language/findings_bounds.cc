// `at_least` and `at_most` against each other and against what a tier pays (R43). All of it is
// judged as written, at_most last, so each is a warning.
#include "rules/language/findings.h"
#include "rules/language/findings_amounts.h"

namespace lupaus::rules::language {
namespace {

using model::Amount;

/// The sum, with the key that it stands under.
std::string text_of(std::string_view key, const Amount& amount) {
  return "`" + std::string(key) + ": " + model::format_amount(amount) + "`";
}

/// Whether it is told that `least` goes beyond `most`.
bool find_crossed(const Examined& examined, const std::string& where, const model::Span& span,
                  const std::optional<Amount>& least, const std::optional<Amount>& most,
                  std::string_view whose) {
  if (!least || !most || !is_less(*most, *least)) return false;
  examined.warn(kBoundsCrossed, span,
                where + " can never come to " + text_of("at_least", *least) + ": " +
                    text_of("at_most", *most) + std::string(whose) + " is less and goes before it",
                "raise `at_most`, or lower `at_least`");
  return true;
}

void find_in_tier(const Examined& examined, const model::Tier& tier,
                  const model::Promise::Compensation& whole) {
  const std::string name = "the tier over " + model::format_limit(tier.over);
  if (find_crossed(examined, name, tier.span, tier.at_least, tier.at_most, "") ||
      find_crossed(examined, name, tier.span, tier.at_least, whole.at_most, " of all tiers"))
    return;
  const bool is_held_down = tier.at_most && is_less(*tier.at_most, tier.pay);
  // WHY: what accrues may begin below its least.
  const bool is_held_up = !tier.every && tier.at_least && is_less(tier.pay, *tier.at_least);
  if (!is_held_down && !is_held_up) return;
  examined.warn(
      kBoundsCrossed, tier.span,
      name + " never pays " + model::format_amount(tier.pay) + ", but always " +
          (is_held_down ? text_of("at_most", *tier.at_most) : text_of("at_least", *tier.at_least)),
      "write the sum that is meant in `pay`, and leave the bound out");
}

}  // namespace

void find_in_bounds(const Examined& examined) {
  const model::Promise::Compensation& whole = *examined.promise.compensation;
  for (const model::Tier& tier : whole.tiers) find_in_tier(examined, tier, whole);
  find_crossed(examined, "the compensation", whole.at_least_span, whole.at_least, whole.at_most,
               "");
}

}  // namespace lupaus::rules::language
