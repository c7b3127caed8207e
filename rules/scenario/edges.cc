// Finds each edge by running the promise itself: the instant at which counted time reaches a length
// is searched for, never computed a second way.
#include "rules/scenario/edges.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rules/calendar/calendar.h"
#include "rules/engine/capture.h"
#include "rules/engine/cycle_reading.h"
#include "rules/scenario/test_run.h"
#include "rules/scenario/trace.h"

namespace lupaus::rules::scenario {
namespace {

using model::Duration;
using model::Effect;
using model::Instant;
using model::Promise;

constexpr const char* kTicket = "E1";
constexpr Duration kMillisecond{1};
constexpr Duration kDay = std::chrono::hours(24);
constexpr Duration kLookAhead = kDay * 400;
/// How long before a change of clocks a ticket starts.
constexpr Duration kBeforeChange = std::chrono::minutes(5);
constexpr int kClosingsMax = 400;  // a closing at which nothing falls due by then has none

/// What one start and, perhaps, one stop give.
struct EdgeOutcome {
  bool is_bound = false;
  model::Cycle cycle;
  std::string state = "none";
  std::string owed = "nothing";
  bool has_sum = true;
};

/// What bound a ticket at its start.
struct Bound {
  size_t entry = 0;             ///< of target.within
  std::vector<Duration> tiers;  ///< their `over` in the clock's measure (R33)
};

class EdgeFinder {
 public:
  EdgeFinder(const PromiseTest& frame, model::BookPtr book, const Promise& promise)
      : frame_(frame), book_(std::move(book)), promise_(promise) {
    source_ = [this](const std::vector<std::string>&) {
      return model::Result<model::BookPtr>(book_);
    };
    const auto* vocabulary = book_->find_vocabulary(promise.vocabulary);
    for (const auto& type : vocabulary->events) {
      if (has_effect(type, Effect::start) && start_.empty()) start_ = type;
      const bool is_stop = has_effect(type, Effect::stop) && type != "expired";
      if (is_stop && (stop_.empty() || stop_ == "left")) stop_ = type;
    }
  }

  std::string write() {
    if (start_.empty() || stop_.empty())
      return comment("no event always starts it, or none always stops it");
    const auto bound = bound_at(frame_.start);
    if (!bound) return comment("does not run on a ticket with these defaults at this start");
    around_start(frame_.start, "");
    for (size_t i = 0; i < promise_.within.size(); ++i) {
      if (i != bound->entry) around_entry(i);
    }
    around_clock_changes();
    return text_;
  }

 private:
  bool has_effect(const std::string& type, Effect effect) const {
    const auto line = promise_.on.find(type);
    return line != promise_.on.end() && line->second.cases.empty() &&
           line->second.otherwise == effect;
  }
  std::string comment(std::string why) const {
    std::replace(why.begin(), why.end(), '\n', ' ');
    return fmt::format("  # {}: {}\n", promise_.name, why);
  }

  const calendar::Calendar* measure() {
    const auto* branch = book_->find_branch(frame_.branch);
    if (branch == nullptr || promise_.measure == "elapsed") return nullptr;
    const auto* spec =
        book_->find_calendar(promise_.measure == "branch" ? branch->hours : promise_.measure);
    const auto* zone = spec == nullptr ? nullptr : book_->find_zone(spec->timezone);
    if (zone == nullptr) return nullptr;
    if (!calendar_) calendar_.emplace(*spec, *zone);
    return &*calendar_;
  }

  /// The defaults. What `by` reads moves along with the start.
  NamedValues attributes(Instant start) const {
    NamedValues values = frame_.defaults;
    if (!promise_.by) return values;
    const auto given = std::find_if(values.begin(), values.end(), [&](const auto& entry) {
      return entry.first == promise_.by->attribute;
    });
    if (given == values.end()) {
      values.emplace_back(promise_.by->attribute,
                          model::format_instant(start + std::chrono::hours(1)));
      return values;
    }
    const auto deadline = model::parse_instant(given->second);
    if (deadline && start != frame_.start)
      given->second = model::format_instant(*deadline + (start - frame_.start));
    return values;
  }

  PromiseTest script(Instant start, std::optional<Instant> stop) const {
    PromiseTest test;
    test.name = "edge";
    test.start = start;
    test.branch = frame_.branch;
    test.events.push_back({kTicket, start_, start, std::nullopt, attributes(start), {}});
    if (stop) test.events.push_back({kTicket, stop_, *stop, std::nullopt, {}, {}});
    return test;
  }

  /// Calls `visit(state, ticket, commitment)` for the promise's clock, once; false when none runs.
  template <typename Visit>
  bool visit_clock(const TestRun& run, const Visit& visit) const {
    const auto& state = run.state().engine;
    const auto slot = state.find_ticket(frame_.branch, kTicket);
    if (!slot) return false;
    for (const auto& commitment :
         state.commitments_at(*slot, {run.now(), state.branch_watermark(frame_.branch)})) {
      if (state.promise_name(commitment.line) != promise_.name) continue;
      visit(state, state.ticket(*slot), commitment);
      return true;
    }
    return false;
  }

  EdgeOutcome run(Instant start, std::optional<Instant> stop) const {
    const PromiseTest test = script(start, stop);
    TestRun run(test, book_, source_);
    run.finish();
    EdgeOutcome outcome;
    outcome.is_bound = visit_clock(run, [&](const auto&, const auto&, const auto& commitment) {
      outcome.cycle = commitment.cycle;
      outcome.state = model::format_verdict(commitment.cycle.verdict);
    });
    std::optional<model::Money> sum;
    for (const auto& [number, compensation] : run.state().ledger.compensations()) {
      if (!compensation.amount) continue;
      // What is owed in several currencies has no sum that a test could expect.
      outcome.has_sum = outcome.has_sum && (!sum || sum->currency == compensation.amount->currency);
      if (!outcome.has_sum) break;
      sum = sum ? model::add(*sum, *compensation.amount).value_or(*sum) : *compensation.amount;
    }
    if (sum) outcome.owed = model::format_money(*sum);
    return outcome;
  }

  /// What the engine reads at a start; nullopt where it binds nothing.
  std::optional<Bound> bound_at(Instant start) const {
    const PromiseTest test = script(start, std::nullopt);
    TestRun run(test, book_, source_);
    run.finish();
    Bound bound;
    const bool is_bound =
        visit_clock(run, [&](const auto& state, const auto& ticket, const auto& commitment) {
          const engine::CycleReading reading(state, ticket, commitment);
          bound.entry = entry_of(state, ticket, commitment, reading.measure().calendar);
          if (!promise_.compensation) return;
          for (const auto& tier : promise_.compensation->tiers)
            bound.tiers.push_back(reading.length(tier.over));
        });
    return is_bound ? std::optional(std::move(bound)) : std::nullopt;
  }

  size_t entry_of(const engine::State& state, const engine::Ticket& ticket,
                  const engine::Commitment& commitment,
                  const calendar::Calendar* measured_by) const {
    const Instant at = commitment.cycle.started_at;
    const auto* revision = state.lines()[commitment.line].find(commitment.revision);
    const auto& context = *state.books().branch_of(*revision, ticket.branch, at);
    std::vector<model::Attribute> of_ticket, of_branch;
    state.attributes_at(ticket, at, of_ticket);
    engine::merge_branch_attributes(context, state.find_branch(frame_.branch), at, of_branch);
    const auto date = calendar::local_date(engine::day_zone(measured_by, context), at);
    const auto* days = engine::day_calendar(measured_by, context);
    model::Scope scope;
    scope.branch_id = frame_.branch;
    scope.ticket = of_ticket;
    scope.branch = of_branch;
    scope.day_class = days == nullptr ? std::string_view() : days->day_class(date);
    scope.day_weekday = calendar::weekday(date);
    size_t index = 0;
    while (index + 1 < promise_.within.size() &&
           promise_.within[index].when->evaluate(scope) != model::Condition::Value::yes)
      ++index;
    return index;
  }

  Duration lateness(const EdgeOutcome& outcome) const {
    return promise_.by ? outcome.cycle.counted - outcome.cycle.limit : outcome.cycle.counted;
  }

  /// The first stop with a lateness of `length`; nullopt when the clock ends before.
  std::optional<Instant> reaches(Instant start, Duration length) const {
    Duration reach = kLookAhead;
    if (const auto expiry = model::effective_expiry(promise_)) reach = *expiry - kMillisecond;
    const auto is_reached = [&](Instant stop) { return lateness(run(start, stop)) >= length; };
    if (!is_reached(start + reach)) return std::nullopt;
    Duration low{-1}, high = reach;
    while (high - low > kMillisecond) {
      const Duration middle = low + (high - low) / 2;
      (is_reached(start + middle) ? high : low) = middle;
    }
    return start + high;
  }

  void add(Instant start, Instant stop, const std::string& what) {
    if (stop < start) return;
    const EdgeOutcome outcome = run(start, stop);
    std::string values;
    for (const auto& [key, value] : attributes(start)) {
      const bool is_default = std::any_of(
          frame_.defaults.begin(), frame_.defaults.end(),
          [&](const auto& entry) { return entry.first == key && entry.second == value; });
      if (!is_default)
        values += fmt::format("{}{}: \"{}\"", values.empty() ? "" : ", ", key, value);
    }
    const std::string first = values.empty()
                                  ? fmt::format("{} {}", kTicket, start_)
                                  : fmt::format("{{\"{} {}\": {{{}}}}}", kTicket, start_, values);
    text_ += fmt::format("  - name: \"{}: {}\"\n", promise_.name, what);
    if (start != frame_.start)
      text_ += fmt::format("    start: {}\n", model::format_instant(start));
    text_ += fmt::format("    events: [{}, {} {} +{}]\n", first, kTicket, stop_,
                         model::format_duration(stop - start));
    text_ += fmt::format("    expect: {{{}: {{{}: {}}}{}}}\n", kTicket, promise_.name,
                         outcome.state, outcome.has_sum ? ", owed: " + outcome.owed : "");
  }

  void add_three(Instant start, Instant edge, const std::string& what) {
    add(start, edge - kMillisecond, "1 ms before " + what);
    add(start, edge, "exactly at " + what);
    add(start, edge + kMillisecond, "1 ms after " + what);
  }

  /// All edges of a ticket that starts then.
  void around_start(Instant start, const std::string& where) {
    const bool is_due_at_closing = around_limits(start, where);
    const auto* calendar = measure();
    if (calendar != nullptr && !is_due_at_closing) around_closing(*calendar, start, where);
  }

  /// Each limit and tier by its length. A clock by a calendar that reaches it when its calendar
  /// closes goes beyond it when that opens again. Whether the limit is reached so.
  bool around_limits(Instant start, const std::string& where) {
    const auto bound = bound_at(start);
    if (!bound) {
      text_ += comment("does not run on a ticket that starts at " + model::format_instant(start) +
                       where);
      return false;
    }
    const Duration limit = run(start, std::nullopt).cycle.limit;
    std::map<Duration, std::string> lengths;
    lengths[promise_.by ? Duration::zero() : limit] =
        "the limit of " + (promise_.by ? model::format_duration(limit)
                                       : model::format_limit(promise_.within[bound->entry].within));
    for (size_t i = 0; i < bound->tiers.size(); ++i) {
      const auto& tier = promise_.compensation->tiers[i];
      lengths.try_emplace(bound->tiers[i],
                          fmt::format("tiers[{}] over {}", i, model::format_limit(tier.over)));
    }
    bool is_due_at_closing = false;
    const auto* calendar = measure();
    for (const auto& [length, what] : lengths) {
      const auto edge = reaches(start, length);
      if (!edge) {
        text_ += comment(what + where + " is not reached before the clock is given up");
        continue;
      }
      add_three(start, *edge, what + where);
      if (calendar == nullptr || *edge == start || calendar->is_open(*edge)) continue;
      is_due_at_closing = is_due_at_closing || length == limit;
      if (const auto opening = calendar->next_open(*edge))
        add_three(start, *opening, "the opening after " + what + where);
    }
    return is_due_at_closing;
  }

  /// A start at which the limit is that of another entry of target.within.
  void around_entry(size_t index) {
    for (Duration ahead = kDay; ahead <= kLookAhead; ahead += kDay) {
      Instant start = frame_.start + ahead;
      if (const auto* calendar = measure()) start = calendar->next_open(start).value_or(start);
      const auto bound = bound_at(start);
      if (bound && bound->entry == index)
        return around_start(start, fmt::format(", within[{}]", index));
    }
    const auto& when = promise_.within[index].when;
    text_ += comment(fmt::format("within[{}] of {} is not reached with these defaults: {}", index,
                                 model::format_limit(promise_.within[index].within),
                                 when == nullptr ? "an entry before it holds on every day"
                                                 : fmt::format("`{}`", when->text())));
  }

  /// The latest instant from which `length` opens before `end`; nullopt when that is too long ago.
  static std::optional<Instant> start_before(const calendar::Calendar& calendar, Instant end,
                                             Duration length) {
    Duration low{0}, high = kLookAhead;
    if (calendar.open_between(end - high, end) < length) return std::nullopt;
    while (high - low > kMillisecond) {
      const Duration middle = low + (high - low) / 2;
      (calendar.open_between(end - middle, end) >= length ? high : low) = middle;
    }
    return end - high;
  }

  /// The end of the opening at or after `at`, years joined.
  static std::optional<Instant> next_closing(const calendar::Calendar& calendar, Instant at) {
    auto opening = calendar.next_interval(at);
    while (opening) {
      const auto next = calendar.next_interval(opening->end);
      if (!next || next->begin != opening->end) break;
      opening->end = next->end;
    }
    return opening ? std::optional(opening->end) : std::nullopt;
  }

  /// A ticket that starts at or after `from`, by the same entry of target.within, and is due at a
  /// closing time: stops around that and the next opening.
  void around_closing(const calendar::Calendar& calendar, Instant from, const std::string& where) {
    const auto first = bound_at(from);
    if (!first) return;
    const Duration limit = run(from, std::nullopt).cycle.limit;
    auto closing = next_closing(calendar, from);
    for (int i = 0; closing && i < kClosingsMax && *closing < from + kLookAhead; ++i) {
      const auto start = start_before(calendar, *closing, limit);
      const auto bound = start && *start >= from ? bound_at(*start) : std::nullopt;
      const auto next = calendar.next_open(*closing);
      // The next opening tells something only while the clock still runs.
      const auto expiry = model::effective_expiry(promise_);
      const bool is_told = start && next && (!expiry || *next + kMillisecond < *start + *expiry);
      if (is_told && bound && bound->entry == first->entry &&
          run(*start, std::nullopt).cycle.due_at == closing) {
        add_three(*start, *closing, "the closing time at which it is due" + where);
        add_three(*start, *next, "the opening after it was due at closing time" + where);
        return;
      }
      closing = next_closing(calendar, *closing);
    }
    text_ += comment("is due at no closing time" + where);
  }

  void around_clock_changes() {
    const auto* calendar = measure();
    const auto* branch = book_->find_branch(frame_.branch);
    const auto* zone = calendar != nullptr ? &calendar->zone()
                       : branch != nullptr ? book_->find_zone(branch->timezone)
                                           : nullptr;
    if (zone == nullptr) return;
    int count = 0;
    for (const auto& transition : zone->transitions) {
      const Instant at{std::chrono::seconds(transition.at_unix_s)};
      if (at < frame_.start || at > frame_.start + kLookAhead || count == 2) continue;
      ++count;
      const auto start = calendar == nullptr ? std::optional(at - kBeforeChange)
                                             : start_before(*calendar, at, kBeforeChange);
      const std::string where = fmt::format(
          ", clocks change on {}", model::format_local_date(calendar::local_date(*zone, at)));
      if (start) around_limits(*start, where);
    }
  }

  const PromiseTest& frame_;
  model::BookPtr book_;
  const Promise& promise_;
  BookSource source_;
  std::string start_, stop_;
  std::optional<calendar::Calendar> calendar_;
  std::string text_;
};

}  // namespace

model::Result<std::string> edge_tests(const TestFile& file, const BookSource& books) {
  if (file.tests.empty())
    return model::Error{"no_tests", "expected a test to take start and defaults from", "", {}};
  const PromiseTest& frame = file.tests.front();
  auto book = books(file.files);
  if (!book) return book.error();
  std::string text = fmt::format(
      "# Around every edge of the book, as it judges today. Read it before you keep it.\n"
      "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [{}]\nstart: {}\ndefaults: {{branch: {}",
      fmt::join(file.files, ", "), model::format_instant(frame.start), frame.branch);
  for (const auto& [key, value] : frame.defaults) text += fmt::format(", {}: \"{}\"", key, value);
  std::string tests;
  for (const Promise& promise : (*book)->promises)
    tests += EdgeFinder(frame, *book, promise).write();
  // Where no promise has an edge there are comments alone, which are no list.
  const bool has_tests = tests.find("  - name: ") != std::string::npos;
  return text + (has_tests ? "}\ntests:\n" : "}\ntests: []\n") + tests;
}

}  // namespace lupaus::rules::scenario
