// `lupaus sources list|retire`: who sends, who is silent or has a wrong clock, and what hangs on
// it.
#include <CLI/CLI.hpp>

#include "clients/cli/online.h"
#include "lupaus/v1/source.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Stub = v1::SourceService::Stub;

Cell length_cell(bool is_present, int64_t ms) {
  return is_present ? Cell::text(rules::model::format_seconds(rules::model::Duration(ms)))
                    : Cell::null();
}

/// "EUR 30.00, SEK 100.00", or a list for machines; null when there is none.
Cell sums_cell(const Context& context, const v1::Source& source) {
  std::string text, json = "[";
  for (const auto& money : source.held_amounts()) {
    text += (text.empty() ? "" : ", ") + money.currency() + " " + money.amount();
    json += (json.size() == 1 ? "" : ",") + money_cell(context, true, money).content;
  }
  if (context.form == Form::csv) return text_or_null(text);
  return Cell::json(json + "]", text.empty() ? "-" : text);
}

Cell branches_cell(const Context& context, const v1::Source& source) {
  std::string text, json = "[";
  for (const std::string& name : source.branches()) {
    text += (text.empty() ? "" : ", ") + name;
    json += (json.size() == 1 ? "" : ",") + json_quote(name);
  }
  if (context.form == Form::csv) return text_or_null(text);
  return Cell::json(json + "]", text.empty() ? "-" : text);
}

std::vector<Column> columns() {
  return {{"id", "SOURCE"},
          {"state", "STATE"},
          {"branches", "BRANCHES", true},
          {"epoch", "EPOCH", true, true},
          {"next_sequence", "NEXT", true, true},
          {"told_until", "TOLD UNTIL"},
          {"last_received_at", "LAST EVENT", true},
          {"silent", "SILENT", false, true},
          {"skew", "CLOCK BEHIND", false, true},
          {"corrected", "CORRECTED"},
          {"backlog", "BACKLOG", false, true},
          {"twins", "TWINS", false, true},
          {"rejected", "REJECTED", false, true},
          {"held_verdicts", "VERDICTS HELD", false, true},
          {"held_amounts", "AT STAKE", false, true},
          {"retired_reason", "WHY RETIRED", true}};
}

std::vector<Cell> cells(const Context& context, const v1::Source& source) {
  return {Cell::text(source.id()),
          Cell::text(source.state()),
          branches_cell(context, source),
          number_cell(source.epoch()),
          number_cell(source.next_sequence()),
          time_cell(context, source.has_watermark(), source.watermark()),
          time_cell(context, source.has_last_received_at(), source.last_received_at()),
          length_cell(source.has_silent_ms(), source.silent_ms()),
          length_cell(true, source.skew_ms()),
          bool_cell(source.is_corrected()),
          number_cell(source.backlog_count()),
          number_cell(source.twin_count()),
          number_cell(source.rejected_count()),
          number_cell(source.held_verdict_count()),
          sums_cell(context, source),
          text_or_null(source.retired_reason())};
}

void list(Context& context, const v1::ListSourcesRequest& request) {
  if (!check_zone(context)) return;
  with_stub<v1::SourceService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::ListSources, request);
    if (!answer) return;
    Rows rows(context, columns());
    for (const auto& source : answer->sources()) rows.add(cells(context, source));
    rows.finish();
  });
}

void retire(Context& context, v1::RetireSourceRequest request) {
  request.set_request_id(make_request_id());
  with_stub<v1::SourceService>(context, [&](Stub& stub) {
    const auto source = ask(context, stub, &Stub::RetireSource, request);
    if (!source) return;
    Rows rows(context, columns());
    rows.add(cells(context, *source));
    rows.finish();
  });
}

}  // namespace

void add_source_verbs(CLI::App& app, Context& context) {
  CLI::App& sources = verb_group(app, "sources", "Who sends events, and what hangs on silence");
  {
    auto request = std::make_shared<v1::ListSourcesRequest>();
    CLI::App* verb =
        sources.add_subcommand("list", "Sources: silence, skew, backlog, verdicts and sums held");
    verb->add_option_function<std::string>(
        "--branch", [request](const auto& name) { request->set_branch(name); }, "Of one branch");
    verb->add_flag_callback(
        "--holding", [request] { request->set_holding(true); }, "Only those that hold verdicts");
    verb->callback([&context, request] { list(context, *request); });
  }
  auto request = std::make_shared<v1::RetireSourceRequest>();
  CLI::App* verb = sources.add_subcommand(
      "retire", "Takes a source out of use: nothing waits for it; what it still sends is taken");
  verb->add_option_function<std::string>("source",
                                         [request](const auto& id) { request->set_source(id); })
      ->required();
  verb->add_option_function<std::string>(
          "--reason", [request](const auto& text) { request->set_reason(text); }, "Why; is kept")
      ->required();
  verb->callback([&context, request] { retire(context, *request); });
}

}  // namespace lupaus::clients::cli
