// A whole server, and a browser at it.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <string>

#include "tests/server/console/wire.h"
#include "tests/server/running_server.h"

namespace lupaus::server::console {

class GatewayStage : public ::testing::Test {
 protected:
  explicit GatewayStage(const std::function<void(config::Config&)>& change = {})
      : running_(true, change) {}
  void SetUp() override { stream_.hello("b1/counter"); }

  uint16_t port() {
    const std::string address = running_.server().http_address();
    return static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  Answer get(const std::string& path, const std::string& headers = "") {
    return ask(port(), "GET " + path, headers);
  }
  static boost::json::value json_of(const Answer& answer) {
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(answer.body, error);
    EXPECT_FALSE(error) << answer.head << answer.body;
    return value;
  }
  static std::string text(const boost::json::value& value, const std::string& key) {
    const boost::json::value* found = value.as_object().if_contains(key);
    return found == nullptr || !found->is_string() ? "" : std::string(found->as_string());
  }
  /// A POST by whoever has that name; "" for nobody.
  Answer post(const std::string& path, const std::string& body, const std::string& name = "") {
    const std::string cookie = name.empty() ? "" : "Cookie: lupaus-name=" + name + "\r\n";
    const std::string csrf = text(json_of(get("/session", cookie)), "csrf");
    return ask(port(), "POST " + path,
               "Content-Type: application/json\r\nLupaus-Csrf: " + csrf + "\r\n" + cookie, body);
  }

  void send(const v1::Event& event) {
    stream_.send("b1/counter", ++sent_, {event});
    v1::Ack ack;
    while (ack.up_to_sequence() < sent_) ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
  }
  /// A loan that was served a minute too late: EUR 25 by transfer, final.
  void break_promise(const std::string& ticket) {
    using std::chrono::minutes;
    v1::Event issued = tests::make_event(ticket, "issued", {}, "loan");
    (*issued.mutable_attributes())["customer"] = "c-1";
    send(issued);
    running_.move_to(tests::RunningServer::at(minutes(31)));
    send(tests::make_event(ticket, "service_started", minutes(31)));
    running_.move_to(tests::RunningServer::at(minutes(32)));
    send(tests::make_event("other", "issued", minutes(32), "other"));
    running_.server().loop().drain();
  }

  tests::RunningServer running_;
  tests::SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
};

}  // namespace lupaus::server::console
