// The reader of the map's YAML. Complaints travel as exceptions inside this file alone.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "clients/cli/import_map.h"
#include "rules/calendar/zone.h"

namespace lupaus::clients::cli {

using rules::model::Error;
using rules::model::Result;
using rules::model::Span;

namespace {
struct Complaint {
  Error error;
};
}  // namespace

class MapReader {
 public:
  explicit MapReader(const std::string& file) : file_(file) {}

  ImportMap read(const YAML::Node& root) {
    check_keys(root, {"separator", "timezone", "branch", "source", "ticket", "date", "none", "skip",
                      "midnight", "attributes", "events"});
    ImportMap map;
    if (const YAML::Node separator = root["separator"]) {
      const std::string written = text(separator);
      if (written.size() != 1)
        fail(separator, "expected one character, but `" + written + "`",
             "write \"\\t\" for a tabulator");
      map.separator_ = written[0];
    }
    const YAML::Node timezone = required(root, "timezone");
    map.zone_ = rules::calendar::find_built_in_zone(text(timezone));
    if (map.zone_ == nullptr)
      fail(timezone,
           "expected a zone like `Europe/Helsinki`, but `" + text(timezone) + "` is none");
    map.branch_ = placed(required(root, "branch"));
    map.source_ = placed(required(root, "source"));
    map.ticket_ = placed(required(root, "ticket"));
    const YAML::Node date = required(root, "date");
    check_keys(date, {"column", "form"});
    map.date_column_ = placed(required(date, "column"));
    map.date_form_ = date_form(required(date, "form"));
    if (const YAML::Node none = root["none"]) map.none_ = texts(none);
    read_midnight(root, map);
    read_rules(root, map);
    return map;
  }

  [[noreturn]] void fail(const YAML::Mark& mark, std::string message, std::string hint = "") const {
    throw Complaint{{"I001", std::move(message), std::move(hint), span_of(mark)}};
  }

 private:
  [[noreturn]] void fail(const YAML::Node& node, std::string message, std::string hint = "") const {
    fail(node.Mark(), std::move(message), std::move(hint));
  }

  Span span_of(const YAML::Mark& mark) const {
    if (mark.is_null()) return {file_, 0, 0};
    return {file_, static_cast<uint32_t>(mark.line) + 1, static_cast<uint32_t>(mark.column) + 1};
  }

  void check_keys(const YAML::Node& node, const std::vector<std::string_view>& known) const {
    if (!node.IsMap()) fail(node, "expected a map, but this is none");
    std::vector<std::string> seen;
    for (const auto& entry : node) {
      const std::string key = text(entry.first);
      if (std::find(seen.begin(), seen.end(), key) != seen.end())
        fail(entry.first, "expected once, but `" + key + "` is there twice");
      seen.push_back(key);
      if (known.empty() || std::find(known.begin(), known.end(), key) != known.end()) continue;
      std::string names;
      for (const auto& name : known) names += (names.empty() ? "" : ", ") + std::string(name);
      fail(entry.first, "expected one of " + names + ", but `" + key + "`");
    }
  }

  YAML::Node required(const YAML::Node& map, const char* key) const {
    const YAML::Node node = map[key];
    if (!node) fail(map, std::string("expected `") + key + "`, but it is missing");
    return node;
  }

  std::string text(const YAML::Node& node) const {
    if (!node.IsScalar()) fail(node, "expected a text, but this is none");
    return node.Scalar();
  }

  std::vector<std::string> texts(const YAML::Node& node) const {
    if (!node.IsSequence()) fail(node, "expected a list, but this is none");
    std::vector<std::string> list;
    for (const auto& item : node) list.push_back(text(item));
    return list;
  }

  ImportMap::Text placed(const YAML::Node& node) const {
    return {text(node), span_of(node.Mark())};
  }
  ImportMap::When when(const YAML::Node& node) const {
    return {text(node), span_of(node.Mark()), nullptr};
  }

  std::string date_form(const YAML::Node& node) const {
    std::string form = text(node);
    const auto count = [&](char letter) { return std::count(form.begin(), form.end(), letter); };
    if ((count('y') != 2 && count('y') != 4) || count('m') != 2 || count('d') != 2) {
      fail(node, "expected a form like `yymmdd` or `yyyy-mm-dd`, but `" + form + "`");
    }
    return form;
  }

  void read_midnight(const YAML::Node& root, ImportMap& map) const {
    const YAML::Node midnight = root["midnight"];
    if (!midnight) return;
    if (!midnight.IsSequence() || midnight.size() != 2)
      fail(midnight, "expected two columns, earlier and later, but this is something else");
    for (const auto& column : midnight) map.midnight_.push_back(placed(column));
  }

  void read_rules(const YAML::Node& root, ImportMap& map) const {
    if (const YAML::Node skip = root["skip"]) {
      if (!skip.IsSequence()) fail(skip, "expected a list of {when, count_as}, but this is none");
      for (const auto& item : skip) {
        check_keys(item, {"when", "count_as"});
        map.skips_.push_back({when(required(item, "when")), text(required(item, "count_as"))});
      }
    }
    if (const YAML::Node attributes = root["attributes"]) {
      check_keys(attributes, {});
      for (const auto& entry : attributes)
        map.attributes_.emplace_back(text(entry.first), placed(entry.second));
    }
    const YAML::Node events = required(root, "events");
    if (!events.IsSequence() || events.size() == 0)
      fail(events, "expected a list of {type, at}, but this is none");
    for (const auto& item : events) {
      check_keys(item, {"type", "at", "when"});
      ImportMap::EventRule rule;
      rule.type = text(required(item, "type"));
      const YAML::Node at = required(item, "at");
      rule.at = at.IsScalar() ? std::vector<std::string>{at.Scalar()} : texts(at);
      if (rule.at.empty()) fail(at, "expected a column, but the list is empty");
      if (const YAML::Node condition = item["when"]) rule.when = when(condition);
      map.events_.push_back(std::move(rule));
      map.event_spans_.push_back(span_of(at.Mark()));
    }
  }

  std::string file_;
};

Result<ImportMap> ImportMap::parse(const std::string& file, const std::string& text) {
  MapReader reader(file);
  try {
    return reader.read(YAML::Load(text));
  } catch (const Complaint& complaint) {
    return complaint.error;
  } catch (const YAML::Exception& error) {
    try {
      reader.fail(error.mark, "expected YAML, but " + error.msg);
    } catch (const Complaint& complaint) {
      return complaint.error;
    }
  }
}

}  // namespace lupaus::clients::cli
