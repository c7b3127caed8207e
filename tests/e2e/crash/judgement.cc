#include "tests/e2e/crash/judgement.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <map>
#include <set>

#include "fmt/format.h"
#include "rules/language/compile.h"
#include "rules/scenario/backtest.h"
#include "server/wire/values.h"
#include "tests/e2e/crash/book.h"

namespace lupaus::tests::crash {

using rules::model::Attribute;
using rules::model::CommitmentKey;
using rules::model::Error;
using rules::model::Instant;
using rules::model::Money;
using rules::model::Result;
using rules::model::VerdictLine;

namespace {

constexpr int32_t kPage = 10'000;
constexpr int32_t kPayoutsPage = 5'000;
constexpr size_t kExamplesMax = 6;

Error refused(const grpc::Status& status) {
  return {"refused", "the server refused a list: " + status.error_message(), "", {}};
}

std::optional<Instant> instant(bool has, const google::protobuf::Timestamp& timestamp) {
  if (!has) return std::nullopt;
  return server::wire::from_timestamp(timestamp).value();
}

/// `digits` as the server's money has them: "10.00".
std::optional<Money> money(bool has, const v1::Money& message) {
  if (!has) return std::nullopt;
  return rules::model::parse_money(message.currency() + " " + message.amount()).value();
}

VerdictLine to_line(const v1::VerdictLine& message) {
  VerdictLine line;
  line.key = {message.branch(), message.ticket(), message.promise(), message.revision(),
              message.cycle()};
  line.verdict = rules::model::find_verdict(message.verdict()).value();
  line.is_final = message.final();
  line.started_at = server::wire::from_timestamp(message.started_at()).value();
  line.due_at = instant(message.has_due_at(), message.due_at());
  line.stopped_at = instant(message.has_stopped_at(), message.stopped_at());
  line.counted = rules::model::Duration(message.counted_ms());
  if (message.has_late_by_ms()) line.late_by = rules::model::Duration(message.late_by_ms());
  line.breached_at = instant(message.has_breached_at(), message.breached_at());
  line.owed = money(message.has_owed(), message.owed());
  line.reason = message.reason();
  return line;
}

/// The line without what may differ between the two.
std::string compared_text(VerdictLine line) {
  line.key.revision = 1;
  line.is_final = true;
  line.paid_state = rules::model::PaidState::none;
  return to_json(line);
}

template <typename Example>
void note(std::vector<std::string>& examples, Example&& example) {
  if (examples.size() < kExamplesMax) examples.push_back(example());
}

rules::model::Result<void> add_events(rules::scenario::Backtest& backtest, const Speaker& speaker,
                                      uint64_t& line) {
  const uint64_t epoch = speaker.figures().epoch;
  uint64_t sequence = 0;
  for (const Told& told : speaker.events()) {
    const std::string ticket = ticket_name(told.ticket);
    const std::string service = service_of(told.ticket), customer = customer_of(told.ticket);
    const Attribute attributes[] = {{"customer", customer}, {"service", service}};
    rules::model::Event event{
        speaker.id(), epoch,   ++sequence, speaker.branch(), ticket, type_name(told.type),
        "",           told.at, {}};
    if (told.type == Told::Type::issued) event.attributes = attributes;
    if (auto added = backtest.add(event, ++line); !added) return added;
  }
  return {};
}

}  // namespace

Result<Lines> judge_offline(const std::vector<std::unique_ptr<Speaker>>& speakers, Instant as_of) {
  const auto files = book_files();
  const auto compiled = rules::language::compile(files);
  if (!compiled.book) {
    return Error{"book", rules::language::format_diagnostic(compiled.diagnostics.front()), "", {}};
  }
  rules::scenario::Backtest backtest(compiled.book, "events");
  uint64_t line = 0;
  for (const auto& speaker : speakers) {
    if (auto added = add_events(backtest, *speaker, line); !added) return added.error();
  }
  auto outcome = backtest.finish(as_of);
  if (!outcome) return outcome.error();
  return std::move(outcome->lines);
}

Result<Lines> read_lines(v1::BreachService::Stub& stub) {
  Lines lines;
  v1::ListBreachesRequest request;
  request.set_all_verdicts(true);
  request.set_page_size(kPage);
  do {
    grpc::ClientContext context;
    v1::ListBreachesResponse response;
    const grpc::Status status = stub.ListBreaches(&context, request, &response);
    if (!status.ok()) return refused(status);
    for (const v1::VerdictLine& line : response.lines()) lines.push_back(to_line(line));
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return lines;
}

Result<std::vector<v1::Payout>> read_payouts(v1::PayoutService::Stub& stub) {
  std::vector<v1::Payout> payouts;
  v1::ListPayoutsRequest request;
  request.set_page_size(kPayoutsPage);
  do {
    grpc::ClientContext context;
    v1::ListPayoutsResponse response;
    const grpc::Status status = stub.ListPayouts(&context, request, &response);
    if (!status.ok()) return refused(status);
    payouts.insert(payouts.end(), response.payouts().begin(), response.payouts().end());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return payouts;
}

Comparison compare(const Lines& offline, const Lines& online) {
  Comparison comparison;
  std::map<CommitmentKey, const VerdictLine*> left;
  const auto without_revision = [](CommitmentKey key) {
    key.revision = 1;
    return key;
  };
  for (const VerdictLine& line : online) left[without_revision(line.key)] = &line;
  comparison.unexpected = online.size() - left.size();  // a commitment that is listed twice
  for (const VerdictLine& line : offline) {
    if (line.verdict == rules::model::Verdict::breached) ++comparison.breached;
    const auto found = left.find(without_revision(line.key));
    if (found == left.end()) {
      ++comparison.missing;
      note(comparison.examples, [&] { return "missing: " + to_json(line); });
      continue;
    }
    ++comparison.compared;
    if (compared_text(line) != compared_text(*found->second)) {
      ++comparison.different;
      note(comparison.examples, [&] {
        return "backtest: " + to_json(line) + "\n  server:   " + to_json(*found->second);
      });
    }
    left.erase(found);
  }
  comparison.unexpected += left.size();
  for (const auto& [key, line] : left)
    note(comparison.examples, [&, kept = line] { return "unexpected: " + to_json(*kept); });
  return comparison;
}

Payments check_payments(const Lines& offline, const std::vector<v1::Payout>& payouts) {
  Payments payments;
  std::map<CommitmentKey, const VerdictLine*> breaches;
  for (const VerdictLine& line : offline)
    if (line.verdict == rules::model::Verdict::breached) breaches.emplace(line.key, &line);
  std::set<CommitmentKey> paid;
  std::set<std::string> vouchers;
  payments.compensations = payouts.size();
  for (const v1::Payout& payout : payouts) {
    const CommitmentKey key{payout.branch(), payout.ticket(), payout.promise(), 1, payout.cycle()};
    const std::string name = payout.id() + " " + format_commitment(key);
    if (!paid.insert(key).second) {
      ++payments.twice;
      note(payments.examples, [&] { return "made twice: " + name; });
    }
    const auto breach = breaches.find(key);
    if (breach == breaches.end()) {
      ++payments.unfounded;
      note(payments.examples, [&] { return "without a breach: " + name; });
    } else if (breach->second->owed != money(payout.has_amount(), payout.amount())) {
      ++payments.different;
      note(payments.examples, [&] { return "another amount: " + name; });
    }
    const bool is_forfeited = payout.state() == "forfeited" || payout.state() == "held";
    if (payout.instrument() != "voucher" || is_forfeited) continue;
    ++payments.vouchers;
    if (payout.voucher().empty()) ++payments.vouchers_missing;
    if (!payout.voucher().empty() && !vouchers.insert(payout.voucher()).second)
      ++payments.vouchers_twice;
  }
  for (const auto& [key, line] : breaches) {
    if (!line->owed || paid.contains(key)) continue;
    ++payments.missing;
    note(payments.examples, [&, kept = line] { return "unpaid: " + to_json(*kept); });
  }
  return payments;
}

}  // namespace lupaus::tests::crash
