#include "clients/branch/simulator/day.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lupaus::clients::branch::simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kPeakFactor = 1.3;         ///< how much the lunch adds
constexpr double kPeakWidthHours = 0.75;    ///< its standard deviation
constexpr double kGiveUpShare = 0.30;       ///< of the customers have limited patience …
constexpr seconds kPatience = minutes(22);  ///< … of this mean
constexpr double kStepOutShare = 0.04;
constexpr double kShowsShare = 0.94;
constexpr double kShowsLateShare = 0.6;
constexpr double kParkShare = 0.03;

/// Lengths of the pauses of the staff, one counter after the other from 2 h 30 after opening.
constexpr minutes kRestAfter{150};
constexpr minutes kRest{30};

}  // namespace

Day::Day(Plan plan, uint64_t seed) : plan_(std::move(plan)), random_(seed) {
  counters_.resize(static_cast<size_t>(plan_.counter_count) +
                   static_cast<size_t>(plan_.adviser_count));
  for (size_t adviser = static_cast<size_t>(plan_.counter_count); adviser < counters_.size();
       ++adviser) {
    counters_[adviser].is_adviser = true;
  }
  labels_.resize(plan_.services.size());
  numbers_.resize(static_cast<size_t>(plan_.kiosk_count));
  for (size_t counter = 0; counter < counters_.size(); ++counter) {
    const Instant rests_at = plan_.opens_at + kRestAfter + kRest * static_cast<int>(counter);
    plan_step(rests_at, Turn::rest, counter);
    plan_step(rests_at + kRest, Turn::work, counter);
  }
  plan_step(plan_.opens_at + around(minutes(1)), Turn::arrive, 0);
}

std::optional<Instant> Day::next_at() {
  while (told_.empty() && !steps_.empty()) {
    const Step step = steps_.top();
    steps_.pop();
    take_step(step);
  }
  if (told_.empty()) return std::nullopt;
  return told_.front().at;
}

Occurrence Day::take() {
  Occurrence occurrence = std::move(told_.front());
  told_.pop_front();
  return occurrence;
}

std::vector<std::string> Day::sources() const {
  std::vector<std::string> names;
  for (int kiosk = 1; kiosk <= plan_.kiosk_count; ++kiosk) {
    names.push_back(plan_.branch + "/kiosk-" + std::to_string(kiosk));
  }
  names.push_back(counters());
  return names;
}

void Day::plan_step(Instant at, Turn turn, size_t who) { steps_.push({at, ++order_, turn, who}); }

void Day::take_step(const Step& step) {
  switch (step.turn) {
    case Turn::arrive:
      return arrive(step.at);
    case Turn::give_up:
      return give_up(step.at, step.who);
    case Turn::step_out:
      if (visits_[step.who].stage != Stage::waiting) return;
      visits_[step.who].stage = Stage::away;
      tell(step.at, counters(), step.who, "away");
      return plan_step(step.at + around(minutes(4)), Turn::come_back, step.who);
    case Turn::come_back:
      if (visits_[step.who].stage != Stage::away) return;
      visits_[step.who].stage = Stage::waiting;
      tell(step.at, counters(), step.who, "back");
      return wake_a_counter(step.at, is_advised(step.who));
    case Turn::unpark:
      visits_[step.who].stage = Stage::waiting;
      queue_.push_front(step.who);
      tell(step.at, counters(), step.who, "unparked");
      return wake_a_counter(step.at, is_advised(step.who));
    case Turn::call:
      return call_next(step.at, step.who);
    case Turn::recall:
    case Turn::miss:
    case Turn::begin:
    case Turn::park:
      return after_call(step.at, step.who, step.turn);
    case Turn::finish:
      return finish(step.at, step.who);
    case Turn::rest:
      counters_[step.who].is_resting = step.at < plan_.closes_at;
      return;
    case Turn::work:
      counters_[step.who].is_resting = false;
      return wake_a_counter(step.at, counters_[step.who].is_adviser);
  }
}

void Day::arrive(Instant at) {
  // WHY thinning: candidates come at the highest rate there is, and are kept by the rate of their
  // hour.
  const double highest = plan_.arrivals_per_hour * (1.0 + kPeakFactor);
  const double hours = -std::log(1.0 - uniform()) / highest;
  const Instant next = at + Length(1 + static_cast<int64_t>(hours * 3'600'000.0));
  if (next < plan_.closes_at) plan_step(next, Turn::arrive, 0);
  if (!chance(arrivals_at(at) / highest)) return;
  double shares = 0;
  for (const Service& service : plan_.services) shares += service.share;
  double draw = uniform() * shares;
  size_t service = 0;
  while (service + 1 < plan_.services.size() && draw >= plan_.services[service].share) {
    draw -= plan_.services[service++].share;
  }
  const size_t kiosk = static_cast<size_t>(random_() % static_cast<uint64_t>(plan_.kiosk_count));
  const std::string name = "kiosk-" + std::to_string(kiosk + 1);
  char label[16];
  std::snprintf(label, sizeof label, "%c%03d", plan_.services[service].letter,
                ++labels_[service] % 1'000);
  const size_t who = visits_.size();
  visits_.push_back(
      {plan_.date + "-" + name + "-" + std::to_string(++numbers_[kiosk]), label, service});
  char customer[16];
  std::snprintf(customer, sizeof customer, "c-%04u",
                static_cast<unsigned>(random_() % plan_.customer_count));
  tell(at, plan_.branch + "/" + name, who, "issued",
       {{"service", plan_.services[service].name}, {"customer", customer}});
  queue_.push_back(who);
  if (chance(kGiveUpShare)) plan_step(at + minutes(3) + around(kPatience), Turn::give_up, who);
  if (chance(kStepOutShare)) plan_step(at + seconds(30) + around(minutes(2)), Turn::step_out, who);
  wake_a_counter(at, is_advised(who));
}

void Day::give_up(Instant at, size_t who) {
  if (visits_[who].stage != Stage::waiting) return;
  visits_[who].stage = Stage::gone;
  std::erase(queue_, who);
  tell(at, counters(), who, "left");
}

void Day::wake_a_counter(Instant at, bool is_adviser) {
  for (size_t counter = 0; counter < counters_.size(); ++counter) {
    const Counter& candidate = counters_[counter];
    if (candidate.is_adviser != is_adviser || !candidate.is_free || candidate.is_resting) continue;
    counters_[counter].is_free = false;
    return plan_step(at + seconds(2) + around(seconds(6)), Turn::call, counter);
  }
}

void Day::free_counter(Instant at, size_t counter) {
  counters_[counter].is_free = false;
  plan_step(at + seconds(5) + around(seconds(15)), Turn::call, counter);
}

void Day::call_next(Instant at, size_t counter) {
  const auto next = std::find_if(queue_.begin(), queue_.end(), [&](size_t who) {
    return visits_[who].stage == Stage::waiting && is_advised(who) == counters_[counter].is_adviser;
  });
  if (next == queue_.end() || counters_[counter].is_resting) {
    counters_[counter].is_free = true;
    return;
  }
  const size_t who = *next;
  queue_.erase(next);
  visits_[who].stage = Stage::called;
  visits_[who].counter = counter;
  tell(at, counters(), who, "called", {{"counter", std::to_string(counter + 1)}});
  if (!chance(kShowsShare)) return plan_step(at + seconds(40), Turn::recall, who);
  const Instant shows_at = at + seconds(5) + around(seconds(12));
  const bool is_parked = !visits_[who].was_parked && chance(kParkShare);
  plan_step(shows_at, is_parked ? Turn::park : Turn::begin, who);
}

void Day::after_call(Instant at, size_t who, Turn turn) {
  Visit& visit = visits_[who];
  switch (turn) {
    case Turn::recall:
      tell(at, counters(), who, "recalled", {{"counter", std::to_string(visit.counter + 1)}});
      return plan_step(at + seconds(8) + around(seconds(20)),
                       chance(kShowsLateShare) ? Turn::begin : Turn::miss, who);
    case Turn::miss:
      visit.stage = Stage::gone;
      tell(at, counters(), who, "no_show");
      return free_counter(at, visit.counter);
    case Turn::park:
      visit.stage = Stage::parked;
      visit.was_parked = true;
      tell(at, counters(), who, "parked");
      plan_step(at + minutes(2) + around(minutes(5)), Turn::unpark, who);
      return free_counter(at, visit.counter);
    default:
      visit.stage = Stage::serving;
      tell(at, counters(), who, "service_started",
           {{"counter", std::to_string(visit.counter + 1)}});
      return plan_step(at + seconds(20) + around(plan_.services[visit.service].mean), Turn::finish,
                       who);
  }
}

void Day::finish(Instant at, size_t who) {
  visits_[who].stage = Stage::gone;
  tell(at, counters(), who, "service_ended");
  free_counter(at, visits_[who].counter);
}

void Day::tell(Instant at, std::string source, size_t who, std::string type,
               std::vector<std::pair<std::string, std::string>> attributes) {
  const Visit& visit = visits_[who];
  told_.push_back({at, std::move(source), plan_.branch, visit.ticket, visit.label, std::move(type),
                   std::move(attributes)});
}

double Day::arrivals_at(Instant at) const {
  const Instant noon = plan_.opens_at + (plan_.closes_at - plan_.opens_at) * 2 / 5;
  const double hours = static_cast<double>((at - noon).count()) / 3'600'000.0 / kPeakWidthHours;
  return plan_.arrivals_per_hour * (1.0 + kPeakFactor * std::exp(-hours * hours / 2));
}

double Day::uniform() { return static_cast<double>(random_() >> 11) * 0x1.0p-53; }

Day::Length Day::around(seconds mean) {
  // A sum of two exponentials: positive, skewed, of the given mean.
  const double draw = -std::log((1.0 - uniform()) * (1.0 - uniform())) / 2;
  return Length(static_cast<int64_t>(draw * static_cast<double>(mean.count()) * 1'000.0));
}

std::vector<Plan> sample_plans(const std::string& date, Instant opens_at, Instant closes_at) {
  const std::vector<Service> services = {{"cash", 'A', 0.5, seconds(150)},
                                         {"account", 'B', 0.35, seconds(260)},
                                         {"loan", 'C', 0.19, seconds(780), true}};
  struct Staffing {
    const char* branch;
    int counter_count;
    double arrivals_per_hour;
  };
  std::vector<Plan> plans;
  for (const Staffing& staffing : {Staffing{"helsinki-1", 2, 15.5}, Staffing{"helsinki-2", 1, 7.0},
                                   Staffing{"helsinki-3", 2, 12.5}}) {
    Plan plan;
    plan.branch = staffing.branch;
    plan.date = date;
    plan.opens_at = opens_at;
    plan.closes_at = closes_at;
    plan.counter_count = staffing.counter_count;
    plan.arrivals_per_hour = staffing.arrivals_per_hour;
    plan.services = services;
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace lupaus::clients::branch::simulator
