#include "server/console/route_table.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <tuple>

#include "fmt/format.h"
#include "lupaus/v1/backtest.pb.h"
#include "lupaus/v1/backup.pb.h"
#include "lupaus/v1/breach.pb.h"
#include "lupaus/v1/doctor.pb.h"
#include "lupaus/v1/event.pb.h"
#include "lupaus/v1/http.pb.h"
#include "lupaus/v1/payee.pb.h"
#include "lupaus/v1/payout.pb.h"
#include "lupaus/v1/payout_results.pb.h"
#include "lupaus/v1/period.pb.h"
#include "lupaus/v1/promise.pb.h"
#include "lupaus/v1/report.pb.h"
#include "lupaus/v1/review.pb.h"
#include "lupaus/v1/signal.pb.h"
#include "lupaus/v1/source.pb.h"
#include "lupaus/v1/ticket.pb.h"
#include "lupaus/v1/voucher.pb.h"
#include "rules/model/result.h"
#include "server/console/escapes.h"

namespace lupaus::server::console {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using rules::model::ensure;

/// The files of the contract. Naming one message of each makes sure that the linker keeps the file.
std::vector<const FileDescriptor*> contract() {
  std::vector<const FileDescriptor*> files;
  for (const Descriptor* message :
       {v1::RunBacktestRequest::descriptor(), v1::CreateBackupRequest::descriptor(),
        v1::ListBreachesRequest::descriptor(), v1::DiagnoseRequest::descriptor(),
        v1::Event::descriptor(), v1::ImportPayeesRequest::descriptor(),
        v1::ListPayoutsRequest::descriptor(), v1::ImportPayoutResultsRequest::descriptor(),
        v1::ListPeriodsRequest::descriptor(), v1::ListPromisesRequest::descriptor(),
        v1::GetReportRequest::descriptor(), v1::ListReviewsRequest::descriptor(),
        v1::WatchSignalsRequest::descriptor(), v1::ListSourcesRequest::descriptor(),
        v1::ListTicketsRequest::descriptor(), v1::GetVoucherRequest::descriptor()}) {
    files.push_back(message->file());
  }
  return files;
}

/// "{id}:approve" of a path that the contract declares.
Route::Segment read_segment(std::string_view text) {
  if (!text.starts_with('{')) return {std::string(text), ""};
  const size_t end = text.find('}');
  ensure(end != std::string_view::npos, "a field in a declared path ends with }");
  return {std::string(text.substr(end + 1)), std::string(text.substr(1, end - 1))};
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    parts.push_back(part);
    path.remove_prefix(part.size());
  }
  return parts;
}

std::optional<Route> read_route(const MethodDescriptor& method) {
  if (!method.options().HasExtension(v1::http)) return std::nullopt;
  const v1::Http& option = method.options().GetExtension(v1::http);
  ensure(!method.client_streaming(), "a call that is served over HTTP takes one request");
  Route route;
  route.verb = option.verb_case() == v1::Http::kGet ? "GET" : "POST";
  route.path = option.verb_case() == v1::Http::kGet ? option.get() : option.post();
  route.method = &method;
  route.is_file = option.is_file();
  route.is_stream = method.server_streaming();
  for (std::string_view part : split(route.path)) {
    route.segments.push_back(read_segment(part));
    const std::string& field = route.segments.back().field;
    ensure(field.empty() || method.input_type()->FindFieldByName(field) != nullptr,
           "a field in a declared path is one of the request");
  }
  return route;
}

/// The value in a segment, still escaped; nullopt when it does not fit. A field's value holds no
/// colon of its own: a colon begins the verb.
std::optional<std::string_view> value_in(const Route::Segment& wanted, std::string_view segment) {
  if (wanted.field.empty()) {
    return segment == wanted.text ? std::optional(segment) : std::nullopt;
  }
  if (!segment.ends_with(wanted.text)) return std::nullopt;
  const std::string_view value = segment.substr(0, segment.size() - wanted.text.size());
  if (value.empty() || value.find(':') != std::string_view::npos) return std::nullopt;
  return value;
}

bool is_match(const Route& route, const std::vector<std::string_view>& parts) {
  if (parts.size() != route.segments.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!value_in(route.segments[i], parts[i])) return false;
  }
  return true;
}

size_t field_count(const Route& route) {
  return static_cast<size_t>(
      std::count_if(route.segments.begin(), route.segments.end(),
                    [](const Route::Segment& segment) { return !segment.field.empty(); }));
}

}  // namespace

std::string Route::call_name() const {
  return fmt::format("/{}/{}", method->service()->full_name(), method->name());
}

RouteTable::RouteTable(std::string_view package) {
  for (const FileDescriptor* file : contract()) {
    if (file->package() != package) continue;
    for (int i = 0; i < file->service_count(); ++i) {
      const ServiceDescriptor& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        if (auto route = read_route(*service.method(j))) routes_.push_back(std::move(*route));
      }
    }
  }
  std::sort(routes_.begin(), routes_.end(), [](const Route& left, const Route& right) {
    return std::tie(left.path, left.verb) < std::tie(right.path, right.verb);
  });
  for (size_t i = 1; i < routes_.size(); ++i) {
    ensure(routes_[i - 1].path != routes_[i].path || routes_[i - 1].verb != routes_[i].verb,
           "one call a path and verb");
  }
}

std::vector<const Route*> RouteTable::at(std::string_view path) const {
  std::vector<const Route*> found;
  if (!path.starts_with('/')) return found;
  const std::vector<std::string_view> parts = split(path);
  for (const Route& route : routes_) {
    if (is_match(route, parts)) found.push_back(&route);
  }
  // "/v1/things:count" before "/v1/{thing}": fewer fields know more.
  std::stable_sort(found.begin(), found.end(), [](const Route* left, const Route* right) {
    return field_count(*left) < field_count(*right);
  });
  return found;
}

const Route* RouteTable::find(std::string_view verb, std::string_view path) const {
  for (const Route* route : at(path)) {
    if (route->verb == verb) return route;
  }
  return nullptr;
}

std::optional<Bindings> bind_path(const Route& route, std::string_view path) {
  const std::vector<std::string_view> parts = split(path);
  Bindings bindings;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Route::Segment& wanted = route.segments[i];
    if (wanted.field.empty()) continue;
    auto value = unescape_segment(*value_in(wanted, parts[i]));
    if (!value) return std::nullopt;
    bindings.emplace_back(wanted.field, std::move(*value));
  }
  return bindings;
}

}  // namespace lupaus::server::console
