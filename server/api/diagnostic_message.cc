#include "server/api/diagnostic_message.h"

#include "lupaus/v1/promise.pb.h"

namespace lupaus::server::api {

void to_message(const rules::language::Diagnostic& diagnostic, v1::Diagnostic& message) {
  const auto& error = diagnostic.error;
  const bool is_error = diagnostic.severity == rules::language::Severity::error;
  message.set_severity(is_error ? "error" : "warning");
  message.set_code(error.code);
  message.set_file(error.span.file);
  message.set_line(error.span.line);
  message.set_column(error.span.column);
  message.set_message(error.message);
  message.set_hint(error.hint);
}

}  // namespace lupaus::server::api
