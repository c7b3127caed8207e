// Tells on stdout what happens in `lupausd dev`: what the simulated branches report, and the
// warnings, breaches and vouchers that the server sends back. Hears of the latter as any client
// does, over gRPC.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "clients/branch/simulator/day.h"
#include "lupaus/v1/signal.grpc.pb.h"
#include "rules/model/book.h"
#include "rules/model/instant.h"

namespace lupaus::server {

class DevNarrator {
 public:
  /// Lines show local time of `zone`, which must live on. A line waits until time has moved `hold`
  /// past it, so that what comes late is still told in order; zero tells at once.
  DevNarrator(const std::shared_ptr<grpc::Channel>& channel, const rules::model::ZoneTable& zone,
              rules::model::Duration hold);
  ~DevNarrator();

  void tell(const clients::branch::simulator::Occurrence& occurrence);
  /// Prints what was held and is older than `now` less the hold.
  void move_to(rules::model::Instant now);
  /// Nothing is printed while quiet.
  void set_quiet(bool is_quiet) { is_quiet_ = is_quiet; }
  /// Waits until the signals up to `position` were heard (or `patience` is over) and prints all
  /// that is held.
  void finish(uint64_t position, std::chrono::milliseconds patience);

 private:
  void listen();
  void take(const lupaus::v1::WatchSignalsResponse& signal);
  void put(rules::model::Instant at, std::string line);
  std::string time_of_day(rules::model::Instant at) const;

  const std::unique_ptr<lupaus::v1::SignalService::Stub> stub_;
  const rules::model::ZoneTable& zone_;
  const rules::model::Duration hold_;
  grpc::ClientContext context_;
  std::mutex mutex_;
  std::multimap<rules::model::Instant, std::string> held_;
  std::atomic<uint64_t> heard_{0};
  std::atomic<bool> is_quiet_{false};
  std::thread thread_;
};

}  // namespace lupaus::server
