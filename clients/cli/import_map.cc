// Binding a map to a table's header, and turning rows into events.
#include "clients/cli/import_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "rules/calendar/zone.h"
#include "rules/language/compile.h"

namespace lupaus::clients::cli {

using rules::model::Attribute;
using rules::model::Condition;
using rules::model::Error;
using rules::model::Instant;
using rules::model::LocalDate;
using rules::model::Result;
using rules::model::Span;
using rules::model::Vocabulary;

namespace {

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), is_part);
}

/// `row.outcome == "row.x"` with `row.` outside of strings turned into `ticket.`: the conditions of
/// promises do the rest.
std::string as_ticket_condition(std::string_view text) {
  std::string rewritten;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_word_start =
        i == 0 || (!is_identifier(text.substr(i - 1, 1)) && text[i - 1] != '.');
    if (quote == 0 && is_word_start && text.substr(i, 4) == "row.") {
      rewritten += "ticket.";
      i += 3;
      continue;
    }
    if (quote != 0 && text[i] == '\\' && i + 1 < text.size()) rewritten += text[i++];
    if (quote == 0 && (text[i] == '"' || text[i] == '\'')) {
      quote = text[i];
    } else if (text[i] == quote) {
      quote = 0;
    }
    rewritten += text[i];
  }
  return rewritten;
}

/// Takes up to `digits_max` digits off the front; nullopt when there is none.
std::optional<int> take_number(std::string_view& text, size_t digits_max) {
  size_t count = 0;
  while (count < text.size() && count < digits_max && text[count] >= '0' && text[count] <= '9')
    ++count;
  int number = 0;
  if (count == 0) return std::nullopt;
  std::from_chars(text.data(), text.data() + count, number);
  text.remove_prefix(count);
  return number;
}

/// Milliseconds after midnight of "7:02:47", "07:02", "7:02:47.250".
std::optional<int64_t> parse_time_of_day(std::string_view text) {
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || text.empty() || text[0] != ':') return std::nullopt;
  text.remove_prefix(1);
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  int64_t ms = (*hours * 60 + *minutes) * int64_t{60'000};
  if (text.empty()) return ms;
  if (text[0] != ':') return std::nullopt;
  text.remove_prefix(1);
  const auto seconds = take_number(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  ms += *seconds * int64_t{1000};
  if (text.empty()) return ms;
  if (text[0] != '.' || text.size() < 2) return std::nullopt;
  text.remove_prefix(1);
  int64_t scale = 100;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    ms += (c - '0') * scale;  // digits below a millisecond are cut off
    scale /= 10;
  }
  return ms;
}

}  // namespace

std::string Template::fill(const std::vector<std::string_view>& cells) const {
  std::string text;
  for (const Part& part : parts)
    text += part.column < 0 ? std::string_view(part.text) : cells[static_cast<size_t>(part.column)];
  return text;
}

Result<int> ImportMap::find_column(std::string_view name, const Span& span) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found != header_.end()) return static_cast<int>(found - header_.begin());
  std::string names;
  for (const auto& column : header_) names += (names.empty() ? "" : ", ") + column;
  return Error{"I002", fmt::format("expected a column of the table, but `{}` is none", name),
               "its columns are " + names, span};
}

Result<Template> ImportMap::bind_template(const Text& text) const {
  Template bound;
  std::string_view rest = text.text;
  while (!rest.empty()) {
    const size_t open = rest.find('{');
    if (open != 0) bound.parts.push_back({std::string(rest.substr(0, open)), -1});
    if (open == std::string_view::npos) break;
    const size_t close = rest.find('}', open);
    if (close == std::string_view::npos) {
      return Error{"I001", fmt::format("expected `}}` after `{{`, but `{}` has none", text.text),
                   "", text.span};
    }
    const auto column = find_column(rest.substr(open + 1, close - open - 1), text.span);
    if (!column) return column.error();
    bound.parts.push_back({"", *column});
    rest.remove_prefix(close + 1);
  }
  return bound;
}

Result<void> ImportMap::bind_when(When& when, const Vocabulary& columns) const {
  if (when.text.empty()) return {};
  auto condition =
      rules::language::compile_condition(as_ticket_condition(when.text), when.span, columns);
  if (!condition) return condition.error();
  when.condition = std::move(*condition);
  return {};
}

Result<void> ImportMap::bind(const std::vector<std::string_view>& header) {
  header_.assign(header.begin(), header.end());
  condition_names_.clear();
  Vocabulary columns;
  columns.name = "row";
  for (const auto& name : header_) {
    condition_names_.push_back(is_identifier(name) ? name : "");
    if (is_identifier(name)) columns.attributes[name] = {};
  }
  const auto bind_one = [&](const Text& text, Template& bound) -> Result<void> {
    auto result = bind_template(text);
    if (!result) return result.error();
    bound = std::move(*result);
    return {};
  };
  if (auto bound = bind_one(branch_, branch_template_); !bound) return bound;
  if (auto bound = bind_one(source_, source_template_); !bound) return bound;
  if (auto bound = bind_one(ticket_, ticket_template_); !bound) return bound;
  auto date = find_column(date_column_.text, date_column_.span);
  if (!date) return date.error();
  date_index_ = *date;
  if (!midnight_.empty()) {
    const auto from = find_column(midnight_[0].text, midnight_[0].span);
    const auto to = find_column(midnight_[1].text, midnight_[1].span);
    if (!from) return from.error();
    if (!to) return to.error();
    midnight_from_ = *from;
    midnight_to_ = *to;
  }
  for (const auto& [name, column] : attributes_) {
    const auto index = find_column(column.text, column.span);
    if (!index) return index.error();
    attribute_columns_.emplace_back(name, *index);
  }
  for (Skip& skip : skips_) {
    if (auto bound = bind_when(skip.when, columns); !bound) return bound;
  }
  for (size_t i = 0; i < events_.size(); ++i) {
    for (const auto& name : events_[i].at) {
      const auto index = find_column(name, event_spans_[i]);
      if (!index) return index.error();
      events_[i].columns.push_back(*index);
    }
    if (auto bound = bind_when(events_[i].when, columns); !bound) return bound;
  }
  return {};
}

bool ImportMap::holds(const When& when, const std::vector<Attribute>& row) const {
  if (when.condition == nullptr) return true;
  rules::model::Scope scope;
  scope.ticket = row;
  return when.condition->evaluate(scope) == Condition::Value::yes;
}

bool ImportMap::is_none(std::string_view cell) const {
  return std::find(none_.begin(), none_.end(), cell) != none_.end();
}

/// A row has both times of the midnight pair or none, so "0:00:00" beside a time is midnight, not
/// "never".
bool ImportMap::is_true_midnight(const std::vector<std::string_view>& cells, int column) const {
  if (column != midnight_from_ && column != midnight_to_) return false;
  return is_waiting(cells) && parse_time_of_day(cells[static_cast<size_t>(column)]).has_value();
}

bool ImportMap::is_waiting(const std::vector<std::string_view>& cells) const {
  if (midnight_from_ < 0) return false;
  return !is_none(cells[static_cast<size_t>(midnight_from_)]) ||
         !is_none(cells[static_cast<size_t>(midnight_to_)]);
}

/// By a form of the letters y, m, d and separators: "yymmdd", "yyyy-mm-dd". Two digits of a year:
/// 70–99 are 19xx.
Result<LocalDate> ImportMap::read_date(std::string_view cell) const {
  const auto bad = [&] {
    return Error{"",
                 fmt::format("column `{}`: expected a date like `{}`, but `{}`", date_column_.text,
                             date_form_, cell),
                 "",
                 {}};
  };
  int year = 0, month = 0, day = 0, year_digits = 0;
  if (cell.size() != date_form_.size()) return bad();
  for (size_t i = 0; i < cell.size(); ++i) {
    const char form = date_form_[i];
    if (form != 'y' && form != 'm' && form != 'd') {
      if (cell[i] != form) return bad();
      continue;
    }
    if (cell[i] < '0' || cell[i] > '9') return bad();
    int& part = form == 'y' ? year : form == 'm' ? month : day;
    part = part * 10 + (cell[i] - '0');
    year_digits += form == 'y' ? 1 : 0;
  }
  if (year_digits == 2) year += year < 70 ? 2000 : 1900;
  auto date = rules::model::parse_local_date(fmt::format("{:04}-{:02}-{:02}", year, month, day));
  if (!date) return bad();
  return date;
}

Result<std::optional<Instant>> ImportMap::read_time(const std::vector<std::string_view>& cells,
                                                    int column, LocalDate date) const {
  const std::string_view cell = cells[static_cast<size_t>(column)];
  const auto read = [&](int index) -> Result<int64_t> {
    const std::string_view text = cells[static_cast<size_t>(index)];
    if (const auto ms = parse_time_of_day(text)) return *ms;
    return Error{"",
                 fmt::format("column `{}`: expected a time like `7:02:47`, but `{}`",
                             header_[static_cast<size_t>(index)], text),
                 "",
                 {}};
  };
  if (is_none(cell) && !is_true_midnight(cells, column)) return std::optional<Instant>();
  if (column == midnight_to_ && !cells[static_cast<size_t>(midnight_from_)].empty()) {
    const auto begin = read(midnight_from_);
    const auto end = read(column);
    if (!begin) return begin.error();
    if (!end) return end.error();
    if (*end < *begin) date = rules::calendar::add_days(date, 1);
  }
  const auto ms = read(column);
  if (!ms) return ms.error();
  const auto minute = static_cast<int>(*ms / 60'000);
  const Instant at =
      rules::calendar::to_instant(*zone_, date, minute, rules::calendar::Fold::first);
  return std::optional(at + rules::model::Duration(*ms % 60'000));
}

Result<ImportMap::Row> ImportMap::read(const std::vector<std::string_view>& cells) const {
  Row row;
  std::vector<Attribute> values;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!condition_names_[i].empty()) values.push_back({condition_names_[i], cells[i]});
  }
  for (const Skip& skip : skips_) {
    if (!holds(skip.when, values)) continue;
    row.left_out_as = skip.count_as;
    return row;
  }
  const auto date = read_date(cells[static_cast<size_t>(date_index_)]);
  if (!date) return date.error();
  for (const EventRule& rule : events_) {
    if (!holds(rule.when, values)) continue;
    std::optional<Instant> at;
    for (const int column : rule.columns) {
      const auto found = read_time(cells, column, *date);
      if (!found) return found.error();
      at = *found;
      if (at) break;
    }
    if (!at) continue;
    RowEvent event;
    event.source = source_template_.fill(cells);
    event.branch = branch_template_.fill(cells);
    event.ticket = ticket_template_.fill(cells);
    event.type = rule.type;
    event.at = *at;
    if (row.events.empty()) {
      for (const auto& [name, column] : attribute_columns_) {
        const std::string_view value = cells[static_cast<size_t>(column)];
        if (!value.empty()) event.attributes.emplace_back(name, value);
      }
    }
    row.events.push_back(std::move(event));
  }
  if (row.events.empty()) row.left_out_as = "";
  return row;
}

}  // namespace lupaus::clients::cli
