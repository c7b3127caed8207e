// `lupaus periods close|list|export`: months of the books, and what is booked in them.
#include <CLI/CLI.hpp>

#include "clients/cli/online.h"
#include "clients/cli/online_file.h"
#include "lupaus/v1/period.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Stub = v1::PeriodService::Stub;

void add_row(const Context& context, const v1::Period& period, Rows& rows) {
  rows.add({Cell::text(period.month()),
            time_cell(context, period.has_closed_at(), period.closed_at()),
            Cell::text(period.closed_by()), text_or_null(period.postings_sha256())});
}

std::vector<Column> columns() {
  return {{"month", "MONTH"},
          {"closed_at", "CLOSED"},
          {"closed_by", "BY"},
          {"postings_sha256", "POSTINGS", true}};
}

void close(Context& context, v1::ClosePeriodRequest request) {
  if (!check_zone(context)) return;
  request.set_request_id(make_request_id());
  with_stub<v1::PeriodService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::ClosePeriod, request);
    if (!answer) return;
    Rows rows(context, columns());
    add_row(context, answer->period(), rows);
    rows.finish();
  });
}

void list(Context& context) {
  if (!check_zone(context)) return;
  with_stub<v1::PeriodService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::ListPeriods, v1::ListPeriodsRequest());
    if (!answer) return;
    Rows rows(context, columns());
    for (const v1::Period& period : answer->periods()) add_row(context, period, rows);
    rows.finish();
  });
}

void export_period(Context& context, const v1::DownloadPeriodRequest& request,
                   const std::string& path) {
  with_stub<v1::PeriodService>(context, [&](Stub& stub) {
    grpc::ClientContext call;
    name_actor(context, call);
    const auto file = take_file(context, *stub.DownloadPeriod(&call, request));
    if (!file) return;
    if (!file->is_closed())
      context.err() << request.month() << " is open: its postings may still become more\n";
    put_file(context, path, file->content(), file->sha256());
  });
}

void add_period_export(CLI::App& periods, Context& context) {
  auto request = std::make_shared<v1::DownloadPeriodRequest>();
  auto path = std::make_shared<std::string>();
  CLI::App* verb = periods.add_subcommand(
      "export", "What the books book in a month; of a closed one the same bytes each time");
  verb->add_option_function<std::string>(
          "month", [request](const auto& month) { request->set_month(month); }, "As in 2026-01")
      ->required();
  verb->add_option("--out", *path, "A file to write; `-` or nothing is stdout");
  verb->callback([&context, request, path] { export_period(context, *request, *path); });
}

}  // namespace

void add_period_verbs(CLI::App& app, Context& context) {
  CLI::App& periods = verb_group(app, "periods", "Months of the books");
  periods.add_subcommand("list", "Those that are closed")->callback([&context] { list(context); });
  auto request = std::make_shared<v1::ClosePeriodRequest>();
  CLI::App* verb = periods.add_subcommand(
      "close", "Closes a month that is over: what is corrected later falls into the open one");
  verb->add_option_function<std::string>(
          "month", [request](const auto& month) { request->set_month(month); }, "As in 2026-01")
      ->required();
  verb->callback([&context, request] { close(context, *request); });
  add_period_export(periods, context);
}

}  // namespace lupaus::clients::cli
