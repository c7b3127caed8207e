// `lupaus payouts list` and `lupaus vouchers`: what is owed, and redeeming a voucher at a counter.
#include "clients/cli/online_payouts.h"

#include <CLI/CLI.hpp>
#include <ostream>

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

void list(Context& context, const v1::ListPayoutsRequest& request) {
  if (!check_zone(context)) return;
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    Rows rows(context, payout_columns());
    const auto take = [&](const v1::ListPayoutsResponse& page) {
      for (const auto& payout : page.payouts()) rows.add(payout_cells(context, payout));
    };
    if (ask_all<PayoutStub, v1::ListPayoutsRequest, v1::ListPayoutsResponse>(
            context, stub, &PayoutStub::ListPayouts, request, take)) {
      rows.finish();
    }
  });
}

void redeem(Context& context, v1::RedeemVoucherRequest request) {
  request.set_request_id(make_request_id());
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto payout = ask(context, stub, &PayoutStub::RedeemVoucher, request);
    if (!payout) return;
    Rows rows(context, payout_columns());
    rows.add(payout_cells(context, *payout));
    rows.finish();
  });
}

void add_list(CLI::App& payouts, Context& context) {
  auto request = std::make_shared<v1::ListPayoutsRequest>();
  CLI::App* verb = payouts.add_subcommand("list", "Compensations");
  CLI::Option* state = verb->add_option_function<std::string>(
      "--state", [request](const auto& name) { request->set_state(name); },
      "owed, approved, dispatched, paid, held, claimable, declined, failed, reversed …");
  verb->add_option_function<std::string>(
      "--batch", [request](const auto& id) { request->set_batch(id); }, "Those of one batch");
  verb->add_flag_callback(
      "--awaiting-payee", [request] { request->set_awaiting_payee(true); },
      "Only transfers of which nobody knows yet to whom");
  verb->add_flag_callback(
      "--awaiting-approval", [request] { request->set_awaiting_approval(true); },
      "Only those that a person has to let pass");
  verb->add_flag_callback(
      "--overdue", [request] { request->set_overdue(true); },
      "Only those whose promised day has passed unpaid");
  verb->add_flag_callback(
          "--claimable", [request] { request->set_state("claimable"); },
          "Only those that the customer has to ask for")
      ->excludes(state);
  verb->add_flag_callback(
      "--paid-in-error", [request] { request->set_paid_in_error(true); },
      "Only those of which late events say that less was due");
  verb->callback([&context, request] { list(context, *request); });
}

}  // namespace

std::vector<Column> payout_columns() {
  return {{"id", "ID"},
          {"branch", "BRANCH"},
          {"ticket", "TICKET"},
          {"promise", "PROMISE", true},
          {"revision", "REVISION", true, true},
          {"cycle", "CYCLE", true, true},
          {"customer", "CUSTOMER", true},
          {"amount", "AMOUNT", false, true},
          {"currency", "CURRENCY"},
          {"instrument", "INSTRUMENT"},
          {"state", "STATE"},
          {"reason", "REASON", true},
          {"owed_at", "OWED"},
          {"changed_at", "SINCE"},
          {"due_on", "DUE"},
          {"batch", "BATCH"},
          {"reverses", "REVERSES", true},
          {"reversed_by", "REVERSED BY", true},
          {"late_of", "LATE OF", true},
          {"due_missed", "MISSED", true},
          {"awaiting_payee", "AWAITING PAYEE", true},
          {"bank_code", "BANK CODE", true},
          {"voucher_state", "VOUCHER", true},
          {"paid_in_error", "PAID IN ERROR", true}};
}

std::vector<Cell> payout_cells(const Context& context, const v1::Payout& payout) {
  const auto money = [&](const std::string& text) {
    return payout.has_amount() ? Cell::text(text) : Cell::null();
  };
  Cell state = Cell::text(payout.state());
  if (payout.awaiting_payee()) state.shown = payout.state() + ", awaiting payee";
  Cell due = text_or_null(payout.due_date());
  if (payout.due_missed()) {
    due.shown = payout.due_date() + " missed";
    due.paint = Paint::red;
  }
  return {Cell::text(payout.id()),
          Cell::text(payout.branch()),
          Cell::text(payout.ticket()),
          Cell::text(payout.promise()),
          Cell::text(std::to_string(payout.revision())),
          number_cell(payout.cycle()),
          text_or_null(payout.customer()),
          money(payout.amount().amount()),
          money(payout.amount().currency()),
          Cell::text(payout.instrument()),
          std::move(state),
          Cell::text(payout.reason()),
          time_cell(context, payout.has_owed_at(), payout.owed_at()),
          time_cell(context, payout.has_changed_at(), payout.changed_at()),
          std::move(due),
          text_or_null(payout.batch()),
          text_or_null(payout.reverses()),
          text_or_null(payout.reversed_by()),
          text_or_null(payout.late_of()),
          bool_cell(payout.due_missed()),
          bool_cell(payout.awaiting_payee()),
          text_or_null(payout.bank_code()),
          text_or_null(payout.voucher_state()),
          bool_cell(payout.paid_in_error())};
}

std::string reason_complaint(const std::string& text) {
  const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
  return is_blank ? "expected a reason in words, but it is empty" : "";
}

void add_payout_verbs(CLI::App& app, Context& context) {
  CLI::App& payouts = verb_group(app, "payouts", "Compensations and the batches that pay them");
  add_list(payouts, context);
  add_payout_decisions(payouts, context);
  CLI::App& batch = add_payout_batches(payouts, context);
  add_payout_proofs(payouts, batch, context);
  auto request = std::make_shared<v1::RedeemVoucherRequest>();
  CLI::App* verb =
      verb_group(app, "vouchers", "Vouchers").add_subcommand("redeem", "Redeems a voucher, once");
  verb->add_option_function<std::string>("code",
                                         [request](const auto& code) { request->set_code(code); })
      ->required();
  verb->add_option_function<std::string>("--branch",
                                         [request](const auto& name) { request->set_branch(name); })
      ->required();
  verb->callback([&context, request] { redeem(context, *request); });
}

}  // namespace lupaus::clients::cli
