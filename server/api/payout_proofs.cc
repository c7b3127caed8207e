// Verification folds the whole journal up to the drawing up of the batch; reconciliation compares
// the ledger at one position with the facts up to it.
#include "server/api/payout_proofs.h"

#include "fmt/format.h"
#include "lupaus/v1/payout.pb.h"
#include "rules/ledger/postings.h"
#include "rules/ledger/verify_batch.h"
#include "rules/scenario/audit.h"
#include "server/api/journal_seek.h"
#include "server/api/payout_batches.h"
#include "server/finance/render.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/status.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using report::LedgerTally;
using report::ReconcileGroups;
using report::ReconcileRange;
using report::ReconcileSums;
using report::Standing;
using rules::ledger::Compensation;
using rules::ledger::State;
using rules::model::Currency;
using rules::model::Error;
using rules::model::Money;
using rules::model::Position;
using rules::model::Result;
using rules::scenario::AuditedSum;

Error stopped() { return Error{"cancelled", "the proof was stopped", "", {}}; }

/// Why the line is not what the events give; "" when it is.
std::string difference_of(const Compensation& line, const AuditedSum* audited) {
  if (audited == nullptr) return "no fact of the journal owes it";
  if (!audited->amount)
    return audited->reason.empty() ? "nothing is owed" : std::string(audited->reason);
  if (audited->customer != line.customer) return "it is owed to another customer";
  if (audited->amount != line.amount) return "the sum is another one";
  return "";
}

void to_difference(const Compensation& line, const AuditedSum* audited, std::string reason,
                   v1::VerifyDifference& message) {
  message.set_payout(rules::ledger::compensation_id(kPayoutPartition, line.number));
  message.set_branch(line.key.branch);
  message.set_ticket(line.key.ticket);
  message.set_promise(line.key.promise);
  message.set_cycle(line.key.cycle);
  if (line.amount) wire::to_money(*line.amount, *message.mutable_recorded());
  if (audited != nullptr && audited->amount)
    wire::to_money(*audited->amount, *message.mutable_derived());
  message.set_reason(std::move(reason));
}

/// Compares the lines; false when nobody listens any more.
bool compare(const LoadedBatch& loaded, const rules::scenario::Audit& audit,
             const PayoutProofs::Send& send, v1::VerifyResult& result) {
  std::optional<Money> derived = Money{loaded.batch.total.currency, 0};
  for (const Compensation& line : loaded.lines) {
    const AuditedSum* audited = audit.find(line.number);
    const bool can_be_summed = derived && audited != nullptr && audited->amount &&
                               audited->amount->currency == derived->currency;
    if (can_be_summed) derived = rules::model::add(*derived, *audited->amount);
    std::string reason = difference_of(line, audited);
    if (reason.empty()) {
      result.set_equal_count(result.equal_count() + 1);
      if (audited->is_decided) result.set_decided_count(result.decided_count() + 1);
      continue;
    }
    v1::VerifyPayoutBatchResponse part;
    to_difference(line, audited, std::move(reason), *part.mutable_difference());
    if (!send(part)) return false;
  }
  result.set_lines_count(static_cast<uint32_t>(loaded.lines.size()));
  if (derived) wire::to_money(*derived, *result.mutable_derived_total());
  return true;
}

/// What is wrong with the batch as a whole, looked at beside all others.
Result<void> find_faults(runtime::EngineLoop& loop, const LoadedBatch& loaded,
                         v1::VerifyResult& result) {
  rules::ledger::Batches batches;  // copied, so that the loop is not held up
  Result<void> seen =
      wire::look(loop, [&](const State& state) { batches = state.ledger.batches(); });
  if (!seen) return seen;
  // WHY: lines are loaded in the order of the batch, in which they are asked for.
  auto next = loaded.lines.begin();
  const auto find = [&](uint64_t number) {
    return next != loaded.lines.end() && next->number == number ? &*next++ : nullptr;
  };
  for (std::string& fault :
       rules::ledger::check_batch(batches, find, kPayoutPartition, loaded.batch))
    result.add_faults(std::move(fault));
  return {};
}

Result<std::optional<rules::model::LocalDate>> read_day(std::string_view field,
                                                        const std::string& text) {
  if (text.empty()) return std::optional<rules::model::LocalDate>();
  const auto date = rules::model::parse_local_date(text);
  if (!date) {
    return wire::invalid_field(field,
                               fmt::format("expected a day like 2026-01-31, but got `{}`", text));
  }
  return std::optional(*date);
}

Result<ReconcileGroups> read_groups(const v1::ReconcilePayoutsRequest& request) {
  ReconcileGroups by;
  for (const std::string& group : request.by()) {
    if (group == "day") {
      by.is_by_day = true;
    } else if (group == "promise") {
      by.is_by_promise = true;
    } else {
      return wire::invalid_field("by", fmt::format("expected day or promise, but got `{}`", group));
    }
  }
  return by;
}

void to_line(Currency currency, const ReconcileSums& sums, v1::ReconcileLine& line) {
  const auto set = [&](Standing standing, v1::Money* message) {
    wire::to_money(currency, sums.column(standing), *message);
  };
  line.set_currency(std::string(currency.text()));
  line.set_count(sums.count);
  wire::to_money(currency, sums.owed, *line.mutable_owed());
  set(Standing::open, line.mutable_open());
  set(Standing::held, line.mutable_held());
  set(Standing::claimable, line.mutable_claimable());
  set(Standing::approved, line.mutable_approved());
  set(Standing::exported, line.mutable_exported());
  set(Standing::paid, line.mutable_paid());
  set(Standing::returned, line.mutable_returned());
  set(Standing::failed, line.mutable_failed());
  set(Standing::declined, line.mutable_declined());
}

void to_totals(const LedgerTally& books, const report::JournalTally& journal,
               v1::ReconcilePayoutsResponse& response) {
  auto ledger = books.totals();
  const auto facts = journal.totals();
  for (const auto& [currency, sums] : facts) ledger.try_emplace(currency);
  for (const auto& [currency, sums] : ledger) {
    const auto found = facts.find(currency);
    const auto told = found == facts.end() ? report::JournalTally::Sums{} : found->second;
    v1::ReconcileTotal& total = *response.add_totals();
    total.set_currency(std::string(currency.text()));
    to_line(currency, sums, *total.mutable_lines());
    wire::to_money(currency, told.owed, *total.mutable_journal_owed());
    wire::to_money(currency, told.paid, *total.mutable_journal_paid());
    wire::to_money(currency, told.owed - sums.columns(), *total.mutable_owed_difference());
    wire::to_money(currency, told.paid - sums.column(Standing::paid),
                   *total.mutable_paid_difference());
  }
}

}  // namespace

Result<void> PayoutProofs::verify(const std::string& id, const Send& send) {
  const std::unique_lock alone(verifying_, std::try_to_lock);
  if (!alone.owns_lock())
    return Error{"wrong_state", "another batch is being verified", "wait until it is", {}};
  const Result<LoadedBatch> loaded = load_batch(loop_, id);
  if (!loaded) return loaded.error();
  rules::scenario::Audit audit;
  const Position last = storage_.last_position();
  Position told = 0;
  bool is_drawn_up = false;
  auto read = storage_.read_journal_ahead(1, [&](auto facts) {
    audit.take(facts);
    for (const auto& fact : facts) {
      const auto* closed = std::get_if<rules::model::BatchClosed>(&fact.body);
      is_drawn_up = is_drawn_up || (closed != nullptr && closed->id == id);
    }
    if (is_drawn_up || is_closed_) return false;
    constexpr Position kFactsBetween = 65'536;
    if (audit.last_position() - told < kFactsBetween) return true;
    told = audit.last_position();
    v1::VerifyPayoutBatchResponse part;
    part.mutable_progress()->set_done_count(told);
    part.mutable_progress()->set_total_count(last);
    return send(part);
  });
  if (!read) return read;
  if (!is_drawn_up) return stopped();
  v1::VerifyPayoutBatchResponse part;
  v1::VerifyResult& result = *part.mutable_result();
  if (!compare(*loaded, audit, send, result)) return stopped();
  if (auto looked = find_faults(loop_, *loaded, result); !looked) return looked;
  wire::to_money(loaded->batch.total, *result.mutable_recorded_total());
  result.set_content_hash(finance::content_hash(loaded->batch, loaded->lines));
  result.set_approved_hash(loaded->batch.content_hash);
  result.set_facts_count(audit.last_position());
  return send(part) ? Result<void>() : stopped();
}

Result<PayoutProofs::Books> PayoutProofs::tally_ledger(const ReconcileRange& range,
                                                       ReconcileGroups by) {
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    // WHY: in pieces it holds up nobody, but is of one moment only when nothing changed meanwhile;
    // the last attempt looks at all at once.
    const size_t visited_max = attempt < kAttempts ? 4'096 : SIZE_MAX;
    Books books{LedgerTally(range, by), 0};
    uint64_t next = 0;
    bool is_first = true, is_more = true, is_of_one_moment = true;
    while (is_more && is_of_one_moment) {
      const Result<void> seen = wire::look(loop_, [&](const State& state) {
        if (std::exchange(is_first, false)) books.position = state.next_position - 1;
        const auto& all = state.ledger.compensations();
        auto at = all.lower_bound(next);
        for (size_t visited = 0; at != all.end() && visited < visited_max; ++at, ++visited) {
          next = at->first + 1;
          is_of_one_moment = is_of_one_moment && at->second.position <= books.position;
          const Compensation& compensation = at->second;
          books.tally.add(compensation, compensation.batch.empty()
                                            ? nullptr
                                            : state.ledger.find_batch(compensation.batch));
        }
        is_more = at != all.end();
      });
      if (!seen) return seen.error();
    }
    if (is_of_one_moment) return books;
  }
}

Result<PayoutProofs::Books> PayoutProofs::tally_facts(const ReconcileRange& range,
                                                      ReconcileGroups by, uint64_t through) {
  // WHY: it holds a second ledger as long as it reads.
  const std::unique_lock alone(rereading_, std::try_to_lock);
  if (!alone.owns_lock())
    return Error{"wrong_state", "another closed month is being reconciled", "wait until it is", {}};
  rules::ledger::Ledger past;
  const Result<void> read = storage_.read_journal_ahead(1, [&](auto facts) {
    for (const auto& fact : facts) {
      if (fact.position > through) return false;
      past.evolve(fact);
    }
    return !is_closed_;
  });
  if (!read) return read.error();
  if (is_closed_) return stopped();
  Books books{LedgerTally(range, by), through};
  for (const auto& [number, compensation] : past.compensations())
    books.tally.add(compensation,
                    compensation.batch.empty() ? nullptr : past.find_batch(compensation.batch));
  return books;
}

Result<std::optional<rules::ledger::Period>> PayoutProofs::find_closing(
    const ReconcileRange& range) {
  std::optional<rules::ledger::Period> closing;
  if (!range.to) return closing;
  const std::string month = rules::model::format_local_date(*range.to).substr(0, 7);
  const Result<void> seen = wire::look(loop_, [&](const State& state) {
    if (const auto* closed = rules::ledger::closing_of(state.ledger, month)) closing = *closed;
  });
  if (!seen) return seen.error();
  return closing;
}

Result<void> PayoutProofs::reconcile(const v1::ReconcilePayoutsRequest& request,
                                     v1::ReconcilePayoutsResponse& response) {
  ReconcileRange range;
  const auto from = read_day("from", request.from());
  if (!from) return from.error();
  const auto to = read_day("to", request.to());
  if (!to) return to.error();
  range.from = *from;
  range.to = *to;
  if (range.from && range.to && *range.to < *range.from)
    return wire::invalid_field("to", "expected a day that is not before `from`");
  const auto by = read_groups(request);
  if (!by) return by.error();
  const auto closing = find_closing(range);
  if (!closing) return closing.error();
  const auto books =
      *closing ? tally_facts(range, *by, (*closing)->through) : tally_ledger(range, *by);
  if (!books) return books.error();
  if (*closing) response.set_closed_month((*closing)->month);
  Position first = 1;
  if (range.from) {
    const auto midnight = rules::model::parse_instant(request.from() + "T00:00:00Z");
    if (!midnight) return wire::invalid_field("from", midnight.error().message);
    const auto sought = seek_journal(storage_, *midnight);
    if (!sought) return sought.error();
    first = *sought;
  }
  report::JournalTally journal(range);
  auto read = storage_.read_journal_ahead(first, [&](auto facts) {
    for (const auto& fact : facts) {
      if (fact.position > books->position) return false;
      journal.take(fact);
    }
    return !is_closed_;
  });
  if (!read) return read;
  if (is_closed_) return stopped();
  for (const auto& [key, sums] : books->tally.lines()) {
    v1::ReconcileLine& line = *response.add_lines();
    to_line(key.currency, sums, line);
    line.set_day(key.day);
    line.set_promise(key.promise);
  }
  to_totals(books->tally, journal, response);
  response.set_position(books->position);
  return {};
}

}  // namespace lupaus::server::api
