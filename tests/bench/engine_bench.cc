// What the rules cost by themselves, in one thread and without storage: stepping the events of
// tickets, and due instants over a calendar. lupaus_bench_engine [RUNS]
#include <fmt/format.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <span>

#include "rules/calendar/calendar.h"
#include "rules/language/compile.h"
#include "rules/ledger/step.h"
#include "tests/bench/table.h"

namespace lupaus::tests::bench {
namespace {

namespace model = rules::model;
using model::Duration;
using model::Instant;

constexpr size_t kTickets = 40'000;
constexpr size_t kBranches = 20;
constexpr size_t kAtATime = 200;  ///< tickets under way at once
constexpr size_t kBatch = 500;    ///< events between two looks at the watermarks

/// Of this thread's own processor time: what else the machine does is not the rules' cost.
double nanoseconds_used() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e9 + static_cast<double>(used.tv_nsec);
}

std::string branch_name(size_t index) { return fmt::format("branch-{}", index); }

/// `bound` promises that apply to every ticket, with restarts, pauses, expiry and two tiers.
std::vector<model::SourceFile> book_files(size_t bound) {
  std::string text;
  for (size_t i = 0; i < kBranches; ++i) {
    text += fmt::format(
        "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {{name: {}}}\n"
        "spec: {{timezone: Europe/Helsinki}}\n---\n",
        branch_name(i));
  }
  for (size_t i = 0; i < bound; ++i) {
    text += fmt::format(R"(apiVersion: lupaus/v1
kind: Promise
metadata: {{name: served-{}, owner: bench}}
spec:
  wording: {{en: "Served within {} minutes, or we pay you EUR 10."}}
  applies: ticket.service == "cash"
  clock:
    on: {{issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue, transferred: restart, parked: pause, unparked: resume, away: pause, back: resume, no_show: forfeit, left: stop, cancelled: void, expired: review}}
    measure: elapsed
    on_silence: review
  target: {{within: {}m}}
  compensation: {{instrument: voucher, tiers: [{{over: {}m, pay: EUR 10.00}}, {{over: 45m, pay: EUR 20.00}}]}}
---
)",
                        i, 15 + i, 15 + i, 15 + i);
  }
  return {{"bench.yaml", text}};
}

/// The events of the stated life: issued at a kiosk; called, service_started and service_ended at a
/// counter 6, 6 and 11 minutes later. Every event names the service; the first the customer too.
struct Traffic {
  std::deque<std::string> texts;
  std::deque<std::vector<model::Attribute>> attributes;
  std::vector<model::Event> events;  ///< in the order in which they are told

  explicit Traffic(Instant first) {
    struct Step {
      Instant at;
      size_t ticket;
      int stage;
    };
    std::vector<Step> steps;
    const Duration gap = Duration(std::chrono::minutes(11)) / kAtATime;
    constexpr Duration kAfter[] = {Duration(0), std::chrono::minutes(6),
                                   std::chrono::minutes(6) + Duration(1), std::chrono::minutes(11)};
    for (size_t ticket = 0; ticket < kTickets; ++ticket) {
      for (int stage = 0; stage < 4; ++stage)
        steps.push_back(
            {first + gap * static_cast<int64_t>(ticket) + kAfter[stage], ticket, stage});
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const Step& a, const Step& b) { return a.at < b.at; });
    std::vector<uint64_t> kiosk(kBranches), counter(kBranches);
    for (const Step& step : steps) add(step.at, step.ticket, step.stage, kiosk, counter);
  }

 private:
  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }

  void add(Instant at, size_t ticket, int stage, std::vector<uint64_t>& kiosk,
           std::vector<uint64_t>& counter) {
    static constexpr const char* kTypes[] = {"issued", "called", "service_started",
                                             "service_ended"};
    const size_t branch = ticket % kBranches;
    model::Event event;
    event.branch = keep(branch_name(branch));
    event.source = keep(fmt::format("{}-{}", stage == 0 ? "kiosk" : "counter", branch));
    event.epoch = 1;
    event.sequence = ++(stage == 0 ? kiosk : counter)[branch];
    event.ticket = keep(fmt::format("20260105-kiosk-{}", ticket));
    event.type = kTypes[stage];
    event.occurred_at = at;
    auto& named = attributes.emplace_back();
    named.push_back({"service", "cash"});
    if (stage == 0) named.push_back({"customer", keep(fmt::format("c-{}", ticket))});
    event.attributes = named;
    events.push_back(event);
  }
};

void must(const model::Result<void>& result) {
  if (result.ok()) return;
  std::fprintf(stderr, "%s\n", model::format_error(result.error()).c_str());
  std::exit(1);
}

/// One state that traffic goes through.
class Run {
 public:
  explicit Run(const model::BookPtr& book, Instant now) : now_(now) {
    step(model::Publish{book, {}, {}, ""});
    for (size_t branch = 0; branch < kBranches; ++branch) {
      for (const char* const kind : {"kiosk", "counter"})
        step(model::Register{fmt::format("{}-{}", kind, branch), 1, 0, false});
    }
    facts_.clear();
  }

  /// Nanoseconds that stepping a batch took, follow-ups and finality included. What is final leaves
  /// memory afterwards, untimed, so that the state neither grows nor is ever cold.
  double step_batch(std::span<const model::Event> events) {
    const double start = nanoseconds_used();
    for (const model::Event& event : events) {
      now_ = std::max(now_, event.occurred_at);
      step(model::Observe{&event, now_, false, false});
    }
    rules::ledger::settle_watermarks(state_, now_, facts_);
    const double taken = nanoseconds_used() - start;
    for (const auto& fact : facts_)
      confirmed_ += std::holds_alternative<model::Confirmed>(fact.body);
    facts_.clear();
    state_.engine.deadline_changes().clear();
    std::vector<model::TicketSlot> done;
    state_.engine.drain_forgettable(now_ - std::chrono::minutes(6), events.size(), done);
    for (const auto slot : done) step(model::Archive{slot});
    facts_.clear();
    state_.engine.deadline_changes().clear();
    return taken;
  }
  uint64_t confirmed() const { return confirmed_; }

 private:
  template <typename Body>
  void step(Body body) {
    command_.now = now_;
    command_.body = std::move(body);
    must(rules::ledger::step(state_, command_, facts_));
  }

  rules::ledger::State state_{rules::engine::State({1, Duration(0)}), {}, 1};
  model::Facts facts_;
  Instant now_;
  uint64_t confirmed_ = 0;
  model::Command command_{
      ///< for all of them, as in the server
      {},
      std::make_shared<model::Actor>(model::Actor{model::Actor::Kind::source, true, "bench", ""}),
      {}};
};

/// The events as a server has them when it steps them: just read, one source after the other.
void read_batch(std::span<const model::Event> events, std::deque<std::string>& texts,
                std::vector<std::vector<model::Attribute>>& attributes,
                std::vector<model::Event>& read) {
  texts.clear();
  read.assign(events.begin(), events.end());
  std::stable_sort(read.begin(), read.end(),
                   [](const auto& a, const auto& b) { return a.source < b.source; });
  attributes.resize(read.size());
  const auto keep = [&](std::string_view& text) { text = texts.emplace_back(text); };
  for (size_t i = 0; i < read.size(); ++i) {
    model::Event& event = read[i];
    for (auto* text : {&event.source, &event.branch, &event.ticket, &event.type}) keep(*text);
    attributes[i].assign(event.attributes.begin(), event.attributes.end());
    for (auto& attribute : attributes[i]) {
      keep(attribute.name);
      keep(attribute.value);
    }
    event.attributes = attributes[i];
  }
}

/// Nanoseconds a step of an event took on average.
double step_all(const model::BookPtr& book, const Traffic& traffic, size_t bound) {
  Run run(book, traffic.events.front().occurred_at - std::chrono::hours(1));
  std::deque<std::string> texts;
  std::vector<std::vector<model::Attribute>> attributes;
  std::vector<model::Event> read;
  double taken = 0;
  const std::span<const model::Event> all(traffic.events);
  for (size_t begin = 0; begin < all.size(); begin += kBatch) {
    read_batch(all.subspan(begin, std::min(kBatch, all.size() - begin)), texts, attributes, read);
    taken += run.step_batch(read);
  }
  // All but the last few tickets are confirmed as kept under each promise.
  if (run.confirmed() < bound * (kTickets - 4 * kAtATime)) {
    std::fprintf(stderr, "expected every ticket to be judged, but only %llu verdicts came\n",
                 static_cast<unsigned long long>(run.confirmed()));
    std::exit(1);
  }
  return taken / static_cast<double>(all.size());
}

model::BookPtr book_of(size_t bound) {
  const auto files = book_files(bound);
  auto compiled = rules::language::compile(files);
  for (const auto& diagnostic : compiled.diagnostics) {
    if (compiled.book != nullptr) continue;
    std::fprintf(stderr, "%s\n", rules::language::format_diagnostic(diagnostic).c_str());
  }
  if (compiled.book == nullptr) std::exit(1);
  return compiled.book;
}

void measure_steps(Table& table, size_t runs) {
  const Traffic traffic(*model::parse_instant("2026-01-05T09:00:00+02:00"));
  for (const size_t bound : {size_t{0}, size_t{1}, size_t{2}, size_t{5}}) {
    const auto book = book_of(bound);
    std::vector<double> values;
    for (size_t run = 0; run < runs; ++run) values.push_back(step_all(book, traffic, bound));
    table.add(fmt::format("step an event, {} bound commitments", bound), "ns", values,
              at_most(250 + 120 * static_cast<double>(bound)));
  }
}

rules::calendar::Calendar bank_hours() {
  model::CalendarSpec spec;
  spec.name = "hours";
  spec.timezone = "Europe/Helsinki";
  for (size_t day = 0; day < 5; ++day)
    spec.week[day].intervals = {{8 * 60, 12 * 60}, {13 * 60 + 30, 18 * 60}};
  return {spec, *rules::calendar::find_built_in_zone(spec.timezone)};
}

void measure_calendar(Table& table, size_t runs) {
  const auto calendar = bank_hours();
  constexpr size_t kQuestions = 1 << 16;
  std::mt19937_64 random(7);
  const Instant first = *model::parse_instant("2026-01-05T09:00:00+02:00");
  std::vector<std::pair<Instant, Duration>> near, far;
  for (size_t i = 0; i < kQuestions; ++i) {
    near.push_back(
        {first + Duration(static_cast<int64_t>(i) * 400 + static_cast<int64_t>(random() % 1000)),
         std::chrono::minutes(15)});
    far.push_back({first + Duration(static_cast<int64_t>(random() % 31'000'000'000)),
                   Duration(static_cast<int64_t>(random() % 200'000'000))});
  }
  for (const auto& [name, questions] : {std::pair{"due, tickets as they come", &near},
                                        std::pair{"due, any instants of two years", &far}}) {
    std::vector<double> values;
    int64_t sum = 0;
    for (size_t run = 0; run <= runs; ++run) {
      const double start = nanoseconds_used();
      for (const auto& [from, length] : *questions)
        sum += calendar.add_open(from, length)->time_since_epoch().count();
      if (run > 0) values.push_back((nanoseconds_used() - start) / kQuestions);
    }
    if (sum == 0) std::exit(1);
    table.add(name, "ns", values, at_most(150));
  }
}

}  // namespace
}  // namespace lupaus::tests::bench

int main(int argc, char** argv) {
  using namespace lupaus::tests::bench;  // NOLINT: a program
  const size_t runs = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 7;
  Table table;
  measure_steps(table, runs);
  measure_calendar(table, runs);
  table.print();
  return 0;
}
