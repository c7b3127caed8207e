#include "server/console/openapi.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <boost/json.hpp>
#include <deque>
#include <set>
#include <string>

#include "fmt/format.h"

namespace lupaus::server::console {
namespace {

namespace json = boost::json;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

/// Nested fields of a query are named outer.inner, so deep; none of the contract goes deeper.
constexpr int kQueryDepthMax = 3;

json::object reference(std::string_view name) {
  return {{"$ref", fmt::format("#/components/schemas/{}", name)}};
}

json::object content(std::string_view type, json::object schema) {
  return {{"content", json::object{{type, json::object{{"schema", std::move(schema)}}}}}};
}

/// Writes schemas, and remembers the messages that they speak of until all are written.
class Schemas {
 public:
  json::object of_message(const Descriptor& type) {
    if (seen_.insert(&type).second) waiting_.push_back(&type);
    return reference(type.name());
  }
  json::object of_field(const FieldDescriptor& field) {
    if (field.is_map()) {
      return {{"type", "object"},
              {"additionalProperties", of_value(*field.message_type()->map_value())}};
    }
    if (!field.is_repeated()) return of_value(field);
    return {{"type", "array"}, {"items", of_value(field)}};
  }
  /// All that was spoken of.
  json::object take() {
    json::object schemas;
    while (!waiting_.empty()) {
      const Descriptor& type = *waiting_.front();
      waiting_.pop_front();
      json::object properties;
      for (int i = 0; i < type.field_count(); ++i)
        properties[type.field(i)->json_name()] = of_field(*type.field(i));
      schemas[type.name()] = {{"type", "object"},
                              {"properties", std::move(properties)},
                              {"additionalProperties", false}};
    }
    return schemas;
  }

 private:
  static json::object of_enum(const EnumDescriptor& type) {
    json::array names;
    for (int i = 0; i < type.value_count(); ++i) names.emplace_back(type.value(i)->name());
    return {{"type", "string"}, {"enum", std::move(names)}};
  }
  json::object of_value(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return {{"type", "integer"}, {"format", "int32"}};
      case FieldDescriptor::CPPTYPE_UINT32:
        return {{"type", "integer"}, {"format", "int64"}, {"minimum", 0}};
      case FieldDescriptor::CPPTYPE_INT64:
        return {{"type", "string"}, {"pattern", "^-?[0-9]+$"}};
      case FieldDescriptor::CPPTYPE_UINT64:
        return {{"type", "string"}, {"pattern", "^[0-9]+$"}};
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return {{"type", "number"}};
      case FieldDescriptor::CPPTYPE_BOOL:
        return {{"type", "boolean"}};
      case FieldDescriptor::CPPTYPE_ENUM:
        return of_enum(*field.enum_type());
      case FieldDescriptor::CPPTYPE_STRING:
        if (field.type() == FieldDescriptor::TYPE_BYTES)
          return {{"type", "string"}, {"contentEncoding", "base64"}};
        return {{"type", "string"}};
      case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
    }
    const Descriptor& type = *field.message_type();
    if (type.full_name() == "google.protobuf.Timestamp")
      return {{"type", "string"}, {"format", "date-time"}};
    if (type.full_name() == "google.protobuf.Duration")
      return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]+)?s$"}};
    return of_message(type);
  }

  std::set<const Descriptor*> seen_;
  std::deque<const Descriptor*> waiting_;
};

bool is_in_path(const Route& route, const std::string& field) {
  return std::any_of(route.segments.begin(), route.segments.end(),
                     [&](const Route::Segment& segment) { return segment.field == field; });
}

json::object parameter(std::string name, std::string_view place, json::object schema) {
  json::object made{{"name", std::move(name)}, {"in", place}, {"schema", std::move(schema)}};
  if (place == "path") made["required"] = true;
  return made;
}

/// The fields of a GET's request that the path leaves out.
void add_query(const Route& route, const Descriptor& type, const std::string& prefix, int depth,
               std::pair<json::array*, Schemas*> to) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string name = prefix + field.name();
    if (is_in_path(route, name) || field.is_map()) continue;
    const bool is_nested = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                           field.message_type()->file()->package() != "google.protobuf";
    if (!is_nested) {
      to.first->push_back(parameter(name, "query", to.second->of_field(field)));
    } else if (!field.is_repeated() && depth < kQueryDepthMax) {
      add_query(route, *field.message_type(), name + ".", depth + 1, to);
    }
  }
}

json::object answer_of(const Route& route, Schemas& schemas) {
  const Descriptor& type = *route.method->output_type();
  if (route.is_file) {
    return content("application/octet-stream", {{"type", "string"}, {"format", "binary"}});
  }
  if (!route.is_stream) return content("application/json", schemas.of_message(type));
  return content(route.verb == "GET" ? "text/event-stream" : "application/x-ndjson",
                 schemas.of_message(type));
}

json::object operation_of(const Route& route, Schemas& schemas) {
  const Descriptor& request = *route.method->input_type();
  json::array parameters;
  for (const Route::Segment& segment : route.segments) {
    if (segment.field.empty()) continue;
    const FieldDescriptor& field = *request.FindFieldByName(segment.field);
    parameters.push_back(parameter(segment.field, "path", schemas.of_field(field)));
  }
  json::object operation{
      {"operationId", fmt::format("{}_{}", route.method->service()->name(), route.method->name())},
      {"tags", json::array{route.method->service()->name()}}};
  if (route.verb == "GET") {
    add_query(route, request, "", 1, {&parameters, &schemas});
  } else {
    json::object body = content("application/json", schemas.of_message(request));
    body["required"] = true;
    operation["requestBody"] = std::move(body);
    parameters.push_back(json::object{{"$ref", "#/components/parameters/csrf"}});
  }
  operation["parameters"] = std::move(parameters);
  json::object answer = answer_of(route, schemas);
  answer["description"] = route.is_stream && !route.is_file ? "one after the other" : "the answer";
  operation["responses"] = {{"200", std::move(answer)},
                            {"default", json::object{{"$ref", "#/components/responses/error"}}}};
  return operation;
}

json::object error_schema() {
  const json::object text{{"type", "string"}};
  const json::object field{{"type", "object"},
                           {"properties", json::object{{"field", text}, {"message", text}}}};
  return {
      {"type", "object"},
      {"required", json::array{"code", "reason", "message"}},
      {"properties", json::object{{"code", text},
                                  {"reason", text},
                                  {"message", text},
                                  {"hint", text},
                                  {"fields", json::object{{"type", "array"}, {"items", field}}}}}};
}

}  // namespace

std::string write_openapi(const RouteTable& table, std::string_view version) {
  Schemas schemas;
  json::object paths;
  for (const Route& route : table.routes()) {
    json::value& path = paths[route.path];
    if (!path.is_object()) path.emplace_object();
    path.get_object()[route.verb == "GET" ? "get" : "post"] = operation_of(route, schemas);
  }
  json::object written = schemas.take();
  written["Error"] = error_schema();
  json::object error = content("application/json", reference("Error"));
  error["description"] =
      "refused, or failed; an error after the first answer of a stream is its last";
  json::object csrf = parameter("Lupaus-Csrf", "header", {{"type", "string"}});
  csrf["required"] = true;
  csrf["description"] = "`csrf` of GET /session";
  const json::object document{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Lupaus"}, {"version", version}}},
      {"paths", std::move(paths)},
      {"components", json::object{{"schemas", std::move(written)},
                                  {"parameters", json::object{{"csrf", std::move(csrf)}}},
                                  {"responses", json::object{{"error", std::move(error)}}}}}};
  return json::serialize(document);
}

}  // namespace lupaus::server::console
