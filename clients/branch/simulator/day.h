// One day of one simulated branch, as a pure generator: customers come (more of them at lunch),
// wait, step out, are called, show up or do not, are served, or give up and leave. The same plan
// and seed give the same day.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace lupaus::clients::branch::simulator {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

struct Service {
  std::string name;
  char letter = 'A';
  double share = 1.0;  ///< of the arrivals; shares need not add up to 1
  std::chrono::seconds mean{240};
  bool is_advised = false;  ///< served by advisers alone, who serve nobody else
};

struct Plan {
  std::string branch;
  std::string date;  ///< local, "20260105": goes into ticket ids
  Instant opens_at{};
  Instant closes_at{};  ///< nobody comes later; who waits is still served
  int kiosk_count = 1;
  int counter_count = 2;
  int adviser_count = 1;
  double arrivals_per_hour = 19.0;  ///< outside of the lunch peak, which more than doubles it
  uint32_t customer_count = 600;    ///< some come more than once
  std::vector<Service> services;
};

/// Something that a kiosk or the counters report.
struct Occurrence {
  Instant at{};
  std::string source;  ///< "BRANCH/kiosk-1" or "BRANCH/counters"
  std::string branch;
  std::string ticket;
  std::string label;
  std::string type;
  std::vector<std::pair<std::string, std::string>> attributes;

  bool operator==(const Occurrence&) const = default;
};

class Day {
 public:
  Day(Plan plan, uint64_t seed);

  /// When the next occurrence comes; nullopt after the last one.
  std::optional<Instant> next_at();
  /// Precondition: next_at() has a value. Ascending in time.
  Occurrence take();
  const Plan& plan() const { return plan_; }
  /// "BRANCH/kiosk-1" …, "BRANCH/counters".
  std::vector<std::string> sources() const;

 private:
  using Length = std::chrono::milliseconds;
  enum class Turn : uint8_t {
    arrive,
    give_up,
    step_out,
    come_back,
    call,
    recall,
    miss,
    begin,
    park,
    unpark,
    finish,
    rest,
    work
  };
  enum class Stage : uint8_t { waiting, away, called, parked, serving, gone };
  struct Step {
    Instant at{};
    uint64_t order = 0;  ///< equal instants come in the order in which they were planned
    Turn turn{};
    size_t who = 0;  ///< visit or counter
    bool operator>(const Step& other) const {
      return std::pair(at, order) > std::pair(other.at, other.order);
    }
  };
  struct Visit {
    std::string ticket;
    std::string label;
    size_t service = 0;
    Stage stage = Stage::waiting;
    size_t counter = 0;
    bool was_parked = false;
  };
  struct Counter {
    bool is_free = true;
    bool is_resting = false;
    bool is_adviser = false;
  };

  void plan_step(Instant at, Turn turn, size_t who);
  void take_step(const Step& step);
  void arrive(Instant at);
  void give_up(Instant at, size_t who);
  void call_next(Instant at, size_t counter);
  void wake_a_counter(Instant at, bool is_adviser);
  bool is_advised(size_t who) const { return plan_.services[visits_[who].service].is_advised; }
  void free_counter(Instant at, size_t counter);
  void after_call(Instant at, size_t who, Turn other);
  void finish(Instant at, size_t who);
  void tell(Instant at, std::string source, size_t who, std::string type,
            std::vector<std::pair<std::string, std::string>> attributes = {});
  double arrivals_at(Instant at) const;
  double uniform();
  Length around(std::chrono::seconds mean);
  bool chance(double share) { return uniform() < share; }
  std::string counters() const { return plan_.branch + "/counters"; }

  Plan plan_;
  std::mt19937_64 random_;
  std::priority_queue<Step, std::vector<Step>, std::greater<>> steps_;
  uint64_t order_ = 0;
  std::deque<Occurrence> told_;
  std::vector<Visit> visits_;
  std::deque<size_t> queue_;
  std::vector<Counter> counters_;
  std::vector<int> labels_;   ///< last number for each service
  std::vector<int> numbers_;  ///< last ticket number for each kiosk
};

/// The three branches of the sample book, busy enough at lunch that some promises break.
std::vector<Plan> sample_plans(const std::string& date, Instant opens_at, Instant closes_at);

}  // namespace lupaus::clients::branch::simulator
