// How long a book of 1,000 promises takes to check: the median of several runs in one process, with
// the part that reading YAML alone takes. Once with ordinary limits, and once with another limit
// longer than any opening in each promise.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "rules/language/compile.h"
#include "rules/language/diagnostics.h"
#include "rules/language/node.h"

namespace lupaus::tests::bench {
namespace {

constexpr int kPromises = 1'000;
constexpr int kCalendars = 100;
constexpr int kPromisesAFile = 50;
constexpr int kRuns = 7;

constexpr std::string_view kPromiseBody = R"(
spec:
  problem: Customers wait for the counter without knowing how long.
  effective: {from: 2026-01-01, until: 2026-12-31}
  wording:
    fi: Palvelemme sinua 15 minuutissa tai maksamme sinulle 10 euroa.
    sv: Vi betjänar dig inom 15 minuter, annars betalar vi dig 10 euro.
    en: Served within 15 minutes, or we pay you EUR 10.
  applies: ticket.service in ["cash", "account", "loan"] && ticket.segment != "staff"
  target:
    within: [{when: day.class == "payday", within: 30m}, {within: 15m}]
    objective: 95%
    per: month
  warn: [{left: 5m}, {left: 2m}]
  compensation:
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}, {over: 60m, pay: 25% of ticket.fare, every: 1h, at_most: EUR 90.00}]
    caps: [{per: customer/day, max: EUR 20.00, then: record}, {per: promise/month, max: EUR 15000.00, then: hold}]
    instrument: voucher
  excuses: [{id: evacuation, when: branch.alarm == true, wording: {en: Fire alarm}}]
  clock:
    expire_after: 24h
    on_silence: review
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: {when: event.to_service == "loan", then: restart, else: continue}, parked: pause, unparked: resume,
         away: pause, back: resume, no_show: forfeit, left: void, cancelled: void, expired: review}
)";

/// The body of promise `index`, with a limit of its own where it is long.
std::string body_of(int index, bool is_long) {
  std::string body(kPromiseBody);
  if (!is_long) return body;
  const auto replace = [&](std::string_view from, const std::string& to) {
    body.replace(body.find(from), from.size(), to);
  };
  replace("within: [{when: day.class == \"payday\", within: 30m}, {within: 15m}]",
          "within: 8h" + std::to_string(index % 60) + "m" + std::to_string(index / 60) + "s");
  replace("expire_after: 24h", "expire_after: " + std::to_string(400 + index) + "h");
  return body;
}

std::vector<rules::model::SourceFile> make_files(bool is_long) {
  std::vector<rules::model::SourceFile> files;
  std::string calendars;
  for (int i = 0; i < kCalendars; ++i) {
    calendars += "---\napiVersion: lupaus/v1\nkind: Calendar\nmetadata: {name: hours-" +
                 std::to_string(i) +
                 "}\nspec:\n  timezone: Europe/Helsinki\n  hours: {mon-fri: [\"09:00-16:30\"], "
                 "sat: [\"10:00-14:00\"]}\n  exceptions: [{date: 2026-12-24, hours: []}, {date: "
                 "2026-05-29, class: payday}]\n---\napiVersion: lupaus/v1\nkind: Branch\nmetadata: "
                 "{name: branch-" +
                 std::to_string(i) + "}\nspec: {timezone: Europe/Helsinki, hours: hours-" +
                 std::to_string(i) + "}\n";
  }
  files.push_back({"promises/calendars-and-branches.yaml", calendars});
  for (int first = 0; first < kPromises; first += kPromisesAFile) {
    std::string text;
    for (int i = first; i < first + kPromisesAFile; ++i) {
      const std::string measure =
          i % 10 == 0 ? "branch" : "hours-" + std::to_string(i % kCalendars);
      text += "---\napiVersion: lupaus/v1\nkind: Promise\nmetadata: {name: promise-" +
              std::to_string(i) + "}";
      text += body_of(i, is_long);
      text += "    measure: " + measure + "\n";
    }
    files.push_back({"promises/promises-from-" + std::to_string(first) + ".yaml", text});
  }
  return files;
}

template <typename Run>
double median_ms(const Run& run) {
  std::vector<double> times;
  for (int i = 0; i < kRuns; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    const auto end = std::chrono::steady_clock::now();
    times.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

int run(bool is_long) {
  const auto files = make_files(is_long);
  size_t bytes = 0;
  for (const auto& file : files) bytes += file.text.size();
  const auto compiled = rules::language::compile(files);
  for (const auto& diagnostic : compiled.diagnostics) {
    const bool is_expected = is_long && compiled.book != nullptr;
    if (!is_expected) std::printf("%s\n", format_diagnostic(diagnostic).c_str());
    if (compiled.book == nullptr) return 1;
  }
  const double yaml = median_ms([&] {
    rules::language::Diagnostics diagnostics;
    for (const auto& file : files) {
      rules::language::read_documents(file.name, file.text, diagnostics);
    }
  });
  const double whole = median_ms([&] { rules::language::compile(files); });
  std::printf(
      "check of %d promises%s, %d calendars, %d branches (%zu KiB): %.0f ms, YAML alone %.0f ms\n",
      kPromises, is_long ? " with as many long limits" : "", kCalendars, kCalendars, bytes / 1024,
      whole, yaml);
  return 0;
}

}  // namespace
}  // namespace lupaus::tests::bench

int main() {
  const int failed = lupaus::tests::bench::run(false);
  return failed != 0 ? failed : lupaus::tests::bench::run(true);
}
