// The written forms of a promise's words, and its default expiry.
#include "rules/model/promise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "rules/model/digits.h"
#include "rules/model/text_writer.h"
#include "rules/model/words.h"

namespace lupaus::rules::model {
namespace {

constexpr std::array<std::string_view, 9> kEffects = {
    "start", "stop", "restart", "void", "forfeit", "review", "pause", "resume", "continue"};
constexpr std::array<std::string_view, 6> kCapScopes = {
    "ticket", "customer/day", "customer/month", "customer/year", "promise/day", "promise/month"};
constexpr std::array<std::string_view, 4> kInstruments = {"voucher", "transfer", "webhook",
                                                          "apology"};

constexpr Duration kExpiryByDefault = std::chrono::hours(24);

bool only_continues(const EffectLine& line) {
  return line.otherwise == Effect::proceed &&
         std::all_of(line.cases.begin(), line.cases.end(),
                     [](const EffectLine::Case& c) { return c.then == Effect::proceed; });
}

void put_percent(int64_t parts_per_million, TextWriter& text) {
  if (parts_per_million < 0) text.put('-');
  const auto parts = static_cast<uint64_t>(std::abs(parts_per_million));
  text.put_decimal(parts / 10'000);
  if (const uint64_t rest = parts % 10'000; rest != 0) {
    text.put('.');
    text.put_fraction(rest, 4);
  }
  text.put('%');
}

}  // namespace

std::string_view format_effect(Effect effect) { return word_of(kEffects, effect); }
std::optional<Effect> find_effect(std::string_view text) {
  return find_word<Effect>(kEffects, text);
}

Result<LocalDate> parse_local_date(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return Error{"bad_date",
                 fmt::format("expected {}, but `{}`", why, text),
                 "write a date like `2026-01-05`",
                 {}};
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return refuse("a date");
  const auto year = read_digits(text.substr(0, 4));
  const auto month = read_digits(text.substr(5, 2));
  const auto day = read_digits(text.substr(8, 2));
  if (!year || !month || !day) return refuse("a date");
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return refuse("a date that exists");
  return LocalDate{static_cast<int16_t>(*year), static_cast<uint8_t>(*month),
                   static_cast<uint8_t>(*day)};
}

LocalDate utc_date(Instant at) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(at));
  return LocalDate{static_cast<int16_t>(static_cast<int>(date.year())),
                   static_cast<uint8_t>(static_cast<unsigned>(date.month())),
                   static_cast<uint8_t>(static_cast<unsigned>(date.day()))};
}

std::string format_local_date(LocalDate date) {
  TextWriter text;
  put_local_date(date, text);
  return text.text();
}

void put_local_date(LocalDate date, TextWriter& text) {
  if (date.year < 0) {
    text.put(fmt::format("{:04}", date.year));
  } else {
    text.put_padded(static_cast<uint64_t>(date.year), 4);
  }
  text.put('-');
  text.put_padded(date.month, 2);
  text.put('-');
  text.put_padded(date.day, 2);
}

std::string format_limit(Limit limit) {
  TextWriter text;
  put_limit(limit, text);
  return text.text();
}

void put_limit(Limit limit, TextWriter& text) {
  if (limit.unit == Limit::Unit::duration) return put_duration(limit.duration, text);
  const std::string_view kind = limit.unit == Limit::Unit::business_days ? "business" : "calendar";
  text.put(fmt::format("{} {} {}", limit.days, kind, limit.days == 1 ? "day" : "days"));
}

std::string format_deadline(const Deadline& by) {
  std::string attribute = "by ticket." + by.attribute;
  if (by.offset == Duration::zero()) return attribute;
  const bool is_before = by.offset < Duration::zero();
  return fmt::format("{} {} {}", attribute, is_before ? "-" : "+",
                     format_duration(is_before ? -by.offset : by.offset));
}

std::string format_tier(const Tier& tier) {
  std::string text =
      fmt::format("over {} pays {}", format_limit(tier.over), format_amount(tier.pay));
  if (tier.every) {
    text += fmt::format(" every {}", format_limit(*tier.every));
    if (tier.count == Tier::Count::full) text += ", full periods";
    if (!tier.measure.empty()) text += fmt::format(", measured by {}", tier.measure);
  }
  if (tier.at_most) text += fmt::format(", at most {}", format_amount(*tier.at_most));
  if (tier.at_least) text += fmt::format(", at least {}", format_amount(*tier.at_least));
  return text;
}

std::string format_amount(const Amount& amount) {
  TextWriter text;
  put_amount(amount, text);
  return text.text();
}

void put_amount(const Amount& amount, TextWriter& text) {
  if (const Money* sum = flat_sum(amount)) return put_money(*sum, text);
  const auto& share = std::get<Share>(amount);
  put_percent(share.parts_per_million, text);
  text.put(share.is_final ? " of final(ticket." : " of ticket.");
  text.put(share.attribute);
  if (share.is_final) text.put(')');
}

std::string format_percent(int64_t parts_per_million) {
  TextWriter text;
  put_percent(parts_per_million, text);
  return text.text();
}

std::string_view format_cap_scope(Cap::Scope scope) { return word_of(kCapScopes, scope); }
std::optional<Cap::Scope> find_cap_scope(std::string_view text) {
  return find_word<Cap::Scope>(kCapScopes, text);
}

std::string_view format_instrument(Instrument instrument) {
  return word_of(kInstruments, instrument);
}
std::optional<Instrument> find_instrument(std::string_view text) {
  return find_word<Instrument>(kInstruments, text);
}

std::optional<Duration> effective_expiry(const Promise& promise) {
  const auto line = promise.on.find("expired");
  if (line == promise.on.end() || only_continues(line->second)) return std::nullopt;
  return promise.expire_after.value_or(kExpiryByDefault);
}

}  // namespace lupaus::rules::model
