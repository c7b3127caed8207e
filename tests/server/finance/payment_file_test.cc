// The payment file: its golden bytes, the schema's own word on it where the schema is present, and
// what is refused before a byte is written.
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <filesystem>
#include <memory>
#include <random>

#include "server/finance/account.h"
#include "server/finance/payment_check.h"
#include "tests/server/finance/given.h"

namespace lupaus::server::finance {
namespace {

constexpr std::string_view kPain = "pain.001.001.09";

/// Refused as `code`; nothing of any payee is in the message.
rules::model::Error refused(const Sample& sample, std::string_view code) {
  size_t pieces = 0;
  const auto written = render(kPain, sample.whole(), [&](std::string_view) { ++pieces; });
  EXPECT_FALSE(written.ok());
  EXPECT_EQ(pieces, 0u);
  if (written.ok()) return {};
  EXPECT_EQ(written.error().code, code);
  for (const auto& [customer, payee] : sample.payees) {
    EXPECT_THAT(written.error().message, Not(HasSubstr(customer)));
    if (!payee.name.empty()) {
      EXPECT_THAT(written.error().message, Not(HasSubstr(payee.name)));
    }
    if (!payee.iban.empty()) {
      EXPECT_THAT(written.error().message, Not(HasSubstr(payee.iban)));
    }
  }
  return written.error();
}

TEST(PaymentFile, IsTheGoldenFile) {
  Sample sample;
  expect_golden("payouts.xml", *render(kPain, sample.whole()));
  sample.settings.names = NameLetters::nordic;
  sample.settings.debtor.bic = "SAVOFIHH";
  expect_golden("payouts-nordic.xml", *render(kPain, sample.whole()));
}

TEST(PaymentFile, IsPaidOnTheFirstBankDayOnOrAfterTheApprovalsLocalDate) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-01-05T21:59:59Z", "2026-01-05"}, {"2026-01-05T22:00:00Z", "2026-01-06"},
      {"2026-04-02T10:00:00Z", "2026-04-02"}, {"2026-04-02T21:00:00Z", "2026-04-07"},
      {"2026-12-24T22:30:00Z", "2026-12-28"}, {"2026-12-31T23:00:00Z", "2027-01-04"}};
  for (const auto& [approved, day] : cases) {
    Sample sample;
    sample.batch.approved_at = at(approved);
    EXPECT_THAT(*render(kPain, sample.whole()),
                HasSubstr("<ReqdExctnDt><Dt>" + std::string(day) + "</Dt>"))
        << approved;
  }
}

TEST(PaymentFile, MadeLongAfterTheApprovalItSaysWhenAndNamesADayToCome) {
  const std::pair<const char*, const char*> cases[] = {{"2026-01-05T22:30:00Z", "2026-01-06"},
                                                       {"2026-01-06T21:59:59Z", "2026-01-06"},
                                                       {"2026-01-06T22:00:00Z", "2026-01-07"},
                                                       {"2026-01-10T08:00:00Z", "2026-01-12"},
                                                       {"2026-04-02T21:00:00Z", "2026-04-07"}};
  for (const auto& [made, day] : cases) {
    Sample sample;
    FileRequest request = sample.whole();
    request.made_at = at(made);
    const std::string file = *render(kPain, request);
    EXPECT_THAT(file, HasSubstr("<ReqdExctnDt><Dt>" + std::string(day) + "</Dt>")) << made;
    EXPECT_THAT(file, HasSubstr("<CreDtTm>" + std::string(made) + "</CreDtTm>"));
  }
  Sample sample;
  FileRequest early = sample.whole();
  early.made_at = at("2026-01-05T08:00:00Z");
  EXPECT_EQ(*render(kPain, early), *render(kPain, sample.whole())) << "never before its approval";
}

TEST(PaymentFile, PaysIntoEveryCountryOfSepaAndNoOther) {
  // EPC409-09, with Serbia of 2026.
  const std::string wanted =
      "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK "
      "MT NL NO PL PT RO RS SE SI SK SM VA ";
  std::string inside;
  for (char first = 'A'; first <= 'Z'; ++first) {
    for (char second = 'A'; second <= 'Z'; ++second) {
      const std::string country{first, second};
      if (is_in_sepa(country + "00")) inside += country + " ";
    }
  }
  EXPECT_EQ(inside, wanted);
}

TEST(PaymentFile, NamesThePayoutsWithoutPayee) {
  Sample sample;
  sample.payees.erase("c-1");
  sample.payees.erase("-c");
  EXPECT_EQ(refused(sample, "no_payee").message,
            "expected a payee for each payout, but there is none for C-1-7, C-1-12");
}

TEST(PaymentFile, RefusesALineThatTheBankWould) {
  const std::pair<const char*, void (*)(Sample&)> cases[] = {
      {"euros for C-1-7", [](Sample& s) { s.set_currency("SEK"); }},
      {"0.01 to 999999999.99 for C-1-7", [](Sample& s) { s.set_amount(0, 0); }},
      {"0.01 to 999999999.99 for C-1-8", [](Sample& s) { s.set_amount(1, 100'000'000'000); }},
      {"name in letters that a bank takes for C-1-9",
       [](Sample& s) { s.payees["c;3\r\nx"].name = "田中 太郎"; }},
      {"IBAN in SEPA for C-1-12", [](Sample& s) { s.payees["-c"].iban = "EE382200221020145686"; }},
      {"IBAN in SEPA for C-1-12",
       [](Sample& s) { s.payees["-c"].iban = "TR330006100519786457841326"; }}};
  for (const auto& [message, edit] : cases) {
    Sample sample;
    edit(sample);
    EXPECT_THAT(refused(sample, "bad_payment").message, HasSubstr(message));
  }
  Sample several;
  several.set_amount(0, 0);
  several.payees["c;3\r\nx"].name = "田中 太郎";
  several.payees["-c"].iban = "TR330006100519786457841326";
  const std::string message = refused(several, "bad_payment").message;
  for (const char* const id : {"C-1-7", "C-1-9", "C-1-12"})
    EXPECT_THAT(message, HasSubstr(id)) << "each is named at once";
  Sample most;
  most.set_amount(0, 99'999'999'999);
  EXPECT_TRUE(render(kPain, most.whole()).ok());
}

TEST(PaymentFile, RefusesWithoutDebtorPayeesOrApproval) {
  Sample draft;
  draft.batch.state = PayoutBatch::State::draft;
  refused(draft, "wrong_state");
  for (const auto edit : {+[](Sample& s) { s.settings.debtor.name = "!!"; },
                          +[](Sample& s) { s.settings.debtor.iban = "FI2112345600000786"; },
                          +[](Sample& s) { s.settings.debtor.bic = "NDEASESS"; },
                          +[](Sample& s) { s.settings.debtor.bic = "NDEAFI"; }}) {
    Sample sample;
    edit(sample);
    refused(sample, "not_configured");
  }
  const Sample sample;
  EXPECT_EQ(render(kPain, sample.bare()).error().code, "not_configured");
}

TEST(PaymentFile, AnIdThatBanksRefuseIsFoundBeforeTheFirstByte) {
  Sample sample;
  sample.batch.id = "B_20260105_0001";
  EXPECT_THAT(refused(sample, "bad_payment_file").message, HasSubstr("B_20260105_0001"));
}

/// What libxml2 says against the file; "" when it is valid.
std::string schema_errors(const std::string& file, const std::string& schema) {
  std::string errors;
  const auto note = [](void* into, const xmlError* error) {
    *static_cast<std::string*>(into) += error->message;
  };
  xmlSetStructuredErrorFunc(&errors, reinterpret_cast<xmlStructuredErrorFunc>(
                                         +static_cast<void (*)(void*, const xmlError*)>(note)));
  auto* parser = xmlSchemaNewParserCtxt(schema.c_str());
  auto* rules = xmlSchemaParse(parser);
  auto* document = xmlReadMemory(file.data(), static_cast<int>(file.size()), "file.xml", nullptr,
                                 XML_PARSE_NONET);
  auto* valid = xmlSchemaNewValidCtxt(rules);
  if (document == nullptr || xmlSchemaValidateDoc(valid, document) != 0) errors += "invalid";
  xmlSchemaFreeValidCtxt(valid);
  xmlFreeDoc(document);
  xmlSchemaFree(rules);
  xmlSchemaFreeParserCtxt(parser);
  xmlSetStructuredErrorFunc(nullptr, nullptr);
  return errors;
}

std::string schema_file() {
  const char* shared = std::getenv("LUPAUS_SHARED_DATA");
  const std::string folder =
      shared != nullptr ? shared : std::string(LUPAUS_SOURCE_DIR) + "/../shared/data";
  return folder + "/../xsd/pain.001.001.09.xsd";
}

/// A batch of texts that nobody chose: random bytes, letters of many scripts, lengths to 300.
Sample random_sample(std::mt19937& random) {
  const std::string_view bits[] = {"ä",  "Ö", "ß", "Ł",   "’", "Щ", "田", "/", "//",   " ",
                                   "\n", "&", "<", "]]>", "_", "a", "Z",  "9", "\xFF", "\xE2\x82"};
  Sample sample;
  for (auto& [customer, payee] : sample.payees) {
    payee.name = "x";
    for (size_t i = random() % 300; i > 0; --i) payee.name += bits[random() % std::size(bits)];
  }
  for (size_t i = 0; i < sample.lines.size(); ++i) {
    sample.set_amount(i, 1 + static_cast<int64_t>(random() % 99'999'999'999));
    for (size_t n = random() % 200; n > 0; --n)
      sample.lines[i].key.ticket += bits[random() % std::size(bits)];
  }
  if (random() % 2 == 0) sample.settings.names = NameLetters::nordic;
  if (random() % 2 == 0) sample.settings.debtor.bic = "SAVOFIHHXXX";
  return sample;
}

TEST(PaymentFile, WhateverTheTextsItPassesItsOwnCheckAndTheSchema) {
  const bool has_schema = std::filesystem::exists(schema_file());
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    const Sample sample = random_sample(random);
    const auto file = render(kPain, sample.whole());
    ASSERT_TRUE(file.ok()) << "seed " << seed << ": " << file.error().message;
    ASSERT_TRUE(check_payment_file(*file).ok()) << "seed " << seed;
    if (has_schema) {
      ASSERT_EQ(schema_errors(*file, schema_file()), "") << "seed " << seed;
    }
  }
  if (!has_schema)
    GTEST_SKIP() << "the schema is not at " << schema_file() << "; set LUPAUS_SHARED_DATA";
}

TEST(PaymentFile, TheSchemaIsAsked) {
  if (!std::filesystem::exists(schema_file()))
    GTEST_SKIP() << "the schema is not at " << schema_file() << "; set LUPAUS_SHARED_DATA";
  std::string file = *render(kPain, Sample().whole());
  file.replace(file.find("TRF"), 3, "ABC");
  EXPECT_THAT(schema_errors(file, schema_file()), HasSubstr("PmtMtd"));
}

}  // namespace
}  // namespace lupaus::server::finance
