#include "rules/ledger/numbering.h"

#include <fmt/format.h>

#include <algorithm>

namespace lupaus::rules::ledger {
namespace {

/// With so many numbers for each millisecond since 1970, and a batch for each second, no server
/// gives out as many as time passes: what it gave before `now` lies below. Until the year 2255
/// every reader of JSON holds such a number.
constexpr uint64_t kNumbersAMillisecond = 1'000;
constexpr uint64_t kMillisecondsABatch = 1'000;
/// How far is gone beyond the known where the clock is behind what was given by it.
constexpr uint64_t kNumbersBeyond = 1'000'000'000;
constexpr uint64_t kOrdinalsBeyond = 1'000'000;

}  // namespace

std::string next_batch_id(const Ledger& ledger, model::Instant now) {
  const std::string date = model::format_local_date(model::utc_date(now));
  const std::string prefix =
      fmt::format("B-{}{}{}-", date.substr(0, 4), date.substr(5, 2), date.substr(8, 2));
  uint64_t ordinal = std::max<uint64_t>(1, ledger.first_ordinal());
  while (ledger.find_batch(fmt::format("{}{:04}", prefix, ordinal)) != nullptr) ++ordinal;
  return fmt::format("{}{:04}", prefix, ordinal);
}

model::Restored go_on_beyond(const Ledger& ledger, model::Instant now) {
  const auto passed = static_cast<uint64_t>(std::max<int64_t>(0, model::to_unix_ms(now)));
  const uint64_t number = passed * kNumbersAMillisecond, ordinal = passed / kMillisecondsABatch;
  return {number > ledger.next_number() ? number : ledger.next_number() + kNumbersBeyond,
          ordinal > ledger.first_ordinal() ? ordinal : ledger.first_ordinal() + kOrdinalsBeyond};
}

}  // namespace lupaus::rules::ledger
