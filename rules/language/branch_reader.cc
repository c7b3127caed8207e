// Reads `kind: Branch`: its zone, its hours, its attributes and the sources that may report for it.
#include <algorithm>

#include "rules/language/document.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

void read_attributes(const Context& context, const Node& node, model::BranchSpec& branch) {
  const MapReader map(context, node, "spec.attributes");
  if (!map.is_map()) return;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    if (const auto text = read_text(context, node.children[i], "an attribute")) {
      branch.attributes.emplace_back(node.keys[i].text, *text);
    }
  }
  std::sort(branch.attributes.begin(), branch.attributes.end());
}

void read_source(const Context& context, const Node& node, model::BranchSpec& branch) {
  MapReader map(context, node, kSourceKeys);
  model::DeclaredSource source;
  const Node* id = map.find("id");
  if (id != nullptr) source.id = read_name(context, *id, "a source's id", true).value_or("");
  if (const Node* reports = map.find("reports")) {
    if (reports->kind != Node::Kind::sequence) {
      context.error(kWrongShape, *reports, "expected a list of event types, but " + show(*reports),
                    "leave `reports` out when the source may report everything");
    } else {
      for (const Node& item : reports->children) {
        if (auto type = read_name(context, item, "reports")) source.reports.push_back(*type);
      }
    }
  }
  map.refuse_others();
  if (source.id.empty()) return;
  for (const model::DeclaredSource& other : branch.sources) {
    if (other.id != source.id) continue;
    context.error(kNameTwice, *id, "expected each source once, but " + show(*id) + " comes again",
                  "leave one of them out, or give each its own id");
    return;
  }
  branch.sources.push_back(std::move(source));
}

}  // namespace

model::BranchSpec read_branch(const Context& context, const Document& document) {
  model::BranchSpec branch;
  branch.name = document.metadata.name;
  branch.span = document.metadata.span;
  if (document.spec == nullptr) return branch;
  MapReader map(context, *document.spec, kBranchKeys);
  if (const Node* zone = map.find("timezone")) {
    branch.timezone = read_text(context, *zone, "timezone").value_or("");
  }
  if (const Node* hours = map.find("hours")) {
    branch.hours = read_name(context, *hours, "hours").value_or("");
  }
  if (const Node* attributes = map.find("attributes"))
    read_attributes(context, *attributes, branch);
  if (const Node* sources = map.find("sources")) {
    if (sources->kind != Node::Kind::sequence) {
      context.error(kWrongShape, *sources, "expected a list of sources, but " + show(*sources),
                    "write it as [{id: kiosk-1}]");
    } else {
      for (const Node& item : sources->children) read_source(context, item, branch);
    }
  }
  map.refuse_others();
  return branch;
}

}  // namespace lupaus::rules::language
