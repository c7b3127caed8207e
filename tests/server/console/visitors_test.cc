// Who is at the browser, and what that needs to change something.
#include "server/console/visitors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

#include "tests/server/console/console_stage.h"

namespace lupaus::server::console {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Sessions : public ConsoleStage {
 protected:
  /// Starts with a proxy's socket in a folder of its own.
  void start_with_proxy() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lupaus-http-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    settings_.proxy_socket = folder_ + "/http";
    start();
  }
  void TearDown() override {
    server_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  Answer by_proxy(const std::string& line, const std::string& headers,
                  const std::string& body = "") {
    Wire wire(settings_.proxy_socket);
    wire.send(request_text(line, "Host: console.bank.example\r\n" + headers, body));
    return parse_answer(wire.read_all());
  }
  std::string folder_;
};

TEST_F(Sessions, AreNobodysUntilANameIsChosen) {
  settings_.version = "1.2.3";
  start();
  EXPECT_THAT(
      get("/session").body,
      ::testing::MatchesRegex(R"(\{"name":"","authenticated":false,"roles":\[\],)"
                              R"("kind":"nobody","csrf":"[0-9a-f]+","version":"1.2.3"\}.)"));
  const Answer chosen = change("POST /session", R"({"name":"Maija Mäki"})");
  EXPECT_EQ(chosen.status, 200);
  EXPECT_THAT(chosen.body, HasSubstr(R"("name":"Maija Mäki","authenticated":false)"));
  EXPECT_THAT(chosen.body, HasSubstr(R"("kind":"chosen")"));
  EXPECT_EQ(chosen.header("Set-Cookie"),
            "lupaus-name=Maija%20M%C3%A4ki; Path=/; HttpOnly; SameSite=Strict");
  const std::string cookie = "Cookie: a=b; lupaus-name=Maija%20M%C3%A4ki\r\n";
  EXPECT_THAT(get("/session", cookie).body, HasSubstr("Maija Mäki"));
  EXPECT_THAT(get("/v1/echo", cookie).body, StartsWith("Maija Mäki"));
  const Answer forgotten = change("DELETE /session", "", cookie);
  EXPECT_THAT(forgotten.header("Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_THAT(forgotten.body, HasSubstr("nobody"));
}

TEST_F(Sessions, TakeOnlyNamesThatMayStandInFacts) {
  start();
  for (const std::string body :
       {"", "{", "[]", R"({"name":""})", R"({"name":" frans"})", R"({"name":"frans "})",
        R"({"name":"a\u0000b"})", R"({"name":"a\nb"})", R"({"name":7})",
        R"({"name":"a","role":"x"})", "{\"name\":\"\xff\"}"}) {
    EXPECT_EQ(change("POST /session", body).status, 400) << body;
  }
  EXPECT_EQ(change("POST /session", R"({"name":")" + std::string(129, 'a') + "\"}").status, 400);
  EXPECT_EQ(change("POST /session", R"({"name":")" + std::string(5'000, 'a') + "\"}").status, 413);
  for (const std::string cookie : {"%", "%00", "%ff", "%20a", "a%0d%0aSet-Cookie:x"}) {
    EXPECT_THAT(get("/session", "Cookie: lupaus-name=" + cookie + "\r\n").body, HasSubstr("nobody"))
        << cookie;
  }
}

TEST_F(Sessions, AChangeNeedsTheTokenOfItsOwnSession) {
  start();
  const std::string json = "Content-Type: application/json\r\n";
  const std::string maija = "Cookie: lupaus-name=maija\r\n";
  const auto post = [&](const std::string& headers) {
    return ask(server_->port(), "POST /v1/change", headers, "{}");
  };
  const std::string token = csrf(maija);
  EXPECT_EQ(post(json + maija + "Lupaus-Csrf: " + token + "\r\n").status, 200);
  EXPECT_EQ(
      post(json + maija + "Lupaus-Csrf: " + token + "\r\nOrigin: http://localhost\r\n").status,
      200);
  struct Row {
    std::string headers, reason;
    int status;
  };
  for (const Row& row :
       {Row{json + maija, "csrf", 403}, Row{json + maija + "Lupaus-Csrf: \r\n", "csrf", 403},
        Row{json + maija + "Lupaus-Csrf: " + token.substr(1) + "0\r\n", "csrf", 403},
        Row{json + maija + "Lupaus-Csrf: " + csrf() + "\r\n", "csrf", 403},
        Row{json + "Lupaus-Csrf: " + token + "\r\n", "csrf", 403},
        Row{maija + "Lupaus-Csrf: " + token + "\r\n", "content_type", 415},
        Row{maija + "Content-Type: text/plain\r\nLupaus-Csrf: " + token + "\r\n", "content_type",
            415},
        Row{json + maija + "Origin: http://evil.example\r\nLupaus-Csrf: " + token + "\r\n",
            "origin", 403},
        Row{json + maija + "Origin: null\r\nLupaus-Csrf: " + token + "\r\n", "origin", 403}}) {
    const Answer answer = post(row.headers);
    EXPECT_EQ(answer.status, row.status) << row.headers;
    EXPECT_THAT(answer.body, HasSubstr("\"reason\":\"" + row.reason + "\"")) << row.headers;
  }
}

TEST_F(Sessions, ATokenDiesWithTheProcess) {
  start();
  const std::string before = csrf();
  server_.reset();
  start();
  EXPECT_NE(csrf(), before);
}

TEST_F(Sessions, AProxysHeadersAreForgedAnywhereElse) {
  start();
  for (const std::string path : {"/v1/echo", "/session", "/", "/healthz"}) {
    for (const std::string header :
         {"Lupaus-Name: anna\r\n", "Lupaus-Roles: finance\r\n", "lupaus-NAME: anna\r\n"}) {
      const Answer answer = get(path, header);
      EXPECT_EQ(answer.status, 403) << path << header;
      EXPECT_THAT(answer.body, HasSubstr("\"reason\":\"forged\"")) << path << header;
    }
  }
}

TEST_F(Sessions, AProxyTellsNameAndRoles) {
  start_with_proxy();
  struct stat found {};
  ASSERT_EQ(::stat(settings_.proxy_socket.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0660u);
  const std::string anna = "Lupaus-Name: anna%20m\r\nLupaus-Roles: manager, finance\r\n";
  const Answer session = by_proxy("GET /session", anna);
  EXPECT_THAT(session.body, HasSubstr(R"("name":"anna m","authenticated":true,)"
                                      R"("roles":["manager","finance"],"kind":"proxy")"));
  EXPECT_THAT(by_proxy("GET /v1/echo", anna).body, StartsWith("anna m manager,finance /v1/echo"));
  // A cookie chooses nothing there.
  EXPECT_THAT(by_proxy("GET /session", anna + "Cookie: lupaus-name=frans\r\n").body,
              HasSubstr("anna m"));
  const std::string token = session.body.substr(session.body.find("csrf") + 7, 32);
  const std::string change = anna + "Content-Type: application/json\r\nLupaus-Csrf: " + token +
                             "\r\nOrigin: https://console.bank.example\r\n";
  EXPECT_EQ(by_proxy("POST /v1/change", change, "{}").status, 200);
  EXPECT_EQ(by_proxy("POST /session", change, R"({"name":"frans"})").status, 403);
}

TEST_F(Sessions, AProxyThatTellsNoNameIsRefused) {
  start_with_proxy();
  for (const std::string headers :
       {"", "Lupaus-Roles: finance\r\n", "Lupaus-Name: \r\n", "Lupaus-Name: %\r\n",
        "Lupaus-Name: %20anna\r\n", "Lupaus-Name: a\r\nLupaus-Name: b\r\n"}) {
    const int status = by_proxy("GET /v1/echo", headers).status;
    EXPECT_TRUE(status == 401 || status == 400) << headers << status;
  }
  EXPECT_EQ(by_proxy("GET /healthz", "").status, 200);
}

TEST_F(Sessions, ASocketThatWasLeftBehindIsReplacedAndALiveOneIsNot) {
  start_with_proxy();
  ConsoleSettings settings;
  settings.proxy_socket = folder_ + "/left";
  {
    boost::asio::io_context loop;
    boost::asio::local::stream_protocol::acceptor left(loop, {settings.proxy_socket});
  }
  HttpServer third(settings, {});
  EXPECT_TRUE(third.start().ok());
  settings.proxy_socket = settings_.proxy_socket;
  HttpServer second(settings, {});
  const auto started = second.start();
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message, HasSubstr(settings_.proxy_socket));
  EXPECT_EQ(by_proxy("GET /healthz", "").status, 200) << "the first one still has it";
}

TEST_F(Sessions, WithCertificatesThePortServesNoCallsAndNoNames) {
  settings_.may_choose_names = false;
  start_with_proxy();
  EXPECT_EQ(get("/v1/echo").status, 401);
  EXPECT_EQ(change("POST /session", R"({"name":"maija"})").status, 403);
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/").status, 200);
  EXPECT_EQ(by_proxy("GET /v1/echo", "Lupaus-Name: anna\r\n").status, 200);
}

}  // namespace
}  // namespace lupaus::server::console
