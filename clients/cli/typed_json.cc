#include "clients/cli/typed_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "clients/cli/output.h"
#include "rules/language/cel/arithmetic.h"
#include "rules/language/cel/time_value.h"

namespace lupaus::clients::cli {

using rules::language::cel::Arena;
using rules::language::cel::Entry;
using rules::language::cel::Kind;
using rules::language::cel::Value;
using rules::model::Error;
using rules::model::Result;

namespace {

constexpr std::string_view kHint =
    "typed values are {\"int\":\"1\"}, {\"double\":\"1.5\"}, {\"string\":\"x\"}, {\"bool\":true}, "
    "{\"null\":true}, {\"list\":[…]}, {\"map\":[[key,value]]}, {\"timestamp\":\"…Z\"}, "
    "{\"duration\":\"1.5s\"}, {\"money\":\"EUR 10.00\"}";

// WHY: values are read and printed by recursion.
constexpr int kDepthMax = 100;

Error complaint(std::string message) { return {"", std::move(message), std::string(kHint), {}}; }

class TypedReader {
 public:
  explicit TypedReader(Arena& arena) : arena_(arena) {}

  Result<Value> read(simdjson::dom::element element, int depth = 0) {
    simdjson::dom::object object;
    if (depth > kDepthMax) return complaint("expected values nested at most 100 deep");
    if (element.get(object) != simdjson::SUCCESS || object.size() != 1) {
      return complaint("expected a typed value, but " + simdjson::minify(element) + " is none");
    }
    const auto field = *object.begin();
    const std::string_view type = field.key;
    if (type == "list") return list(field.value, depth);
    if (type == "map") return map(field.value, depth);
    const auto value = scalar(type, field.value);
    if (value) return *value;
    return complaint("expected a value of a known type, but " + simdjson::minify(element) +
                     " is none");
  }

 private:
  std::optional<Value> scalar(std::string_view type, simdjson::dom::element element) {
    bool is_true = false;
    if (element.get(is_true) == simdjson::SUCCESS) {
      if (type == "bool") return Value::boolean(is_true);
      return type == "null" && is_true ? std::optional(Value::null()) : std::nullopt;
    }
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) return std::nullopt;
    const Value kept = Value::string(arena_.join(text));
    if (type == "string") return kept;
    static constexpr std::pair<std::string_view, Kind> kTypes[] = {{"int", Kind::integer},
                                                                   {"double", Kind::real},
                                                                   {"timestamp", Kind::timestamp},
                                                                   {"duration", Kind::duration},
                                                                   {"money", Kind::money}};
    for (const auto& [name, kind] : kTypes) {
      if (type != name) continue;
      const Value value = rules::language::cel::convert(kind, kept, arena_, 0);
      return value.is_error() ? std::nullopt : std::optional(value);
    }
    return std::nullopt;
  }
  Result<Value> list(simdjson::dom::element element, int depth) {
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS) return complaint("expected an array in a list");
    std::vector<Value> items;
    for (const simdjson::dom::element item : array) {
      auto value = read(item, depth + 1);
      if (!value) return value;
      items.push_back(*value);
    }
    const std::span<Value> kept = arena_.make<Value>(items.size());
    std::copy(items.begin(), items.end(), kept.begin());
    return checked(rules::language::cel::make_list(kept));
  }
  Result<Value> map(simdjson::dom::element element, int depth) {
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS) return complaint("expected an array in a map");
    std::vector<Entry> entries;
    for (const simdjson::dom::element pair : array) {
      simdjson::dom::array parts;
      if (pair.get(parts) != simdjson::SUCCESS || parts.size() != 2) {
        return complaint("expected pairs of key and value in a map, but " + simdjson::minify(pair) +
                         " is none");
      }
      auto key = read(parts.at(0).value_unsafe(), depth + 1);
      if (!key) return key;
      auto value = read(parts.at(1).value_unsafe(), depth + 1);
      if (!value) return value;
      entries.push_back({*key, *value});
    }
    const std::span<Entry> kept = arena_.make<Entry>(entries.size());
    std::copy(entries.begin(), entries.end(), kept.begin());
    return checked(rules::language::cel::make_map(kept));
  }
  static Result<Value> checked(const Value& value) {
    if (!value.is_error()) return value;
    return complaint(rules::language::cel::fault_message(value, ""));
  }

  Arena& arena_;
};

/// As many people write doubles: "1.0", "-0.0045", "1e+16".
std::string write_real(double real) {
  if (!std::isfinite(real)) return rules::language::cel::format_real(real);
  const double size = std::fabs(real);
  const bool is_plain = size == 0 || (size >= 1e-4 && size < 1e16);
  std::array<char, 64> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), real,
                    is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string written(text.data(), end);
  if (is_plain && written.find('.') == std::string::npos) written += ".0";
  return written;
}

std::string typed(std::string_view type, std::string_view content) {
  return "{\"" + std::string(type) + "\":" + std::string(content) + "}";
}

std::string write_items(const Value& value) {
  std::string text = "[";
  if (value.kind == Kind::list) {
    for (const Value& item : value.list()) {
      text += (text.size() > 1 ? "," : "") + write_typed(item);
    }
  } else {
    for (const Entry& entry : value.map()) {
      text += text.size() > 1 ? ",[" : "[";
      text += write_typed(entry.key) + "," + write_typed(entry.value) + "]";
    }
  }
  return text + "]";
}

Result<simdjson::dom::element> parse(simdjson::dom::parser& parser, std::string_view json) {
  simdjson::dom::element element;
  const auto error = parser.parse(json.data(), json.size()).get(element);
  if (error != simdjson::SUCCESS) {
    return complaint(std::string("expected JSON, but it cannot be read: ") +
                     simdjson::error_message(error));
  }
  return element;
}

}  // namespace

Result<Bindings> read_bindings(std::string_view json, Arena& arena) {
  constexpr size_t kBindingsMax = 1'000;
  simdjson::dom::parser parser;
  const auto root = parse(parser, json);
  if (!root) return root.error();
  simdjson::dom::object object;
  if (root->get(object) != simdjson::SUCCESS) {
    return complaint("expected an object with a typed value for each name");
  }
  Bindings bindings;
  for (const auto field : object) {
    auto value = TypedReader(arena).read(field.value);
    if (!value) return value.error();
    bindings.names.emplace_back(field.key);
    bindings.values.push_back(*value);
  }
  if (bindings.names.size() > kBindingsMax) return complaint("expected at most 1,000 names");
  return bindings;
}

Result<Value> read_typed(std::string_view json, Arena& arena) {
  simdjson::dom::parser parser;
  const auto root = parse(parser, json);
  if (!root) return root.error();
  return TypedReader(arena).read(*root);
}

std::string write_typed(const Value& value) {
  namespace cel = rules::language::cel;
  switch (value.kind) {
    case Kind::null:
      return typed("null", "true");
    case Kind::boolean:
      return typed("bool", value.integer != 0 ? "true" : "false");
    case Kind::integer:
      return typed("int", json_quote(std::to_string(value.integer)));
    case Kind::real:
      return typed("double", json_quote(write_real(value.real)));
    case Kind::string:
      return typed("string", json_quote(value.text()));
    case Kind::money:
      return typed("money", json_quote(rules::model::format_money(value.money())));
    case Kind::timestamp:
      return typed("timestamp", json_quote(cel::format_timestamp(value)));
    case Kind::duration:
      return typed("duration", json_quote(cel::format_duration(value)));
    case Kind::list:
      return typed("list", write_items(value));
    case Kind::map:
      return typed("map", write_items(value));
    case Kind::error:
      break;
  }
  return typed("error", "true");
}

}  // namespace lupaus::clients::cli
