// Wordings against the numbers of their promise. What is told is what a customer would hold the
// organisation to: a time or sum that the promise does not know, no limit, no consequence.
#include <algorithm>
#include <array>

#include "rules/language/findings.h"
#include "rules/language/wording.h"

namespace lupaus::rules::language {
namespace {

using Kind = Quantity::Kind;
using LimitUnit = model::Limit::Unit;
using std::chrono::hours;

model::Limit limit_of(model::Duration duration) { return {LimitUnit::duration, duration, 0}; }

/// Every length of time, sum and share that a promise names.
struct Named {
  std::vector<model::Limit> lengths;
  std::vector<model::Amount> amounts;
  std::vector<int64_t> percents;  ///< parts per million: the objective
  bool is_open_time = false;      ///< lengths are of opening hours, which a text may tell in days

  explicit Named(const model::Promise& promise) : is_open_time(promise.measure != "elapsed") {
    for (const model::WithinEntry& entry : promise.within) lengths.push_back(entry.within);
    if (promise.by) lengths.push_back(limit_of(std::chrono::abs(promise.by->offset)));
    if (promise.expire_after) lengths.push_back(limit_of(*promise.expire_after));
    for (const model::Duration left : promise.warn) lengths.push_back(limit_of(left));
    if (promise.objective_ppm) percents.push_back(*promise.objective_ppm);
    for (const model::Excuse& excuse : promise.excuses) {
      if (excuse.max_share_ppm) percents.push_back(*excuse.max_share_ppm);
    }
    if (promise.compensation) add_money(promise, *promise.compensation);
  }

 private:
  void add(const std::optional<model::Amount>& amount) {
    if (amount) amounts.push_back(*amount);
  }
  void add_money(const model::Promise& promise, const model::Promise::Compensation& made) {
    int64_t total = 0;
    for (const model::Tier& tier : made.tiers) {
      add_tier(promise, tier);
      const model::Money* sum = model::flat_sum(tier.pay);
      if (sum == nullptr || !made.is_stacked || __builtin_add_overflow(total, sum->minor, &total)) {
        continue;
      }
      amounts.emplace_back(model::Money{sum->currency, total});
    }
    for (const model::Cap& cap : made.caps) add(cap.max);
    add(made.at_most);
    add(made.at_least);
    for (const auto& sum : {made.min_payable, made.late, made.approval_over}) {
      if (sum) amounts.emplace_back(*sum);
    }
    if (made.due) lengths.push_back(*made.due);
  }
  void add_tier(const model::Promise& promise, const model::Tier& tier) {
    amounts.push_back(tier.pay);
    add(tier.at_most);
    add(tier.at_least);
    lengths.push_back(tier.over);
    if (tier.every) lengths.push_back(*tier.every);
    if (tier.over.unit != LimitUnit::duration) return;
    // A text may count lateness from the limit, or from the time that was agreed.
    if (promise.by) lengths.push_back(limit_of(tier.over.duration + promise.by->offset));
    for (const model::WithinEntry& entry : promise.within) {
      if (entry.within.unit == LimitUnit::duration) {
        lengths.push_back(limit_of(tier.over.duration - entry.within.duration));
      }
    }
  }
};

/// Whether the text's length of time and the promise's say the same, or may.
bool agrees(const Quantity& said, const model::Limit& length, bool is_open_time) {
  const bool is_duration = length.unit == LimitUnit::duration;
  const int64_t ms = length.duration.count();
  const auto is_days = [&](int64_t milli) { return int64_t{length.days} * 1000 == milli; };
  const auto is_hours = [&](int64_t per_day) { return ms == said.thousandths * per_day * 3600; };
  switch (said.kind) {
    case Kind::time:
      return is_duration && ms == said.thousandths;
    case Kind::days:
      return is_duration ? is_open_time || is_hours(24) : is_days(said.thousandths);
    case Kind::business_days:
      return is_duration ? is_open_time
                         : length.unit == LimitUnit::business_days && is_days(said.thousandths);
    case Kind::calendar_days:
      return is_duration ? is_hours(24)
                         : length.unit == LimitUnit::calendar_days && is_days(said.thousandths);
    case Kind::weeks:
      if (is_duration) return is_open_time || is_hours(7 * 24);
      return is_days(said.thousandths * 7) ||
             (length.unit == LimitUnit::business_days && is_days(said.thousandths * 5));
    case Kind::long_time:
      return true;
    case Kind::percent:
    case Kind::money:
      return false;
  }
  return false;
}

bool agrees(const Quantity& said, const model::Amount& amount) {
  if (const auto* share = std::get_if<model::Share>(&amount)) {
    return said.kind == Kind::percent && said.thousandths * 10 == share->parts_per_million;
  }
  const auto& sum = std::get<model::Money>(amount);
  if (said.kind != Kind::money || said.currencies.find(sum.currency.text()) == std::string::npos) {
    return false;
  }
  static constexpr std::array<int64_t, 5> kPowers = {1, 10, 100, 1000, 10000};
  const int digits = model::minor_digits(sum.currency);
  if (digits < 0 || digits >= 5) return false;
  const int64_t minor = said.thousandths * kPowers[static_cast<size_t>(digits)];
  return minor % 1000 == 0 && minor / 1000 == sum.minor;
}

std::string listed(std::vector<std::string> texts) {
  constexpr size_t kShownMax = 6;
  std::vector<std::string> shown;
  for (std::string& text : texts) {
    if (std::find(shown.begin(), shown.end(), text) == shown.end())
      shown.push_back(std::move(text));
  }
  std::string list;
  for (size_t i = 0; i < std::min(shown.size(), kShownMax); ++i) {
    list += (i == 0 ? "" : ", ") + shown[i];
  }
  return shown.size() > kShownMax ? list + " …" : list;
}

class WordingExaminer {
 public:
  WordingExaminer(const Examined& examined, std::string language, const model::Span& place)
      : examined_(examined),
        promise_(examined.promise),
        named_(examined.promise),
        language_(std::move(language)),
        place_(place) {}

  void examine(const std::string& text) const {
    const WordingReading reading = read_wording(text, language_);
    const bool is_wrong = check_lengths(reading);
    check_sums(reading);
    if (!is_wrong) check_limit_is_named(reading);
    check_has_limit(reading);
    check_has_consequence(reading);
    for (const std::string& hedge : reading.hedges) {
      tell(kWordingVague, "the wording (" + language_ + ") only hopes: `" + hedge + "`",
           "a promise says what is done, by when, and what happens otherwise; leave the words out");
    }
  }

 private:
  void tell(std::string_view code, std::string message, std::string hint) const {
    examined_.warn(code, place_, std::move(message), std::move(hint));
  }
  std::string says(const Quantity& quantity) const {
    return "the wording (" + language_ + ") says `" + quantity.phrase + "`";
  }
  bool is_known(const Quantity& said) const {
    return std::any_of(
        named_.lengths.begin(), named_.lengths.end(),
        [&](const model::Limit& length) { return agrees(said, length, named_.is_open_time); });
  }
  bool is_limit(const Quantity& said) const {
    return std::any_of(promise_.within.begin(), promise_.within.end(), [&](const auto& entry) {
      return agrees(said, entry.within, named_.is_open_time);
    });
  }

  bool check_lengths(const WordingReading& reading) const {
    bool is_wrong = false;
    for (const Quantity& said : reading.quantities) {
      if (!said.is_time() || !said.is_certain || said.kind == Kind::long_time || is_known(said)) {
        continue;
      }
      is_wrong = true;
      tell(kWordingDisagrees, says(said) + ", but " + limits(),
           "customers go by the text: write the same time in both");
    }
    return is_wrong;
  }
  std::string limits() const {
    std::vector<std::string> texts;
    for (const auto& entry : promise_.within) texts.push_back(model::format_limit(entry.within));
    if (texts.empty()) {
      const model::Duration offset = promise_.by ? promise_.by->offset : model::Duration{};
      return offset == model::Duration{}
                 ? "the limit is the instant of `ticket." +
                       (promise_.by ? promise_.by->attribute : "") + "`"
                 : "the limit is " + model::format_duration(std::chrono::abs(offset)) +
                       (offset > model::Duration{} ? " after" : " before") + " `ticket." +
                       promise_.by->attribute + "`";
    }
    return (texts.size() == 1 ? "the limit is " : "the limits are ") + listed(texts);
  }

  void check_sums(const WordingReading& reading) const {
    for (const Quantity& said : reading.quantities) {
      if (said.is_time()) continue;
      const bool is_amount =
          std::any_of(named_.amounts.begin(), named_.amounts.end(),
                      [&](const model::Amount& amount) { return agrees(said, amount); });
      const bool is_percent =
          said.kind == Kind::percent && std::find(named_.percents.begin(), named_.percents.end(),
                                                  said.thousandths * 10) != named_.percents.end();
      if (is_amount || is_percent) continue;
      tell(kWordingDisagrees, says(said) + ", but the promise " + pays(),
           "customers go by the text: write the same sum in both");
    }
  }
  std::string pays() const {
    std::vector<std::string> texts;
    if (promise_.compensation) {
      for (const model::Tier& tier : promise_.compensation->tiers) {
        texts.push_back(model::format_amount(tier.pay));
      }
    }
    return texts.empty() ? "pays nothing" : "pays " + listed(texts);
  }

  /// A text that names other times of the promise only, such as a tier's.
  void check_limit_is_named(const WordingReading& reading) const {
    if (promise_.within.empty()) return;
    const Quantity* other = nullptr;
    for (const Quantity& said : reading.quantities) {
      if (!said.is_time()) continue;
      if (!said.is_certain || is_limit(said) || said.kind == Kind::long_time) return;
      if (other == nullptr) other = &said;
    }
    if (other == nullptr) return;
    tell(kWordingDisagrees, says(*other) + " and names no limit, but " + limits(),
         "customers go by the text: name the limit in it");
  }

  void check_has_limit(const WordingReading& reading) const {
    // With `by` the text may speak of the time that was agreed, in any words.
    const bool has_length = promise_.by && promise_.by->offset != model::Duration{};
    if (promise_.within.empty() && !has_length) return;
    const bool has_time = std::any_of(reading.quantities.begin(), reading.quantities.end(),
                                      [](const Quantity& said) { return said.is_time(); });
    if (has_time) return;
    const std::string craft = "a promise is concrete: name the time, as in \"" + example() + "\"";
    if (!reading.speeds.empty()) {
      tell(kWordingVague,
           "the wording (" + language_ + ") says `" + reading.speeds.front() +
               "`, which is no time limit, but " + limits(),
           craft);
      return;
    }
    tell(kWordingWithoutLimit,
         "the wording (" + language_ + ") names no time limit, but " + limits(), craft);
  }
  std::string example() const {
    if (language_ == "fi") return "15 minuutissa";
    if (language_ == "sv") return "inom 15 minuter";
    return "within 15 minutes";
  }

  void check_has_consequence(const WordingReading& reading) const {
    if (!promise_.compensation || reading.has_consequence) return;
    const std::string_view craft = language_ == "fi"   ? "tai maksamme sinulle 10 euroa"
                                   : language_ == "sv" ? "annars betalar vi dig 10 euro"
                                                       : "or we pay you EUR 10";
    tell(kWordingWithoutConsequence,
         "the wording (" + language_ +
             ") does not say what the customer gets when the promise is broken, but it " + pays(),
         "say what happens otherwise, as in \"" + std::string(craft) + "\"");
  }

  const Examined& examined_;
  const model::Promise& promise_;
  const Named named_;
  const std::string language_;
  const model::Span& place_;
};

}  // namespace

void find_in_wording(const Examined& examined, const std::map<std::string, model::Span>& places) {
  for (const auto& [language, text] : examined.promise.wording) {
    if (!is_wording_language(language)) continue;
    const auto place = places.find(language);
    WordingExaminer(examined, language,
                    place == places.end() ? examined.promise.span : place->second)
        .examine(text);
  }
}

bool is_in_wording(const model::Promise& promise, const model::Limit& limit) {
  for (const auto& [language, text] : promise.wording) {
    for (const Quantity& said : read_wording(text, language).quantities) {
      if (said.is_certain && said.is_time() && agrees(said, limit, false)) return true;
    }
  }
  return false;
}

}  // namespace lupaus::rules::language
