// Reads `kind: Vocabulary`, and holds the one that is built in.
#include <algorithm>

#include "rules/language/compile.h"
#include "rules/language/document.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

using Attributes = std::map<std::string, model::AttributeSpec, std::less<>>;

std::vector<std::string> read_events(const Context& context, const Node& node,
                                     std::string_view what) {
  std::vector<std::string> events;
  if (node.kind != Node::Kind::sequence) {
    context.error(kWrongShape, node, "expected a list of event types, but " + show(node),
                  "write it as [issued, answered, expired]");
    return events;
  }
  for (const Node& item : node.children) {
    const auto name = read_name(context, item, what);
    if (!name) continue;
    if (*name == "heartbeat") {
      context.error(kBadVocabulary, item,
                    "expected an event type, but `heartbeat` is the source's own",
                    "leave it out: every source may send it");
    } else if (std::find(events.begin(), events.end(), *name) != events.end()) {
      context.error(kNameTwice, item,
                    "expected each event once, but " + show(item) + " comes again",
                    "leave one of them out");
    } else {
      events.push_back(*name);
    }
  }
  return events;
}

std::optional<model::AttributeSpec> read_attribute(const Context& context, const Node& node) {
  model::AttributeSpec spec;
  const Node* type = &node;
  if (node.kind == Node::Kind::map) {
    MapReader map(context, node, kAttributeKeys);
    type = map.find("type");
    if (const Node* personal = map.find("personal")) {
      spec.is_personal = read_flag(context, *personal, "personal").value_or(false);
    }
    map.refuse_others();
  }
  if (type == nullptr) return std::nullopt;
  const auto words = words_of(kAttributeKeys, "type");
  const auto word = read_word(context, *type, "an attribute's type", words);
  if (!word) return std::nullopt;
  // The table has the types in the order of the enumeration.
  spec.type = static_cast<model::AttributeType>(std::find(words.begin(), words.end(), *word) -
                                                words.begin());
  return spec;
}

void read_attributes(const Context& context, const Node& node, std::string_view what,
                     Attributes& attributes) {
  const MapReader map(context, node, what);
  if (!map.is_map()) return;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Node& key = node.keys[i];
    const bool is_word = !key.text.empty() && !(key.text[0] >= '0' && key.text[0] <= '9') &&
                         std::all_of(key.text.begin(), key.text.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || c == '_';
                         });
    if (!is_word) {
      context.error(kBadName, key, "expected an attribute's name, but " + show(key),
                    "use letters, digits and `_`, so that conditions can read it");
      continue;
    }
    if (const auto spec = read_attribute(context, node.children[i])) attributes[key.text] = *spec;
  }
}

model::Vocabulary make_queue() {
  using enum model::AttributeType;
  model::Vocabulary queue;
  queue.name = "queue";
  queue.events = {"issued",        "called",      "recalled", "service_started",
                  "service_ended", "transferred", "parked",   "unparked",
                  "away",          "back",        "no_show",  "left",
                  "cancelled",     "expired"};
  queue.branch_events = {"branch_closed", "branch_opened"};
  queue.attributes = {{"service", {}},
                      {"to_service", {}},
                      {"segment", {}},
                      {"channel", {}},
                      {"language", {}},
                      {"counter", {}},
                      {"staff", {string, true}},
                      {"partner", {}},
                      {"customer", {string, true}},
                      {"priority", {integer, false}},
                      {"party_size", {integer, false}},
                      {"fare", {money, false}},
                      {"appointment_at", {time, false}},
                      {"target_at", {time, false}}};
  queue.branch_attributes = {{"region", {}}, {"alarm", {boolean, false}}};
  return queue;
}

}  // namespace

const model::Vocabulary& queue_vocabulary() {
  static const model::Vocabulary kQueue = make_queue();
  return kQueue;
}

model::Vocabulary read_vocabulary(const Context& context, const Document& document) {
  model::Vocabulary vocabulary;
  vocabulary.name = document.metadata.name;
  if (document.spec == nullptr) return vocabulary;
  MapReader map(context, *document.spec, kVocabularyKeys);
  if (const Node* events = map.find("events")) {
    vocabulary.events = read_events(context, *events, "events");
    if (std::find(vocabulary.events.begin(), vocabulary.events.end(), "expired") ==
        vocabulary.events.end()) {
      context.error(kBadVocabulary, *events,
                    "expected `expired` among the events, but it is missing",
                    "add expired, so that clock.on says what becomes of a forgotten ticket");
    }
  }
  if (const Node* events = map.find("branch_events")) {
    vocabulary.branch_events = read_events(context, *events, "branch_events");
    for (const Node& item : events->children) {
      if (std::find(vocabulary.events.begin(), vocabulary.events.end(), item.text) !=
          vocabulary.events.end()) {
        context.error(kNameTwice, item,
                      "expected a branch event, but " + show(item) + " is a ticket event already",
                      "leave it out of one of the two lists");
      }
    }
  }
  if (const Node* attributes = map.find("attributes")) {
    read_attributes(context, *attributes, "spec.attributes", vocabulary.attributes);
  }
  if (const Node* attributes = map.find("branch_attributes")) {
    read_attributes(context, *attributes, "spec.branch_attributes", vocabulary.branch_attributes);
    if (vocabulary.branch_attributes.contains("id")) {
      context.error(kBadVocabulary, *attributes,
                    "expected another name than `id`: branch.id is the branch's name",
                    "rename the attribute, or read branch.id");
    }
  }
  map.refuse_others();
  // R52: the built-in one may be written out, as documentation; it may not be changed.
  if (vocabulary.name == "queue" && vocabulary != queue_vocabulary()) {
    context.diagnostics.error(kBadVocabulary, document.metadata.span,
                              "expected a name of its own, but `queue` is the built-in vocabulary "
                              "and this one differs from it",
                              "give it another name and set spec.vocabulary in its promises");
  }
  return vocabulary;
}

}  // namespace lupaus::rules::language
