// pain.002.001.03 and .10, customer payment status report: of the whole message, of its payment
// blocks, of single payments. What we read stands in the same places in both versions.
#include "fmt/format.h"
#include "rules/model/kept_text.h"
#include "server/finance/bank_codes.h"
#include "server/finance/bank_form.h"

namespace lupaus::server::finance {
namespace {

using rules::model::Result;

constexpr std::string_view kReport = "CstmrPmtStsRpt";
constexpr std::string_view kGroup = "CstmrPmtStsRpt/OrgnlGrpInfAndSts";
constexpr std::string_view kBlock = "CstmrPmtStsRpt/OrgnlPmtInfAndSts";
constexpr std::string_view kPayment = "CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts";

class Pain002 final : public BankForm {
 public:
  explicit Pain002(BankAnswer& answer) : answer_(answer) {}

  Result<void> begin(std::string_view path) override {
    if (path == kPayment) {
      payment_ = {};
      payment_.level = Statement::Level::transaction;
    } else if (path == kBlock) {
      block_ = {};
      block_.level = Statement::Level::payment;
      if (group_.message_id.empty())
        return bad_answer("expected `OrgnlMsgId` before its payments, but there is none", 0);
    }
    return {};
  }

  Result<void> end(const BankElement& element) override {
    if (const auto field = below(element.path, kPayment); !field.empty())
      return payment_field(field, element);
    if (element.path == kPayment) return add_payment(element.line);
    if (const auto field = below(element.path, kBlock); !field.empty())
      return block_field(field, element);
    if (element.path == kBlock) return add_block(element.line);
    if (const auto field = below(element.path, kGroup); !field.empty())
      return group_field(field, element);
    if (element.path == kReport) return add_group(element.line);
    if (element.path == "CstmrPmtStsRpt/GrpHdr/MsgId") return put_id(element, answer_.message_id);
    return {};
  }

 private:
  static Result<void> reason_field(std::string_view field, const BankElement& element,
                                   Statement& statement) {
    if (field == "StsRsnInf/Rsn/Cd") {
      Result<std::string> code = read_code(element);
      if (!code) return code.error();
      statement.reasons.push_back(std::move(*code));
    } else if (field == "StsRsnInf/Rsn/Prtry") {
      add_own_code(element, statement.reasons);
    } else if (field == "StsRsnInf/AddtlInf") {
      add_words(element, statement.text);
    }
    return {};
  }

  Result<void> payment_field(std::string_view field, const BankElement& element) {
    if (field == "OrgnlEndToEndId") return put_id(element, payment_.end_to_end_id);
    if (field == "OrgnlInstrId") return put_id(element, payment_.instruction_id);
    if (field == "TxSts") return put_code(element, payment_.status);
    if (field == "AcctSvcrRef") return put_id(element, payment_.bank_reference);
    if (field == "OrgnlTxRef/Amt/InstdAmt") return put_amount(element, payment_.amount);
    return reason_field(field, element, payment_);
  }

  Result<void> block_field(std::string_view field, const BankElement& element) {
    if (field == "OrgnlPmtInfId") return put_id(element, block_.payment_information_id);
    if (field == "PmtInfSts") return put_code(element, block_.status);
    return reason_field(field, element, block_);
  }

  Result<void> group_field(std::string_view field, const BankElement& element) {
    if (field == "OrgnlMsgId") return put_id(element, group_.message_id);
    if (field == "GrpSts") return put_code(element, group_.status);
    return reason_field(field, element, group_);
  }

  Result<void> add_payment(uint32_t line) {
    // WHY: who rejects the whole need not say so of each part; any other silence is no answer.
    if (payment_.status.empty()) {
      for (const Statement* whole : {&block_, &group_})
        if (payment_.status.empty() && meaning_of_status(whole->status) == kRejected)
          payment_.status = whole->status;
    }
    payment_.message_id = group_.message_id;
    payment_.payment_information_id = block_.payment_information_id;
    block_.has_details = group_.has_details = true;
    add(payment_, line);
    return {};
  }

  Result<void> add_block(uint32_t line) {
    block_.message_id = group_.message_id;
    if (block_.status.empty()) return {};
    group_.has_details = true;
    add(block_, line);
    return {};
  }

  Result<void> add_group(uint32_t line) {
    group_.level = Statement::Level::message;
    if (answer_.message_id.empty())
      return bad_answer("expected `GrpHdr/MsgId`, but there is none", line);
    if (group_.message_id.empty())
      return bad_answer("expected `OrgnlMsgId`, but there is none", line);
    if (!group_.status.empty() || !group_.has_details) add(group_, line);
    return {};
  }

  void add(Statement& statement, uint32_t line) {
    statement.line = line;
    statement.meaning = meaning_of_status(statement.status);
    statement.payee_check = payee_check_of(statement.status);
    for (const std::string& reason : statement.reasons)
      if (statement.payee_check == Statement::PayeeCheck::none)
        statement.payee_check = payee_check_of(reason);
    statement.bank_reference = rules::model::keep_reference(statement.bank_reference);
    answer_.statements.push_back(statement);
  }

  static constexpr auto kRejected = Statement::Meaning::rejected;
  BankAnswer& answer_;
  Statement group_, block_, payment_;
};

}  // namespace

std::unique_ptr<BankForm> make_pain002(BankAnswer& answer) {
  return std::make_unique<Pain002>(answer);
}

}  // namespace lupaus::server::finance
