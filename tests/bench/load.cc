// One reactor a stream over the generic stub: messages go out as the bytes that they are.
#include "tests/bench/load.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "lupaus/v1/event.pb.h"

namespace lupaus::tests::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kWindow = 16;

grpc::ByteBuffer as_buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size(), grpc::Slice::STATIC_SLICE);
  return {&slice, 1};
}

/// Counts streams that reached something; the main thread waits for all.
class Gate {
 public:
  explicit Gate(size_t awaited) : awaited_(awaited) {}
  void pass() {
    const std::scoped_lock lock(mutex_);
    if (--awaited_ == 0) changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return awaited_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t awaited_;
};

class LoadStream : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  LoadStream(const std::string& address, const TrafficPlan& plan, size_t number, Gate& welcomed,
             Gate& finished)
      : events_a_message_(plan.events_a_message),
        hello_(make_hello(plan, number)),
        messages_(make_messages(plan, number)),
        welcomed_(welcomed),
        finished_(finished) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL,
                     1);  // a connection each, as terminals have
    stub_ = std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    context_.AddMetadata("lupaus-actor", "bench");
    stub_->PrepareBidiStreamingCall(&context_, "/lupaus.v1.EventService/StreamEvents", {}, this);
    const std::scoped_lock lock(mutex_);
    is_writing_ = true;
    outgoing_ = as_buffer(hello_);
    StartWrite(&outgoing_);
    StartRead(&incoming_);
    AddHold();  // writes come from the pace keeper's thread too
    StartCall();
  }

  /// Allows so many messages in all to be sent.
  void allow(size_t messages) {
    const std::scoped_lock lock(mutex_);
    allowed_ = std::min(messages, messages_.size());
    write_next();
  }
  void on_ack(std::function<void()> heard) { on_ack_ = std::move(heard); }
  size_t message_count() const { return messages_.size(); }
  uint64_t rejected() const { return rejected_; }
  const std::string& error() const { return error_; }

  void OnWriteDone(bool ok) override {
    const std::scoped_lock lock(mutex_);
    is_writing_ = false;
    if (ok) write_next();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return release();
    grpc::ProtoBufferReader reader(&incoming_);
    if (!response_.ParseFromZeroCopyStream(&reader)) std::abort();
    std::function<void()> heard;
    {
      const std::scoped_lock lock(mutex_);
      if (response_.has_welcome()) {
        is_welcomed_ = true;
        welcomed_.pass();
      } else {
        acked_ = response_.ack().up_to_sequence() / events_a_message_;
        rejected_ += static_cast<uint64_t>(response_.ack().rejected_size());
        heard = on_ack_;
        write_next();
        if (acked_ == messages_.size() && !is_reported_) {
          is_reported_ = true;
          finished_.pass();
          StartWritesDone();
        }
      }
    }
    StartRead(&incoming_);
    if (heard) heard();
  }
  void OnDone(const grpc::Status& status) override {
    if (!status.ok()) error_ = status.error_message();
    if (!is_welcomed_) welcomed_.pass();
    if (!is_reported_) finished_.pass();
    ended_.pass();
  }
  void wait_end() { ended_.wait(); }

 private:
  void write_next() {
    if (is_writing_ || !is_welcomed_ || sent_ >= allowed_ || sent_ - acked_ >= kWindow) return;
    is_writing_ = true;
    outgoing_ = as_buffer(messages_[sent_++]);
    StartWrite(&outgoing_);
  }
  void release() {
    const std::scoped_lock lock(mutex_);
    if (is_held_) RemoveHold();
    is_held_ = false;
  }

  const size_t events_a_message_;
  const std::string hello_;
  const std::vector<std::string> messages_;
  Gate& welcomed_;
  Gate& finished_;
  Gate ended_{1};
  std::function<void()> on_ack_;
  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::ClientContext context_;
  std::mutex mutex_;
  grpc::ByteBuffer incoming_, outgoing_;
  v1::StreamEventsResponse response_;
  size_t allowed_ = 0, sent_ = 0, acked_ = 0;
  uint64_t rejected_ = 0;
  bool is_writing_ = false, is_welcomed_ = false, is_reported_ = false, is_held_ = true;
  std::string error_;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

LoadResult run_load(const std::string& address, const TrafficPlan& plan, double events_per_second) {
  Gate welcomed(plan.streams), finished(plan.streams);
  std::vector<std::unique_ptr<LoadStream>> streams;
  for (size_t i = 0; i < plan.streams; ++i) {
    streams.push_back(std::make_unique<LoadStream>(address, plan, i, welcomed, finished));
  }
  welcomed.wait();
  LoadResult result;
  const auto start = Clock::now();
  if (events_per_second <= 0) {
    for (auto& stream : streams) stream->allow(plan.messages_a_stream);
  } else {
    const double messages_per_second =
        events_per_second / static_cast<double>(plan.events_a_message * plan.streams);
    for (size_t sent = 1; sent <= plan.messages_a_stream; ++sent) {
      std::this_thread::sleep_until(
          start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                      static_cast<double>(sent) / messages_per_second)));
      for (auto& stream : streams) stream->allow(sent);
    }
  }
  finished.wait();
  result.seconds = seconds_since(start);
  for (auto& stream : streams) {
    stream->wait_end();
    result.rejected += stream->rejected();
    if (!stream->error().empty()) result.error = stream->error();
  }
  result.events = plan.streams * plan.messages_a_stream * plan.events_a_message;
  return result;
}

LatencyResult run_latency(const std::string& address, const TrafficPlan& plan) {
  Gate welcomed(1), finished(1);
  LoadStream stream(address, plan, 0, welcomed, finished);
  welcomed.wait();
  LatencyResult result;
  result.milliseconds.reserve(plan.messages_a_stream);
  size_t sent = 1;
  auto start = Clock::now();
  stream.on_ack([&] {
    result.milliseconds.push_back(seconds_since(start) * 1'000);
    if (sent == plan.messages_a_stream) return;
    start = Clock::now();
    stream.allow(++sent);
  });
  stream.allow(1);
  finished.wait();
  stream.wait_end();
  result.error = stream.error();
  std::sort(result.milliseconds.begin(), result.milliseconds.end());
  return result;
}

}  // namespace lupaus::tests::bench
