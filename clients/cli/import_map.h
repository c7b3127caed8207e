// The importer's map: how a row of a wide table (a row a case, a column a time) becomes events. The
// map is checked against the table's header before the first row is read.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/condition.h"
#include "rules/model/result.h"

namespace lupaus::clients::cli {

/// "import/{vru+line}" with its columns found.
class Template {
 public:
  struct Part {
    std::string text;
    int column = -1;  ///< -1: `text` as it is
  };
  std::vector<Part> parts;
  std::string fill(const std::vector<std::string_view>& cells) const;
};

/// One event that a row gave. Owns its texts.
struct RowEvent {
  std::string source, branch, ticket, type;
  rules::model::Instant at{};
  std::vector<std::pair<std::string, std::string>> attributes;
};

class ImportMap {
 public:
  /// Reads the map's YAML; errors carry file:line:col.
  static rules::model::Result<ImportMap> parse(const std::string& file, const std::string& text);

  char separator() const { return separator_; }

  /// Finds every column that the map names; an error names the one that the table lacks.
  rules::model::Result<void> bind(const std::vector<std::string_view>& header);

  /// What became of a row: its events, or the reason for which it was left out ("" where no event
  /// came of it).
  struct Row {
    std::vector<RowEvent> events;
    std::optional<std::string> left_out_as;
  };
  /// The cells are as many as the header's. An error names the column.
  rules::model::Result<Row> read(const std::vector<std::string_view>& cells) const;

 private:
  friend class MapReader;
  struct When {
    std::string text;
    rules::model::Span span;
    rules::model::ConditionPtr condition;  ///< null: always
  };
  struct Skip {
    When when;
    std::string count_as;
  };
  struct EventRule {
    std::string type;
    std::vector<std::string> at;
    std::vector<int> columns;
    When when;
  };
  struct Text {
    std::string text;
    rules::model::Span span;
  };

  rules::model::Result<int> find_column(std::string_view name,
                                        const rules::model::Span& span) const;
  rules::model::Result<Template> bind_template(const Text& text) const;
  rules::model::Result<void> bind_when(When& when, const rules::model::Vocabulary& columns) const;
  bool holds(const When& when, const std::vector<rules::model::Attribute>& row) const;
  bool is_none(std::string_view cell) const;
  bool is_true_midnight(const std::vector<std::string_view>& cells, int column) const;
  bool is_waiting(const std::vector<std::string_view>& cells) const;
  rules::model::Result<rules::model::LocalDate> read_date(std::string_view cell) const;
  rules::model::Result<std::optional<rules::model::Instant>> read_time(
      const std::vector<std::string_view>& cells, int column, rules::model::LocalDate date) const;

  char separator_ = ',';
  const rules::model::ZoneTable* zone_ = nullptr;
  Text branch_, source_, ticket_, date_column_;
  std::string date_form_;
  std::vector<std::string> none_ = {"", "0:00:00", "00:00:00"};
  std::vector<Text> midnight_;  ///< none or two columns
  std::vector<Skip> skips_;
  std::vector<std::pair<std::string, Text>> attributes_;  ///< attribute, column
  std::vector<EventRule> events_;
  std::vector<rules::model::Span> event_spans_;

  // After bind():
  std::vector<std::string> header_;
  std::vector<std::string>
      condition_names_;  ///< of the columns that conditions can name; "" for others
  Template branch_template_, source_template_, ticket_template_;
  int date_index_ = -1;
  int midnight_from_ = -1, midnight_to_ = -1;
  std::vector<std::pair<std::string, int>> attribute_columns_;
};

}  // namespace lupaus::clients::cli
