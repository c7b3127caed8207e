// How events are coded by their difference to the event before: what repeats costs nothing.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "server/store/describe.h"

namespace lupaus::server::store {

/// Attributes of many events, in pieces that never move; emptied row by row without being freed.
class AttributePool {
 public:
  void clear() { chunk_ = used_ = begin_ = 0; }
  void begin() { begin_ = used_; }
  void push(model::Attribute attribute) {
    if (chunks_.empty() || used_ == size_of(chunk_)) widen();
    chunks_[chunk_][used_++] = attribute;
  }
  std::span<const model::Attribute> finish() const {
    if (used_ == begin_) return {};
    return {chunks_[chunk_].data() + begin_, used_ - begin_};
  }

 private:
  static constexpr size_t kChunk = 4096;
  size_t size_of(size_t chunk) const { return chunks_[chunk].size(); }
  /// Goes on in the next chunk, with the attributes of the event that was begun.
  void widen() {
    const size_t open = used_ - begin_;
    const size_t next = chunks_.empty() ? 0 : chunk_ + 1;
    if (next == chunks_.size()) chunks_.emplace_back(kChunk);
    if (chunks_[next].size() <= open) chunks_[next].resize(2 * open + kChunk);
    for (size_t i = 0; i < open; ++i) chunks_[next][i] = chunks_[chunk_][begin_ + i];
    chunk_ = next;
    begin_ = 0;
    used_ = open;
  }

  std::vector<std::vector<model::Attribute>> chunks_;
  size_t chunk_ = 0, used_ = 0, begin_ = 0;
};

/// The event before, as both sides know it.
struct LastEvent {
  std::string_view source, branch, type;
  uint64_t epoch = 0, sequence = 0;
  model::Instant occurred_at{}, received_at{};
};

inline bool is_same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && (left.data() == right.data() || left == right);
}

inline void write_name(Writer& wire, uint32_t number, std::string_view text,
                       std::string_view& last) {
  if (is_same(text, last)) return;
  wire.varint(number, wire.names().number(text));
  last = text;
}
inline void read_name(Reader& wire, uint32_t number, std::string_view& text,
                      std::string_view& last) {
  if (wire.is_at(number)) last = wire.read_name();
  text = last;
}
inline void write_number(Writer& wire, uint32_t number, uint64_t value, uint64_t expected) {
  if (value != expected) wire.varint(number, value);
}
inline uint64_t read_number(Reader& wire, uint32_t number, uint64_t expected) {
  return wire.is_at(number) ? wire.read_varint() : expected;
}
/// Differences wrap around, so that every pair of instants has one.
inline void write_delta(Writer& wire, uint32_t number, model::Instant value, model::Instant& last) {
  if (value == last) return;
  const auto delta = static_cast<uint64_t>(model::to_unix_ms(value)) -
                     static_cast<uint64_t>(model::to_unix_ms(last));
  wire.varint(number, zigzag(static_cast<int64_t>(delta)));
  last = value;
}
inline void read_delta(Reader& wire, uint32_t number, model::Instant& value, model::Instant& last) {
  if (wire.is_at(number)) {
    const auto delta = static_cast<uint64_t>(unzigzag(wire.read_varint()));
    last = model::from_unix_ms(
        static_cast<int64_t>(static_cast<uint64_t>(model::to_unix_ms(last)) + delta));
  }
  value = last;
}

/// Fields 1 to 11 of Observed and Rejected.
inline void write_event(Writer& wire, const model::Event& event, model::Instant received_at,
                        LastEvent& last) {
  write_name(wire, 1, event.source, last.source);
  write_number(wire, 2, event.epoch, last.epoch);
  write_number(wire, 3, event.sequence, last.sequence + 1);
  last.epoch = event.epoch;
  last.sequence = event.sequence;
  write_name(wire, 4, event.branch, last.branch);
  wire.field(5, event.ticket);
  write_name(wire, 6, event.type, last.type);
  wire.field(7, event.label);
  write_delta(wire, 8, event.occurred_at, last.occurred_at);
  for (const auto& attribute : event.attributes) {
    wire.varint(9, wire.names().number(attribute.name));
    wire.text(10, attribute.value);
  }
  write_delta(wire, 11, received_at, last.received_at);
}

inline void read_event(Reader& wire, model::Event& event, model::Instant& received_at,
                       LastEvent& last, AttributePool& pool) {
  read_name(wire, 1, event.source, last.source);
  event.epoch = last.epoch = read_number(wire, 2, last.epoch);
  event.sequence = last.sequence = read_number(wire, 3, last.sequence + 1);
  read_name(wire, 4, event.branch, last.branch);
  wire.field(5, event.ticket);
  read_name(wire, 6, event.type, last.type);
  wire.field(7, event.label);
  read_delta(wire, 8, event.occurred_at, last.occurred_at);
  pool.begin();
  while (wire.is_at(9)) {
    const std::string_view name = wire.read_name();
    if (!wire.is_at(10)) wire.fail();
    pool.push({name, wire.read_text()});
  }
  event.attributes = pool.finish();
  read_delta(wire, 11, received_at, last.received_at);
}

}  // namespace lupaus::server::store
