// `lupaus report month`: a period's figures for those who answer for a promise.
#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <ostream>

#include "clients/cli/online.h"
#include "clients/cli/report_text.h"
#include "fmt/format.h"
#include "lupaus/v1/report.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

/// The month that it is here, in UTC.
std::string this_month() {
  const std::chrono::year_month_day today(
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  return fmt::format("{:04}-{:02}", static_cast<int>(today.year()),
                     static_cast<unsigned>(today.month()));
}

void print_json(Context& context, const v1::Report& report) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = context.form == Form::json;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(report, &json, options).ok())
    return context.fail("the report cannot be written as JSON");
  while (json.ends_with('\n')) json.pop_back();
  context.out() << json << "\n";
}

/// A row a day.
void print_days(Context& context, const v1::Report& report) {
  Rows rows(context, {{"day", "DAY"},
                      {"commitments", "COMMITMENTS", false, true},
                      {"kept", "KEPT", false, true},
                      {"breached", "BREACHED", false, true},
                      {"excused", "EXCUSED", false, true},
                      {"void", "VOID", false, true},
                      {"indeterminate", "INDETERMINATE", false, true},
                      {"p50_ms", "P50", false, true},
                      {"p90_ms", "P90", false, true}});
  for (const auto& day : report.days()) {
    rows.add({Cell::text(day.keys(0)), number_cell(day.commitments_count()),
              number_cell(day.kept_count()), number_cell(day.breached_count()),
              number_cell(day.excused_count()), number_cell(day.void_count()),
              number_cell(day.indeterminate_count()),
              number_cell(static_cast<uint64_t>(day.waits().p50_ms())),
              number_cell(static_cast<uint64_t>(day.waits().p90_ms()))});
  }
  rows.finish();
}

void show(Context& context, v1::GetReportRequest request) {
  if (request.period().empty()) request.set_period(this_month());
  with_stub<v1::ReportService>(context, [&](v1::ReportService::Stub& stub) {
    const auto report = ask(context, stub, &v1::ReportService::Stub::GetReport, request);
    if (!report) return;
    switch (context.form) {
      case Form::json:
      case Form::ndjson:
        return print_json(context, *report);
      case Form::csv:
        return print_days(context, *report);
      case Form::table:
      case Form::wide:
        context.out() << report_text(context, *report);
    }
  });
}

}  // namespace

void add_report_verbs(CLI::App& app, Context& context) {
  CLI::App& group = verb_group(app, "report", "Figures for those who answer for a promise");
  auto request = std::make_shared<v1::GetReportRequest>();
  CLI::App* verb = group.add_subcommand(
      "month", "Kept against objective, cost against budget, worst hours, waits, branches");
  verb->add_option_function<std::string>(
      "month", [request](const auto& text) { request->set_period(text); },
      "2026-01, or days 2026-01-01..2026-01-15; this month when left out");
  verb->add_option_function<std::string>(
      "--promise", [request](const auto& name) { request->set_promise(name); },
      "Where several have figures");
  verb->add_option_function<std::string>(
      "--branch", [request](const auto& name) { request->set_branch(name); });
  verb->callback([&context, request] { show(context, *request); });
}

}  // namespace lupaus::clients::cli
