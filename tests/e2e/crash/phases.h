// What the server was doing when it was killed, read from its phase board, and the steering that
// makes every phase be hit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "server/runtime/phase_board.h"

namespace lupaus::tests::crash {

enum class Phase : uint8_t {
  deciding,       ///< events are being decided
  writing,        ///< a write or its sync is under way
  acknowledging,  ///< synced, not all acknowledged
  dues,           ///< the write under way has deadlines or breaches
  confirmations,
  compensations,
  checkpoints,  ///< the write under way has checkpoint rows
  idle,
  recovering,  ///< started, not ready yet
};
inline constexpr size_t kPhaseCount = 9;
const char* phase_name(Phase phase);

using Marks = server::runtime::PhaseMarks;
/// A kill may hit several phases at once. `recovering` is not on the board.
bool is_in(Phase phase, const Marks& marks);

/// The board's file, mapped.
class BoardView {
 public:
  explicit BoardView(const std::string& path);
  ~BoardView();
  BoardView(const BoardView&) = delete;
  BoardView& operator=(const BoardView&) = delete;

  Marks read() const;
  /// Before each start: what a server that was killed early leaves must not be the mark of another.
  void clear();

 private:
  Marks* marks_ = nullptr;
};

/// Counts kills by phase and chooses what to hit next.
class Aim {
 public:
  explicit Aim(uint64_t seed) : random_(seed) {}

  /// A phase to wait for, or nullopt: kill at a moment of chance. Phases without a hit come first
  /// once `kills_left` grows short.
  std::optional<Phase> next(int kills_left);
  void hit(const Marks& marks, bool was_recovering);
  bool has_missing() const;
  uint64_t count(Phase phase) const { return counts_[static_cast<size_t>(phase)]; }
  int64_t between(int64_t least, int64_t most);

 private:
  std::mt19937_64 random_;
  std::array<uint64_t, kPhaseCount> counts_{};
};

}  // namespace lupaus::tests::crash
