// What the doctor makes of plain figures: each trouble alone, and a server that is well.
#include "server/api/diagnosis.h"

#include <gtest/gtest.h>

#include <functional>

namespace lupaus::server::api {
namespace {

using Severity = Finding::Severity;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Vitals healthy() {
  Vitals vitals;
  vitals.now = rules::model::Instant(hours(24 * 365 * 56));
  vitals.uptime = hours(30);
  vitals.config_file = "lupaus.yaml";
  vitals.has_book = true;
  vitals.disk_free_bytes = uint64_t{100} << 30;
  vitals.store_bytes = uint64_t{3} << 30;
  vitals.store_bytes_at_start = uint64_t{2} << 30;
  vitals.last_position = 1'000'000;
  vitals.last_backup_at = vitals.now - hours(5);
  return vitals;
}

TEST(Diagnosis, OfAHealthyServerIsAllWellAndLooksAtEverything) {
  std::vector<std::string> subjects;
  for (const Finding& finding : diagnose(healthy())) {
    EXPECT_EQ(finding.severity, Severity::ok) << finding.subject << ": " << finding.message;
    subjects.push_back(finding.subject);
  }
  EXPECT_EQ(subjects,
            (std::vector<std::string>{"config", "clock", "disk", "journal", "backup", "sources",
                                      "deadlines", "events", "reviews", "payouts", "channels"}));
}

struct Trouble {
  const char* subject;
  Severity severity;
  const char* says;
  std::function<void(Vitals&)> make;
};

class Troubles : public testing::TestWithParam<Trouble> {};

TEST_P(Troubles, IsFoundAloneWithACommandThatMendsIt) {
  Vitals vitals = healthy();
  GetParam().make(vitals);
  size_t found = 0;
  for (const Finding& finding : diagnose(vitals)) {
    if (finding.subject != GetParam().subject) {
      EXPECT_EQ(finding.severity, Severity::ok) << finding.subject << ": " << finding.message;
      continue;
    }
    ++found;
    EXPECT_EQ(finding.severity, GetParam().severity) << finding.message;
    EXPECT_NE(finding.message.find(GetParam().says), std::string::npos) << finding.message;
    EXPECT_NE(finding.command, "");
  }
  EXPECT_EQ(found, 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Each, Troubles,
    testing::Values(
        Trouble{"config", Severity::problem, "no book", [](Vitals& v) { v.has_book = false; }},
        Trouble{"clock", Severity::problem, "set back by 10m 0s",
                [](Vitals& v) { v.clock_jump = -minutes(10); }},
        Trouble{"clock", Severity::problem, "set ahead by 3s",
                [](Vitals& v) { v.clock_jump = seconds(3); }},
        Trouble{"disk", Severity::warning, "1.0 GiB are free",
                [](Vitals& v) {
                  v.disk_free_bytes = uint64_t{1} << 30;
                  v.store_bytes_at_start = v.store_bytes;
                }},
        Trouble{"disk", Severity::problem, "100.0 MiB are free",
                [](Vitals& v) {
                  v.disk_free_bytes = uint64_t{100} << 20;
                  v.store_bytes_at_start = v.store_bytes;
                }},
        Trouble{"journal", Severity::warning, "full in 6 days",
                [](Vitals& v) { v.disk_free_bytes = uint64_t{5} << 30; }},
        Trouble{"backup", Severity::warning, "no backup",
                [](Vitals& v) { v.last_backup_at.reset(); }},
        Trouble{"backup", Severity::warning, "1d 3h old",
                [](Vitals& v) { v.last_backup_at = v.now - hours(27); }},
        Trouble{"sources", Severity::warning,
                "b/k has been silent for 6m 0s: 9 verdicts wait for it, EUR 30.00 at stake",
                [](Vitals& v) {
                  v.silent = {{"b/k", minutes(6), 9, "EUR 30.00"}};
                }},
        Trouble{"sources", Severity::problem, "2h 0m: 1 verdict waits for it",
                [](Vitals& v) {
                  v.silent = {{"b/k", hours(2), 1, ""}};
                }},
        Trouble{"deadlines", Severity::problem, "7s overdue",
                [](Vitals& v) { v.oldest_overdue = v.now - seconds(7); }},
        Trouble{"events", Severity::problem, "2 events of two senders",
                [](Vitals& v) { v.twins = 2; }},
        Trouble{"events", Severity::warning, "1 event is kept",
                [](Vitals& v) { v.rejected_events = 1; }},
        Trouble{"reviews", Severity::warning, "4 tickets wait",
                [](Vitals& v) { v.under_review = 4; }},
        Trouble{"payouts", Severity::warning, "2 payouts have failed",
                [](Vitals& v) { v.failed = 2; }},
        Trouble{"payouts", Severity::warning, "1 payout is held until a person decides",
                [](Vitals& v) { v.held = 1; }},
        Trouble{"payouts", Severity::warning, "1 payout waits for approval",
                [](Vitals& v) { v.awaiting_approval = 1; }},
        Trouble{"payouts", Severity::warning, "3 batches wait for somebody",
                [](Vitals& v) { v.draft_batches = 3; }},
        Trouble{"payouts", Severity::warning, "2 batches were approved more than a day ago",
                [](Vitals& v) { v.unexported = 2; }},
        Trouble{"payouts", Severity::warning, "1 transfer left more than 7 days ago",
                [](Vitals& v) { v.unanswered = 1; }},
        Trouble{"payouts", Severity::warning, "1 transfer that had failed was booked by the bank",
                [](Vitals& v) { v.paid_twice = 1; }},
        Trouble{"payouts", Severity::warning, "3 payouts are unpaid after their promised day",
                [](Vitals& v) { v.due_missed = 3; }},
        Trouble{"channels", Severity::problem, "3 compensations wait for a webhook, 1 of them an",
                [](Vitals& v) {
                  v.without_webhook = 2;
                  v.without_apology = 1;
                }},
        Trouble{"channels", Severity::problem, "2 compensations got no clear answer",
                [](Vitals& v) { v.given_up = 2; }},
        Trouble{"channels", Severity::problem, "1 answer of the webhook's receiver named another",
                [](Vitals& v) { v.contradicted = 1; }},
        Trouble{"channels", Severity::warning, "3 compensations are not settled",
                [](Vitals& v) { v.undelivered = 3; }}));

TEST(Diagnosis, OfASourceThatHasJustPausedIsQuiet) {
  Vitals vitals = healthy();
  vitals.silent = {{"b/k", seconds(20), 1, "EUR 10.00"}};
  for (const Finding& finding : diagnose(vitals)) EXPECT_EQ(finding.severity, Severity::ok);
}

}  // namespace
}  // namespace lupaus::server::api
