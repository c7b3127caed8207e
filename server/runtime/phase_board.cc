// Shared memory of a file: the kernel keeps the pages when the process is killed.
#include "server/runtime/phase_board.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "server/runtime/submission.h"

namespace lupaus::server::runtime {
namespace {

template <typename T>
void mark(T& field, T value) {
  std::atomic_ref<T>(field).store(value, std::memory_order_relaxed);
}

}  // namespace

rules::model::Result<std::unique_ptr<PhaseBoard>> PhaseBoard::open(const std::string& path) {
  std::unique_ptr<PhaseBoard> board(new PhaseBoard);
  if (path.empty()) return board;
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  void* memory = MAP_FAILED;
  if (file >= 0 && ::ftruncate(file, sizeof(PhaseMarks)) == 0) {
    memory = ::mmap(nullptr, sizeof(PhaseMarks), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  const int reason = errno;
  if (file >= 0) ::close(file);
  if (memory == MAP_FAILED) {
    return rules::model::Error{
        "phase_board",
        "expected to map the phase board `" + path + "`, but " + std::strerror(reason),
        "give a path in a folder that the server may write",
        {}};
  }
  board->marks_ = new (memory) PhaseMarks;
  return board;
}

PhaseBoard::~PhaseBoard() {
  if (marks_ != &unseen_) ::munmap(marks_, sizeof(PhaseMarks));
}

void PhaseBoard::deciding(bool is_deciding) {
  mark<uint64_t>(marks_->is_deciding, is_deciding ? 1 : 0);
}

void PhaseBoard::checkpointing(bool is_checkpointing) {
  mark<uint64_t>(marks_->is_checkpointing, is_checkpointing ? 1 : 0);
}

void PhaseBoard::writer(PhaseMarks::Writer where) { mark(marks_->writer, where); }

void PhaseBoard::in_hand(const BatchContents& contents) {
  mark(marks_->events, contents.events);
  mark(marks_->dues, contents.dues);
  mark(marks_->breaches, contents.breaches);
  mark(marks_->confirmations, contents.confirmations);
  mark(marks_->compensations, contents.compensations);
  mark(marks_->checkpoint_rows, contents.checkpoint_rows);
}

void PhaseBoard::wrote_batch() { mark(marks_->batches, marks_->batches + 1); }

}  // namespace lupaus::server::runtime
