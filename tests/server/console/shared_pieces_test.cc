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
    return *pieces.find_or_make(route, bytes, [&] {
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

TEST(SharedPieces, HoldNoMoreThanTheirLimit) {
  SharedPieces pieces;
  const int board = 0;
  const std::string large(SharedPieces::kBytesMax / 5, 'x');
  for (int i = 0; i < 200; ++i) {
    const std::string bytes = (i % 20 == 0 ? large : "small") + std::to_string(i);
    const auto piece = pieces.find_or_make(&board, bytes, [&] { return bytes; });
    EXPECT_EQ(*piece, bytes);
    EXPECT_LE(pieces.held_bytes(), SharedPieces::kBytesMax);
  }
  const std::string huge(SharedPieces::kBytesMax + 1, 'x');
  EXPECT_EQ(*pieces.find_or_make(&board, huge, [] { return std::string("{}"); }), "{}");
  EXPECT_EQ(pieces.held_bytes(), 0u);
}

}  // namespace
}  // namespace lupaus::server::console
