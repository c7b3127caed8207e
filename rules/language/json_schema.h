// The JSON Schema of promise files, made of the table of keys: for editors and for other programs
// that write such files. The loader itself knows more than a schema can say.
#pragma once

#include <string>

namespace lupaus::rules::language {

/// A schema (draft 2020-12) of one document, as JSON text that ends with a newline.
std::string json_schema();

}  // namespace lupaus::rules::language
