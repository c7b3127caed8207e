// `lupaus payouts show|approve|decline|hold|release|confirm|instrument`: one compensation, its
// life, and what a person decides of it.
#include <CLI/CLI.hpp>
#include <ostream>

#include "clients/cli/online_payouts.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

std::vector<Column> step_columns() {
  return {{"at", "AT"},
          {"step", "STEP"},
          {"actor", "WHO"},
          {"actor_kind", "KIND", true},
          {"authenticated", "AUTHENTICATED", true},
          {"text", "WHY"},
          {"position", "POSITION", true, true}};
}

std::vector<Cell> step_cells(const Context& context, const v1::PayoutStep& step) {
  return {time_cell(context, step.has_at(), step.at()),
          Cell::text(step.step()),
          text_or_null(step.actor()),
          Cell::text(step.actor_kind()),
          bool_cell(step.authenticated()),
          Cell::text(step.text()),
          number_cell(step.position())};
}

std::string caps_json(const v1::PayoutLife& life) {
  std::string text = "[";
  for (const std::string& clause : life.cap_clauses())
    text += (text.size() > 1 ? "," : "") + json_quote(clause);
  return text + "]";
}

void print_json(const Context& context, const v1::PayoutLife& life) {
  std::string steps;
  for (const auto& step : life.steps())
    steps += (steps.empty() ? "" : ",") + row_json(step_columns(), step_cells(context, step));
  Context machine = context;
  machine.form = Form::json;
  context.out() << "{\"payout\":"
                << row_json(payout_columns(), payout_cells(context, life.payout()))
                << ",\"computed\":"
                << (life.has_computed() ? money_cell(machine, true, life.computed()).content
                                        : "null")
                << ",\"tier_clause\":" << json_quote(life.tier_clause())
                << ",\"cap_clauses\":" << caps_json(life) << ",\"steps\":[" << steps << "]}\n";
}

void print_line(const Context& context, std::string_view name, const std::string& text) {
  if (text.empty()) return;
  context.out() << context.paint(Paint::faint,
                                 std::string(name) + std::string(14 - name.size(), ' '))
                << text << "\n";
}

std::string time_text(const Context& context, bool is_present,
                      const google::protobuf::Timestamp& time) {
  const Cell cell = time_cell(context, is_present, time);
  return cell.shown.empty() ? cell.content : cell.shown;
}

void print_head(const Context& context, const v1::PayoutLife& life) {
  const v1::Payout& payout = life.payout();
  const auto sum = [](const v1::Money& money) { return money.currency() + " " + money.amount(); };
  const std::string amount = payout.has_amount() ? sum(payout.amount()) : "nothing";
  const std::string computed = life.has_computed() ? sum(life.computed()) : "nothing";
  const bool is_less = life.has_computed() && computed != amount;
  context.out() << context.paint(Paint::bold, payout.id() + ": " + amount + " by " +
                                                  payout.instrument() + ", " + payout.state())
                << (payout.awaiting_payee() ? ", awaiting payee" : "") << "\n";
  print_line(context, "promise",
             payout.promise() + ", revision " + std::to_string(payout.revision()) + ", cycle " +
                 std::to_string(payout.cycle()));
  print_line(context, "ticket", payout.ticket() + " in " + payout.branch());
  print_line(context, "customer", payout.customer());
  print_line(context, "tariff", life.tier_clause());
  print_line(context, "computed", is_less ? computed : "");
  for (const std::string& clause : life.cap_clauses()) print_line(context, "cap", clause);
  print_line(context, "reason", payout.reason());
  print_line(context, "due", payout.due_date() + (payout.due_missed() ? ", missed" : ""));
  print_line(context, "claim until",
             time_text(context, payout.has_claim_until(), payout.claim_until()));
  std::string approvers;
  for (const std::string& who : payout.approved_by())
    approvers += (approvers.empty() ? "" : ", ") + who;
  print_line(context, "approved by", approvers);
  print_line(context, "voucher", payout.voucher_state());
  print_line(context, "expires",
             time_text(context, payout.has_voucher_expires_at(), payout.voucher_expires_at()));
  print_line(context, "batch", payout.batch());
  print_line(context, "bank says", payout.bank_code());
  print_line(context, "booked on", payout.booked_date());
  print_line(context, "reference", payout.reference());
  print_line(context, "owes again", payout.reverses());
  print_line(context, "owed again by", payout.reversed_by());
  print_line(context, "late for", payout.late_of());
  if (payout.paid_in_error()) print_line(context, "late events", "less was due; it stays paid");
  context.out() << "\n";
}

void show(Context& context, const std::string& id) {
  if (!check_zone(context)) return;
  v1::GetPayoutRequest request;
  request.set_id(id);
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto life = ask(context, stub, &PayoutStub::GetPayout, request);
    if (!life) return;
    if (context.form == Form::json || context.form == Form::ndjson)
      return print_json(context, *life);
    if (context.form != Form::csv) print_head(context, *life);
    Rows rows(context, step_columns());
    for (const auto& step : life->steps()) rows.add(step_cells(context, step));
    rows.finish();
  });
}

/// `done` says what was done, in words for people.
template <typename Request>
void decide(Context& context, Request request,
            grpc::Status (PayoutStub::*method)(grpc::ClientContext*, const Request&, v1::Payout*),
            const std::string& done) {
  request.set_request_id(make_request_id());
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto payout = ask(context, stub, method, request);
    if (!payout) return;
    if (payout->id() == request.id()) {
      context.err() << payout->id() << " " << done;
    } else {
      context.err() << request.id() << " is owed again as " << payout->id();
    }
    context.err() << ": it is " << payout->state()
                  << (payout->reason().empty() ? "" : " (" + payout->reason() + ")") << "\n";
    Rows rows(context, payout_columns());
    rows.add(payout_cells(context, *payout));
    rows.finish();
  });
}

/// A verb with an id and a reason.
template <typename Request>
CLI::App* add_decision(CLI::App& payouts, const std::shared_ptr<Request>& request,
                       const std::string& name, const std::string& description) {
  CLI::App* verb = payouts.add_subcommand(name, description);
  verb->add_option_function<std::string>(
          "id", [request](const auto& id) { request->set_id(id); }, "Such as C-1-42")
      ->required();
  return verb;
}

template <typename Request>
CLI::Option* add_reason(CLI::App* verb, const std::shared_ptr<Request>& request) {
  return verb
      ->add_option_function<std::string>(
          "--reason", [request](const auto& text) { request->set_reason(text); }, "Why; is kept")
      ->check(reason_complaint);
}

void add_instrument(CLI::App& payouts, Context& context) {
  auto request = std::make_shared<v1::ChangePayoutInstrumentRequest>();
  CLI::App* verb = add_decision(payouts, request, "instrument",
                                "Pays it in another way; the old one is void before");
  verb->add_option_function<std::string>(
          "--to", [request](const auto& name) { request->set_instrument(name); },
          "How it is paid from now on")
      ->check(CLI::IsMember({"voucher", "transfer", "webhook", "apology"}))
      ->required();
  add_reason(verb, request)->required();
  verb->callback([&context, request] {
    decide(context, *request, &PayoutStub::ChangePayoutInstrument,
           "is paid by " + request->instrument());
  });
}

}  // namespace

std::string row_json(const std::vector<Column>& columns, const std::vector<Cell>& cells) {
  std::string text = "{";
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ",";
    text += json_quote(columns[i].key) + ":";
    const Cell& cell = cells[i];
    if (cell.kind == Cell::Kind::null) {
      text += "null";
    } else {
      text += cell.kind == Cell::Kind::text ? json_quote(cell.content) : cell.content;
    }
  }
  return text + "}";
}

void add_payout_decisions(CLI::App& payouts, Context& context) {
  {
    auto id = std::make_shared<std::string>();
    CLI::App* verb = payouts.add_subcommand("show", "One compensation and its whole life");
    verb->add_option("id", *id, "Such as C-1-42")->required();
    verb->callback([&context, id] { show(context, *id); });
  }
  auto approve = std::make_shared<v1::ApprovePayoutRequest>();
  CLI::App* verb = add_decision(payouts, approve, "approve",
                                "Approves one; never by who entered, excused or changed it");
  add_reason(verb, approve);
  verb->callback(
      [&context, approve] { decide(context, *approve, &PayoutStub::ApprovePayout, "approved"); });
  auto decline = std::make_shared<v1::DeclinePayoutRequest>();
  verb = add_decision(payouts, decline, "decline", "It will not be paid");
  add_reason(verb, decline)->required();
  verb->callback(
      [&context, decline] { decide(context, *decline, &PayoutStub::DeclinePayout, "declined"); });
  auto hold = std::make_shared<v1::HoldPayoutRequest>();
  verb = add_decision(payouts, hold, "hold", "Keeps an unpaid one back");
  add_reason(verb, hold)->required();
  verb->callback([&context, hold] { decide(context, *hold, &PayoutStub::HoldPayout, "held"); });
  auto release = std::make_shared<v1::ReleasePayoutRequest>();
  verb = add_decision(payouts, release, "release", "Lets a held one go; owes a failed one again");
  add_reason(verb, release);
  verb->callback(
      [&context, release] { decide(context, *release, &PayoutStub::ReleasePayout, "released"); });
  auto confirm = std::make_shared<v1::ConfirmPayoutRequest>();
  verb = add_decision(payouts, confirm, "confirm",
                      "It was paid: the receiver said so, though no answer of its own came");
  add_reason(verb, confirm)->required();
  verb->callback(
      [&context, confirm] { decide(context, *confirm, &PayoutStub::ConfirmPayout, "confirmed"); });
  add_instrument(payouts, context);
}

}  // namespace lupaus::clients::cli
