// Makes decided batches durable: all that gathered while the last write was under way go into one
// synced write. INVARIANT: nothing is acknowledged, and no follower hears of a fact, before its
// write returned.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/runtime/phase_board.h"
#include "server/runtime/submission.h"

namespace lupaus::server::runtime {

/// Owned by the loop. Batches come from the engine's thread alone. A small batch that finds the
/// writer idle is written on the engine's thread, which saves a thread switch; writes never
/// overlap.
class CommitWriter {
 public:
  using Follower = std::function<void(const CommittedPtr&)>;

  /// `on_failure` is called once with the reason of a failed append; after it nothing is written or
  /// acknowledged.
  CommitWriter(Storage& storage, PhaseBoard& board, std::function<void(std::string)> on_failure);
  ~CommitWriter();

  /// Before start().
  void follow(Follower follower) { followers_.push_back(std::move(follower)); }
  void start();
  /// Instead of start(): without a thread. Whoever calls `write_gathered` is the writer's thread.
  void drive() { is_driven_ = true; }
  /// Writes what gathered, then ends the thread.
  void stop();
  /// One synced write of what gathered, with its acknowledgements. False when nothing came and
  /// nothing will: the writer is stopping, or driven.
  bool write_gathered();

  /// Hands over a batch; waits while the writer is too far behind. `may_write_here` allows the
  /// engine's thread to write it. False after a failure.
  bool hand_over(std::unique_ptr<Batch> batch, bool may_write_here);
  /// An empty batch; the memory of an earlier one where possible.
  std::unique_ptr<Batch> empty_batch();

  bool has_failed() const { return has_failed_.load(std::memory_order_acquire); }
  uint64_t sync_count() const { return sync_count_.load(std::memory_order_relaxed); }
  /// Every batch with at most this number is durable.
  uint64_t durable_batch() const { return durable_batch_.load(std::memory_order_acquire); }

 private:
  struct Shelf;  // spare Committed values, shared with whoever still holds one

  void run();
  std::unique_ptr<Batch> take_gathered(std::unique_lock<std::mutex>& lock);
  static void merge(Batch& into, Batch& from);
  void commit(std::unique_ptr<Batch> batch);
  void acknowledge(Batch& batch);
  void fail(const rules::model::Error& error);
  void recycle(std::unique_ptr<Batch> batch);

  Storage& storage_;
  PhaseBoard& board_;
  const std::function<void(std::string)> on_failure_;
  std::vector<Follower> followers_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Batch>> gathered_;
  uint64_t gathered_facts_ = 0;
  bool is_writing_ = false;
  bool is_stopping_ = false;
  bool is_driven_ = false;
  std::atomic<bool> has_failed_ = false;
  std::atomic<uint64_t> sync_count_ = 0;
  std::atomic<uint64_t> durable_batch_ = 0;
  std::shared_ptr<Shelf> shelf_;
};

}  // namespace lupaus::server::runtime
