#include "server/api/payee_service.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "lupaus/v1/payee.grpc.pb.h"
#include "server/api/call.h"
#include "server/api/roles.h"
#include "server/finance/bank_payee.h"
#include "server/payees/import.h"
#include "server/payees/payees.h"
#include "server/telemetry/log.h"
#include "server/wire/recent_answers.h"

namespace lupaus::server::api {

namespace {

using rules::model::Error;
using rules::model::Result;

/// What makes one import equal to another: its first message and all rows, in their order.
struct ImportIdentity {
  std::string id;
  uint64_t content = 0;
  const std::string& request_id() const { return id; }
};
uint64_t content_of(const ImportIdentity& identity) { return identity.content; }

constexpr size_t kPageDefault = 1000;
constexpr size_t kPageMax = 10'000;
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string to_token(std::string_view bytes) {
  std::string token;
  for (const unsigned char byte : bytes) token += {kHexDigits[byte >> 4], kHexDigits[byte & 15]};
  return token;
}

Result<std::string> from_token(std::string_view token) {
  std::string bytes;
  for (size_t i = 0; i + 1 < token.size(); i += 2) {
    const size_t high = kHexDigits.find(token[i]), low = kHexDigits.find(token[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) break;
    bytes += static_cast<char>(high * 16 + low);
  }
  if (bytes.size() * 2 != token.size())
    return wire::invalid_field("page_token", "expected the token of the page before");
  return bytes;
}

/// WHY: not content_of the message, which writes all of it to one more plain buffer.
void mix(uint64_t& content, const v1::PayeeRow& row) {
  constexpr uint64_t kPrime = 0x100000001B3;
  content = (content ^ row.line()) * kPrime;
  for (const std::string* text : {&row.customer(), &row.name(), &row.iban(), &row.language()})
    content = (content ^ std::hash<std::string>()(*text)) * kPrime;
}

/// Rows in plain, gone once they are sealed.
void wipe_rows(v1::ImportPayeesRequest& request) {
  for (v1::PayeeRow& row : *request.mutable_rows()) {
    payees::wipe(*row.mutable_name());
    payees::wipe(*row.mutable_iban());
  }
}

/// As the payment file of a batch will be checked, whose approval is too late to learn of it.
void check_for_bank(const payees::Payee& payee, uint32_t line, std::vector<payees::BadRow>& wrong) {
  if (!finance::is_bank_name(payee.name)) {
    wrong.push_back({line, "name",
                     "expected a name in letters that a bank takes, but there is none in it",
                     "write it in Latin letters, as the bank knows it"});
  }
  if (!finance::is_bank_account(payee.iban)) {
    wrong.push_back({line, "iban",
                     "expected an account in SEPA, but it is in a country outside of it",
                     "payouts leave as SEPA credit transfers: ask for another account"});
  }
}

void write_answer(const payees::ImportSummary& summary, v1::ImportPayeesResponse& response) {
  response.set_is_kept(summary.is_kept);
  response.set_added_count(summary.added);
  response.set_changed_count(summary.changed);
  response.set_unchanged_count(summary.unchanged);
  response.set_bad_count(summary.bad);
  for (const payees::BadRow& fault : summary.wrong) {
    v1::BadPayeeRow& bad = *response.add_bad_rows();
    bad.set_line(fault.line);
    bad.set_field(std::string(fault.field));
    bad.set_what(fault.what);
    bad.set_hint(fault.hint);
  }
}

}  // namespace

class PayeeService::Body final : public v1::PayeeService::Service {
 public:
  explicit Body(payees::Payees* payees) : payees_(payees) {}

  grpc::Status ImportPayees(grpc::ServerContext* context,
                            grpc::ServerReader<v1::ImportPayeesRequest>* reader,
                            v1::ImportPayeesResponse* response) override {
    return serve_named(*context, [&](const wire::Identity& identity) -> Result<void> {
      if (auto allowed = require(identity); !allowed) return allowed;
      payees::PayeeImport import(*payees_, check_for_bank);
      payees::ImportChoice choice;
      ImportIdentity whole;
      bool is_complete = false;
      v1::ImportPayeesRequest request;
      for (bool is_first = true; reader->Read(&request); is_first = false) {
        if (is_first) {
          whole.id = request.request_id();
          choice = {request.skip_bad(), request.validate_only()};
          whole.content = (request.skip_bad() ? 1 : 0) + (request.validate_only() ? 2 : 0);
        }
        for (const v1::PayeeRow& row : request.rows()) mix(whole.content, row);
        is_complete = request.is_last();
        auto added = add_rows(request, import);
        wipe_rows(request);
        if (!added) return added;
      }
      // WHY: a reader ends alike for a caller who is done and for one who broke off.
      if (!is_complete)
        return Error{"cancelled", "the import was broken off; nothing was kept", "", {}};
      return imports_.once(identity.name, whole, *response,
                           [&] { return finish(import, choice, *response); });
    });
  }

  grpc::Status ErasePayee(grpc::ServerContext* context, const v1::ErasePayeeRequest* request,
                          v1::ErasePayeeResponse* response) override {
    return serve_named(*context, [&](const wire::Identity& identity) -> Result<void> {
      if (auto allowed = require(identity); !allowed) return allowed;
      if (request->customer().empty())
        return wire::invalid_field("customer", "expected a customer's key, but it is empty");
      return erasures_.once(identity.name, *request, *response,
                            [&] { return erase(request->customer()); });
    });
  }

  grpc::Status ListPayees(grpc::ServerContext* context, const v1::ListPayeesRequest* request,
                          v1::ListPayeesResponse* response) override {
    return serve_person(*context, [&](const wire::Identity& identity) -> Result<void> {
      if (auto allowed = require(identity); !allowed) return allowed;
      if (request->page_size() < 0) return wire::invalid_field("page_size", "expected 0 or more");
      const Result<std::string> after = from_token(request->page_token());
      if (!after) return after.error();
      const size_t asked = static_cast<size_t>(request->page_size());
      const size_t count = asked == 0 ? kPageDefault : std::min(asked, kPageMax);
      const std::string last = payees_->list(*after, count, [&](const payees::PayeeListing& payee) {
        v1::PayeeListing& listing = *response->add_payees();
        listing.set_customer(payee.customer);
        listing.set_masked_iban(payee.masked_iban);
        listing.set_language(payee.language);
        listing.set_state("ready");
      });
      response->set_next_page_token(to_token(last));
      return {};
    });
  }

  grpc::Status GetPayeeSummary(grpc::ServerContext* context, const v1::GetPayeeSummaryRequest*,
                               v1::PayeeSummary* response) override {
    return serve_person(*context, [&](const wire::Identity& identity) -> Result<void> {
      if (auto allowed = require(identity); !allowed) return allowed;
      const payees::PayeeCounts counts = payees_->counts();
      response->set_payees_count(counts.payees);
      response->set_unreadable_count(counts.unreadable);
      for (const auto& [language, count] : counts.by_language)
        (*response->mutable_language_counts())[language] = count;
      return {};
    });
  }

 private:
  Result<void> require(const wire::Identity& identity) const {
    if (auto allowed = require_role(identity, "finance"); !allowed) return allowed;
    if (payees_ != nullptr) return {};
    return Error{"no_payees",
                 "this server keeps no payees: `finance.payee_key` is not set",
                 "make a key, (umask 077; openssl rand -out payee.key 32), and name its file as "
                 "`finance.payee_key` in the server's configuration",
                 {}};
  }

  static Result<void> add_rows(const v1::ImportPayeesRequest& request,
                               payees::PayeeImport& import) {
    for (const v1::PayeeRow& row : request.rows()) {
      auto added = import.add({row.line(), row.customer(), row.name(), row.iban(), row.language()});
      if (!added) return added;
    }
    return {};
  }

  static Result<void> finish(payees::PayeeImport& import, const payees::ImportChoice& choice,
                             v1::ImportPayeesResponse& response) {
    const auto summary = import.finish(choice);
    if (!summary) return summary.error();
    write_answer(*summary, response);
    if (summary->is_kept) {
      telemetry::info(fmt::format("payees: {} added, {} changed, {} rows skipped", summary->added,
                                  summary->changed, summary->bad));
    }
    return {};
  }

  Result<void> erase(const std::string& customer) {
    const auto erased = payees_->erase(customer);
    if (!erased) return erased.error();
    if (!*erased)
      return Error{"not_found", "there is no payee for this customer", "`lupaus payees list`", {}};
    telemetry::info("payees: one erased");
    return {};
  }

  payees::Payees* const payees_;
  wire::RecentAnswers<v1::ImportPayeesResponse> imports_;
  wire::RecentAnswers<v1::ErasePayeeResponse> erasures_;
};

PayeeService::PayeeService(payees::Payees* payees) : body_(std::make_unique<Body>(payees)) {}
PayeeService::~PayeeService() = default;
grpc::Service& PayeeService::service() { return *body_; }

}  // namespace lupaus::server::api
