// A small server in this process that refuses, forgets and falls silent on demand, and a terminal's
// options for it.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

#include "clients/branch/terminal.h"
#include "lupaus/v1/event.grpc.pb.h"
#include "lupaus/v1/signal.grpc.pb.h"

namespace lupaus::clients::branch {

using lupaus::v1::StreamEventsRequest;
using lupaus::v1::StreamEventsResponse;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr seconds kPatience{20};

/// Keeps the events of one source as a real server does: each once, in order.
class FakeEvents : public lupaus::v1::EventService::Service {
 public:
  using Stream = grpc::ServerReaderWriter<StreamEventsResponse, StreamEventsRequest>;

  grpc::Status StreamEvents(grpc::ServerContext*, Stream* stream) override {
    StreamEventsRequest request;
    if (!stream->Read(&request)) return grpc::Status::OK;
    if (manner_ == Manner::silent) return wait_for_release();
    {
      const std::scoped_lock lock(mutex_);
      hellos_.push_back(request.hello());
      const auto& source = request.hello().sources(0);
      if (epoch_ == 0) epoch_ = source.epoch() == 0 ? 5 : source.epoch();
      StreamEventsResponse welcome;
      auto& answer = *welcome.mutable_welcome()->add_sources();
      answer.set_source(source.source());
      answer.set_epoch(epoch_);
      answer.set_next_sequence(next_override_ > 0 ? next_override_ : events_.size() + 1);
      welcome.mutable_welcome()->set_window_batches_count(manner_ == Manner::slow ? 1'000 : 2);
      welcome.mutable_welcome()->set_max_message_bytes(64 * 1024);
      stream->Write(welcome);
    }
    if (manner_ == Manner::slow) static_cast<void>(wait_for_release());
    while (stream->Read(&request)) {
      if (request.has_heartbeat()) take_heartbeat(request.heartbeat());
      if (!request.has_batch()) continue;
      const grpc::Status status = take_batch(*stream, request.batch());
      if (!status.ok()) return status;
    }
    return grpc::Status::OK;
  }

  grpc::Status wait_for_release() {
    std::unique_lock lock(mutex_);
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_released_; });
    return grpc::Status::OK;
  }
  void release() {
    const std::scoped_lock lock(mutex_);
    is_released_ = true;
    changed_.notify_all();
  }

  grpc::Status take_batch(Stream& stream, const lupaus::v1::Batch& batch) {
    const std::scoped_lock lock(mutex_);
    ++batches_;
    if (batch.epoch() != epoch_ || batch.first_sequence() > events_.size() + 1) {
      return {grpc::StatusCode::OUT_OF_RANGE, "sequence gap"};
    }
    if (is_twin_) return {grpc::StatusCode::ALREADY_EXISTS, "event 1 has other content"};
    for (int at = 0; at < batch.events_size(); ++at) {
      if (batch.first_sequence() + static_cast<uint64_t>(at) <= events_.size()) continue;
      events_.push_back(batch.events(at));
    }
    changed_.notify_all();
    if (break_after_batch_ > 0) {
      --break_after_batch_;
      return {grpc::StatusCode::UNAVAILABLE, "the acknowledgement was lost"};
    }
    StreamEventsResponse response;
    response.mutable_ack()->set_source(batch.source());
    response.mutable_ack()->set_epoch(epoch_);
    response.mutable_ack()->set_up_to_sequence(events_.size());
    if (is_rejecting_) {
      auto& rejected = *response.mutable_ack()->add_rejected();
      rejected.set_sequence(events_.size());
      rejected.set_reason("unknown_type");
    }
    stream.Write(response);
    return grpc::Status::OK;
  }

  void take_heartbeat(const lupaus::v1::Heartbeat& heartbeat) {
    const std::scoped_lock lock(mutex_);
    heartbeats_.push_back(heartbeat);
    changed_.notify_all();
  }

  template <typename Predicate>
  bool wait(Predicate predicate) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, predicate);
  }

  /// silent: never answers a hello; slow: welcomes, then reads nothing; both until release().
  enum class Manner : uint8_t { prompt, silent, slow };
  std::atomic<Manner> manner_ = Manner::prompt;
  std::mutex mutex_;
  std::condition_variable changed_;
  int held_ = 0;
  bool is_released_ = false;
  std::vector<lupaus::v1::Hello> hellos_;
  std::vector<lupaus::v1::Event> events_;
  std::vector<lupaus::v1::Heartbeat> heartbeats_;
  uint64_t epoch_ = 0;
  uint64_t next_override_ = 0;
  int batches_ = 0;
  int break_after_batch_ = 0;
  bool is_twin_ = false;
  bool is_rejecting_ = false;
};

/// Sends two signals of one position, breaks off, and sends all from the position that is asked
/// for.
class FakeSignals : public lupaus::v1::SignalService::Service {
 public:
  using Writer = grpc::ServerWriter<lupaus::v1::WatchSignalsResponse>;

  grpc::Status WatchSignals(grpc::ServerContext*, const lupaus::v1::WatchSignalsRequest* request,
                            Writer* writer) override {
    {
      const std::scoped_lock lock(mutex_);
      asked_.push_back(request->from_position());
    }
    const std::vector<std::pair<uint64_t, lupaus::v1::SignalKind>> all = {
        {3, lupaus::v1::SIGNAL_KIND_AT_RISK},
        {8, lupaus::v1::SIGNAL_KIND_OWED},
        {8, lupaus::v1::SIGNAL_KIND_VOUCHER_ISSUED},
        {9, lupaus::v1::SIGNAL_KIND_CONFIRMED}};
    const bool is_first = request->from_position() == 0;
    for (size_t at = 0; at < all.size(); ++at) {
      if (all[at].first < request->from_position()) continue;
      lupaus::v1::WatchSignalsResponse response;
      response.set_position(all[at].first);
      response.set_kind(all[at].second);
      response.set_commitment("b/t/p/1");
      writer->Write(response);
      if (is_first && at == 1) break;
    }
    return {grpc::StatusCode::UNAVAILABLE, "broken off"};
  }

  std::mutex mutex_;
  std::vector<uint64_t> asked_;
};

class TerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    spool_dir_ = std::filesystem::temp_directory_path() /
                 ("lupaus-terminal-" + std::to_string(::getpid()) + "-" + test.name());
    std::filesystem::remove_all(spool_dir_);
    serve();
  }
  void TearDown() override {
    events_.release();
    if (server_) server_->Shutdown();
    std::filesystem::remove_all(spool_dir_);
  }
  void serve() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&events_);
    builder.RegisterService(&signals_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  Options options() {
    Options options;
    options.server = address_;
    options.source = "helsinki-1/kiosk-1";
    options.branch = "helsinki-1";
    options.spool_dir = spool_dir_.string();
    options.heartbeat_every = milliseconds(0);
    options.backoff_min = milliseconds(5);
    options.backoff_max = milliseconds(50);
    return options;
  }
  static std::unique_ptr<Terminal> open(Options options) {
    auto terminal = Terminal::open(std::move(options));
    EXPECT_TRUE(terminal.ok()) << terminal.error().message;
    return terminal.ok() ? std::move(*terminal) : nullptr;
  }
  std::vector<std::string> tickets() {
    const std::scoped_lock lock(events_.mutex_);
    std::vector<std::string> names;
    for (const auto& event : events_.events_) names.push_back(event.ticket());
    return names;
  }

  std::filesystem::path spool_dir_;
  FakeEvents events_;
  FakeSignals signals_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace lupaus::clients::branch
