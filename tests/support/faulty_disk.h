// A terminal's disk in memory that fails, fills and loses as real ones do: what was not synced may
// be lost as a whole, from some write on, or sector by sector; a name counts only after its
// directory was synced.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "clients/branch/spool/disk.h"

namespace lupaus::tests::support {

using clients::branch::Result;
using clients::branch::spool::Disk;
using clients::branch::spool::DiskFile;

/// Any thread.
class FaultyDisk final : public Disk {
 public:
  enum class Fault : uint8_t {
    error,       ///< this operation fails; of a write, half may be done
    full,        ///< likewise, for lack of room
    crash,       ///< before this operation everything stops; half of a write may be done
    crash_after  ///< everything stops once it is done, before anybody is told
  };

  FaultyDisk();
  ~FaultyDisk() override;

  /// The n-th operation from now on (1 is the next) meets the fault; once.
  void plan(uint64_t nth, Fault fault);
  uint64_t operation_count() const;
  /// How often each kind was called: "open", "write", "sync", "rename", "sync_directory" …
  std::map<std::string, uint64_t> counts() const;
  bool is_crashed() const;
  /// Bytes of all files together above which a write finds the disk full.
  void set_capacity(uint64_t bytes);

  /// Everything stops now, as by a planned crash: no operation succeeds until kill() or
  /// cut_power().
  void crash();
  /// The program is gone, the machine is not: files stay as they were written; open ones are dead.
  void kill();
  /// The machine is gone: what was not synced is kept or lost as `random` draws.
  void cut_power(std::mt19937_64& random);
  /// Content of a file, to look at or to damage; nullptr when there is none. Durable as it is.
  std::string* content(const std::string& path);
  std::vector<std::string> paths() const;

  Result<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) override;
  Result<void> make_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;

  struct State;  ///< shared with the open files

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace lupaus::tests::support
