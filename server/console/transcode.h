// Requests out of paths, queries and JSON, and JSON out of answers, by reflection over the
// contract.
#pragma once

#include <string>
#include <string_view>

#include "rules/model/result.h"
#include "server/console/escapes.h"
#include "server/console/route_table.h"

namespace google::protobuf {
class Message;
}

namespace lupaus::server::console {

/// Sets the field of that name ("page_size", "pageSize", "range.from_position") from text: numbers
/// in digits, booleans as true or false, enums by name, instants as RFC 3339, durations as "1.5s";
/// a repeated field gets one more. Errors: "invalid_field", `NAME: what was expected`.
rules::model::Result<void> set_field(google::protobuf::Message& message, std::string_view name,
                                     const std::string& text);

/// Sets the fields of a path and a query; each field that is not repeated may come once. Errors as
/// set_field.
rules::model::Result<void> fill(google::protobuf::Message& message, const Bindings& bindings,
                                const Parameters& parameters);

/// Reads a body; "" is an empty request. Errors: "invalid_argument" for what is no protobuf JSON of
/// the message, unknown fields included.
rules::model::Result<void> read_json(const std::string& body, google::protobuf::Message& message);

/// One line: lowerCamelCase names, 64-bit integers as text, fields at their default left out.
/// nullopt for text that is not UTF-8.
std::string write_json(const google::protobuf::Message& message);

/// The message's string field; "" where it has none.
std::string text_of(const google::protobuf::Message& message, std::string_view field);
/// The message's uint64 field; 0 where it has none.
uint64_t number_of(const google::protobuf::Message& message, std::string_view field);
bool has_field(const google::protobuf::Message& message, std::string_view field);

}  // namespace lupaus::server::console
