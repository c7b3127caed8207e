// Percent-encoding of paths and queries, both ways.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lupaus::server::console {

/// `text` without its escapes; nullopt when one is broken, or when the result is not UTF-8 or holds
/// a control character.
std::optional<std::string> unescape_segment(std::string_view text);
/// The same for a value of a query: `+` is a space, and line breaks and tabs may stand in it.
std::optional<std::string> unescape_value(std::string_view text);
/// Only letters, digits and -._~ stay as they are.
std::string escape(std::string_view text);

/// The parameters of a query in their order; nullopt when one cannot be read.
using Parameters = std::vector<std::pair<std::string, std::string>>;
std::optional<Parameters> read_query(std::string_view query);

}  // namespace lupaus::server::console
