// The files of clients/web, carried by the program, and which of them a path shows.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "server/console/exchange.h"

namespace lupaus::server::console {

/// One file. Static storage.
struct Asset {
  std::string_view path;  ///< "/index.html", "/assets/app-1a2b3c4d.js"
  std::string_view bytes;
  std::string_view gzipped;  ///< the same; "" where it would not be smaller
  std::string_view sha256;   ///< of `bytes`, hexadecimal
};

/// All of them, ascending by path.
std::span<const Asset> embedded_assets();

/// The file behind a path: a page of the console, or a file that pages ask for; nullptr: none.
const Asset* find_asset(std::string_view path);

/// The answer to GET, or 304 when the browser has it.
Reply answer_asset(const Asset& asset, const Request& request);

/// 200 with `body`, or 304 when the browser has what `tag` names.
Reply answer_tagged(Reply whole, std::string_view tag, const Request& request);

}  // namespace lupaus::server::console
