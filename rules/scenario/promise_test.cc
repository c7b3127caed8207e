// Compares what a promise test expects with what the run gives, and tells both.
#include "rules/scenario/promise_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/language/suggestion.h"
#include "rules/scenario/test_run.h"
#include "rules/scenario/trace.h"

namespace lupaus::rules::scenario {

using engine::Commitment;
using model::Instant;

namespace {

/// What the world sees of a commitment: a breach counts once it is recorded, not when the clock
/// could know it.
std::string seen_state(const Commitment& commitment) {
  if (commitment.is_confirmed) return std::string(model::format_verdict(commitment.cycle.verdict));
  if (commitment.is_breach_recorded) return "breached";
  const model::Verdict verdict = commitment.cycle.verdict;
  if (verdict == model::Verdict::open || verdict == model::Verdict::breached) {
    return commitment.warned_count > 0 ? "at_risk" : "open";
  }
  return std::string(model::format_verdict(verdict));
}

class Comparison {
 public:
  /// `promises` are the names of all that the test's books hold.
  Comparison(const PromiseTest& test, const TestRun& run, std::set<std::string> promises)
      : test_(test), run_(run), promises_(std::move(promises)) {}

  void compare(const Check& check) {
    when_ = check.at ? fmt::format("at {}", written_at(*check.at)) : "at the end";
    for (const Expectation& expectation : check.tickets) compare_ticket(expectation);
    if (check.has_owed) compare_owed(check);
  }

  std::vector<std::string> failures;
  std::vector<std::string> failed_tickets;

 private:
  std::string written_at(Instant at) const {
    if (at < test_.start) return "-" + model::format_duration(test_.start - at);
    return "+" + model::format_duration(at - test_.start);
  }
  std::string written_at(const std::optional<Instant>& at) const {
    return at ? written_at(*at) : "never";
  }

  void differ(const model::Span& span, const std::string& what, const std::string& expected,
              const std::string& found) {
    failures.push_back(fmt::format("{}: {} {}\n    expected  {}\n    found     {}",
                                   format_place(span), what, when_, expected, found));
  }

  static bool asks_nothing(const Expectation& asked) {
    return asked.state.empty() && !asked.counted && !asked.due_at && !asked.breached_at &&
           !asked.detected_at && !asked.stopped_at && asked.paid_state.empty() && !asked.cycle;
  }

  /// WHY: that a promise does not run is true of every mistyped name.
  bool is_known(const Expectation& expectation) {
    if (expectation.promise.empty() || promises_.contains(expectation.promise)) return true;
    const std::vector<std::string_view> known(promises_.begin(), promises_.end());
    failures.push_back(fmt::format("{}: expected a promise of the book, but `{}` is none\n    {}",
                                   format_place(expectation.span), expectation.promise,
                                   language::suggest(expectation.promise, known)));
    return false;
  }

  void compare_ticket(const Expectation& expectation) {
    if (!is_known(expectation)) return;
    const engine::State& state = run_.state().engine;
    const size_t before = failures.size();
    const auto slot = state.find_ticket(test_.branch, expectation.ticket);
    std::vector<Commitment> commitments;
    if (slot)
      commitments = state.commitments_at(*slot, {run_.now(), state.branch_watermark(test_.branch)});
    std::vector<const Commitment*> chosen;
    for (const Commitment& commitment : commitments) {
      if (commitment.is_vanished) continue;
      if (!expectation.promise.empty() &&
          state.promise_name(commitment.line) != expectation.promise)
        continue;
      if (expectation.cycle && commitment.number != *expectation.cycle) continue;
      if (!expectation.cycle && !chosen.empty() && chosen.back()->line == commitment.line) {
        chosen.back() = &commitment;  // the last cycle
      } else {
        chosen.push_back(&commitment);
      }
    }
    const std::string what = expectation.promise.empty()
                                 ? expectation.ticket
                                 : expectation.ticket + ", " + expectation.promise;
    if (!slot) {
      differ(expectation.span, what, expectation.state.empty() ? "a ticket" : expectation.state,
             "no such ticket");
    } else if (chosen.empty()) {
      if (expectation.state != "none" && !asks_nothing(expectation))
        differ(expectation.span, what, expectation.state.empty() ? "a clock" : expectation.state,
               "none (no promise runs on it)");
    } else {
      for (const Commitment* commitment : chosen) {
        compare_commitment(
            expectation, *commitment,
            expectation.ticket + ", " + std::string(state.promise_name(commitment->line)));
      }
    }
    if (failures.size() != before) failed_tickets.push_back(expectation.ticket);
  }

  void compare_commitment(const Expectation& expectation, const Commitment& commitment,
                          const std::string& what) {
    const model::Cycle& cycle = commitment.cycle;
    const std::string found = seen_state(commitment);
    if (!expectation.state.empty() && expectation.state != found) {
      differ(expectation.span, what, expectation.state,
             fmt::format("{} (counted {} of {})", found, model::format_duration(cycle.counted),
                         model::format_duration(cycle.limit)));
    }
    if (expectation.counted && *expectation.counted != cycle.counted) {
      differ(expectation.span, what + " counted", model::format_duration(*expectation.counted),
             model::format_duration(cycle.counted));
    }
    compare_instant(expectation.due_at, cycle.due_at, expectation.span, what + " due");
    compare_instant(expectation.stopped_at, cycle.stopped_at, expectation.span,
                    what + " stopped_at");
    const bool is_breached = found == "breached";
    compare_instant(expectation.breached_at,
                    is_breached ? std::optional(cycle.due_at) : std::nullopt, expectation.span,
                    what + " breached_at");
    compare_instant(expectation.detected_at,
                    is_breached ? std::optional(commitment.detected_at) : std::nullopt,
                    expectation.span, what + " detected_at");
    if (!expectation.paid_state.empty()) {
      const auto* compensation = commitment.compensation == 0
                                     ? nullptr
                                     : run_.state().ledger.find(commitment.compensation);
      const std::string state = compensation == nullptr
                                    ? "none"
                                    : std::string(model::format_paid_state(compensation->state));
      if (state != expectation.paid_state)
        differ(expectation.span, what + " paid_state", expectation.paid_state, state);
    }
  }

  void compare_instant(const std::optional<Instant>& expected, const std::optional<Instant>& found,
                       const model::Span& span, const std::string& what) {
    if (expected && expected != found) differ(span, what, written_at(expected), written_at(found));
  }

  /// The sum of all tickets that the check names (R82).
  void compare_owed(const Check& check) {
    std::optional<model::Money> sum;
    bool is_mixed = false;
    for (const auto& [number, compensation] : run_.state().ledger.compensations()) {
      const bool is_named = std::any_of(check.tickets.begin(), check.tickets.end(),
                                        [&](const Expectation& expectation) {
                                          return expectation.ticket == compensation.key.ticket &&
                                                 test_.branch == compensation.key.branch;
                                        });
      if (!is_named || !compensation.amount) continue;
      if (sum && sum->currency != compensation.amount->currency) {
        is_mixed = true;
        continue;
      }
      const auto added = sum ? model::add(*sum, *compensation.amount) : compensation.amount;
      is_mixed = is_mixed || !added;
      if (added) sum = added;
    }
    const bool is_zero = check.owed && check.owed->minor == 0;
    const std::optional<model::Money> expected = is_zero ? std::nullopt : check.owed;
    if (!is_mixed && sum == expected) return;
    differ(check.owed_span, "owed", expected ? model::format_money(*expected) : "nothing",
           is_mixed ? "sums in several currencies"
           : sum    ? model::format_money(*sum)
                    : "nothing");
    for (const Expectation& expectation : check.tickets)
      failed_tickets.push_back(expectation.ticket);
  }

  const PromiseTest& test_;
  const TestRun& run_;
  const std::set<std::string> promises_;
  std::string when_;
};

std::set<std::string> promises_of(const PromiseTest& test, const model::Book& book,
                                  const BookSource& books) {
  std::set<std::string> names;
  const auto note = [&names](const model::Book& one) {
    for (const model::Promise& promise : one.promises) names.insert(promise.name);
  };
  note(book);
  for (const Publication& later : test.publications) {
    if (const auto published = books(later.files)) note(**published);
  }
  return names;
}

std::string stories(const PromiseTest& test, const TestRun& run, std::vector<std::string> tickets) {
  std::sort(tickets.begin(), tickets.end());
  tickets.erase(std::unique(tickets.begin(), tickets.end()), tickets.end());
  std::string text;
  for (const std::string& ticket : tickets) {
    const auto slot = run.state().engine.find_ticket(test.branch, ticket);
    if (slot) text += explain(run.state(), *slot, run.now());
  }
  return text;
}

}  // namespace

TestResult run_test(const TestFile& file, const PromiseTest& test, const BookSource& books,
                    const RunWatcher& watcher) {
  TestResult result;
  auto book = books(file.files);
  if (!book) {
    result.failures.push_back(model::format_error(book.error()));
    return result;
  }
  TestRun run(test, *book, books);
  Comparison comparison(test, run, promises_of(test, **book, books));
  std::vector<const Check*> checks;
  for (const Check& check : test.checks) checks.push_back(&check);
  std::stable_sort(checks.begin(), checks.end(), [](const Check* a, const Check* b) {
    return a->at.value_or(model::kEndOfTime) < b->at.value_or(model::kEndOfTime);
  });
  for (const Check* check : checks) {
    if (check->at) {
      run.advance(*check->at);
    } else {
      run.finish();
    }
    comparison.compare(*check);
  }
  if (watcher) watcher(run.state(), run.facts());
  result.failures = run.complaints();
  result.failures.insert(result.failures.end(), comparison.failures.begin(),
                         comparison.failures.end());
  result.has_passed = result.failures.empty();
  std::vector<std::string> told = comparison.failed_tickets;
  if (result.has_passed) {
    for (const auto& event : test.events) told.push_back(event.subject);
  }
  result.trace = stories(test, run, std::move(told));
  return result;
}

}  // namespace lupaus::rules::scenario
