// Translation of batches and events.
#include "server/ingest/translate.h"

#include <algorithm>
#include <limits>
#include <set>

#include "fmt/format.h"
#include "lupaus/v1/event.pb.h"
#include "server/wire/status.h"
#include "server/wire/values.h"

namespace lupaus::server::ingest {
namespace {

/// One stream of a queue server speaks for its terminals; more than this is a mistake.
constexpr int kSourcesMax = 1024;

using rules::model::Attribute;
using rules::model::Event;
using rules::model::Instant;
using rules::model::Result;
using wire::invalid_field;

/// Everything but the identity.
Result<void> content(const v1::Event& message, std::string_view field, EventViews& views,
                     Event& event) {
  if (!message.has_occurred_at()) {
    return invalid_field(fmt::format("{}.occurred_at", field),
                         "expected an instant, but it is missing");
  }
  Result<Instant> at = wire::from_timestamp(message.occurred_at());
  if (!at) return invalid_field(fmt::format("{}.occurred_at", field), at.error().message);
  event.branch = message.branch();
  event.ticket = message.ticket();
  event.type = message.type();
  event.label = message.label();
  event.occurred_at = *at;
  size_t begin = views.attributes.size();
  for (const auto& [name, value] : message.attributes())
    views.attributes.push_back(Attribute{name, value});
  // INVARIANT: attributes come sorted, for a protobuf map has no order and facts must not depend on
  // chance.
  std::sort(views.attributes.begin() + static_cast<std::ptrdiff_t>(begin), views.attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  event.attributes = std::span<const Attribute>(views.attributes).subspan(begin);
  return {};
}

Result<void> check_identity(const v1::Batch& batch, const v1::Event& event, uint64_t sequence,
                            int index) {
  if (!event.source().empty() && event.source() != batch.source()) {
    return invalid_field(
        fmt::format("batch.events[{}].source", index),
        fmt::format("expected `{}` as in the batch, but got `{}`", batch.source(), event.source()));
  }
  if (event.epoch() != 0 && event.epoch() != batch.epoch()) {
    return invalid_field(
        fmt::format("batch.events[{}].epoch", index),
        fmt::format("expected {} as in the batch, but got {}", batch.epoch(), event.epoch()));
  }
  if (event.sequence() != 0 && event.sequence() != sequence) {
    return invalid_field(
        fmt::format("batch.events[{}].sequence", index),
        fmt::format("expected {} by first_sequence, but got {}", sequence, event.sequence()));
  }
  return {};
}

/// nullopt when its sender does not say.
template <typename Message>
Result<std::optional<rules::model::Instant>> read_sent_at(const Message& message,
                                                          std::string_view field) {
  if (!message.has_sent_at()) return std::optional<rules::model::Instant>();
  Result<rules::model::Instant> sent_at = wire::from_timestamp(message.sent_at());
  if (!sent_at) return invalid_field(field, sent_at.error().message);
  return std::optional(*sent_at);
}

}  // namespace

void EventViews::clear() {
  events.clear();
  attributes.clear();
}

Result<void> translate(const v1::Batch& batch, EventViews& views) {
  views.clear();
  if (batch.events().empty())
    return invalid_field("batch.events", "expected at least one event, but it is empty");
  auto count = static_cast<uint64_t>(batch.events_size());
  if (batch.first_sequence() == 0 ||
      batch.first_sequence() > std::numeric_limits<uint64_t>::max() - count) {
    return invalid_field("batch.first_sequence",
                         fmt::format("expected 1 or more, but got {}", batch.first_sequence()));
  }
  size_t attribute_count = 0;
  for (const v1::Event& event : batch.events()) attribute_count += event.attributes().size();
  views.attributes.reserve(attribute_count);  // WHY: spans into it must not move
  views.events.reserve(count);
  uint64_t sequence = batch.first_sequence();
  for (int i = 0; i < batch.events_size(); ++i, ++sequence) {
    const v1::Event& message = batch.events(i);
    Result<void> identity = check_identity(batch, message, sequence, i);
    if (!identity) return identity;
    Event& event = views.events.emplace_back();
    event.source = batch.source();
    event.epoch = batch.epoch();
    event.sequence = sequence;
    // WHY: the field's name is text that is made only for errors.
    Result<void> read = content(message, "", views, event);
    if (!read) {
      auto error = read.error();
      error.message = fmt::format("batch.events[{}]{}", i, error.message);
      return error;
    }
  }
  return {};
}

Result<void> translate(const v1::Event& message, std::string_view field, EventViews& views) {
  Event& event = views.events.emplace_back();
  event.source = message.source();
  event.epoch = message.epoch();
  event.sequence = message.sequence();
  return content(message, field, views, event);
}

Result<void> check_hello(const v1::Hello& hello) {
  if (hello.sources().empty())
    return invalid_field("hello.sources", "expected at least one source");
  if (hello.sources_size() > kSourcesMax)
    return invalid_field("hello.sources", "expected at most 1024 sources");
  std::set<std::string_view> seen;
  for (int i = 0; i < hello.sources_size(); ++i) {
    const std::string& id = hello.sources(i).source();
    const std::string field = fmt::format("hello.sources[{}].source", i);
    if (Result<void> checked = check_source_id(id, field); !checked) return checked;
    if (!seen.insert(id).second) return invalid_field(field, "expected each source once");
  }
  return {};
}

Result<rules::model::Hear> to_hear(const v1::Heartbeat& heartbeat) {
  if (!heartbeat.has_at())
    return invalid_field("heartbeat.at", "expected an instant, but it is missing");
  Result<rules::model::Instant> at = wire::from_timestamp(heartbeat.at());
  if (!at) return invalid_field("heartbeat.at", at.error().message);
  auto sent_at = read_sent_at(heartbeat, "heartbeat.sent_at");
  if (!sent_at) return sent_at.error();
  return rules::model::Hear{heartbeat.source(),  heartbeat.epoch(), heartbeat.last_sequence(), *at,
                            heartbeat.closing(), *sent_at};
}

Result<std::optional<rules::model::Instant>> sent_at_of(const v1::Batch& batch) {
  return read_sent_at(batch, "batch.sent_at");
}

void to_message(const Event& event, v1::Event& message) {
  message.set_source(std::string(event.source));
  message.set_epoch(event.epoch);
  message.set_sequence(event.sequence);
  message.set_branch(std::string(event.branch));
  message.set_ticket(std::string(event.ticket));
  message.set_type(std::string(event.type));
  message.set_label(std::string(event.label));
  wire::to_timestamp(event.occurred_at, *message.mutable_occurred_at());
  for (const Attribute& attribute : event.attributes) {
    (*message.mutable_attributes())[std::string(attribute.name)] = std::string(attribute.value);
  }
}

Result<void> check_source_id(std::string_view id, std::string_view field) {
  constexpr size_t kSizeMax = 128;
  if (id.empty()) return invalid_field(field, "expected a source's id, but it is empty");
  if (id.size() > kSizeMax) return invalid_field(field, "expected at most 128 bytes");
  for (char letter : id) {
    auto byte = static_cast<unsigned char>(letter);
    if (byte <= ' ' || byte == 127)
      return invalid_field(field, "expected no spaces and no control characters");
  }
  return {};
}

}  // namespace lupaus::server::ingest
