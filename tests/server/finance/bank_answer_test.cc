// Banks' answers into statements: each form, each way a file can be wrong, and what must never be
// kept of one.
#include "server/finance/bank_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/finance/bank_codes.h"
#include "tests/server/finance/bank_letters.h"

namespace lupaus::server::finance {
namespace {

using rules::model::format_money;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::Entry;
using tests::Letter;
using tests::write_camt054;
using tests::write_pain002;
using Meaning = Statement::Meaning;
using PayeeCheck = Statement::PayeeCheck;

/// One line a statement, as a table that people can check.
std::string show(const Statement& statement) {
  constexpr const char* kLevels[] = {"message", "block", "payment"};
  constexpr const char* kMeanings[] = {"unknown", "noted",    "partly",
                                       "paid",    "rejected", "returned"};
  std::string out = kLevels[static_cast<size_t>(statement.level)];
  const auto add = [&](const std::string& part) { out += part.empty() ? "" : " " + part; };
  add(statement.end_to_end_id);
  add(kMeanings[static_cast<size_t>(statement.meaning)]);
  add(statement.status);
  for (const std::string& reason : statement.reasons) add(reason);
  if (statement.amount) add(format_money(*statement.amount));
  if (statement.has_details) add("+");
  return out;
}

std::vector<std::string> show(const std::string& file) {
  const auto answer = read_bank_answer(file);
  if (!answer) return {rules::model::format_error(answer.error())};
  std::vector<std::string> lines;
  for (const Statement& statement : answer->statements) lines.push_back(show(statement));
  return lines;
}

rules::model::Error refusal(const std::string& file) {
  const auto answer = read_bank_answer(file);
  EXPECT_FALSE(answer.ok()) << "it was read";
  return answer ? rules::model::Error{} : answer.error();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

class EachVersion : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Pain002, EachVersion, ::testing::Values("03", "10"));

TEST_P(EachVersion, TellsOfEachPaymentWhatTheBankSaid) {
  const std::string file = write_pain002(GetParam(), "B-20260105-0001", "PART",
                                         {{"C-1-1", "ACSC", "10.00"},
                                          {"C-1-2", "RJCT", "20.00", "AC04"},
                                          {"C-1-3", "ACSP", ""},
                                          {"C-1-4", "", "10"},
                                          {"C-1-5", "RVNM", "7.5", "", "PN01"},
                                          {"C-1-6", "ACWC", "500", "", "", "", "JPY"}});
  EXPECT_THAT(show(file), ElementsAre("payment C-1-1 paid ACSC EUR 10.00",
                                      "payment C-1-2 rejected RJCT AC04 EUR 20.00",
                                      "payment C-1-3 noted ACSP", "payment C-1-4 unknown EUR 10.00",
                                      "payment C-1-5 noted RVNM PN01 EUR 7.50",
                                      "payment C-1-6 noted ACWC JPY 500", "message partly PART +"));
  const auto answer = read_bank_answer(file);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->form, std::string("pain.002.001.") + GetParam());
  EXPECT_EQ(answer->message_id, "BANK-1");
  EXPECT_EQ(answer->statements[0].message_id, "B-20260105-0001");
  EXPECT_EQ(answer->statements[0].payment_information_id, "B-20260105-0001-1");
  EXPECT_EQ(answer->statements[0].bank_reference, "REF-C-1-1");
  EXPECT_EQ(answer->statements[0].line, 6u);
}

TEST(BankAnswer, SpeaksOfAWholeMessageOrBlock) {
  EXPECT_THAT(show(write_pain002("10", "B-1", "RJCT", {})), ElementsAre("message rejected RJCT"));
  EXPECT_THAT(show(write_pain002("10", "B-1", "", {})), ElementsAre("message unknown"));
  EXPECT_THAT(show(write_pain002("10", "B-1", "ACCP", {}, "RJCT")),
              ElementsAre("block rejected RJCT", "message noted ACCP +"));
  EXPECT_THAT(show(write_pain002("10", "B-1", "", {{"C-1-1", "", "", "AC01"}}, "RJCT")),
              ElementsAre("payment C-1-1 rejected RJCT AC01", "block rejected RJCT +"));
  EXPECT_THAT(show(write_pain002("10", "B-1", "BLCK", {})), ElementsAre("message unknown BLCK"));
}

TEST(BankAnswer, KnowsVerificationsOfThePayee) {
  const std::pair<const char*, PayeeCheck> codes[] = {
      {"RCVC", PayeeCheck::match},         {"RVMC", PayeeCheck::close_match},
      {"RVNM", PayeeCheck::no_match},      {"RVNA", PayeeCheck::not_applicable},
      {"RVNC", PayeeCheck::not_completed}, {"RVCM", PayeeCheck::mismatches}};
  for (const auto& [code, check] : codes) {
    SCOPED_TRACE(code);
    const std::string status = write_pain002("10", "B-1", "", {{"C-1-1", code, ""}});
    const std::string reason = write_pain002("10", "B-1", "", {{"C-1-1", "PDNG", "", "", code}});
    for (const std::string& file : {status, reason}) {
      const auto answer = read_bank_answer(file);
      ASSERT_TRUE(answer.ok());
      EXPECT_EQ(answer->statements[0].payee_check, check);
      EXPECT_EQ(answer->statements[0].meaning, Meaning::noted);
    }
  }
}

TEST(BankAnswer, TakesABookedDebitForPaidAndAReturnForAReturn) {
  Entry paid{{{"C-1-1", "", "10.00"}, {"C-1-2", "", "20.00"}}};
  Entry alone{{{"C-1-3", "", ""}}};
  Entry pending{{{"C-1-4", "", "10.00"}}, "DBIT", "PDNG"};
  Entry returned{{{"C-1-1", "", "10.00", "AC04", "", "account closed"}}, "CRDT"};
  Entry reimbursed{{{"C-1-2", "", "20.00"}}, "CRDT"};
  reimbursed.has_return_code = true;
  Entry income{{{"C-1-5", "", "10.00"}}, "CRDT"};
  Entry whole{{}, "DBIT", "BOOK", "30.00"};
  whole.is_batch = true;
  whole.count = "2";
  EXPECT_THAT(
      show(write_camt054({paid, alone, pending, returned, reimbursed, income, whole, Entry{}})),
      ElementsAre("payment C-1-1 paid BOOK EUR 10.00", "payment C-1-2 paid BOOK EUR 20.00",
                  "payment C-1-3 paid BOOK EUR 10.00", "payment C-1-4 noted PDNG EUR 10.00",
                  "payment C-1-1 returned BOOK AC04 EUR 10.00",
                  "payment C-1-2 returned BOOK EUR 20.00", "payment C-1-5 unknown BOOK EUR 10.00",
                  "message paid BOOK EUR 30.00", "payment paid BOOK EUR 10.00"));
}

TEST(BankAnswer, TakesACreditThatReversesADebitForAReturn) {
  Entry credit{{{"C-1-1", "", "10.00"}}, "CRDT"};
  const std::string income = write_camt054({credit});
  EXPECT_THAT(show(income), ElementsAre("payment C-1-1 unknown BOOK EUR 10.00"));
  for (const auto& [said, meaning] :
       {std::pair{"true", "returned"}, {"1", "returned"}, {"false", "unknown"}}) {
    const std::string reversal =
        replaced(income, "</CdtDbtInd><Sts>",
                 "</CdtDbtInd><RvslInd>" + std::string(said) + "</RvslInd><Sts>");
    EXPECT_THAT(show(reversal),
                ElementsAre(std::string("payment C-1-1 ") + meaning + " BOOK EUR 10.00"))
        << said;
  }
}

TEST(BankAnswer, TakesNothingForPaidThatIsNotBooked) {
  for (const char* status : {"FUTR", "XXXX", "BOOO"}) {
    EXPECT_THAT(show(write_camt054({Entry{{{"C-1-1", "", "10.00"}}, "DBIT", status}})),
                ElementsAre(std::string("payment C-1-1 unknown ") + status + " EUR 10.00"));
  }
}

/// Of all statuses that banks have or will have.
TEST(BankStatus, MeansMoneyOnlyWhereIsoSaysSo) {
  std::string paid, rejected, partly;
  std::string code(4, 'A');
  for (int number = 0; number < 26 * 26 * 26 * 26; ++number) {
    for (int place = 3, rest = number; place >= 0; --place, rest /= 26)
      code[static_cast<size_t>(place)] = static_cast<char>('A' + rest % 26);
    const Meaning meaning = meaning_of_status(code);
    ASSERT_NE(meaning, Meaning::returned) << code;
    if (meaning == Meaning::paid) paid += code + " ";
    if (meaning == Meaning::rejected) rejected += code + " ";
    if (meaning == Meaning::partly) partly += code + " ";
  }
  EXPECT_EQ(paid, "ACCC ACSC ");
  EXPECT_EQ(rejected, "CANC RJCT ");
  EXPECT_EQ(partly, "PART ");
}

TEST(BankAnswer, KeepsNeitherNamesNorAccountsOfFreeText) {
  const auto answer = read_bank_answer(
      write_pain002("10", "B-1", "",
                    {{"C-1-1", "RVMC", "", "", "PN02",
                      "Name of the payee is Matti Meikäläinen, account FI2112345600000785"},
                     {"C-1-2", "RJCT", "", "", "MEIKALAINEN", "Virtanen, Maija"}}));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->statements[0].text, "Name of the payee is … account …");
  EXPECT_THAT(answer->statements[0].reasons, ElementsAre("PN02"));
  EXPECT_EQ(answer->statements[1].text, "");
  EXPECT_TRUE(answer->statements[1].reasons.empty());
}

TEST(BankAnswer, ReadsTheSameInPiecesOfAnySize) {
  const std::string file = write_pain002(
      "10", "B-1", "PART", {{"C-1-1", "ACSC", "10.00"}, {"C-1-2", "RJCT", "20.00", "AC04"}});
  const auto whole = show(file);
  for (const size_t size : {size_t{1}, size_t{7}, size_t{255}, size_t{257}, file.size()}) {
    BankAnswerReader reader;
    for (size_t at = 0; at < file.size(); at += size)
      ASSERT_TRUE(reader.feed(std::string_view(file).substr(at, size)).ok());
    const auto answer = reader.finish();
    ASSERT_TRUE(answer.ok()) << size;
    std::vector<std::string> lines;
    for (const Statement& statement : answer->statements) lines.push_back(show(statement));
    EXPECT_EQ(lines, whole) << size;
  }
}

TEST(BankAnswer, ReadsOtherEncodingsOnlyWhereItCan) {
  const std::string file = write_pain002("10", "B-1", "", {{"C-1-1", "ACSC", "10.00"}});
  std::string latin = replaced(file, "UTF-8", "ISO-8859-1");
  while (latin.find("ä") != std::string::npos) latin = replaced(latin, "ä", "\xE4");
  EXPECT_EQ(show(latin), show(file));
  EXPECT_EQ(show("\xEF\xBB\xBF" + file), show(file));
  EXPECT_EQ(show(file.substr(file.find('\n') + 1)), show(file));
}

struct Broken {
  const char* name;
  std::string file;
  std::string code;
  std::string message;
  uint32_t line;
};

std::vector<Broken> broken_files() {
  const std::string good = write_pain002("10", "B-1", "", {{"C-1-1", "RJCT", "10.00", "AC04"}});
  const std::string camt = write_camt054({Entry{{{"C-1-1", "", "10.00"}}}});
  const auto with_type = [&](const std::string& type, const std::string& use) {
    return replaced(replaced(good, "<Document", "<!DOCTYPE Document [" + type + "]>\n<Document"),
                    "AC04", use);
  };
  std::string bomb = "<!ENTITY a \"lol\">";
  for (char name = 'b'; name < 'k'; ++name) {
    const std::string before = std::string("&") + static_cast<char>(name - 1) + ";";
    bomb += std::string("<!ENTITY ") + name + " \"" + before + before + before + before + "\">";
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<Orgtr>";
  const std::string type = "expected no document type and no entities";
  const std::string encoding = "expected XML in UTF-8 or ISO-8859-1";
  return {
      {"an entity bomb", with_type(bomb, "&j;"), "bad_answer", type, 2},
      {"an external entity", with_type("<!ENTITY x SYSTEM \"file:///etc/passwd\">", "&x;"),
       "bad_answer", type, 2},
      {"an external type",
       replaced(good, "<Document",
                "<!DOCTYPE Document SYSTEM \"http://127.0.0.1/x.dtd\"><Document"),
       "bad_answer", type, 2},
      {"an unknown entity", replaced(good, "AC04", "&x;"), "bad_answer", "expected no entities", 6},
      {"huge text", replaced(good, "AC04", std::string(2'000'000, 'A')), "bad_answer",
       "expected texts of at most 1024 bytes", 6},
      {"a deep element", replaced(good, "<Orgtr>", deep), "bad_answer", "at most 32 deep", 6},
      {"a cut file", good.substr(0, good.size() - 30), "bad_answer", "the file is cut off", 7},
      {"a cut element", good.substr(0, 600), "bad_answer", "the file is cut off", 6},
      {"nothing", "", "bad_answer", encoding, 1},
      {"a table", "\"a\";\"b\"\n", "bad_answer", encoding, 1},
      {"a web page", "<html><body/></html>", "bad_answer", "expected the element `Document`", 1},
      {"another version", replaced(good, ".10\"", ".12\""), "unknown_form",
       "pain.002.001.03, pain.002.001.10, camt.054.001.08, but it is in `pain.002.001.12`", 2},
      {"no namespace",
       replaced(good, " xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"", ""),
       "unknown_form", "another namespace", 2},
      {"two namespaces", replaced(good, "<TxSts>", "<TxSts xmlns=\"urn:x\">"), "bad_answer",
       "elements of one namespace", 6},
      {"a form in the wrong namespace", replaced(camt, "camt.054.001.08", "pain.002.001.10"),
       "bad_answer", "expected a pain.002.001.10 message in `Document`", 1},
      {"bytes that are not UTF-8", replaced(good, "ä", "\xE4"), "bad_answer",
       "characters of the encoding", 6},
      {"UTF-16", std::string("\xFF\xFE<\0?\0", 6), "bad_answer", encoding, 1},
      {"another encoding", replaced(good, "UTF-8", "ISO-2022-CN-EXT"), "bad_answer", encoding, 1},
      {"two statuses", replaced(good, "<TxSts>", "<TxSts>ACSC</TxSts><TxSts>"), "bad_answer",
       "expected one `TxSts`, but there are two", 6},
      {"a long code", replaced(good, "<TxSts>RJCT", "<TxSts>ACSC0"), "bad_answer", "in `TxSts`", 6},
      {"a long id", replaced(good, "<OrgnlEndToEndId>", "<OrgnlEndToEndId>" + std::string(35, '1')),
       "bad_answer", "expected 1 to 35 characters in `OrgnlEndToEndId`", 6},
      {"no message id", replaced(good, "<OrgnlMsgId>B-1</OrgnlMsgId>", ""), "bad_answer",
       "expected `OrgnlMsgId`", 5},
      {"a fraction of a cent", replaced(good, "10.00", "10.001"), "bad_answer", "an amount", 6},
      {"a negative amount", replaced(good, "10.00", "-10.00"), "bad_answer", "an amount", 6},
      {"an amount beyond all", replaced(good, "10.00", "99999999999999999999.00"), "bad_answer",
       "an amount", 6},
      {"no such currency", replaced(good, "EUR", "EUX"), "bad_answer", "a currency", 6},
      {"no such day", replaced(camt, "<Dt>2026-01-07", "<Dt>2026-02-30"), "bad_answer", "a date",
       5},
      {"an entry without a direction", replaced(camt, "<CdtDbtInd>DBIT</CdtDbtInd><Sts>", "<Sts>"),
       "bad_answer", "`CdtDbtInd`", 5},
  };
}

TEST(BankAnswer, RefusesWhatIsNoAnswerAndSaysWhere) {
  for (const Broken& broken : broken_files()) {
    SCOPED_TRACE(broken.name);
    const auto error = refusal(broken.file);
    EXPECT_EQ(error.code, broken.code);
    EXPECT_THAT(error.message, HasSubstr(broken.message));
    EXPECT_EQ(error.span.line, broken.line);
    EXPECT_THAT(error.message, Not(HasSubstr("Meik")));
  }
}

TEST(BankAnswer, RefusesEveryPrefixOfAFile) {
  const std::string file = write_camt054({Entry{{{"C-1-1", "", "10.00"}}}});
  for (size_t size = 0; size + 1 < file.size(); ++size)
    ASSERT_FALSE(read_bank_answer(file.substr(0, size)).ok()) << size;
  EXPECT_TRUE(read_bank_answer(file).ok());
}

TEST(BankAnswer, IgnoresWhatOthersAdd) {
  const std::string good = write_pain002("10", "B-1", "", {{"C-1-1", "ACSC", "10.00"}});
  const std::string added = replaced(good, "</OrgnlTxRef>",
                                     "</OrgnlTxRef><SplmtryData><Envlp><x:TxSts "
                                     "xmlns:x=\"urn:x\">RJCT</x:TxSts></Envlp></SplmtryData>");
  EXPECT_EQ(show(added), show(good));
}

}  // namespace
}  // namespace lupaus::server::finance
