// Other promises over the server's own history.
#pragma once

#include <cstdint>
#include <memory>

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime

namespace lupaus::server::api {

/// What one backtest may keep in memory of the history: some ten million events.
inline constexpr uint64_t kHistoryBytesMax = uint64_t{1} << 30;

/// lupaus.v1.BacktestService. Reads the journal through an iterator of its own, and asks the engine
/// only which commitments are open, so that it never waits; one backtest at a time. Never changes
/// anything.
class BacktestService {
 public:
  BacktestService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                  uint64_t history_bytes_max = kHistoryBytesMax);
  ~BacktestService();
  grpc::Service& service();
  /// Stops the one that runs.
  void close();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
