// Answers are made once for all who get the same, and never more of them are held than the limit.
#include "server/console/shared_pieces.h"

#include <gtest/gtest.h>

namespace lupaus::server::console {
namespace {

TEST(SharedPieces, AreMadeOnceForAllWhoGetTheSame) {
  SharedPieces pieces;
  const int board = 0, signals = 0;
  int made = 0;
  const auto ask = [&](const void* route, const std::string& bytes) {
    const auto held = std::make_shared<const std::string>(bytes);
    return *pieces.find_or_make(route, *held, held, [&] {
      ++made;
      return "{" + bytes + "}";
    });
  };
  for (int watcher = 0; watcher < 200; ++watcher) {
    for (const std::string branch : {"a", "b", "c"})
      EXPECT_EQ(ask(&board, branch), "{" + branch + "}");
  }
  EXPECT_EQ(made, 3);
  ask(&signals, "a");
  EXPECT_EQ(made, 4) << "the same bytes of another call are another answer";
}

TEST(SharedPieces, OfTheSamePlaceAreTheSameWithoutALookAtTheirBytes) {
  SharedPieces pieces;
  const int board = 0;
  const auto held = std::make_shared<const std::string>("answer");
  const auto first = pieces.find_or_make(&board, *held, held, [] { return std::string("{}"); });
  std::weak_ptr<const std::string> kept = held;
  EXPECT_EQ(kept.use_count(), 2) << "the bytes stay where they are while the piece is at hand";
  const auto again =
      pieces.find_or_make(&board, *held, nullptr, [] { return std::string("again"); });
  EXPECT_EQ(first, again);
}

TEST(SharedPieces, HoldNoMoreThanTheirLimit) {
  SharedPieces pieces;
  const int board = 0;
  const std::string large(SharedPieces::kBytesMax / 5, 'x');
  for (int i = 0; i < 200; ++i) {
    const auto bytes =
        std::make_shared<const std::string>((i % 20 == 0 ? large : "small") + std::to_string(i));
    const auto piece = pieces.find_or_make(&board, *bytes, bytes, [&] { return *bytes; });
    EXPECT_EQ(*piece, *bytes);
    EXPECT_LE(pieces.held_bytes(), SharedPieces::kBytesMax);
  }
  const auto huge = std::make_shared<const std::string>(SharedPieces::kBytesMax + 1, 'x');
  EXPECT_EQ(*pieces.find_or_make(&board, *huge, huge, [] { return std::string("{}"); }), "{}");
  EXPECT_EQ(pieces.held_bytes(), 0u);
}

}  // namespace
}  // namespace lupaus::server::console
