#include "rules/language/cel_checker.h"

#include <re2/re2.h>

#include <map>
#include <optional>
#include <utility>

#include "rules/language/cel_lexer.h"
#include "rules/language/codes.h"
#include "rules/language/suggestion.h"
#include "rules/model/instant.h"

namespace lupaus::rules::language {
namespace {

using Kind = CelExpression::Kind;
using Attributes = std::map<std::string, model::AttributeSpec, std::less<>>;

CelType type_of(model::AttributeType type) {
  switch (type) {
    case model::AttributeType::string:
      return CelType::string;
    case model::AttributeType::boolean:
      return CelType::boolean;
    case model::AttributeType::integer:
      return CelType::integer;
    case model::AttributeType::money:
      return CelType::money;
    case model::AttributeType::time:
      return CelType::time;
    case model::AttributeType::duration:
      return CelType::duration;
  }
  return CelType::string;
}

std::string a(CelType type) {
  return (type == CelType::integer ? "an " : "a ") + std::string(format_cel_type(type));
}

class CelChecker {
 public:
  CelChecker(const model::Vocabulary& vocabulary, CelNames names)
      : vocabulary_(vocabulary), names_(names) {}

  model::Result<void> run(CelExpression& tree) {
    check(tree);
    if (!failure_ && tree.type != CelType::boolean) {
      fail(kConditionType, tree,
           "expected a condition that is true or false, but this is " + a(tree.type));
    }
    if (failure_) return *failure_;
    return {};
  }

 private:
  void fail(std::string_view code, const CelExpression& tree, std::string message,
            std::string hint = "") {
    if (!failure_) failure_ = cel_error(code, tree.at, std::move(message), std::move(hint));
  }
  void need(const CelExpression& tree, CelType type) {
    if (tree.type == type) return;
    fail(kConditionType, tree, "expected " + a(type) + " here, but this is " + a(tree.type));
  }

  void check(CelExpression& tree) {
    if (failure_) return;
    if (tree.kind == Kind::constant) return;
    if (tree.kind == Kind::name) return check_name(tree);
    if (tree.kind == Kind::select) return check_select(tree);
    if (tree.kind == Kind::call) return check_call(tree);
    for (CelPtr& child : tree.children) check(*child);
    if (failure_) return;
    switch (tree.kind) {
      case Kind::logical_and:
      case Kind::logical_or:
      case Kind::logical_not:
        for (const CelPtr& child : tree.children) need(*child, CelType::boolean);
        tree.type = CelType::boolean;
        return;
      case Kind::conditional:
        return check_conditional(tree);
      case Kind::list:
        return check_list(tree);
      case Kind::in:
        return check_in(tree);
      default:
        return check_comparison(tree);
    }
  }
  void check_conditional(CelExpression& tree) {
    need(*tree.children[0], CelType::boolean);
    if (tree.children[1]->type != tree.children[2]->type) {
      fail(kConditionType, *tree.children[2],
           "expected both sides of `:` to be of one type, but they are " +
               a(tree.children[1]->type) + " and " + a(tree.children[2]->type));
    }
    if (tree.children[1]->type == CelType::list) refuse_list(*tree.children[1]);
    tree.type = tree.children[1]->type;
  }
  void refuse_list(const CelExpression& tree) {
    fail(kConditionUnsupported, tree, "a list anywhere but after `in` is not supported yet");
  }
  void check_list(CelExpression& tree) {
    tree.type = CelType::list;
    tree.is_constant_list = true;
    for (const CelPtr& child : tree.children) {
      if (child->type == CelType::list) refuse_list(*child);
      if (child->type != tree.children[0]->type) {
        fail(kConditionType, *child,
             "expected the values of a list to be of one type, but " + a(child->type) +
                 " follows " + a(tree.children[0]->type));
      }
      tree.is_constant_list = tree.is_constant_list && child->kind == Kind::constant;
    }
  }
  void check_in(CelExpression& tree) {
    const CelExpression& list = *tree.children[1];
    tree.type = CelType::boolean;
    if (list.type != CelType::list) {
      return fail(kConditionType, list, "expected a list after `in`, but this is " + a(list.type),
                  "write it as in [\"cash\", \"loan\"]");
    }
    if (tree.children[0]->type == CelType::list) return refuse_list(*tree.children[0]);
    if (!list.children.empty() && list.children[0]->type != tree.children[0]->type) {
      fail(kConditionType, *list.children[0],
           "expected a list of " + std::string(format_cel_type(tree.children[0]->type)) +
               ", as before `in`, but its values are " +
               std::string(format_cel_type(list.children[0]->type)));
    }
  }
  void check_comparison(CelExpression& tree) {
    const CelType left = tree.children[0]->type;
    const CelType right = tree.children[1]->type;
    tree.type = CelType::boolean;
    if (left == CelType::list) return refuse_list(*tree.children[0]);
    if (right == CelType::list) return refuse_list(*tree.children[1]);
    if (left == right) return;
    std::string hint;
    if (right == CelType::string && left == CelType::integer)
      hint = "write the number without quotes";
    if (right == CelType::string && left == CelType::boolean)
      hint = "write true or false without quotes";
    if (right == CelType::string && left == CelType::duration) hint = "write duration(\"15m\")";
    if (right == CelType::string && left == CelType::time) {
      hint = "write timestamp(\"2026-01-05T09:00:00+02:00\")";
    }
    fail(kConditionType, *tree.children[1],
         "expected " + a(left) + ", as on the left, but this is " + a(right), std::move(hint));
  }

  void check_name(CelExpression& tree) {
    if (tree.text == "ticket" || tree.text == "branch" || tree.text == "event" ||
        tree.text == "day") {
      return fail(kConditionType, tree, "expected a value, but `" + tree.text + "` alone is none",
                  "name what of it is meant, as in " +
                      std::string(tree.text == "day"
                                      ? "day.class"
                                      : (tree.text == "branch" ? "branch.id" : "ticket.service")));
    }
    unknown_name(tree, tree.text);
  }
  void unknown_name(const CelExpression& tree, const std::string& name) {
    std::vector<std::string_view> known = {"ticket", "branch"};
    if (names_.has_event) known.push_back("event");
    if (names_.has_day) known.push_back("day");
    std::string hint = suggest(name, known);
    if (vocabulary_.attributes.contains(name)) hint = "did you mean `ticket." + name + "`?";
    fail(kUnknownName, tree, "expected a known name, but `" + name + "` is none", std::move(hint));
  }
  void check_select(CelExpression& tree) {
    CelExpression& root = *tree.children[0];
    if (root.kind != Kind::name) {
      check(root);
      return fail(
          kConditionType, tree,
          "expected an attribute, but " + a(root.type) + " has no field `" + tree.text + "`");
    }
    if (root.text == "ticket")
      return attribute(tree, Kind::ticket_attribute, vocabulary_.attributes);
    if (root.text == "branch" && tree.text == "id")
      return special(tree, Kind::branch_id, CelType::string);
    if (root.text == "branch") {
      return attribute(tree, Kind::branch_attribute, vocabulary_.branch_attributes);
    }
    if (root.text == "event") {
      if (names_.has_event) return attribute(tree, Kind::event_attribute, vocabulary_.attributes);
      return fail(kNameNotHere, tree,
                  "expected `ticket` or `branch`, but `event` can be read in clock.on only",
                  "ticket." + tree.text + " holds the value merged from all events so far");
    }
    if (root.text == "day") {
      if (!names_.has_day) {
        return fail(kNameNotHere, tree,
                    "expected `ticket` or `branch`, but `day` can be read in target.within only");
      }
      if (tree.text == "class") return special(tree, Kind::day_class, CelType::string);
      if (tree.text == "weekday") return special(tree, Kind::day_weekday, CelType::integer);
      static constexpr std::string_view kDay[] = {"class", "weekday"};
      return fail(kUnknownName, tree, "expected a field of `day`, but `" + tree.text + "` is none",
                  suggest(tree.text, kDay));
    }
    unknown_name(root, root.text);
  }
  void special(CelExpression& tree, Kind kind, CelType type) {
    tree.kind = kind;
    tree.type = type;
    tree.children.clear();
  }
  void attribute(CelExpression& tree, Kind kind, const Attributes& known) {
    const auto found = known.find(tree.text);
    if (found == known.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, spec] : known) names.push_back(name);
      return fail(kUnknownName, tree,
                  "expected an attribute of the vocabulary `" + vocabulary_.name + "`, but `" +
                      tree.children[0]->text + "." + tree.text + "` is none",
                  suggest(tree.text, names));
    }
    tree.attribute = found->second.type;
    special(tree, kind, type_of(found->second.type));
  }

  void check_call(CelExpression& tree) {
    if (!tree.is_member && tree.text == "has") return check_has(tree);
    static constexpr std::string_view kMacros[] = {"all", "exists", "exists_one", "map", "filter"};
    for (std::string_view macro : kMacros) {
      if (tree.text == macro) return refuse_call(tree);
    }
    for (CelPtr& child : tree.children) check(*child);
    if (failure_) return;
    const size_t count = tree.children.size();
    if (!tree.is_member && (tree.text == "duration" || tree.text == "timestamp")) {
      return check_conversion(tree);
    }
    if (tree.text == "size" && count == 1) {
      if (tree.children[0]->type == CelType::list) return refuse_list(*tree.children[0]);
      need(*tree.children[0], CelType::string);
      tree.kind = Kind::size;
      tree.type = CelType::integer;
      return;
    }
    static constexpr std::pair<std::string_view, Kind> kStrings[] = {
        {"startsWith", Kind::starts_with},
        {"endsWith", Kind::ends_with},
        {"contains", Kind::contains},
        {"matches", Kind::matches}};
    for (const auto& [name, kind] : kStrings) {
      if (tree.text != name || (!tree.is_member && kind != Kind::matches)) continue;
      if (count != 2) {
        return fail(kConditionType, tree, "expected one value in " + tree.text + "(…)");
      }
      need(*tree.children[0], CelType::string);
      need(*tree.children[1], CelType::string);
      tree.kind = kind;
      tree.type = CelType::boolean;
      if (kind == Kind::matches) compile_pattern(tree);
      return;
    }
    refuse_call(tree);
  }
  void refuse_call(const CelExpression& tree) {
    static constexpr std::string_view kLater[] = {
        "all",           "exists",       "exists_one",
        "map",           "filter",       "int",
        "uint",          "double",       "string",
        "bool",          "bytes",        "type",
        "dyn",           "size",         "getDate",
        "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
        "getFullYear",   "getHours",     "getMilliseconds",
        "getMinutes",    "getMonth",     "getSeconds"};
    for (std::string_view later : kLater) {
      if (tree.text == later) {
        return fail(kConditionUnsupported, tree,
                    "the function `" + tree.text + "` is not supported yet");
      }
    }
    static constexpr std::string_view kKnown[] = {"has",      "size",    "startsWith", "endsWith",
                                                  "contains", "matches", "duration",   "timestamp"};
    fail(kUnknownName, tree, "expected a known function, but `" + tree.text + "` is none",
         suggest(tree.text, kKnown));
  }
  void check_has(CelExpression& tree) {
    if (tree.children.size() != 1 || tree.children[0]->kind != Kind::select) {
      return fail(kConditionType, tree, "expected an attribute in has(…)",
                  "write has(ticket.service)");
    }
    check(*tree.children[0]);
    tree.kind = Kind::has;
    tree.type = CelType::boolean;
  }
  /// duration("15m") and timestamp("…") of a written-out text become constants.
  void check_conversion(CelExpression& tree) {
    if (tree.children.size() != 1 || tree.children[0]->kind != Kind::constant ||
        tree.children[0]->type != CelType::string) {
      return fail(kConditionUnsupported, tree,
                  tree.text + "(…) of anything but a written text is not supported yet",
                  "compare the attribute itself; the vocabulary says its type");
    }
    const std::string text = tree.children[0]->text;
    const bool is_duration = tree.text == "duration";
    int64_t value = 0;
    if (is_duration) {
      const auto parsed = model::parse_duration(text);
      if (!parsed) return fail(kConditionType, tree, parsed.error().message, parsed.error().hint);
      value = parsed->count();
    } else {
      const auto parsed = model::parse_instant(text);
      if (!parsed) return fail(kConditionType, tree, parsed.error().message, parsed.error().hint);
      value = model::to_unix_ms(*parsed);
    }
    special(tree, Kind::constant, is_duration ? CelType::duration : CelType::time);
    tree.constant =
        CelValue::number(is_duration ? CelValue::Kind::duration : CelValue::Kind::time, value);
  }
  void compile_pattern(CelExpression& tree) {
    const CelExpression& text = *tree.children[1];
    if (text.kind != Kind::constant) {
      return fail(kConditionUnsupported, text,
                  "a pattern that is not written out is not supported yet");
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    auto pattern = std::make_shared<const re2::RE2>(text.text, options);
    if (!pattern->ok()) {
      return fail(kConditionType, text, "expected a regular expression, but " + pattern->error());
    }
    tree.pattern = std::move(pattern);
  }

  const model::Vocabulary& vocabulary_;
  const CelNames names_;
  std::optional<model::Error> failure_;
};

}  // namespace

model::Result<void> check_cel(CelExpression& tree, const model::Vocabulary& vocabulary,
                              CelNames names) {
  return CelChecker(vocabulary, names).run(tree);
}

}  // namespace lupaus::rules::language
