// ReportService: which period and promise are meant, then one report of the rollups at one
// position.
#include "server/api/report_service.h"

#include <algorithm>
#include <chrono>

#include "fmt/format.h"
#include "lupaus/v1/report.grpc.pb.h"
#include "server/api/call.h"
#include "server/api/known_names.h"
#include "server/api/report_message.h"
#include "server/api/summary_message.h"
#include "server/report/rollups.h"
#include "server/wire/ask.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using report::Dimension;
using report::RollupFilter;
using report::RollupQuestion;
using rules::model::Error;
using rules::model::LocalDate;
using rules::model::Result;

/// Longest period: a row a day is given.
constexpr std::chrono::days kPeriodMax(1'100);

struct Period {
  LocalDate first, last;
};

Result<Period> read_period(const std::string& text) {
  const auto refuse = [&](std::string_view expected) {
    return wire::invalid_field("period", fmt::format("expected {}, but got `{}`", expected, text));
  };
  constexpr size_t kTextMax = 32;
  if (text.size() > kTextMax)
    return wire::invalid_field("period", fmt::format("expected at most {} bytes", kTextMax));
  const size_t dots = text.find("..");
  if (dots == std::string::npos) {
    const auto first = rules::model::parse_local_date(text + "-01");
    if (text.size() != 7 || !first) return refuse("a month like 2026-01 or days like a..b");
    const std::chrono::year_month_day last(std::chrono::year_month_day_last(
        std::chrono::year(first->year),
        std::chrono::month_day_last(std::chrono::month(first->month))));
    return Period{
        *first,
        {first->year, first->month, static_cast<uint8_t>(static_cast<unsigned>(last.day()))}};
  }
  const auto first = rules::model::parse_local_date(text.substr(0, dots));
  const auto last = rules::model::parse_local_date(text.substr(dots + 2));
  if (!first || !last) return refuse("days like 2026-01-01..2026-01-15");
  if (*last < *first) return refuse("a last day that is not before the first one");
  if (to_days(*last) - to_days(*first) > kPeriodMax)
    return refuse(fmt::format("at most {} days", kPeriodMax.count()));
  return Period{*first, *last};
}

/// Of the newest revision that held before the end of the period.
struct Declared {
  std::map<std::string, std::string> wording;
  std::optional<int64_t> limit_ms;
  std::string within;
  std::optional<int64_t> objective_ppm;
};

Declared declared_by(const rules::model::Promise& promise) {
  Declared declared;
  declared.wording = promise.wording;
  declared.objective_ppm = promise.objective_ppm;
  for (const auto& entry : promise.within) {
    declared.within += (declared.within.empty() ? "" : " / ") + format_limit(entry.within);
    const bool is_length = entry.within.unit == rules::model::Limit::Unit::duration;
    if (is_length && promise.within.size() == 1) declared.limit_ms = entry.within.duration.count();
  }
  if (promise.by) declared.within = format_deadline(*promise.by);
  return declared;
}

}  // namespace

class ReportService::Body final : public v1::ReportService::Service {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, const KnownNames& names,
       report::Rollups& rollups, Budgets budgets)
      : loop_(loop),
        storage_(storage),
        names_(names),
        rollups_(rollups),
        budgets_(std::move(budgets)) {}

  grpc::Status GetReport(grpc::ServerContext* context, const v1::GetReportRequest* request,
                         v1::Report* response) override {
    return serve_person(*context,
                        [&](const wire::Identity&) { return report(*request, *response); });
  }

 private:
  Result<void> report(const v1::GetReportRequest& request, v1::Report& response) {
    const Result<Period> period = read_period(request.period());
    if (!period) return period.error();
    if (auto known = names_.check_branch(request.branch()); !known) return known;
    if (auto known = names_.check_promise(request.promise()); !known) return known;
    // What was durable when the question came is in the answer.
    if (auto counted = rollups_.wait_for(storage_.last_position()); !counted)
      return counted.error();
    const Result<std::string> promise = find_promise(request, *period);
    if (!promise) return promise.error();
    const Result<std::optional<Declared>> declared = find_declared(*promise, *period);
    if (!declared) return declared.error();
    if (!*declared) {
      return Error{"not_found",
                   fmt::format("no book has a promise `{}`", *promise),
                   "`lupaus promises list` shows their names",
                   {}};
    }
    response.set_period(request.period());
    response.set_first_day(format_local_date(period->first));
    response.set_last_day(format_local_date(period->last));
    response.set_promise(*promise);
    response.set_branch(request.branch());
    put_declared(**declared, response);
    put_budget(*period, response);
    const auto position = put_figures(*period, **declared, response);
    response.set_hash(digest_of(response));
    response.set_first_position(position == 0 ? 0 : 1);
    response.set_last_position(position);
    wire::to_timestamp(loop_.now(), *response.mutable_as_of());
    return {};
  }

  /// The one that is asked for, or the only one that has figures.
  Result<std::string> find_promise(const v1::GetReportRequest& request,
                                   const Period& period) const {
    if (!request.promise().empty()) return request.promise();
    RollupFilter filter;
    filter.branch = request.branch();
    filter.from = period.first, filter.until = period.last;
    constexpr Dimension kBy[] = {Dimension::promise};
    const auto lines = rollups_.summarize(kBy, filter);
    if (lines.size() == 1) return lines.front().group.front();
    std::string names;
    for (const auto& line : lines) names += (names.empty() ? "" : ", ") + line.group.front();
    if (lines.empty()) {
      return Error{"not_found",
                   fmt::format("nothing final began in {}", request.period()),
                   "name a promise to see its empty report, or ask for another period",
                   {}};
    }
    return wire::invalid_field(
        "promise",
        fmt::format("expected one of {}, which all have figures in {}", names, request.period()));
  }

  Result<std::optional<Declared>> find_declared(const std::string& promise,
                                                const Period& period) const {
    std::optional<Declared> found;
    // WHY: days are local; what took effect while the last of them ran anywhere still counts.
    const auto end = std::chrono::time_point_cast<rules::model::Duration>(
        to_days(period.last) + std::chrono::days(1) + std::chrono::hours(12));
    auto seen = wire::look(loop_, [&](const rules::ledger::State& state) {
      for (const rules::engine::Line& line : state.engine.lines()) {
        if (line.name != promise || line.revisions.empty()) continue;
        const rules::engine::Revision* newest = &line.revisions.front();
        for (const auto& revision : line.revisions) {
          if (revision.valid_from < end) newest = &revision;
        }
        found = declared_by(*newest->promise);
      }
    });
    if (!seen) return seen.error();
    return found;
  }

  void put_declared(const Declared& declared, v1::Report& response) const {
    for (const auto& [language, text] : declared.wording)
      (*response.mutable_wording())[language] = text;
    response.set_within(declared.within);
    if (declared.limit_ms) response.set_limit_ms(*declared.limit_ms);
  }

  /// WHY: a month's budget says nothing of a year, and nothing of one branch.
  void put_budget(const Period& period, v1::Report& response) const {
    const bool is_of_month = period.first.day == 1 && period.first.year == period.last.year &&
                             period.first.month == period.last.month;
    const auto budget = budgets_.find(response.promise());
    if (!is_of_month || !response.branch().empty() || budget == budgets_.end()) return;
    wire::to_money(budget->second, *response.mutable_budget());
  }

  rules::model::Position put_figures(const Period& period, const Declared& declared,
                                     v1::Report& response) const {
    RollupFilter filter;
    filter.branch = response.branch();
    filter.promise = response.promise();
    filter.from = period.first, filter.until = period.last;
    RollupFilter everywhere = filter;
    everywhere.branch.clear();
    const RollupQuestion questions[] = {{{}, filter},
                                        {{Dimension::day}, filter},
                                        {{Dimension::weekday, Dimension::hour}, filter},
                                        {{Dimension::branch}, everywhere},
                                        {{Dimension::service}, filter},
                                        {{Dimension::segment}, filter}};
    const report::RollupAnswers answers = *rollups_.summarize(questions);  // none has a limit
    const auto& lines = answers.lines;
    const report::RollupTotals& total = lines[0].front().totals;
    put_total(total, declared.objective_ppm, response);
    put_days(lines[1], period.first, period.last, response);
    put_heat(lines[2], response);
    put_branches(lines[3], response);
    put_waits(total, declared.limit_ms, response);
    put_feedback(total, response);
    put_parts(lines[4], lines[5], response);
    return answers.position;
  }

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  const KnownNames& names_;
  report::Rollups& rollups_;
  const Budgets budgets_;
};

ReportService::ReportService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                             const KnownNames& names, report::Rollups& rollups, Budgets budgets)
    : body_(std::make_unique<Body>(loop, storage, names, rollups, std::move(budgets))) {}
ReportService::~ReportService() = default;
grpc::Service& ReportService::service() { return *body_; }

}  // namespace lupaus::server::api
