// A disk in memory that keeps only what was synced when the power fails, and fails, fills, stops
// and rots when it is told to. The server's database and the terminals' spools lie on such disks.
//
// What it models: bytes behind the last sync of their file are lost from some byte on; names that
// were made, moved or removed since the last sync (of a directory, or of any file, as a journaling
// file system commits them together) are lost from some operation on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/chance.h"

namespace lupaus::tests::simulation {

class Disk {
 public:
  enum class Trouble : uint8_t { none, missing, error, full };

  struct File {
    struct Overwritten {
      uint64_t offset = 0;
      std::string before;
    };
    std::string bytes;
    uint64_t synced_size = 0;
    std::vector<Overwritten> overwritten;  ///< inside of what was synced, since then
  };
  using FilePtr = std::shared_ptr<File>;

  explicit Disk(Chance chance, uint64_t room = 1ULL << 40) : chance_(chance), room_(room) {}
  /// What is on it now, without its troubles.
  std::unique_ptr<Disk> copy() const;

  // ---- files; any thread
  FilePtr find(const std::string& name) const;
  /// Makes an empty file, also in place of another.
  Trouble make(const std::string& name, FilePtr& made);
  Trouble write(File& file, uint64_t offset, std::string_view bytes);
  Trouble append(File& file, std::string_view bytes);
  Trouble truncate(File& file, uint64_t size);
  Trouble sync(File& file);
  /// Reading fails only on a disk that stopped.
  Trouble read(const File& file, uint64_t offset, uint64_t length, std::string& bytes) const;
  uint64_t size(const File& file) const;
  Trouble rename(const std::string& from, const std::string& to);
  Trouble remove(const std::string& name);
  Trouble sync_names();
  /// Names directly below the directory, ascending; directories too.
  std::vector<std::string> list(const std::string& directory) const;
  void make_directory(const std::string& name);
  bool has_directory(const std::string& name) const;
  uint64_t room() const;

  // ---- troubles
  /// After so many more changes and syncs nothing works any more, as when the process is killed
  /// in the middle of one.
  void stop_after(uint64_t operations);
  /// One of the next writes or syncs fails; a failed write may have written some of its bytes.
  void fail_after(uint64_t operations);
  void set_room(uint64_t bytes);
  bool has_stopped() const;
  uint64_t failure_count() const;
  /// Works again, with all that was written.
  void revive();
  /// Works again, with what is durable and a part, drawn at random, of what is not.
  void lose_power();
  /// Turns one bit of one file whose name has one of these endings; says of which and where, "" for
  /// none.
  std::string flip_bit(Chance& chance, const std::vector<std::string>& endings);

 private:
  struct Change {
    std::string name;
    FilePtr file;  ///< null: removed
    std::string moved_from;
  };
  /// Counts an operation; says whether it fails.
  Trouble step(bool may_fail);
  Trouble write_locked(File& file, uint64_t offset, std::string_view bytes);
  static void lose_bytes(File& file, Chance& chance);
  void change_name(Change change);

  mutable std::mutex mutex_;
  Chance chance_;
  uint64_t room_;
  std::map<std::string, FilePtr> names_;
  std::map<std::string, FilePtr> durable_names_;
  std::vector<Change> changes_;  ///< since the last sync
  std::vector<std::string> directories_;
  uint64_t stops_in_ = 0;  ///< 0: does not
  uint64_t fails_in_ = 0;
  uint64_t failures_ = 0;
  bool is_stopped_ = false;
};

}  // namespace lupaus::tests::simulation
