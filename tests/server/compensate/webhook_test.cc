// What leaves the house by webhook, what its answers mean, and where it never goes.
#include "server/compensate/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/compensate/sample.h"
#include "tests/support/fake_bank/fake_bank.h"

namespace lupaus::server::compensate {
namespace {

using ::testing::HasSubstr;
using tests::support::FakeBank;
using tests::support::Whim;

class Webhook : public ::testing::Test {
 protected:
  std::unique_ptr<Channel> channel(const FakeBank& bank, std::vector<std::string> secrets = {"s1"},
                                   std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    auto made =
        make_webhook_channel({bank.url(), {"127.0.0.1"}, std::move(secrets), limit, {}}, *clock_);
    EXPECT_TRUE(made.ok());
    return std::move(*made);
  }
  static FakeBank::Choose always(Whim whim) {
    return [whim](const std::string&, int) { return whim; };
  }

  std::unique_ptr<runtime::VirtualClock> clock_ =
      runtime::make_virtual_clock(rules::model::from_unix_ms(1767596400999));
};

TEST_F(Webhook, SendsASignedCloudEventWithTheIdAsKey) {
  const FakeBank bank("s1", always(Whim::credit));
  const Outcome outcome = channel(bank)->deliver(sample(42));
  EXPECT_EQ(outcome.kind, Outcome::Kind::paid);
  EXPECT_EQ(outcome.text, "bank-C-1-42");
  ASSERT_EQ(bank.received().size(), 1u);
  const auto request = bank.received()[0];
  EXPECT_EQ(request.key, "C-1-42");
  EXPECT_TRUE(request.is_signed);
  EXPECT_THAT(request.signature, HasSubstr("t=1767596400,v1="));
  EXPECT_EQ(request.content_type, "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(
      request.body,
      R"({"specversion":"1.0","id":"C-1-42","source":"/lupaus/partitions/1",)"
      R"("type":"lupaus.compensation.owed.v1","subject":"helsinki-1/20260105-A42/served-in-15/1",)"
      R"("time":"2026-01-05T07:00:00.123Z","datacontenttype":"application/json","data":{)"
      R"("compensation":"C-1-42","branch":"helsinki-1","ticket":"20260105-A42","promise":"served-in-15",)"
      R"("revision":"2","cycle":1,"customer":"c-42","amount":{"currency":"EUR","amount":"10.00"}}})");
}

TEST_F(Webhook, IsAcceptedByEitherSecretWhileTheyAreRotated) {
  for (const std::string secret : {"old", "new"}) {
    const FakeBank bank(secret, always(Whim::credit));
    channel(bank, {"old", "new"})->deliver(sample(1));
    EXPECT_TRUE(bank.received()[0].is_signed) << secret;
  }
  const FakeBank stranger("other", always(Whim::credit));
  channel(stranger, {"old", "new"})->deliver(sample(1));
  EXPECT_FALSE(stranger.received()[0].is_signed);
}

TEST_F(Webhook, FollowsNoRedirect) {
  const FakeBank bank("s1", always(Whim::redirect));
  EXPECT_EQ(channel(bank)->deliver(sample(1)).kind, Outcome::Kind::unknown);
  ASSERT_EQ(bank.received().size(), 1u);
  EXPECT_EQ(bank.received()[0].target, "/pay");
}

TEST_F(Webhook, DoesNotKnowWhatALostAnswerSaid) {
  for (const Whim whim :
       {Whim::drop_reply, Whim::cut_reply, Whim::fail_before, Whim::fail_after, Whim::busy}) {
    const FakeBank bank("s1", always(whim));
    EXPECT_EQ(channel(bank)->deliver(sample(1)).kind, Outcome::Kind::unknown)
        << static_cast<int>(whim);
  }
}

TEST_F(Webhook, GivesUpOnASilentReceiverAtItsLimit) {
  const FakeBank bank("s1", always(Whim::silence));
  EXPECT_EQ(channel(bank, {"s1"}, std::chrono::milliseconds(50))->deliver(sample(1)).kind,
            Outcome::Kind::unknown);
}

TEST_F(Webhook, ARefusalAndAnotherAmountAreFailuresThatSayWhy) {
  const FakeBank refusing("s1", always(Whim::refuse));
  const Outcome refused = channel(refusing)->deliver(sample(1));
  EXPECT_EQ(refused.kind, Outcome::Kind::failed);
  EXPECT_THAT(refused.text, HasSubstr("422"));
  const FakeBank wrong("s1", always(Whim::wrong_amount));
  const Outcome other = channel(wrong)->deliver(sample(1));
  EXPECT_EQ(other.kind, Outcome::Kind::failed);
  EXPECT_THAT(other.text, HasSubstr("EUR 0.01 where EUR 10.00"));
}

TEST_F(Webhook, GoesToNoHostThatIsNotAllowed) {
  for (const std::string url :
       {"http://evil.example/pay", "http://127.0.0.1.evil.example/", "http://sub.bank.example/"}) {
    const auto made =
        make_webhook_channel({url, {"bank.example", "127.0.0.1"}, {"s"}, {}, {}}, *clock_);
    ASSERT_FALSE(made.ok()) << url;
    EXPECT_EQ(made.error().code, "host_not_allowed");
  }
  EXPECT_EQ(make_webhook_channel({"http://bank.example", {}, {"s"}, {}, {}}, *clock_).error().code,
            "host_not_allowed");
  EXPECT_EQ(make_webhook_channel({"gopher://x", {"x"}, {"s"}, {}, {}}, *clock_).error().code,
            "bad_url");
}

TEST_F(Webhook, NeedsOneOrTwoSecrets) {
  for (const std::vector<std::string>& secrets :
       {std::vector<std::string>{}, std::vector<std::string>{""},
        std::vector<std::string>{"a", "b", "c"}}) {
    EXPECT_EQ(make_webhook_channel({"http://a/", {"a"}, secrets, {}, {}}, *clock_).error().code,
              "no_secret");
  }
}

TEST(WebhookAnswer, IsJudgedByItsStatus) {
  const auto kind = [](int status, std::string body = "") {
    return judge_answer(sample(1), status, body).kind;
  };
  EXPECT_EQ(kind(200), Outcome::Kind::paid);
  EXPECT_EQ(kind(204), Outcome::Kind::paid);
  EXPECT_EQ(kind(200, "not json"), Outcome::Kind::paid);
  EXPECT_EQ(kind(200, R"({"amount":{"currency":"EUR","amount":"10.00"}})"), Outcome::Kind::paid);
  EXPECT_EQ(kind(200, R"({"amount":{"currency":"SEK","amount":"10.00"}})"), Outcome::Kind::failed);
  EXPECT_EQ(kind(200, R"({"amount":10.00})"), Outcome::Kind::failed);
  for (const int status : {400, 401, 404, 410, 422})
    EXPECT_EQ(kind(status), Outcome::Kind::failed) << status;
  for (const int status : {100, 301, 307, 408, 409, 425, 429, 500, 503}) {
    EXPECT_EQ(kind(status), Outcome::Kind::unknown) << status;
  }
}

}  // namespace
}  // namespace lupaus::server::compensate
