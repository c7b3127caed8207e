// The document says what is served, no more and no less.
#include "server/console/openapi.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "server/console/route_table.h"
#include "tests/server/console/gateway_stage.h"

namespace lupaus::server::console {
namespace {

namespace json = boost::json;

/// Calls `visit` with each "$ref" below `value`.
template <typename Visit>
void each_reference(const json::value& value, Visit visit) {
  if (value.is_array()) {
    for (const json::value& item : value.as_array()) each_reference(item, visit);
  }
  if (!value.is_object()) return;
  for (const auto& [key, item] : value.as_object()) {
    if (key == "$ref") visit(std::string(item.as_string()));
    each_reference(item, visit);
  }
}

using OpenApi = GatewayStage;

TEST_F(OpenApi, ListsTheRoutesAndNothingElse) {
  const RouteTable table;
  const Answer answer = get("/openapi.json");
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  const json::value document = json_of(answer);
  EXPECT_EQ(text(document, "openapi"), "3.1.0");
  std::set<std::string> listed, served;
  for (const auto& [path, operations] : document.at("paths").as_object()) {
    for (const auto& [verb, operation] : operations.as_object())
      listed.insert(std::string(verb) + " " + std::string(path) + " " +
                    text(operation, "operationId"));
  }
  for (const Route& route : table.routes()) {
    const std::string name = route.call_name().substr(std::string("/lupaus.v1.").size());
    served.insert((route.verb == "GET" ? "get " : "post ") + route.path + " " +
                  name.substr(0, name.find('/')) + "_" + name.substr(name.find('/') + 1));
  }
  EXPECT_EQ(listed, served);
  EXPECT_GT(listed.size(), 30u);
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
  const json::value document = json::parse(write_openapi(RouteTable(), "1"));
  size_t count = 0;
  each_reference(document, [&](std::string reference) {
    ++count;
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    boost::system::error_code error;
    EXPECT_NE(document.find_pointer(reference.substr(1), error), nullptr) << reference;
  });
  EXPECT_GT(count, 60u);
}

TEST_F(OpenApi, NamesThePartsOfARequest) {
  const json::value document = json::parse(write_openapi(RouteTable(), "1"));
  std::set<std::string> names;
  const auto& explain = document.at("paths").at("/v1/tickets/{ticket}:explain").at("get");
  for (const json::value& parameter : explain.at("parameters").as_array())
    names.insert(text(parameter, "in") + " " + text(parameter, "name"));
  EXPECT_EQ(names, (std::set<std::string>{"path ticket", "query branch"}));
  EXPECT_EQ(document.at_pointer("/components/schemas/TicketCommitment/properties/limitMs/type"),
            "string");
}

}  // namespace
}  // namespace lupaus::server::console
