#include "rules/language/document.h"

#include <algorithm>

#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

bool is_one_of(const Node& node, std::span<const std::string_view> words) {
  return node.kind == Node::Kind::scalar &&
         std::find(words.begin(), words.end(), node.text) != words.end();
}

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
  MapReader map(context, node, kMetadataKeys);
  if (const Node* name = map.find("name")) {
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
  MapReader map(context, root, kDocumentKeys);
  if (!map.is_map()) return std::nullopt;
  const Node* version = map.find("apiVersion");
  if (version != nullptr && !is_one_of(*version, words_of(kDocumentKeys, "apiVersion"))) {
    context.error(kUnknownKind, *version, "expected apiVersion `lupaus/v1`, but " + show(*version),
                  "write `apiVersion: lupaus/v1`");
  }
  const Node* kind = map.find("kind");
  if (kind == nullptr) return std::nullopt;
  Document document;
  document.file = &context.file;
  const auto kinds = words_of(kDocumentKeys, "kind");
  if (!is_one_of(*kind, kinds)) {
    context.error(kUnknownKind, *kind, "expected a kind of document, but " + show(*kind),
                  suggest(kind->text, kinds));
    return std::nullopt;
  }
  // The table has the kinds in the order of the enumeration.
  document.kind =
      static_cast<DocumentKind>(std::find(kinds.begin(), kinds.end(), kind->text) - kinds.begin());
  if (document.kind == DocumentKind::promise_test) return document;
  if (const Node* metadata = map.find("metadata")) {
    document.metadata = read_metadata(context, *metadata);
  }
  document.spec = map.find("spec");
  map.refuse_others();
  return document;
}

}  // namespace lupaus::rules::language
