#include "rules/language/diagnostics.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace lupaus::rules::language {

void Diagnostics::error(std::string_view code, model::Span span, std::string message,
                        std::string hint) {
  add({std::string(code), std::move(message), std::move(hint), std::move(span)});
}

void Diagnostics::warning(std::string_view code, model::Span span, std::string message,
                          std::string hint) {
  list_.push_back({Severity::warning,
                   {std::string(code), std::move(message), std::move(hint), std::move(span)}});
}

void Diagnostics::add(model::Error error) {
  ++error_count_;
  list_.push_back({Severity::error, std::move(error)});
}

std::vector<Diagnostic> Diagnostics::take(std::span<const model::SourceFile> files) {
  std::map<std::string_view, size_t> order;
  for (const model::SourceFile& file : files) order.emplace(file.name, order.size());
  const auto place = [&](const Diagnostic& d) {
    const auto found = order.find(d.error.span.file);
    const size_t rank = found == order.end() ? order.size() : found->second;
    return std::tuple(rank, d.error.span.line, d.error.span.column);
  };
  std::stable_sort(list_.begin(), list_.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  error_count_ = 0;
  return std::exchange(list_, {});
}

std::string format_diagnostic(const Diagnostic& diagnostic) {
  std::string text = model::format_error(diagnostic.error);
  if (diagnostic.severity == Severity::error) return text;
  // The place comes first and may itself hold the word; the severity is what stands before the
  // code.
  const std::string marker = "error " + diagnostic.error.code + ": ";
  if (const size_t at = text.find(marker); at != std::string::npos) text.replace(at, 5, "warning");
  return text;
}

}  // namespace lupaus::rules::language
