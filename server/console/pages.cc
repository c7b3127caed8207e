#include "server/console/pages.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>

#include "fmt/format.h"

namespace lupaus::server::console {
namespace {

/// A page's path: `*` stands for one segment.
struct Page {
  std::string_view path, file;
};
constexpr Page kPages[] = {
    {"/", "/index.html"},          {"/breaches", "/index.html"}, {"/tickets/*/*", "/index.html"},
    {"/slip/*/*", "/index.html"},  {"/report", "/index.html"},   {"/payouts", "/index.html"},
    {"/payouts/*", "/index.html"}, {"/promises", "/index.html"}, {"/what-if", "/index.html"},
    {"/sources", "/index.html"},   {"/reviews", "/index.html"},  {"/wall", "/wall.html"},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".woff2", "font/woff2"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
}};

bool is_match(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/', 1));
    const std::string_view segment = path.substr(0, path.find('/', 1));
    if (wanted == "/*" ? segment.size() < 2 : wanted != segment) return false;
    pattern.remove_prefix(wanted.size());
    path.remove_prefix(segment.size());
  }
  return pattern.empty() && path.empty();
}

const Asset* find_file(std::string_view path) {
  for (const Asset& asset : embedded_assets()) {
    if (asset.path == path) return &asset;
  }
  return nullptr;
}

std::string_view type_of(std::string_view path) {
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

/// "/assets/NAME-HASH.js": other content has another name.
bool is_hashed(std::string_view path) {
  constexpr size_t kHashLetters = 8;
  if (!path.starts_with("/assets/")) return false;
  const size_t dot = path.find_last_of('.');
  const size_t dash = path.find_last_of('-', dot);
  if (dot == std::string_view::npos || dash == std::string_view::npos) return false;
  // A hash may hold dashes itself: then what is behind the last one is shorter.
  return dot - dash > kHashLetters || (dot > kHashLetters && path[dot - kHashLetters - 1] == '-');
}

/// Whether a browser takes gzip: named, and not with weight 0.
bool takes_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    std::string_view one = accepted.substr(0, accepted.find(','));
    accepted.remove_prefix(std::min(accepted.size(), one.size() + 1));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (!one.starts_with("gzip")) continue;
    const size_t weight = one.find("q=");
    return weight == std::string_view::npos ||
           std::strtod(std::string(one.substr(weight + 2)).c_str(), nullptr) > 0;
  }
  return false;
}

/// Whether `tag`, with its quotation marks, is in an If-None-Match.
bool is_named(std::string_view tags, std::string_view tag) {
  return tags == "*" || tags.find(tag) != std::string_view::npos;
}

}  // namespace

const Asset* find_asset(std::string_view path) {
  for (const Page& page : kPages) {
    if (is_match(page.path, path)) return find_file(page.file);
  }
  // Pages have one address each.
  return path.ends_with(".html") ? nullptr : find_file(path);
}

Reply answer_tagged(Reply whole, std::string_view tag, const Request& request) {
  const std::string quoted = fmt::format("\"{}\"", tag);
  whole.headers.push_back({"ETag", quoted});
  if (is_named(request.if_none_match, quoted)) {
    whole.status = 304;
    whole.body.clear();
  }
  return whole;
}

Reply answer_asset(const Asset& asset, const Request& request) {
  const bool is_gzipped = !asset.gzipped.empty() && takes_gzip(request.accept_encoding);
  Reply reply;
  reply.content_type = type_of(asset.path);
  reply.cache_control = is_hashed(asset.path) ? "public, max-age=31536000, immutable" : "no-cache";
  reply.body = is_gzipped ? asset.gzipped : asset.bytes;
  if (!asset.gzipped.empty()) reply.headers.push_back({"Vary", "Accept-Encoding"});
  if (is_gzipped) reply.headers.push_back({"Content-Encoding", "gzip"});
  constexpr size_t kTagLetters = 32;
  return answer_tagged(
      std::move(reply),
      fmt::format("{}{}", asset.sha256.substr(0, kTagLetters), is_gzipped ? "-z" : ""), request);
}

}  // namespace lupaus::server::console
