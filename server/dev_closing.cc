#include "server/dev_closing.h"

#include <fmt/format.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "lupaus/v1/breach.grpc.pb.h"
#include "lupaus/v1/payout.grpc.pb.h"
#include "lupaus/v1/promise.grpc.pb.h"
#include "lupaus/v1/ticket.grpc.pb.h"

namespace lupaus::server {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr const char* kManager = "maria";
constexpr const char* kFinance = "frans";
constexpr const char* kApprover = "aino";
/// A call on the same machine that takes longer is not answered at all.
constexpr std::chrono::seconds kCallMax{20};

/// One call as `actor`; the answer, or the status as an error.
template <typename Stub, typename Request, typename Response>
Result<Response> call(Stub& stub,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request, const std::string& actor) {
  grpc::ClientContext context;
  context.AddMetadata("lupaus-actor", actor);
  context.set_deadline(std::chrono::system_clock::now() + kCallMax);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return Error{"call_failed", status.error_message(), "", {}};
  return response;
}

std::string text_of(const lupaus::v1::Money& money) {
  return money.currency() + " " + money.amount();
}

void print_title(const std::string& title) { fmt::print("\n== {} ==\n", title); }

Result<void> print_report(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = lupaus::v1::BreachService::NewStub(channel);
  lupaus::v1::SummarizeBreachesRequest request;
  request.add_by("branch");
  request.add_by("hour");
  const auto summary =
      call(*stub, &lupaus::v1::BreachService::Stub::SummarizeBreaches, request, kManager);
  if (!summary) return summary.error();
  print_title(
      "The manager's report, by branch and hour  (lupaus breaches summary --by branch,hour)");
  fmt::print("{:<12} {:<22} {:>8} {:>6} {:>9} {:>6}  {}\n", "branch", "hour", "promises", "kept",
             "breached", "other", "owed");
  for (const lupaus::v1::SummaryRow& row : summary.value().rows()) {
    std::string owed;
    for (const lupaus::v1::Money& money : row.owed())
      owed += (owed.empty() ? "" : ", ") + text_of(money);
    fmt::print("{:<12} {:<22} {:>8} {:>6} {:>9} {:>6}  {}\n", row.keys(0),
               row.keys_size() > 1 ? row.keys(1) : "", row.commitments_count(), row.kept_count(),
               row.breached_count(), row.other_count(), owed);
  }
  return {};
}

Result<std::vector<lupaus::v1::Payout>> list_payouts(lupaus::v1::PayoutService::Stub& stub) {
  std::vector<lupaus::v1::Payout> payouts;
  lupaus::v1::ListPayoutsRequest request;
  do {
    const auto page = call(stub, &lupaus::v1::PayoutService::Stub::ListPayouts, request, kFinance);
    if (!page) return page.error();
    payouts.insert(payouts.end(), page.value().payouts().begin(), page.value().payouts().end());
    request.set_page_token(page.value().next_page_token());
  } while (!request.page_token().empty());
  return payouts;
}

/// Redeems the first voucher and prints the proof of its ticket; without vouchers, of the first
/// payout.
Result<void> print_proof(const std::shared_ptr<grpc::Channel>& channel,
                         const std::vector<lupaus::v1::Payout>& payouts) {
  const auto voucher =
      std::find_if(payouts.begin(), payouts.end(),
                   [](const lupaus::v1::Payout& payout) { return !payout.voucher().empty(); });
  const lupaus::v1::Payout& chosen = voucher == payouts.end() ? payouts.front() : *voucher;
  if (voucher != payouts.end()) {
    const auto stub = lupaus::v1::PayoutService::NewStub(channel);
    lupaus::v1::RedeemVoucherRequest request;
    request.set_code(voucher->voucher());
    request.set_branch(voucher->branch());
    request.set_request_id("dev-redeem-" + voucher->id());
    const auto redeemed =
        call(*stub, &lupaus::v1::PayoutService::Stub::RedeemVoucher, request, "teller-1");
    if (!redeemed) return redeemed.error();
    print_title("The customer of ticket " + voucher->ticket() + " redeems the voucher");
    fmt::print("voucher {}: {} {}\n", voucher->voucher(), text_of(redeemed.value().amount()),
               redeemed.value().state());
  }
  const auto stub = lupaus::v1::TicketService::NewStub(channel);
  lupaus::v1::ExplainTicketRequest request;
  request.set_branch(chosen.branch());
  request.set_ticket(chosen.ticket());
  const auto proof =
      call(*stub, &lupaus::v1::TicketService::Stub::ExplainTicket, request, kManager);
  if (!proof) return proof.error();
  print_title("Why it was paid  (lupaus explain " + chosen.ticket() + " --branch " +
              chosen.branch() + ")");
  fmt::print("{}\n", proof.value().trace());
  return {};
}

Result<void> print_batch(lupaus::v1::PayoutService::Stub& stub) {
  lupaus::v1::CreatePayoutBatchRequest create;
  create.set_request_id("dev-batch");
  const auto batch =
      call(stub, &lupaus::v1::PayoutService::Stub::CreatePayoutBatch, create, kFinance);
  if (!batch) return batch.error();
  const std::string& id = batch.value().id();
  print_title(
      "Finance's payout file  (lupaus payouts batch create | approve | export --format csv)");
  fmt::print("{} draws up batch {}: {} transfers, {}\n", kFinance, id, batch.value().count(),
             text_of(batch.value().total()));
  lupaus::v1::ApprovePayoutBatchRequest approve;
  approve.set_id(id);
  const auto self =
      call(stub, &lupaus::v1::PayoutService::Stub::ApprovePayoutBatch, approve, kFinance);
  if (self)
    return Error{
        "approved_by_creator", "expected the creator's own approval to be refused", "", {}};
  fmt::print("{} tries to approve it alone: refused, {}\n", kFinance, self.error().message);
  approve.set_request_id("dev-approve");
  const auto approved =
      call(stub, &lupaus::v1::PayoutService::Stub::ApprovePayoutBatch, approve, kApprover);
  if (!approved) return approved.error();
  lupaus::v1::ExportPayoutBatchRequest request;
  request.set_id(id);
  request.set_format("csv");
  const auto file =
      call(stub, &lupaus::v1::PayoutService::Stub::ExportPayoutBatch, request, kFinance);
  if (!file) return file.error();
  fmt::print("{} approves it; {}:\n{}", kApprover, file.value().file_name(),
             file.value().content());
  return {};
}

}  // namespace

Result<void> publish_book(const std::shared_ptr<grpc::Channel>& channel,
                          std::span<const rules::model::SourceFile> book,
                          const std::string& author) {
  lupaus::v1::ApplyPromisesRequest request;
  for (const rules::model::SourceFile& file : book) {
    request.add_files()->set_name(file.name);
    request.mutable_files()->rbegin()->set_text(file.text);
  }
  const auto stub = lupaus::v1::PromiseService::NewStub(channel);
  const auto applied =
      call(*stub, &lupaus::v1::PromiseService::Stub::ApplyPromises, request, author);
  if (!applied) return applied.error();
  std::string complaints;
  for (const lupaus::v1::Diagnostic& found : applied.value().diagnostics()) {
    if (found.severity() != "error") continue;
    complaints += fmt::format("{}:{}:{}: error {}: {}\n", found.file(), found.line(),
                              found.column(), found.code(), found.message());
  }
  if (!complaints.empty()) return Error{"book_refused", complaints, "", {}};
  for (const lupaus::v1::Promise& promise : applied.value().promises()) {
    fmt::print("promise {} r{}: within {}", promise.name(), promise.revision(), promise.within());
    for (const std::string& tier : promise.tiers()) fmt::print("; {}", tier);
    fmt::print("\n");
  }
  return {};
}

Result<void> close_day(const std::shared_ptr<grpc::Channel>& channel) {
  if (Result<void> printed = print_report(channel); !printed) return printed;
  const auto stub = lupaus::v1::PayoutService::NewStub(channel);
  const auto payouts = list_payouts(*stub);
  if (!payouts) return payouts.error();
  if (payouts.value().empty())
    return Error{"no_payouts", "expected the day to break a promise, but none did", "", {}};
  if (Result<void> printed = print_proof(channel, payouts.value()); !printed) return printed;
  Result<void> printed = print_batch(*stub);
  std::fflush(stdout);
  return printed;
}

}  // namespace lupaus::server
