// Events between the wire and rules/: views into the protobuf message one way, copies the other
// way.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "rules/model/command.h"
#include "rules/model/event.h"
#include "rules/model/result.h"

namespace lupaus::v1 {
class Batch;
class Event;
class Heartbeat;
class Hello;
}  // namespace lupaus::v1

namespace lupaus::server::ingest {

/// Events whose views point into a protobuf message (and whose attributes lie in `attributes`):
/// both must outlive them.
struct EventViews {
  std::vector<rules::model::Event> events;
  std::vector<rules::model::Attribute> attributes;
  void clear();
};

/// Fills `views` from `batch`. INVALID_ARGUMENT that names field and index when the batch
/// contradicts itself: another source or epoch in an event, a sequence that does not follow, no
/// occurred_at, no events. What an event says is not judged here: a bad event must not end a
/// stream.
rules::model::Result<void> translate(const v1::Batch& batch, EventViews& views);

/// Appends one event that carries its own identity; `field` names it in errors. `views.attributes`
/// must have room.
rules::model::Result<void> translate(const v1::Event& event, std::string_view field,
                                     EventViews& views);

/// INVALID_ARGUMENT when a hello names no source, more than 1,024, one twice, or one that is no id.
rules::model::Result<void> check_hello(const v1::Hello& hello);

/// INVALID_ARGUMENT when a heartbeat's instant is missing or none.
rules::model::Result<rules::model::Hear> to_hear(const v1::Heartbeat& heartbeat);
/// When the batch was sent, by its sender's clock; nullopt: it does not say.
rules::model::Result<std::optional<rules::model::Instant>> sent_at_of(const v1::Batch& batch);

void to_message(const rules::model::Event& event, v1::Event& message);

/// An error when `id` cannot be a source's id: 1 to 128 bytes, no spaces, no control characters.
rules::model::Result<void> check_source_id(std::string_view id, std::string_view field);

}  // namespace lupaus::server::ingest
