// What an operator should know before it hurts: findings from plain figures of the server, each
// with the command that mends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/instant.h"

namespace lupaus::server::api {

struct SilentSource {
  std::string id;
  rules::model::Duration silent{};
  uint64_t held_verdicts = 0;
  std::string at_stake;  ///< "EUR 30.00, SEK 100.00"; "" for nothing
};

/// A source whose events are corrected.
struct WrongClock {
  std::string id;
  rules::model::Duration behind{};  ///< negative: ahead
};

/// Figures of one server at one instant.
struct Vitals {
  rules::model::Instant now{};
  rules::model::Duration uptime{};
  std::string config_file;  ///< "" when there is none
  bool has_tls = false;
  bool has_book = false;
  rules::model::Duration clock_jump{};  ///< wall time against the loop's; zero: they agree
  uint64_t disk_free_bytes = 0;
  uint64_t store_bytes = 0;
  uint64_t store_bytes_at_start = 0;
  uint64_t last_position = 0;
  std::optional<rules::model::Instant> last_backup_at;
  std::vector<SilentSource> silent;  ///< sources that hold verdicts whose time has come
  std::vector<WrongClock> wrong_clocks;
  std::optional<rules::model::Instant> oldest_overdue;  ///< deadline that came and was not served
  uint64_t rejected_events = 0;  ///< kept, not applied, to be retried or left
  uint64_t twins = 0;            ///< events of two senders that share an identity
  uint64_t under_review = 0;     ///< tickets with something for a person to decide
  uint64_t undelivered = 0;      ///< compensations that no channel has settled
  uint64_t without_webhook = 0;  ///< … that wait for a webhook, and none is configured
  uint64_t without_apology = 0;  ///< apologies that do
  uint64_t given_up = 0;         ///< compensations that got no outcome within three days
  uint64_t failed = 0;           ///< … that a receiver or bank refused, and nobody decided since
  uint64_t held = 0;             ///< … that a person holds or has to let go, but for reviews
  uint64_t awaiting_approval = 0;  ///< … that people have to let pass
  uint64_t draft_batches = 0;      ///< that nobody has approved
  uint64_t unanswered = 0;         ///< transfers that left long ago, without a word of the bank
  uint64_t paid_twice = 0;  ///< transfers that failed and were booked, as were those owed for them
  uint64_t unexported = 0;  ///< batches that were approved long ago, and nobody has exported
  uint64_t due_missed = 0;  ///< payouts whose promised day has passed unpaid
  uint64_t contradicted = 0;  ///< answers of a receiver about another sum or compensation
};

/// How long a transfer may be on its way, and an approved batch lie, before the doctor tells.
inline constexpr rules::model::Duration kAnswerLate = std::chrono::hours(24 * 7);
inline constexpr rules::model::Duration kExportLate = std::chrono::hours(24);
/// How long it tells of what was paid twice: what came back otherwise it cannot know.
inline constexpr rules::model::Duration kPaidTwiceTold = std::chrono::hours(24 * 90);

struct Finding {
  enum class Severity : uint8_t { ok, warning, problem };
  std::string subject;
  Severity severity = Severity::ok;
  std::string message;
  std::string command;  ///< "" where nothing is to be done
};
std::string_view format_severity(Finding::Severity severity);  ///< "ok", "warning", "problem"

/// One finding or more a subject: config, clock, disk, journal, backup, sources, deadlines, events,
/// reviews, payouts, channels.
std::vector<Finding> diagnose(const Vitals& vitals);

}  // namespace lupaus::server::api
