// Carries the spool to the server on threads of its own: hello, welcome, batches within the window,
// acknowledgements, heartbeats; and again from the start when the connection breaks, until it is
// closed.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "clients/branch/backoff.h"
#include "clients/branch/spool/spool.h"
#include "clients/branch/terminal.h"
#include "lupaus/v1/event.grpc.pb.h"

namespace lupaus::clients::branch {

/// The state that report(), the writing thread and the reading thread share. INVARIANT: only what
/// is synced on disk is sent, so the server never knows an event that this source could forget.
class Sender {
 public:
  Sender(const Options& options, spool::Spool& spool, std::shared_ptr<grpc::Channel> channel);
  ~Sender();

  /// Records under the lock that heartbeats take their instant under, so that no heartbeat passes
  /// an event.
  Result<uint64_t> record(lupaus::v1::Event event, std::optional<Instant> occurred_at);
  void beat();
  bool wait_until_acked(std::chrono::milliseconds timeout);
  Status status() const;
  void close(bool is_last);

 private:
  using Stream =
      grpc::ClientReaderWriter<lupaus::v1::StreamEventsRequest, lupaus::v1::StreamEventsResponse>;
  enum class Need : uint8_t { batch, heartbeat, stop };

  void run();
  grpc::Status session();
  grpc::Status talk(Stream& stream);
  Result<void> take_welcome(const lupaus::v1::Welcome& welcome);
  bool say_hello(Stream& stream);
  Need wait_for_need();
  bool send_batch(Stream& stream);
  bool send_heartbeat(Stream& stream);
  void read_acks(Stream& stream);
  void take_ack(const lupaus::v1::Ack& ack);
  void note(const grpc::Status& status);
  void stop_for_good(Error error);
  Instant now() const;

  const Options options_;
  spool::Spool& spool_;
  std::unique_ptr<lupaus::v1::EventService::Stub> stub_;
  Backoff backoff_;

  mutable std::mutex mutex_;  ///< everything below; held during no network call
  std::condition_variable changed_;
  std::unique_ptr<grpc::ClientContext> context_;  ///< of the session under way
  bool is_connected_ = false;
  bool is_broken_ = false;  ///< the reader saw the end of the session
  bool is_closing_ = false;
  bool is_last_ = false;
  bool is_stopped_ = false;
  bool is_beat_wanted_ = false;
  std::optional<Error> error_;
  uint64_t sent_ = 0;               ///< last sequence sent in this session
  std::deque<uint64_t> in_flight_;  ///< last sequence of each batch that is not acknowledged
  size_t window_ = 1;
  size_t message_bytes_max_ = 0;
  std::chrono::steady_clock::time_point next_beat_{};
  std::chrono::steady_clock::time_point next_save_{};
  std::chrono::steady_clock::time_point next_sync_{};
  std::thread thread_;
};

}  // namespace lupaus::clients::branch
