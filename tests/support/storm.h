// Many terminals that come back at once, each with events that gathered while it was away: the real
// sessions over spools in memory, on streams that share a few connections; and one terminal that is
// alive meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lupaus::tests::support {

struct StormSettings {
  std::string server;
  std::string branch;
  uint32_t branches = 0;  ///< 0: all at `branch`; else at `branch`-0, `branch`-1 …
  uint32_t sources = 500;
  uint32_t events =
      100;  ///< of each source; a third are "issued", with their service begun and ended
  uint32_t connections = 8;
  int64_t first_event_unix_ms = 0;  ///< the last one is `events` seconds later
  std::chrono::milliseconds heartbeat_every{1'000};
  std::chrono::milliseconds backoff_max{30'000};
};

struct StormFigures {
  uint64_t sources_done = 0;  ///< everything is acknowledged
  uint64_t streams = 0;       ///< that were opened
  uint64_t turned_away = 0;   ///< with a delay to come back after
  uint64_t broken = 0;        ///< that ended otherwise
  uint64_t rejected = 0;      ///< events
  std::string error;          ///< the last one
};

/// Makes the spools, with all events in them; nothing is sent before start(). One thread of its own
/// and gRPC's.
class Storm {
 public:
  explicit Storm(StormSettings settings);
  ~Storm();
  void start();
  /// False when not all was acknowledged in time.
  bool wait_until_acked(std::chrono::seconds timeout);
  StormFigures figures() const;
  /// Ends all streams.
  void stop();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

/// A source that beats and beats again as soon as its heartbeat is acknowledged; for each
/// heartbeat, how long that took.
class LiveTerminal {
 public:
  explicit LiveTerminal(const std::string& server);
  ~LiveTerminal();
  /// Stops; in order of time.
  std::vector<std::chrono::microseconds> stop();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::tests::support
