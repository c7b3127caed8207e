// The envelope of every document (apiVersion, kind, metadata, spec) and the readers of each kind.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/language/map_reader.h"
#include "rules/model/book.h"

namespace lupaus::rules::language {

enum class DocumentKind : uint8_t { promise, calendar, branch, vocabulary, promise_test };

struct Metadata {
  std::string name;  ///< "" when it could not be read
  std::string owner;
  std::map<std::string, std::string> labels;
  model::Span span;  ///< of the name
};

/// One document of known kind. Borrows the file's name and the tree, which outlive it.
struct Document {
  const std::string* file = nullptr;
  DocumentKind kind = DocumentKind::promise;
  Metadata metadata;
  const Node* spec = nullptr;  ///< null when missing (told already)
};

/// nullopt when the kind cannot be told; what is wrong goes to the context.
std::optional<Document> read_envelope(const Context& context, const Node& root);

model::CalendarSpec read_calendar(const Context& context, const Document& document);
model::BranchSpec read_branch(const Context& context, const Document& document);
model::Vocabulary read_vocabulary(const Context& context, const Document& document);

}  // namespace lupaus::rules::language
