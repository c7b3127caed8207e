// What an approver approves, as one hash. Every field goes in with its length, so that no two
// contents look alike.
#include <openssl/sha.h>

#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "server/finance/render.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;

void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
  out += '\n';
}

void append_line(std::string& out, const Compensation& line) {
  append_field(out, std::to_string(line.number));
  append_field(out, line.key.branch);
  append_field(out, line.key.ticket);
  append_field(out, line.key.promise);
  append_field(out, std::to_string(line.key.revision));
  append_field(out, std::to_string(line.key.cycle));
  append_field(out, line.customer);
  append_field(out, line.amount ? rules::model::format_money(*line.amount) : "");
  append_field(out, rules::model::format_instant(line.owed_at));
}

std::string to_hex(const unsigned char* bytes, size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

std::string content_hash(const PayoutBatch& batch, std::span<const Compensation> lines) {
  std::string canonical;
  append_field(canonical, "lupaus payout batch 1");
  append_field(canonical, batch.id);
  append_field(canonical, rules::model::format_instant(batch.until));
  append_field(canonical, rules::model::format_money(batch.total));
  append_field(canonical, std::to_string(lines.size()));
  for (const Compensation& line : lines) append_line(canonical, line);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(canonical.data()), canonical.size(), digest);
  return to_hex(digest, sizeof digest);
}

}  // namespace lupaus::server::finance
