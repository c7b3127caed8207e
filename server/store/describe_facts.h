// The fields of the bodies of facts, in the numbers of proto/lupaus/storage/v1/fact.proto. Observed
// and Rejected, which are coded by difference, and Published, which must be compiled, are
// row_codec's own.
#pragma once

#include "server/store/describe_payout_facts.h"

namespace lupaus::server::store {

template <>
inline constexpr uint32_t kBodyField<model::Observed> = 3;
template <>
inline constexpr uint32_t kBodyField<model::Rejected> = 4;
template <>
inline constexpr uint32_t kBodyField<model::Published> = 5;
template <>
inline constexpr uint32_t kBodyField<model::SourceRegistered> = 6;
template <>
inline constexpr uint32_t kBodyField<model::WatermarkAdvanced> = 7;
template <>
inline constexpr uint32_t kBodyField<model::Lost> = 8;
template <>
inline constexpr uint32_t kBodyField<model::Warned> = 9;
template <>
inline constexpr uint32_t kBodyField<model::Breached> = 10;
template <>
inline constexpr uint32_t kBodyField<model::Retracted> = 11;
template <>
inline constexpr uint32_t kBodyField<model::Confirmed> = 12;
template <>
inline constexpr uint32_t kBodyField<model::Ended> = 13;
template <>
inline constexpr uint32_t kBodyField<model::Archived> = 15;
template <>
inline constexpr uint32_t kBodyField<model::Quarantined> = 24;
template <>
inline constexpr uint32_t kBodyField<model::SkewEstimated> = 25;
template <>
inline constexpr uint32_t kBodyField<model::SourceRetired> = 26;
template <>
inline constexpr uint32_t kBodyField<model::LateEvidence> = 27;
template <>
inline constexpr uint32_t kBodyField<model::ReviewDecided> = 28;

void describe(auto& wire, Is<model::SourceRegistered> auto& fact) {
  wire.name(1, fact.source);
  wire.field(2, fact.epoch);
  wire.field(3, fact.is_backfill);
  wire.field(4, fact.is_without_heartbeat);
}
void describe(auto& wire, Is<model::SkewEstimated> auto& fact) {
  wire.name(1, fact.source);
  wire.field(2, fact.skew);
}
void describe(auto& wire, Is<model::SourceRetired> auto& fact) {
  wire.name(1, fact.source);
  wire.field(2, fact.reason);
}
void describe(auto& wire, Is<model::LateEvidence> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.name(2, fact.source);
  wire.field(3, fact.epoch);
  wire.field(4, fact.sequence);
  wire.field(5, fact.verdict);
  wire.field(6, fact.owed);
  wire.field(7, fact.compensation);
  wire.field(8, fact.is_holding);
  wire.field(9, fact.is_paid_in_error);
}
void describe(auto& wire, Is<model::ReviewDecided> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.field(2, fact.verdict);
  wire.field(3, fact.reason);
  wire.field(4, fact.evidence);
}
void describe(auto& wire, Is<model::WatermarkAdvanced> auto& fact) {
  wire.name(1, fact.source);
  wire.field(2, fact.at);
  wire.field(3, fact.is_closing);
}
void describe(auto& wire, Is<model::Lost> auto& fact) {
  wire.name(1, fact.source);
  wire.field(2, fact.epoch);
  wire.field(3, fact.from);
  wire.field(4, fact.to);
}
void describe(auto& wire, Is<model::Warned> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.field(2, fact.warning);
  wire.field(3, fact.due_at);
}
void describe(auto& wire, Is<model::Breached> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.field(2, fact.breached_at);
  wire.field(3, fact.detected_at);
}
void describe(auto& wire, Is<model::Retracted> auto& fact) { describe_ref(wire, 1, fact.key); }
void describe(auto& wire, Is<model::Confirmed> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.field(2, fact.cycle);
  wire.field(3, fact.detected_at);
  wire.name(4, fact.service);
  wire.field(5, fact.label);
  wire.field(6, fact.is_end_final);
  wire.field(7, fact.is_backfill);
  wire.name(8, fact.segment);
  wire.name(9, fact.source);
}
void describe(auto& wire, Is<model::Ended> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.field(2, fact.cycle);
  wire.name(3, fact.source);
}
void describe(auto& wire, Is<model::Archived> auto& fact) {
  wire.name(1, fact.branch);
  wire.field(2, fact.ticket);
}

// ---- a book
struct BookSources {
  bool has_book = false;
  std::string hash;
  std::vector<model::SourceFile> files;
  std::vector<model::ZoneTable> zones;
  std::string tz_version;
};
void describe(auto& wire, Is<model::SourceFile> auto& file) {
  wire.field(1, file.name);
  wire.field(2, file.text);
}
void describe(auto& wire, Is<model::ZoneTable::Transition> auto& transition) {
  wire.field(1, transition.at_unix_s);
  wire.field(2, transition.offset_s);
}
void describe(auto& wire, Is<model::ZoneTable> auto& zone) {
  wire.field(1, zone.name);
  wire.field(2, zone.first_offset_s);
  wire.field(3, zone.transitions);
}
/// Fields 1 to 5 of Published.
void describe(auto& wire, Is<BookSources> auto& book) {
  wire.field(1, book.has_book);
  wire.field(2, book.hash);
  wire.field(3, book.files);
  wire.field(4, book.zones);
  wire.field(5, book.tz_version);
}

}  // namespace lupaus::server::store
