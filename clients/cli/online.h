// Each group of verbs that asks a server adds itself to the command line; and what they share:
// printing what the contract carries, and following pages.
#pragma once

#include <google/protobuf/timestamp.pb.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "clients/cli/connection.h"
#include "clients/cli/context.h"
#include "clients/cli/output.h"
#include "lupaus/v1/money.pb.h"
#include "rules/model/instant.h"

namespace lupaus::clients::cli {

void add_event_verbs(CLI::App& app, Context& context);
/// `events send`, below `events`.
void add_send(CLI::App& events, Context& context);
void add_promise_verbs(CLI::App& app, Context& context);
void add_ticket_verbs(CLI::App& app, Context& context);
void add_breach_verbs(CLI::App& app, Context& context);
void add_report_verbs(CLI::App& app, Context& context);
void add_payout_verbs(CLI::App& app, Context& context);
/// `payouts results`.
void add_payout_result_verbs(CLI::App& app, Context& context);
void add_payee_verbs(CLI::App& app, Context& context);
void add_voucher_verbs(CLI::App& app, Context& context);
void add_source_verbs(CLI::App& app, Context& context);
void add_review_verbs(CLI::App& app, Context& context);
void add_period_verbs(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);

// ---- calls
/// Makes a stub and calls `use` with it; failures to connect are printed and set the exit code.
template <typename Service>
void with_stub(Context& context, const std::function<void(typename Service::Stub&)>& use) {
  auto channel = connect(context);
  if (!channel) return context.fail(channel.error(), kUsage);
  const auto stub = Service::NewStub(std::move(*channel));
  use(*stub);
}

/// One unary call with the actor in it; nullopt when it failed, which is printed and sets the exit
/// code.
template <typename Stub, typename Request, typename Response>
std::optional<Response> ask(Context& context, Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                         Response*),
                            const Request& request) {
  grpc::ClientContext call;
  name_actor(context, call);
  Response response;
  const grpc::Status status = (stub.*method)(&call, request, &response);
  if (status.ok()) return response;
  fail_with(context, status);
  return std::nullopt;
}

/// Asks page after page until the last; `take` gets each. False when a call failed.
template <typename Stub, typename Request, typename Response>
bool ask_all(Context& context, Stub& stub,
             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
             Request request, const std::function<void(const Response&)>& take) {
  while (true) {
    const auto page = ask(context, stub, method, request);
    if (!page) return false;
    take(*page);
    if (page->next_page_token().empty()) return true;
    request.set_page_token(page->next_page_token());
  }
}

/// A fresh key that makes a repeated call harmless.
std::string make_request_id();

// ---- values
rules::model::Instant to_instant(const google::protobuf::Timestamp& time);
void set_time(rules::model::Instant at, google::protobuf::Timestamp& time);
/// "2026-01-05 09:00:00.000" in the zone of --tz; the UTC form for machines. Absent: null.
Cell time_cell(const Context& context, bool is_present, const google::protobuf::Timestamp& time);
/// `{"currency":…,"amount":…}` for JSON, "EUR 10.00" else. Absent: null.
Cell money_cell(const Context& context, bool is_present, const lupaus::v1::Money& money);
Cell number_cell(uint64_t number);
Cell bool_cell(bool is_yes);
/// "" is null.
Cell text_or_null(const std::string& text);

/// --tz names a zone that is known; else complains with kUsage.
bool check_zone(Context& context);

}  // namespace lupaus::clients::cli
