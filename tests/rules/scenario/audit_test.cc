// What is derived again from a journal is what was recorded, of any scene; and it never comes from
// the sums that were recorded.
#include "rules/scenario/audit.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/rules/scenario/scene_runs.h"
#include "tests/rules/scenario/scene_trials.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::scenario::Audit;
using rules::scenario::AuditedSum;

std::string told(const std::optional<Money>& amount) {
  return amount ? format_money(*amount) : "nothing";
}

std::string check_derived(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  const LiveRun live(scene, random);
  Audit audit;
  audit.take(live.facts());
  std::string wrong;
  for (const Fact& fact : live.facts()) {
    const auto* owed = std::get_if<Owed>(&fact.body);
    if (owed == nullptr || owed->number == 0) continue;
    const AuditedSum* sum = audit.find(owed->number);
    const bool is_same =
        sum != nullptr && sum->amount == owed->amount && sum->customer == owed->customer;
    if (is_same) continue;
    wrong += format_commitment(owed->key) + " was owed " + told(owed->amount) + " (" +
             owed->reason + "), derived " + (sum == nullptr ? "none" : told(sum->amount)) + "\n";
  }
  return wrong;
}

/// The journal with every recorded sum, reason and draw replaced.
std::string check_independence(const Scene& scene, uint64_t disorder) {
  std::mt19937_64 random(disorder);
  const LiveRun live(scene, random);
  Facts forged = live.facts();
  for (Fact& fact : forged) {
    auto* owed = std::get_if<Owed>(&fact.body);
    if (owed == nullptr) continue;
    if (owed->amount) owed->amount->minor += 1'000'000;
    owed->computed.minor = 1;
    owed->reason = "forged";
    for (auto& draw : owed->draws) draw.minor = 0;
    // The customer of a breach comes from its events; only what is paid late takes the first one's.
    owed->customer = "somebody else";
  }
  Audit of_true, of_forged;
  of_true.take(live.facts());
  of_forged.take(forged);
  for (uint64_t number = 1;; ++number) {
    const AuditedSum* left = of_true.find(number);
    const AuditedSum* right = of_forged.find(number);
    if (left == nullptr || right == nullptr) return left == right ? "" : "another count";
    if (left->amount != right->amount || (left->amount && left->customer != right->customer))
      return "C-1-" + std::to_string(number) + ": " + told(left->amount) + " and " +
             told(right->amount);
  }
}

TEST(Audit, DerivesWhatWasRecorded) { hold("audit", check_derived, 1'000, {12, 3, 3}); }

TEST(Audit, TakesNothingFromRecordedSums) {
  hold("forged sums", check_independence, 500, {12, 3, 3});
}

}  // namespace
}  // namespace lupaus::tests
