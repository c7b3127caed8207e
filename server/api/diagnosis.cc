#include "server/api/diagnosis.h"

#include <algorithm>

#include "fmt/format.h"

namespace lupaus::server::api {
namespace {

using rules::model::Duration;
using Severity = Finding::Severity;

/// The store stops taking events below its reserve; this leaves time to act.
constexpr uint64_t kDiskProblemBytes = uint64_t{256} << 20;
constexpr uint64_t kDiskWarningBytes = uint64_t{2} << 30;
constexpr Duration kFullSoon = std::chrono::hours(24 * 14);
constexpr Duration kBackupOld = std::chrono::hours(26);  // daily, with room for a late one
constexpr Duration kSilentWarning = std::chrono::minutes(1);
constexpr Duration kSilentProblem = std::chrono::hours(1);
constexpr Duration kOverdueProblem = std::chrono::seconds(5);

constexpr const char* kMove =
    "make room, or with the server stopped: mv DATA_DIR LARGER_DISK, then set data_dir to it";

std::string bytes(uint64_t count) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(count);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} bytes", count) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

/// Two of its parts at most: "3d 4h", "12m 5s".
std::string length(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds >= 86'400) return fmt::format("{}d {}h", seconds / 86'400, seconds % 86'400 / 3'600);
  if (seconds >= 3'600) return fmt::format("{}h {}m", seconds / 3'600, seconds % 3'600 / 60);
  if (seconds >= 60) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  return fmt::format("{}s", seconds);
}

Finding of_config(const Vitals& vitals) {
  if (!vitals.has_book) {
    return {"config", Severity::problem,
            "no book is published: nothing is promised and no event is taken",
            "lupaus promises apply FILES"};
  }
  return {
      "config", Severity::ok,
      fmt::format("{}, {}", vitals.config_file.empty() ? "by flags" : vitals.config_file,
                  vitals.has_tls ? "with TLS and client certificates" : "on loopback without TLS"),
      vitals.config_file.empty() ? ""
                                 : "lupaus config show --origin --config " + vitals.config_file};
}

Finding of_clock(const Vitals& vitals) {
  if (vitals.clock_jump == Duration::zero())
    return {"clock", Severity::ok, "wall time goes on as the machine's steady clock does", ""};
  const auto apart = vitals.clock_jump < Duration::zero() ? -vitals.clock_jump : vitals.clock_jump;
  return {
      "clock", Severity::problem,
      fmt::format(
          "the machine's clock was set {} by {}: deadlines go on by the steady clock, nothing is "
          "confirmed until they agree",
          vitals.clock_jump < Duration::zero() ? "back" : "ahead", length(apart)),
      "chronyc makestep, or restart lupausd to take the new time"};
}

Finding of_disk(const Vitals& vitals) {
  const std::string free =
      fmt::format("{} are free where the journal lies", bytes(vitals.disk_free_bytes));
  if (vitals.disk_free_bytes < kDiskProblemBytes)
    return {"disk", Severity::problem, free + ": the server stops before the disk is full", kMove};
  if (vitals.disk_free_bytes < kDiskWarningBytes) return {"disk", Severity::warning, free, kMove};
  return {"disk", Severity::ok, free, ""};
}

Finding of_journal(const Vitals& vitals) {
  const uint64_t grown = vitals.store_bytes > vitals.store_bytes_at_start
                             ? vitals.store_bytes - vitals.store_bytes_at_start
                             : 0;
  std::string text =
      fmt::format("{} facts, {} on disk", vitals.last_position, bytes(vitals.store_bytes));
  if (grown == 0 || vitals.uptime < std::chrono::hours(1))
    return {"journal", Severity::ok, text, ""};
  const double a_second =
      static_cast<double>(grown) / std::chrono::duration<double>(vitals.uptime).count();
  text += fmt::format(", grows by {} a day", bytes(static_cast<uint64_t>(a_second * 86'400)));
  const double seconds_left = static_cast<double>(vitals.disk_free_bytes) / a_second;
  if (seconds_left >= std::chrono::duration<double>(kFullSoon).count())
    return {"journal", Severity::ok, text, ""};
  return {"journal", Severity::warning,
          fmt::format("{}: the disk is full in {:.0f} days", text, seconds_left / 86'400), kMove};
}

Finding of_backup(const Vitals& vitals) {
  constexpr const char* kCommand = "lupaus backup FOLDER --as NAME";
  if (!vitals.last_backup_at)
    return {"backup", Severity::warning, "no backup was taken by this server", kCommand};
  const std::string text =
      fmt::format("the last backup is {} old", length(vitals.now - *vitals.last_backup_at));
  const bool is_old = vitals.now - *vitals.last_backup_at > kBackupOld;
  return {"backup", is_old ? Severity::warning : Severity::ok, text, is_old ? kCommand : ""};
}

void add_sources(const Vitals& vitals, std::vector<Finding>& findings) {
  bool is_any = false;
  for (const SilentSource& source : vitals.silent) {
    if (source.silent < kSilentWarning) continue;
    is_any = true;
    findings.push_back(
        {"sources", source.silent < kSilentProblem ? Severity::warning : Severity::problem,
         fmt::format("{} has been silent for {}: {} verdict{} wait{} for it{}", source.id,
                     length(source.silent), source.held_verdicts,
                     source.held_verdicts == 1 ? "" : "s", source.held_verdicts == 1 ? "s" : "",
                     source.at_stake.empty() ? "" : ", " + source.at_stake + " at stake"),
         fmt::format("lupaus sources retire {} --reason TEXT --as NAME (when it is gone for good)",
                     source.id)});
  }
  for (const WrongClock& source : vitals.wrong_clocks) {
    is_any = true;
    const bool is_ahead = source.behind < Duration::zero();
    findings.push_back(
        {"sources", Severity::warning,
         fmt::format(
             "the clock of {} is {} {}: its events are corrected, and verdicts that hang on "
             "it are left to a person",
             source.id, length(is_ahead ? -source.behind : source.behind),
             is_ahead ? "ahead" : "behind"),
         "set the clock of the terminal (chronyc makestep); lupaus reviews list"});
  }
  if (!is_any)
    findings.push_back(
        {"sources", Severity::ok, "no silent source holds a verdict, no clock is wrong", ""});
}

Finding of_deadlines(const Vitals& vitals) {
  if (!vitals.oldest_overdue || *vitals.oldest_overdue >= vitals.now)
    return {"deadlines", Severity::ok, "none is overdue", ""};
  const Duration late = vitals.now - *vitals.oldest_overdue;
  const std::string text =
      fmt::format("the oldest deadline that was not served is {} overdue", length(late));
  if (late < kOverdueProblem) return {"deadlines", Severity::ok, text, ""};
  return {"deadlines", Severity::problem, text + ": the server does not keep up",
          "the disk or the machine is too slow; with the server stopped: mv DATA_DIR FASTER_DISK, "
          "then set data_dir to it"};
}

void add_events(const Vitals& vitals, std::vector<Finding>& findings) {
  if (vitals.twins > 0) {
    findings.push_back(
        {"events", Severity::problem,
         fmt::format("{} event{} of two senders that share one identity {} kept apart",
                     vitals.twins, vitals.twins == 1 ? "" : "s", vitals.twins == 1 ? "is" : "are"),
         "lupaus sources list -o wide; give each sender its own id"});
  }
  if (vitals.rejected_events > 0) {
    findings.push_back({"events", Severity::warning,
                        fmt::format("{} event{} kept, but not applied", vitals.rejected_events,
                                    vitals.rejected_events == 1 ? " is" : "s are"),
                        "lupaus events rejected"});
  }
  if (vitals.twins + vitals.rejected_events == 0)
    findings.push_back({"events", Severity::ok, "all that came were applied", ""});
}

Finding of_reviews(const Vitals& vitals) {
  if (vitals.under_review == 0) return {"reviews", Severity::ok, "nothing waits for a person", ""};
  return {"reviews", Severity::warning,
          fmt::format("{} ticket{} for a person to decide", vitals.under_review,
                      vitals.under_review == 1 ? " waits" : "s wait"),
          "lupaus reviews list"};
}

void add_payouts(const Vitals& vitals, std::vector<Finding>& findings) {
  const size_t before = findings.size();
  const auto add = [&](uint64_t count, std::string_view one, std::string_view many,
                       const char* command) {
    if (count == 0) return;
    findings.push_back({"payouts", Severity::warning,
                        fmt::format("{} {}", count, count == 1 ? one : many), command});
  };
  add(vitals.failed, "payout has failed and is owed to nobody yet",
      "payouts have failed and are owed to nobody yet",
      "lupaus payouts list --state failed; lupaus payouts release ID");
  add(vitals.held, "payout is held until a person decides on it",
      "payouts are held until a person decides on them",
      "lupaus payouts list --state held -o wide; lupaus payouts release|decline ID");
  add(vitals.awaiting_approval, "payout waits for approval", "payouts wait for approval",
      "lupaus payouts list --awaiting-approval; lupaus payouts approve ID");
  add(vitals.draft_batches, "batch waits for somebody to approve it",
      "batches wait for somebody to approve them",
      "lupaus payouts batch list; lupaus payouts batch approve ID");
  add(vitals.unexported, "batch was approved more than a day ago and has not left",
      "batches were approved more than a day ago and have not left",
      "lupaus payouts batch list; lupaus payouts batch export ID");
  add(vitals.unanswered,
      "transfer left more than 7 days ago and no bank has said what became of it",
      "transfers left more than 7 days ago and no bank has said what became of them",
      "lupaus payouts list --state dispatched; ask the bank, then lupaus payouts confirm|fail ID");
  add(vitals.paid_twice,
      "transfer that had failed was booked by the bank, and what was owed again has left, too",
      "transfers that had failed were booked by the bank, and what was owed again has left, too",
      "lupaus payouts list --state failed; ask the bank, or the customer, for one of them");
  add(vitals.due_missed, "payout is unpaid after its promised day",
      "payouts are unpaid after their promised day", "lupaus payouts list --overdue");
  if (findings.size() == before)
    findings.push_back(
        {"payouts", Severity::ok, "none has failed, none waits for a person, none is late", ""});
}

Finding of_channels(const Vitals& vitals) {
  if (vitals.given_up > 0) {
    return {"channels", Severity::problem,
            fmt::format("{} compensation{} got no clear answer within three days: nobody can say "
                        "whether {} paid",
                        vitals.given_up, vitals.given_up == 1 ? "" : "s",
                        vitals.given_up == 1 ? "it was" : "they were"),
            "lupaus payouts list --state failed; ask the receiver, then lupaus payouts "
            "confirm|release|decline ID"};
  }
  if (vitals.contradicted > 0) {
    return {"channels", Severity::problem,
            fmt::format("{} answer{} of the webhook's receiver named another sum or another "
                        "compensation",
                        vitals.contradicted, vitals.contradicted == 1 ? "" : "s"),
            "the server's log names each; they do not count as paid"};
  }
  const uint64_t unconfigured = vitals.without_webhook + vitals.without_apology;
  if (unconfigured > 0) {
    return {
        "channels", Severity::problem,
        fmt::format("{} compensation{} for a webhook, {} of them {}, but `compensate.webhook` "
                    "is not configured: nothing is sent",
                    unconfigured, unconfigured == 1 ? " waits" : "s wait", vitals.without_apology,
                    vitals.without_apology == 1 ? "an apology" : "apologies"),
        "set compensate.webhook.url and .secret_files and restart, or lupaus payouts list "
        "--state owed"};
  }
  if (vitals.undelivered == 0) return {"channels", Severity::ok, "nothing waits to be sent", ""};
  return {"channels", Severity::warning,
          fmt::format("{} compensation{} not settled by {} channel", vitals.undelivered,
                      vitals.undelivered == 1 ? " is" : "s are",
                      vitals.undelivered == 1 ? "its" : "their"),
          "lupaus payouts list --state owed"};
}

}  // namespace

std::string_view format_severity(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::warning:
      return "warning";
    case Severity::problem:
      return "problem";
  }
  return "";
}

std::vector<Finding> diagnose(const Vitals& vitals) {
  std::vector<Finding> findings;
  for (auto* look : {of_config, of_clock, of_disk, of_journal, of_backup})
    findings.push_back(look(vitals));
  add_sources(vitals, findings);
  findings.push_back(of_deadlines(vitals));
  add_events(vitals, findings);
  findings.push_back(of_reviews(vitals));
  add_payouts(vitals, findings);
  findings.push_back(of_channels(vitals));
  return findings;
}

}  // namespace lupaus::server::api
