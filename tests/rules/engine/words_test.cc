// The words that events repeat: a state that knows more names than two bytes count still tells them
// apart, and no book brings more words than it can.
#include <gtest/gtest.h>

#include "rules/engine/names.h"
#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

/// A book whose vocabulary has `count` attributes more, called `prefix`0 and so on.
BookPtr book_with_attributes(const std::string& prefix, size_t count) {
  return book_with([](auto&) {}, {}, {},
                   [&](Book& book) {
                     for (size_t i = 0; i < count; ++i)
                       book.vocabularies.front().attributes[prefix + std::to_string(i)] = {};
                   });
}

TEST(Words, OfALaterBookAreReadRightlyAfterManyNames) {
  World world(make_book({{}}));
  for (size_t i = 0; i < 70'000; ++i)
    world.state().engine.names().intern("kiosk-" + std::to_string(i));
  const auto later = book_with(
      [](Promise& promise) {
        promise.digest = "another revision";
        promise.applies = is(Of::ticket, "colour", "red");
        promise.on["handed_over"] = promise.on["service_started"];
      },
      {}, {},
      [](Book& book) {
        book.vocabularies.front().events.push_back("handed_over");
        book.vocabularies.front().attributes["colour"] = {};
        book.vocabularies.front().attributes["shape"] = {};
      });
  world.publish(later, World::at(0s));
  play(world, {say("issued", 1s, {{"shape", "round"}, {"colour", "red"}}),
               say("handed_over", 20min, {{"colour", "blue"}})});
  const auto commitment = world.commitment("A1");
  EXPECT_EQ(commitment.cycle.verdict, Verdict::breached);
  EXPECT_EQ(commitment.cycle.counted, 20min - 1s);
  EXPECT_EQ(world.all<Owed>().size(), 1u);
  rules::engine::State replayed;
  for (const Fact& fact : world.facts()) replayed.evolve(fact);
  EXPECT_EQ(replayed.hash(), world.state().engine.hash());
}

TEST(Words, AreLimitedOverAllBooksEverPublished) {
  constexpr size_t kMax = rules::engine::Names::kWordsMax;
  World world(make_book({{}}));
  const auto publish = [&](const BookPtr& book) {
    return world.command(Publish{book, {}, {}, ""}, World::at(0s));
  };
  ASSERT_TRUE(publish(book_with_attributes("a", kMax - 100)).ok());
  const size_t facts = world.facts().size();
  const auto refused = publish(book_with_attributes("b", 100));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "too_many_words");
  EXPECT_NE(refused.error().message.find("brings 100 more (`b0`)"), std::string::npos)
      << refused.error().message;
  EXPECT_EQ(world.facts().size(), facts) << "nothing is recorded";
  ASSERT_TRUE(publish(book_with_attributes("a", kMax - 100)).ok()) << "they are known";
  const size_t room = kMax - world.state().engine.names().word_count();
  EXPECT_FALSE(publish(book_with_attributes("c", room + 1)).ok());
  EXPECT_TRUE(publish(book_with_attributes("c", room)).ok());
  EXPECT_FALSE(publish(book_with_attributes("d", 1)).ok());
  EXPECT_TRUE(publish(make_book({{}})).ok());
}

}  // namespace
}  // namespace lupaus::tests
