// Kills the server again and again while fifty sources send, and holds it to four things: no
// acknowledged event is missing, no commitment is missed, no compensation is made twice, and every
// verdict equals a backtest's over the same events. Every phase of the server's work must be hit.
// Usage: crash_test --lupausd PATH [--kills N] [--seed S] [--rate EVENTS_PER_SECOND]
// [--fault-expected]
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "tests/e2e/crash/book.h"
#include "tests/e2e/crash/trial.h"

namespace {

using namespace lupaus::tests::crash;  // NOLINT: the whole program is about it
using lupaus::tests::support::ServerProcess;

constexpr double kEventsPerSecondLeast = 5'000;
constexpr size_t kLogTail = 4'000;

struct Options {
  Settings settings;
  std::string lupausd;
  bool is_good = true;
};

Options read_options(int argc, char** argv) {
  Options options;
  const auto number = [&](const char* text, auto& into) {
    const char* end = text + std::strlen(text);
    options.is_good &= std::from_chars(text, end, into).ptr == end;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--fault-expected") {
      options.settings.is_fault_expected = true;
      continue;
    }
    if (++i == argc) {
      options.is_good = false;
    } else if (name == "--lupausd") {
      options.lupausd = argv[i];
    } else if (name == "--kills") {
      number(argv[i], options.settings.kills);
    } else if (name == "--seed") {
      number(argv[i], options.settings.seed);
    } else if (name == "--rate") {
      number(argv[i], options.settings.events_per_second);
    } else {
      options.is_good = false;
    }
  }
  options.is_good &= !options.lupausd.empty() && options.settings.kills > 0;
  return options;
}

/// On a disk, not in memory: a sync takes its time, so that kills meet it.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "lupaus-crash-XXXXXX").string()) {
    lupaus::rules::model::ensure(mkdtemp(path_.data()) != nullptr, "a folder can be made");
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void row(const std::string& name, const std::string& value) {
  fmt::print("{:<42}{:>14}\n", name, value);
}
void row(const std::string& name, uint64_t value) { row(name, fmt::format("{}", value)); }

void print_report(const Report& report, const Aim& aim) {
  row("kills", static_cast<uint64_t>(report.kills));
  for (size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    row(fmt::format("  {}", phase_name(phase)), aim.count(phase));
  }
  row("sources", kSourceCount);
  row("events told", report.told);
  row("events acked", report.acked);
  row("events sent again", report.sent_again);
  row("seconds under load", fmt::format("{:.1f}", report.seconds));
  row("events/s acked, restarts included", fmt::format("{:.0f}", report.acked_per_second));
  row("slowest start, seconds", fmt::format("{:.2f}", report.slowest_start_seconds));
  row("acks lost", report.lost);
  row("verdicts compared", report.comparison.compared);
  row("  breached among them", report.comparison.breached);
  row("  missing", report.comparison.missing);
  row("  unexpected", report.comparison.unexpected);
  row("  different", report.comparison.different);
  row("compared again after an orderly restart", report.after_restart.compared);
  row("compensations", report.payments.compensations);
  row("  made twice", report.payments.twice);
  row("  missing", report.payments.missing);
  row("  without a breach", report.payments.unfounded);
  row("  of another amount", report.payments.different);
  row("vouchers", report.payments.vouchers);
  row("  missing", report.payments.vouchers_missing);
  row("  of one code", report.payments.vouchers_twice);
}

std::vector<std::string> find_failures(const Settings& settings, const Report& report,
                                       const Aim& aim) {
  std::vector<std::string> failures = report.failures;
  const auto require = [&](bool holds, const std::string& sentence) {
    if (!holds) failures.push_back(sentence);
  };
  require(report.lost == 0, fmt::format("acknowledged events were lost: {} after {} kills",
                                        report.lost, report.kills));
  if (report.lost > 0 && settings.is_fault_expected) return failures;
  require(report.kills >= settings.kills,
          fmt::format("expected {} kills, but there were {}", settings.kills, report.kills));
  for (size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    require(aim.count(phase) > 0, fmt::format("no kill hit the phase `{}`", phase_name(phase)));
  }
  require(report.acked_per_second >= kEventsPerSecondLeast,
          fmt::format("expected {:.0f} events/s, but only {:.0f} were acknowledged",
                      kEventsPerSecondLeast, report.acked_per_second));
  require(report.comparison.compared > 0 && report.comparison.is_equal(),
          "the verdicts differ from the backtest's");
  require(report.after_restart.compared == report.comparison.compared &&
              report.after_restart.is_equal(),
          "the verdicts differ from the backtest's after an orderly restart");
  require(report.payments.compensations > 0 && report.payments.is_right(),
          "the compensations are not those of the backtest");
  const bool was_equal = report.comparison.is_equal();
  const auto& verdicts = was_equal ? report.after_restart.examples : report.comparison.examples;
  failures.insert(failures.end(), verdicts.begin(), verdicts.end());
  failures.insert(failures.end(), report.payments.examples.begin(), report.payments.examples.end());
  return failures;
}

void print_log_tail(const std::string& path) {
  std::ifstream file(path, std::ios::ate);
  const auto size = static_cast<size_t>(std::max<std::streamoff>(0, file.tellg()));
  const size_t from = size > kLogTail ? size - kLogTail : 0;
  std::string tail(size - from, '\0');
  file.seekg(static_cast<std::streamoff>(from));
  file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  fmt::print("the end of the server's log:\n{}\n", tail);
}

int run(const Options& options) {
  const Folder folder;
  const Places places(folder.path());
  prepare(places);
  // WHY: before any thread and any gRPC object, for it forks.
  ServerProcess server(
      {options.lupausd, "serve", "--config", places.config, "--ready-file", places.ready},
      places.log);
  fmt::print("crash test: {} kills, seed {}\n", options.settings.kills, options.settings.seed);
  std::fflush(stdout);
  Trial trial(options.settings, places, server);
  const Report report = trial.run();
  print_report(report, trial.aim());
  const auto failures = find_failures(options.settings, report, trial.aim());
  for (const std::string& failure : failures) fmt::print("FAILED: {}\n", failure);
  if (options.settings.is_fault_expected) {
    fmt::print("{}\n", report.lost > 0 ? "the fault was found" : "FAILED: the fault was not found");
    return report.lost > 0 ? 0 : 1;
  }
  if (!failures.empty()) print_log_tail(places.log);
  return failures.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  if (options.is_good) return run(options);
  std::fputs(
      "usage: crash_test --lupausd PATH [--kills N] [--seed S] [--rate EVENTS_PER_SECOND] "
      "[--fault-expected]\n",
      stderr);
  return 2;
}
