// Finds each edge by running the promise itself: the instant at which counted time reaches a length
// is searched for, never computed a second way.
#include "rules/scenario/edges.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rules/calendar/calendar.h"
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
constexpr Duration kLookAhead = std::chrono::hours(24 * 400);

/// What one start and, perhaps, one stop give.
struct Outcome {
  bool is_bound = false;
  model::Cycle cycle;
  std::string state = "none";
  std::string owed = "nothing";
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
    if (!run(frame_.start, std::nullopt).is_bound)
      return comment("does not run on a ticket with these defaults at this start");
    around_limits(frame_.start, "");
    if (const auto* calendar = measure()) around_closing(*calendar);
    around_clock_changes();
    return text_;
  }

 private:
  bool has_effect(const std::string& type, Effect effect) const {
    const auto line = promise_.on.find(type);
    return line != promise_.on.end() && line->second.cases.empty() &&
           line->second.otherwise == effect;
  }
  std::string comment(const char* why) const {
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

  NamedValues attributes(Instant start) const {
    NamedValues values = frame_.defaults;
    if (!promise_.by) return values;
    const bool is_given = std::any_of(values.begin(), values.end(), [&](const auto& entry) {
      return entry.first == promise_.by->attribute;
    });
    if (!is_given)
      values.emplace_back(promise_.by->attribute,
                          model::format_instant(start + std::chrono::hours(1)));
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

  Outcome run(Instant start, std::optional<Instant> stop) const {
    const PromiseTest test = script(start, stop);
    TestRun run(test, book_, source_);
    run.finish();
    Outcome outcome;
    const auto& state = run.state().engine;
    const auto slot = state.find_ticket(frame_.branch, kTicket);
    if (!slot) return outcome;
    for (const auto& commitment :
         state.commitments_at(*slot, {run.now(), state.branch_watermark(frame_.branch)})) {
      if (state.promise_name(commitment.line) != promise_.name || outcome.is_bound) continue;
      outcome.is_bound = true;
      outcome.cycle = commitment.cycle;
      outcome.state = model::format_verdict(commitment.cycle.verdict);
    }
    std::optional<model::Money> sum;
    for (const auto& [number, compensation] : run.state().ledger.compensations()) {
      if (!compensation.amount) continue;
      sum = sum ? model::add(*sum, *compensation.amount).value_or(*sum) : *compensation.amount;
    }
    if (sum) outcome.owed = model::format_money(*sum);
    return outcome;
  }

  Duration lateness(const Outcome& outcome) const {
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
    const Outcome outcome = run(start, stop);
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
    text_ += fmt::format("    expect: {{{}: {{{}: {}}}, owed: {}}}\n", kTicket, promise_.name,
                         outcome.state, outcome.owed);
  }

  void add_three(Instant start, Instant edge, const std::string& what) {
    add(start, edge - kMillisecond, "1 ms before " + what);
    add(start, edge, "exactly at " + what);
    add(start, edge + kMillisecond, "1 ms after " + what);
  }

  void around_limits(Instant start, const std::string& where) {
    const Outcome open = run(start, std::nullopt);
    if (!open.is_bound) return;
    std::map<Duration, std::string> lengths;
    lengths[promise_.by ? Duration::zero() : open.cycle.limit] =
        "the limit of " + model::format_duration(open.cycle.limit);
    if (promise_.compensation) {
      const auto& tiers = promise_.compensation->tiers;
      for (size_t i = 0; i < tiers.size(); ++i) {
        if (tiers[i].over.unit != model::Limit::Unit::duration) continue;
        lengths.try_emplace(
            tiers[i].over.duration,
            fmt::format("tiers[{}] over {}", i, model::format_limit(tiers[i].over)));
      }
    }
    for (const auto& [length, what] : lengths) {
      if (const auto edge = reaches(start, length)) add_three(start, *edge, what + where);
    }
  }

  /// A start whose due instant is a closing time, and stops around that and the next opening.
  void around_closing(const calendar::Calendar& calendar) {
    const auto opening = calendar.next_open(frame_.start);
    if (!opening) return;
    Duration low{0}, high = std::chrono::hours(24 * 8);
    const auto is_closed_before = [&](Duration length) {
      return calendar.open_between(*opening, *opening + length) < length;
    };
    if (!is_closed_before(high)) return;
    while (high - low > kMillisecond) {
      const Duration middle = low + (high - low) / 2;
      (is_closed_before(middle) ? high : low) = middle;
    }
    const Instant closing = *opening + low;
    const Duration limit = run(frame_.start, std::nullopt).cycle.limit;
    const Instant start = closing - limit;
    if (start < *opening || !run(start, std::nullopt).is_bound) return;
    add_three(start, closing, "the closing time at which it is due");
    if (const auto next = calendar.next_open(closing))
      add_three(start, *next, "the opening after it was due at closing time");
  }

  void around_clock_changes() {
    const auto* branch = book_->find_branch(frame_.branch);
    const auto* zone = branch == nullptr ? nullptr : book_->find_zone(branch->timezone);
    if (zone == nullptr) return;
    int count = 0;
    for (const auto& transition : zone->transitions) {
      const Instant at{std::chrono::seconds(transition.at_unix_s)};
      if (at < frame_.start || at > frame_.start + kLookAhead || count == 2) continue;
      ++count;
      Instant start = at - std::chrono::minutes(5);
      if (const auto* calendar = measure()) start = calendar->next_open(start).value_or(start);
      around_limits(start, fmt::format(", clocks change on {}",
                                       model::format_local_date(calendar::local_date(*zone, at))));
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
  text += "}\ntests:\n";
  for (const Promise& promise : (*book)->promises)
    text += EdgeFinder(frame, *book, promise).write();
  return text;
}

}  // namespace lupaus::rules::scenario
