#include "server/api/report_message.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "lupaus/v1/report.pb.h"
#include "server/api/summary_message.h"
#include "server/report/comparison.h"

namespace lupaus::server::api {
namespace {

using report::RollupLine;
using report::RollupTotals;
using rules::model::LocalDate;
using rules::model::Verdict;

constexpr size_t kWorstMax = 5;
constexpr size_t kPartsMax = 10;
/// More of them no page or terminal shows side by side.
constexpr int64_t kWaitBucketsMax = 40;

/// The step between buckets: long enough that the slowest of a hundred fits, yet one that leads to
/// the limit; where no such step is long enough the limit itself is it.
int64_t wait_step(int64_t longest_ms, std::optional<int64_t> limit_ms) {
  constexpr int64_t kSecond = 1'000, kMinute = 60'000;
  for (const int64_t step :
       {kSecond, 2 * kSecond, 5 * kSecond, 10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,
        2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute, 60 * kMinute,
        120 * kMinute, 240 * kMinute, 720 * kMinute}) {
    if (limit_ms && *limit_ms % step != 0) continue;
    if (longest_ms / step < kWaitBucketsMax) return step;
  }
  if (limit_ms && *limit_ms > 0) return *limit_ms;
  constexpr int64_t kDay = 1'440 * kMinute;
  return (longest_ms / kWaitBucketsMax / kDay + 1) * kDay;
}

}  // namespace

std::chrono::sys_days to_days(LocalDate date) {
  return std::chrono::sys_days(std::chrono::year_month_day(
      std::chrono::year(date.year), std::chrono::month(date.month), std::chrono::day(date.day)));
}

void put_total(const RollupTotals& total, std::optional<int64_t> objective_ppm,
               v1::Report& report) {
  to_message(total, *report.mutable_total());
  const uint64_t judged = total.kept + total.breached;
  if (const auto rate = report::rate_ppm(total.kept, judged)) report.set_kept_ppm(*rate);
  if (objective_ppm) {
    report.set_objective_ppm(*objective_ppm);
    report.set_allowed_breaches_count(static_cast<int64_t>(judged) * (1'000'000 - *objective_ppm) /
                                      1'000'000);
  }
  to_message(total.payments, *report.mutable_breach_to_payment());
  std::vector<report::ReasonCount> reasons = total.reasons;
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& left, const auto& right) { return left.count > right.count; });
  for (const report::ReasonCount& one : reasons) {
    v1::ReasonCount& reason = *report.add_indeterminate();
    reason.set_verdict(std::string(rules::model::format_verdict(one.verdict)));
    reason.set_reason(one.reason);
    reason.set_count(static_cast<uint64_t>(one.count));
  }
}

void put_days(Lines days, LocalDate first, LocalDate last, v1::Report& report) {
  auto next = days.begin();
  for (auto day = to_days(first); day <= to_days(last); day += std::chrono::days(1)) {
    const std::chrono::year_month_day date(day);
    const std::string text =
        rules::model::format_local_date({static_cast<int16_t>(static_cast<int>(date.year())),
                                         static_cast<uint8_t>(static_cast<unsigned>(date.month())),
                                         static_cast<uint8_t>(static_cast<unsigned>(date.day()))});
    v1::SummaryRow& row = *report.add_days();
    const bool is_there = next != days.end() && next->group.front() == text;
    to_message(is_there ? *next++ : RollupLine{{text}, {}}, row);
  }
}

void put_heat(Lines cells, v1::Report& report) {
  std::vector<const RollupLine*> worst;
  for (const RollupLine& cell : cells) {
    to_message(cell, *report.add_heat());
    if (cell.totals.breached > 0) worst.push_back(&cell);
  }
  std::stable_sort(worst.begin(), worst.end(), [](const RollupLine* left, const RollupLine* right) {
    return left->totals.breached > right->totals.breached;
  });
  worst.resize(std::min(worst.size(), kWorstMax));
  for (const RollupLine* cell : worst) to_message(*cell, *report.add_worst_hours());
}

void put_branches(Lines branches, v1::Report& report) {
  std::vector<report::Rated> rated;
  for (const RollupLine& one : branches)
    rated.push_back({one.totals.kept, one.totals.kept + one.totals.breached});
  const auto standings = report::compare(rated);
  for (size_t i = 0; i < rated.size(); ++i) {
    v1::BranchRate& branch = *report.add_branches();
    to_message(branches[i], *branch.mutable_row());
    if (const auto rate = report::rate_ppm(rated[i].kept, rated[i].all)) branch.set_kept_ppm(*rate);
    branch.set_low_ppm(standings[i].interval.low_ppm);
    branch.set_high_ppm(standings[i].interval.high_ppm);
    branch.set_compared(std::string(report::format_compared(standings[i].compared)));
    branch.set_rank(standings[i].rank);
  }
}

void put_waits(const RollupTotals& total, std::optional<int64_t> limit_ms, v1::Report& report) {
  const report::WaitCounts all = total.waits();
  if (all.is_empty()) return;
  const int64_t step = wait_step(std::max(all.percentile(99), 2 * limit_ms.value_or(0)), limit_ms);
  const int64_t last = std::min(all.max_ms() / step, kWaitBucketsMax - 1);
  struct Counts {
    int64_t kept = 0, breached = 0;
  };
  std::vector<Counts> counts(static_cast<size_t>(last + 1));
  const auto place = [&](int64_t ms) { return static_cast<size_t>(std::min(ms / step, last)); };
  // WHY: a counted bucket may lie across the limit. What was kept is put before it, what was broken
  // behind.
  total.kept_waits.visit([&](uint16_t bucket, int64_t times) {
    counts[place(report::WaitCounts::bucket_begin(bucket))].kept += times;
  });
  total.breached_waits.visit([&](uint16_t bucket, int64_t times) {
    counts[place(report::WaitCounts::bucket_end(bucket) - 1)].breached += times;
  });
  for (size_t i = 0; i < counts.size(); ++i) {
    v1::WaitBucket& bucket = *report.add_waits();
    const auto from = static_cast<int64_t>(i) * step;
    bucket.set_from_ms(from);
    bucket.set_until_ms(i + 1 == counts.size() ? std::max(from + step, all.max_ms() + 1)
                                               : from + step);
    bucket.set_kept_count(static_cast<uint64_t>(counts[i].kept));
    bucket.set_breached_count(static_cast<uint64_t>(counts[i].breached));
  }
}

void put_feedback(const RollupTotals& total, v1::Report& report) {
  constexpr const char* kKinds[] = {"nps", "ces", "csi"};
  constexpr const char* kGroups[] = {"kept", "breached", "paid within due", "paid after due"};
  for (const report::FeedbackSums& sums : total.feedback) {
    v1::Feedback& feedback = *report.add_feedback();
    feedback.set_kind(kKinds[static_cast<size_t>(sums.kind)]);
    feedback.set_group(kGroups[static_cast<size_t>(sums.group)]);
    feedback.set_count(static_cast<uint64_t>(sums.count));
    feedback.set_score_milli(sums.score_milli());
  }
}

void put_parts(Lines services, Lines segments, v1::Report& report) {
  std::vector<RollupLine> parts;
  const auto take = [&](const char* kind, Lines lines) {
    for (const RollupLine& line : lines) {
      if (!line.group.front().empty()) parts.push_back({{kind, line.group.front()}, line.totals});
    }
  };
  take("service", services);
  take("segment", segments);
  std::stable_sort(parts.begin(), parts.end(), [](const RollupLine& left, const RollupLine& right) {
    return left.totals.commitments > right.totals.commitments;
  });
  parts.resize(std::min(parts.size(), kPartsMax));
  for (const RollupLine& part : parts) to_message(part, *report.add_parts());
}

}  // namespace lupaus::server::api
