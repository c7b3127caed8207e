// What goes wrong in a simulation, how often and for how long: read from a file of faults/, by
// kind.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"
#include "tests/simulation/chance.h"

namespace lupaus::tests::simulation {

enum class FaultKind : uint8_t {
  server_kill,           ///< the process dies at one of its next steps; the disk keeps its cache
  server_stop,           ///< an orderly end and a start
  server_power_cut,      ///< as server_kill, and what was not synced is gone
  engine_stall,          ///< the loop takes nothing for a while
  disk_stop,             ///< the server dies in the middle of one of its next writes or syncs
  disk_error,            ///< one of the next writes or syncs fails
  disk_full,             ///< no room for a while
  disk_slow,             ///< syncs take long: decided batches gather
  disk_flip,             ///< one bit of a copy of the database: found, or never read
  link_delay,            ///< a message is late, and all behind it
  link_duplicate,        ///< a message comes twice
  link_break,            ///< a connection ends; both sides hear of it
  link_ghost,            ///< one side hears of the end; what it sent before arrives later
  link_partition,        ///< nothing passes, and nobody hears why
  terminal_kill,         ///< the process dies and starts again
  terminal_power_cut,    ///< and what its disk had not synced is gone
  terminal_replacement,  ///< another box, with an empty disk, which enters some of the backlog
                         ///< again
  terminal_disk_full,    ///< reports are refused for a while
  terminal_skew,         ///< its clock is wrong by up to so much, drawn anew at each start
  terminal_drift,        ///< and runs too fast or too slow
  terminal_twin,         ///< a copy of its disk speaks under its name
  bank_lost_reply,       ///< paid, but the answer is lost
  bank_refusal,          ///< 5xx, nothing paid
  bank_duplicate,        ///< one request arrives twice
  person_decides,        ///< somebody decides some of what waits for a person, rightly or not
};
inline constexpr size_t kFaultKinds = static_cast<size_t>(FaultKind::person_decides) + 1;

std::string_view format_fault(FaultKind kind);

/// Of a kind that comes by itself `every` is the mean time between two in the whole world; of one
/// that meets a message, `per_million` says how many are met. [least, most] is how long it lasts.
struct Fault {
  Duration every{0};
  uint32_t per_million = 0;
  Duration least{0}, most{0};
  bool is_on() const { return every.count() > 0 || per_million > 0 || most.count() > 0; }
};

class Faults {
 public:
  /// None at all.
  Faults() = default;
  /// Takes the kinds of a file; what another file said of one of them before is void. Errors name
  /// the file and the line.
  rules::model::Result<void> read(const std::string& path);

  const Fault& of(FaultKind kind) const { return faults_[static_cast<size_t>(kind)]; }
  /// False when there is no such kind.
  bool leave_out(std::string_view kind);
  /// Kinds that are on.
  std::vector<FaultKind> kinds() const;
  /// From now on nothing goes wrong.
  void end() { has_ended_ = true; }
  bool has_ended() const { return has_ended_; }

  /// Whether a message, a call … is met; counts it when it is.
  bool meets(FaultKind kind, Chance& chance);
  void note(FaultKind kind) { ++counts_[static_cast<size_t>(kind)]; }
  uint64_t count(FaultKind kind) const { return counts_[static_cast<size_t>(kind)]; }
  Duration length(FaultKind kind, Chance& chance) const {
    return chance.between(of(kind).least, of(kind).most);
  }

 private:
  std::array<Fault, kFaultKinds> faults_{};
  std::array<uint64_t, kFaultKinds> counts_{};
  bool has_ended_ = false;
};

}  // namespace lupaus::tests::simulation
