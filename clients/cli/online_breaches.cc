// `lupaus breaches list|summary|excuse`: what managers ask, and excuse.
#include <CLI/CLI.hpp>
#include <ostream>

#include "clients/cli/online.h"
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

Cell sums_cell(const Context& context, const v1::SummaryRow& row) {
  std::string json = "[", shown;
  for (const auto& money : row.owed()) {
    const Cell one = money_cell(context, true, money);
    if (json.size() > 1) json += ",", shown += ", ";
    json += one.content;
    shown += money.currency() + " " + money.amount();
  }
  return context.form == Form::csv ? Cell::text(shown)
                                   : Cell::json(json + "]", shown.empty() ? "-" : shown);
}

void summarize(Context& context, const v1::SummarizeBreachesRequest& request) {
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
                                   {"owed", "OWED", false, true}});
    Rows rows(context, columns);
    for (const auto& row : summary->rows()) {
      std::vector<Cell> cells;
      for (int i = 0; i < request.by_size(); ++i) {
        cells.push_back(i < row.keys_size() ? Cell::text(row.keys(i)) : Cell::null());
      }
      cells.push_back(number_cell(row.commitments_count()));
      cells.push_back(number_cell(row.kept_count()));
      cells.push_back(number_cell(row.breached_count()));
      cells.push_back(number_cell(row.other_count()));
      cells.push_back(number_cell(row.excused_count()));
      cells.push_back(sums_cell(context, row));
      rows.add(std::move(cells));
    }
    rows.finish();
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

}  // namespace

void add_breach_verbs(CLI::App& app, Context& context) {
  CLI::App& breaches = verb_group(app, "breaches", "What was broken, where and when");
  {
    auto request = std::make_shared<v1::ListBreachesRequest>();
    CLI::App* verb = breaches.add_subcommand("list", "Broken commitments, line by line");
    verb->add_flag_function(
        "--all-verdicts", [request](int64_t) { request->set_all_verdicts(true); },
        "Also kept, void and open ones");
    verb->add_option_function<std::string>(
        "--branch", [request](const auto& name) { request->set_branch(name); });
    verb->add_option_function<std::string>(
        "--promise", [request](const auto& name) { request->set_promise(name); });
    verb->callback([&context, request] { list(context, *request); });
  }
  add_excuse(breaches, context);
  {
    auto request = std::make_shared<v1::SummarizeBreachesRequest>();
    CLI::App* verb = breaches.add_subcommand("summary", "Counts and sums by groups");
    verb->add_option_function<std::vector<std::string>>(
            "--by",
            [request](const auto& keys) {
              for (const auto& key : keys) request->add_by(key);
            },
            "Of branch, promise, service, hour, day")
        ->delimiter(',')
        ->check(CLI::IsMember({"branch", "promise", "service", "hour", "day"}))
        ->required();
    verb->add_option_function<std::string>(
        "--branch", [request](const auto& name) { request->set_branch(name); });
    verb->add_option_function<std::string>(
        "--promise", [request](const auto& name) { request->set_promise(name); });
    verb->callback([&context, request] { summarize(context, *request); });
  }
}

}  // namespace lupaus::clients::cli
