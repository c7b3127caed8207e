#include "server/report/rollup_totals.h"

#include <algorithm>
#include <tuple>

namespace lupaus::server::report {

using rules::model::Verdict;

WaitCounts RollupTotals::waits() const {
  WaitCounts both = kept_waits;
  both.add(breached_waits);
  return both;
}

void RollupTotals::add(const RollupTotals& other, int sign) {
  const auto plus = [sign](uint64_t& into, uint64_t from) {
    into += static_cast<uint64_t>(sign) * from;
  };
  plus(commitments, other.commitments);
  plus(kept, other.kept);
  plus(breached, other.breached);
  plus(voided, other.voided);
  plus(excused, other.excused);
  plus(indeterminate, other.indeterminate);
  for (const MoneySums& sums : other.money) add_money(sums, sign);
  for (const ReasonCount& one : other.reasons)
    add_reason(one.verdict, one.reason, sign * one.count);
  for (const FeedbackSums& sums : other.feedback) add_feedback(sums, sign);
  kept_waits.add(other.kept_waits, sign);
  breached_waits.add(other.breached_waits, sign);
  payments.add(other.payments, sign);
}

void RollupTotals::add_verdict(Verdict verdict, int by) {
  uint64_t& count = verdict == Verdict::kept       ? kept
                    : verdict == Verdict::breached ? breached
                    : verdict == Verdict::excused  ? excused
                    : verdict == Verdict::voided   ? voided
                                                   : indeterminate;
  count += static_cast<uint64_t>(by);
}

void RollupTotals::add_money(const MoneySums& sums, int sign) {
  auto at = std::lower_bound(
      money.begin(), money.end(), sums.currency,
      [](const MoneySums& one, rules::model::Currency wanted) { return one.currency < wanted; });
  if (at == money.end() || at->currency != sums.currency)
    at = money.insert(at, {sums.currency, 0, 0, 0});
  const auto plus = [sign](rules::model::MinorSum& into, const rules::model::MinorSum& from) {
    if (sign < 0) {
      into -= from;
    } else {
      into += from;
    }
  };
  plus(at->owed, sums.owed);
  plus(at->paid, sums.paid);
  plus(at->capped, sums.capped);
  if (at->owed == 0 && at->paid == 0 && at->capped == 0) money.erase(at);
}

int64_t FeedbackSums::score_milli() const {
  if (count == 0) return 0;
  return kind == AnswerKind::nps ? (promoters - detractors) * 100'000 / count
                                 : score_sum * 1'000 / count;
}

void RollupTotals::add_feedback(const FeedbackSums& sums, int sign) {
  auto at = std::lower_bound(feedback.begin(), feedback.end(), std::tie(sums.kind, sums.group),
                             [](const FeedbackSums& one, const auto& wanted) {
                               return std::tie(one.kind, one.group) < wanted;
                             });
  if (at == feedback.end() || at->kind != sums.kind || at->group != sums.group)
    at = feedback.insert(at, {sums.kind, sums.group});
  at->count += sign * sums.count;
  at->score_sum += sign * sums.score_sum;
  at->promoters += sign * sums.promoters;
  at->detractors += sign * sums.detractors;
  if (at->count == 0) feedback.erase(at);
}

void RollupTotals::add_reason(Verdict verdict, const std::string& reason, int64_t by) {
  auto at = std::lower_bound(reasons.begin(), reasons.end(), std::tie(verdict, reason),
                             [](const ReasonCount& one, const auto& wanted) {
                               return std::tie(one.verdict, one.reason) < wanted;
                             });
  if (at == reasons.end() || at->verdict != verdict || at->reason != reason)
    at = reasons.insert(at, {verdict, reason, 0});
  at->count += by;
  if (at->count == 0) reasons.erase(at);
}

}  // namespace lupaus::server::report
