// Tiers, bounds and the one rounding, in the order of R45: sum exactly, bound, round half up,
// min_payable. Tiers are half-open by lateness (R40).
#include "rules/ledger/tariff.h"

#include <algorithm>

#include "rules/ledger/exact.h"
#include "rules/model/text_writer.h"

namespace lupaus::rules::ledger {

using model::Amount;
using model::Duration;
using model::Limit;
using model::Money;
using model::Promise;
using model::Share;
using model::Span;
using model::Tier;

void put_exact(model::Currency currency, Millionths value, model::TextWriter& text) {
  const auto [minor, rest] = parted(value);
  model::put_money({currency, static_cast<int64_t>(minor)}, text);
  if (rest == 0) return;
  if (model::minor_digits(currency) == 0) text.put('.');
  text.put_fraction(static_cast<uint64_t>(rest), 6);
}

namespace {

/// Lives for one tariff. Trouble (a foreign currency, an overflow) is noted and goes on with zero.
class Pricing {
 public:
  Pricing(const Promise& promise, const Reading& reading, Words words)
      : promise_(promise),
        terms_(*promise.compensation),
        reading_(reading),
        is_worded_(words == Words::told),
        currency_(terms_.currency) {}

  Tariffed price() {
    if (add_tiers()) make_sum();
    made_.clause = words_.view();
    return std::move(made_);
  }

 private:
  struct Value {
    Millionths exact = 0;
    bool is_missing = false;  ///< nobody sent the attribute that it is a share of
  };

  void make_sum() {
    Millionths total = bounded(total_, terms_.at_most, terms_.at_least, &terms_.at_most_span,
                               &terms_.at_least_span);
    read_caps();
    if (is_overflown_ || is_foreign_ || !currency_) return stand();
    const auto minor = round_half_up(total);
    if (!minor) return hold("overflow");
    made_.computed.emplace(Money{*currency_, *minor});
    if (is_worded_ && parted(total).rest != 0) write("; rounded to ", *made_.computed);
    if (*minor == 0) {
      made_.unpaid = "nothing";
    } else if (terms_.min_payable && *minor < terms_.min_payable->minor) {
      made_.unpaid = "min_payable";
      if (is_worded_)
        write("; below min_payable ", *terms_.min_payable, ", ", terms_.min_payable_span);
    }
  }

  /// Appended piece by piece: patterns would cost more than the sum that they tell of.
  template <typename... Parts>
  void write(const Parts&... parts) {
    (put(parts), ...);
  }
  void put(std::string_view text) { words_.put(text); }
  void put(int64_t count) { words_.put_decimal(static_cast<uint64_t>(count)); }  // never negative
  void put(const Span& span) { words_.put_place(span); }
  void put(const Limit& limit) { model::put_limit(limit, words_); }
  void put(const Money& money) { model::put_money(money, words_); }
  void put(const Amount& amount) { model::put_amount(amount, words_); }
  void put(Millionths value) {
    currency_ ? put_exact(*currency_, value, words_) : words_.put("nothing");
  }

  void hold(std::string_view why) {
    made_.computed.reset();
    made_.held = why;
  }
  /// No sum can be named: of unlike currencies, too large, or only of attributes that nobody sent.
  void stand() {
    if (is_foreign_) return hold("currency");
    if (is_overflown_) return hold("overflow");
    made_.unpaid = "nothing";
  }

  Millionths noted(std::optional<Millionths> value) {
    is_overflown_ = is_overflown_ || !value;
    return value.value_or(0);
  }

  bool is_reached(const Tier& tier) const {
    if (terms_.is_settled_at_breach) return true;
    const Duration over = reading_.length(tier.over);
    const Duration late = reading_.lateness();
    return promise_.is_boundary_inclusive ? late > over : late >= over;
  }

  /// False when none is reached.
  bool add_tiers() {
    const auto& tiers = terms_.tiers;
    const auto end = std::find_if(tiers.begin(), tiers.end(),
                                  [this](const Tier& tier) { return !is_reached(tier); });
    if (end == tiers.begin()) return false;
    for (auto tier = terms_.is_stacked ? tiers.begin() : end - 1; tier != end; ++tier) {
      if (!words_.view().empty()) write("; ");
      total_ = noted(sum(total_, price_tier(*tier)));
    }
    if (is_worded_ && terms_.is_stacked && end - tiers.begin() > 1 && currency_)
      write("; together ", total_);
    return true;
  }

  Millionths price_tier(const Tier& tier) {
    if (is_worded_) write("tier over ", tier.over, " pays ");
    const Value pay = value_of(tier.pay);
    if (pay.is_missing) {
      // R44: nothing for this tier, its `at_least` included.
      if (is_worded_)
        write("nothing: nobody sent ticket.", std::get<Share>(tier.pay).attribute, ", ", tier.span);
      return 0;
    }
    write_value(tier.pay, pay);
    Millionths result = pay.exact;
    if (tier.every) {
      const int64_t count = periods(tier);
      result = noted(product(pay.exact, count));
      if (is_worded_) write_periods(tier, count, result);
    }
    result = bounded(result, tier.at_most, tier.at_least);
    if (is_worded_) write(", ", tier.span);
    return result;
  }
  void write_periods(const Tier& tier, int64_t count, Millionths value) {
    write(" for ", count, tier.count == Tier::Count::full ? " full period" : " started period",
          count == 1 ? " of " : "s of ", *tier.every, " = ", value);
  }

  int64_t periods(const Tier& tier) const {
    const bool is_full = tier.count == Tier::Count::full;
    if (tier.every->unit != Limit::Unit::duration) {
      const int64_t dates = reading_.dates_begun(tier);
      const int64_t each = std::max(tier.every->days, 1);
      return is_full ? dates / each : dates / each + (dates % each != 0 ? 1 : 0);
    }
    const int64_t length = reading_.accrued(tier).count();
    const int64_t each = std::max<int64_t>(tier.every->duration.count(), 1);
    const int64_t whole = length / each;
    if (is_full) return whole;
    if (!promise_.is_boundary_inclusive) return whole + 1;  // R41
    return whole + (length % each != 0 ? 1 : 0);
  }

  /// R43: at_most wins. A bound that is a share of what nobody sent binds nothing.
  Millionths bounded(Millionths value, const std::optional<Amount>& at_most,
                     const std::optional<Amount>& at_least, const Span* at_most_span = nullptr,
                     const Span* at_least_span = nullptr) {
    const auto bind = [&](const std::optional<Amount>& bound, std::string_view word, bool is_most,
                          const Span* span) {
      if (!bound) return;
      const Value limit = value_of(*bound);
      if (limit.is_missing || (is_most ? value <= limit.exact : value >= limit.exact)) return;
      value = limit.exact;
      if (!is_worded_) return;
      write(span ? "; " : ", ", word, " ");
      write_value(*bound, limit);
      if (span) write(", ", *span);
    };
    bind(at_least, "at least", false, at_least_span);
    bind(at_most, "at most", true, at_most_span);
    return value;
  }

  Value value_of(const Amount& amount) {
    if (const Money* flat = model::flat_sum(amount)) {
      if (!is_of_currency(flat->currency)) return {};
      return {static_cast<Millionths>(flat->minor) * kMillionthsAMinor, false};
    }
    const auto whole = money_of(std::get<Share>(amount));
    if (!whole) return {0, true};
    if (!is_of_currency(whole->currency)) return {};
    return {static_cast<Millionths>(whole->minor) * std::get<Share>(amount).parts_per_million,
            false};
  }
  /// WHY the last one is kept: tiers, bounds and caps of a promise are shares of one sum, and words
  /// ask for it again.
  std::optional<Money> money_of(const Share& share) {
    const bool is_known = last_share_ == &share ||
                          (last_share_ != nullptr && last_share_->is_final == share.is_final &&
                           last_share_->attribute == share.attribute);
    if (!is_known) {
      last_money_ = read_money(share);
      last_share_ = &share;
    }
    return last_money_;
  }
  std::optional<Money> read_money(const Share& share) const {
    const auto text = reading_.attribute(share.attribute, share.is_final);
    if (!text) return std::nullopt;
    const auto money = model::parse_money(*text);
    return money.ok() ? std::optional(*money) : std::nullopt;
  }
  /// The first sum of a promise that writes none of its own decides.
  bool is_of_currency(model::Currency currency) {
    if (!currency_) currency_ = currency;
    is_foreign_ = is_foreign_ || *currency_ != currency;
    return *currency_ == currency;
  }

  /// "EUR 10.00", or "25% of ticket.fare EUR 15.00 = EUR 3.75".
  void write_value(const Amount& amount, const Value& value) {
    if (!is_worded_) return;
    write(amount);
    if (model::flat_sum(amount) != nullptr) return;
    if (const auto whole = money_of(std::get<Share>(amount))) {
      write(" ", *whole);
      if (*currency_ == whole->currency) write(" = ", value.exact);
    }
  }

  void read_caps() {
    for (const auto& cap : terms_.caps) {
      const Value max = cap.max ? value_of(*cap.max) : Value{0, true};
      auto& maximum = made_.cap_maxima.emplace_back();
      if (!max.is_missing)
        maximum.emplace(round_half_up(max.exact).value_or(std::numeric_limits<int64_t>::max()));
    }
  }

  const Promise& promise_;
  const Promise::Compensation& terms_;
  const Reading& reading_;
  const bool is_worded_;
  std::optional<model::Currency> currency_;
  Millionths total_ = 0;
  bool is_overflown_ = false, is_foreign_ = false;
  const Share* last_share_ = nullptr;
  std::optional<Money> last_money_;  ///< of it
  model::TextWriter words_;
  Tariffed made_;
};

}  // namespace

Tariffed tariff(const Promise& promise, const Reading& reading, Words words) {
  return promise.compensation ? Pricing(promise, reading, words).price() : Tariffed{};
}

}  // namespace lupaus::rules::ledger
