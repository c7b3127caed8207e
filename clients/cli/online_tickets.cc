// `lupaus tickets list|watch` and `lupaus explain`: what runs now, and why a verdict is what it is.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "clients/cli/online.h"
#include "lupaus/v1/signal.grpc.pb.h"
#include "lupaus/v1/ticket.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

struct Watch {
  std::vector<std::string> branches;
  bool is_at_risk_only = false;
  uint64_t from_position = 0;
};

/// Beside the table, so that who reads the rows knows that they may change.
void tell_silent(Context& context, const v1::ListTicketsResponse& page) {
  for (const auto& silent : page.silent_sources()) {
    std::string sums;
    for (const auto& sum : silent.at_stake())
      sums += fmt::format(", {} {} at stake", sum.currency(), sum.amount());
    const auto age = std::chrono::seconds(page.as_of().seconds() - silent.silent_since().seconds());
    context.err() << fmt::format(
        "note: {} {}: {} verdict{} provisional{}\n", silent.source(),
        silent.has_silent_since() ? "silent for " + rules::model::format_seconds(age)
                                  : "was never heard",
        silent.held_verdicts(), silent.held_verdicts() == 1 ? "" : "s", sums);
  }
}

void list(Context& context, const v1::ListTicketsRequest& request) {
  using Stub = v1::TicketService::Stub;
  if (!check_zone(context)) return;
  with_stub<v1::TicketService>(context, [&](Stub& stub) {
    Rows rows(context, {{"branch", "BRANCH"},
                        {"ticket", "TICKET"},
                        {"label", "LABEL"},
                        {"promise", "PROMISE"},
                        {"revision", "REVISION", true, true},
                        {"cycle", "CYCLE", true, true},
                        {"verdict", "VERDICT"},
                        {"final", "FINAL", true},
                        {"breached_provisional", "BROKEN"},
                        {"started_at", "STARTED", true},
                        {"due_at", "DUE"},
                        {"counted", "COUNTED", false, true},
                        {"limit", "LIMIT", false, true},
                        {"at_stake", "AT STAKE", false, true}});
    const auto length = [](int64_t ms) {
      return Cell::text(rules::model::format_seconds(rules::model::Duration(ms)));
    };
    // A breach that is final is broken too, though no longer provisionally.
    const auto broken = [](const v1::TicketCommitment& one) {
      Cell cell = bool_cell(one.breached_provisional());
      if (one.verdict() == "breached") cell.shown = "yes";
      return cell;
    };
    v1::ListTicketsResponse last;
    const auto take = [&](const v1::ListTicketsResponse& page) {
      last = page;
      for (const auto& ticket : page.tickets()) {
        for (const auto& one : ticket.commitments()) {
          rows.add(
              {Cell::text(ticket.branch()), Cell::text(ticket.ticket()),
               text_or_null(ticket.label()), Cell::text(one.promise()),
               Cell::text(std::to_string(one.revision())), number_cell(one.cycle()),
               Cell::text(one.verdict(), one.verdict() == "breached" ? Paint::red : Paint::plain),
               bool_cell(one.final()), broken(one),
               time_cell(context, one.has_started_at(), one.started_at()),
               time_cell(context, one.has_due_at(), one.due_at()), length(one.counted_ms()),
               length(one.limit_ms()), money_cell(context, one.has_at_stake(), one.at_stake())});
        }
      }
    };
    if (ask_all<Stub, v1::ListTicketsRequest, v1::ListTicketsResponse>(
            context, stub, &Stub::ListTickets, request, take)) {
      rows.finish();
      tell_silent(context, last);
    }
  });
}

std::string kind_name(v1::SignalKind kind) {
  std::string name = v1::SignalKind_Name(kind).substr(sizeof("SIGNAL_KIND_") - 1);
  for (auto& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

void print(Context& context, const v1::WatchSignalsResponse& signal) {
  const Cell at = time_cell(context, signal.has_at(), signal.at());
  const Cell due = time_cell(context, signal.has_due_at(), signal.due_at());
  if (context.form == Form::json || context.form == Form::ndjson) {
    const auto text = [](const std::string& value) {
      return value.empty() ? "null" : json_quote(value);
    };
    const auto time = [](const Cell& cell) {
      return cell.content.empty() ? "null" : json_quote(cell.content);
    };
    context.out() << "{\"position\":" << signal.position()
                  << ",\"kind\":" << json_quote(kind_name(signal.kind())) << ",\"at\":" << time(at)
                  << ",\"branch\":" << text(signal.branch())
                  << ",\"ticket\":" << text(signal.ticket())
                  << ",\"label\":" << text(signal.label())
                  << ",\"commitment\":" << text(signal.commitment()) << ",\"due_at\":" << time(due)
                  << ",\"amount\":"
                  << (signal.has_amount() ? money_cell(context, true, signal.amount()).content
                                          : "null")
                  << ",\"voucher\":" << text(signal.voucher())
                  << ",\"verdict\":" << text(signal.verdict()) << "}\n";
  } else {
    context.out() << (at.shown.empty() ? at.content : at.shown) << "  " << kind_name(signal.kind())
                  << "  " << signal.commitment();
    if (!signal.label().empty()) context.out() << "  " << printable(signal.label());
    if (signal.has_due_at())
      context.out() << "  due " << (due.shown.empty() ? due.content : due.shown);
    if (signal.has_amount())
      context.out() << "  " << signal.amount().currency() << " " << signal.amount().amount();
    if (!signal.voucher().empty()) context.out() << "  voucher " << signal.voucher();
    context.out() << "\n";
  }
  context.out().flush();
}

void watch(Context& context, const Watch& wanted) {
  if (!check_zone(context)) return;
  v1::WatchSignalsRequest request;
  for (const auto& branch : wanted.branches) request.add_branches(branch);
  request.set_from_position(wanted.from_position);
  with_stub<v1::SignalService>(context, [&](v1::SignalService::Stub& stub) {
    grpc::ClientContext call;
    name_actor(context, call);
    const auto stream = stub.WatchSignals(&call, request);
    v1::WatchSignalsResponse signal;
    while (stream->Read(&signal)) {
      const bool is_risk = signal.kind() == v1::SIGNAL_KIND_AT_RISK ||
                           signal.kind() == v1::SIGNAL_KIND_BREACHED_PROVISIONAL ||
                           signal.kind() == v1::SIGNAL_KIND_RETRACTED;
      if (signal.kind() == v1::SIGNAL_KIND_HEARTBEAT || (wanted.is_at_risk_only && !is_risk))
        continue;
      print(context, signal);
      if (!context.out()) call.TryCancel();
    }
    if (const auto status = stream->Finish(); !status.ok() && context.out())
      fail_with(context, status);
  });
}

void explain(Context& context, const v1::ExplainTicketRequest& request) {
  using Stub = v1::TicketService::Stub;
  with_stub<v1::TicketService>(context, [&](Stub& stub) {
    const auto answer = ask(context, stub, &Stub::ExplainTicket, request);
    if (!answer) return;
    if (context.form == Form::json || context.form == Form::ndjson) {
      context.out() << "{\"trace\":" << json_quote(answer->trace()) << "}\n";
    } else {
      context.out() << printable(answer->trace(), true)
                    << (answer->trace().ends_with('\n') ? "" : "\n");
    }
  });
}

}  // namespace

void add_ticket_verbs(CLI::App& app, Context& context) {
  CLI::App& tickets = verb_group(app, "tickets", "Customers in the queues now");
  {
    auto request = std::make_shared<v1::ListTicketsRequest>();
    CLI::App* verb = tickets.add_subcommand("list", "Tickets in memory and their clocks");
    verb->add_option_function<std::string>(
        "--branch", [request](const auto& name) { request->set_branch(name); });
    verb->add_flag_function(
        "--at-risk", [request](int64_t) { request->set_at_risk(true); },
        "Only those warned about or broken");
    verb->add_flag_function(
        "--open", [request](int64_t) { request->set_open(true); }, "Only running clocks");
    verb->callback([&context, request] { list(context, *request); });
  }
  {
    auto wanted = std::make_shared<Watch>();
    CLI::App* verb =
        tickets.add_subcommand("watch", "Warnings, breaches and vouchers as they come");
    verb->add_option("--branch", wanted->branches, "Only these branches");
    verb->add_flag("--at-risk", wanted->is_at_risk_only,
                   "Only what may still be saved, and what was just lost");
    verb->add_option("--from", wanted->from_position, "From this position of the journal");
    verb->callback([&context, wanted] { watch(context, *wanted); });
  }
  auto request = std::make_shared<v1::ExplainTicketRequest>();
  CLI::App* verb = app.add_subcommand("explain", "Why a ticket's verdicts are what they are");
  verb->add_option_function<std::string>(
          "ticket", [request](const auto& id) { request->set_ticket(id); }, "Its id or label")
      ->required();
  verb->add_option_function<std::string>("--branch",
                                         [request](const auto& name) { request->set_branch(name); })
      ->required();
  verb->callback([&context, request] { explain(context, *request); });
}

}  // namespace lupaus::clients::cli
