#include "server/api/period_postings.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "rules/ledger/days.h"
#include "rules/ledger/postings.h"
#include "server/api/file_digest.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/storage.h"
#include "server/wire/ask.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::Posting;
using rules::ledger::State;
using rules::model::Error;
using rules::model::Position;
using rules::model::Result;

/// What the ledger knows of closed months, at one position.
struct Closing {
  rules::ledger::ClosedMonths months;
  std::string sha256;  ///< of the month's own closing; "": it has none
};

Result<Closing> find_closing(runtime::EngineLoop& loop, const std::string& month,
                             PeriodPostings& postings) {
  Closing closing;
  const Result<void> seen = wire::look(loop, [&](const State& state) {
    closing.months = rules::ledger::closed_months(state.ledger);
    const auto* closed = rules::ledger::closing_of(state.ledger, month);
    postings.is_closed = closed != nullptr;
    postings.through = closed == nullptr ? state.next_position - 1 : closed->through;
    if (closed != nullptr && closed->month == month) closing.sha256 = closed->postings_sha256;
  });
  if (!seen) return seen.error();
  return closing;
}

/// Those of the month among all that the facts book.
Result<void> read_month(const runtime::Storage& storage, const std::string& month,
                        rules::ledger::PostingBook& book, const std::function<bool()>& go_on,
                        PeriodPostings& postings) {
  std::vector<Posting> booked;
  bool is_stopped = false;
  Result<void> read = storage.read_journal_ahead(1, [&](auto facts) {
    for (const auto& fact : facts) {
      if (fact.position > postings.through) return false;
      book.take(fact, booked);
    }
    for (Posting& posting : booked)
      if (posting.month == month) postings.entries.push_back({std::move(posting), ""});
    booked.clear();
    is_stopped = !go_on();
    return !is_stopped;
  });
  // The facts of a row that goes past the end.
  for (Posting& posting : booked)
    if (posting.month == month) postings.entries.push_back({std::move(posting), ""});
  if (!read) return read;
  if (is_stopped) return Error{"cancelled", "the reading was stopped", "", {}};
  return {};
}

Result<void> find_natures(runtime::EngineLoop& loop, std::vector<finance::PeriodEntry>& entries) {
  constexpr size_t kEntriesAQuery = 4096;  // a query that takes longer holds up the loop
  for (size_t from = 0; from < entries.size(); from += kEntriesAQuery) {
    Result<void> seen = wire::look(loop, [&](const State& state) {
      const size_t end = std::min(from + kEntriesAQuery, entries.size());
      for (size_t i = from; i < end; ++i) {
        const auto* promise = rules::ledger::promise_of(state.engine, entries[i].posting.key);
        if (promise != nullptr && promise->compensation)
          entries[i].nature = promise->compensation->nature;
      }
    });
    if (!seen) return seen;
  }
  return {};
}

}  // namespace

Result<PeriodPostings> read_postings(runtime::EngineLoop& loop, const runtime::Storage& storage,
                                     const std::string& month, const std::function<bool()>& go_on) {
  if (month.size() != 7 || !rules::model::parse_local_date(month + "-01")) {
    return Error{"bad_month",
                 fmt::format("expected a month, but it is `{}`", month),
                 "write it as 2026-01",
                 {}};
  }
  PeriodPostings postings;
  const Result<Closing> closing = find_closing(loop, month, postings);
  if (!closing) return closing.error();
  rules::ledger::PostingBook book(closing->months);
  if (auto read = read_month(storage, month, book, go_on, postings); !read) return read.error();
  if (auto found = find_natures(loop, postings.entries); !found) return found.error();
  postings.sha256 = hex_sha256(finance::period_content(postings.entries));
  if (closing->sha256.empty() || closing->sha256 == postings.sha256) return postings;
  return Error{"changed_file",
               fmt::format("the postings of {} are not those that were closed ({} then, {} now)",
                           month, closing->sha256, postings.sha256),
               "check the journal with `lupaus log verify`",
               {}};
}

}  // namespace lupaus::server::api
