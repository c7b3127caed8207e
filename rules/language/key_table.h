// The one table of keys: what may be written where, in which form. The loader takes its keys and
// words from it, and the JSON Schema and the reference are made of it, so that none of them can say
// something else.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lupaus::rules::language {

/// The form of a value.
enum class Form : uint8_t {
  text,        ///< any text
  name,        ///< letters, digits, `-`, `_`, `.`
  source,      ///< a name with `/`, `+`, `:`
  zone,        ///< an IANA time zone
  word,        ///< one of Key::words
  flag,        ///< true or false
  count,       ///< a whole number from 1
  percent,     ///< 95%, 12.5%
  duration,    ///< 15m
  limit,       ///< a duration or a number of days
  period,      ///< a duration or `1 calendar day`
  money,       ///< EUR 10.00
  amount,      ///< a sum or a share of an attribute
  cap,         ///< a sum, a share or a number of times
  date,        ///< 2026-01-05
  month_day,   ///< 04-01
  condition,   ///< CEL
  deadline,    ///< ticket.appointment_at + 10m
  names,       ///< a list of names
  intervals,   ///< a list of opening hours
  texts,       ///< a map of texts under free keys
  wording,     ///< a map of texts by language
  map,         ///< the keys of Key::child
  list,        ///< a list of maps with the keys of Key::child
  limits,      ///< a limit, or a list of Key::child
  due,         ///< a limit, or the keys of Key::child
  effects,     ///< a map: event to a word, a Key::child or a list of them
  week,        ///< a map: weekdays to intervals or a Key::child
  attributes,  ///< a map: attribute to a word or a Key::child
  values,      ///< a map of texts under free keys, which may be empty
  instant,     ///< 2026-01-05T09:00:00+02:00
  moment,      ///< an instant, or +15m from a test's start
  times,       ///< 3 times
  files,       ///< a list of file names
  events,      ///< a list of a test's events
  outcome,   ///< a map: ticket to a word, a Key::child or a map of them by promise; `owed` to a sum
  outcomes,  ///< a map: moment to an outcome
  books,     ///< a map: moment to a list of files
};

struct Place;

/// A key of the same place and one of its words.
struct Beside {
  std::string_view key, word;
};

struct Key {
  std::string_view name;
  Form form = Form::text;
  bool is_required = false;
  std::string_view about;                        ///< one line
  std::string_view example;                      ///< the value as YAML in one line
  std::string_view fallback = {};                ///< what a missing key means, as written
  std::span<const std::string_view> words = {};  ///< of Form::word, effects and attributes
  const Place* child = nullptr;
  bool is_filled = false;                        ///< its list may not be empty
  std::span<const std::string_view> needs = {};  ///< keys that it is written with
  Beside unless = {};                            ///< it is required where this is not written
  Beside only_with = {};                         ///< where something else is written, it may not be

  constexpr Key filled() const {
    Key key = *this;
    key.is_filled = true;
    return key;
  }
  constexpr Key needing(std::span<const std::string_view> others) const {
    Key key = *this;
    key.needs = others;
    return key;
  }
  constexpr Key required_unless(std::string_view other, std::string_view word) const {
    Key key = *this;
    key.unless = {other, word};
    return key;
  }
  constexpr Key only_beside(std::string_view other, std::string_view word) const {
    Key key = *this;
    key.only_with = {other, word};
    return key;
  }
};

/// A map of known keys.
struct Place {
  std::string_view name;  ///< in messages: "a tier"
  std::string_view path;  ///< in the reference: "spec.compensation.tiers[]"
  std::string_view about;
  std::span<const Key> keys;
  std::span<const std::string_view> one_of = {};  ///< exactly one of these is written …
  std::span<const std::string_view> any_of = {};  ///< … and at least one of these
};

/// A kind of document and the keys of its `spec`, or of the whole document where it has none.
struct Kind {
  std::string_view name;
  const Place* spec = nullptr;  ///< null: it has no metadata and no spec …
  std::string_view about;
  const Place* document = nullptr;  ///< … but these keys
};

extern const Place kDocumentKeys, kMetadataKeys;
extern const Place kPromiseKeys, kEffectiveKeys, kWarningKeys, kExcuseKeys, kSuspensionKeys;
extern const Place kClockKeys, kLineKeys, kTargetKeys, kWithinKeys;
extern const Place kCompensationKeys, kTierKeys, kCapKeys, kApprovalKeys, kClaimKeys, kDueKeys;
extern const Place kCalendarKeys, kDayKeys, kExceptionKeys;
extern const Place kBranchKeys, kSourceKeys, kVocabularyKeys, kAttributeKeys;
/// Read by rules/scenario.
extern const Place kPromiseTestKeys, kTestKeys, kExpectationKeys, kOutageKeys;

/// In the order of DocumentKind.
std::span<const Kind> document_kinds();

/// nullptr when the place has no such key.
const Key* find_key(const Place& place, std::string_view name);
/// The words of a key that the place has.
std::span<const std::string_view> words_of(const Place& place, std::string_view name);

}  // namespace lupaus::rules::language
