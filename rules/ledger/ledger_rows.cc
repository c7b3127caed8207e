// The ledger as rows: restored from them in any order, and hashed.
#include <algorithm>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {
namespace {

uint64_t mix(uint64_t value, uint64_t word) {
  value ^= word + 0x9E3779B97F4A7C15ULL + (value << 6) + (value >> 2);
  return (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
}

uint64_t mix(uint64_t value, std::string_view text) {
  value = mix(value, text.size());
  for (const char c : text) value = mix(value, static_cast<unsigned char>(c));
  return value;
}

}  // namespace

void Ledger::restore(Compensation compensation) {
  next_number_ = std::max(next_number_, compensation.number + 1);
  if (!compensation.voucher.empty()) vouchers_[compensation.voucher] = compensation.number;
  if (compensation.voucher_expires_at)
    expiring_.insert({*compensation.voucher_expires_at, compensation.number});
  count_open(compensation, true);
  index(compensation);
  compensations_[compensation.number] = std::move(compensation);
}

void Ledger::restore(const CapCounter& counter) {
  // WHY: its key stays, as it is found by that very text.
  CapCounter& restored = counter_of(counter.key);
  restored.position = counter.position;
  restored.used_minor = counter.used_minor;
  restored.used_times = counter.used_times;
}

void Ledger::restore(PayoutBatch batch) {
  std::string id = batch.id;
  batches_[std::move(id)] = std::move(batch);
}

uint64_t Ledger::hash() const {
  uint64_t value = next_number_;
  if (first_ordinal_ != 0) value = mix(value, first_ordinal_);
  for (const auto& [number, c] : compensations_) {
    value = mix(mix(mix(value, number), c.key.ticket), c.key.promise);
    value = mix(mix(value, static_cast<uint64_t>(c.state)),
                static_cast<uint64_t>(c.amount ? c.amount->minor : -1));
    value = mix(mix(mix(value, c.batch), c.voucher), c.attempts);
    // WHY: journals from before these hash as they did.
    if (c.due_on) value = mix(value, model::format_local_date(*c.due_on));
    if (c.late_of != 0) value = mix(value, c.late_of);
    if (c.reverses != 0) value = mix(value, c.reverses ^ 0x5EED5EED00000001ULL);
    if (c.reversed_by != 0) value = mix(value, c.reversed_by ^ 0x5EED5EED00000002ULL);
    if (c.is_voucher_void) value = mix(value, "void");
    if (c.voucher_expires_at)
      value = mix(value, static_cast<uint64_t>(model::to_unix_ms(*c.voucher_expires_at)));
    if (c.claim_until)
      value = mix(value, static_cast<uint64_t>(c.claim_until->time_since_epoch().count()));
    for (const auto& who : c.excused_by) value = mix(mix(value, c.excuse), who);
    for (const auto& who : c.approved_by) value = mix(value, who);
    for (const auto& code : c.bank_codes) value = mix(value, code);
    if (c.booked_on) value = mix(value, model::format_local_date(*c.booked_on));
    if (!c.accrued_in.empty()) value = mix(mix(value, "accrued"), c.accrued_in);
    if (c.has_late_evidence) value = mix(value, c.is_paid_in_error ? 2 : 1);
  }
  for (const auto& [key, counter] : caps()) {
    value =
        mix(mix(mix(value, key), static_cast<uint64_t>(counter.used_minor)), counter.used_times);
  }
  for (const auto& [id, batch] : batches_) {
    value = mix(mix(value, id), static_cast<uint64_t>(batch.state));
    for (const uint64_t number : batch.numbers) value = mix(value, number);
    if (!batch.payees_digest.empty()) value = mix(value, batch.payees_digest);
    for (const auto& one : batch.exports) {
      if (!one.sha256.empty()) value = mix(mix(value, one.format), one.sha256);
      if (one.made_at != model::Instant{})
        value = mix(value, static_cast<uint64_t>(model::to_unix_ms(one.made_at)));
    }
  }
  for (const auto& [month, period] : periods_) {
    value = mix(value, month);
    if (!period.postings_sha256.empty()) value = mix(value, period.postings_sha256);
  }
  return value;
}

}  // namespace lupaus::rules::ledger
