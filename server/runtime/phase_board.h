// A small file mapped into memory in which the engine loop says what it is doing right now. It
// outlives a kill -9, so that a test that kills the server can tell what was in flight. Off unless
// a path is given.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "rules/model/result.h"

namespace lupaus::server::runtime {

struct BatchContents;

/// Little-endian, at offset 0 of the file; each field is written atomically, the whole is not.
struct PhaseMarks {
  enum class Writer : uint64_t { idle = 0, writing = 1, acknowledging = 2 };
  uint64_t format = 1;
  Writer writer = Writer::idle;
  uint64_t is_deciding = 0;       ///< the engine is in a pass
  uint64_t is_checkpointing = 0;  ///< the engine is drawing up checkpoint rows
  uint64_t batches = 0;           ///< durable since the start
  // What the batch contains that the writer has in its hands (0 when idle):
  uint64_t events = 0, dues = 0, breaches = 0, confirmations = 0, compensations = 0,
           checkpoint_rows = 0;
};

/// Written by the engine's and the writer's thread, each its own fields.
class PhaseBoard {
 public:
  /// An empty path gives a board that nobody sees. An error names the file.
  static rules::model::Result<std::unique_ptr<PhaseBoard>> open(const std::string& path);
  ~PhaseBoard();
  PhaseBoard(const PhaseBoard&) = delete;
  PhaseBoard& operator=(const PhaseBoard&) = delete;

  void deciding(bool is_deciding);
  void checkpointing(bool is_checkpointing);
  void writer(PhaseMarks::Writer where);
  void in_hand(const BatchContents& contents);
  void wrote_batch();

 private:
  PhaseBoard() = default;

  PhaseMarks unseen_;
  PhaseMarks* marks_ = &unseen_;
};

}  // namespace lupaus::server::runtime
