// pain.001.001.09, the SEPA credit transfer initiation (ISO 20022; EPC132-08): one payment, one
// transfer a line on a line of text of its own. Everything that it says comes from the batch, so
// the bank knows a repeated file by its message id. Before the first byte leaves, the whole file
// has been through `PaymentCheck`.
#include <algorithm>
#include <map>

#include "rules/calendar/target_days.h"
#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "server/finance/account.h"
#include "server/finance/bank_payee.h"
#include "server/finance/bank_text.h"
#include "server/finance/batch_file.h"
#include "server/finance/payment_check.h"
#include "server/finance/payment_ids.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::model::Error;
using rules::model::LocalDate;
using rules::model::Result;

constexpr size_t kRemittanceMax = 140;
constexpr int64_t kCentsMax = 99'999'999'999;
constexpr size_t kNamedMax = 5;  ///< payouts that one error names

Error not_configured(std::string message) {
  return Error{"not_configured",
               std::move(message),
               "set it in the `finance` section of the server's configuration",
               {}};
}

/// "C-1-7, C-1-9 and 3 more".
std::string name_some(const std::vector<std::string>& ids) {
  std::string text;
  for (size_t i = 0; i < std::min(ids.size(), kNamedMax); ++i) {
    if (i != 0) text += ", ";
    text += ids[i];
  }
  if (ids.size() > kNamedMax) text += " and " + std::to_string(ids.size() - kNamedMax) + " more";
  return text;
}

Result<void> check_debtor(const FinanceSettings& settings) {
  const Debtor& debtor = settings.debtor;
  if (!is_bank_name(debtor.name))
    return not_configured("expected the debtor's name in letters, but there are none");
  if (!is_bank_account(debtor.iban))
    return not_configured("expected the debtor's IBAN, in SEPA, but it is none");
  if (!debtor.bic.empty() && (!is_bic(debtor.bic) || !is_bic_of(debtor.bic, debtor.iban))) {
    return not_configured(
        "expected the BIC of the debtor's bank or none, but it is not of the IBAN's country");
  }
  return {};
}

/// WHY: banks refuse a file of a day that has passed (DT01), and one that was made long ago (DT05).
rules::model::Instant made_at(const FileRequest& request) {
  return std::max(request.made_at, request.batch.approved_at);
}

/// The first bank day on or after the day on which the file was first made.
LocalDate execution_day(const FileRequest& request) {
  return rules::calendar::target_day_from(local_date(request.settings, made_at(request)));
}

/// Why a line cannot be paid so, in words after "expected"; "" when it can.
std::string_view reason_against(const Compensation& line, const payees::Payee& payee) {
  constexpr rules::model::Currency kEuro{{'E', 'U', 'R'}};
  if (line.amount->currency != kEuro) return "euros";
  if (line.amount->minor < 1 || line.amount->minor > kCentsMax) return "0.01 to 999999999.99";
  if (!is_bank_name(payee.name)) return "a payee's name in letters that a bank takes";
  if (!is_bank_account(payee.iban)) return "a payee's IBAN in SEPA";
  return "";
}

Result<void> check_lines(const BatchFile& file) {
  std::vector<std::string> without;
  for (size_t i = 0; i < file.payees.size(); ++i) {
    if (!file.payees[i]) without.push_back(payout_id(file.request.lines[i]));
  }
  if (!without.empty()) {
    return Error{"no_payee",
                 "expected a payee for each payout, but there is none for " + name_some(without),
                 "import them with `lupaus payees import FILE`",
                 {}};
  }
  std::map<std::string_view, std::vector<std::string>> wrong;
  for (size_t i = 0; i < file.payees.size(); ++i) {
    const Compensation& line = file.request.lines[i];
    const std::string_view needed = reason_against(line, *file.payees[i]);
    if (!needed.empty()) wrong[needed].push_back(payout_id(line));
  }
  if (wrong.empty()) return {};
  std::string message;
  for (const auto& [needed, ids] : wrong) {
    message += message.empty() ? "expected " : "; and ";
    message += needed;
    message += " for " + name_some(ids) + ", but it is something else";
  }
  return Error{"bad_payment",
               std::move(message),
               "decline or mend these payouts; another format may take them",
               {}};
}

/// What the payee reads on the statement.
std::string remittance(const FinanceSettings& settings, const Compensation& line,
                       std::string_view language) {
  std::string text = language == "fi"   ? "Hyvitys"
                     : language == "sv" ? "Ersättning"
                                        : "Compensation";
  text += ' ';
  text += payout_id(line);
  text += ' ';
  text += line.key.promise;
  text += ' ';
  text += line.key.ticket;
  return to_bank_text(text, settings.names, kRemittanceMax);
}

class Initiation {
 public:
  Initiation(const BatchFile& file, LocalDate day) : file_(file), day_(day) {}

  void write(const Sink& sink) const {
    Output out(sink);
    append_header(out.text);
    append_payment(out.text);
    for (size_t i = 0; i < file_.request.lines.size(); ++i) {
      append_transfer(out.text, file_.request.lines[i], *file_.payees[i]);
      out.pass_on();
    }
    out.text += "</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n";
    out.finish();
  }

 private:
  std::string debtor_name() const { return to_bank_name(settings().debtor.name, settings().names); }
  const FinanceSettings& settings() const { return file_.request.settings; }
  std::string totals() const {
    return "<NbOfTxs>" + std::to_string(file_.request.lines.size()) + "</NbOfTxs><CtrlSum>" +
           rules::model::format_amount(file_.request.batch.total) + "</CtrlSum>";
  }

  void append_header(std::string& out) const {
    constexpr size_t kToSeconds = 19;
    const PayoutBatch& batch = file_.request.batch;
    out += R"(<?xml version="1.0" encoding="UTF-8"?>)";
    out += "\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n";
    out += "<CstmrCdtTrfInitn>\n<GrpHdr><MsgId>" + message_id(batch) + "</MsgId><CreDtTm>";
    out +=
        rules::model::format_instant(made_at(file_.request)).substr(0, kToSeconds) + "Z</CreDtTm>";
    out += totals() + "<InitgPty><Nm>" + debtor_name() + "</Nm></InitgPty></GrpHdr>\n";
  }

  void append_payment(std::string& out) const {
    const Debtor& debtor = settings().debtor;
    out += "<PmtInf><PmtInfId>" + message_id(file_.request.batch) +
           "-1</PmtInfId><PmtMtd>TRF</PmtMtd>";
    out += totals() + "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>";
    out += "<ReqdExctnDt><Dt>" + rules::model::format_local_date(day_) + "</Dt></ReqdExctnDt>";
    out += "<Dbtr><Nm>" + debtor_name() + "</Nm></Dbtr><DbtrAcct><Id><IBAN>" + debtor.iban;
    out += "</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId>";
    out += debtor.bic.empty() ? "<Othr><Id>NOTPROVIDED</Id></Othr>"
                              : "<BICFI>" + debtor.bic + "</BICFI>";
    out += "</FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>\n";
  }

  /// WHY: no escaping: ids are checked, names and texts are in the bank's letters, none of which
  /// means anything to XML.
  void append_transfer(std::string& out, const Compensation& line,
                       const payees::Payee& payee) const {
    const std::string id = end_to_end_id(line.number);
    out += "<CdtTrfTxInf><PmtId><InstrId>";
    out += id;
    out += "</InstrId><EndToEndId>";
    out += id;
    out += "</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"EUR\">";
    out += rules::model::format_amount(*line.amount);
    out += "</InstdAmt></Amt><Cdtr><Nm>";
    out += to_bank_name(payee.name, settings().names);
    out += "</Nm></Cdtr><CdtrAcct><Id><IBAN>";
    out += payee.iban;
    out += "</IBAN></Id></CdtrAcct><RmtInf><Ustrd>";
    out += remittance(settings(), line, payee.language);
    out += "</Ustrd></RmtInf></CdtTrfTxInf>\n";
  }

  const BatchFile& file_;
  LocalDate day_;
};

}  // namespace

Result<void> write_pain001(const BatchFile& file, const Sink& sink) {
  if (!file.has_payees())
    return not_configured("expected a payee store for a payment file, but none is configured");
  if (auto checked = check_debtor(file.request.settings); !checked) return checked;
  if (file.request.batch.state == PayoutBatch::State::draft) {
    return Error{"wrong_state",
                 "expected an approved batch, but " + file.request.batch.id + " is a draft",
                 "somebody else approves it with `lupaus payouts batch approve`",
                 {}};
  }
  if (auto checked = check_lines(file); !checked) return checked;
  const Initiation initiation(file, execution_day(file.request));
  PaymentCheck check;
  initiation.write([&](std::string_view piece) { check.feed(piece); });
  if (auto checked = check.finish(); !checked) return checked;
  initiation.write(sink);
  return {};
}

}  // namespace lupaus::server::finance
