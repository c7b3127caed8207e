// What a sweep varies: reading it, and editing the promise.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "rules/scenario/sweep.h"

namespace lupaus::rules::scenario {
namespace {

using model::Error;
using model::Limit;
using model::Result;

constexpr const char* kForms =
    "write it as within=5m..20m/1m, within=5m,10m, pay=5..20/5 or tiers[1].pay=20,30";

Error wrong(std::string_view text, const std::string& what) {
  return {"bad_sweep", fmt::format("--sweep `{}`: {}", text, what), kForms, {}};
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// The number before `rest`, which is cut off; nullopt when there is none.
std::optional<size_t> take_index(std::string_view& text) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return index;
}

bool read_clause(std::string_view name, SweepAxis& axis) {
  if (name == "within") return true;
  axis.clause = SweepAxis::Clause::pay;
  if (name == "pay") return true;
  for (const std::string_view prefix : {"tiers[", "tier["}) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    const auto index = take_index(name);
    if (!index || name != "].pay") return false;
    axis.tier = *index;
    return true;
  }
  return false;
}

/// Thousandths of "5", "7.50" or "EUR 7.50".
std::optional<int64_t> read_sum(std::string_view text, std::optional<model::Currency>& currency) {
  if (text.size() > 4 && text[3] == ' ') {
    const auto named = model::find_currency(text.substr(0, 3));
    if (!named || (currency && *currency != *named)) return std::nullopt;
    currency = named;
    text.remove_prefix(4);
  }
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  std::string decimals(dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1));
  if (whole.empty() || decimals.size() > 3 || (dot != std::string_view::npos && decimals.empty()))
    return std::nullopt;
  decimals.resize(3, '0');
  const std::string digits = std::string(whole) + decimals;
  constexpr size_t kDigitsMax = 18;  // WHY: above it the number does not fit
  const bool is_number =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || digits.size() > kDigitsMax) return std::nullopt;
  int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<int64_t> read_value(std::string_view text, SweepAxis& axis) {
  text = trim(text);
  if (axis.clause == SweepAxis::Clause::pay) return read_sum(text, axis.currency);
  const auto duration = model::parse_duration(text);
  return duration ? std::optional(duration->count()) : std::nullopt;
}

Result<std::vector<int64_t>> read_range(std::string_view text, std::string_view values,
                                        SweepAxis& axis) {
  const size_t dots = values.find("..");
  const size_t slash = values.find('/', dots);
  if (slash == std::string_view::npos)
    return wrong(text, "expected a step after the range, as /1m");
  const auto first = read_value(values.substr(0, dots), axis);
  const auto last = read_value(values.substr(dots + 2, slash - dots - 2), axis);
  const auto step = read_value(values.substr(slash + 1), axis);
  if (!first || !last || !step) return wrong(text, "expected values of one kind, but one is not");
  if (*step == 0 || *last < *first)
    return wrong(text, "expected a range that ascends by its step, but it does not");
  if (static_cast<uint64_t>(*last - *first) / static_cast<uint64_t>(*step) >= kVariantsMax)
    return wrong(text, fmt::format("expected at most {} values, but there are more", kVariantsMax));
  std::vector<int64_t> read;
  for (int64_t value = *first; value <= *last; value += *step) read.push_back(value);
  return read;
}

Result<std::vector<int64_t>> read_list(std::string_view text, std::string_view values,
                                       SweepAxis& axis) {
  std::vector<int64_t> read;
  for (size_t begin = 0; begin <= values.size();) {
    const size_t end = std::min(values.find(',', begin), values.size());
    const auto value = read_value(values.substr(begin, end - begin), axis);
    if (!value)
      return wrong(text, fmt::format("expected {}, but `{}` is none",
                                     axis.clause == SweepAxis::Clause::pay ? "a sum in one currency"
                                                                           : "a duration",
                                     trim(values.substr(begin, end - begin))));
    read.push_back(*value);
    begin = end + 1;
  }
  return read;
}

Result<void> edit_within(model::Promise& promise, model::Duration limit) {
  if (promise.within.size() != 1) {
    return Error{"bad_sweep",
                 fmt::format("expected `{}` to have one `within`, but it has {}", promise.name,
                             promise.within.empty() ? "`by`" : "a list by condition"),
                 "", promise.within_span};
  }
  if (promise.within.front().within.unit != Limit::Unit::duration) {
    return Error{
        "bad_sweep",
        fmt::format("expected `within` of `{}` to be a duration, but it counts days", promise.name),
        "", promise.within_span};
  }
  const Limit before = promise.within.front().within;
  promise.within.front().within.duration = limit;
  if (!promise.compensation) return {};
  auto& tiers = promise.compensation->tiers;
  for (size_t i = 0; i < tiers.size(); ++i) {
    if (tiers[i].over != before) continue;
    const bool is_below_next = i + 1 == tiers.size() ||
                               tiers[i + 1].over.unit != Limit::Unit::duration ||
                               limit < tiers[i + 1].over.duration;
    const bool is_above_last = i == 0 || tiers[i - 1].over.duration < limit;
    if (is_below_next && is_above_last) tiers[i].over.duration = limit;
    break;
  }
  return {};
}

Result<void> edit_pay(model::Promise& promise, const SweepAxis& axis, int64_t thousandths) {
  if (!promise.compensation || axis.tier >= promise.compensation->tiers.size()) {
    return Error{
        "bad_sweep",
        fmt::format("expected `{}` to have tiers[{}], but it has {} tiers", promise.name, axis.tier,
                    promise.compensation ? promise.compensation->tiers.size() : 0),
        "", promise.span};
  }
  model::Tier& tier = promise.compensation->tiers[axis.tier];
  const model::Money* sum = model::flat_sum(tier.pay);
  if (sum == nullptr || (axis.currency && *axis.currency != sum->currency)) {
    return Error{
        "bad_sweep",
        fmt::format("expected tiers[{}] of `{}` to pay a sum in the currency of the sweep, "
                    "but it pays {}",
                    axis.tier, promise.name, model::format_amount(tier.pay)),
        "", tier.span};
  }
  int64_t unit = 1000;
  for (int digit = model::minor_digits(sum->currency); digit > 0; --digit) unit /= 10;
  if (thousandths % unit != 0 || thousandths == 0) {
    return Error{"bad_sweep",
                 fmt::format("expected sums above zero with {} decimals, as {} has, but one has "
                             "other ones",
                             model::minor_digits(sum->currency), sum->currency.text()),
                 "", tier.span};
  }
  tier.pay = model::Money{sum->currency, thousandths / unit};
  return {};
}

}  // namespace

Result<SweepAxis> parse_sweep(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return wrong(text, "expected CLAUSE=VALUES");
  SweepAxis axis;
  axis.name = trim(text.substr(0, equals));
  if (!read_clause(axis.name, axis)) {
    return wrong(text, fmt::format("expected `within`, `pay` or `tiers[N].pay`, but `{}` is none",
                                   axis.name));
  }
  const std::string_view values = text.substr(equals + 1);
  auto read = values.find("..") != std::string_view::npos ? read_range(text, values, axis)
                                                          : read_list(text, values, axis);
  if (!read) return read.error();
  if (axis.clause == SweepAxis::Clause::pay) {
    axis.thousandths = std::move(*read);
  } else {
    for (const int64_t value : *read) axis.limits.emplace_back(value);
    if (std::find(axis.limits.begin(), axis.limits.end(), model::Duration(0)) != axis.limits.end())
      return wrong(text, "expected limits above zero");
  }
  return axis;
}

Result<model::Promise> edit_promise(const model::Promise& promise,
                                    const std::vector<SweepAxis>& axes,
                                    const std::vector<size_t>& choice) {
  model::Promise edited = promise;
  for (size_t i = 0; i < axes.size(); ++i) {
    const SweepAxis& axis = axes[i];
    auto done = axis.clause == SweepAxis::Clause::within
                    ? edit_within(edited, axis.limits[choice[i]])
                    : edit_pay(edited, axis, axis.thousandths[choice[i]]);
    if (!done) return done.error();
  }
  return edited;
}

model::BookPtr replace_promise(const model::Book& book, model::Promise promise) {
  auto edited = std::make_shared<model::Book>(book);
  const auto known = std::find_if(edited->promises.begin(), edited->promises.end(),
                                  [&](const auto& other) { return other.name == promise.name; });
  if (known != edited->promises.end()) *known = std::move(promise);
  return edited;
}

}  // namespace lupaus::rules::scenario
