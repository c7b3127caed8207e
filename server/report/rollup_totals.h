// The figures of one group of final commitments. They can be added, and taken away again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/model/money.h"
#include "rules/model/verdict.h"
#include "server/report/wait_counts.h"

namespace lupaus::server::report {

/// Sums of one currency in minor units.
struct MoneySums {
  rules::model::Currency currency;
  rules::model::MinorSum owed;    ///< what caps left, also what is held; without what was declined
  rules::model::MinorSum paid;    ///< and not sent back
  rules::model::MinorSum capped;  ///< what caps left out
  bool operator==(const MoneySums&) const = default;
};

/// Why a verdict was left to a person, or a breach was excused.
struct ReasonCount {
  rules::model::Verdict verdict = rules::model::Verdict::indeterminate;
  std::string reason;
  int64_t count = 0;
  bool operator==(const ReasonCount&) const = default;
};

/// What customers are asked: would you recommend us (0 to 10), was it easy, are you satisfied.
enum class AnswerKind : uint8_t { nps, ces, csi };
/// Of whose tickets: also the paid ones are among the breached.
enum class AnswerGroup : uint8_t { kept, breached, paid_within_due, paid_after_due };

/// Answers of one kind and group.
struct FeedbackSums {
  AnswerKind kind = AnswerKind::nps;
  AnswerGroup group = AnswerGroup::kept;
  int64_t count = 0;
  int64_t score_sum = 0;
  int64_t promoters = 0;   ///< of nps: 9 and 10
  int64_t detractors = 0;  ///< of nps: 0 to 6
  /// nps from -100,000 to 100,000, else the mean in thousandths; 0 of none.
  int64_t score_milli() const;
  bool operator==(const FeedbackSums&) const = default;
};

/// kept + breached + other() = commitments.
struct RollupTotals {
  uint64_t commitments = 0, kept = 0, breached = 0;
  uint64_t voided = 0, excused = 0, indeterminate = 0;
  std::vector<MoneySums> money;      ///< ascending by currency, without those that are all zero
  std::vector<ReasonCount> reasons;  ///< ascending, without zeros
  WaitCounts kept_waits, breached_waits;  ///< counted time
  WaitCounts payments;                    ///< from the breach to its first payment

  std::vector<FeedbackSums> feedback;  ///< ascending by kind and group, without those of none

  uint64_t other() const { return voided + excused + indeterminate; }
  /// Of both kept and breached.
  WaitCounts waits() const;

  void add(const RollupTotals& other, int sign = 1);
  void add_verdict(rules::model::Verdict verdict, int by);
  void add_money(const MoneySums& sums, int sign = 1);
  void add_feedback(const FeedbackSums& sums, int sign = 1);
  void add_reason(rules::model::Verdict verdict, const std::string& reason, int64_t by);
  bool operator==(const RollupTotals&) const = default;
};

}  // namespace lupaus::server::report
