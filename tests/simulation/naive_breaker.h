// The breaker of payouts once more (R97), with the settings that nobody changed: every hour is kept
// and sorted anew. It shares no code with the ledger.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "rules/model/instant.h"

namespace lupaus::tests::simulation {

class NaiveBreaker {
 public:
  /// A payout of the branch was owed then.
  void count(const std::string& branch, rules::model::Instant at);
  /// Whether one more is kept back: more than ten in its hour, and more than five times what 95 %
  /// of the hours before it come to at most, of at least 20 days and at most four weeks.
  bool trips(const std::string& branch, rules::model::Instant at) const;

 private:
  std::map<std::string, std::map<int64_t, uint64_t>> hours_;  ///< by branch and hour since 1970
};

}  // namespace lupaus::tests::simulation
