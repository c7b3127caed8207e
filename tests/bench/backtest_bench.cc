// Backtests: over a journal in the real storage, and over a file with the command line; one run,
// and a sweep of 64 variants. backtest_bench WORK_DIR LUPAUS BOOK_DIR [VISITS [ROUNDS]]
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "rules/language/compile.h"
#include "rules/scenario/history.h"
#include "rules/scenario/sweep.h"
#include "server/store/store.h"
#include "tests/bench/table.h"

extern char** environ;

namespace {

using namespace lupaus;  // NOLINT: a program
using rules::model::Attribute;
using rules::model::Event;
using rules::model::Fact;

constexpr int64_t kStart = 1'767'596'400'000;  // 2026-01-05T09:00+02:00
constexpr size_t kFactsARow = 256;

/// One visit: issued, called, served, gone. One in four waits longer than fifteen minutes.
struct Visit {
  std::string branch, source, ticket, customer;
  int64_t issued = 0, waits = 0;
};

struct Told {
  size_t visit = 0;
  int step = 0;
  int64_t at = 0;
};

class Traffic {
 public:
  explicit Traffic(size_t count) {
    std::mt19937 random(20260105);
    for (size_t i = 0; i < count; ++i) {
      Visit visit;
      visit.branch = "bench-" + std::to_string(i % 50);
      visit.source = visit.branch + "/kiosk";
      visit.ticket = fmt::format("20260105-A{:07}", i * 7919 % 10'000'000);
      visit.customer = "c-" + std::to_string(random() % (count / 2 + 1));
      visit.issued = kStart + static_cast<int64_t>(i) * 40;
      visit.waits = static_cast<int64_t>(random() % 1'200'000);
      visits_.push_back(std::move(visit));
      for (int step = 0; step < 4; ++step) {
        const int64_t later[] = {0, visits_.back().waits * 9 / 10, visits_.back().waits,
                                 visits_.back().waits + 240'000};
        told_.push_back({i, step, visits_.back().issued + later[step]});
      }
    }
    std::stable_sort(told_.begin(), told_.end(),
                     [](const Told& a, const Told& b) { return a.at < b.at; });
  }

  size_t size() const { return told_.size(); }
  const Visit& visit(size_t i) const { return visits_[told_[i].visit]; }
  int step(size_t i) const { return told_[i].step; }

  /// The i-th event; sequences are contiguous where it is called once for each, in order.
  Event event(size_t i, std::array<Attribute, 2>& attributes) {
    static constexpr std::string_view kTypes[] = {"issued", "called", "service_started",
                                                  "service_ended"};
    const Visit& told = visit(i);
    Event event{told.source,
                1,
                ++sequences_[told.source],
                told.branch,
                told.ticket,
                kTypes[step(i)],
                "",
                rules::model::from_unix_ms(told_[i].at),
                {}};
    attributes = {
        {{"service", told_[i].visit % 3 == 0 ? "loan" : "cash"}, {"customer", told.customer}}};
    if (step(i) == 0) event.attributes = attributes;
    return event;
  }

 private:
  std::vector<Visit> visits_;
  std::vector<Told> told_;
  std::map<std::string, uint64_t> sequences_;
};

std::vector<rules::model::SourceFile> read_files(const std::string& folder) {
  std::vector<rules::model::SourceFile> files;
  for (const auto& name : {"branches.yaml", "served-in-15.yaml"}) {
    std::ostringstream text;
    text << std::ifstream(folder + "/" + name).rdbuf();
    files.push_back({name, text.str()});
  }
  return files;
}

[[noreturn]] void fail(const rules::model::Error& error) {
  std::fprintf(stderr, "%s\n", rules::model::format_error(error).c_str());
  std::exit(1);
}

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Events with the verdicts that a server records beside them.
void write_journal(server::store::Store& store, size_t visits) {
  Traffic traffic(visits);
  rules::model::Position position = 1;
  const auto actor = std::make_shared<rules::model::Actor>();
  std::vector<Fact> facts;
  std::vector<std::array<Attribute, 2>> attributes(kFactsARow);
  for (size_t i = 0; i < traffic.size(); ++i) {
    const Event event = traffic.event(i, attributes[facts.size()]);
    const auto at = event.occurred_at;
    facts.push_back({position++, at, actor, rules::model::Observed{event, at}});
    if (traffic.step(i) == 2) {
      rules::model::Confirmed confirmed;
      confirmed.key = {traffic.visit(i).branch, traffic.visit(i).ticket, "served-in-15", 1, 1};
      confirmed.cycle.verdict = traffic.visit(i).waits > 900'000 ? rules::model::Verdict::breached
                                                                 : rules::model::Verdict::kept;
      facts.push_back({position++, at, actor, std::move(confirmed)});
    }
    if (facts.size() + 2 < kFactsARow && i + 1 != traffic.size()) continue;
    server::runtime::WriteSet set;
    set.facts = facts;
    if (auto written = store.append(set); !written) fail(written.error());
    facts.clear();
  }
}

size_t write_lines(const std::string& path, size_t visits) {
  Traffic traffic(visits);
  std::ofstream file(path);
  std::array<Attribute, 2> attributes;
  for (size_t i = 0; i < traffic.size(); ++i) {
    const Event event = traffic.event(i, attributes);
    file << fmt::format(
        R"({{"source":"{}","epoch":"1","sequence":"{}","branch":"{}","ticket":"{}","type":"{}","occurredAt":"{}")",
        event.source, event.sequence, event.branch, event.ticket, event.type,
        rules::model::format_instant(event.occurred_at));
    if (!event.attributes.empty())
      file << fmt::format(R"(,"attributes":{{"service":"{}","customer":"{}"}})",
                          attributes[0].value, attributes[1].value);
    file << "}\n";
  }
  return traffic.size();
}

std::vector<rules::scenario::SweepAxis> axes_of_64() {
  return {*rules::scenario::parse_sweep("within=5m..20m/1m"),
          *rules::scenario::parse_sweep("pay=5..20/5")};
}

struct Timed {
  double read = 0, judged = 0;
};

/// CPU seconds of this thread: reading the journal, then one run or a sweep.
Timed run_over_journal(const server::store::Store& store, const rules::model::BookPtr& book,
                       bool is_sweep) {
  const double begin = thread_seconds();
  rules::scenario::History history(uint64_t{8} << 30, std::nullopt);
  auto read = store.read_journal(1, [&](std::span<const Fact> facts) {
    if (auto taken = history.take(facts); !taken) fail(taken.error());
    return true;
  });
  if (!read) fail(read.error());
  if (auto arranged = history.log().arrange(); !arranged) fail(arranged.error());
  const double middle = thread_seconds();
  if (is_sweep) {
    const auto grid = rules::scenario::sweep_log(history.log(), book, {"", axes_of_64(), {}, {}});
    if (!grid) fail(grid.error());
  } else {
    const auto outcome = rules::scenario::judge_log(history.log(), book, {});
    if (!outcome) fail(outcome.error());
  }
  return {middle - begin, thread_seconds() - middle};
}

/// CPU seconds of one command.
double run_command(std::vector<std::string> words, const std::string& output) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0600);
  pid_t child = 0;
  if (::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0)
    fail({"", "cannot run " + words[0], "", {}});
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (status != 0) fail({"", words[0] + " failed", "", {}});
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string work = argv[1], lupaus = argv[2], folder = argv[3];
  const size_t visits = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 250'000;
  const int rounds = argc > 5 ? std::atoi(argv[5]) : 5;
  std::filesystem::create_directories(work);
  std::filesystem::remove_all(work + "/store");
  auto store = server::store::make_store(work + "/store", {});
  if (!store) fail(store.error());
  write_journal(**store, visits);
  const std::string lines = work + "/events.jsonl";
  const auto events = static_cast<double>(write_lines(lines, visits));
  const auto files = read_files(folder);
  const auto book = rules::language::compile(files).book;
  if (book == nullptr) fail({"", "the book has errors", "", {}});
  std::vector<double> journal, read, judge, journal_ratio, file, file_ratio;
  const std::vector<std::string> command = {lupaus,
                                            "-o",
                                            "ndjson",
                                            "backtest",
                                            "--promises",
                                            folder + "/branches.yaml",
                                            folder + "/served-in-15.yaml",
                                            "--events",
                                            lines};
  auto sweep_command = command;
  for (const char* word : {"--sweep", "within=5m..20m/1m", "--sweep", "pay=5..20/5"})
    sweep_command.emplace_back(word);
  for (int round = 0; round < rounds; ++round) {
    const Timed one = run_over_journal(**store, book, false);
    const Timed all = run_over_journal(**store, book, true);
    journal.push_back(events / (one.read + one.judged));
    read.push_back(events / one.read);
    judge.push_back(events / one.judged);
    journal_ratio.push_back((all.read + all.judged) / (one.read + one.judged));
    const double alone = run_command(command, work + "/lines.out");
    file.push_back(events / alone);
    file_ratio.push_back(run_command(sweep_command, work + "/grid.out") / alone);
  }
  tests::bench::Table table;
  using tests::bench::at_least;
  using tests::bench::at_most;
  table.add(fmt::format("backtest of {:.0f} events from the journal", events), "events/s", journal,
            at_least(1'500'000));
  table.add("  of this: reading the journal into a log", "events/s", read);
  table.add("  of this: checking, judging, charging, lines", "events/s", judge);
  table.add("sweep of 64 from the journal, in runs", "", journal_ratio, at_most(12));
  table.add("backtest from JSON lines, the whole program", "events/s", file, at_least(300'000));
  table.add("sweep of 64 from JSON lines, in runs", "", file_ratio, at_most(12));
  table.print();
  return 0;
}
