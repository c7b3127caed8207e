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

TEST(Url, AddressesInsideAHouseAreNotPublic) {
  const auto is_public = [](const std::string& text) {
    return is_public_address(boost::asio::ip::make_address(text));
  };
  for (const std::string inside : {"0.0.0.0",
                                   "10.1.2.3",
                                   "100.64.0.1",
                                   "127.0.0.1",
                                   "127.9.9.9",
                                   "169.254.169.254",
                                   "172.16.0.1",
                                   "172.31.255.255",
                                   "192.0.0.8",
                                   "192.168.1.1",
                                   "192.0.0.0",
                                   "192.0.0.255",
                                   "198.18.0.0",
                                   "198.19.0.1",
                                   "198.19.255.255",
                                   "10.0.0.0",
                                   "10.255.255.255",
                                   "100.127.255.255",
                                   "169.254.0.0",
                                   "169.254.255.255",
                                   "239.255.255.255",
                                   "224.0.0.1",
                                   "240.0.0.1",
                                   "255.255.255.255",
                                   "::",
                                   "::1",
                                   "fe80::1",
                                   "fc00::1",
                                   "fdff::1",
                                   "ff02::1",
                                   "::ffff:127.0.0.1",
                                   "::ffff:10.0.0.1",
                                   "64:ff9b::7f00:1",
                                   "2002:7f00:1::",
                                   "2001:0:1::"}) {
    EXPECT_FALSE(is_public(inside)) << inside;
  }
  for (const std::string outside :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
        "172.32.0.0", "169.253.255.255", "169.255.0.0", "192.0.1.0", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "126.255.255.255", "128.0.0.0", "192.167.255.255",
        "223.255.255.255", "2a00:1450::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(is_public(outside)) << outside;
  }
}

TEST(HttpClient, NobodyListeningIsNoAnswer) {
  HttpClient client({.allowed_addresses = {"127.0.0.1"}});
  const auto answer = client.exchange({false, "127.0.0.1", "1", "/"}, {});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "no_answer");
}

TEST(HttpClient, ConnectsToNoAddressInsideTheHouse) {
  HttpClient client({});
  const auto answer = client.exchange({false, "127.0.0.1", "1", "/"}, {});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "address_not_allowed");
}

}  // namespace
}  // namespace lupaus::server::compensate
