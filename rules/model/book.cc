// Finding things in a book by name, and what an attribute's text must look like.
#include "rules/model/book.h"

#include <algorithm>
#include <charconv>

namespace lupaus::rules::model {
namespace {

/// The entry of that name in a vector that ascends by name.
template <typename T>
const T* find_by_name(const std::vector<T>& entries, std::string_view name) {
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), name,
                       [](const T& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != entries.end() && found->name == name ? &*found : nullptr;
}

bool is_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

const CalendarSpec* Book::find_calendar(std::string_view name) const {
  return find_by_name(calendars, name);
}
const BranchSpec* Book::find_branch(std::string_view name) const {
  return find_by_name(branches, name);
}
const Vocabulary* Book::find_vocabulary(std::string_view name) const {
  // WHY: few, and the built-in one may stand before those of the files.
  for (const Vocabulary& vocabulary : vocabularies) {
    if (vocabulary.name == name) return &vocabulary;
  }
  return nullptr;
}
const Promise* Book::find_promise(std::string_view name) const {
  return find_by_name(promises, name);
}
const ZoneTable* Book::find_zone(std::string_view name) const { return find_by_name(zones, name); }

std::optional<std::string> mismatch(AttributeType type, std::string_view text) {
  switch (type) {
    case AttributeType::string:
      return std::nullopt;
    case AttributeType::boolean:
      if (text == "true" || text == "false") return std::nullopt;
      return "`true` or `false`";
    case AttributeType::integer:
      if (is_integer(text)) return std::nullopt;
      return "a whole number like `3`";
    case AttributeType::money:
      if (parse_money(text).ok()) return std::nullopt;
      return "money like `EUR 10.00`";
    case AttributeType::time:
      if (parse_instant(text).ok()) return std::nullopt;
      return "a time like `2026-01-05T09:00:00+02:00`";
    case AttributeType::duration:
      if (parse_duration(text).ok()) return std::nullopt;
      return "a length like `15m`";
  }
  return "a known type";
}

}  // namespace lupaus::rules::model
