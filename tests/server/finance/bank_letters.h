// Banks' answers as text, for tests: what a bank writes, with names and accounts in it as real ones
// have.
#pragma once

#include <string>
#include <vector>

namespace lupaus::tests {

/// One payment in an answer. What is "" is left out.
struct Letter {
  std::string end_to_end_id;
  std::string status;  ///< TxSts
  std::string amount;  ///< "10.00", in `currency`
  std::string reason = "";
  std::string own_reason = "";
  std::string text = "";
  std::string currency = "EUR";
  std::string message_id = "B-20260105-0001";  ///< camt.054 only
};

/// `version`: "03" or "10".
inline std::string write_pain002(const std::string& version, const std::string& message_id,
                                 const std::string& group_status,
                                 const std::vector<Letter>& letters,
                                 const std::string& block_status = "") {
  const auto element = [](const std::string& name, const std::string& text) {
    return text.empty() ? "" : "<" + name + ">" + text + "</" + name + ">";
  };
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\""
      "urn:iso:std:iso:20022:tech:xsd:pain.002.001." +
      version +
      "\"><CstmrPmtStsRpt>\n<GrpHdr><MsgId>BANK-1</MsgId>"
      "<CreDtTm>2026-01-06T08:00:00</CreDtTm></GrpHdr>\n<OrgnlGrpInfAndSts>"
      "<OrgnlMsgId>" +
      message_id +
      "</OrgnlMsgId>"
      "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>" +
      element("GrpSts", group_status) + "</OrgnlGrpInfAndSts>\n";
  if (letters.empty() && block_status.empty()) return out + "</CstmrPmtStsRpt></Document>\n";
  out += "<OrgnlPmtInfAndSts><OrgnlPmtInfId>" + message_id + "-1</OrgnlPmtInfId>" +
         element("PmtInfSts", block_status) + "\n";
  for (const Letter& letter : letters) {
    out += "<TxInfAndSts>" + element("OrgnlInstrId", letter.end_to_end_id) +
           element("OrgnlEndToEndId", letter.end_to_end_id) + element("TxSts", letter.status);
    if (!(letter.reason + letter.own_reason + letter.text).empty()) {
      const std::string reason = element("Cd", letter.reason) + element("Prtry", letter.own_reason);
      out += "<StsRsnInf><Orgtr><Nm>Esimerkki Pankki Oyj</Nm></Orgtr>" + element("Rsn", reason) +
             element("AddtlInf", letter.text) + "</StsRsnInf>";
    }
    out += element("AcctSvcrRef", "REF-" + letter.end_to_end_id) + "<OrgnlTxRef>";
    if (!letter.amount.empty())
      out +=
          "<Amt><InstdAmt Ccy=\"" + letter.currency + "\">" + letter.amount + "</InstdAmt></Amt>";
    out += "<Cdtr>" + std::string(version == "03" ? "" : "<Pty>") + "<Nm>Matti Meikäläinen</Nm>" +
           (version == "03" ? "" : "</Pty>") +
           "</Cdtr><CdtrAcct><Id><IBAN>FI2112345600000785</IBAN></Id></CdtrAcct></OrgnlTxRef>"
           "</TxInfAndSts>\n";
  }
  return out + "</OrgnlPmtInfAndSts>\n</CstmrPmtStsRpt></Document>\n";
}

/// One booked entry: a debit, or a credit that returns (with `returned`).
struct Entry {
  std::vector<Letter> letters;
  std::string direction = "DBIT";
  std::string status = "BOOK";
  std::string total = "10.00";
  bool has_return_code = false;  ///< the entry's bank transaction code says reimbursement
  bool is_batch = false;         ///< booked as one, without its payments
  std::string count = "";        ///< of a batch
};

inline std::string write_camt054(const std::vector<Entry>& entries) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "
      "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn>\n"
      "<GrpHdr><MsgId>NOTE-1</MsgId><CreDtTm>2026-01-07T08:00:00</CreDtTm></GrpHdr>\n"
      "<Ntfctn><Id>N1</Id><CreDtTm>2026-01-07T08:00:00</CreDtTm>"
      "<Acct><Id><IBAN>FI2112345600000785</IBAN></Id></Acct>\n";
  for (const Entry& entry : entries) {
    out += "<Ntry><Amt Ccy=\"EUR\">" + entry.total + "</Amt><CdtDbtInd>" + entry.direction +
           "</CdtDbtInd><Sts><Cd>" + entry.status +
           "</Cd></Sts><BookgDt><Dt>2026-01-07</Dt></BookgDt><AcctSvcrRef>E-REF</AcctSvcrRef>"
           "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>" +
           (entry.has_return_code ? "RRTN" : "ESCT") +
           "</SubFmlyCd></Fmly></Domn></BkTxCd>"
           "<NtryDtls>";
    if (entry.is_batch)
      out +=
          "<Btch><MsgId>B-20260105-0001</MsgId><PmtInfId>B-20260105-0001-1</PmtInfId>"
          "<NbOfTxs>" +
          entry.count + "</NbOfTxs><TtlAmt Ccy=\"EUR\">" + entry.total +
          "</TtlAmt><CdtDbtInd>DBIT</CdtDbtInd></Btch>";
    for (const Letter& letter : entry.letters) {
      out += "<TxDtls><Refs>";
      if (!letter.message_id.empty()) out += "<MsgId>" + letter.message_id + "</MsgId>";
      out += "<InstrId>" + letter.end_to_end_id + "</InstrId><EndToEndId>" + letter.end_to_end_id +
             "</EndToEndId></Refs>";
      if (!letter.amount.empty())
        out += "<Amt Ccy=\"" + letter.currency + "\">" + letter.amount + "</Amt>";
      out += "<CdtDbtInd>" + entry.direction +
             "</CdtDbtInd><RltdPties><Cdtr><Pty>"
             "<Nm>Matti Meikäläinen</Nm></Pty></Cdtr></RltdPties>";
      if (!letter.reason.empty())
        out += "<RtrInf><Rsn><Cd>" + letter.reason + "</Cd></Rsn><AddtlInf>" + letter.text +
               "</AddtlInf></RtrInf>";
      out += "</TxDtls>";
    }
    out += "</NtryDtls></Ntry>\n";
  }
  return out + "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n";
}

}  // namespace lupaus::tests
