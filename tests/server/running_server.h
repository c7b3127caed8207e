// A whole server in the test's process: on a virtual clock, over storage in memory, on ports that
// are free.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>
#include <vector>

#include "lupaus/v1/event.grpc.pb.h"
#include "lupaus/v1/promise.grpc.pb.h"
#include "server/server.h"
#include "tests/support/memory_storage.h"

namespace lupaus::tests {

/// Two branches; P15 (EUR 10 over 15 min by voucher, warning at 5 min left) on service cash, and
/// P30 (EUR 25 over 30 min by transfer) on service loan.
std::string sample_book();

class RunningServer {
 public:
  /// `change` may alter the configuration; with `has_book` the sample book is published.
  explicit RunningServer(bool has_book = true,
                         const std::function<void(server::config::Config&)>& change = {});
  ~RunningServer();

  server::Server& server() { return *server_; }
  support::MemoryStorage& storage() { return *storage_; }
  std::shared_ptr<grpc::Channel> channel() const;
  /// Moves the clock and waits until everything due is durable.
  void move_to(rules::model::Instant instant);
  /// 09:00 in Helsinki on 2026-01-05, a Monday, plus `offset`; the clock starts there.
  static rules::model::Instant at(rules::model::Duration offset);
  grpc::Status apply(const std::string& text, v1::ApplyPromisesResponse* response = nullptr,
                     const std::vector<std::string>& retire = {});
  template <typename Fact>
  size_t count_facts() {
    size_t count = 0;
    auto read = storage_->read_journal(1, [&](std::span<const rules::model::Fact> facts) {
      for (const auto& fact : facts) count += std::holds_alternative<Fact>(fact.body) ? 1 : 0;
      return true;
    });
    return read ? count : 0;
  }
  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
  std::unique_ptr<server::runtime::VirtualClock> clock_;
  support::MemoryStorage* storage_ = nullptr;
  std::unique_ptr<server::Server> server_;
};

/// A context with a time limit; `actor` goes into the metadata.
std::unique_ptr<grpc::ClientContext> make_context(const std::string& actor = "");

v1::Event make_event(const std::string& ticket, const std::string& type,
                     rules::model::Duration offset, const std::string& service = "");

/// One StreamEvents call.
class SourceStream {
 public:
  explicit SourceStream(const std::shared_ptr<grpc::Channel>& channel);
  ~SourceStream();
  /// Says hello for one source; the welcome, or an empty one when the stream ended.
  v1::Welcome hello(const std::string& source, uint64_t epoch = 0);
  bool send(const v1::StreamEventsRequest& request) { return stream_->Write(request); }
  bool send(const std::string& source, uint64_t first_sequence,
            const std::vector<v1::Event>& events);
  void heartbeat(const std::string& source, uint64_t last_sequence, rules::model::Duration offset);
  /// The next acknowledgement; false when the stream ended.
  bool read_ack(v1::Ack& ack);
  /// Ends the stream and gives its status.
  grpc::Status finish();

 private:
  std::unique_ptr<grpc::ClientContext> context_ = make_context();
  std::unique_ptr<v1::EventService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamEventsRequest, v1::StreamEventsResponse>>
      stream_;
  uint64_t epoch_ = 1;
  bool is_finished_ = false;
};

}  // namespace lupaus::tests
