// camt.054.001.08, debit and credit notification: what was booked on our account. A booked debit
// is a payment that left; a credit that returns one brings it back.
#include <charconv>
#include <vector>

#include "rules/model/kept_text.h"
#include "server/finance/bank_form.h"

namespace lupaus::server::finance {
namespace {

using rules::model::Result;

constexpr std::string_view kEntry = "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry";
constexpr std::string_view kDetails = "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls";
constexpr std::string_view kBatch = "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/Btch";
constexpr std::string_view kTransaction = "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls";

/// What an entry and each of its transactions may say, the transaction's own first.
struct Booking {
  Statement statement;
  std::string direction;  ///< "CRDT", "DBIT"
  std::string family, sub_family;
  std::optional<rules::model::Money> amount_in_details;
  std::string batch_message_id, batch_payment_information_id;
  bool has_return = false;
};

Result<void> put_count(const BankElement& element, std::optional<uint32_t>& field) {
  uint32_t count = 0;
  const char* end = element.text.data() + element.text.size();
  const auto read = std::from_chars(element.text.data(), end, count);
  if (field || read.ec != std::errc() || read.ptr != end)
    return bad_answer("expected one number in `NbOfTxs`, but it is none", element.line);
  field = count;
  return {};
}

class Camt054 final : public BankForm {
 public:
  explicit Camt054(BankAnswer& answer) : answer_(answer) {}

  Result<void> begin(std::string_view path) override {
    if (path == kEntry) {
      entry_ = {};
      is_reversal_ = false;
      parts_.clear();
    } else if (path == kDetails) {
      batch_ = {};
      has_transactions_ = has_batch_ = false;
    } else if (path == kTransaction) {
      part_ = {};
      has_transactions_ = true;
    } else if (path == kBatch) {
      has_batch_ = true;
    }
    return {};
  }

  Result<void> end(const BankElement& element) override {
    if (const auto field = below(element.path, kTransaction); !field.empty())
      return transaction_field(field, element);
    if (const auto field = below(element.path, kBatch); !field.empty())
      return batch_field(field, element);
    if (element.path == kTransaction) return keep(part_, Statement::Level::transaction, element);
    if (element.path == kDetails) {
      if (has_batch_ && !has_transactions_) return keep(batch_, Statement::Level::message, element);
      return {};
    }
    if (element.path == kEntry) return add_entry(element.line);
    if (const auto field = below(element.path, kEntry); !field.empty())
      return entry_field(field, element);
    if (element.path == "BkToCstmrDbtCdtNtfctn/GrpHdr/MsgId")
      return put_id(element, answer_.message_id);
    if (element.path == "BkToCstmrDbtCdtNtfctn" && answer_.message_id.empty())
      return bad_answer("expected `GrpHdr/MsgId`, but there is none", element.line);
    return {};
  }

 private:
  Result<void> entry_field(std::string_view field, const BankElement& element) {
    Statement& statement = entry_.statement;
    if (field == "Amt") return put_amount(element, statement.amount);
    if (field == "CdtDbtInd") return put_code(element, entry_.direction);
    if (field == "Sts/Cd") return put_code(element, statement.status);
    if (field == "BookgDt/Dt" || field == "BookgDt/DtTm")
      return put_date(element, statement.booked_on);
    if (field == "AcctSvcrRef") return put_id(element, statement.bank_reference);
    if (field == "RvslInd") is_reversal_ = element.text == "true" || element.text == "1";
    return code_field(field, element, entry_);
  }

  static Result<void> code_field(std::string_view field, const BankElement& element,
                                 Booking& booking) {
    if (field == "BkTxCd/Domn/Fmly/Cd") return put_code(element, booking.family);
    if (field == "BkTxCd/Domn/Fmly/SubFmlyCd") return put_code(element, booking.sub_family);
    return {};
  }

  Result<void> batch_field(std::string_view field, const BankElement& element) {
    if (field == "MsgId") return put_id(element, batch_.statement.message_id);
    if (field == "PmtInfId") return put_id(element, batch_.statement.payment_information_id);
    if (field == "NbOfTxs") return put_count(element, batch_.statement.count);
    if (field == "TtlAmt") return put_amount(element, batch_.statement.amount);
    if (field == "CdtDbtInd") return put_code(element, batch_.direction);
    return {};
  }

  Result<void> transaction_field(std::string_view field, const BankElement& element) {
    Statement& statement = part_.statement;
    if (field == "Refs/MsgId") return put_id(element, statement.message_id);
    if (field == "Refs/PmtInfId") return put_id(element, statement.payment_information_id);
    if (field == "Refs/InstrId") return put_id(element, statement.instruction_id);
    if (field == "Refs/EndToEndId") return put_id(element, statement.end_to_end_id);
    if (field == "Refs/AcctSvcrRef") return put_id(element, statement.bank_reference);
    if (field == "Amt") return put_amount(element, statement.amount);
    if (field == "AmtDtls/TxAmt/Amt") return put_amount(element, part_.amount_in_details);
    if (field == "CdtDbtInd") return put_code(element, part_.direction);
    if (field == "RtrInf") part_.has_return = true;
    if (field == "RtrInf/Rsn/Cd") {
      Result<std::string> code = read_code(element);
      if (!code) return code.error();
      statement.reasons.push_back(std::move(*code));
    }
    if (field == "RtrInf/Rsn/Prtry") add_own_code(element, statement.reasons);
    if (field == "RtrInf/AddtlInf") add_words(element, statement.text);
    return code_field(field, element, part_);
  }

  Result<void> keep(Booking& booking, Statement::Level level, const BankElement& element) {
    Statement& statement = booking.statement;
    statement.level = level;
    statement.line = element.line;
    if (!statement.amount) statement.amount = booking.amount_in_details;
    if (level == Statement::Level::transaction) {
      if (statement.message_id.empty()) statement.message_id = batch_.statement.message_id;
      if (statement.payment_information_id.empty())
        statement.payment_information_id = batch_.statement.payment_information_id;
    }
    parts_.push_back(std::move(booking));
    return {};
  }

  Result<void> add_entry(uint32_t line) {
    if (entry_.statement.status.empty() || entry_.direction.empty() || !entry_.statement.amount)
      return bad_answer("expected `Sts/Cd`, `CdtDbtInd` and `Amt` in `Ntry`, but one is not there",
                        line);
    if (parts_.empty()) {  // nothing says of which payment it is
      parts_.emplace_back();
      parts_.back().statement.line = line;
    }
    for (Booking& part : parts_) add(part, parts_.size() == 1);
    return {};
  }

  void add(Booking& part, bool is_only) {
    Statement& statement = part.statement;
    if (!statement.amount && is_only) statement.amount = entry_.statement.amount;
    if (part.direction.empty()) part.direction = entry_.direction;
    if (part.sub_family.empty()) {
      part.family = entry_.family;
      part.sub_family = entry_.sub_family;
    }
    statement.status = entry_.statement.status;
    statement.booked_on = entry_.statement.booked_on;
    if (statement.bank_reference.empty())
      statement.bank_reference = entry_.statement.bank_reference;
    statement.bank_reference = rules::model::keep_reference(statement.bank_reference);
    statement.meaning = meaning_of(part);
    answer_.statements.push_back(std::move(statement));
  }

  Statement::Meaning meaning_of(const Booking& part) const {
    // ISO's codes: ICDT issued credit transfers, RRTN reimbursement.
    const bool is_return =
        part.has_return || is_reversal_ || (part.family == "ICDT" && part.sub_family == "RRTN");
    const bool is_expected =
        (part.direction == "DBIT" && !is_return) || (part.direction == "CRDT" && is_return);
    if (!is_expected) return Statement::Meaning::unknown;
    if (part.statement.status == "PDNG" || part.statement.status == "INFO")
      return Statement::Meaning::noted;
    if (part.statement.status != "BOOK") return Statement::Meaning::unknown;
    return is_return ? Statement::Meaning::returned : Statement::Meaning::paid;
  }

  BankAnswer& answer_;
  Booking entry_, batch_, part_;
  std::vector<Booking> parts_;  ///< of the entry: each transaction, or a batch without
  bool is_reversal_ = false;
  bool has_transactions_ = false;  ///< in the details
  bool has_batch_ = false;
};

}  // namespace

std::unique_ptr<BankForm> make_camt054(BankAnswer& answer) {
  return std::make_unique<Camt054>(answer);
}

}  // namespace lupaus::server::finance
