// `lupaus payouts show|approve|decline|hold|release|confirm|fail|instrument`: one compensation, its
// life, and what a person decides of it, or of all lines of a batch.
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
                << printable(text) << "\n";
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

template <typename Request>
using Decide = grpc::Status (PayoutStub::*)(grpc::ClientContext*, const Request&, v1::Payout*);

/// `done` says what was done, in words for people. Nullopt: it was refused, and that is told.
template <typename Request>
std::optional<v1::Payout> decide_one(Context& context, PayoutStub& stub, Request request,
                                     Decide<Request> method, const std::string& done) {
  request.set_request_id(make_request_id());
  auto payout = ask(context, stub, method, request);
  if (!payout) return payout;
  if (payout->id() == request.id()) {
    context.err() << payout->id() << " " << done;
  } else {
    context.err() << request.id() << " is owed again as " << payout->id();
  }
  context.err() << ": it is " << payout->state()
                << (payout->reason().empty() ? "" : " (" + payout->reason() + ")") << "\n";
  if (!payout->discarded_batch().empty()) {
    context.err() << "batch " << payout->discarded_batch()
                  << " is given up, as what was owed again for it lay there. What else lay in it "
                     "is owed as before: `lupaus payouts batch create`\n";
  }
  return payout;
}

template <typename Request>
void decide(Context& context, const Request& request, Decide<Request> method,
            const std::string& done) {
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto payout = decide_one(context, stub, request, method, done);
    if (!payout) return;
    Rows rows(context, payout_columns());
    rows.add(payout_cells(context, *payout));
    rows.finish();
  });
}

/// Ids of the batch's lines that are in that state; nullopt: they cannot be read.
std::optional<std::vector<std::string>> lines_of(Context& context, PayoutStub& stub,
                                                 const std::string& batch,
                                                 const std::string& state) {
  v1::GetPayoutBatchRequest known;
  known.set_id(batch);
  if (!ask(context, stub, &PayoutStub::GetPayoutBatch, known)) return std::nullopt;
  std::vector<std::string> ids;
  v1::ListPayoutsRequest request;
  request.set_batch(batch);
  request.set_state(state);
  const auto take = [&](const v1::ListPayoutsResponse& page) {
    for (const auto& payout : page.payouts())
      if (payout.reversed_by().empty()) ids.push_back(payout.id());
  };
  if (!ask_all<PayoutStub, v1::ListPayoutsRequest, v1::ListPayoutsResponse>(
          context, stub, &PayoutStub::ListPayouts, request, take))
    return std::nullopt;
  return ids;
}

/// The same for every line of a batch that is in `state`. The first that is refused ends it; those
/// before it are done, and the next run goes on behind them.
template <typename Request>
void decide_batch(Context& context, Request request, Decide<Request> method,
                  const std::string& batch, const std::string& state, const std::string& done) {
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto ids = lines_of(context, stub, batch, state);
    if (!ids) return;
    Rows rows(context, payout_columns());
    size_t count = 0;
    for (const std::string& id : *ids) {
      request.set_id(id);
      const auto payout = decide_one(context, stub, request, method, done);
      if (!payout) break;
      rows.add(payout_cells(context, *payout));
      ++count;
    }
    rows.finish();
    context.err() << batch << ": " << count << " of " << ids->size() << " lines that were " << state
                  << "\n";
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

/// A verb that takes an id, or all lines of a batch that are in `state`.
template <typename Request>
CLI::App* add_batch_decision(CLI::App& payouts, Context& context,
                             const std::shared_ptr<Request>& request, const std::string& name,
                             const std::string& description, const std::string& state,
                             Decide<Request> method, const std::string& done) {
  CLI::App* verb = payouts.add_subcommand(name, description);
  auto batch = std::make_shared<std::string>();
  CLI::Option* id = verb->add_option_function<std::string>(
      "id", [request](const auto& text) { request->set_id(text); }, "Such as C-1-42");
  verb->add_option("--batch", *batch, "Instead: each line of the batch that is " + state)
      ->excludes(id);
  verb->callback([&context, verb, request, batch, state, method, done] {
    if (request->id().empty() && batch->empty())
      throw CLI::RequiredError(verb->get_name() + " needs an id or --batch");
    if (batch->empty()) return decide(context, *request, method, done);
    decide_batch(context, *request, method, *batch, state, done);
  });
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
  verb = add_batch_decision(payouts, context, release, "release",
                            "Lets a held one go; owes a failed one again", "failed",
                            &PayoutStub::ReleasePayout, "released");
  add_reason(verb, release);
  auto confirm = std::make_shared<v1::ConfirmPayoutRequest>();
  verb = add_batch_decision(payouts, context, confirm, "confirm",
                            "It was paid: the receiver or bank said so, and no file of it can be "
                            "imported",
                            "dispatched", &PayoutStub::ConfirmPayout, "confirmed");
  add_reason(verb, confirm)->required();
  verb->add_option_function<std::string>(
      "--booked-on", [confirm](const auto& day) { confirm->set_booked_date(day); },
      "The day on which the bank booked it, such as 2026-02-03");
  auto fail = std::make_shared<v1::FailPayoutRequest>();
  verb = add_batch_decision(payouts, context, fail, "fail",
                            "A transfer that left was not paid, and will not be, or came back: "
                            "release it to pay it again",
                            "dispatched", &PayoutStub::FailPayout, "failed");
  add_reason(verb, fail)->required();
  add_instrument(payouts, context);
}

}  // namespace lupaus::clients::cli
