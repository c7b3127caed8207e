// Which calls are served at which paths: read once from the method options of the contract
// (lupaus.v1.http), and nowhere else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace google::protobuf {
class MethodDescriptor;
}  // namespace google::protobuf

namespace lupaus::server::console {

/// One call and its place.
struct Route {
  std::string verb;  ///< "GET" or "POST"
  std::string path;  ///< "/v1/payouts/{id}:approve"
  const google::protobuf::MethodDescriptor* method = nullptr;
  bool is_file = false;
  bool is_stream = false;  ///< many answers
  /// The path cut at each slash: a segment is literal, or one field of the request.
  struct Segment {
    std::string text;   ///< literal; or the verb behind a field, ":approve" or ""
    std::string field;  ///< "" where literal
  };
  std::vector<Segment> segments;
  /// "/lupaus.v1.PayoutService/ApprovePayout"
  std::string call_name() const;
};

/// What the segments of a path say: a field's name and its value without escapes.
using Bindings = std::vector<std::pair<std::string, std::string>>;

/// Immutable; for any thread.
class RouteTable {
 public:
  /// All methods with the option of all services of `package` that the program carries.
  explicit RouteTable(std::string_view package = "lupaus.v1");

  const std::vector<Route>& routes() const { return routes_; }
  /// The routes at a path, at most one a verb.
  std::vector<const Route*> at(std::string_view path) const;
  const Route* find(std::string_view verb, std::string_view path) const;

 private:
  std::vector<Route> routes_;  ///< ascending by path and verb
};

/// What the path, which matches, says; nullopt when a segment's escapes are broken.
std::optional<Bindings> bind_path(const Route& route, std::string_view path);

}  // namespace lupaus::server::console
