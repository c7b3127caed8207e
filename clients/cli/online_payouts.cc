// `lupaus payouts` and `lupaus vouchers`: finance, and redeeming a voucher at a counter.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "clients/cli/online.h"
#include "lupaus/v1/payout.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Stub = v1::PayoutService::Stub;

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
          {"due_on", "DUE", true},
          {"batch", "BATCH"},
          {"reverses", "REVERSES", true},
          {"paid_in_error", "PAID IN ERROR", true}};
}

std::vector<Cell> payout_cells(const Context& context, const v1::Payout& payout) {
  const auto money = [&](const std::string& text) {
    return payout.has_amount() ? Cell::text(text) : Cell::null();
  };
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
          Cell::text(payout.state()),
          Cell::text(payout.reason()),
          time_cell(context, payout.has_owed_at(), payout.owed_at()),
          time_cell(context, payout.has_due_on(), payout.due_on()),
          text_or_null(payout.batch()),
          text_or_null(payout.reverses()),
          bool_cell(payout.paid_in_error())};
}

void list(Context& context, const v1::ListPayoutsRequest& request) {
  if (!check_zone(context)) return;
  with_stub<v1::PayoutService>(context, [&](Stub& stub) {
    Rows rows(context, payout_columns());
    const auto take = [&](const v1::ListPayoutsResponse& page) {
      for (const auto& payout : page.payouts()) rows.add(payout_cells(context, payout));
    };
    if (ask_all<Stub, v1::ListPayoutsRequest, v1::ListPayoutsResponse>(
            context, stub, &Stub::ListPayouts, request, take)) {
      rows.finish();
    }
  });
}

std::string batch_json(const Context& context, const v1::PayoutBatch& batch) {
  return "{\"id\":" + json_quote(batch.id()) + ",\"state\":" + json_quote(batch.state()) +
         ",\"count\":" + std::to_string(batch.count()) + ",\"total\":" +
         (batch.has_total() ? money_cell(context, true, batch.total()).content : "null") + "}";
}

std::vector<Column> batch_columns() {
  return {{"id", "ID"},
          {"state", "STATE"},
          {"count", "COUNT", false, true},
          {"total", "TOTAL", false, true},
          {"created_by", "CREATED BY"},
          {"approved_by", "APPROVED BY"},
          {"created_at", "CREATED", true},
          {"approved_at", "APPROVED", true},
          {"content_hash", "CONTENT HASH", true}};
}

std::vector<Cell> batch_cells(const Context& context, const v1::PayoutBatch& batch) {
  return {Cell::text(batch.id()),
          Cell::text(batch.state()),
          number_cell(batch.count()),
          money_cell(context, batch.has_total(), batch.total()),
          text_or_null(batch.created_by()),
          text_or_null(batch.approved_by()),
          time_cell(context, batch.has_created_at(), batch.created_at()),
          time_cell(context, batch.has_approved_at(), batch.approved_at()),
          text_or_null(batch.content_hash())};
}

void print(Context& context, const v1::PayoutBatch& batch) {
  if (context.form == Form::json || context.form == Form::ndjson) {
    context.out() << "{\"batch\":" << batch_json(context, batch) << "}\n";
    return;
  }
  Rows rows(context, batch_columns());
  rows.add(batch_cells(context, batch));
  rows.finish();
}

void create_batch(Context& context, const std::string& until) {
  v1::CreatePayoutBatchRequest request;
  request.set_request_id(make_request_id());
  if (!until.empty()) {
    const auto at = rules::model::parse_instant(until);
    if (!at) return context.fail(at.error(), kUsage);
    set_time(*at, *request.mutable_until());
  }
  with_stub<v1::PayoutService>(context, [&](Stub& stub) {
    if (const auto batch = ask(context, stub, &Stub::CreatePayoutBatch, request))
      print(context, *batch);
  });
}

void list_batches(Context& context) {
  if (!check_zone(context)) return;
  with_stub<v1::PayoutService>(context, [&](Stub& stub) {
    const auto answer =
        ask(context, stub, &Stub::ListPayoutBatches, v1::ListPayoutBatchesRequest());
    if (!answer) return;
    Rows rows(context, batch_columns());
    for (const auto& batch : answer->batches()) rows.add(batch_cells(context, batch));
    rows.finish();
  });
}

void approve_batch(Context& context, const std::string& id) {
  v1::ApprovePayoutBatchRequest request;
  request.set_id(id);
  request.set_request_id(make_request_id());
  with_stub<v1::PayoutService>(context, [&](Stub& stub) {
    if (const auto batch = ask(context, stub, &Stub::ApprovePayoutBatch, request))
      print(context, *batch);
  });
}

bool write_to(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  return static_cast<bool>(file.flush());
}

/// Whole or not at all: written beside `path`, then renamed. A device or a pipe is written to,
/// never replaced; a link is followed.
bool write_whole(const std::string& path, const std::string& bytes) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return write_to(path, bytes);
  const auto target = std::filesystem::weakly_canonical(path, failure);
  if (failure) return false;
  const std::filesystem::path part = target.string() + ".part";
  if (write_to(part, bytes)) std::filesystem::rename(part, target, failure);
  const bool is_written = !failure && !std::filesystem::exists(part);
  if (!is_written) std::filesystem::remove(part, failure);
  return is_written;
}

void export_batch(Context& context, const v1::ExportPayoutBatchRequest& request,
                  const std::string& path) {
  with_stub<v1::PayoutService>(context, [&](Stub& stub) {
    const auto file = ask(context, stub, &Stub::ExportPayoutBatch, request);
    if (!file) return;
    if (path.empty() || path == "-") {
      context.out() << file->content();
    } else if (write_whole(path, file->content())) {
      context.err() << "wrote " << path << " (" << file->content().size() << " bytes)\n";
    } else {
      context.fail("`" + path + "` could not be written");
    }
  });
}

void redeem(Context& context, v1::RedeemVoucherRequest request) {
  request.set_request_id(make_request_id());
  with_stub<v1::PayoutService>(context, [&](Stub& stub) {
    const auto payout = ask(context, stub, &Stub::RedeemVoucher, request);
    if (!payout) return;
    Rows rows(context, payout_columns());
    rows.add(payout_cells(context, *payout));
    rows.finish();
  });
}

void add_batch_verbs(CLI::App& payouts, Context& context) {
  CLI::App& batch = verb_group(payouts, "batch", "Transfers that leave together");
  {
    auto until = std::make_shared<std::string>();
    CLI::App* verb =
        batch.add_subcommand("create", "Draws up a batch of all transfers owed and in none");
    verb->add_option("--until", *until, "Owed at or before this instant (RFC 3339)");
    verb->callback([&context, until] { create_batch(context, *until); });
  }
  batch.add_subcommand("list", "All batches")->callback([&context] { list_batches(context); });
  {
    auto id = std::make_shared<std::string>();
    CLI::App* verb = batch.add_subcommand("approve", "Approves a batch; never by who created it");
    verb->add_option("id", *id, "The batch's id")->required();
    verb->callback([&context, id] { approve_batch(context, *id); });
  }
  {
    auto request = std::make_shared<v1::ExportPayoutBatchRequest>();
    auto path = std::make_shared<std::string>();
    CLI::App* verb =
        batch.add_subcommand("export", "The file of an approved batch: the same bytes each time");
    verb->add_option_function<std::string>("id", [request](const auto& id) { request->set_id(id); })
        ->required();
    verb->add_option_function<std::string>(
            "--format", [request](const auto& name) { request->set_format(name); },
            "csv or csv-excel")
        ->check(CLI::IsMember({"csv", "csv-excel"}))
        ->required();
    verb->add_option("--out", *path, "Where to write it; standard output if left out");
    verb->callback([&context, request, path] { export_batch(context, *request, *path); });
  }
}

}  // namespace

void add_payout_verbs(CLI::App& app, Context& context) {
  CLI::App& payouts = verb_group(app, "payouts", "Compensations and the batches that pay them");
  {
    auto request = std::make_shared<v1::ListPayoutsRequest>();
    CLI::App* verb = payouts.add_subcommand("list", "Compensations");
    verb->add_option_function<std::string>(
        "--state", [request](const auto& name) { request->set_state(name); });
    verb->add_option_function<std::string>("--batch",
                                           [request](const auto& id) { request->set_batch(id); });
    verb->add_flag_callback(
        "--paid-in-error", [request] { request->set_paid_in_error(true); },
        "Only those of which late events say that less was due");
    verb->callback([&context, request] { list(context, *request); });
  }
  add_batch_verbs(payouts, context);
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
