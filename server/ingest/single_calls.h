// CreateEvents and RetryRejectedEvent: one call, one answer, on the call's own thread.
#pragma once

#include <string>

#include "lupaus/v1/event.pb.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/identity.h"
#include "server/wire/recent_answers.h"

namespace lupaus::server::ingest {

/// Submits and waits. Lives as long as the service; any call thread, never the loop's.
///
/// Events without identity are numbered here under the source "api/NAME" of the caller
/// ("PREFIX/api" for a source's certificate), one such call at a time. A repeated `request_id` of
/// the same caller gets the first answer again, and is refused with other events; the last 4,096
/// are remembered, in memory: after a restart such a repeat would be counted twice.
class SingleCalls {
 public:
  explicit SingleCalls(runtime::EngineLoop& loop) : loop_(loop) {}

  rules::model::Result<v1::CreateEventsResponse> create(const v1::CreateEventsRequest& request,
                                                        const wire::Identity& identity);
  /// Submits a rejected event again, under its own identity.
  rules::model::Result<v1::RetryRejectedEventResponse> retry(const v1::Event& event,
                                                             const wire::Identity& identity);

 private:
  struct Position {
    uint64_t epoch = 0;
    uint64_t next_sequence = 1;
  };
  rules::model::Result<v1::CreateEventsResponse> create_identified(
      const v1::CreateEventsRequest& request, const wire::Identity& identity);
  rules::model::Result<void> create_numbered(const v1::CreateEventsRequest& request,
                                             const wire::Identity& identity,
                                             v1::CreateEventsResponse& response);
  rules::model::Result<Position> make_known(const std::string& source, uint64_t epoch,
                                            const wire::Identity& identity);
  /// Epoch 0: not known.
  rules::model::Result<Position> position_of(const std::string& source);
  /// Submits events of one source and waits until they are durable.
  runtime::Intake::Outcome submit(runtime::Intake intake);

  runtime::EngineLoop& loop_;
  wire::RecentAnswers<v1::CreateEventsResponse> answered_;  ///< one at a time: numbering to durable
};

}  // namespace lupaus::server::ingest
