#include "tests/simulation/world.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/town.h"
#include "tests/simulation/verdict_check.h"

namespace lupaus::tests::simulation {

namespace {

constexpr Duration kBeforeOpening = std::chrono::minutes(15);
constexpr Duration kAfterClosing = std::chrono::minutes(90);
/// A server that cannot start is tried again.
constexpr Duration kStartAgain = std::chrono::minutes(1);
/// Once nothing goes wrong any more: everything reported is acknowledged and every payout made …
constexpr Duration kDrainedWithin = std::chrono::hours(2);
/// … and every clock has ended and is final.
constexpr Duration kFinalWithin = std::chrono::hours(30);

}  // namespace

World::World(const Trial& trial, rules::model::BookPtr book)
    : trial_(trial),
      chance_(trial.seed),
      faults_(trial.faults),
      agenda_(kBegin),
      bank_(faults_, witness_, chance_.fork()),
      machine_({agenda_, faults_, witness_, bank_}, chance_.fork(), book),
      network_(agenda_, faults_, chance_.fork(), static_cast<size_t>(trial.branches) * 2),
      premises_{agenda_,
                faults_,
                network_,
                witness_,
                [this](const std::shared_ptr<Wire>& wire, const std::string& source) {
                  return machine_.accept(wire, source);
                },
                trial.heartbeat},
      book_(std::move(book)) {
  for (int branch = 0; branch < trial_.branches; ++branch) {
    const std::string name = branch_name(branch);
    for (const char* source : {"/kiosk-1", "/counters"}) {
      terminals_.push_back(std::make_unique<Terminal>(premises_, terminals_.size(), name + source,
                                                      name, chance_.fork()));
    }
  }
}

// ---- the branches' days
void World::plan_days() {
  for (int day = 0; day < trial_.days; ++day) {
    for (int branch = 0; branch < trial_.branches; ++branch) {
      const auto plan = plan_of(branch, day);
      agenda_.at(plan.opens_at - kBeforeOpening - Duration(chance_.below(600'000)),
                 [this, branch, day] { open_branch(branch, day); });
    }
  }
}

void World::open_branch(int branch, int day) {
  auto plan = plan_of(branch, day);
  for (size_t i = 0; i < 2; ++i) {
    auto& terminal = *terminals_[static_cast<size_t>(branch) * 2 + i];
    terminal.switch_on();
    agenda_.at(plan.closes_at + kAfterClosing, [this, &terminal] {
      if (!faults_.has_ended()) terminal.switch_off();
    });
  }
  if (chance_.below(8) == 0) close_for_a_while(branch, plan.opens_at);
  next_customer(std::make_shared<clients::branch::simulator::Day>(std::move(plan), chance_.next()));
}

/// An unplanned closing, which the counters report.
void World::close_for_a_while(int branch, Instant opens_at) {
  const auto tell = [this, branch](const char* type) {
    const std::string name = branch_name(branch);
    terminal_of(name + "/counters")
        .report({agenda_.now(), name + "/counters", name, "", "", type, {}});
  };
  const Instant at = opens_at + Duration(chance_.below(7 * 3'600'000));
  agenda_.at(at, [tell] { tell("branch_closed"); });
  agenda_.at(at + chance_.between(std::chrono::minutes(2), std::chrono::minutes(60)),
             [tell] { tell("branch_opened"); });
}

void World::next_customer(std::shared_ptr<clients::branch::simulator::Day> day) {
  const auto at = day->next_at();
  if (!at) return;
  agenda_.at(*at, [this, day] {
    const auto occurrence = day->take();
    terminal_of(occurrence.source).report(occurrence);
    next_customer(day);
  });
}

Terminal& World::terminal_of(const std::string& source) {
  const auto found = std::find_if(terminals_.begin(), terminals_.end(),
                                  [&](const auto& one) { return one->source() == source; });
  rules::model::ensure(found != terminals_.end(), "every source has its terminal");
  return **found;
}

// ---- time
void World::live_until(Instant until) {
  while (witness_.complaints().empty()) {
    const Instant next = std::min(agenda_.next(), machine_.next_alarm());
    if (next > until) break;
    step(next);
  }
  agenda_.move_to(until);
}

void World::step(Instant next) {
  agenda_.move_to(next);
  machine_.move_to(agenda_.now());
  if (agenda_.next() <= agenda_.now()) agenda_.run_next();
  work();
  if (++steps_ % trial_.check_every != 0 || !machine_.is_up()) return;
  machine_.check_state();
  work();
}

void World::work() {
  while (machine_.is_up()) {
    if (kill_in_ > 0 && --kill_in_ == 0) return crash(does_kill_lose_power_, down_);
    const bool is_busy = !machine_.has_died() && machine_.work();
    if (machine_.has_died()) return crash(chance_.below(2) == 0, down_);
    if (!is_busy) return;
  }
}

void World::crash(bool loses_power, Duration down) {
  kill_in_ = 0;
  machine_.kill(loses_power);
  if (loses_power) machine_.disk().lose_power();
  restart_at(agenda_.now() + std::max(down, Duration(1'000)));
}

void World::restart_at(Instant at) {
  agenda_.at(at, [this, life = ++start_life_] {
    if (life == start_life_) start_server();
  });
}

void World::start_server() {
  ++restarts_;
  const auto started = machine_.start();
  if (started && !machine_.has_died()) {
    refusal_.clear();
    return;
  }
  refusal_ = started.ok() ? machine_.why_died() : started.error().message;
  if (!started && started.error().code == "database_damaged")
    witness_.complain("the server does not start: " + started.error().message);
  crash(false, kStartAgain);
}

// ---- the end
bool World::is_drained() const {
  return machine_.is_up() && std::all_of(terminals_.begin(), terminals_.end(),
                                         [](const auto& one) { return one->is_drained(); });
}

void World::drain() {
  faults_.end();
  network_.mend();
  machine_.disk().revive();
  machine_.disk().set_room(1ULL << 40);
  kill_in_ = 0;
  if (!machine_.is_up()) restart_at(agenda_.now());
  for (const auto& twin : twins_) twin->retire();
  for (const auto& terminal : terminals_) {
    terminal->set_room(8 << 20);
    terminal->switch_on();
  }
  const Instant began = agenda_.now();
  while (!is_drained() && witness_.complaints().empty()) {
    if (agenda_.now() - began > kDrainedWithin) {
      witness_.complain("not everything that was reported is acknowledged in time");
      if (!machine_.is_up()) witness_.complain("the server does not start: " + refusal_);
      for (const auto& terminal : terminals_) {
        if (!terminal->is_drained()) witness_.complain(terminal->describe());
      }
    }
    live_until(agenda_.now() + std::chrono::minutes(1));
  }
  drained_in_ = agenda_.now() - began;
  live_until(began + kFinalWithin);
  if (!witness_.complaints().empty()) return;
  const auto figures = machine_.outbox_figures();
  if (figures.waiting + figures.in_flight != 0)
    witness_.complain("not every compensation is paid in time");
  for (const auto& [key, story] : witness_.stories()) {
    if (story.confirmed == 0 || story.ended == 0)
      witness_.complain(rules::model::format_commitment(key) + " is not final in time");
  }
}

Findings World::run() {
  start_server();
  plan_days();
  for (const auto kind : faults_.kinds()) plan_fault(kind);
  live_until(kBegin + std::chrono::hours(24) * trial_.days + std::chrono::hours(12));
  if (witness_.complaints().empty()) drain();
  if (witness_.complaints().empty()) machine_.check_state();
  return findings();
}

Findings World::findings() {
  Findings found;
  if (witness_.complaints().empty()) {
    const auto judged = check_verdicts(witness_, book_, agenda_.now());
    found.verdicts = judged.verdicts;
    found.late = judged.late;
    found.doubted = judged.doubted;
    found.silent = judged.silent;
    for (const auto& difference : judged.differences) witness_.complain(difference);
  }
  found.complaints = witness_.complaints();
  found.hash = machine_.last_hash() ^ (witness_.chain() * 0x9E3779B97F4A7C15ULL);
  found.steps = steps_;
  found.events = witness_.event_count();
  found.corrected = witness_.corrected_count();
  found.twins = witness_.twin_count();
  found.decided = witness_.decided_count();
  found.decided_again = witness_.decided_again_count();
  found.rejected = witness_.rejected_count();
  found.facts = witness_.last();
  found.breaches = witness_.breach_count();
  found.retracted = witness_.retracted_count();
  found.compensations = witness_.claims().size();
  found.payouts = bank_.payout_count();
  found.bank_requests = bank_.request_count();
  found.restarts = restarts_;
  found.checks = machine_.check_count();
  for (const auto& terminal : terminals_) {
    found.refused_reports += terminal->refused_count();
    found.stranded += terminal->stranded_count();
  }
  found.simulated = agenda_.now() - kBegin;
  found.drained_in = drained_in_;
  found.faults = faults_;
  return found;
}

}  // namespace lupaus::tests::simulation
