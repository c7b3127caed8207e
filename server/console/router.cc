#include "server/console/router.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "fmt/format.h"
#include "server/console/pages.h"
#include "server/console/refusal.h"
#include "server/wire/person_name.h"

namespace lupaus::server::console {
namespace {

constexpr std::string_view kRead = "GET, HEAD";
constexpr std::string_view kJson = "application/json";
/// Of POST /session.
constexpr uint64_t kNameBodyMax = 4'096;

bool is_api(std::string_view path) { return path.starts_with("/v1/"); }
bool is_change(std::string_view method) { return method == "POST" || method == "DELETE"; }

Reply refusal(int status, std::string code, std::string reason, std::string message,
              std::string hint = "") {
  return to_reply(status,
                  {std::move(code), std::move(reason), std::move(message), std::move(hint), {}});
}

/// A Host without its port, in lower case.
std::string host_name(std::string_view host) {
  const size_t end = host.starts_with('[') ? host.find(']') + 1 : host.find(':');
  std::string name(host.substr(0, end));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

bool is_loopback(std::string_view name) {
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

/// "GET" among "GET, HEAD".
bool is_among(std::string_view verb, std::string_view verbs) {
  while (!verbs.empty()) {
    const std::string_view one = verbs.substr(0, verbs.find(", "));
    if (one == verb) return true;
    verbs.remove_prefix(std::min(verbs.size(), one.size() + 2));
  }
  return false;
}

/// "application/json", with or without "; charset=utf-8".
bool is_json(std::string_view content_type) {
  const std::string_view rest =
      content_type.starts_with(kJson) ? content_type.substr(kJson.size()) : "x";
  return rest.empty() || rest.front() == ';' || rest.front() == ' ';
}

Reply plain(int status, std::string text, std::string_view type = "text/plain; charset=utf-8") {
  return {status, std::string(type), std::move(text)};
}

std::optional<std::string> name_in(const std::string& body) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(body, error);
  if (error || !value.is_object() || value.get_object().size() != 1) return std::nullopt;
  const boost::json::value* name = value.get_object().if_contains("name");
  if (name == nullptr || !name->is_string()) return std::nullopt;
  return std::string(name->get_string().c_str(), name->get_string().size());
}

}  // namespace

std::string Router::verbs(std::string_view path) const {
  if (path == "/healthz" || path == "/readyz" || path == "/metrics") return std::string(kRead);
  if (path == "/session") return "GET, HEAD, POST, DELETE";
  if (path == "/openapi.json") return sources_.openapi.empty() ? "" : std::string(kRead);
  if (is_api(path)) return sources_.calls == nullptr ? "" : sources_.calls->verbs(path);
  return find_asset(path) == nullptr ? "" : std::string(kRead);
}

std::optional<Reply> Router::refuse_place(const Request& head) const {
  if (head.has_doubled_header) {
    return refusal(400, "INVALID_ARGUMENT", "doubled_header", "expected each header once");
  }
  const std::string name = host_name(head.host);
  const bool is_listed =
      std::find(settings_.hosts.begin(), settings_.hosts.end(), name) != settings_.hosts.end();
  const bool is_ours = head.is_from_proxy ? !name.empty() && (settings_.hosts.empty() || is_listed)
                                          : is_loopback(name) || is_listed;
  // WHY: a page of another site whose name was made to lead here must not read or change anything.
  if (!is_ours) {
    return refusal(421, "PERMISSION_DENIED", "host",
                   "expected a Host of this machine, but it is another one",
                   "ask for localhost or 127.0.0.1, or list the name in http.hosts");
  }
  const size_t scheme = head.origin.find("://");
  const bool is_same = head.origin.empty() ||
                       (scheme != std::string::npos && head.origin.substr(scheme + 3) == head.host);
  if (!is_same) {
    return refusal(403, "PERMISSION_DENIED", "origin",
                   "expected no request of another site's page");
  }
  return std::nullopt;
}

std::optional<Reply> Router::refuse_change(const Request& head, const Visitor& visitor) const {
  if (!is_json(head.content_type)) {
    return refusal(415, "INVALID_ARGUMENT", "content_type",
                   "expected Content-Type: application/json");
  }
  if (!visitors_.is_csrf(visitor, head.csrf)) {
    return refusal(
        403, "PERMISSION_DENIED", "csrf",
        "expected the header Lupaus-Csrf with the token of this session",
        "GET /session tells it; it is another one after a restart or under another name");
  }
  return std::nullopt;
}

std::optional<Reply> Router::refuse_body(const Request& head) const {
  if (head.is_chunked) {
    return refusal(411, "INVALID_ARGUMENT", "body_size", "expected a Content-Length");
  }
  const bool has_body = is_change(head.method);
  const uint64_t most = !has_body                   ? 0
                        : head.path() == "/session" ? kNameBodyMax
                                                    : settings_.body_bytes_max;
  if (head.body_size.value_or(0) <= most) return std::nullopt;
  return refusal(413, "INVALID_ARGUMENT", "body_size",
                 has_body ? fmt::format("expected a body of at most {} bytes", most)
                          : std::string("expected no body"));
}

std::optional<Reply> Router::refuse(const Request& head) const {
  if (auto refused = refuse_place(head)) return refused;
  const std::string_view path = head.path();
  const auto visitor = visitors_.read(head);
  const bool is_for_people = is_api(path) || path == "/session";
  if (!visitor && (is_for_people || visitor.error().code == "forged")) {
    const bool is_forged = visitor.error().code == "forged";
    return refusal(is_forged ? 403 : 401, is_forged ? "PERMISSION_DENIED" : "UNAUTHENTICATED",
                   visitor.error().code, visitor.error().message, visitor.error().hint);
  }
  const std::string allowed = verbs(path);
  if (allowed.empty()) {
    return refusal(404, "NOT_FOUND", "no_such_path", "expected a path that is served here",
                   "/openapi.json lists the calls");
  }
  if (!is_among(head.method, allowed)) {
    Reply refused = refusal(405, "UNIMPLEMENTED", "verb", "expected " + allowed);
    refused.headers.push_back({"Allow", allowed});
    return refused;
  }
  if (is_api(path) && !head.is_from_proxy && !settings_.may_choose_names) {
    return refusal(401, "UNAUTHENTICATED", "who",
                   "expected a proxy that says who asks: this server asks people for certificates",
                   "let a trusted proxy connect to http.proxy_socket");
  }
  if (is_change(head.method)) {
    if (auto refused = refuse_change(head, visitor ? *visitor : Visitor{})) return refused;
  }
  return refuse_body(head);
}

Reply Router::answer_session(const Request& request, const Visitor& visitor) const {
  Visitor now = visitor;
  Reply reply{200, std::string(kJson), ""};
  if (is_change(request.method)) {
    if (request.is_from_proxy || !settings_.may_choose_names) {
      return refusal(403, "PERMISSION_DENIED", "not_chosen",
                     "expected no choice: the name comes from a trusted proxy");
    }
    now = Visitor{};
    if (request.method == "POST") {
      const auto name = name_in(request.body);
      if (!name || !wire::is_person_name(*name)) {
        return to_reply(400, {"INVALID_ARGUMENT",
                              "invalid_field",
                              R"(expected {"name":"…"} with 1 to 128 printable characters)",
                              "",
                              {{"name",
                                "expected 1 to 128 printable characters without spaces "
                                "around them"}}});
      }
      now = {Visitor::Kind::chosen, *name, ""};
    }
    reply.headers.push_back({"Set-Cookie", Visitors::cookie(now.name)});
  }
  reply.body = visitors_.to_json(now, settings_.version) + "\n";
  return reply;
}

Reply Router::answer_own(const Request& request) const {
  const std::string_view path = request.path();
  if (path == "/healthz") return plain(200, "ok\n");
  if (path == "/readyz")
    return sources_.ready() ? plain(200, "ready\n") : plain(503, "not ready\n");
  if (path == "/metrics") {
    return plain(200, sources_.metrics(), "text/plain; version=0.0.4; charset=utf-8");
  }
  if (path == "/openapi.json") {
    Reply reply{200, std::string(kJson), sources_.openapi};
    reply.cache_control = "no-cache";
    return answer_tagged(std::move(reply),
                         fmt::format("{:x}", std::hash<std::string>()(sources_.openapi)), request);
  }
  const Asset* asset = find_asset(path);
  return answer_asset(*asset, request);
}

void Router::answer(Request request, std::shared_ptr<Exchange> exchange) const {
  const auto read = visitors_.read(request);
  const Visitor visitor = read ? *read : Visitor{};
  if (request.path() == "/session") {
    exchange->reply(answer_session(request, visitor));
  } else if (is_api(request.path())) {
    sources_.calls->call(std::move(request), visitor, std::move(exchange));
  } else {
    exchange->reply(answer_own(request));
  }
}

}  // namespace lupaus::server::console
