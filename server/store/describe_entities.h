// The fields of snapshot, archive and ledger rows, in the numbers of
// proto/lupaus/storage/v1/row.proto.
#pragma once

#include "rules/engine/entities.h"
#include "rules/ledger/entities.h"
#include "server/store/describe.h"

namespace lupaus::server::store {

template <>
inline constexpr bool kIsDescribedWhole<rules::engine::TicketImage::EventImage> = true;

void describe(auto& wire, Is<rules::engine::TicketImage::EventImage> auto& event) {
  wire.field(1, event.at);
  wire.field(2, event.source);
  wire.field(3, event.epoch);
  wire.field(4, event.sequence);
  wire.field(5, event.type);
  wire.field(6, event.attributes);
  wire.field(7, event.skew);
}

void describe(auto& wire, Is<rules::engine::Decision> auto& decision) {
  wire.field(1, decision.at);
  wire.field(2, decision.by);
  wire.field(3, decision.reason);
  wire.field(4, decision.evidence);
  wire.field(5, decision.verdict);
}

void describe(auto& wire, Is<rules::engine::TicketImage::CommitmentImage> auto& image) {
  auto& commitment = image.commitment;
  wire.field(1, image.promise);
  wire.field(2, commitment.revision);
  wire.field(3, commitment.number);
  wire.field(4, commitment.cycle);
  wire.field(5, commitment.warned_count);
  wire.field(6, commitment.is_breach_recorded);
  wire.field(7, commitment.is_confirmed);
  wire.field(8, commitment.is_end_final);
  wire.field(9, commitment.is_charged);
  wire.field(10, commitment.breached_at);
  wire.field(11, commitment.detected_at);
  wire.field(12, commitment.finalised_at);
  wire.field(13, commitment.compensation);
  wire.field(14, commitment.is_held);
  wire.field(15, commitment.decided);
  wire.field(16, commitment.late_verdict);
  wire.field(17, image.decisions);
  wire.field(18, commitment.is_decided_early);
  wire.field(19, commitment.is_doubted_since);
}

void describe(auto& wire, Is<rules::engine::TicketImage> auto& ticket) {
  wire.field(1, ticket.position);
  wire.field(2, ticket.first_position);
  wire.field(3, ticket.branch);
  wire.field(4, ticket.ticket);
  wire.field(5, ticket.label);
  wire.field(6, ticket.is_backfill);
  wire.field(7, ticket.last_event_received_at);
  wire.field(8, ticket.events);
  wire.field(9, ticket.commitments);
  wire.field(10, ticket.entered_by);
}

void describe(auto& wire, Is<std::pair<uint64_t, uint64_t>> auto& rejected) {
  wire.field(1, rejected.first);
  wire.field(2, rejected.second);
}

void describe(auto& wire, Is<rules::engine::Source::Gap> auto& gap) {
  wire.field(1, gap.from);
  wire.field(2, gap.until);
  wire.field(3, gap.is_open);
}

void describe(auto& wire, Is<rules::engine::Source> auto& source) {
  wire.field(1, source.position);
  wire.field(2, source.id);
  wire.field(3, source.epoch);
  wire.field(4, source.next_sequence);
  wire.field(5, source.watermark);
  wire.field(6, source.recorded_watermark);
  wire.field(7, source.last_received_at);
  wire.field(8, source.is_closed);
  wire.field(9, source.is_backfill);
  wire.packed_fixed32(10, source.recent_hashes);
  wire.field(11, source.rejected);
  wire.field(12, source.skew);
  wire.field(13, source.is_without_heartbeat);
  wire.field(14, source.gaps);
  wire.field(15, source.is_retired);
  wire.field(16, source.retired_reason);
  wire.field(17, source.twin_count);
  wire.packed_fixed32(18, source.twin_hashes);
  wire.field(20, source.rejected_before);
}

void describe(auto& wire, Is<rules::engine::Branch::Closing> auto& closing) {
  wire.field(1, closing.at);
  wire.field(2, closing.is_closed);
}

void describe(auto& wire, Is<rules::engine::Branch::Change> auto& change) {
  wire.field(1, change.at);
  wire.field(2, change.name);
  wire.field(3, change.value);
  wire.field(4, change.source);
  wire.field(5, change.epoch);
  wire.field(6, change.sequence);
}

void describe(auto& wire, Is<rules::engine::Branch> auto& branch) {
  wire.field(1, branch.position);
  wire.field(2, branch.name);
  wire.field(3, branch.closings);
  wire.field(4, branch.changes);
  wire.field(5, branch.heard_sources);
}

void describe(auto& wire, Is<rules::ledger::Compensation> auto& compensation) {
  wire.field(1, compensation.position);
  wire.field(2, compensation.number);
  wire.field(3, compensation.key);
  wire.field(4, compensation.customer);
  wire.field(5, compensation.computed);
  wire.field(6, compensation.amount);
  wire.field(7, compensation.state);
  wire.field(8, compensation.instrument);
  wire.field(9, compensation.reason);
  wire.field(10, compensation.tier_clause);
  wire.field(11, compensation.draws);
  wire.field(12, compensation.owed_at);
  wire.field(13, compensation.changed_at);
  wire.field(14, compensation.batch);
  wire.field(15, compensation.voucher);
  wire.field(16, compensation.is_redeemed);
  wire.field(17, compensation.attempts);
  wire.field(18, compensation.reference);
  wire.field(19, compensation.due_on);
  wire.field(20, compensation.late_of);
  wire.field(21, compensation.has_late_evidence);
  wire.field(22, compensation.is_paid_in_error);
  wire.field(23, compensation.reverses);
  wire.field(24, compensation.reversed_by);
  wire.field(25, compensation.claim_until);
  wire.field(26, compensation.approved_by);
  wire.field(27, compensation.changed_by);
  wire.field(28, compensation.voucher_expires_at);
  wire.field(29, compensation.is_voucher_void);
  wire.field(30, compensation.redeemed_by);
  wire.field(31, compensation.redeemed_at_branch);
  wire.field(32, compensation.redeemed_by_request);
  wire.field(33, compensation.bank_code);
  wire.field(34, compensation.paid_at);
  wire.field(35, compensation.bank_codes);
  wire.field(36, compensation.owed_reason);
  wire.field(37, compensation.booked_on);
  wire.field(38, compensation.returned_on);
  wire.field(39, compensation.dispatched_at);
  wire.field(40, compensation.excuse);
  wire.field(41, compensation.excused_by);
  wire.field(42, compensation.is_excused);
  wire.field(50, compensation.accrued_in);
  wire.field(51, compensation.is_day_told_later);
  wire.field(52, compensation.is_doubted);
}

void describe(auto& wire, Is<rules::ledger::CapCounter> auto& counter) {
  wire.field(1, counter.position);
  wire.field(2, counter.key);
  wire.field(3, counter.used_minor);
  wire.field(4, counter.used_times);
}

void describe(auto& wire, Is<rules::ledger::PayoutBatch::Export> auto& one) {
  wire.field(1, one.format);
  wire.field(2, one.sha256);
  wire.field(3, one.made_at);
}

void describe(auto& wire, Is<rules::ledger::PayoutBatch> auto& batch) {
  wire.field(1, batch.position);
  wire.field(2, batch.id);
  wire.field(3, batch.state);
  wire.field(4, batch.numbers);
  wire.field(5, batch.total);
  wire.field(6, batch.until);
  wire.field(7, batch.created_at);
  wire.field(8, batch.approved_at);
  wire.field(9, batch.exported_at);
  wire.field(10, batch.created_by);
  wire.field(11, batch.approved_by);
  wire.field(12, batch.content_hash);
  wire.field(13, batch.discarded_reason);
  wire.field(14, batch.exports);
  wire.field(15, batch.payees_digest);
}

void describe(auto& wire, Is<rules::ledger::Period> auto& period) {
  wire.field(1, period.position);
  wire.field(2, period.month);
  wire.field(3, period.closed_at);
  wire.field(4, period.closed_by);
  wire.field(5, period.through);
  wire.field(6, period.postings_sha256);
}

void describe(auto& wire, Is<model::VerdictLine> auto& line) {
  wire.field(1, line.key);
  wire.field(2, line.verdict);
  wire.field(3, line.is_final);
  wire.field(4, line.started_at);
  wire.field(5, line.due_at);
  wire.field(6, line.stopped_at);
  wire.field(7, line.counted);
  wire.field(8, line.late_by);
  wire.field(9, line.breached_at);
  wire.field(10, line.owed);
  wire.field(11, line.paid_state);
  wire.field(12, line.reason);
  wire.field(13, line.service);
  wire.field(14, line.label);
  wire.field(15, line.is_decided);
}

}  // namespace lupaus::server::store
