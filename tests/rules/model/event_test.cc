// Events: finding attributes, telling a repeated event from a changed one; what a book demands of a
// value.
#include "rules/model/event.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "rules/model/book.h"

namespace lupaus::rules::model {
namespace {

constexpr uint32_t kHashOfNothing = 2118639417;
constexpr uint32_t kHashOfIssued = 2262168228;

constexpr std::array<Attribute, 2> kAttributes = {{{"service", "cash"}, {"customer", "c-1"}}};
constexpr std::array<Attribute, 2> kReordered = {{{"customer", "c-1"}, {"service", "cash"}}};

Event issued() {
  return {.source = "kiosk-1",
          .epoch = 1,
          .sequence = 17,
          .branch = "helsinki-1",
          .ticket = "20260105-A017",
          .type = "issued",
          .label = "A017",
          .occurred_at = from_unix_ms(1'767'596'400'000),
          .attributes = kAttributes};
}

TEST(ContentHash, IgnoresIdentityAndTheOrderOfAttributes) {
  Event other = issued();
  other.attributes = kReordered;
  other.source = "kiosk-2";
  other.epoch = 2;
  other.sequence = 18;
  EXPECT_EQ(content_hash(other), content_hash(issued()));
}

TEST(ContentHash, SeesEveryChangeOfContent) {
  std::set<uint32_t> hashes = {content_hash(issued())};
  const auto differs = [&](auto change) {
    Event event = issued();
    change(event);
    EXPECT_TRUE(hashes.insert(content_hash(event)).second);
  };
  constexpr std::array<Attribute, 2> kSwapped = {{{"service", "c-1"}, {"customer", "cash"}}};
  constexpr std::array<Attribute, 1> kFewer = {{{"service", "cash"}}};
  differs([](Event& e) { e.branch = "helsinki-2"; });
  differs([](Event& e) { e.ticket = "20260105-A018"; });
  differs([](Event& e) { e.type = "called"; });
  differs([](Event& e) { e.label = "A018"; });
  differs([](Event& e) { e.label = ""; });
  differs([](Event& e) { e.occurred_at += Duration(1); });
  differs([&](Event& e) { e.attributes = kSwapped; });
  differs([&](Event& e) { e.attributes = kFewer; });
  differs([](Event& e) {
    e.branch = "helsinki-12";
    e.ticket = "0260105-A017";
  });
}

TEST(ContentHash, IsWhatItWasWhenJournalsWereWritten) {
  EXPECT_EQ(content_hash(Event{}), kHashOfNothing);
  EXPECT_EQ(content_hash(issued()), kHashOfIssued);
}

TEST(ContentHash, SpreadsNeighbours) {
  std::set<uint32_t> hashes;
  Event event = issued();
  for (int i = 0; i < 20'000; ++i) {
    event.occurred_at += Duration(1);
    hashes.insert(content_hash(event));
  }
  EXPECT_GT(hashes.size(), 19'990U);
}

TEST(Attribute, IsFoundByName) {
  EXPECT_EQ(find_attribute(kAttributes, "customer")->value, "c-1");
  EXPECT_EQ(find_attribute(kAttributes, "fare"), nullptr);
}

TEST(Actor, SaysWhetherItWasAuthenticated) {
  EXPECT_EQ(format_actor({Actor::Kind::person, false, "anna", "finance"}),
            "person anna (unauthenticated)");
  EXPECT_EQ(format_actor({Actor::Kind::source, true, "kiosk-1", ""}), "source kiosk-1");
  EXPECT_EQ(format_actor({Actor::Kind::system, false, "lupaus", ""}), "system");
}

TEST(Vocabulary, SaysWhatAValueMustLookLike) {
  const auto fits = [](AttributeType type, std::string_view text) {
    return !mismatch(type, text).has_value();
  };
  EXPECT_TRUE(fits(AttributeType::string, ""));
  EXPECT_TRUE(fits(AttributeType::boolean, "true"));
  EXPECT_FALSE(fits(AttributeType::boolean, "True"));
  EXPECT_TRUE(fits(AttributeType::integer, "-12"));
  for (const char* text : {"", "1.0", "1x", " 1", "+1", "9223372036854775808"}) {
    EXPECT_FALSE(fits(AttributeType::integer, text)) << text;
  }
  EXPECT_TRUE(fits(AttributeType::money, "EUR 15.00"));
  EXPECT_FALSE(fits(AttributeType::money, "15.00"));
  EXPECT_TRUE(fits(AttributeType::time, "2026-01-05T09:00:00Z"));
  EXPECT_FALSE(fits(AttributeType::time, "09:00"));
  EXPECT_TRUE(fits(AttributeType::duration, "15m"));
  EXPECT_FALSE(fits(AttributeType::duration, "15"));
}

}  // namespace
}  // namespace lupaus::rules::model
