// The ids that a payment file gives its payments, and by which the bank's answers find them again.
// Unique for ever, and made of `[A-Za-z0-9-]`, at most 35 characters: what every bank takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/ledger/entities.h"

namespace lupaus::server::finance {

/// MsgId of the batch's payment file; the same on every export: "B-20260105-0001".
std::string message_id(const rules::ledger::PayoutBatch& batch);

/// The batch whose file has that MsgId, if there is such a batch.
std::string_view batch_of_message_id(std::string_view message_id);

/// MsgId of the file whose only payment block has that PmtInfId ("B-20260105-0001-1"); "" when
/// `id` is none of ours.
std::string_view message_of_payment_information(std::string_view id);

/// EndToEndId of one payment: the payout's id, "C-1-42".
std::string end_to_end_id(uint64_t number);

/// The payout's number; 0 when `id` is none of ours.
uint64_t number_of_end_to_end_id(std::string_view id);

}  // namespace lupaus::server::finance
