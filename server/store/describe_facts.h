// The fields of the bodies of facts, in the numbers of proto/lupaus/storage/v1/fact.proto. Observed
// and Rejected, which are coded by difference, and Published, which must be compiled, are
// row_codec's own.
#pragma once

#include "server/store/describe.h"

namespace lupaus::server::store {

/// The field of Fact that carries a body of this type.
template <typename Body>
inline constexpr uint32_t kBodyField = 0;
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
inline constexpr uint32_t kBodyField<model::Owed> = 14;
template <>
inline constexpr uint32_t kBodyField<model::Archived> = 15;
template <>
inline constexpr uint32_t kBodyField<model::VoucherIssued> = 16;
template <>
inline constexpr uint32_t kBodyField<model::VoucherRedeemed> = 17;
template <>
inline constexpr uint32_t kBodyField<model::Dispatched> = 18;
template <>
inline constexpr uint32_t kBodyField<model::Paid> = 19;
template <>
inline constexpr uint32_t kBodyField<model::Failed> = 20;
template <>
inline constexpr uint32_t kBodyField<model::BatchClosed> = 21;
template <>
inline constexpr uint32_t kBodyField<model::BatchApproved> = 22;
template <>
inline constexpr uint32_t kBodyField<model::BatchExported> = 23;
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
template <>
inline constexpr uint32_t kBodyField<model::Released> = 29;
template <>
inline constexpr uint32_t kBodyField<model::Declined> = 30;
template <>
inline constexpr uint32_t kBodyField<model::PayoutApproved> = 31;
template <>
inline constexpr uint32_t kBodyField<model::PayoutHeld> = 32;
template <>
inline constexpr uint32_t kBodyField<model::Reversed> = 33;
template <>
inline constexpr uint32_t kBodyField<model::BankAnswered> = 34;
template <>
inline constexpr uint32_t kBodyField<model::InstrumentChanged> = 35;
template <>
inline constexpr uint32_t kBodyField<model::VoucherVoided> = 36;
template <>
inline constexpr uint32_t kBodyField<model::Claimed> = 37;
template <>
inline constexpr uint32_t kBodyField<model::Excused> = 38;
template <>
inline constexpr uint32_t kBodyField<model::PeriodClosed> = 39;
template <>
inline constexpr uint32_t kBodyField<model::BatchDiscarded> = 40;
template <>
inline constexpr uint32_t kBodyField<model::BatchSettled> = 41;

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
void describe(auto& wire, Is<model::Released> auto& fact) {
  wire.field(1, fact.number);
  describe_ref(wire, 2, fact.key);
  wire.field(3, fact.customer);
  wire.field(4, fact.computed);
  wire.field(5, fact.instrument);
  wire.field(6, fact.state);
  wire.field(7, fact.amount);
  wire.field(8, fact.draws);
  wire.field(9, fact.reason);
}
void describe(auto& wire, Is<model::Declined> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.reason);
  wire.field(3, fact.draws);
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
}
void describe(auto& wire, Is<model::Ended> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.field(2, fact.cycle);
}
void describe(auto& wire, Is<model::Owed> auto& fact) {
  wire.field(1, fact.number);
  describe_ref(wire, 2, fact.key);
  wire.field(3, fact.customer);
  wire.field(4, fact.computed);
  wire.field(5, fact.amount);
  wire.field(6, fact.state);
  wire.field(7, fact.instrument);
  wire.field(8, fact.breached_at);
  wire.field(9, fact.reason);
  wire.field(10, fact.draws);
  wire.field(11, fact.tier_clause);
  wire.field(12, fact.due_on);
  wire.field(13, fact.late_of);
  wire.field(14, fact.reverses);
  wire.field(15, fact.claim_until);
}
void describe(auto& wire, Is<model::Archived> auto& fact) {
  wire.name(1, fact.branch);
  wire.field(2, fact.ticket);
}
void describe(auto& wire, Is<model::VoucherIssued> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.code);
  wire.field(3, fact.expires_at);
}
void describe(auto& wire, Is<model::VoucherRedeemed> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.code);
  wire.field(3, fact.at_branch);
  wire.field(4, fact.request_id);
}
void describe(auto& wire, Is<model::Dispatched> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.attempt);
  wire.field(3, fact.channel);
}
void describe(auto& wire, Is<model::Paid> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.reference);
}
void describe(auto& wire, Is<model::Failed> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.reason);
}
void describe(auto& wire, Is<model::BatchClosed> auto& fact) {
  wire.field(1, fact.id);
  wire.field(2, fact.numbers);
  wire.field(3, fact.total);
  wire.field(4, fact.until);
}
void describe(auto& wire, Is<model::BatchApproved> auto& fact) {
  wire.field(1, fact.id);
  wire.field(2, fact.content_hash);
}
void describe(auto& wire, Is<model::BatchExported> auto& fact) {
  wire.field(1, fact.id);
  wire.field(2, fact.format);
}
void describe(auto& wire, Is<model::PayoutApproved> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.is_complete);
  wire.field(3, fact.reason);
}
void describe(auto& wire, Is<model::PayoutHeld> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.reason);
}
void describe(auto& wire, Is<model::Reversed> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.code);
  wire.field(3, fact.reason);
}
void describe(auto& wire, Is<model::BankAnswered> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.code);
  wire.field(3, fact.message);
}
void describe(auto& wire, Is<model::InstrumentChanged> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.instrument);
  wire.field(3, fact.reason);
}
void describe(auto& wire, Is<model::VoucherVoided> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.code);
  wire.field(3, fact.reason);
}
void describe(auto& wire, Is<model::Claimed> auto& fact) { wire.field(1, fact.number); }
void describe(auto& wire, Is<model::Excused> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.field(2, fact.excuse);
  wire.field(3, fact.reason);
  wire.field(4, fact.is_complete);
}
void describe(auto& wire, Is<model::PeriodClosed> auto& fact) { wire.field(1, fact.month); }
void describe(auto& wire, Is<model::BatchDiscarded> auto& fact) {
  wire.field(1, fact.id);
  wire.field(2, fact.reason);
}
void describe(auto& wire, Is<model::BatchSettled> auto& fact) { wire.field(1, fact.id); }

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
