// Plain HTTP to the console: questions, and streams of events as a browser holds them open.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace lupaus::tests::bench {

/// The whole answer with its head; "" when nobody answers. `address` is "127.0.0.1:8080".
std::string http_get(const std::string& address, const std::string& path);

/// One stream of events.
class EventStream {
 public:
  EventStream(const std::string& address, const std::string& path);
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  /// Waits for the next event, with its id; false at the end.
  bool read(std::string& event);
  /// Ends a `read` of another thread.
  void hang_up();

 private:
  const int socket_;
  std::string bytes_;
};

/// Many of them, read on one thread and only counted, so that the clients cost the cores little.
class EventStreams {
 public:
  EventStreams(const std::string& address, const std::vector<std::string>& paths);
  ~EventStreams();
  EventStreams(const EventStreams&) = delete;
  EventStreams& operator=(const EventStreams&) = delete;

  uint64_t events() const { return events_; }
  uint64_t bytes() const { return bytes_; }
  /// Those that the server has closed, or never opened.
  size_t closed_count() const { return closed_; }

 private:
  void run();

  std::vector<int> sockets_;
  std::atomic<uint64_t> events_ = 0, bytes_ = 0;
  std::atomic<size_t> closed_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace lupaus::tests::bench
