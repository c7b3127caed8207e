// `lupaus breaches list|summary|excuse`: what managers ask, and excuse.
#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <ostream>

#include "clients/cli/online.h"
#include "clients/cli/report_text.h"
#include "lupaus/v1/breach.grpc.pb.h"
#include "rules/model/verdict.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
namespace model = rules::model;

/// "930.5s", as verdict lines print lengths.
Cell length_cell(int64_t ms) { return Cell::text(model::format_seconds(model::Duration(ms))); }

void list(Context& context, const v1::ListBreachesRequest& request) {
  if (!check_zone(context)) return;
  with_stub<v1::BreachService>(context, [&](v1::BreachService::Stub& stub) {
    Rows rows(context, {{"branch", "BRANCH"},
                        {"ticket", "TICKET"},
                        {"promise", "PROMISE"},
                        {"revision", "REVISION", true, true},
                        {"cycle", "CYCLE", true, true},
                        {"verdict", "VERDICT"},
                        {"final", "FINAL"},
                        {"started_at", "STARTED", true},
                        {"due_at", "DUE", true},
                        {"stopped_at", "STOPPED", true},
                        {"counted", "COUNTED", false, true},
                        {"late_by", "LATE BY", false, true},
                        {"breached_at", "BREACHED"},
                        {"owed", "OWED", false, true},
                        {"paid_state", "STATE"},
                        {"reason", "REASON", true}});
    const auto take = [&](const v1::ListBreachesResponse& page) {
      for (const auto& line : page.lines()) {
        const bool is_broken = line.verdict() == "breached";
        rows.add({Cell::text(line.branch()), Cell::text(line.ticket()), Cell::text(line.promise()),
                  Cell::text(std::to_string(line.revision())), number_cell(line.cycle()),
                  Cell::text(line.verdict(), is_broken ? Paint::red : Paint::plain),
                  bool_cell(line.final()),
                  time_cell(context, line.has_started_at(), line.started_at()),
                  time_cell(context, line.has_due_at(), line.due_at()),
                  time_cell(context, line.has_stopped_at(), line.stopped_at()),
                  length_cell(line.counted_ms()),
                  line.has_late_by_ms() ? length_cell(line.late_by_ms()) : Cell::null(),
                  time_cell(context, line.has_breached_at(), line.breached_at()),
                  money_cell(context, line.has_owed(), line.owed()),
                  text_or_null(line.paid_state()), Cell::text(line.reason())});
      }
    };
    if (ask_all<v1::BreachService::Stub, v1::ListBreachesRequest, v1::ListBreachesResponse>(
            context, stub, &v1::BreachService::Stub::ListBreaches, request, take)) {
      rows.finish();
    }
  });
}

Cell sums_cell(const Context& context, const google::protobuf::RepeatedPtrField<v1::Money>& sums) {
  std::string json = "[", shown;
  for (const auto& money : sums) {
    const Cell one = money_cell(context, true, money);
    if (json.size() > 1) json += ",", shown += ", ";
    json += one.content;
    shown += money.currency() + " " + money.amount();
  }
  return context.form == Form::csv ? Cell::text(shown)
                                   : Cell::json(json + "]", shown.empty() ? "-" : shown);
}

std::vector<Cell> summary_cells(const Context& context, const v1::SummaryRow& row, int keys) {
  std::vector<Cell> cells;
  cells.reserve(static_cast<size_t>(keys) + 10);
  for (int i = 0; i < keys; ++i)
    cells.push_back(i < row.keys_size() ? Cell::text(row.keys(i)) : Cell::null());
  for (const uint64_t count : {row.commitments_count(), row.kept_count(), row.breached_count(),
                               row.other_count(), row.excused_count()})
    cells.push_back(number_cell(count));
  cells.push_back(sums_cell(context, row.owed()));
  for (const uint64_t count : {row.void_count(), row.indeterminate_count()})
    cells.push_back(number_cell(count));
  cells.push_back(sums_cell(context, row.paid()));
  cells.push_back(sums_cell(context, row.capped()));
  for (const int64_t ms : {row.waits().p50_ms(), row.waits().p90_ms(), row.waits().p99_ms()})
    cells.push_back(row.waits().count() == 0 ? Cell::null() : length_cell(ms));
  return cells;
}

/// Kept of kept and breached in all groups together, against what is asked for.
void judge(Context& context, const v1::SummarizeBreachesResponse& summary, int64_t least_ppm) {
  uint64_t kept = 0, judged = 0;
  for (const auto& row : summary.rows()) {
    kept += row.kept_count();
    judged += row.kept_count() + row.breached_count();
  }
  // WHY: where nothing was judged nothing was broken.
  if (kept * 1'000'000 >= judged * static_cast<uint64_t>(least_ppm)) return;
  context.fail("expected at least " + percent_text(least_ppm) + " kept, but it is " +
                   percent_text(static_cast<int64_t>(kept * 1'000'000 / judged)),
               kNo);
}

void summarize(Context& context, const v1::SummarizeBreachesRequest& request,
               std::optional<int64_t> fail_under_ppm) {
  with_stub<v1::BreachService>(context, [&](v1::BreachService::Stub& stub) {
    const auto summary = ask(context, stub, &v1::BreachService::Stub::SummarizeBreaches, request);
    if (!summary) return;
    std::vector<Column> columns;
    for (const auto& key : request.by()) columns.push_back({key, key});
    columns.insert(columns.end(), {{"commitments", "COMMITMENTS", false, true},
                                   {"kept", "KEPT", false, true},
                                   {"breached", "BREACHED", false, true},
                                   {"other", "OTHER", false, true},
                                   {"excused", "EXCUSED", true, true},
                                   {"owed", "OWED", false, true},
                                   {"void", "VOID", true, true},
                                   {"indeterminate", "INDETERMINATE", true, true},
                                   {"paid", "PAID", true, true},
                                   {"capped", "CAPPED", true, true},
                                   {"p50", "P50", true, true},
                                   {"p90", "P90", true, true},
                                   {"p99", "P99", true, true}});
    Rows rows(context, columns);
    for (const auto& row : summary->rows())
      rows.add(summary_cells(context, row, request.by_size()));
    rows.finish();
    if (fail_under_ppm) judge(context, *summary, *fail_under_ppm);
  });
}

/// Reads "branch/ticket/promise/cycle", or without the cycle. A ticket may hold slashes.
bool read_commitment(const std::string& id, v1::ExcuseBreachRequest& request) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= id.size();) {
    const size_t end = std::min(id.find('/', begin), id.size());
    parts.push_back(id.substr(begin, end - begin));
    begin = end + 1;
  }
  const auto is_number = [](const std::string& text) {
    return !text.empty() && text.size() < 8 &&
           text.find_first_not_of("0123456789") == std::string::npos;
  };
  if (parts.size() > 3 && is_number(parts.back())) {
    request.set_cycle(static_cast<uint32_t>(std::stoul(parts.back())));
    parts.pop_back();
  }
  if (parts.size() < 3) return false;
  request.set_branch(parts.front());
  request.set_promise(parts.back());
  std::string ticket = parts[1];
  for (size_t i = 2; i + 1 < parts.size(); ++i) ticket += "/" + parts[i];
  request.set_ticket(ticket);
  return !request.branch().empty() && !ticket.empty() && !request.promise().empty();
}

void excuse(Context& context, v1::ExcuseBreachRequest request) {
  request.set_request_id(make_request_id());
  with_stub<v1::BreachService>(context, [&](v1::BreachService::Stub& stub) {
    const auto answer = ask(context, stub, &v1::BreachService::Stub::ExcuseBreach, request);
    if (!answer) return;
    std::string who;
    for (const auto& one : answer->excused_by()) who += (who.empty() ? "" : ", ") + one;
    Rows rows(context, {{"complete", "COMPLETE"},
                        {"excused_by", "EXCUSED BY"},
                        {"payout", "PAYOUT"},
                        {"payout_state", "STATE"}});
    rows.add({bool_cell(answer->is_complete()), Cell::text(who), text_or_null(answer->payout()),
              text_or_null(answer->payout_state())});
    rows.finish();
  });
}

void add_excuse(CLI::App& breaches, Context& context) {
  auto request = std::make_shared<v1::ExcuseBreachRequest>();
  CLI::App* verb = breaches.add_subcommand(
      "excuse", "Excuses a final breach by hand: declines what is unpaid, claws nothing back");
  verb->add_option_function<std::string>(
          "commitment",
          [request](const auto& id) {
            if (!read_commitment(id, *request))
              throw CLI::ValidationError(
                  "commitment", "expected BRANCH/TICKET/PROMISE/CYCLE, but got `" + id + "`");
          },
          "BRANCH/TICKET/PROMISE/CYCLE, or without the cycle")
      ->required();
  verb->add_option_function<std::string>(
          "--excuse", [request](const auto& id) { request->set_excuse(id); },
          "Id of one of the promise's excuses that are left to people")
      ->required();
  verb->add_option_function<std::string>(
          "--reason", [request](const auto& text) { request->set_reason(text); }, "Why; is kept")
      ->required();
  verb->callback([&context, request] { excuse(context, *request); });
}

/// An instant of the command line.
auto instant_into(const char* option, std::function<void(model::Instant)> take) {
  return [option, take = std::move(take)](const std::string& text) {
    const auto at = model::parse_instant(text);
    if (!at) throw CLI::ValidationError(option, at.error().message);
    take(*at);
  };
}

void add_list(CLI::App& breaches, Context& context) {
  auto request = std::make_shared<v1::ListBreachesRequest>();
  CLI::App* verb = breaches.add_subcommand("list", "Broken commitments, line by line");
  verb->add_flag_function(
      "--all-verdicts", [request](int64_t) { request->set_all_verdicts(true); },
      "Also kept, void and open ones");
  verb->add_option_function<std::string>(
      "--branch", [request](const auto& name) { request->set_branch(name); });
  verb->add_option_function<std::string>(
      "--promise", [request](const auto& name) { request->set_promise(name); });
  verb->add_option_function<std::string>(
      "--filter", [request](const auto& text) { request->set_filter(text); },
      "CEL over a line: late_by > duration(\"5m\") && hour == 12");
  verb->add_option_function<std::string>(
      "--order-by", [request](const auto& text) { request->set_order_by(text); },
      "Names as in --filter: late_by desc, started_at");
  verb->add_option_function<std::string>(
      "--from",
      instant_into("--from", [request](auto at) { set_time(at, *request->mutable_from()); }),
      "Clocks that started at or after it, RFC 3339");
  verb->add_option_function<std::string>(
      "--until",
      instant_into("--until", [request](auto at) { set_time(at, *request->mutable_until()); }),
      "Clocks that started before it");
  verb->callback([&context, request] { list(context, *request); });
}

void add_summary(CLI::App& breaches, Context& context) {
  auto request = std::make_shared<v1::SummarizeBreachesRequest>();
  auto least_ppm = std::make_shared<std::optional<int64_t>>();
  CLI::App* verb = breaches.add_subcommand("summary", "Counts and sums by groups");
  verb->add_option_function<std::vector<std::string>>(
          "--by",
          [request](const auto& keys) {
            for (const auto& key : keys) request->add_by(key);
          },
          "Of branch, promise, service, segment, source, hour, day, weekday, month")
      ->delimiter(',')
      ->check(CLI::IsMember(
          {"branch", "promise", "service", "segment", "source", "hour", "day", "weekday", "month"}))
      ->required();
  verb->add_option_function<std::string>(
      "--branch", [request](const auto& name) { request->set_branch(name); });
  verb->add_option_function<std::string>(
      "--promise", [request](const auto& name) { request->set_promise(name); });
  verb->add_option_function<std::string>(
      "--from", [request](const auto& day) { request->set_from_day(day); },
      "First local day of the clock's start, 2026-01-01");
  verb->add_option_function<std::string>(
      "--until", [request](const auto& day) { request->set_until_day(day); },
      "Last one, inclusive");
  verb->add_option_function<std::string>(
      "--fail-under",
      [least_ppm](const auto& text) {
        *least_ppm = read_percent(text);
        if (!*least_ppm)
          throw CLI::ValidationError("--fail-under",
                                     "expected a share like 95% or 99.5%, but got `" + text + "`");
      },
      "Exit code 1 when less was kept of all that is shown: 95%");
  verb->callback([&context, request, least_ppm] { summarize(context, *request, *least_ppm); });
}

}  // namespace

void add_breach_verbs(CLI::App& app, Context& context) {
  CLI::App& breaches = verb_group(app, "breaches", "What was broken, where and when");
  add_list(breaches, context);
  add_excuse(breaches, context);
  add_summary(breaches, context);
}

}  // namespace lupaus::clients::cli
