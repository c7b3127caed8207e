#include "rules/language/suggestion.h"

#include <algorithm>
#include <vector>

namespace lupaus::rules::language {
namespace {

// WHY: a bound keeps a hostile key of a megabyte from costing a megabyte times every known word.
constexpr size_t kWordMax = 64;

/// Edits (insert, delete, change, swap of neighbours) that turn one word into the other.
size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<size_t> before(right.size() + 1), last(right.size() + 1), row(right.size() + 1);
  for (size_t j = 0; j <= right.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      const size_t change = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[right.size()];
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kWordMax) return "";
  size_t best = std::clamp<size_t>(word.size() / 3, 1, 3) + 1;
  std::string_view found;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > kWordMax) continue;
    const size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return std::string(found);
}

std::string suggest(std::string_view word, std::span<const std::string_view> candidates) {
  if (std::string found = nearest(word, candidates); !found.empty()) {
    return "did you mean \"" + found + "\"?";
  }
  if (candidates.empty()) return "none is known here";
  if (candidates.size() > 24)
    return "check its spelling: none of the " + std::to_string(candidates.size()) +
           " known ones is like it";
  std::string text = "known here:";
  for (std::string_view candidate : candidates) {
    text += text.back() == ':' ? " " : ", ";
    text += candidate;
  }
  return text;
}

}  // namespace lupaus::rules::language
