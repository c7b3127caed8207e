// Sends events one at a time, each after the one before was acknowledged, and says on stdout what
// it was promised: "welcome SOURCE NEXT" and "acked SOURCE SEQUENCE". A test that kills the server
// holds it to these lines.
//
// Usage: teller ADDRESS FILE     FILE: lupaus.v1.Event as JSON lines, each source in its sequence
// Exit code 0: all are durable and a heartbeat of each source was taken; 6: the server went away.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "lupaus/v1/event.grpc.pb.h"

namespace {

namespace v1 = lupaus::v1;

constexpr int kDone = 0;
constexpr int kWrong = 1;
constexpr int kGone = 6;

std::vector<v1::Event> read_events(const char* path) {
  std::vector<v1::Event> events;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!google::protobuf::util::JsonStringToMessage(line, &events.emplace_back()).ok()) return {};
  }
  return events;
}

google::protobuf::Timestamp now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  google::protobuf::Timestamp at;
  at.set_seconds(ms / 1000);
  at.set_nanos(static_cast<int32_t>(ms % 1000) * 1'000'000);
  return at;
}

void say(const char* what, const std::string& source, uint64_t number) {
  std::printf("%s %s %llu\n", what, source.c_str(), static_cast<unsigned long long>(number));
  std::fflush(stdout);
}

/// One stream for all sources.
class Teller {
 public:
  Teller(const std::string& address, std::vector<v1::Event> events)
      : events_(std::move(events)),
        stub_(v1::EventService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(120));
    stream_ = stub_->StreamEvents(&context_);
  }

  int run() {
    if (!hello()) return finish();
    for (const v1::Event& event : events_) {
      if (event.sequence() >= next_[event.source()] && !tell(event)) return finish();
    }
    for (const auto& [source, next] : next_) {
      if (!hear(source, next - 1)) return finish();
    }
    stream_->WritesDone();
    is_done_ = true;
    return finish();
  }

 private:
  bool hello() {
    v1::StreamEventsRequest request;
    for (const v1::Event& event : events_) next_.try_emplace(event.source(), 0);
    for (const auto& [name, next] : next_) {
      v1::Hello::Source& source = *request.mutable_hello()->add_sources();
      source.set_source(name);
      source.set_epoch(1);
    }
    v1::StreamEventsResponse response;
    if (!stream_->Write(request) || !stream_->Read(&response) || !response.has_welcome())
      return false;
    for (const v1::Welcome::Source& source : response.welcome().sources()) {
      say("welcome", source.source(), source.next_sequence());
      next_[source.source()] = source.next_sequence();
    }
    return true;
  }

  bool tell(const v1::Event& event) {
    v1::StreamEventsRequest request;
    v1::Batch& batch = *request.mutable_batch();
    batch.set_source(event.source());
    batch.set_epoch(1);
    batch.set_first_sequence(event.sequence());
    *batch.mutable_sent_at() = now();
    *batch.add_events() = event;
    v1::StreamEventsResponse response;
    if (!stream_->Write(request) || !stream_->Read(&response)) return false;
    if (response.ack().up_to_sequence() < event.sequence() || response.ack().rejected_size() > 0) {
      std::fprintf(stderr, "expected an ack of %s, but got %s\n", event.ShortDebugString().c_str(),
                   response.ShortDebugString().c_str());
      is_wrong_ = true;
      return false;
    }
    say("acked", event.source(), event.sequence());
    next_[event.source()] = event.sequence() + 1;
    return true;
  }

  bool hear(const std::string& source, uint64_t last) {
    v1::StreamEventsRequest request;
    v1::Heartbeat& heartbeat = *request.mutable_heartbeat();
    heartbeat.set_source(source);
    heartbeat.set_epoch(1);
    heartbeat.set_last_sequence(last);
    *heartbeat.mutable_at() = now();
    *heartbeat.mutable_sent_at() = now();
    return stream_->Write(request);
  }

  int finish() {
    const grpc::Status status = stream_->Finish();
    if (is_wrong_) return kWrong;
    if (status.ok() && is_done_) return kDone;
    std::fprintf(stderr, "the stream ended: %d %s\n", static_cast<int>(status.error_code()),
                 status.error_message().c_str());
    const bool is_gone = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                         status.error_code() == grpc::StatusCode::CANCELLED;
    return is_gone ? kGone : kWrong;
  }

  const std::vector<v1::Event> events_;
  std::map<std::string, uint64_t> next_;
  std::unique_ptr<v1::EventService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamEventsRequest, v1::StreamEventsResponse>>
      stream_;
  bool is_done_ = false;
  bool is_wrong_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<v1::Event> events;
  if (argc == 3) events = read_events(argv[2]);
  if (events.empty()) {
    std::fputs("usage: teller ADDRESS FILE\n", stderr);
    return 2;
  }
  return Teller(argv[1], std::move(events)).run();
}
