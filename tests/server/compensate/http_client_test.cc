// Which addresses are taken, and how they are read.
#include "server/compensate/http_client.h"

#include <gtest/gtest.h>

namespace lupaus::server::compensate {
namespace {

TEST(Url, PartsAreReadAndDefaultsFilledIn) {
  const auto plain = read_url("http://Bank.Example/pay?x=1");
  ASSERT_TRUE(plain.ok());
  EXPECT_FALSE(plain->is_tls);
  EXPECT_EQ(plain->host, "bank.example");
  EXPECT_EQ(plain->port, "80");
  EXPECT_EQ(plain->target, "/pay?x=1");
  const auto secure = read_url("https://[::1]:8443");
  ASSERT_TRUE(secure.ok());
  EXPECT_TRUE(secure->is_tls);
  EXPECT_EQ(secure->host, "::1");
  EXPECT_EQ(secure->port, "8443");
  EXPECT_EQ(secure->target, "/");
  EXPECT_EQ(read_url("https://bank.example?q")->target, "/?q");
}

TEST(Url, WhatCouldMisleadIsRefused) {
  for (const std::string text :
       {"", "bank.example/pay", "ftp://bank.example", "http://", "http:///pay",
        "http://bank.example:", "http://a:0/", "http://a:65536/", "http://a:8x/",
        "http://good@evil.example/", "http://a/#b", "http://a/ b", "http://a/\r\nX: y",
        "http://[::1", "http://[::1]x/", "https://b\xC3\xA4nk.example/"}) {
    const auto url = read_url(text);
    EXPECT_FALSE(url.ok()) << text;
    if (url.ok()) continue;
    EXPECT_EQ(url.error().code, "bad_url") << text;
  }
}

TEST(Post, NobodyListeningIsNoAnswer) {
  Url url{false, "127.0.0.1", "1", "/"};
  const auto answer = post(url, {}, std::chrono::seconds(2));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "no_answer");
}

}  // namespace
}  // namespace lupaus::server::compensate
