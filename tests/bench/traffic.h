// What the benchmarks send: visits of customers, four events each, as ready messages. Made before
// the clock runs, so that the client costs the two cores as little as it can.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lupaus/v1/event.pb.h"

namespace lupaus::tests::bench {

/// The branches of book/branches.yaml.
inline constexpr int kBranches = 50;

struct TrafficPlan {
  std::string name;  ///< makes sources and tickets of this run unique
  size_t streams = 8;
  size_t events_a_message = 256;
  size_t messages_a_stream = 100;
  int64_t end_unix_ms = 0;  ///< occurred_at of the last events
  int64_t span_ms =
      300'000;  ///< between the first and the last event at most; below every limit of the book
  /// Each message says that it was sent when its last event happened, and the events are `span_ms`
  /// apart: to be sent at that pace, as terminals do.
  bool is_live = false;
  bool is_waiting_only = false;  ///< only `issued`: everybody waits
  size_t queue_length = 64;      ///< customers waiting on each stream at any time
};

std::string source_name(const TrafficPlan& plan, size_t stream);
std::string branch_name(size_t number);

/// The serialised StreamEventsRequests of one stream, in order; the epoch is 1.
std::vector<std::string> make_messages(const TrafficPlan& plan, size_t stream);

/// The same events as JSON lines, merged by time; the number of events.
size_t write_json_lines(const TrafficPlan& plan, const std::string& path);

/// Hello of one source.
std::string make_hello(const TrafficPlan& plan, size_t stream);

void set_time(google::protobuf::Timestamp& timestamp, int64_t unix_ms);

}  // namespace lupaus::tests::bench
