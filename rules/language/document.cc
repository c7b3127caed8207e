#include "rules/language/document.h"

#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

constexpr std::array<std::string_view, 5> kKinds = {"Promise", "Calendar", "Branch", "Vocabulary",
                                                    "PromiseTest"};
constexpr std::string_view kVersion = "lupaus/v1";

void read_labels(const Context& context, const Node& node, Metadata& metadata) {
  const MapReader map(context, node, "metadata.labels");
  if (!map.is_map()) return;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    if (const auto text = read_text(context, node.children[i], "a label")) {
      metadata.labels[node.keys[i].text] = *text;
    }
  }
}

Metadata read_metadata(const Context& context, const Node& node) {
  Metadata metadata;
  metadata.span = context.span(node);
  MapReader map(context, node, "metadata");
  if (const Node* name = map.require("name")) {
    metadata.span = context.span(*name);
    metadata.name = read_name(context, *name, "metadata.name").value_or("");
  }
  if (const Node* owner = map.find("owner")) {
    metadata.owner = read_text(context, *owner, "metadata.owner").value_or("");
  }
  if (const Node* labels = map.find("labels")) read_labels(context, *labels, metadata);
  map.refuse_others();
  return metadata;
}

}  // namespace

std::optional<Document> read_envelope(const Context& context, const Node& root) {
  MapReader map(context, root, "a document");
  if (!map.is_map()) return std::nullopt;
  const Node* version = map.require("apiVersion");
  if (version != nullptr && (version->kind != Node::Kind::scalar || version->text != kVersion)) {
    context.error(kUnknownKind, *version, "expected apiVersion `lupaus/v1`, but " + show(*version));
  }
  const Node* kind = map.require("kind");
  if (kind == nullptr) return std::nullopt;
  Document document;
  document.file = &context.file;
  size_t index = 0;
  while (index < kKinds.size() &&
         (kind->kind != Node::Kind::scalar || kKinds[index] != kind->text)) {
    ++index;
  }
  if (index == kKinds.size()) {
    context.error(kUnknownKind, *kind, "expected a kind of document, but " + show(*kind),
                  suggest(kind->text, kKinds));
    return std::nullopt;
  }
  document.kind = static_cast<DocumentKind>(index);
  if (document.kind == DocumentKind::promise_test) return document;
  if (const Node* metadata = map.require("metadata")) {
    document.metadata = read_metadata(context, *metadata);
  }
  document.spec = map.require("spec");
  map.refuse_others();
  return document;
}

}  // namespace lupaus::rules::language
