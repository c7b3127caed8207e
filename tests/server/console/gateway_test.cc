// The calls over HTTP, against a whole server: answers, errors, streams, files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "server/console/route_table.h"
#include "tests/server/console/gateway_stage.h"

namespace lupaus::server::console {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Gateway = GatewayStage;

TEST_F(Gateway, AnswersACallAsJson) {
  const Answer answer = get("/v1/promises");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(text(json_of(answer).at("promises").at(0), "name"), "p15");
  send(tests::make_event("A1", "issued", {}, "cash"));
  send(tests::make_event("A2", "issued", {}, "cash"));
  const auto page = json_of(get("/v1/tickets?branch=b1&page_size=1&open=true"));
  ASSERT_EQ(page.at("tickets").as_array().size(), 1u);
  EXPECT_EQ(text(page.at("tickets").at(0), "ticket"), "A1");
  const auto rest =
      json_of(get("/v1/tickets?branch=b1&open=true&pageToken=" + text(page, "nextPageToken")));
  EXPECT_EQ(text(rest.at("tickets").at(0), "ticket"), "A2");
  EXPECT_THAT(text(json_of(get("/v1/tickets/A1:explain?branch=b1")), "trace"), HasSubstr("issued"));
  EXPECT_EQ(ask(port(), "HEAD /v1/promises").body, "");
}

TEST_F(Gateway, SaysWhatIsWrongTheSameWayWhoeverFindsIt) {
  struct Row {
    std::string path;
    int status;
    std::string code, reason, field;
  };
  for (const Row& row :
       {Row{"/v1/tickets?brunch=x", 400, "INVALID_ARGUMENT", "invalid_field", "brunch"},
        Row{"/v1/tickets?page_size=-1", 400, "INVALID_ARGUMENT", "invalid_field", "page_size"},
        Row{"/v1/signals:watch?from_position=999999", 400, "INVALID_ARGUMENT", "invalid_field",
            "from_position"},
        Row{"/v1/tickets?branch=%zz", 400, "INVALID_ARGUMENT", "invalid_argument", ""},
        Row{"/v1/payouts/none", 404, "NOT_FOUND", "not_found", ""},
        Row{"/v1/nothing", 404, "NOT_FOUND", "no_such_path", ""}}) {
    const Answer answer = get(row.path);
    EXPECT_EQ(answer.status, row.status) << row.path << answer.body;
    const auto json = json_of(answer);
    EXPECT_EQ(text(json, "code"), row.code) << row.path;
    EXPECT_EQ(text(json, "reason"), row.reason) << row.path;
    EXPECT_NE(text(json, "message"), "") << row.path;
    if (!row.field.empty()) {
      EXPECT_EQ(text(json.at("fields").at(0), "field"), row.field) << answer.body;
    }
  }
  EXPECT_EQ(post("/v1/periods:close", "{\"month\":").status, 400);
  EXPECT_EQ(post("/v1/periods:close?month=2026-01", "{}").status, 400) << "a query beside a body";
}

TEST_F(Gateway, TwoPeopleApproveAndOneDoesNot) {
  break_promise("L1");
  const Answer created = post("/v1/payout-batches", R"({"requestId":"r1"})", "anna");
  ASSERT_EQ(created.status, 200) << created.body;
  const std::string id = text(json_of(created), "id");
  const Answer own = post("/v1/payout-batches/" + id + ":approve", "{}", "anna");
  EXPECT_EQ(own.status, 403) << own.body;
  EXPECT_EQ(text(json_of(own), "reason"), "four_eyes");
  const Answer nobody = post("/v1/payout-batches/" + id + ":approve", "{}");
  EXPECT_EQ(nobody.status, 401) << nobody.body;
  EXPECT_EQ(text(json_of(nobody), "reason"), "who");
  const Answer other = post("/v1/payout-batches/" + id + ":approve", "{}", "bea");
  EXPECT_EQ(other.status, 200) << other.body;
  EXPECT_EQ(text(json_of(other), "state"), "approved");
}

TEST_F(Gateway, AFileComesWholeUnderItsName) {
  break_promise("L1");
  const std::string id = text(json_of(post("/v1/payout-batches", "{}", "anna")), "id");
  const std::string path = "/v1/payout-batches/" + id + ":download?format=csv";
  const Answer refused = get(path, "Cookie: lupaus-name=anna\r\n");
  EXPECT_EQ(refused.status, 400) << refused.body;
  ASSERT_EQ(post("/v1/payout-batches/" + id + ":approve", "{}", "bea").status, 200);
  const Answer file = get(path, "Cookie: lupaus-name=anna\r\n");
  EXPECT_EQ(file.status, 200) << file.body;
  EXPECT_EQ(file.header("Content-Length"), std::to_string(file.body.size()));
  EXPECT_THAT(file.header("Content-Disposition"), StartsWith("attachment; filename=\"" + id));
  EXPECT_THAT(file.header("Content-Type"), StartsWith("text/csv"));
  EXPECT_THAT(file.body, HasSubstr("25.00"));
}

TEST_F(Gateway, SignalsComeAsEventsAndGoOnWhereTheReaderWas) {
  Wire live(port());
  live.send(request_text("GET /v1/signals:watch?branches=b1"));
  EXPECT_THAT(live.read_until("\n\n"), HasSubstr("text/event-stream"));
  break_promise("L1");
  const std::string first = live.read_until("}\n\n");
  EXPECT_THAT(first, HasSubstr("data: {\"position\":\""));
  const std::string second = live.read_until("}\n\n");
  const size_t id = first.find("id: ");
  ASSERT_NE(id, std::string::npos) << first;
  Wire again(port());
  again.send(request_text(
      "GET /v1/signals:watch?branches=b1",
      "Last-Event-ID: " + first.substr(id + 4, first.find('\n', id) - id - 4) + "\r\n"));
  const std::string resumed = again.read_until("}\n\n");
  const auto event = [](const std::string& text) { return text.substr(text.find("id: ")); };
  EXPECT_EQ(event(resumed), event(second)) << "neither a gap nor a repeat";
}

TEST_F(Gateway, AStreamThatEndsSaysSo) {
  break_promise("L1");
  const std::string id = text(json_of(post("/v1/payout-batches", "{}", "anna")), "id");
  const Answer proof = get("/v1/payout-batches/" + id + ":verify", "Cookie: lupaus-name=anna\r\n");
  EXPECT_EQ(proof.header("Content-Type"), "text/event-stream");
  EXPECT_THAT(proof.body, HasSubstr("\"result\":{"));
  EXPECT_TRUE(proof.body.ends_with("event: end\ndata: {}\n\n")) << proof.body;
}

TEST_F(Gateway, APostsStreamComesAsLines) {
  send(tests::make_event("A1", "issued", {}, "cash"));
  boost::json::object body{{"files", boost::json::array{boost::json::object{
                                         {"name", "book.yaml"}, {"text", tests::sample_book()}}}}};
  const Answer answer = post("/v1/backtests:run", boost::json::serialize(body));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("Content-Type"), "application/x-ndjson");
  std::istringstream lines(answer.body);
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    EXPECT_TRUE(boost::json::parse(line).is_object()) << line;
  EXPECT_GT(count, 0u);
}

TEST_F(Gateway, TwoHundredReadersWaitAtOnceAndEachCallEndsWithItsReader) {
  std::deque<Wire> readers;
  for (int i = 0; i < 200; ++i) {
    readers.emplace_back(port());
    readers.back().send(request_text("GET /v1/signals:watch"));
  }
  for (Wire& reader : readers) EXPECT_THAT(reader.read_until("\n\n"), HasSubstr("200"));
  EXPECT_EQ(get("/v1/promises").status, 200);
  break_promise("L1");
  for (Wire& reader : readers) EXPECT_THAT(reader.read_until("}\n\n"), HasSubstr("data: "));
  readers.clear();
  EXPECT_EQ(get("/v1/promises").status, 200);
}

TEST_F(Gateway, TheServerStopsUnderOpenStreams) {
  Wire reader(port());
  reader.send(request_text("GET /v1/signals:watch"));
  reader.read_until("\n\n");
  running_.server().stop();
  reader.read_all();
  EXPECT_FALSE(Wire(port()).is_connected());
}

TEST_F(Gateway, EveryRouteReachesItsMethod) {
  const RouteTable table;
  for (const Route& route : table.routes()) {
    std::string path;
    for (const Route::Segment& segment : route.segments)
      path += "/" + (segment.field.empty() ? segment.text : "7" + segment.text);
    const Route* found = table.find(route.verb, path);
    ASSERT_NE(found, nullptr) << path;
    EXPECT_EQ(found->call_name(), route.call_name());
    Wire wire(port());
    if (route.verb == "GET") {
      wire.send(request_text("GET " + path));
    } else {
      const auto session = json_of(get("/session", "Cookie: lupaus-name=eve\r\n"));
      wire.send(request_text("POST " + path,
                             "Cookie: lupaus-name=eve\r\nContent-Type: application/json\r\n"
                             "Lupaus-Csrf: " +
                                 text(session, "csrf") + "\r\n",
                             "{}"));
    }
    const std::string head = wire.read_until("\r\n");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 ")) << path;
    // What is not registered answers UNIMPLEMENTED.
    EXPECT_EQ(head.find("501"), std::string::npos) << path << head;
  }
}

}  // namespace
}  // namespace lupaus::server::console
