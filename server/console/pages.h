// The pages of clients/web, carried by the program.
#pragma once

#include <string_view>

namespace lupaus::server::console {

/// The bytes of "index.html", "app.js" or "style.css"; empty when there is no such page. Static
/// storage.
std::string_view embedded_page(std::string_view name);

}  // namespace lupaus::server::console
