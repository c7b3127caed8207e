// What a receiver says about people stays outside: of each field of its answer, whatever the field
// is judged to mean.
#include "server/compensate/receiver_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/compensate/sample.h"

namespace lupaus::server::compensate {
namespace {

using ::testing::HasSubstr;
using Kind = Outcome::Kind;

Outcome answered(const std::string& body) { return judge_answer(sample(1), 200, body, false); }
Outcome stands(const std::string& body) { return judge_standing(sample(1), 200, body).outcome; }

TEST(ReceiverAnswer, OfAPersonNothingIsKept) {
  const std::string people[] = {"Matti Virtanen FI2112345600000785", "FI2112345600000785",
                                "FI21 1234 5600 0007 85", "Virtanen",
                                "account FI2112345600000785 of Virtanen is closed"};
  for (const std::string& person : people) {
    const std::string text = "\"" + person + "\"";
    for (const std::string& body :
         {R"({"reference":)" + text + "}", R"({"compensation":)" + text + "}",
          R"({"amount":)" + text + "}", R"({"amount":{"currency":)" + text + R"(,"minor":1}})",
          R"({"amount":{"currency":"EUR","amount":)" + text + "}}",
          R"({"amount":{"currency":"EUR","minor":)" + text + "}}", R"({"state":)" + text + "}",
          R"({"state":"paid","reference":)" + text + R"(,"amount":{}})",
          R"({"state":"failed","reason":)" + text + "}"}) {
      for (const Outcome& outcome : {answered(body), stands(body)}) {
        for (const char* part : {"Virtanen", "Matti", "FI21", "1234", "0785"})
          EXPECT_EQ(outcome.text.find(part), std::string::npos) << body << ": " << outcome.text;
      }
    }
  }
}

TEST(ReceiverAnswer, WithAPersonInItMeansTheSame) {
  const Outcome paid = answered(R"({"reference":"Matti Virtanen FI2112345600000785"})");
  EXPECT_EQ(paid.kind, Kind::paid);
  EXPECT_EQ(paid.text, "…");
  const std::string named =
      R"({"reference":"Virtanen","amount":{"currency":"EUR","amount":"10.00"}})";
  EXPECT_EQ(judge_answer(sample(1), 200, named, false, Proof::named).kind, Kind::paid);
  const Outcome failed =
      stands(R"({"state":"failed","reason":"account FI5542345670000081 of Sirkka is closed"})");
  EXPECT_EQ(failed.kind, Kind::failed);
  EXPECT_EQ(failed.text, "account … of … is closed");
  const Outcome other = answered(R"({"compensation":"FI2112345600000785"})");
  EXPECT_EQ(other.kind, Kind::contradicted);
  EXPECT_THAT(other.text, HasSubstr("`…` where `C-1-1` was asked"));
  EXPECT_EQ(stands(R"({"state":"Matti"})").kind, Kind::unknown);
}

TEST(ReceiverAnswer, KeepsWhatFinanceLooksFor) {
  EXPECT_EQ(answered(R"({"reference":"bank-C-1-1","compensation":"C-1-1"})").text, "bank-C-1-1");
  EXPECT_EQ(stands(R"({"state":"failed","reason":"AC04"})").text, "AC04");
  EXPECT_EQ(stands(R"({"state":"failed","reason":"INSUFFICIENT_FUNDS"})").text,
            "INSUFFICIENT FUNDS");
  EXPECT_EQ(stands(R"({"state":"failed","reason":"Sirkka"})").text, "the receiver says it failed");
  EXPECT_THAT(answered(R"({"amount":{"currency":"SEK","amount":"10.00"}})").text,
              HasSubstr("with SEK 10.00 where EUR 10.00 was asked"));
  EXPECT_THAT(stands(R"({"state":"pending"})").text, HasSubstr("`pending`"));
}

TEST(ReceiverAnswer, ThatCannotBeReadIsNoPayment) {
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::string body :
       {R"({"state":"failed","reason":"acc)", R"([{"state":"failed"}])", "ERROR: could not pay",
        "OK", "null", "\"paid\"", "{\"reference\":\"caf\xE9\"}"}) {
    for (const std::string& sent : {body, mark + body, " \r\n" + body}) {
      EXPECT_EQ(answered(sent).kind, Kind::unknown) << sent;
      EXPECT_THAT(answered(sent).text, HasSubstr("no JSON object"));
      EXPECT_EQ(stands(sent).kind, Kind::unknown) << sent;
    }
  }
  EXPECT_THAT(answered(mark + R"({"state":"failed"})").text, HasSubstr("that it is `failed`"));
  EXPECT_EQ(stands(mark + R"({"state":"failed"})").kind, Kind::failed);
  for (const std::string& body : {std::string(), mark, " \r\n" + mark + "\t", std::string("{}"),
                                  mark + "{\"reference\":\"b-1\"}\n"})
    EXPECT_EQ(answered(body).kind, Kind::paid) << body;
}

TEST(ReceiverAnswer, ToAnApologyNeedsNoReading) {
  rules::ledger::Compensation apology = sample(1);
  apology.amount.reset();
  EXPECT_EQ(judge_answer(apology, 200, "OK", false).kind, Kind::paid);
}

TEST(ReceiverAnswer, IsCutAtItsBound) {
  const std::string words = R"({"state":"failed","reason":")" + std::string(5000, 'a') + " closed";
  EXPECT_LT(stands(words + "\"}").text.size(), 256u);
  EXPECT_EQ(answered(R"({"reference":")" + std::string(201, '7') + "\"}").text, "…");
}

}  // namespace
}  // namespace lupaus::server::compensate
