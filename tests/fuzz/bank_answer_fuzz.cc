// Any bytes as a bank's answer: reading ends, gives statements or says why not, gives the same in
// pieces, and keeps no text that is longer than it may be.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/finance/bank_answer.h"

namespace {

using namespace lupaus::server::finance;  // NOLINT: a program
using lupaus::rules::model::Result;

void need(bool is_so) {
  if (!is_so) std::abort();
}

Result<BankAnswer> read_in_pieces(std::string_view bytes, size_t size) {
  BankAnswerReader reader;
  for (size_t at = 0; at < bytes.size(); at += size)
    if (auto fed = reader.feed(bytes.substr(at, size)); !fed) return fed.error();
  return reader.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(bytes), size);
  const auto whole = read_bank_answer(file);
  const auto pieces = read_in_pieces(file, 1 + size / 3);
  need(whole.ok() == pieces.ok());
  if (!whole) {
    need(!whole.error().message.empty() && !whole.error().code.empty());
    return 0;
  }
  need(whole->statements.size() == pieces->statements.size() && !whole->message_id.empty());
  for (const Statement& statement : whole->statements) {
    need(statement.line != 0 && statement.text.size() <= 400);
    need(statement.end_to_end_id.size() <= 35 * 4 && statement.status.size() <= 4);
    need(!statement.amount || statement.amount->minor >= 0);
  }
  return 0;
}
