#include "rules/language/cel/checker_names.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <vector>

#include "rules/language/cel/arithmetic.h"
#include "rules/language/cel/lexer.h"
#include "rules/language/cel/program.h"
#include "rules/language/codes.h"
#include "rules/language/suggestion.h"

namespace lupaus::rules::language::cel {
namespace {

Kind kind_of(model::AttributeType type) {
  switch (type) {
    case model::AttributeType::string:
      return Kind::string;
    case model::AttributeType::boolean:
      return Kind::boolean;
    case model::AttributeType::integer:
      return Kind::integer;
    case model::AttributeType::money:
      return Kind::money;
    case model::AttributeType::time:
      return Kind::timestamp;
    case model::AttributeType::duration:
      return Kind::duration;
  }
  return Kind::string;
}

Kind resolved(Tree& select, Op op, Kind kind) {
  select.op = op;
  select.height = 1;
  select.children.clear();
  return kind;
}

const Tree* written_text(const Tree& call, size_t place) {
  if (call.children.size() <= place) return nullptr;
  const Tree& text = *call.children[place];
  return text.op == Op::constant && text.constant.kind == Kind::string ? &text : nullptr;
}

model::Error bad_conversion(const Tree& call, const Tree& text, const Function& function) {
  // WHY: these say more about what is wrong, as "1d".
  if (function.target == Kind::duration) {
    if (const auto parsed = model::parse_duration(text.text); !parsed) {
      return error_at(kConditionType, call.at, parsed.error().message, parsed.error().hint);
    }
  }
  if (function.target == Kind::timestamp) {
    if (const auto parsed = model::parse_instant(text.text); !parsed) {
      return error_at(kConditionType, call.at, parsed.error().message, parsed.error().hint);
    }
  }
  return error_at(
      kConditionType, call.at,
      "expected a text that " + call.text + "(…) can read, but `" + text.text + "` is none",
      fault_hint(Value::fail(Fault::bad_conversion, 0)));
}

std::optional<model::Error> check_pattern(const Tree& call) {
  const Tree* text = written_text(call, 1);
  if (text == nullptr) {
    return error_at(kConditionUnsupported, call.children[1]->at,
                    "a pattern that is not written out is not supported",
                    "write the pattern between quotes, as in x.matches(\"^A[0-9]+\")");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  const re2::RE2 pattern(text->text, options);
  if (pattern.ok() && compile_pattern(text->text) != nullptr) return std::nullopt;
  return error_at(kConditionType, text->at, "expected a regular expression, but " + pattern.error(),
                  fault_hint(Value::fail(Fault::bad_pattern, 0)));
}

std::optional<model::Error> check_zone(const Tree& call, const ZoneFinder& find_zone) {
  if (call.children.size() < 2) return std::nullopt;
  const Tree* text = written_text(call, 1);
  if (text == nullptr) {
    // WHY: a book carries the zones it names; it could not carry one that a ticket names.
    return error_at(kConditionUnsupported, call.children[1]->at,
                    "a time zone that is not written out is not supported",
                    "write it as getHours(\"Europe/Helsinki\")");
  }
  if (fixed_zone(text->text) || find_zone(text->text) != nullptr) {
    return std::nullopt;
  }
  return error_at(kConditionType, text->at,
                  "expected an IANA time zone, but `" + text->text + "` is none",
                  fault_hint(Value::fail(Fault::unknown_zone, 0)));
}

}  // namespace

model::Result<Kind> CheckerNames::resolve(Tree& select) const {
  const Tree& root = *select.children[0];
  if (root.text == "ticket") {
    return attribute(select, Op::ticket_attribute, vocabulary_.attributes);
  }
  if (root.text == "branch") {
    if (select.text == "id") return resolved(select, Op::branch_id, Kind::string);
    return attribute(select, Op::branch_attribute, vocabulary_.branch_attributes);
  }
  if (root.text == "event") {
    if (names_.has_event) return attribute(select, Op::event_attribute, vocabulary_.attributes);
    return error_at(kNameNotHere, select.at,
                    "expected `ticket` or `branch`, but `event` can be read only in clock.on, of "
                    "what a source sends",
                    "ticket." + select.text + " holds the value merged from all events so far");
  }
  if (root.text == "day") return resolve_day(select);
  return unknown(root, root.text);
}

model::Result<Kind> CheckerNames::resolve_day(Tree& select) const {
  if (!names_.has_day) {
    return error_at(kNameNotHere, select.at,
                    "expected `ticket` or `branch`, but `day` can be read in target.within only",
                    "write the limits of days as target: {within: [{when: day.class == \"payday\", "
                    "within: 30m}, {within: 15m}]}");
  }
  if (select.text == "class") return resolved(select, Op::day_class, Kind::string);
  if (select.text == "weekday") return resolved(select, Op::day_weekday, Kind::integer);
  static constexpr std::string_view kDay[] = {"class", "weekday"};
  return error_at(kUnknownName, select.at,
                  "expected a field of `day`, but `" + select.text + "` is none",
                  suggest(select.text, kDay));
}

model::Result<Kind> CheckerNames::attribute(
    Tree& select, Op op,
    const std::map<std::string, model::AttributeSpec, std::less<>>& known) const {
  const auto found = known.find(select.text);
  if (found == known.end()) {
    std::vector<std::string_view> names;
    names.reserve(known.size());
    for (const auto& [name, spec] : known) names.push_back(name);
    return error_at(kUnknownName, select.at,
                    "expected an attribute of the vocabulary `" + vocabulary_.name + "`, but `" +
                        select.children[0]->text + "." + select.text + "` is none",
                    suggest(select.text, names));
  }
  select.attribute = found->second.type;
  return resolved(select, op, kind_of(found->second.type));
}

model::Error CheckerNames::refuse(const Tree& name) const {
  static constexpr std::pair<std::string_view, std::string_view> kRoots[] = {
      {"ticket", "ticket.service"},
      {"branch", "branch.id"},
      {"event", "event.to_service"},
      {"day", "day.class"}};
  for (const auto& [root, example] : kRoots) {
    if (name.text != root) continue;
    return error_at(kConditionType, name.at,
                    "expected a value, but `" + name.text + "` alone is none",
                    "name what of it is meant, as in " + std::string(example));
  }
  return unknown(name, name.text);
}

model::Error CheckerNames::unknown(const Tree& at, const std::string& name) const {
  std::vector<std::string_view> known = {"ticket", "branch"};
  if (names_.has_event) known.push_back("event");
  if (names_.has_day) known.push_back("day");
  std::string hint = suggest(name, known);
  if (vocabulary_.attributes.contains(name)) hint = "did you mean `ticket." + name + "`?";
  return error_at(kUnknownName, at.at, "expected a known name, but `" + name + "` is none",
                  std::move(hint));
}

model::Error CheckerNames::refuse_function(const Tree& call) const {
  static constexpr std::array<std::string_view, 4> kLeftOut = {"uint", "bytes", "type", "dyn"};
  if (std::find(kLeftOut.begin(), kLeftOut.end(), call.text) != kLeftOut.end()) {
    return error_at(kConditionUnsupported, call.at,
                    "the function `" + call.text + "` is not supported",
                    "leave it out; int(…), double(…) and string(…) convert");
  }
  static constexpr std::string_view kMacros[] = {"has",        "all", "exists",
                                                 "exists_one", "map", "filter"};
  std::vector<std::string_view> known(std::begin(kMacros), std::end(kMacros));
  for (const Function& function : functions()) known.push_back(function.name);
  if (std::find(known.begin(), known.end(), call.text) != known.end()) {
    return error_at(kConditionType, call.at,
                    "expected another number of values in " + call.text + "(…), or another form",
                    "write it as x." + call.text + "(…) or " + call.text + "(x), as it is defined");
  }
  return error_at(kUnknownName, call.at,
                  "expected a known function, but `" + call.text + "` is none",
                  suggest(call.text, known));
}

std::optional<model::Error> check_constants(const Tree& call, const Function& function,
                                            const ZoneFinder& find_zone) {
  if (function.kind == FunctionKind::matches) return check_pattern(call);
  if (function.kind == FunctionKind::time_field) return check_zone(call, find_zone);
  const Tree* text = written_text(call, 0);
  if (function.kind != FunctionKind::conversion || text == nullptr) return std::nullopt;
  Arena arena;
  if (!convert(function.target, text->constant, arena, 0).is_error()) return std::nullopt;
  return bad_conversion(call, *text, function);
}

}  // namespace lupaus::rules::language::cel
