// The small world of the crash test: ten branches of five sources each, half of them declared by
// the book, and promises so short that dues, warnings, breaches and expiries happen within the run.
// No cap binds, so that money compares with a backtest's.
#pragma once

#include <string>
#include <vector>

#include "rules/model/book.h"

namespace lupaus::tests::crash {

inline constexpr size_t kBranchCount = 10;
inline constexpr size_t kKiosksOfBranch = 2;
inline constexpr size_t kCountersOfBranch = 3;
inline constexpr size_t kSourcesOfBranch = kKiosksOfBranch + kCountersOfBranch;
inline constexpr size_t kSourceCount = kBranchCount * kSourcesOfBranch;

std::string branch_name(size_t branch);
/// Of all sources, those of a branch follow each other: kiosks, then counters.
std::string source_name(size_t source);

/// Every promise's limit; the longest expiry is kLongestClock.
inline constexpr rules::model::Duration kCashWithin{400};
inline constexpr rules::model::Duration kLongestClock{1500};

/// The files of the book.
std::vector<rules::model::SourceFile> book_files();

}  // namespace lupaus::tests::crash
