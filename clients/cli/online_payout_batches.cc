// `lupaus payouts batch`: drawn up, shown, approved, given up, and exported whole or not at all.
#include <CLI/CLI.hpp>
#include <ostream>

#include "clients/cli/online_file.h"
#include "clients/cli/online_payouts.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;

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
          {"content_hash", "CONTENT HASH", true},
          {"exported_at", "EXPORTED", true},
          {"discarded_reason", "DISCARDED", true}};
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
          text_or_null(batch.content_hash()),
          time_cell(context, batch.has_exported_at(), batch.exported_at()),
          text_or_null(batch.discarded_reason())};
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

/// What a batch of its own is drawn up for next.
void tell_of_others(Context& context, const v1::PayoutBatch& batch) {
  for (const v1::PayoutSum& other : batch.in_other_currencies()) {
    const std::string& currency = other.total().currency();
    context.err() << other.count() << " more in " << currency << ", " << other.total().amount()
                  << ": `lupaus payouts batch create --currency " << currency << "`\n";
  }
}

void create_batch(Context& context, const std::string& until, const std::string& currency) {
  v1::CreatePayoutBatchRequest request;
  request.set_currency(currency);
  request.set_request_id(make_request_id());
  if (!until.empty()) {
    const auto at = rules::model::parse_instant(until);
    if (!at) return context.fail(at.error(), kUsage);
    set_time(*at, *request.mutable_until());
  }
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto batch = ask(context, stub, &PayoutStub::CreatePayoutBatch, request);
    if (!batch) return;
    context.err() << "somebody other than " << batch->created_by() << " approves it with `lupaus "
                  << "payouts batch approve " << batch->id() << "`\n";
    if (const uint32_t count = batch->awaiting_payee_count(); count > 0) {
      context.err() << count << (count == 1 ? " more waits" : " more wait")
                    << " for a payee: `lupaus payouts list --awaiting-payee`\n";
    }
    tell_of_others(context, *batch);
    print(context, *batch);
  });
}

void list_batches(Context& context) {
  if (!check_zone(context)) return;
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto answer =
        ask(context, stub, &PayoutStub::ListPayoutBatches, v1::ListPayoutBatchesRequest());
    if (!answer) return;
    Rows rows(context, batch_columns());
    for (const auto& batch : answer->batches()) rows.add(batch_cells(context, batch));
    rows.finish();
  });
}

/// The batch, and what its lines are by now.
void show_batch(Context& context, const std::string& id) {
  if (!check_zone(context)) return;
  v1::GetPayoutBatchRequest request;
  request.set_id(id);
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto batch = ask(context, stub, &PayoutStub::GetPayoutBatch, request);
    if (!batch) return;
    if (context.form == Form::table || context.form == Form::wide) {
      print(context, *batch);
      context.out() << "\n";
      Rows rows(
          context,
          {{"lines", "LINES"}, {"count", "COUNT", false, true}, {"total", "TOTAL", false, true}});
      for (const auto& part : batch->lines()) {
        rows.add({Cell::text(part.state()), number_cell(part.count()),
                  money_cell(context, part.has_total(), part.total())});
      }
      return rows.finish();
    }
    std::string lines;
    for (const auto& part : batch->lines()) {
      lines += (lines.empty() ? "" : ",") + ("{\"state\":" + json_quote(part.state())) +
               ",\"count\":" + std::to_string(part.count()) +
               ",\"total\":" + money_cell(context, true, part.total()).content + "}";
    }
    std::vector<Column> columns = batch_columns();
    std::vector<Cell> cells = batch_cells(context, *batch);
    if (context.form != Form::csv) {
      columns.push_back({"lines", "LINES"});
      cells.push_back(Cell::json("[" + lines + "]", ""));
    }
    Rows rows(context, std::move(columns));
    rows.add(std::move(cells));
    rows.finish();
  });
}

void approve_batch(Context& context, const std::string& id) {
  v1::ApprovePayoutBatchRequest request;
  request.set_id(id);
  request.set_request_id(make_request_id());
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto batch = ask(context, stub, &PayoutStub::ApprovePayoutBatch, request);
    if (!batch) return;
    context.err() << batch->id() << " approved by " << batch->approved_by() << " with content "
                  << batch->content_hash() << "\n";
    print(context, *batch);
  });
}

void discard_batch(Context& context, v1::DiscardPayoutBatchRequest request) {
  request.set_request_id(make_request_id());
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    const auto batch = ask(context, stub, &PayoutStub::DiscardPayoutBatch, request);
    if (!batch) return;
    context.err() << batch->id() << " given up: its " << batch->count()
                  << " lines are owed as before\n";
    print(context, *batch);
  });
}

void export_batch(Context& context, const v1::DownloadPayoutBatchRequest& request,
                  const std::string& path) {
  with_stub<v1::PayoutService>(context, [&](PayoutStub& stub) {
    grpc::ClientContext call;
    name_actor(context, call);
    const auto file = take_file(context, *stub.DownloadPayoutBatch(&call, request));
    if (file) put_file(context, path, file->content(), file->sha256());
  });
}

void add_export(CLI::App& batch, Context& context) {
  auto request = std::make_shared<v1::DownloadPayoutBatchRequest>();
  auto path = std::make_shared<std::string>();
  CLI::App* verb =
      batch.add_subcommand("export", "The file of an approved batch: the same bytes each time");
  verb->add_option_function<std::string>(
          "id", [request](const auto& id) { request->set_id(id); }, "The batch's id")
      ->required();
  verb->add_option_function<std::string>(
          "--format", [request](const auto& name) { request->set_format(name); },
          "csv (for programs), csv-excel (for people), xlsx, json, pain.001.001.09 (for the bank), "
          "posting (for the books)")
      ->check(CLI::IsMember({"csv", "csv-excel", "xlsx", "json", "pain.001.001.09", "posting"}))
      ->required();
  verb->add_option("--out", *path, "Where to write it; standard output if left out");
  verb->callback([&context, request, path] { export_batch(context, *request, *path); });
}

CLI::App* add_verb(CLI::App& batch, const std::string& name, const std::string& description,
                   const std::shared_ptr<std::string>& id) {
  CLI::App* verb = batch.add_subcommand(name, description);
  verb->add_option("id", *id, "The batch's id")->required();
  return verb;
}

}  // namespace

CLI::App& add_payout_batches(CLI::App& payouts, Context& context) {
  CLI::App& batch = verb_group(payouts, "batch", "Transfers that leave together");
  auto until = std::make_shared<std::string>();
  CLI::App* create =
      batch.add_subcommand("create", "Draws up a batch of all transfers owed and in none");
  create->add_option("--until", *until, "Owed at or before this instant (RFC 3339)");
  auto currency = std::make_shared<std::string>();
  create->add_option("--currency", *currency,
                     "Of the batch, for it has one; that of the first transfer if left out");
  create->callback([&context, until, currency] { create_batch(context, *until, *currency); });
  batch.add_subcommand("list", "All batches")->callback([&context] { list_batches(context); });
  auto id = std::make_shared<std::string>();
  add_verb(batch, "show", "One batch, and what its lines are by now", id)->callback([&context, id] {
    show_batch(context, *id);
  });
  add_verb(batch, "approve", "Approves a batch; never by who created it", id)
      ->callback([&context, id] { approve_batch(context, *id); });
  CLI::App* discard = add_verb(
      batch, "discard", "Gives up a batch that was not exported; its lines are owed again", id);
  auto reason = std::make_shared<std::string>();
  discard->add_option("--reason", *reason, "Why; is kept")->check(reason_complaint)->required();
  discard->callback([&context, id, reason] {
    v1::DiscardPayoutBatchRequest request;
    request.set_id(*id);
    request.set_reason(*reason);
    discard_batch(context, request);
  });
  add_export(batch, context);
  return batch;
}

}  // namespace lupaus::clients::cli
