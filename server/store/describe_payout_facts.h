// The fields of the bodies of facts about money, in the numbers of
// proto/lupaus/storage/v1/fact.proto.
#pragma once

#include "server/store/describe.h"

namespace lupaus::server::store {

/// The field of Fact that carries a body of this type.
template <typename Body>
inline constexpr uint32_t kBodyField = 0;
template <>
inline constexpr uint32_t kBodyField<model::Released> = 29;
template <>
inline constexpr uint32_t kBodyField<model::Declined> = 30;
template <>
inline constexpr uint32_t kBodyField<model::Owed> = 14;
template <>
inline constexpr uint32_t kBodyField<model::VoucherIssued> = 16;
template <>
inline constexpr uint32_t kBodyField<model::VoucherRedeemed> = 17;
template <>
inline constexpr uint32_t kBodyField<model::VoucherVoided> = 36;
template <>
inline constexpr uint32_t kBodyField<model::Dispatched> = 18;
template <>
inline constexpr uint32_t kBodyField<model::Paid> = 19;
template <>
inline constexpr uint32_t kBodyField<model::Failed> = 20;
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
inline constexpr uint32_t kBodyField<model::Claimed> = 37;
template <>
inline constexpr uint32_t kBodyField<model::Excused> = 38;
template <>
inline constexpr uint32_t kBodyField<model::PeriodClosed> = 39;
template <>
inline constexpr uint32_t kBodyField<model::BatchClosed> = 21;
template <>
inline constexpr uint32_t kBodyField<model::BatchApproved> = 22;
template <>
inline constexpr uint32_t kBodyField<model::BatchExported> = 23;
template <>
inline constexpr uint32_t kBodyField<model::BatchDiscarded> = 40;
template <>
inline constexpr uint32_t kBodyField<model::BatchSettled> = 41;
template <>
inline constexpr uint32_t kBodyField<model::BatchAccrued> = 42;
template <>
inline constexpr uint32_t kBodyField<model::Restored> = 43;

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
  wire.field(16, fact.entered_by);
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
void describe(auto& wire, Is<model::VoucherVoided> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.code);
  wire.field(3, fact.reason);
}
void describe(auto& wire, Is<model::Dispatched> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.attempt);
  wire.field(3, fact.channel);
}
void describe(auto& wire, Is<model::Paid> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.reference);
  wire.field(3, fact.booked_on);
}
void describe(auto& wire, Is<model::Failed> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.reason);
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
  wire.field(4, fact.booked_on);
}
void describe(auto& wire, Is<model::BankAnswered> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.code);
  wire.field(3, fact.message);
  wire.field(4, fact.booked_on);
}
void describe(auto& wire, Is<model::InstrumentChanged> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.instrument);
  wire.field(3, fact.reason);
}
void describe(auto& wire, Is<model::Claimed> auto& fact) {
  wire.field(1, fact.number);
  wire.field(2, fact.due_on);
}
void describe(auto& wire, Is<model::Excused> auto& fact) {
  describe_ref(wire, 1, fact.key);
  wire.field(2, fact.excuse);
  wire.field(3, fact.reason);
  wire.field(4, fact.is_complete);
  wire.field(5, fact.started_at);
  wire.field(6, fact.service);
}
void describe(auto& wire, Is<model::PeriodClosed> auto& fact) {
  wire.field(1, fact.month);
  wire.field(2, fact.through);
  wire.field(3, fact.postings_sha256);
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
  wire.field(3, fact.payees_digest);
}
void describe(auto& wire, Is<model::BatchExported> auto& fact) {
  wire.field(1, fact.id);
  wire.field(2, fact.format);
  wire.field(3, fact.sha256);
  wire.field(4, fact.made_at);
}
void describe(auto& wire, Is<model::BatchDiscarded> auto& fact) {
  wire.field(1, fact.id);
  wire.field(2, fact.reason);
}
void describe(auto& wire, Is<model::BatchSettled> auto& fact) { wire.field(1, fact.id); }
void describe(auto& wire, Is<model::BatchAccrued> auto& fact) { wire.field(1, fact.id); }
void describe(auto& wire, Is<model::Restored> auto& fact) {
  wire.field(1, fact.next_number);
  wire.field(2, fact.first_ordinal);
}

}  // namespace lupaus::server::store
