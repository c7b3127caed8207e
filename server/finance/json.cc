// One document for programs: the batch, then its lines, each on a line of text of its own. Amounts
// are decimal text, so that no reader rounds them.
#include <cstdio>

#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "rules/model/utf8.h"
#include "server/finance/batch_file.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) >= 0x20) {
    out += c;
    return;
  }
  char code[8];
  std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
  out += code;
}

/// A JSON string (RFC 8259); what is no UTF-8 becomes U+FFFD.
void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const size_t length = rules::model::utf8_length(text);
    if (length == 0) {
      out += kReplacement;
    } else if (length == 1) {
      append_escaped(out, text.front());
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

/// `"key":"value"`, after a comma unless it is the first of its object.
void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{') out += ',';
  append_string(out, key);
  out += ':';
  append_string(out, value);
}

void append_number(std::string& out, std::string_view key, uint64_t value) {
  if (out.back() != '{') out += ',';
  append_string(out, key);
  out += ':';
  out += std::to_string(value);
}

void append_batch(std::string& out, const FileRequest& request) {
  const PayoutBatch& batch = request.batch;
  out += "{";
  append_member(out, "id", batch.id);
  append_member(out, "until", rules::model::format_instant(batch.until));
  append_member(out, "created_at", rules::model::format_instant(batch.created_at));
  append_member(out, "currency", batch.total.currency.text());
  append_member(out, "total", rules::model::format_amount(batch.total));
  append_number(out, "count", request.lines.size());
  append_member(out, "content_hash", content_hash(batch, request.lines));
  out += '}';
}

void append_line(std::string& out, const BatchFile& file, size_t index) {
  const Compensation& line = file.request.lines[index];
  out += '{';
  append_member(out, "payout", payout_id(line));
  append_member(out, "customer", line.customer);
  append_member(out, "amount", rules::model::format_amount(*line.amount));
  append_member(out, "currency", line.amount->currency.text());
  append_member(out, "promise", line.key.promise);
  append_number(out, "revision", line.key.revision);
  append_member(out, "branch", line.key.branch);
  append_member(out, "ticket", line.key.ticket);
  append_number(out, "cycle", line.key.cycle);
  append_member(out, "owed_at", rules::model::format_instant(line.owed_at));
  if (line.late_of != 0)
    append_member(out, "late_of", rules::ledger::compensation_id(kPartition, line.late_of));
  if (file.has_payees()) {
    const auto& payee = file.payees[index];
    out += ",\"payee\":";
    if (!payee) {
      out += "null";
    } else {
      out += '{';
      append_member(out, "name", payee->name);
      append_member(out, "iban", payee->iban);
      out += '}';
    }
  }
  out += '}';
}

}  // namespace

rules::model::Result<void> write_json(const BatchFile& file, const Sink& sink) {
  Output out(sink);
  out.text = "{\"batch\":";
  append_batch(out.text, file.request);
  out.text += ",\n\"lines\":[\n";
  for (size_t i = 0; i < file.request.lines.size(); ++i) {
    if (i != 0) out.text += ",\n";
    append_line(out.text, file, i);
    out.pass_on();
  }
  out.text += "\n]}\n";
  out.finish();
  return {};
}

}  // namespace lupaus::server::finance
