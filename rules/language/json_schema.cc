// Builds the schema as a tree of ordered JSON values and prints it.
#include "rules/language/json_schema.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "rules/language/key_table.h"

namespace lupaus::rules::language {
namespace {

/// A JSON value that keeps the order of its members. A scalar is the text as printed.
struct Json {
  enum class Kind : uint8_t { scalar, object, array };
  Kind kind = Kind::scalar;
  std::string text;
  struct Member;
  std::vector<Member> members;  ///< of an array: without names

  static Json object();
  static Json array();
  static Json raw(std::string_view text);
  static Json string(std::string_view text);
  static Json strings(std::span<const std::string_view> texts);

  void add(Json item);
  Json& set(std::string_view name, Json value);
  Json& set(std::string_view name, std::string_view value);
};

struct Json::Member {
  std::string name;
  Json value;
};

Json Json::object() { return {Kind::object, "", {}}; }
Json Json::array() { return {Kind::array, "", {}}; }
Json Json::raw(std::string_view text) { return {Kind::scalar, std::string(text), {}}; }
Json Json::string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return raw(quoted + "\"");
}
Json Json::strings(std::span<const std::string_view> texts) {
  Json list = array();
  for (const std::string_view text : texts) list.add(string(text));
  return list;
}
void Json::add(Json item) { members.push_back({"", std::move(item)}); }
Json& Json::set(std::string_view name, Json value) {
  members.push_back({std::string(name), std::move(value)});
  return *this;
}
Json& Json::set(std::string_view name, std::string_view value) { return set(name, string(value)); }

void print(const Json& json, size_t indent, std::string& out) {
  if (json.kind == Json::Kind::scalar) {
    out += json.text;
    return;
  }
  const bool is_object = json.kind == Json::Kind::object;
  const bool is_flat =
      !is_object && std::all_of(json.members.begin(), json.members.end(), [](const auto& member) {
        return member.value.kind == Json::Kind::scalar;
      });
  out += is_object ? '{' : '[';
  for (size_t i = 0; i < json.members.size(); ++i) {
    if (i != 0) out += is_flat ? ", " : ",";
    if (!is_flat) out.append("\n").append(indent + 2, ' ');
    if (is_object) out.append(Json::string(json.members[i].name).text).append(": ");
    print(json.members[i].value, indent + 2, out);
  }
  if (!is_flat && !json.members.empty()) out.append("\n").append(indent, ' ');
  out += is_object ? '}' : ']';
}

constexpr std::string_view kDuration = R"(([0-9]+h)?([0-9]+m)?([0-9]+(\.[0-9]{1,3})?s)?)";
constexpr std::string_view kIsoDuration = R"(PT([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]{1,3})?S)?)";
constexpr std::string_view kDays = "[1-9][0-9]{0,3} (business|calendar) days?";
constexpr std::string_view kMoney = R"([A-Z]{3} (0|[1-9][0-9]*)(\.[0-9]+)?)";
constexpr std::string_view kPercent = R"((0|[1-9][0-9]*)(\.[0-9]{1,4})?%)";
constexpr std::string_view kAttribute = R"(ticket\.[A-Za-z_][A-Za-z0-9_]*)";
constexpr std::string_view kHours = "([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]";
constexpr std::string_view kMonthDay = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";

constexpr std::string_view kInstant =
    R"([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?)"
    R"((Z|[+-][0-9]{2}:[0-9]{2}))";

std::string either(std::initializer_list<std::string_view> patterns) {
  std::string all;
  for (const std::string_view pattern : patterns) {
    all.append(all.empty() ? "^(" : "|").append(pattern);
  }
  return all + ")$";
}
std::string share() {
  return std::string(kPercent) + " of (" + std::string(kAttribute) + R"(|final\()" +
         std::string(kAttribute) + R"(\)))";
}
std::string moment() {
  return "[+-](" + std::string(kDuration) + "|" + std::string(kIsoDuration) + ")";
}
std::string deadline() {
  return std::string(kAttribute) + "( [+-] (" + std::string(kDuration) + "|" +
         std::string(kIsoDuration) + "))?";
}

/// The pattern of a scalar; "" where any text will do.
std::string pattern_of(Form form) {
  switch (form) {
    case Form::name:
      return "^[A-Za-z0-9._-]{1,63}$";
    case Form::source:
      return "^[A-Za-z0-9._/+:-]{1,63}$";
    case Form::percent:
      return either({kPercent});
    case Form::duration:
      return either({kDuration, kIsoDuration});
    case Form::limit:
      return either({kDuration, kIsoDuration, kDays});
    case Form::period:
      return either({kDuration, kIsoDuration, "1 calendar days?"});
    case Form::money:
      return either({kMoney});
    case Form::amount:
      return either({kMoney, share()});
    case Form::cap:
      return either({kMoney, share(), "[1-9][0-9]* times?"});
    case Form::date:
      return either({"[0-9]{4}-" + std::string(kMonthDay)});
    case Form::month_day:
      return either({kMonthDay});
    case Form::deadline:
      return either({deadline()});
    case Form::instant:
      return either({kInstant});
    case Form::moment:
      return either({moment(), kInstant});
    case Form::times:
      return either({"[1-9][0-9]* times?"});
    default:
      return "";
  }
}

/// Every scalar is read as its text, so a number or a boolean of YAML may stand where it has the
/// form.
Json scalar_schema(Form form) {
  Json json = Json::object();
  if (form == Form::flag) return json.set("enum", Json::raw("[true, false, \"true\", \"false\"]"));
  if (form == Form::count) {
    Json number = Json::object();
    number.set("type", "integer").set("minimum", Json::raw("1"));
    Json text = Json::object();
    text.set("type", "string").set("pattern", "^[1-9][0-9]*$");
    Json any = Json::array();
    any.add(std::move(number));
    any.add(std::move(text));
    return json.set("anyOf", std::move(any));
  }
  const std::string pattern = pattern_of(form);
  if (pattern.empty() || form == Form::name) {
    json.set("type", Json::raw(R"(["string", "number", "boolean"])"));
  } else {
    json.set("type", "string");
  }
  if (form == Form::text || form == Form::condition || form == Form::zone) {
    json.set("minLength", Json::raw("1"));
  }
  if (!pattern.empty()) {
    if (form == Form::duration || form == Form::limit || form == Form::period) {
      json.set("minLength", Json::raw("2"));
    }
    json.set("pattern", pattern);
  }
  return json;
}

Json reference_to(const Place& place);

Json list_of(Json items) {
  Json json = Json::object();
  return json.set("type", "array").set("items", std::move(items));
}
Json map_of(std::string_view key_pattern, Json values) {
  Json names = Json::object();
  names.set("pattern", key_pattern);
  Json json = Json::object();
  return json.set("type", "object")
      .set("propertyNames", std::move(names))
      .set("additionalProperties", std::move(values));
}
Json words_schema(std::span<const std::string_view> words) {
  Json json = Json::object();
  return json.set("enum", Json::strings(words));
}
Json any_of(std::vector<Json> choices) {
  Json list = Json::array();
  for (Json& choice : choices) list.add(std::move(choice));
  Json json = Json::object();
  return json.set("anyOf", std::move(list));
}

/// A word alone, or the keys of the child.
Json word_or_child(const Key& key) {
  return any_of({words_schema(key.words), reference_to(*key.child)});
}
/// By ticket, and there perhaps by promise; `owed` stands among the tickets.
Json outcome_schema(const Key& key) {
  Json nothing = Json::object();
  nothing.set("const", "nothing");
  Json properties = Json::object();
  properties.set("owed", any_of({scalar_schema(Form::money), std::move(nothing)}));
  Json json = Json::object();
  return json.set("type", "object")
      .set("properties", std::move(properties))
      .set("additionalProperties", any_of({words_schema(key.words), reference_to(*key.child),
                                           map_of(".", word_or_child(key))}));
}
/// "A1 issued +2m", or a map of that one line to its attributes.
Json event_schema() {
  Json line = Json::object();
  line.set("type", "string").set("pattern", "^ *[^ ]+ +[^ ]");
  Json one = Json::object();
  one.set("type", "object")
      .set("minProperties", Json::raw("1"))
      .set("maxProperties", Json::raw("1"))
      .set("additionalProperties", map_of(".", scalar_schema(Form::values)));
  return any_of({std::move(line), std::move(one)});
}
Json files_schema() {
  Json json = list_of(scalar_schema(Form::text));
  return json.set("minItems", Json::raw("1"));
}

Json form_schema(const Key& key) {
  constexpr std::string_view kAnyKey = ".";
  switch (key.form) {
    case Form::word:
      return words_schema(key.words);
    case Form::names:
      return list_of(scalar_schema(Form::name));
    case Form::intervals: {
      Json item = Json::object();
      item.set("type", "string").set("pattern", either({kHours}));
      return list_of(std::move(item));
    }
    case Form::texts:
      return map_of(kAnyKey, scalar_schema(Form::text));
    case Form::wording:
      return map_of("^[a-z]{2,3}$", scalar_schema(Form::text));
    case Form::map:
      return reference_to(*key.child);
    case Form::list:
      return list_of(reference_to(*key.child));
    case Form::limits:
      return any_of({scalar_schema(Form::limit), list_of(reference_to(*key.child))});
    case Form::due:
      return any_of({scalar_schema(Form::limit), reference_to(*key.child)});
    case Form::effects:
      return map_of(kAnyKey, any_of({words_schema(key.words), reference_to(*key.child),
                                     list_of(reference_to(*key.child))}));
    case Form::week: {
      Key hours;
      hours.form = Form::intervals;
      constexpr std::string_view kDay = "(mon|tue|wed|thu|fri|sat|sun)";
      const std::string days = "^" + std::string(kDay) + "(-" + std::string(kDay) + ")?$";
      return map_of(days, any_of({form_schema(hours), reference_to(*key.child)}));
    }
    case Form::attributes:
      return map_of("^[A-Za-z_][A-Za-z0-9_]*$", word_or_child(key));
    case Form::values:
      return map_of(".", scalar_schema(key.form));
    case Form::files:
      return files_schema();
    case Form::events:
      return list_of(event_schema());
    case Form::outcome:
      return outcome_schema(key);
    case Form::outcomes:
      return map_of(pattern_of(Form::moment), outcome_schema(key));
    case Form::books:
      return map_of(pattern_of(Form::moment), files_schema());
    default:
      return scalar_schema(key.form);
  }
}

Json required_keys(std::span<const std::string_view> names) {
  Json list = Json::array();
  for (const std::string_view name : names) {
    Json choice = Json::object();
    choice.set("required", Json::strings({&name, 1}));
    list.add(std::move(choice));
  }
  return list;
}

Json place_schema(const Place& place) {
  Json properties = Json::object();
  std::vector<std::string_view> required;
  for (const Key& key : place.keys) {
    Json value = form_schema(key);
    value.set("description", key.about);
    if (!key.fallback.empty()) value.set("default", key.fallback);
    if (key.is_required) required.push_back(key.name);
    properties.set(key.name, std::move(value));
  }
  Json json = Json::object();
  json.set("description", place.about).set("type", "object");
  if (!required.empty()) json.set("required", Json::strings(required));
  if (!place.one_of.empty()) json.set("oneOf", required_keys(place.one_of));
  if (!place.any_of.empty()) json.set("anyOf", required_keys(place.any_of));
  return json.set("properties", std::move(properties))
      .set("additionalProperties", Json::raw("false"));
}

/// The name under `$defs`: the place's path without marks, "spec.compensation.tiers[]" as
/// "Promise.compensation.tiers".
std::string definition_name(const Place& place) {
  std::string name;
  for (const char c : place.path) {
    const bool is_mark = c == '[' || c == ']' || c == '*' || c == ' ';
    if (!is_mark) name += c == ':' ? '.' : c;
  }
  while (name.ends_with('.')) name.pop_back();
  if (const size_t spec = name.find(".spec"); spec != std::string::npos) name.erase(spec, 5);
  return name;
}
Json reference_to(const Place& place) {
  Json json = Json::object();
  return json.set("$ref", "#/$defs/" + definition_name(place));
}

/// Every place below, each once, parents first.
void collect(const Place& place, std::vector<const Place*>& places) {
  if (std::find(places.begin(), places.end(), &place) != places.end()) return;
  places.push_back(&place);
  for (const Key& key : place.keys) {
    if (key.child != nullptr) collect(*key.child, places);
  }
}

/// The keys of a document of one kind hang on `kind`.
Json kind_rule(const Kind& kind) {
  Json constant = Json::object();
  constant.set("const", kind.name);
  Json of_kind = Json::object();
  of_kind.set("kind", std::move(constant));
  Json condition = Json::object();
  condition.set("properties", std::move(of_kind));
  Json rule = Json::object();
  if (kind.document != nullptr) {
    return rule.set("if", std::move(condition)).set("then", reference_to(*kind.document));
  }
  Json spec = Json::object();
  spec.set("spec", reference_to(*kind.spec));
  Json then = Json::object();
  Json required = Json::array();
  for (const Key& key : kDocumentKeys.keys) {
    if (key.is_required) required.add(Json::string(key.name));
  }
  then.set("required", std::move(required)).set("properties", std::move(spec));
  Json names = Json::object();
  names.set("enum", Json::array());
  for (const Key& key : kDocumentKeys.keys) names.members[0].value.add(Json::string(key.name));
  then.set("propertyNames", std::move(names));
  return rule.set("if", std::move(condition)).set("then", std::move(then));
}

}  // namespace

std::string json_schema() {
  Json properties = Json::object();
  for (const Key& key : kDocumentKeys.keys) {
    if (key.name == "spec") continue;
    Json value = form_schema(key);
    value.set("description", key.about);
    properties.set(key.name, std::move(value));
  }
  constexpr std::array<std::string_view, 2> kAlways = {"apiVersion", "kind"};
  Json rules = Json::array();
  std::vector<const Place*> places = {&kMetadataKeys};
  for (const Kind& kind : document_kinds()) {
    rules.add(kind_rule(kind));
    collect(kind.spec != nullptr ? *kind.spec : *kind.document, places);
  }
  Json definitions = Json::object();
  for (const Place* place : places) definitions.set(definition_name(*place), place_schema(*place));
  Json schema = Json::object();
  schema.set("$schema", "https://json-schema.org/draft/2020-12/schema")
      .set("title", "Lupaus promise files")
      .set("description",
           "One document of a promise file. Made by `lupaus schema`; `lupaus check` knows more.")
      .set("type", "object")
      .set("required", Json::strings(kAlways))
      .set("properties", std::move(properties))
      .set("allOf", std::move(rules))
      .set("$defs", std::move(definitions));
  std::string text;
  print(schema, 0, text);
  return text + "\n";
}

}  // namespace lupaus::rules::language
