// Builds the schema as a tree of ordered JSON values and prints it.
#include "rules/language/json_schema.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "rules/language/form_patterns.h"
#include "rules/language/json_value.h"
#include "rules/language/key_table.h"

namespace lupaus::rules::language {
namespace {

/// Every scalar is read as its text, so a number or a boolean of YAML may stand where it has the
/// form.
Json scalar_schema(Form form) {
  Json json = Json::object();
  if (form == Form::flag) return json.set("enum", Json::raw("[true, false, \"true\", \"false\"]"));
  if (form == Form::count) {
    Json number = Json::object();
    number.set("type", "integer")
        .set("minimum", Json::raw("1"))
        .set("maximum", Json::raw("1000000"));
    Json text = Json::object();
    text.set("type", "string").set("pattern", "^([1-9][0-9]{0,5}|1000000)$");
    Json any = Json::array();
    any.add(std::move(number));
    any.add(std::move(text));
    return json.set("anyOf", std::move(any));
  }
  const std::string pattern = pattern_of(form);
  if (pattern.empty() || form == Form::name || form == Form::source) {
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
  Json sum = Json::object();
  sum.set("type", "string").set("pattern", expected_sum_pattern());
  // A map with one of the child's keys is the child.
  std::vector<std::string_view> known;
  for (const Key& one : key.child->keys) known.push_back(one.name);
  Json others = Json::object();
  others.set("not", words_schema(known));
  Json by_promise = Json::object();
  by_promise.set("type", "object")
      .set("propertyNames", std::move(others))
      .set("additionalProperties", word_or_child(key));
  Json properties = Json::object();
  properties.set("owed", any_of({std::move(sum), std::move(nothing)}));
  // The sum is that of the tickets beside it.
  Json beside = Json::object();
  beside.set("minProperties", Json::raw("2"));
  Json with_owed = Json::object();
  with_owed.set("owed", std::move(beside));
  Json json = Json::object();
  return json.set("type", "object")
      .set("minProperties", Json::raw("1"))
      .set("dependentSchemas", std::move(with_owed))
      .set("properties", std::move(properties))
      .set("additionalProperties",
           any_of({words_schema(key.words), reference_to(*key.child), std::move(by_promise)}));
}
/// "A1 issued +2m", or a map of that one line to its attributes.
Json event_schema() {
  Json line = Json::object();
  line.set("type", "string").set("pattern", event_pattern());
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

/// The limit for all other cases, the last of its list.
Json last_limit() {
  Json condition = Json::object();
  condition.set("required", Json::raw(R"(["when"])"));
  Json json = Json::object();
  return json.set("not", std::move(condition));
}
/// The line with the effect for all other cases, the last of its list.
Json last_line() {
  Json json = Json::object();
  return json.set("required", Json::raw(R"(["else"])"));
}
Json alone(const Place& place) {
  Json json = reference_to(place);
  return json.set("required", Json::raw(R"(["else"])"));
}
/// WHY: a schema cannot speak of the last item, only of one.
Json with_one_last(const Place& place, Json last) {
  Json json = list_of(reference_to(place));
  return json.set("contains", std::move(last)).set("maxContains", Json::raw("1"));
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
      item.set("type", "string").set("pattern", hours_pattern());
      return list_of(std::move(item));
    }
    case Form::texts:
      return map_of(kAnyKey, scalar_schema(Form::text));
    case Form::wording: {
      Json texts = map_of("^[a-z]{2,3}$", scalar_schema(Form::text));
      return texts.set("minProperties", Json::raw("1"));
    }
    case Form::map:
      return reference_to(*key.child);
    case Form::list:
      return list_of(reference_to(*key.child));
    case Form::limits:
      return any_of({scalar_schema(Form::limit), with_one_last(*key.child, last_limit())});
    case Form::due:
      return any_of({scalar_schema(Form::limit), reference_to(*key.child)});
    case Form::effects:
      return map_of(kAnyKey, any_of({words_schema(key.words), alone(*key.child),
                                     with_one_last(*key.child, last_line())}));
    case Form::week: {
      Key hours;
      hours.form = Form::intervals;
      constexpr std::string_view kWeekday = "(mon|tue|wed|thu|fri|sat|sun)";
      const std::string days = "^" + std::string(kWeekday) + "(-" + std::string(kWeekday) + ")?$";
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
    case Form::outcomes: {
      Json moments = map_of(pattern_of(Form::moment), outcome_schema(key));
      return moments.set("minProperties", Json::raw("1"));
    }
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

/// Every `needs` of the place; without members where there are none.
Json needs_schema(const Place& place) {
  Json json = Json::object();
  for (const Key& key : place.keys) {
    if (!key.needs.empty()) json.set(key.name, Json::strings(key.needs));
  }
  return json;
}
/// That the other key has the word, whether it is written or not.
Json has_word(const Place& place, const Beside& beside) {
  Json word = Json::object();
  word.set("const", beside.word);
  Json properties = Json::object();
  properties.set(beside.key, std::move(word));
  Json json = Json::object();
  json.set("properties", std::move(properties));
  const bool is_fallback = find_key(place, beside.key)->fallback == beside.word;
  return is_fallback ? json : json.set("required", Json::strings({&beside.key, 1}));
}
/// What hangs on the words of other keys.
Json beside_schema(const Place& place) {
  Json rules = Json::array();
  for (const Key& key : place.keys) {
    Json written = Json::object();
    written.set("required", Json::strings({&key.name, 1}));
    Json rule = Json::object();
    if (!key.unless.key.empty()) {
      rule.set("if", has_word(place, key.unless)).set("else", std::move(written));
    } else if (!key.only_with.key.empty()) {
      rule.set("if", std::move(written)).set("then", has_word(place, key.only_with));
    } else {
      continue;
    }
    rules.add(std::move(rule));
  }
  return rules;
}

Json place_schema(const Place& place) {
  Json properties = Json::object();
  std::vector<std::string_view> required;
  for (const Key& key : place.keys) {
    Json value = form_schema(key);
    if (key.is_filled) value.set("minItems", Json::raw("1"));
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
  if (Json needs = needs_schema(place); !needs.members.empty())
    json.set("dependentRequired", std::move(needs));
  if (Json rules = beside_schema(place); !rules.members.empty())
    json.set("allOf", std::move(rules));
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
