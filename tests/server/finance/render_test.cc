// Payout files against golden bytes, and the refusals that keep a wrong file from being written.
#include "server/finance/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::model::from_unix_ms;
using rules::model::Money;
using ::testing::HasSubstr;

const rules::model::Currency kEuro{{'E', 'U', 'R'}};

Compensation line(uint64_t number, std::string customer, int64_t minor, std::string reason = "") {
  Compensation compensation;
  compensation.number = number;
  compensation.key = {"helsinki-1", "20260105-A0" + std::to_string(number), "served-in-15", 3, 1};
  compensation.customer = std::move(customer);
  compensation.amount = Money{kEuro, minor};
  compensation.owed_at = from_unix_ms(1767596400123 + static_cast<int64_t>(number));
  compensation.reason = std::move(reason);
  return compensation;
}

struct Sample {
  std::vector<Compensation> lines = {
      line(7, "c-1", 1000), line(8, "=SUM(A1:A9)", 2000, "cap \"customer/day\", part"),
      line(9, "c;3\r\nx", 123456789), line(12, "-c", 5, "@home; now")};
  PayoutBatch batch;
  Sample() {
    batch.id = "B-20260105-0001";
    batch.numbers = {7, 8, 9, 12};
    batch.total = {kEuro, 123459794};
    batch.until = from_unix_ms(1767600000000);
  }
};

std::string golden(const std::string& name) {
  std::ifstream file(std::string(LUPAUS_GOLDEN_DIR) + "/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(PayoutFile, CsvIsTheGoldenFile) {
  const Sample sample;
  const auto bytes = render("csv", {sample.batch, sample.lines});
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(*bytes, golden("payouts.csv"));
}

TEST(PayoutFile, CsvExcelIsTheGoldenFile) {
  const Sample sample;
  const auto bytes = render("csv-excel", {sample.batch, sample.lines});
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(*bytes, golden("payouts-excel.csv"));
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
  Sample sample;
  const std::string first = *render("csv", {sample.batch, sample.lines});
  sample.batch.state = PayoutBatch::State::exported;
  sample.batch.exported_at = from_unix_ms(1767700000000);
  for (Compensation& compensation : sample.lines)
    compensation.state = rules::model::PaidState::paid;
  EXPECT_EQ(*render("csv", {sample.batch, sample.lines}), first);
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
