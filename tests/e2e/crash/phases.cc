#include "tests/e2e/crash/phases.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>

#include "rules/model/result.h"

namespace lupaus::tests::crash {
namespace {

constexpr std::array<const char*, kPhaseCount> kNames = {"events being decided",
                                                         "write or sync in flight",
                                                         "synced but not acked",
                                                         "batch with dues or breaches in flight",
                                                         "batch with confirmations in flight",
                                                         "batch with compensations in flight",
                                                         "batch with checkpoint rows in flight",
                                                         "idle",
                                                         "recovering"};

template <typename T>
T load(T& field) {
  return std::atomic_ref<T>(field).load(std::memory_order_relaxed);
}

}  // namespace

const char* phase_name(Phase phase) { return kNames[static_cast<size_t>(phase)]; }

bool is_in(Phase phase, const Marks& marks) {
  const bool is_writing = marks.writer == Marks::Writer::writing;
  switch (phase) {
    case Phase::deciding:
      return marks.is_deciding != 0;
    case Phase::writing:
      return is_writing;
    case Phase::acknowledging:
      return marks.writer == Marks::Writer::acknowledging && marks.events > 0;
    case Phase::dues:
      return is_writing && (marks.dues > 0 || marks.breaches > 0);
    case Phase::confirmations:
      return is_writing && marks.confirmations > 0;
    case Phase::compensations:
      return is_writing && marks.compensations > 0;
    case Phase::checkpoints:
      return is_writing && marks.checkpoint_rows > 0;
    case Phase::idle:
      return marks.writer == Marks::Writer::idle && marks.is_deciding == 0 && marks.batches > 0;
    case Phase::recovering:
      return false;
  }
  return false;
}

BoardView::BoardView(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  rules::model::ensure(file >= 0 && ftruncate(file, sizeof(Marks)) == 0, "the board can be made");
  void* memory = mmap(nullptr, sizeof(Marks), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  rules::model::ensure(memory != MAP_FAILED, "the board can be mapped");
  marks_ = static_cast<Marks*>(memory);
}

BoardView::~BoardView() { munmap(marks_, sizeof(Marks)); }

Marks BoardView::read() const {
  Marks seen;
  seen.writer = load(marks_->writer);
  seen.is_deciding = load(marks_->is_deciding);
  seen.is_checkpointing = load(marks_->is_checkpointing);
  seen.batches = load(marks_->batches);
  seen.events = load(marks_->events);
  seen.dues = load(marks_->dues);
  seen.breaches = load(marks_->breaches);
  seen.confirmations = load(marks_->confirmations);
  seen.compensations = load(marks_->compensations);
  seen.checkpoint_rows = load(marks_->checkpoint_rows);
  return seen;
}

void BoardView::clear() { *marks_ = Marks{}; }

std::optional<Phase> Aim::next(int kills_left) {
  std::vector<Phase> missing;
  for (size_t i = 0; i < kPhaseCount; ++i)
    if (counts_[i] == 0) missing.push_back(static_cast<Phase>(i));
  const bool is_short = kills_left <= 2 * static_cast<int>(missing.size());
  if (!missing.empty() && (is_short || between(1, 3) == 1))
    return missing[static_cast<size_t>(between(0, static_cast<int64_t>(missing.size()) - 1))];
  if (between(1, 2) == 1) return static_cast<Phase>(between(0, kPhaseCount - 1));
  return std::nullopt;
}

void Aim::hit(const Marks& marks, bool was_recovering) {
  if (was_recovering) {
    ++counts_[static_cast<size_t>(Phase::recovering)];
    return;
  }
  for (size_t i = 0; i < kPhaseCount; ++i)
    if (is_in(static_cast<Phase>(i), marks)) ++counts_[i];
}

bool Aim::has_missing() const {
  for (const uint64_t count : counts_)
    if (count == 0) return true;
  return false;
}

int64_t Aim::between(int64_t least, int64_t most) {
  return std::uniform_int_distribution<int64_t>(least, most)(random_);
}

}  // namespace lupaus::tests::crash
