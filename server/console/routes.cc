#include "server/console/routes.h"

#include <charconv>
#include <optional>
#include <utility>

#include "server/console/pages.h"

namespace lupaus::server::console {

const Header kHeaders[6] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri "
     "'none'; "
     "form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
    {"Server", "lupaus"},
};

namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr std::string_view kJson = "application/json";

struct Page {
  std::string_view path, file, content_type;
};
constexpr Page kPages[] = {
    {"/", "index.html", "text/html; charset=utf-8"},
    {"/app.js", "app.js", "text/javascript; charset=utf-8"},
    {"/style.css", "style.css", "text/css; charset=utf-8"},
};

Reply plain(int status, std::string text) {
  return {status, std::string(kPlain), std::move(text), {}};
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// A query value without its escapes; nullopt when one is broken or hides a control character.
std::optional<std::string> unescape(std::string_view text) {
  std::string plain_text;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high * 16 + *low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    plain_text += c;
  }
  return plain_text;
}

bool read_flag(const std::string& value, bool& flag) {
  if (value != "true" && value != "false") return false;
  flag = value == "true";
  return true;
}

bool read_size(const std::string& value, int32_t& size) {
  const char* end = value.data() + value.size();
  const auto [stopped, error] = std::from_chars(value.data(), end, size);
  return error == std::errc() && stopped == end && size >= 0;
}

bool read_parameter(std::string_view name, std::string value, TicketsQuery& query) {
  if (name == "at_risk" || name == "atRisk") return read_flag(value, query.is_at_risk);
  if (name == "open") return read_flag(value, query.is_open);
  if (name == "page_size" || name == "pageSize") return read_size(value, query.page_size);
  if (name == "branch") {
    query.branch = std::move(value);
    return true;
  }
  if (name == "page_token" || name == "pageToken") {
    query.page_token = std::move(value);
    return true;
  }
  return false;
}

/// What is wrong with the query; empty when all of it was read.
std::string read_query(std::string_view text, TicketsQuery& query) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    auto value =
        unescape(equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1));
    if (!value || !read_parameter(name, std::move(*value), query)) {
      return "expected branch, at_risk, open, page_size or page_token with a fitting value";
    }
  }
  return {};
}

void route_tickets(const ConsoleSources& sources, std::string_view query_text,
                   std::function<void(Reply)> send) {
  TicketsQuery query;
  if (const std::string wrong = read_query(query_text, query); !wrong.empty()) {
    send(refuse(400, wrong));
    return;
  }
  sources.tickets(query, [send = std::move(send)](JsonAnswer answer) {
    send({answer.status, std::string(kJson), std::move(answer.json), {}});
  });
}

}  // namespace

Reply refuse(int status, std::string_view message) {
  return {
      status,
      std::string(kJson),
      R"({"code":)" + std::to_string(status) + R"(,"message":")" + std::string(message) + "\"}\n",
      {}};
}

void route(const ConsoleSources& sources, std::string_view method, std::string_view target,
           std::function<void(Reply)> send) {
  const size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  const std::string_view query =
      mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  const bool is_read = method == "GET" || method == "HEAD";
  const auto answer = [&](auto make) {
    if (!is_read) {
      Reply reply = refuse(405, "expected GET or HEAD: everything here is read-only");
      reply.allow = "GET, HEAD";
      send(std::move(reply));
      return;
    }
    make();
  };
  for (const Page& page : kPages) {
    if (path != page.path) continue;
    answer([&] {
      send({200, std::string(page.content_type), std::string(embedded_page(page.file)), {}});
    });
    return;
  }
  if (path == "/healthz") {
    answer([&] { send(plain(200, "ok\n")); });
  } else if (path == "/readyz") {
    answer([&] { send(sources.ready() ? plain(200, "ready\n") : plain(503, "not ready\n")); });
  } else if (path == "/metrics") {
    answer([&] { send({200, "text/plain; version=0.0.4; charset=utf-8", sources.metrics(), {}}); });
  } else if (path == "/v1/tickets") {
    answer([&] { route_tickets(sources, query, send); });
  } else {
    send(refuse(404, "expected /, /v1/tickets, /metrics, /healthz or /readyz"));
  }
}

}  // namespace lupaus::server::console
