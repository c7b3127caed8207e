// The durable memory of one source: the events that it reported and the server may not have yet,
// and the few numbers that must outlive a crash (epoch, acknowledged position, signal position,
// ticket numbers). Knows nothing of events.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/branch/result.h"
#include "clients/branch/spool/disk.h"
#include "clients/branch/spool/segment.h"

namespace lupaus::clients::branch::spool {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

struct Limits {
  uint64_t bytes_max = 64ULL << 20;
  std::chrono::milliseconds keep_acked = std::chrono::minutes(10);
};

/// What `numbers` holds between two lives.
struct Numbers {
  uint64_t epoch = 0;            ///< 0: none assigned yet
  uint64_t acked = 0;            ///< every sequence up to here is durable at the server
  uint64_t signal_position = 0;  ///< signals up to here were handed over; 0: none
  uint64_t ticket_day = 0;       ///< 20260105
  uint64_t ticket_reserved = 0;  ///< ticket numbers of that day up to here may have been given

  bool operator==(const Numbers&) const = default;
};

/// All calls may come from any thread.
class Spool {
 public:
  /// Makes the directory when it is missing; cuts off what a crash tore; what it then holds is on
  /// disk. Errors: "spool_in_use", "spool_damaged", "spool_failed", "disk_full".
  static Result<std::unique_ptr<Spool>> open(const std::string& directory, Limits limits,
                                             std::shared_ptr<Disk> disk = make_posix_disk());
  ~Spool();

  /// Writes one record and gives its sequence; not yet synced. "spool_full" when the limit would be
  /// passed, "disk_full" when the disk has no room, and nothing acknowledged is left to drop; both
  /// end once there is room again.
  Result<uint64_t> append(std::string_view payload);
  /// Returns once `sequence` is on disk. Callers that come together share one sync. An error is for
  /// ever.
  Result<void> sync_to(uint64_t sequence);
  Result<std::string> read(uint64_t sequence) const;

  uint64_t first() const;   ///< the first sequence that is kept (the next one when none is)
  uint64_t last() const;    ///< 0 when nothing was ever appended
  uint64_t synced() const;  ///< up to here it is on disk
  uint64_t bytes() const;

  /// Everything up to `sequence` is durable at the server. Drops files that were acknowledged long
  /// enough.
  void acknowledge(uint64_t sequence, Instant now);
  Numbers numbers() const;
  void set_epoch(uint64_t epoch);
  void set_signal_position(uint64_t position);
  void set_tickets(uint64_t day, uint64_t reserved);
  /// Writes the numbers, durably, if they changed since.
  Result<void> save();

 private:
  struct Acked {
    uint64_t next = 0;  ///< everything below it was acknowledged …
    Instant at{};       ///< … at this instant
  };
  Spool(std::string directory, Limits limits, std::shared_ptr<Disk> disk);
  Result<void> load();
  Result<void> load_numbers(bool is_there, bool has_segments);
  Result<void> drop_unbegun(std::vector<uint64_t>& first_sequences);
  Result<void> load_segments(const std::vector<uint64_t>& first_sequences);
  Result<void> roll();
  bool drop_acked(uint64_t below);
  Result<void> fail(const Result<void>& outcome);
  uint64_t bytes_of_all() const;
  Result<void> refuse_beyond(uint64_t bytes);
  Result<void> write(std::string_view payload);

  const std::string directory_;
  const Limits limits_;
  const std::shared_ptr<Disk> disk_;
  std::unique_ptr<DiskFile> lock_;
  mutable std::mutex mutex_;       ///< segments_, numbers_, acked_, synced_, failure_
  std::mutex sync_mutex_;          ///< one fdatasync at a time; taken before mutex_
  std::mutex save_mutex_;          ///< one save at a time; taken before mutex_
  std::vector<Segment> segments_;  ///< ascending, never empty
  std::vector<Acked> acked_;       ///< ascending in both
  Numbers numbers_;
  Numbers saved_;
  uint64_t synced_ = 0;
  std::optional<Error> failure_;  ///< a sync failed: what is on disk is no longer known
};

}  // namespace lupaus::clients::branch::spool
