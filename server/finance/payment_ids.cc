// Batch ids and payout ids are within the banks' alphabet already.
#include "server/finance/payment_ids.h"

namespace lupaus::server::finance {
namespace {

/// One partition a process.
constexpr uint32_t kPaymentPartition = 1;

}  // namespace

std::string message_id(const rules::ledger::PayoutBatch& batch) { return batch.id; }

std::string_view batch_of_message_id(std::string_view message_id) { return message_id; }

std::string_view message_of_payment_information(std::string_view id) {
  constexpr std::string_view kOnlyBlock = "-1";
  if (id.size() <= kOnlyBlock.size() || !id.ends_with(kOnlyBlock)) return {};
  return id.substr(0, id.size() - kOnlyBlock.size());
}

std::string end_to_end_id(uint64_t number) {
  return rules::ledger::compensation_id(kPaymentPartition, number);
}

uint64_t number_of_end_to_end_id(std::string_view id) {
  return rules::ledger::compensation_number(kPaymentPartition, id);
}

}  // namespace lupaus::server::finance
