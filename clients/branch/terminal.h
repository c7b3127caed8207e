// What a kiosk, a counter or a queue server links to report its events. An event is on the
// terminal's disk before report() returns, and is sent until the server has acknowledged it; the
// network is never waited for.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clients/branch/result.h"

namespace lupaus::clients::branch {

/// Milliseconds UTC.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Attributes = std::map<std::string, std::string>;

/// PEM files of a connection with certificates on both sides.
struct Tls {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
};

/// What the server tells a branch while there is still time.
struct Signal {
  enum class Kind : uint8_t {
    at_risk,
    breached_provisional,
    retracted,
    confirmed,
    owed,
    voucher_issued,
    voucher_voided,
  };
  Kind kind{};
  uint64_t position = 0;  ///< in the server's journal
  std::string branch;
  std::string ticket;
  std::string label;       ///< what the customer reads: "A017"
  std::string commitment;  ///< "branch/ticket/promise/cycle"
  std::optional<Instant> due_at;
  Instant at{};          ///< when it was decided, by the server's clock
  std::string amount;    ///< "10.00"; empty when there is none
  std::string currency;  ///< "EUR"
  std::string voucher;   ///< the code to print
  std::string verdict;   ///< of a confirmed one: "kept", "breached" …
};

/// An event that the server keeps but could not apply.
struct Rejected {
  uint64_t sequence = 0;
  std::string reason;   ///< stable: "unknown_type" …
  std::string message;  ///< for people
};

struct Options {
  std::string server = "127.0.0.1:7443";
  std::string source{};  ///< who reports: "helsinki-1/kiosk-1"; one terminal at a time may use it
  std::string branch{};  ///< where it stands: "helsinki-1"
  std::string spool_dir{};  ///< of this terminal alone; made when missing
  std::optional<Tls> tls{};

  /// Zero: the terminal beats only when beat() is called.
  std::chrono::milliseconds heartbeat_every = std::chrono::seconds(1);
  /// How long after it happened an event may still be reported: heartbeats stay that far behind the
  /// clock.
  std::chrono::milliseconds report_delay_max{0};
  /// Above it report() refuses: a terminal that is cut off for weeks must not fill its disk.
  uint64_t spool_bytes_max = 64ULL << 20;
  /// Zero: synced before report() returns. Else a power cut may lose the events of at most this
  /// long.
  std::chrono::milliseconds sync_every{0};
  /// Acknowledged events stay on disk so long, for a server that is restored from its backup.
  std::chrono::milliseconds keep_acked = std::chrono::minutes(10);
  /// Waits between two attempts to connect: each drawn evenly up to a ceiling that doubles from min
  /// to max; on top comes what the server asks for.
  std::chrono::milliseconds backoff_min{200};
  std::chrono::milliseconds backoff_max{30'000};

  /// The source's clock; the machine's when empty. Called from any thread.
  std::function<Instant()> now{};
  /// Warnings, breaches and vouchers of the branch, one at a time on a thread of the library's;
  /// empty: not asked for. After a crash the last ones may come again.
  std::function<void(const Signal&)> on_signal{};
  /// On a thread of the library's.
  std::function<void(const Rejected&)> on_rejected{};
};

/// How the terminal stands; a copy.
struct Status {
  bool is_connected = false;
  bool is_stopped = false;     ///< the server must never be asked again: see `error`
  uint64_t reported = 0;       ///< last sequence on disk
  uint64_t acked = 0;          ///< last sequence that is durable at the server
  uint64_t epoch = 0;          ///< 0: none assigned yet
  std::optional<Error> error;  ///< the last one of the connection
};

/// One source's connection to Lupaus. All calls may come from any thread.
class Terminal {
 public:
  /// Opens the spool and starts to connect in the background. Errors: "bad_option", "spool_in_use",
  /// "spool_damaged", "spool_failed".
  static Result<std::unique_ptr<Terminal>> open(Options options);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Records an event; gives its sequence. `ticket` is empty for an event of the branch itself;
  /// `occurred_at` empty is now. Never waits for the server. Errors: "event_too_large",
  /// "spool_full", "disk_full", "spool_failed", "closed".
  Result<uint64_t> report(std::string_view type, std::string_view ticket,
                          const Attributes& attributes = {}, std::string_view label = {},
                          std::optional<Instant> occurred_at = {});

  /// An id for a ticket, never given before: "20260105-kiosk-1-17", DATE-source-number, the date in
  /// UTC. On the first day of a spool numbers begin at the second of the day, so that a terminal
  /// that lost its disk repeats none.
  Result<std::string> make_ticket_id();

  /// Sends a heartbeat as soon as everything reported was sent.
  void beat();

  /// False when `timeout` passed before everything reported so far was acknowledged, or the
  /// terminal stopped.
  bool wait_until_acked(std::chrono::milliseconds timeout);

  Status status() const;

  /// Stops without loss: what was not acknowledged stays in the spool. `is_last` tells the server
  /// that nothing follows, so that it no longer waits for this source (only reaches it when
  /// connected). Idempotent.
  void close(bool is_last = false);

 private:
  class Body;
  explicit Terminal(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::clients::branch
