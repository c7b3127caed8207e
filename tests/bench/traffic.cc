#include "tests/bench/traffic.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <fstream>

namespace lupaus::tests::bench {
namespace {

/// Visits of one stream: in each step somebody comes, somebody is called and served, somebody goes.
class Visits {
 public:
  Visits(const TrafficPlan& plan, size_t stream)
      : prefix_("20260105-" + plan.name + std::to_string(stream) + "-"),
        branch_(branch_name(stream)),
        queue_(static_cast<int64_t>(plan.queue_length)),
        is_waiting_only_(plan.is_waiting_only) {
    const auto steps = static_cast<int64_t>(
        plan.messages_a_stream * plan.events_a_message / (is_waiting_only_ ? 1 : 4) + 1);
    step_us_ = plan.span_ms * 1'000 / steps;
    if (!plan.is_live) step_us_ = std::min<int64_t>(step_us_, 10'000);
    begin_ms_ = plan.end_unix_ms - steps * step_us_ / 1'000;
  }

  void next(lupaus::v1::Event& event) {
    while (true) {
      const int kind = is_waiting_only_ ? 0 : kind_++ % 4;
      if (kind == 0) ++step_;
      const int64_t visitor = kind == 0 ? step_ : kind == 3 ? step_ - 2 * queue_ : step_ - queue_;
      if (visitor < 0) continue;
      fill(event, kind, visitor);
      return;
    }
  }

 private:
  void fill(lupaus::v1::Event& event, int kind, int64_t visitor) {
    static constexpr const char* kTypes[] = {"issued", "called", "service_started",
                                             "service_ended"};
    event.set_branch(branch_);
    event.set_ticket(prefix_ + std::to_string(visitor));
    event.set_type(kTypes[kind]);
    set_time(*event.mutable_occurred_at(), begin_ms_ + step_ * step_us_ / 1'000);
    if (kind == 0) {
      event.set_label("A" + std::to_string(visitor % 1'000));
      (*event.mutable_attributes())["service"] = "cash";
      (*event.mutable_attributes())["customer"] = "c-" + std::to_string(visitor * 7919 % 1'000'000);
    } else {
      (*event.mutable_attributes())["counter"] = "counter-" + std::to_string(visitor % 9);
    }
  }

  const std::string prefix_, branch_;
  const int64_t queue_;
  const bool is_waiting_only_;
  int64_t step_us_ = 0, begin_ms_ = 0, step_ = -1;
  int kind_ = 0;
};

}  // namespace

std::string branch_name(size_t number) { return "bench-" + std::to_string(number % kBranches); }

std::string source_name(const TrafficPlan& plan, size_t stream) {
  return branch_name(stream) + "/" + plan.name + "-" + std::to_string(stream);
}

void set_time(google::protobuf::Timestamp& timestamp, int64_t unix_ms) {
  timestamp.set_seconds(unix_ms / 1'000);
  timestamp.set_nanos(static_cast<int32_t>(unix_ms % 1'000 * 1'000'000));
}

std::vector<std::string> make_messages(const TrafficPlan& plan, size_t stream) {
  Visits visits(plan, stream);
  lupaus::v1::StreamEventsRequest request;
  std::vector<std::string> messages;
  messages.reserve(plan.messages_a_stream);
  for (size_t i = 0; i < plan.messages_a_stream; ++i) {
    auto& batch = *request.mutable_batch();
    batch.Clear();
    batch.set_source(source_name(plan, stream));
    batch.set_epoch(1);
    batch.set_first_sequence(i * plan.events_a_message + 1);
    set_time(*batch.mutable_sent_at(), plan.end_unix_ms);
    for (size_t k = 0; k < plan.events_a_message; ++k) visits.next(*batch.add_events());
    if (plan.is_live)
      *batch.mutable_sent_at() = batch.events(batch.events_size() - 1).occurred_at();
    messages.push_back(request.SerializeAsString());
  }
  return messages;
}

size_t write_json_lines(const TrafficPlan& plan, const std::string& path) {
  std::vector<Visits> visits;
  for (size_t stream = 0; stream < plan.streams; ++stream) visits.emplace_back(plan, stream);
  std::ofstream file(path);
  lupaus::v1::Event event;
  size_t written = 0;
  std::string line;
  for (size_t i = 0; i < plan.messages_a_stream * plan.events_a_message; ++i) {
    for (size_t stream = 0; stream < plan.streams; ++stream) {
      event.Clear();
      visits[stream].next(event);
      event.set_source(source_name(plan, stream));
      event.set_epoch(1);
      event.set_sequence(i + 1);
      line.clear();
      if (!google::protobuf::util::MessageToJsonString(event, &line).ok()) return 0;
      file << line << '\n';
      ++written;
    }
  }
  return written;
}

std::string make_hello(const TrafficPlan& plan, size_t stream) {
  lupaus::v1::StreamEventsRequest request;
  auto& source = *request.mutable_hello()->add_sources();
  source.set_source(source_name(plan, stream));
  return request.SerializeAsString();
}

}  // namespace lupaus::tests::bench
