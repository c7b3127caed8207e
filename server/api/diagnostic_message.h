// A finding about a promise file on the wire, for the services that take books.
#pragma once

#include "rules/language/compile.h"

namespace lupaus::v1 {
class Diagnostic;
}

namespace lupaus::server::api {

void to_message(const rules::language::Diagnostic& diagnostic, v1::Diagnostic& message);

}  // namespace lupaus::server::api
