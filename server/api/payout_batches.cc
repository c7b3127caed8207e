// Batches: what waits for a payee stays out of them, and a file is made whole before its export is
// recorded.
#include "server/api/payout_batches.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "lupaus/v1/payout.pb.h"
#include "rules/ledger/payouts.h"
#include "rules/ledger/periods.h"
#include "server/api/file_digest.h"
#include "server/finance/render.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/status.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::ledger::State;
using rules::model::Error;
using rules::model::Facts;
using rules::model::Instant;
using rules::model::Result;

/// A transfer that only a payee can keep out of the next batch.
bool is_for_a_batch(const Compensation& compensation) {
  using rules::model::PaidState;
  if (rules::ledger::awaits_approval(compensation.state, compensation.reason)) return false;
  return compensation.instrument == rules::model::Instrument::transfer &&
         (compensation.state == PaidState::owed || compensation.state == PaidState::approved) &&
         compensation.batch.empty() && compensation.amount;
}

struct Candidate {
  uint64_t number;
  std::string customer;
  rules::model::Money amount;
};

void count_in(const rules::model::Money& amount, BatchCandidates::Sum& sum) {
  sum.total.currency = amount.currency;
  ++sum.count;
  // What 64 bits do not hold fits no batch either.
  if (const auto total = rules::model::add(sum.total, amount)) sum.total = *total;
}

/// What finance draws up next.
void add_others(const BatchCandidates& candidates, v1::PayoutBatch& response) {
  for (const auto& [currency, sum] : candidates.by_currency) {
    if (currency.text() == response.total().currency()) continue;
    v1::PayoutSum& message = *response.add_in_other_currencies();
    message.set_count(sum.count);
    wire::to_money(sum.total, *message.mutable_total());
  }
}

/// WHY: whoever may import payees could turn approved money to another account.
Error changed_payee(const PayoutBatch& batch) {
  const bool has_left = batch.state != PayoutBatch::State::approved;
  return Error{
      "changed_payee",
      fmt::format(
          "a payee of batch {} was changed, or the key of the payees, since `{}` approved it",
          batch.id, batch.approved_by.id),
      has_left ? "use the file that was exported, or import the payee as it was"
               : fmt::format("look at it again: `lupaus payouts batch discard {} --reason TEXT`, "
                             "draw it up anew and have it approved",
                             batch.id),
      {}};
}

using Details = std::map<uint64_t, finance::LineDetail>;

/// On the day that the bank named, unless the books of its month were closed when that was told.
finance::Booked booked_of(const State& state, Instant at,
                          const std::optional<rules::model::LocalDate>& on) {
  if (!on) return {at, rules::ledger::month_of(at)};
  const std::string month = rules::model::format_local_date(*on).substr(0, 7);
  std::string period = rules::ledger::booked_month(state.ledger, month, at);
  if (period == month) return {at, std::move(period), on};
  return {at, std::move(period)};
}

/// A month is closed only once it is over, so that what is recorded always lies in an open one: a
/// correction of a closed month is booked in the month in which it is made.
finance::LineDetail detail_of(const State& state, const PayoutBatch& batch,
                              const Compensation& line) {
  finance::LineDetail detail;
  detail.period = rules::ledger::month_of(batch.created_at);
  const auto* promise = rules::ledger::promise_of(state.engine, line.key);
  if (promise != nullptr && promise->compensation) detail.nature = promise->compensation->nature;
  const uint64_t referred = line.reverses != 0 ? line.reverses : line.late_of;
  if (referred != 0) detail.refers_to = rules::ledger::compensation_id(kPayoutPartition, referred);
  // WHY: what came back, was refused or lay in a batch that was given up is a debt still; it is an
  // expense once, in the first file that was handed out.
  const std::string_view accrued_by = state.ledger.accrued_by(line.number);
  const bool is_given_up = batch.state == PayoutBatch::State::discarded;
  const bool is_here = line.accrued_in == batch.id;
  detail.is_accrued = !is_here && (is_given_up || !accrued_by.empty());
  if (const Compensation& last = state.ledger.last_of(line);
      is_here && last.state == rules::model::PaidState::declined)
    detail.released = booked_of(state, last.changed_at, std::nullopt);
  if (line.batch != batch.id || line.paid_at == Instant{}) return detail;
  // WHY: a file drawn again begins with the bytes of the earlier one.
  const auto day = line.is_day_told_later ? std::nullopt : line.booked_on;
  detail.paid = booked_of(state, line.paid_at, day);
  if (line.state == rules::model::PaidState::reversed)
    detail.returned = booked_of(state, line.changed_at, line.returned_on);
  return detail;
}

/// What the books want to know of each line.
Result<Details> find_details(runtime::EngineLoop& loop, const LoadedBatch& loaded) {
  const std::vector<Compensation>& lines = loaded.lines;
  constexpr size_t kLinesAQuery = 4096;  // a query that takes longer holds up the loop
  Details details;
  for (size_t from = 0; from < lines.size(); from += kLinesAQuery) {
    Result<void> seen = wire::look(loop, [&](const State& state) {
      const size_t end = std::min(from + kLinesAQuery, lines.size());
      for (size_t i = from; i < end; ++i)
        details.emplace(lines[i].number, detail_of(state, loaded.batch, lines[i]));
    });
    if (!seen) return seen.error();
  }
  return details;
}

/// Everything that the bytes of a file depend on, asked for once.
class Drawing {
 public:
  Drawing(std::string format, Instant made_at, LoadedBatch loaded, Details details,
          const PayoutPorts& ports)
      : format_(std::move(format)),
        made_at_(made_at),
        loaded_(std::move(loaded)),
        details_(std::move(details)),
        ports_(ports) {}

  Result<void> write(const finance::Sink& sink) {
    finance::FileRequest request{loaded_.batch, loaded_.lines, ports_.settings, {}, {}, made_at_};
    // WHY kept: one may be imported between two writings.
    if (ports_.find_payee)
      request.find_payee = [this](std::string_view customer) { return payee_of(customer); };
    if (!details_.empty())
      request.find_detail = [this](const Compensation& line) { return details_.at(line.number); };
    return finance::render(format_, request, sink);
  }
  std::string file_name() const { return finance::file_name(format_, loaded_.batch); }

 private:
  const std::optional<payees::Payee>& payee_of(std::string_view customer) {
    auto known = payees_.find(customer);
    if (known == payees_.end())
      known = payees_.emplace(customer, ports_.find_payee(customer)).first;
    return known->second;
  }

  const std::string format_;
  const Instant made_at_;
  const LoadedBatch loaded_;
  const Details details_;
  const PayoutPorts ports_;
  std::map<std::string, std::optional<payees::Payee>, std::less<>> payees_;
};

/// What the file of that form says of its making; nullopt: it was never made. WHY kept: a payment
/// file names a day to come, and must name the same one ever after.
std::optional<Instant> find_making(const PayoutBatch& batch, std::string_view format) {
  for (const auto& one : batch.exports)
    if (one.format == format) return one.made_at;
  return std::nullopt;
}

/// Of each line.
std::vector<std::string> customers_of(const LoadedBatch& loaded) {
  std::vector<std::string> customers;
  customers.reserve(loaded.lines.size());
  for (const Compensation& line : loaded.lines) customers.push_back(line.customer);
  return customers;
}

Result<rules::model::CloseBatch> read_request(const v1::CreatePayoutBatchRequest& request,
                                              Instant now) {
  rules::model::CloseBatch command{now, {}, {}};
  if (request.has_until()) {
    Result<Instant> read = wire::from_timestamp(request.until());
    if (!read) return wire::invalid_field("until", read.error().message);
    command.until = *read;
  }
  if (request.currency().empty()) return command;
  const auto currency = rules::model::find_currency(request.currency());
  if (!currency) {
    return wire::invalid_field(
        "currency", fmt::format("expected a currency like EUR, but got `{}`", request.currency()));
  }
  command.currency = *currency;
  return command;
}

Error nothing_to_pay(size_t waiting_count, const std::string& currency) {
  const std::string in_it = currency.empty() ? "" : fmt::format(" in {}", currency);
  Error error{"nothing_to_pay",
              fmt::format("no transfer{} is owed that is not in a batch already", in_it),
              "",
              {}};
  if (waiting_count == 0) return error;
  error.message = fmt::format("no transfer{} is owed that can be paid: {} wait{} for a payee",
                              in_it, waiting_count, waiting_count == 1 ? "s" : "");
  error.hint =
      "list them with `lupaus payouts list --awaiting-payee`, and import payees with `lupaus "
      "payees import FILE`";
  return error;
}

}  // namespace

Result<LoadedBatch> load_batch(runtime::EngineLoop& loop, const std::string& id) {
  constexpr size_t kLinesAQuery = 4096;  // a query that takes longer holds up the loop
  LoadedBatch loaded;
  bool is_known = false, is_more = true;
  while (is_more) {
    Result<void> seen = wire::look(loop, [&](const State& state) {
      const PayoutBatch* batch = state.ledger.find_batch(id);
      is_more = batch != nullptr;
      if (batch == nullptr) return;
      if (!std::exchange(is_known, true)) loaded.lines.reserve(batch->numbers.size());
      // INVARIANT: the lines of a batch never change, only how they stand.
      const size_t end = std::min(loaded.lines.size() + kLinesAQuery, batch->numbers.size());
      while (loaded.lines.size() < end) {
        const Compensation* line = state.ledger.find(batch->numbers[loaded.lines.size()]);
        rules::model::ensure(line != nullptr, "a batch's lines are compensations of the ledger");
        loaded.lines.push_back(*line);
      }
      is_more = end < batch->numbers.size();
      if (!is_more) loaded.batch = *batch;
    });
    if (!seen) return seen.error();
  }
  if (is_known) return loaded;
  return Error{"not_found",
               fmt::format("there is no payout batch `{}`", id),
               "`lupaus payouts batch list` shows them",
               {}};
}

Result<BatchCandidates> PayoutBatches::find_candidates(Instant until) {
  constexpr size_t kVisitedMax = 4096;  // a query that takes longer holds up the loop
  BatchCandidates found;
  uint64_t next = 0;
  bool is_more = true;
  while (is_more) {
    // WHY: payees are asked for outside of the loop: their store has locks of its own.
    std::vector<Candidate> candidates;
    Result<void> seen = wire::look(loop_, [&](const State& state) {
      const auto& all = state.ledger.compensations();
      auto at = all.lower_bound(next);
      for (size_t visited = 0; at != all.end() && visited < kVisitedMax; ++at, ++visited) {
        const Compensation& compensation = at->second;
        next = at->first + 1;
        if (is_for_a_batch(compensation) && compensation.owed_at <= until)
          candidates.push_back({at->first, compensation.customer, *compensation.amount});
      }
      is_more = at != all.end();
    });
    if (!seen) return seen.error();
    for (const auto& [number, customer, amount] : candidates) {
      const bool is_known = !customer.empty() && (!ports_.has_payee || ports_.has_payee(customer));
      if (is_known) {
        count_in(amount, found.by_currency[amount.currency]);
      } else {
        found.without_payee.push_back(number);
      }
    }
  }
  return found;
}

Result<void> PayoutBatches::create(const v1::CreatePayoutBatchRequest& request,
                                   const wire::Identity& who, v1::PayoutBatch& response) {
  Result<rules::model::CloseBatch> command = read_request(request, loop_.now());
  if (!command) return command.error();
  Result<BatchCandidates> candidates = find_candidates(command->until);
  if (!candidates) return candidates.error();
  const size_t waiting_count = candidates->without_payee.size();
  command->without_payee = std::move(candidates->without_payee);
  Result<Facts> facts = wire::ask(loop_, std::move(*command), who.actor());
  if (!facts && facts.error().code == "nothing_to_pay")
    return nothing_to_pay(waiting_count, request.currency());
  if (!facts) return facts.error();
  for (const rules::model::Fact& fact : *facts) {
    const auto* closed = std::get_if<rules::model::BatchClosed>(&fact.body);
    if (closed == nullptr) continue;
    response.set_awaiting_payee_count(static_cast<uint32_t>(waiting_count));
    if (auto shown = show(closed->id, response); !shown) return shown;
    add_others(*candidates, response);
    return {};
  }
  return nothing_to_pay(waiting_count, request.currency());
}

Result<void> PayoutBatches::show(const std::string& id, v1::PayoutBatch& response) {
  Result<LoadedBatch> loaded = load_batch(loop_, id);
  if (!loaded) return loaded.error();
  to_batch(loaded->batch, response);
  add_state_sums(loaded->lines, response);
  if (response.content_hash().empty())
    response.set_content_hash(finance::content_hash(loaded->batch, loaded->lines));
  return {};
}

Result<void> PayoutBatches::approve(const std::string& id, const wire::Identity& who,
                                    v1::PayoutBatch& response) {
  Result<LoadedBatch> loaded = load_batch(loop_, id);
  if (!loaded) return loaded.error();
  if (auto payable = check_payable(*loaded); !payable) return payable;
  rules::model::ApproveBatch command{id, finance::content_hash(loaded->batch, loaded->lines),
                                     payees_digest(customers_of(*loaded))};
  Result<Facts> facts = wire::ask(loop_, std::move(command), who.actor());
  if (!facts) return facts.error();
  return show(id, response);
}

Result<void> PayoutBatches::check_payable(LoadedBatch loaded) const {
  constexpr rules::model::Currency kEuro{{'E', 'U', 'R'}};
  PayoutBatch& batch = loaded.batch;
  const bool is_for_a_bank = !ports_.settings.debtor.iban.empty() && ports_.find_payee;
  if (!is_for_a_bank || batch.state != PayoutBatch::State::draft || batch.total.currency != kEuro)
    return {};
  batch.state = PayoutBatch::State::approved;
  batch.approved_at = loop_.now();
  const std::string id = batch.id;
  Result<void> written =
      Drawing(std::string(finance::kPaymentFormat), {}, std::move(loaded), {}, ports_)
          .write([](std::string_view) {});
  if (written || (written.error().code != "bad_payment" && written.error().code != "no_payee"))
    return {};
  Error error = written.error();
  error.hint = fmt::format(
      "give the batch up with `lupaus payouts batch discard {} --reason TEXT`, mend the payee or "
      "hold that payout, and draw it up anew",
      id);
  return error;
}

std::string PayoutBatches::payees_digest(const std::vector<std::string>& customers) const {
  return ports_.payees_digest ? ports_.payees_digest(customers) : std::string();
}

Result<void> PayoutBatches::discard(const std::string& id, const std::string& reason,
                                    const wire::Identity& who, v1::PayoutBatch& response) {
  Result<Facts> facts = wire::ask(loop_, rules::model::DiscardBatch{id, reason}, who.actor());
  if (!facts) return facts.error();
  return show(id, response);
}

Result<PayoutFile> PayoutBatches::draw(const std::string& format, Instant made_at,
                                       LoadedBatch loaded) {
  Details details;
  if (format == rules::ledger::kPostingFormat) {
    Result<Details> found = find_details(loop_, loaded);
    if (!found) return found.error();
    details = std::move(*found);
  }
  const auto drawing =
      std::make_shared<Drawing>(format, made_at, std::move(loaded), std::move(details), ports_);
  FileDigest digest;
  const auto written = drawing->write([&](std::string_view piece) { digest.add(piece); });
  if (!written) return written.error();
  const uint64_t size_bytes = digest.size_bytes();
  return PayoutFile{drawing->file_name(), size_bytes, digest.finish(),
                    [drawing](const finance::Sink& sink) { return drawing->write(sink); }};
}

Result<LoadedBatch> PayoutBatches::load_approved(const std::string& id, const std::string& format,
                                                 const wire::Identity& who) {
  Result<LoadedBatch> loaded = load_batch(loop_, id);
  if (!loaded) return loaded.error();
  if (loaded->batch.content_hash.empty()) {
    // WHY: the ledger's refusal says who may approve it.
    Result<Facts> refused = wire::ask(loop_, rules::model::ExportBatch{id, format}, who.actor());
    if (!refused) return refused.error();
    loaded = load_batch(loop_, id);  // approved this very moment
    if (!loaded) return loaded.error();
  }
  if (finance::content_hash(loaded->batch, loaded->lines) != loaded->batch.content_hash)
    return Error{"storage", fmt::format("batch {} is not what was approved", id), "", {}};
  return loaded;
}

Result<PayoutFile> PayoutBatches::make_file(const std::string& id, const std::string& format,
                                            const wire::Identity& who) {
  Result<LoadedBatch> loaded = load_approved(id, format, who);
  if (!loaded) return loaded.error();
  const bool is_for_books = format == rules::ledger::kPostingFormat;
  // Postings name nobody.
  const std::string approved_payees = loaded->batch.payees_digest;
  const std::vector<std::string> customers = customers_of(*loaded);
  if (!is_for_books && !approved_payees.empty() && approved_payees != payees_digest(customers))
    return changed_payee(loaded->batch);
  if (is_for_books) {
    // WHY first: of two that are drawn at once only one may book the expense. Postings grow as
    // lines are paid; every other file is kept to its first bytes.
    Result<Facts> facts = wire::ask(loop_, rules::model::ExportBatch{id, format}, who.actor());
    if (!facts) return facts.error();
    loaded = load_batch(loop_, id);
    if (!loaded) return loaded.error();
  }
  const PayoutBatch batch = loaded->batch;
  const std::optional<Instant> before = find_making(batch, format);
  const bool is_payment = format == finance::kPaymentFormat;
  const Instant made_at = before.value_or(is_payment ? loop_.now() : Instant{});
  Result<PayoutFile> file = draw(format, made_at, std::move(*loaded));
  if (!file || is_for_books) return file;
  // One may have been imported while the file was drawn.
  if (!approved_payees.empty() && approved_payees != payees_digest(customers))
    return changed_payee(batch);
  Result<Facts> facts =
      wire::ask(loop_, rules::model::ExportBatch{id, format, file->sha256, made_at}, who.actor());
  if (facts) return file;
  // Somebody else made it first, at another instant: theirs is the file.
  if (!before && facts.error().code == "changed_file") return make_file(id, format, who);
  return facts.error();
}

}  // namespace lupaus::server::api
