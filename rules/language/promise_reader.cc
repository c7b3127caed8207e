// Reads `kind: Promise`: everything of it but the clock, the target and the money.
#include <algorithm>

#include "rules/language/cel/condition.h"
#include "rules/language/promise_draft.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

void read_effective(PromiseDraft& draft, const Node& node) {
  draft.promise().effective_span = draft.context.span(node);
  MapReader map(draft.context, node, kEffectiveKeys);
  model::Promise& promise = draft.promise();
  if (const Node* from = map.find("from")) {
    promise.from = read_date(draft.context, *from, "effective.from");
  }
  const Node* until = map.find("until");
  if (until != nullptr) promise.until = read_date(draft.context, *until, "effective.until");
  map.refuse_others();
  if (promise.from && promise.until && *promise.until < *promise.from) {
    draft.context.error(kEmptyPeriod, *until,
                        "expected an end on or after " + model::format_local_date(*promise.from) +
                            ", but " + show(*until),
                        "both days belong to the period");
  }
}

void read_warn(PromiseDraft& draft, const Node& node) {
  if (node.kind != Node::Kind::sequence) {
    draft.context.error(kWrongShape, node, "expected a list of warnings, but " + show(node),
                        "write it as [{left: 5m}]");
    return;
  }
  draft.warn = &node;
  std::vector<model::Duration>& warn = draft.promise().warn;
  for (const Node& item : node.children) {
    MapReader map(draft.context, item, kWarningKeys);
    if (const Node* left = map.find("left")) {
      const auto length = read_duration(draft.context, *left, "left");
      if (length && std::find(warn.begin(), warn.end(), *length) != warn.end()) {
        draft.context.error(kNameTwice, *left,
                            "expected each warning once, but " + show(*left) + " comes again",
                            "leave one of them out");
      } else if (length) {
        warn.push_back(*length);
      }
    }
    map.refuse_others();
  }
  std::sort(warn.rbegin(), warn.rend());
}

void read_excuse(PromiseDraft& draft, const Node& node) {
  MapReader map(draft.context, node, kExcuseKeys);
  std::vector<model::Excuse>& others = draft.promise().excuses;
  model::Excuse excuse;
  excuse.span = draft.context.span(node);
  if (const Node* id = map.find("id")) {
    excuse.id = read_name(draft.context, *id, "an excuse's id").value_or("");
    const bool is_again = std::any_of(
        others.begin(), others.end(),
        [&](const model::Excuse& other) { return !excuse.id.empty() && other.id == excuse.id; });
    if (is_again) {
      draft.context.error(kNameTwice, *id,
                          "expected each excuse once, but " + show(*id) + " comes again",
                          "give each its own id, or join them with ||");
    }
  }
  const Node* when = map.find("when");
  const Node* approvers = map.find("approvers");
  if (when != nullptr) excuse.when = draft.condition(*when);
  if (approvers != nullptr) {
    excuse.approvers = read_count(draft.context, *approvers, "approvers").value_or(0);
  }
  if (const Node* share = map.find("max_share")) {
    excuse.max_share_ppm = read_percent(draft.context, *share, "max_share");
  }
  if (const Node* wording = map.find("wording")) draft.wording(*wording, excuse.wording);
  map.refuse_others();
  if (map.is_map() && when == nullptr && approvers == nullptr) {
    draft.context.error(kMissingKey, node, "an excuse needs the key `when` or `approvers`",
                        "`when` excuses by a condition, `approvers` by hand");
  }
  if (map.is_map()) others.push_back(std::move(excuse));
}

void read_suspension(PromiseDraft& draft, const Node& node) {
  MapReader map(draft.context, node, kSuspensionKeys);
  model::Suspension suspension;
  suspension.span = draft.context.span(node);
  const Node* first = map.find("from");
  const Node* last = map.find("until");
  const auto from = first != nullptr ? read_date(draft.context, *first, "from") : std::nullopt;
  const auto until = last != nullptr ? read_date(draft.context, *last, "until") : std::nullopt;
  if (from && until && *until < *from) {
    draft.context.error(kEmptyPeriod, *last,
                        "expected an end on or after the beginning, but " + show(*last),
                        "write its last day, not before " + model::format_local_date(*from));
  }
  if (const Node* when = map.find("when")) suspension.when = draft.condition(*when);
  if (const Node* reason = map.find("reason")) {
    suspension.reason = read_text(draft.context, *reason, "reason").value_or("");
  }
  map.refuse_others();
  if (!from || !until) return;
  suspension.from = *from;
  suspension.until = *until;
  draft.promise().suspensions.push_back(std::move(suspension));
}

void read_exemptions(PromiseDraft& draft, const Node* excuses, const Node* suspensions) {
  if (excuses != nullptr && excuses->kind != Node::Kind::sequence) {
    draft.context.error(kWrongShape, *excuses, "expected a list of excuses, but " + show(*excuses),
                        "write it as [{id: alarm, when: branch.alarm}]");
  } else if (excuses != nullptr) {
    for (const Node& item : excuses->children) read_excuse(draft, item);
  }
  if (suspensions == nullptr) return;
  if (suspensions->kind != Node::Kind::sequence) {
    draft.context.error(kWrongShape, *suspensions,
                        "expected a list of suspensions, but " + show(*suspensions),
                        "write it as [{from: 2026-03-01, until: 2026-03-31, reason: Rebuilding}]");
    return;
  }
  for (const Node& item : suspensions->children) read_suspension(draft, item);
}

void read_texts(PromiseDraft& draft, MapReader& map) {
  model::Promise& promise = draft.promise();
  if (const Node* problem = map.find("problem")) {
    promise.problem = read_text(draft.context, *problem, "problem").value_or("");
  }
  if (const Node* effective = map.find("effective")) read_effective(draft, *effective);
  if (const Node* wording = map.find("wording")) draft.wording(*wording, promise.wording);
  if (const Node* applies = map.find("applies")) {
    promise.applies_span = draft.context.span(*applies);
    promise.applies = draft.condition(*applies);
  }
}

const model::Vocabulary& choose_vocabulary(const Context& context, const Node* spec,
                                           const std::vector<model::Vocabulary>& known) {
  const Node* node = spec != nullptr ? spec->find("vocabulary") : nullptr;
  const model::Vocabulary* queue = nullptr;
  std::vector<std::string_view> names;
  for (const model::Vocabulary& vocabulary : known) {
    names.push_back(vocabulary.name);
    if (vocabulary.name == "queue") queue = &vocabulary;
    if (node != nullptr && node->kind == Node::Kind::scalar && node->text == vocabulary.name) {
      return vocabulary;
    }
  }
  if (node != nullptr) {
    context.error(kUnknownVocabulary, *node,
                  "expected a vocabulary of the book, but " + show(*node) + " is none",
                  suggest(node->text, names));
  }
  model::ensure(queue != nullptr, "the queue vocabulary is always there");
  return *queue;
}

}  // namespace

void PromiseDraft::unsupported_live(std::string what, const Node& node) const {
  read.promise.unsupported.push_back({std::move(what), context.span(node), true});
}

model::ConditionPtr PromiseDraft::condition(const Node& node, CelNames names) const {
  if (!read_text(context, node, "a condition")) return nullptr;
  model::Span where = context.span(node);
  if (node.is_quoted && node.text.find('\n') == std::string::npos) ++where.column;
  auto compiled = compile_cel(node.text, where, vocabulary, names, context.find_zone);
  if (compiled) return *compiled;
  context.diagnostics.add(compiled.error());
  return nullptr;
}

std::optional<model::Money> PromiseDraft::money(const Node& node, std::string_view noun) {
  const auto sum = read_money(context, node, noun);
  if (!sum) return std::nullopt;
  if (!currency) {
    currency = sum->currency;
    currency_span = context.span(node);
  } else if (*currency != sum->currency) {
    context.error(
        kMixedCurrency, node,
        "expected one currency in a promise, but " + show(node) + " follows " +
            std::string(currency->text()) + " of line " + std::to_string(currency_span.line),
        "write all sums of a promise in one currency, and another promise for another one");
    return std::nullopt;
  }
  return sum;
}

std::optional<model::Amount> PromiseDraft::amount(const Node& node, std::string_view noun) {
  if (node.kind == Node::Kind::scalar && !is_share(node.text) &&
      node.text.find('%') != std::string::npos) {
    context.error(kBadNumber, node,
                  std::string(noun) + ": expected a share of an attribute, but " + show(node),
                  "write the percentage without a space, and `of`: 25% of ticket.fare");
    return std::nullopt;
  }
  if (node.kind != Node::Kind::scalar || !is_share(node.text)) {
    const auto sum = money(node, noun);
    return sum ? std::optional<model::Amount>(*sum) : std::nullopt;
  }
  const auto share = read_share(context, node, noun);
  if (!share || !is_attribute(node, share->attribute, model::AttributeType::money)) {
    return std::nullopt;
  }
  model::Share made = *share;
  made.attribute = share->attribute.substr(std::string_view("ticket.").size());
  return made;
}

bool PromiseDraft::is_attribute(const Node& node, std::string_view text,
                                model::AttributeType type) const {
  const std::string_view wanted = type == model::AttributeType::money ? "money" : "time";
  if (!text.starts_with("ticket.")) {
    context.error(kBadReference, node,
                  "expected an attribute such as `ticket." +
                      std::string(type == model::AttributeType::money ? "fare" : "target_at") +
                      "`, but `" + std::string(text) + "`",
                  "write it after `ticket.`");
    return false;
  }
  const std::string_view name = text.substr(7);
  const auto found = vocabulary.attributes.find(name);
  if (found != vocabulary.attributes.end() && found->second.type == type) return true;
  std::vector<std::string_view> names;
  for (const auto& [attribute, spec] : vocabulary.attributes) {
    if (spec.type == type) names.push_back(attribute);
  }
  context.error(kBadReference, node,
                "expected an attribute of type " + std::string(wanted) + ", but `" +
                    std::string(text) + "` is " +
                    (found == vocabulary.attributes.end() ? "unknown" : "of another type"),
                suggest(name, names));
  return false;
}

void PromiseDraft::wording(const Node& node, std::map<std::string, std::string>& texts) const {
  const MapReader map(context, node, "wording");
  if (!map.is_map()) return;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const std::string& language = node.keys[i].text;
    const bool is_code =
        (language.size() == 2 || language.size() == 3) &&
        std::all_of(language.begin(), language.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (!is_code) {
      context.error(kNoWording, node.keys[i], "expected a language, but " + show(node.keys[i]),
                    "write its code of two or three letters: fi, sv, en");
    }
    if (const auto text = read_text(context, node.children[i], "wording")) texts[language] = *text;
  }
  if (node.keys.empty()) {
    context.error(kNoWording, node, "wording needs a text in at least one language",
                  "write it as {en: Served within 15 minutes.}");
  }
}

ReadPromise read_promise(const Context& context, const Document& document,
                         const std::vector<model::Vocabulary>& vocabularies) {
  ReadPromise read;
  model::Promise& promise = read.promise;
  promise.name = document.metadata.name;
  promise.owner = document.metadata.owner;
  promise.labels = document.metadata.labels;
  promise.span = document.metadata.span;
  if (document.spec == nullptr) return read;
  const auto& vocabulary = choose_vocabulary(context, document.spec, vocabularies);
  promise.vocabulary = vocabulary.name;
  PromiseDraft draft{context, vocabulary, read, nullptr, {}, false, false, {}, {}};
  MapReader map(context, *document.spec, kPromiseKeys);
  map.find("vocabulary");
  read_texts(draft, map);
  if (const Node* clock = map.find("clock")) read_clock(draft, *clock);
  if (const Node* target = map.find("target")) read_target(draft, *target);
  if (const Node* warn = map.find("warn")) read_warn(draft, *warn);
  if (const Node* compensation = map.find("compensation")) read_compensation(draft, *compensation);
  read_exemptions(draft, map.find("excuses"), map.find("suspensions"));
  map.refuse_others();
  check_promise(draft);
  return read;
}

}  // namespace lupaus::rules::language
