// A simulated disk as RocksDB sees it, and its background work as jobs that wait until they are
// told to run: everything happens on one thread, in an order that the seed decides.
#pragma once

#include <rocksdb/env.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "tests/simulation/disk.h"

namespace lupaus::tests::simulation {

/// Owned by whoever opens the database; outlives it. `disk` outlives both.
class DiskEnv : public rocksdb::EnvWrapper {
 public:
  explicit DiskEnv(Disk& disk);
  ~DiskEnv() override;

  /// Runs the jobs that wait, and those that they bring. Not within a call of the database.
  void run_jobs();
  /// While such a guard lives a thread runs the jobs: for calls that wait for them.
  class Worker {
   public:
    explicit Worker(DiskEnv& env);
    ~Worker();

   private:
    DiskEnv& env_;
    std::thread thread_;
  };

  const char* Name() const override { return "SimulatedDiskEnv"; }
  void Schedule(void (*function)(void*), void* argument, Priority priority, void* tag,
                void (*dropped)(void*)) override;
  int UnSchedule(void* tag, Priority priority) override;
  unsigned int GetThreadPoolQueueLen(Priority priority) const override;
  void SetBackgroundThreads(int, Priority) override {}
  int GetBackgroundThreads(Priority) override { return 1; }
  void IncBackgroundThreadsIfNeeded(int, Priority) override {}
  void LowerThreadPoolIOPriority(Priority) override {}
  int ReserveThreads(int, Priority) override { return 0; }
  int ReleaseThreads(int, Priority) override { return 0; }

 private:
  struct Job {
    void (*function)(void*) = nullptr;
    void* argument = nullptr;
    Priority priority{};
    void* tag = nullptr;
    void (*dropped)(void*) = nullptr;
  };
  bool take(Job& job, bool may_wait);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool is_ending_ = false;
};

}  // namespace lupaus::tests::simulation
