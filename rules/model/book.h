// One published set of promises, calendars, vocabularies and branches, whole. Immutable once
// compiled.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/model/promise.h"

namespace lupaus::rules::model {

/// The offsets of one IANA zone. A published book carries the tables of the zones it names, so that
/// a newer tz database changes no old verdict.
struct ZoneTable {
  struct Transition {
    int64_t at_unix_s = 0;  ///< from this second on …
    int32_t offset_s = 0;   ///< … local time is UTC plus this
    bool operator==(const Transition&) const = default;
  };
  std::string name;
  int32_t first_offset_s = 0;           ///< before the first transition
  std::vector<Transition> transitions;  ///< ascending, up to the year 2100
  bool operator==(const ZoneTable&) const = default;
};

/// Minutes after local midnight. `end` <= `begin` crosses midnight; end 1440 is "24:00".
struct DayInterval {
  int16_t begin_minute = 0;
  int16_t end_minute = 0;
  bool operator==(const DayInterval&) const = default;
};

struct DayHours {
  std::vector<DayInterval> intervals;  ///< empty: closed
  std::string day_class;               ///< "" is no class
};

struct DateException {
  LocalDate date;
  std::optional<std::vector<DayInterval>> hours;  ///< nullopt keeps the week's (R31)
  std::string day_class;
  std::string reason;
  Span span{};
};

struct CalendarSpec {
  std::string name;
  std::string timezone;
  std::array<DayHours, 7> week;           ///< Monday first
  std::vector<DateException> exceptions;  ///< ascending by date, each date once
  Span span;
};

struct DeclaredSource {
  std::string id;
  std::vector<std::string> reports;  ///< event types; empty: all
};

struct BranchSpec {
  std::string name;
  std::string timezone;
  std::string hours;  ///< a calendar's name; "" when the branch declares none
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<DeclaredSource> sources;  ///< empty: any source may report
  Span span;
};

enum class AttributeType : uint8_t { string, boolean, integer, money, time, duration };

struct AttributeSpec {
  AttributeType type = AttributeType::string;
  bool is_personal = false;
  bool operator==(const AttributeSpec&) const = default;
};

struct Vocabulary {
  std::string name;
  std::vector<std::string> events;  ///< includes "expired" where declared (R86)
  std::vector<std::string> branch_events;
  std::map<std::string, AttributeSpec, std::less<>> attributes;
  std::map<std::string, AttributeSpec, std::less<>> branch_attributes;
  bool operator==(const Vocabulary&) const = default;
};

/// A text as it was published.
struct SourceFile {
  std::string name;
  std::string text;
};

struct Book {
  std::string hash;  ///< hex SHA-256 of the files' names and texts
  std::vector<SourceFile> files;
  std::vector<Promise> promises;         ///< ascending by name
  std::vector<CalendarSpec> calendars;   ///< ascending by name
  std::vector<BranchSpec> branches;      ///< ascending by name
  std::vector<Vocabulary> vocabularies;  ///< "queue" is always there
  std::vector<ZoneTable> zones;  ///< ascending by name: every zone that calendars and branches name
  std::string tz_version;        ///< of the database the zones came from: "2026f"

  const CalendarSpec* find_calendar(std::string_view name) const;
  const BranchSpec* find_branch(std::string_view name) const;
  const Vocabulary* find_vocabulary(std::string_view name) const;
  const Promise* find_promise(std::string_view name) const;
  const ZoneTable* find_zone(std::string_view name) const;
};

using BookPtr = std::shared_ptr<const Book>;

/// nullopt when `text` parses as that type (strings always do); else what was expected.
std::optional<std::string> mismatch(AttributeType type, std::string_view text);

}  // namespace lupaus::rules::model
