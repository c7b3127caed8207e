// Follows the branch's signals on a thread of its own and hands each over once; resumes by position
// when the connection breaks.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "clients/branch/backoff.h"
#include "clients/branch/spool/spool.h"
#include "clients/branch/terminal.h"
#include "lupaus/v1/signal.grpc.pb.h"

namespace lupaus::clients::branch {

/// Several signals may carry one position, so a position counts as done only when a later one
/// comes; what was already handed over of it is remembered, but not over a crash.
class SignalWatcher {
 public:
  SignalWatcher(const Options& options, spool::Spool& spool,
                const std::shared_ptr<grpc::Channel>& channel);
  ~SignalWatcher();
  void close();

 private:
  void run();
  /// Until the stream ends; gives how long the server asks to stay away.
  std::chrono::milliseconds session();
  void take(const lupaus::v1::WatchSignalsResponse& response);
  void pass_to(uint64_t position);

  const Options options_;
  spool::Spool& spool_;
  std::unique_ptr<lupaus::v1::SignalService::Stub> stub_;
  Backoff backoff_;
  uint64_t position_ = 0;       ///< the newest position seen; 0: none
  std::set<std::string> seen_;  ///< signals of that position
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<grpc::ClientContext> context_;
  bool is_closing_ = false;
  std::thread thread_;
};

}  // namespace lupaus::clients::branch
