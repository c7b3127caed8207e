// Drives a session over gRPC: a thread that asks it what to do, and the calls of the callback API
// that carry its messages.
#pragma once

#include <grpcpp/channel.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "clients/branch/session.h"
#include "clients/branch/spool/spool.h"
#include "clients/branch/terminal.h"
#include "lupaus/v1/event.grpc.pb.h"

namespace lupaus::clients::branch {

/// All calls may come from any thread; none of them waits for the network but close(), and that two
/// seconds at most.
class Sender {
 public:
  Sender(const Options& options, spool::Spool& spool, std::shared_ptr<grpc::Channel> channel);
  ~Sender();

  Result<uint64_t> record(lupaus::v1::Event event, std::optional<Instant> occurred_at);
  void beat();
  bool wait_until_acked(std::chrono::milliseconds timeout);
  Status status() const;
  void close(bool is_last);

 private:
  class Call;

  void run();
  bool follow(const Step& step, std::unique_lock<std::mutex>& lock);
  void store(const Step& step, std::unique_lock<std::mutex>& lock);
  void connect(std::unique_lock<std::mutex>& lock);
  void end_call(std::unique_lock<std::mutex>& lock);
  Moment now() const;

  const Options options_;
  spool::Spool& spool_;
  const std::unique_ptr<lupaus::v1::EventService::Stub> stub_;

  /// Held while a moment is taken and used, so that no heartbeat passes an event; during no network
  /// call and no sync.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Session session_;
  std::unique_ptr<Call> call_;  ///< changed by the thread alone
  std::thread thread_;
};

}  // namespace lupaus::clients::branch
