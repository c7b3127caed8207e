// The simulator: runs a trial, prints what happened and what went wrong, and makes a failing one
// small. Exit 0: nothing contradicted; 1: something did; 2: usage.
#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "tests/simulation/shrink.h"
#include "tests/simulation/town.h"

namespace lupaus::tests::simulation {
namespace {

struct Request {
  Trial trial;
  std::vector<std::string> faults_files;  ///< none: ci.yaml
  std::vector<std::string> left_out;
  uint64_t seeds = 1;
  bool is_twice = false;
  bool is_shrunk = true;
};

constexpr const char* kUsage =
    "usage: lupaus_simulation [--seed N] [--seeds COUNT] [--days N] [--branches N]\n"
    "                         [--faults FILE]… [--without KIND]… [--check-every STEPS]\n"
    "                         [--promises FILE]\n"
    "                         [--heartbeat DURATION, default 60s]\n"
    "                         [--twice] [--no-shrink]\n";

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

template <typename Number>
bool read(const char* text, Number& number) {
  const char* end = text + std::strlen(text);
  return std::from_chars(text, end, number).ptr == end && *text != '\0';
}

/// False on a mistake.
bool read_arguments(int count, char** words, Request& request) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--twice") {
      request.is_twice = true;
      continue;
    }
    if (word == "--no-shrink") {
      request.is_shrunk = false;
      continue;
    }
    if (i + 1 == count) return false;
    const char* value = words[++i];
    bool is_read = true;
    if (word == "--seed") {
      is_read = read(value, request.trial.seed);
    } else if (word == "--seeds") {
      is_read = read(value, request.seeds);
    } else if (word == "--days") {
      is_read = read(value, request.trial.days);
    } else if (word == "--branches") {
      is_read = read(value, request.trial.branches);
    } else if (word == "--check-every") {
      is_read = read(value, request.trial.check_every);
    } else if (word == "--heartbeat") {
      const auto every = rules::model::parse_duration(value);
      is_read = every.ok() && every->count() > 0;
      if (is_read) request.trial.heartbeat = *every;
    } else if (word == "--promises") {
      request.trial.promises_file = value;
    } else if (word == "--faults") {
      request.faults_files.emplace_back(value);
    } else if (word == "--without") {
      request.left_out.emplace_back(value);
    } else {
      return false;
    }
    if (!is_read) return false;
  }
  return request.trial.days > 0 && request.trial.branches > 0 && request.trial.check_every > 0;
}

std::string command_of(const Request& request, const Trial& trial,
                       const std::vector<std::string>& left_out) {
  std::string command = fmt::format(
      "lupaus_simulation --seed {} --days {} --branches {} --check-every {} --heartbeat {}",
      trial.seed, trial.days, trial.branches, trial.check_every,
      rules::model::format_duration(trial.heartbeat));
  command += " --promises " + trial.promises_file;
  for (const auto& file : request.faults_files) command += " --faults " + file;
  for (const auto& kind : left_out) command += " --without " + kind;
  return command;
}

void print(const Trial& trial, const Findings& found, double seconds) {
  const double simulated = static_cast<double>(found.simulated.count()) / 1'000.0;
  fmt::print(
      "seed {}: {} branches, {:.1f} days ({:.3f} years) in {:.1f} s CPU: {:.0f} x real time\n",
      trial.seed, trial.branches, simulated / 86'400, simulated / 86'400 / 365.25, seconds,
      simulated / seconds);
  fmt::print(
      "  {} steps, {} events, {} facts, {} breaches, {} retracted, {} verdicts compared "
      "({} by what was known then)\n",
      found.steps, found.events, found.facts, found.breaches, found.retracted, found.verdicts,
      found.late);
  fmt::print(
      "  {} events corrected, {} verdicts left to a person for a clock and {} for silence, {} "
      "twins "
      "and {} others kept apart\n",
      found.corrected, found.doubted, found.silent, found.twins, found.rejected);
  fmt::print(
      "  {} compensations, {} payouts by {} requests, {} starts of the server, {} checks of "
      "replay = live = snapshot + tail, {} reports refused, {} streams of an older epoch, drained "
      "in {} s\n",
      found.compensations, found.payouts, found.bank_requests, found.restarts, found.checks,
      found.refused_reports, found.stranded, found.drained_in.count() / 1'000);
  fmt::print("  {} verdicts decided by a person, {} times more of the money alone\n", found.decided,
             found.decided_again);
  std::string faults;
  for (const auto kind : found.faults.kinds())
    faults += fmt::format(" {} {}", format_fault(kind), found.faults.count(kind));
  fmt::print("  faults:{}\n  hash {:016x}\n", faults.empty() ? " none" : faults, found.hash);
  for (const auto& complaint : found.complaints) fmt::print("  WRONG: {}\n", complaint);
  std::fflush(stdout);
}

/// What several trials took together.
struct Total {
  double simulated_seconds = 0, cpu_seconds = 0;
};

/// Whether nothing went wrong.
bool run_one(const Request& request, const rules::model::BookPtr& book, Total& total) {
  const double began = cpu_seconds();
  const Findings found = World(request.trial, book).run();
  const double took = cpu_seconds() - began;
  print(request.trial, found, took);
  total.simulated_seconds += static_cast<double>(found.simulated.count()) / 1'000.0;
  total.cpu_seconds += took;
  if (found.complaints.empty()) {
    if (!request.is_twice) return true;
    const Findings again = World(request.trial, book).run();
    if (again.hash == found.hash) {
      fmt::print("  again: the same hash\n");
      return true;
    }
    fmt::print("  WRONG: the same seed gives hash {:016x} the second time\n", again.hash);
    return false;
  }
  Trial smallest = request.trial;
  auto left_out = request.left_out;
  if (request.is_shrunk) {
    const auto fails = [&](const Trial& trial) {
      const auto small = make_book(trial.promises_file, trial.branches);
      return !World(trial, *small).run().complaints.empty();
    };
    smallest = shrink(request.trial, fails, left_out);
  }
  fmt::print("replay with: {}\n", command_of(request, smallest, left_out));
  return false;
}

int run(int count, char** words) {
  Request request;
  if (!read_arguments(count, words, request)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (request.faults_files.empty())
    request.faults_files.emplace_back(LUPAUS_SIMULATION_DIR "/faults/ci.yaml");
  Faults faults;
  for (const auto& file : request.faults_files) {
    const auto read = faults.read(file);
    if (read) continue;
    fmt::print(stderr, "{}\n", read.error().message);
    return 2;
  }
  for (const auto& kind : request.left_out) {
    if (faults.leave_out(kind)) continue;
    fmt::print(stderr, "no such kind of fault: `{}`\n", kind);
    return 2;
  }
  request.trial.faults = faults;
  if (request.trial.promises_file.empty())
    request.trial.promises_file = LUPAUS_SIMULATION_DIR "/book/promises.yaml";
  const auto book = make_book(request.trial.promises_file, request.trial.branches);
  if (!book) {
    fmt::print(stderr, "{}\n", book.error().message);
    return 2;
  }
  bool is_well = true;
  Total total;
  for (uint64_t i = 0; i < request.seeds; ++i, ++request.trial.seed)
    is_well = run_one(request, *book, total) && is_well;
  fmt::print("together {:.3f} simulated years in {:.0f} s CPU: {:.0f} x real time\n",
             total.simulated_seconds / 86'400 / 365.25, total.cpu_seconds,
             total.simulated_seconds / total.cpu_seconds);
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace lupaus::tests::simulation

int main(int count, char** words) { return lupaus::tests::simulation::run(count, words); }
