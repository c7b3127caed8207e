// `lupaus payouts results import`: what the bank answered to a payment file.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <ostream>

#include "clients/cli/online.h"
#include "lupaus/v1/payout_results.grpc.pb.h"

namespace lupaus::clients::cli {
namespace {

namespace v1 = lupaus::v1;
using Stub = v1::PayoutResultService::Stub;

constexpr size_t kPieceBytes = 256 * 1024;

std::vector<Column> result_columns() {
  return {{"file", "FILE", true},
          {"line", "LINE", false, true},
          {"result", "RESULT"},
          {"payout", "PAYOUT"},
          {"message_id", "MESSAGE", true},
          {"end_to_end_id", "END-TO-END ID", true},
          {"code", "CODE"},
          {"reason", "REASON"},
          {"amount", "AMOUNT", false, true},
          {"payee_check", "PAYEE CHECK", true},
          {"discarded_batch", "GIVEN UP", true}};
}

Paint paint_of(const std::string& result) {
  if (result == "unmatched") return Paint::red;
  if (result == "rejected" || result == "returned") return Paint::yellow;
  return result == "paid" ? Paint::green : Paint::plain;
}

std::vector<Cell> result_cells(const Context& context, const std::string& file,
                               const v1::PayoutResult& result) {
  return {Cell::text(file),
          number_cell(result.line_number()),
          Cell::text(result.result(), paint_of(result.result())),
          text_or_null(result.payout()),
          text_or_null(result.message_id()),
          text_or_null(result.end_to_end_id()),
          Cell::text(result.code()),
          Cell::text(result.reason()),
          money_cell(context, result.has_amount(), result.amount()),
          text_or_null(result.payee_check()),
          text_or_null(result.discarded_batch())};
}

std::string summary(const std::string& file, const v1::ImportPayoutResultsResponse& answer) {
  const auto part = [](uint32_t count, const char* what) {
    return std::to_string(count) + " " + what;
  };
  return file + ": " + answer.form() + " " + answer.message_id() + ", " +
         part(answer.statement_count(), "statements: ") + part(answer.paid_count(), "paid, ") +
         part(answer.rejected_count(), "rejected, ") + part(answer.returned_count(), "returned, ") +
         part(answer.noted_count(), "noted, ") + part(answer.known_count(), "known before, ") +
         part(answer.unmatched_count(), "unmatched");
}

/// What lay in a batch that is given up waits for another one.
void tell_discarded(Context& context, const v1::ImportPayoutResultsResponse& answer) {
  for (const auto& result : answer.results()) {
    if (result.discarded_batch().empty()) continue;
    context.err() << result.reason()
                  << ". What else lay in it is owed as before: `lupaus payouts batch create`\n";
  }
}

/// False when the file could not be read to its end.
bool send(grpc::ClientWriter<v1::ImportPayoutResultsRequest>& pieces, std::istream& file) {
  v1::ImportPayoutResultsRequest piece;
  piece.set_request_id(make_request_id());
  std::string bytes(kPieceBytes, '\0');
  while (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())) || file.gcount() > 0) {
    piece.set_chunk(bytes.data(), static_cast<size_t>(file.gcount()));
    if (!pieces.Write(piece)) return true;  // the server says why
    piece.clear_request_id();
  }
  return !file.bad();
}

/// False when nothing came of it, which is printed and sets the exit code.
bool import_file(Context& context, Stub& stub, const std::string& path, Rows& rows) {
  std::ifstream opened;
  if (path != "-") opened.open(path, std::ios::binary);
  std::istream& file = path == "-" ? context.streams.in : opened;
  if (!file) {
    context.fail("`" + path + "` could not be read: " + std::strerror(errno), kUsage);
    return false;
  }
  grpc::ClientContext call;
  name_actor(context, call);
  v1::ImportPayoutResultsResponse answer;
  const auto pieces = stub.ImportPayoutResults(&call, &answer);
  if (!send(*pieces, file)) {
    call.TryCancel();
    pieces->Finish();
    context.fail("`" + path + "` could not be read");
    return false;
  }
  pieces->WritesDone();
  const grpc::Status status = pieces->Finish();
  if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
    context.fail(path + ": " + status.error_message(), kNo);
    return false;
  }
  if (!status.ok()) {
    fail_with(context, status);
    return false;
  }
  for (const auto& result : answer.results()) rows.add(result_cells(context, path, result));
  context.err() << summary(path, answer) << "\n";
  tell_discarded(context, answer);
  if (answer.unmatched_count() != 0) context.exit_code = kNo;
  return true;
}

void import_files(Context& context, const std::vector<std::string>& paths) {
  with_stub<v1::PayoutResultService>(context, [&](Stub& stub) {
    Rows rows(context, result_columns());
    for (const std::string& path : paths)
      if (!import_file(context, stub, path, rows)) break;
    rows.finish();
  });
}

}  // namespace

void add_payout_result_verbs(CLI::App& app, Context& context) {
  CLI::App& payouts = verb_group(app, "payouts", "Compensations and the batches that pay them");
  CLI::App& results = verb_group(payouts, "results", "What banks answer to payment files");
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* verb = results.add_subcommand(
      "import", "Records a bank's answers, in this order; exit 1 when one could not be used");
  verb->add_option("files", *paths,
                   "pain.002.001.03, pain.002.001.10 or camt.054.001.08; - is standard input")
      ->required();
  verb->callback([&context, paths] { import_files(context, *paths); });
}

}  // namespace lupaus::clients::cli
