// What banks refuse, one by one: a good file is broken in a single place, and the check names it.
// Most of these pass the schema.
#include "server/finance/payment_check.h"

#include "server/finance/account.h"
#include "tests/server/finance/given.h"

namespace lupaus::server::finance {
namespace {

std::string good_file() {
  const Sample sample;
  return *render("pain.001.001.09", sample.whole());
}

/// With every `from`, or only the first, replaced; fails when there is none.
std::string replaced(std::string text, const std::string& from, const std::string& to,
                     bool is_every = false) {
  size_t found = text.find(from);
  EXPECT_NE(found, std::string::npos) << from;
  while (found != std::string::npos) {
    text.replace(found, from.size(), to);
    found = is_every ? text.find(from, found + to.size()) : std::string::npos;
  }
  return text;
}

TEST(PaymentCheck, TakesAGoodFileWhereverItIsCut) {
  const std::string file = good_file();
  for (size_t cut = 0; cut < file.size(); cut += 7) {
    PaymentCheck check;
    check.feed(std::string_view(file).substr(0, cut));
    check.feed(std::string_view(file).substr(cut));
    ASSERT_TRUE(check.finish().ok()) << cut;
  }
}

TEST(PaymentCheck, RefusesEveryFileThatBreaksOff) {
  const std::string file = good_file();
  for (size_t end = 0; end + 1 < file.size(); end += 3)
    ASSERT_FALSE(check_payment_file(file.substr(0, end)).ok()) << end;
}

struct Rejection {
  std::string what, from, to, message;
};

class KnownRejection : public ::testing::TestWithParam<Rejection> {};

TEST_P(KnownRejection, IsFoundAndNamed) {
  const auto checked = check_payment_file(replaced(good_file(), GetParam().from, GetParam().to));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, "bad_payment_file");
  EXPECT_THAT(checked.error().message, HasSubstr(GetParam().message));
}

const std::string kLong71(71, 'x');
const std::string kLong141(141, 'x');

INSTANTIATE_TEST_SUITE_P(
    Ids, KnownRejection,
    ::testing::Values(
        Rejection{"underscore_in_message_id", "<MsgId>B-", "<MsgId>B_", "expected 1 to 35 of"},
        Rejection{"underscore_in_end_to_end_id", "<EndToEndId>C-1-8", "<EndToEndId>C_1_8",
                  "transfer 2: expected 1 to 35 of"},
        Rejection{"id_too_long", "<InstrId>C-1-8", "<InstrId>" + std::string(36, 'C'),
                  "expected 1 to 35 of"},
        Rejection{"empty_id", "<MsgId>B-20260105-0001", "<MsgId>", "expected 1 to 35 of"},
        Rejection{"missing_instruction_id", "<InstrId>C-1-8</InstrId>", "",
                  "transfer 2: expected `InstrId`, but it is missing"},
        Rejection{"missing_end_to_end_id", "<EndToEndId>C-1-8</EndToEndId>", "",
                  "expected `EndToEndId`, but it is missing"},
        Rejection{"end_to_end_id_twice", "<EndToEndId>C-1-8<", "<EndToEndId>C-1-7<",
                  "expected each `EndToEndId` once, but C-1-7 is there twice"},
        Rejection{"instruction_id_twice", "<InstrId>C-1-8<", "<InstrId>C-1-7<",
                  "expected each `InstrId` once, but C-1-7 is there twice"}),
    [](const auto& test) { return test.param.what; });

INSTANTIATE_TEST_SUITE_P(
    Structure, KnownRejection,
    ::testing::Values(
        Rejection{"two_payments", "</PmtInf>", "</PmtInf><PmtInf><PmtInfId>P2</PmtInfId></PmtInf>",
                  "expected one `PmtInf`, but there are two"},
        Rejection{"wrong_order", "<PmtMtd>TRF</PmtMtd><NbOfTxs>4</NbOfTxs>",
                  "<NbOfTxs>4</NbOfTxs><PmtMtd>TRF</PmtMtd>", "expected `PmtMtd`"},
        Rejection{"wrong_order_of_ids", "<InstrId>C-1-8</InstrId><EndToEndId>C-1-8</EndToEndId>",
                  "<EndToEndId>C-1-8</EndToEndId><InstrId>C-1-8</InstrId>", "expected `InstrId`"},
        Rejection{"no_creditor", "<Cdtr><Nm>Asa Weiss-Lukasz</Nm></Cdtr>", "",
                  "transfer 1 (C-1-7): expected `Cdtr`, but it is missing"},
        Rejection{"creditor_bank", "<Cdtr>",
                  "<CdtrAgt><FinInstnId><BICFI>NDEAFIHH</BICFI></FinInstnId></CdtrAgt><Cdtr>",
                  "expected no `CdtrAgt`"},
        Rejection{"unstructured_address", "</Nm></Cdtr>",
                  "</Nm><PstlAdr><AdrLine>Katu 1</AdrLine></PstlAdr></Cdtr>",
                  "expected no `PstlAdr`"},
        Rejection{"another_method", "TRF", "CHK", "expected TRF"},
        Rejection{"another_charge_bearer", "SLEV", "SHAR", "expected SLEV"},
        Rejection{"another_service", "SEPA", "URGP", "expected SEPA"},
        Rejection{"an_older_version", "pain.001.001.09\"", "pain.001.001.03\"", "xmlns"},
        Rejection{"entity", "Asa Weiss", "Asa &amp; Weiss", "entity"},
        Rejection{"document_type", "<Document", "<!DOCTYPE x><Document", "elements only"},
        Rejection{"second_document", "</Document>", "</Document><Document>", "Document"},
        Rejection{"closed_crosswise", "</PmtId><Amt>", "</Amt><Amt>", "close in order"}),
    [](const auto& test) { return test.param.what; });

INSTANTIATE_TEST_SUITE_P(
    Content, KnownRejection,
    ::testing::Values(
        Rejection{"control_sum", "<CtrlSum>1234597.94", "<CtrlSum>1234597.95",
                  "expected a `CtrlSum` of 123459794 cents, but it says 123459795"},
        Rejection{"control_sum_of_the_payment", "<CtrlSum>1234597.94</CtrlSum><PmtTpInf>",
                  "<CtrlSum>1234597.93</CtrlSum><PmtTpInf>", "`CtrlSum`"},
        Rejection{"count", "<NbOfTxs>4", "<NbOfTxs>5", "expected `NbOfTxs` of 4, but it says 5"},
        Rejection{"nothing_to_pay", "EUR\">0.05", "EUR\">0.00",
                  "transfer 4 (C-1-12): expected 0.01 to 999999999.99"},
        Rejection{"too_much", "EUR\">0.05", "EUR\">1000000000.00", "expected 0.01 to"},
        Rejection{"one_decimal", "EUR\">0.05", "EUR\">0.5", "two decimals"},
        Rejection{"negative", "EUR\">0.05", "EUR\">-0.05", "two decimals"},
        Rejection{"another_currency", "Ccy=\"EUR\"", "Ccy=\"SEK\"", "Ccy"},
        Rejection{"long_name", "Asa Weiss-Lukasz", kLong71, "at most 70 characters"},
        Rejection{"long_remittance", "Ersattning", kLong141, "at most 140 characters"},
        Rejection{"letter_outside_the_set", "Asa Weiss-Lukasz", "Asa Weiß",
                  "letters that a bank takes"},
        Rejection{"slash_at_the_front", "Asa Weiss-Lukasz", "/Asa", "letters that a bank takes"},
        Rejection{"check_digits_of_the_payee", "SE4550000000058398257466",
                  "SE4650000000058398257466", "check digits"},
        Rejection{"check_digits_of_the_debtor", "FI2112345600000785", "FI2112345600000786",
                  "check digits"},
        Rejection{"account_outside_sepa", "SE4550000000058398257466", "TR330006100519786457841326",
                  "in SEPA"},
        Rejection{"a_holiday", "<Dt>2026-01-06", "<Dt>2026-04-06", "bank day"},
        Rejection{"a_weekend", "<Dt>2026-01-06", "<Dt>2026-01-10", "bank day"},
        Rejection{"stale_bic", "<Othr><Id>NOTPROVIDED</Id></Othr>", "<BICFI>HELSFIH0XXX</BICFI>",
                  "a BIC that is in use"},
        Rejection{"broken_bic", "<Othr><Id>NOTPROVIDED</Id></Othr>", "<BICFI>OKOYFIH</BICFI>",
                  "a BIC that is in use"},
        Rejection{"bic_of_another_country", "<Othr><Id>NOTPROVIDED</Id></Othr>",
                  "<BICFI>NDEASESS</BICFI>", "of another country"},
        Rejection{"no_bank_at_all", "<Othr><Id>NOTPROVIDED</Id></Othr>", "", "neither"}),
    [](const auto& test) { return test.param.what; });

TEST(PaymentCheck, ErrorsNeverShowNamesOrAccounts) {
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"Asa Weiss-Lukasz", "Secret?Name_"},
                                                        {"SE4550000000058398257466", "SE00SECRET"},
                                                        {"</Nm></Cdtr>", "</Nm></Cdtr><Secret>"},
                                                        {"EUR\">10.00", "EUR\">0.00"}}) {
    const auto checked = check_payment_file(replaced(good_file(), from, to));
    ASSERT_FALSE(checked.ok());
    EXPECT_THAT(checked.error().message, Not(HasSubstr("SECRET")));
    EXPECT_THAT(checked.error().message, Not(HasSubstr("Secret?")));
    EXPECT_THAT(checked.error().message, Not(HasSubstr("Weiss")));
  }
}

TEST(Account, IbansAndBicsAreTold) {
  for (const char* good : {"FI2112345600000785", "DE89370400440532013000", "GB29NWBK60161331926819",
                           "NO9386011117947", "MT84MALT011000012345MTLCAST001S"})
    EXPECT_TRUE(is_iban(good)) << good;
  for (const char* bad : {"", "FI21 1234 5600 0007 85", "fi2112345600000785", "FI2112345600000758",
                          "FI1212345600000785", "2112345600000785FI", "FI21123456000007850"})
    EXPECT_FALSE(is_iban(bad)) << bad;
  EXPECT_TRUE(is_bic("NDEAFIHH") && is_bic("NDEAFIHHXXX") && is_bic("REVOLT21"));
  EXPECT_FALSE(is_bic("NDEAFIHHX") || is_bic("NDEA1IHH") || is_bic("ndeafihh") ||
               is_bic("NDEAFIH0"));
  EXPECT_TRUE(is_bic_of("BARCGGSP", "GB29NWBK60161331926819"));
}

}  // namespace
}  // namespace lupaus::server::finance
