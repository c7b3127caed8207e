#include "tests/e2e/crash/book.h"

#include "fmt/format.h"

namespace lupaus::tests::crash {
namespace {

constexpr const char* kPromises = R"(apiVersion: lupaus/v1
kind: Promise
metadata: {name: cash-served}
spec:
  wording: {en: Served at once or we pay}
  applies: ticket.service == "cash"
  clock:
    measure: elapsed
    expire_after: 1.5s
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: restart, parked: pause, unparked: resume, away: pause, back: resume,
         no_show: forfeit, left: stop, cancelled: void, expired: review}
    on_silence: review
  target: {within: 0.4s, boundary: inclusive}
  warn: [{left: 0.1s}]
  compensation:
    settle: end
    stack: replace
    tiers: [{over: 0.4s, pay: EUR 10.00}, {over: 0.6s, pay: EUR 20.00}]
    caps: [{per: customer/day, max: EUR 9000000.00, then: record}]
    instrument: voucher
---
apiVersion: lupaus/v1
kind: Promise
metadata: {name: loan-served}
spec:
  wording: {en: An adviser soon or we pay}
  applies: ticket.service == "loan"
  clock:
    measure: elapsed
    expire_after: 1.5s
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: pause, unparked: resume, away: continue, back: continue,
         no_show: void, left: stop, cancelled: void, expired: stop}
    on_silence: review
  target: {within: 0.45s, boundary: exclusive}
  warn: [{left: 0.2s}, {left: 0.05s}]
  compensation:
    tiers: [{over: 0.45s, pay: EUR 20.00}]
    instrument: transfer
---
apiVersion: lupaus/v1
kind: Promise
metadata: {name: called-soon}
spec:
  wording: {en: Called to a counter soon}
  applies: ticket.service in ["cash", "loan"]
  clock:
    measure: elapsed
    expire_after: 1.5s
    on: {issued: start, called: stop, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: continue, unparked: continue, away: pause, back: resume,
         no_show: void, left: void, cancelled: void, expired: void}
    on_silence: review
  target: {within: 0.3s, boundary: inclusive}
  compensation:
    tiers: [{over: 0.3s, pay: EUR 1.00}]
    instrument: voucher
)";

/// Half of the branches declare their sources; the kiosks of these hold nobody's verdict.
std::string branch_text(size_t branch) {
  std::string text = fmt::format(
      "---\napiVersion: lupaus/v1\nkind: Branch\nmetadata: {{name: {}}}\nspec:\n  timezone: "
      "Europe/Helsinki\n",
      branch_name(branch));
  if (branch % 2 == 1) return text;
  text += "  sources:\n";
  for (size_t i = 0; i < kSourcesOfBranch; ++i) {
    text += fmt::format("    - {{id: {}{}}}\n", source_name(branch * kSourcesOfBranch + i),
                        i < kKiosksOfBranch ? ", reports: [issued]" : "");
  }
  return text;
}

}  // namespace

std::string branch_name(size_t branch) { return fmt::format("branch-{}", branch); }

std::string source_name(size_t source) {
  const size_t within = source % kSourcesOfBranch;
  const bool is_kiosk = within < kKiosksOfBranch;
  return fmt::format("{}/{}-{}", branch_name(source / kSourcesOfBranch),
                     is_kiosk ? "kiosk" : "counter",
                     is_kiosk ? within + 1 : within - kKiosksOfBranch + 1);
}

std::vector<rules::model::SourceFile> book_files() {
  std::string branches;
  for (size_t branch = 0; branch < kBranchCount; ++branch) branches += branch_text(branch);
  return {{"branches.yaml", branches.substr(4)}, {"promises.yaml", kPromises}};
}

}  // namespace lupaus::tests::crash
