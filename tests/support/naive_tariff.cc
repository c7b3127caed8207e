// Tiers, bounds, rounding, min_payable (R40-R45).
#include "tests/support/naive_tariff.h"

#include <limits>

namespace lupaus::tests::naive {

using rules::model::Amount;
using rules::model::Currency;
using rules::model::End;
using rules::model::Money;
using rules::model::Tier;

namespace {

constexpr Micro kMinor = 1'000'000;

/// One breach's tiers being added up.
class Bill {
 public:
  Bill(const CycleView& view, const Judged& judged)
      : view_(view),
        judged_(judged),
        compensation_(*judged.promise->compensation),
        currency_(compensation_.currency) {}

  bool is_reached = false;
  bool is_foreign = false;
  Micro sum = 0;

  std::optional<Currency> currency() const { return currency_; }

  void add_up() {
    std::vector<const Tier*> reached;
    for (const Tier& tier : compensation_.tiers) {
      // R54: the only tier of a settlement at the breach is reached by the breach.
      if (compensation_.is_settled_at_breach || view_.is_reached(view_.length(tier.over)))
        reached.push_back(&tier);
    }
    if (reached.empty()) return;
    is_reached = true;
    if (!compensation_.is_stacked) reached = {reached.back()};
    for (const Tier* tier : reached) sum += of(*tier);
    bound(compensation_.at_least, compensation_.at_most, sum);
    for (const auto& cap : compensation_.caps) {
      if (cap.max) read(*cap.max);  // another currency holds the whole (R44)
    }
  }

 private:
  std::optional<Micro> read(const Amount& amount) {
    const Worth read = worth(amount, judged_.captured, judged_.settled, currency_);
    is_foreign = is_foreign || read.kind == Worth::Kind::foreign;
    if (read.kind != Worth::Kind::sum) return std::nullopt;
    return read.micro;
  }

  Micro of(const Tier& tier) {
    const auto pay = read(tier.pay);
    if (!pay) return 0;  // R44
    Micro sum_of_tier = *pay * view_.periods(tier);
    bound(tier.at_least, tier.at_most, sum_of_tier);
    return sum_of_tier;
  }

  /// R43: at_most wins.
  void bound(const std::optional<Amount>& at_least, const std::optional<Amount>& at_most,
             Micro& bounded) {
    if (at_least) {
      if (const auto least = read(*at_least); least && bounded < *least) bounded = *least;
    }
    if (at_most) {
      if (const auto most = read(*at_most); most && bounded > *most) bounded = *most;
    }
  }

  const CycleView& view_;
  const Judged& judged_;
  const rules::model::Promise::Compensation& compensation_;
  std::optional<Currency> currency_;
};

}  // namespace

Worth worth(const Amount& amount, const Attributes& captured, const Attributes& settled,
            std::optional<Currency>& currency) {
  if (const Money* flat = std::get_if<Money>(&amount))
    return {Worth::Kind::sum, flat->minor * kMinor};
  const auto& share = std::get<rules::model::Share>(amount);
  const Attributes& from = share.is_final ? settled : captured;
  const auto found = from.find(share.attribute);
  const auto money = found == from.end() ? std::nullopt : read_money(found->second);
  if (!money) return {Worth::Kind::missing, 0};
  if (!currency) currency = money->currency;
  if (money->currency != *currency) return {Worth::Kind::foreign, 0};
  return {Worth::Kind::sum, static_cast<Micro>(money->minor) * share.parts_per_million};
}

std::optional<int64_t> rounded(Micro micro) {
  const Micro minor = (micro + kMinor / 2) / kMinor;
  if (minor > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return static_cast<int64_t>(minor);
}

void make_claim(const CycleView& view, End end, Judged& judged) {
  using Claim = Judged::Claim;
  if (!judged.promise->compensation) return;
  const auto& compensation = *judged.promise->compensation;
  Bill bill(view, judged);
  bill.add_up();
  if (!bill.is_reached) return;
  // What happens to the clock after a settlement at the breach changes nothing (R54).
  if (compensation.is_settled_at_breach) end = End::none;
  const auto minor = rounded(bill.sum);
  const bool is_payable = minor && *minor > 0 &&
                          (!compensation.min_payable || *minor >= compensation.min_payable->minor);
  if (end == End::forfeit || end == End::expired_forfeit) {
    judged.claim = Claim::forfeited;
  } else if (bill.is_foreign || !minor) {
    judged.claim = Claim::no_sum;
  } else if (!is_payable) {
    judged.claim = Claim::nothing;
  } else {
    const bool is_review = end == End::review || end == End::expired_review;
    judged.claim = is_review ? Claim::review : Claim::sum;
    judged.claimed = Money{*bill.currency(), *minor};
  }
}

}  // namespace lupaus::tests::naive
