// Counters, gauges and histograms, shown in the text form of Prometheus. Adding to one costs an
// atomic operation; registering takes a lock and happens at start.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace lupaus::server::telemetry {

/// Only grows. Any thread.
class Counter {
 public:
  void add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

/// Goes up and down. Any thread.
class Gauge {
 public:
  void set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(int64_t amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

/// Counts observations at or below each bound. Whole numbers of the unit that the name says. Any
/// thread.
class Histogram {
 public:
  explicit Histogram(std::vector<uint64_t> bounds);
  void observe(uint64_t value);
  std::span<const uint64_t> bounds() const { return bounds_; }
  uint64_t at_or_below(size_t bound) const;  ///< cumulative
  uint64_t count() const;
  uint64_t sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<uint64_t> bounds_;
  std::deque<std::atomic<uint64_t>> buckets_;  ///< one more than bounds
  std::atomic<uint64_t> sum_{0};
};

/// Owned by whoever composes the server; outlives everything that counts in it. What it hands out
/// stays valid as long as it lives. Names end in their unit; counters end in _total.
class Registry {
 public:
  Counter& counter(const std::string& name, const std::string& help,
                   const std::string& labels = "");
  Gauge& gauge(const std::string& name, const std::string& help, const std::string& labels = "");
  Histogram& histogram(const std::string& name, const std::string& help,
                       std::vector<uint64_t> bounds);
  /// `read` is asked at every exposition, on the thread of who asks; must be cheap. `kind` is
  /// "gauge" or "counter".
  void computed(const std::string& name, const std::string& help, const std::string& kind,
                std::function<double()> read);

  /// The text form, version 0.0.4. Any thread.
  std::string expose() const;

 private:
  struct Series {
    std::string name, help, kind, labels;
    std::function<void(const Series&, std::string&)> write;
  };
  void add(Series series);

  mutable std::mutex mutex_;
  std::deque<Counter> counters_;
  std::deque<Gauge> gauges_;
  std::deque<Histogram> histograms_;
  std::vector<Series> series_;  ///< in the order of registration; one name stays together
};

}  // namespace lupaus::server::telemetry
