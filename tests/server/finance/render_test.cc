// Payout files against golden bytes, and the refusals that keep a wrong file from being written.
#include "tests/server/finance/given.h"

namespace lupaus::server::finance {
namespace {

TEST(PayoutFile, WithoutPayeesTheTablesAreTheOldGoldenFiles) {
  const Sample sample;
  expect_golden("payouts.csv", *render("csv", sample.bare()));
  expect_golden("payouts-excel.csv", *render("csv-excel", sample.bare()));
}

TEST(PayoutFile, WithPayeesTheTablesEndInNameAndIban) {
  Sample sample;
  sample.payees.erase("-c");
  expect_golden("payees.csv", *render("csv", sample.whole()));
  expect_golden("payees-excel.csv", *render("csv-excel", sample.whole()));
}

TEST(PayoutFile, JsonIsTheGoldenFile) {
  Sample sample;
  sample.lines[3].late_of = 7;
  sample.lines[1].key.ticket = "t\x01\xC3\"";
  expect_golden("payouts.json", *render("json", sample.bare()));
  sample.payees.erase("c-1");
  expect_golden("payees.json", *render("json", sample.whole()));
}

TEST(PayoutFile, CsvHasNeitherMarkNorCarriageReturnAtLineEnds) {
  const Sample sample;
  const std::string bytes = *render("csv", {sample.batch, sample.lines});
  EXPECT_EQ(bytes.substr(0, 13), "batch,payout,");
  EXPECT_EQ(bytes.back(), '\n');
  EXPECT_THAT(bytes, HasSubstr(",1234567.89,EUR,"));
}

TEST(PayoutFile, ExcelDisarmsEveryFormulaStart) {
  for (const std::string start : {"=", "+", "-", "@", "\t", "\r"}) {
    Sample sample;
    sample.lines[0].customer = start + "1+1";
    const std::string bytes = *render("csv-excel", {sample.batch, sample.lines});
    EXPECT_THAT(bytes, HasSubstr("'" + start + "1+1")) << "start " << static_cast<int>(start[0]);
    EXPECT_THAT(*render("csv", {sample.batch, sample.lines}), ::testing::Not(HasSubstr("'")));
  }
}

TEST(PayoutFile, TheSameBytesOnEveryCallWhateverBecameOfTheBatch) {
  for (const std::string_view format : formats()) {
    Sample sample;
    const std::string first = *render(format, sample.whole());
    sample.batch.state = PayoutBatch::State::exported;
    sample.batch.exported_at = from_unix_ms(1767700000000);
    for (Compensation& each : sample.lines) {
      each.state = rules::model::PaidState::paid;
      each.reference = "bank-1";
    }
    EXPECT_EQ(*render(format, sample.whole()), first) << format;
  }
}

TEST(PayoutFile, UnknownFormatListsWhatThereIs) {
  const Sample sample;
  const auto file = render("pdf", {sample.batch, sample.lines});
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, "unknown_format");
  EXPECT_THAT(file.error().message, HasSubstr("`pdf` is none"));
  EXPECT_EQ(file.error().hint, "there are csv, csv-excel, xlsx, json, pain.001.001.09, posting");
}

TEST(PayoutFile, LinesThatAreNotTheBatchAreRefused) {
  Sample missing;
  missing.lines.pop_back();
  EXPECT_EQ(render("csv", {missing.batch, missing.lines}).error().code, "batch_mismatch");
  Sample other;
  other.lines[1].number = 99;
  EXPECT_THAT(render("csv", {other.batch, other.lines}).error().message, HasSubstr("C-1-99"));
  Sample sum;
  sum.lines[0].amount->minor += 1;
  EXPECT_THAT(render("csv", {sum.batch, sum.lines}).error().message, HasSubstr("EUR 1234597.95"));
  Sample none;
  none.lines[0].amount.reset();
  EXPECT_FALSE(render("csv", {none.batch, none.lines}).ok());
  Sample currency;
  currency.lines[0].amount->currency = {{'S', 'E', 'K'}};
  EXPECT_THAT(render("csv", {currency.batch, currency.lines}).error().message, HasSubstr("SEK"));
}

TEST(PayoutFile, AnUnknownZoneIsRefused) {
  Sample sample;
  sample.settings.zone = "Europe/Atlantis";
  const auto file = render("csv", sample.whole());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, "not_configured");
}

TEST(PayoutFile, CurrenciesKeepTheirDecimals) {
  struct Case {
    const char (&code)[4];
    std::string csv, excel, json;
  };
  for (const Case& each : {Case{"JPY", ",1000,JPY,", ";1000;JPY;", "\"1000\",\"currency\":\"JPY\""},
                           Case{"KWD", ",1.000,KWD,", ";1,000;KWD;", "\"1.000\",\"currency\""}}) {
    Sample sample;
    sample.set_currency(each.code);
    EXPECT_THAT(*render("csv", sample.bare()), HasSubstr(each.csv));
    EXPECT_THAT(*render("csv-excel", sample.bare()), HasSubstr(each.excel));
    EXPECT_THAT(*render("json", sample.bare()), HasSubstr(each.json));
    EXPECT_THAT(*render("posting", sample.whole()), HasSubstr(each.csv));
    EXPECT_EQ(render("pain.001.001.09", sample.whole()).error().code, "bad_payment");
  }
}

TEST(PayoutFile, ASumThatOverflowsIsRefusedInEveryFormatBeforeTheFirstByte) {
  Sample sample;
  sample.lines[0].amount->minor = std::numeric_limits<int64_t>::max();
  for (const std::string_view format : formats()) {
    size_t pieces = 0;
    const auto written = render(format, sample.whole(), [&](std::string_view) { ++pieces; });
    ASSERT_FALSE(written.ok()) << format;
    EXPECT_THAT(written.error().message, HasSubstr("overflows at C-1-8")) << format;
    EXPECT_EQ(pieces, 0u) << format;
  }
}

TEST(PayoutFile, PiecesMakeTheSameFileInEveryFormat) {
  Sample sample;
  const Compensation pattern = sample.lines[0];
  for (uint64_t number = 13; number < 3000; ++number) {
    Compensation more = pattern;
    more.number = number;
    sample.lines.push_back(more);
    sample.batch.numbers.push_back(number);
    sample.batch.total.minor += more.amount->minor;
    sample.details[number].nature = "price_reduction";
  }
  for (const std::string_view format : formats()) {
    std::string whole;
    size_t longest = 0;
    ASSERT_TRUE(render(format, sample.whole(), [&](std::string_view piece) {
                  whole += piece;
                  longest = std::max(longest, piece.size());
                }).ok());
    EXPECT_EQ(whole, *render(format, sample.whole())) << format;
    EXPECT_LT(longest, 100'000u) << format;
  }
}

TEST(PayoutFile, NamesOfFilesEndInTheirKind) {
  const Sample sample;
  std::vector<std::string> names;
  for (const std::string_view format : formats()) names.push_back(file_name(format, sample.batch));
  EXPECT_THAT(names, ::testing::ElementsAre("B-20260105-0001.csv", "B-20260105-0001-excel.csv",
                                            "B-20260105-0001.xlsx", "B-20260105-0001.json",
                                            "B-20260105-0001.pain.001.001.09.xml",
                                            "B-20260105-0001-posting.csv"));
}

TEST(ContentHash, ChangesWithEveryPaidFieldAndWithNothingElse) {
  const Sample sample;
  const std::string hash = content_hash(sample.batch, sample.lines);
  EXPECT_EQ(hash.size(), 64u);
  const auto changed = [&](auto edit) {
    Sample other;
    edit(other);
    return content_hash(other.batch, other.lines) != hash;
  };
  EXPECT_TRUE(changed([](Sample& s) { s.batch.id += "x"; }));
  EXPECT_TRUE(changed([](Sample& s) { s.batch.total.minor++; }));
  EXPECT_TRUE(changed([](Sample& s) { s.lines[0].customer = "c-2"; }));
  EXPECT_TRUE(changed([](Sample& s) { s.lines[0].amount->minor++; }));
  EXPECT_TRUE(changed([](Sample& s) { s.lines[0].key.cycle++; }));
  EXPECT_TRUE(changed([](Sample& s) { std::swap(s.lines[0], s.lines[1]); }));
  EXPECT_FALSE(changed([](Sample& s) { s.batch.state = PayoutBatch::State::approved; }));
  EXPECT_FALSE(changed([](Sample& s) { s.lines[0].state = rules::model::PaidState::approved; }));
}

TEST(ContentHash, FieldsCannotFlowIntoEachOther) {
  Sample left, right;
  left.lines[0].key.branch = "ab";
  left.lines[0].key.ticket = "c";
  right.lines[0].key.branch = "a";
  right.lines[0].key.ticket = "bc";
  EXPECT_NE(content_hash(left.batch, left.lines), content_hash(right.batch, right.lines));
}

}  // namespace
}  // namespace lupaus::server::finance
