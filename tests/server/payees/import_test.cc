// A list of payees: kept whole or not at all, and every fault told without what is in the row.
#include "server/payees/import.h"

#include <gtest/gtest.h>

#include "tests/server/payees/memory_vault.h"

namespace lupaus::server::payees {
namespace {

constexpr const char* kGood = "FI2112345600000785";

class Import : public testing::Test {
 protected:
  ImportSummary take(const std::vector<RowText>& rows, const ImportChoice& choice = {}) {
    PayeeImport import(*payees_);
    for (const RowText& row : rows) EXPECT_TRUE(import.add(row).ok());
    return import.finish(choice).value();
  }

  VaultContent content_;
  std::unique_ptr<Payees> payees_ = reopened(content_);
};

TEST_F(Import, KeepsWhatIsRightAndCountsWhatIsNew) {
  ImportSummary summary = take({{2, " c-1 ", "Anna", "fi21 1234 5600 0007 85", "FI"},
                                {3, "c-2", "Bengt", "DE89370400440532013000", ""}});
  EXPECT_TRUE(summary.is_kept);
  EXPECT_EQ(summary.added, 2u);
  const auto anna = payees_->find("c-1");
  ASSERT_TRUE(anna.has_value());
  EXPECT_EQ(anna->iban, kGood);
  EXPECT_EQ(anna->language, "fi");
  const size_t writes = content_.writes;
  summary = take({{2, "c-1", "Anna", kGood, "fi"}});
  EXPECT_EQ(summary.unchanged, 1u);
  EXPECT_EQ(content_.writes, writes) << "the same again is written again";
  summary = take({{2, "c-1", "Anna", kGood, "sv"}, {3, "c-3", "Cecilia", kGood, ""}});
  EXPECT_EQ(summary.changed, 1u);
  EXPECT_EQ(summary.added, 1u);
}

TEST_F(Import, WithOneBadRowKeepsNothingUnlessItIsSkipped) {
  const std::vector<RowText> rows = {{2, "c-1", "Anna", kGood, "fi"},
                                     {3, "c-2", "Bengt", "FI2112345600000786", ""}};
  ImportSummary summary = take(rows);
  EXPECT_FALSE(summary.is_kept);
  EXPECT_EQ(summary.bad, 1u);
  ASSERT_EQ(summary.wrong.size(), 1u);
  EXPECT_EQ(summary.wrong[0].line, 3u);
  EXPECT_EQ(summary.wrong[0].field, "iban");
  EXPECT_FALSE(payees_->has("c-1"));
  EXPECT_FALSE(take(rows, {true, true}).is_kept);
  EXPECT_FALSE(payees_->has("c-1"));
  EXPECT_TRUE(take(rows, {true, false}).is_kept);
  EXPECT_TRUE(payees_->has("c-1"));
  EXPECT_FALSE(payees_->has("c-2"));
}

TEST_F(Import, TakesNoneOfTheLinesThatNameACustomerTwice) {
  const ImportSummary summary = take({{2, "c-1", "Anna", kGood, ""},
                                      {3, "c-2", "Bengt", kGood, ""},
                                      {4, "c-1", "Anna", "DE89370400440532013000", ""},
                                      {5, "c-1", "Anna", kGood, ""}},
                                     {true, false});
  EXPECT_EQ(summary.bad, 3u);
  ASSERT_EQ(summary.wrong.size(), 3u);
  EXPECT_NE(summary.wrong[0].what.find("line 4"), std::string::npos);
  EXPECT_NE(summary.wrong[1].what.find("line 2"), std::string::npos);
  EXPECT_NE(summary.wrong[2].what.find("line 2"), std::string::npos);
  EXPECT_FALSE(payees_->has("c-1"));
  EXPECT_TRUE(payees_->has("c-2"));
}

TEST_F(Import, TellsTheFirstFaultsOfMany) {
  std::vector<RowText> rows(ImportSummary::kToldMax + 500, RowText{0, "c", "Anna", "no", ""});
  for (uint32_t i = 0; i < rows.size(); ++i) rows[i].line = i + 2;
  const ImportSummary summary = take(rows);
  EXPECT_EQ(summary.bad, rows.size());
  ASSERT_EQ(summary.wrong.size(), ImportSummary::kToldMax);
  EXPECT_EQ(summary.wrong.back().line, ImportSummary::kToldMax + 1);
}

struct WrongField {
  RowText row;
  const char* field;
  const char* says;
};

class WrongRow : public testing::TestWithParam<WrongField> {};

TEST_P(WrongRow, IsToldByItsFieldWithoutItsText) {
  const auto& [row, field, says] = GetParam();
  const CheckedRow checked = check_row(row);
  ASSERT_EQ(checked.wrong.size(), 1u);
  EXPECT_EQ(checked.wrong[0].field, field);
  const std::string told = checked.wrong[0].what + checked.wrong[0].hint;
  EXPECT_NE(told.find(says), std::string::npos) << told;
  for (const std::string_view text : {row.customer, row.name, row.iban}) {
    EXPECT_TRUE(text.size() < 4 || told.find(text) == std::string::npos) << told;
  }
}

const std::string kLong(71, 'x'), kLongNordic = [] {
  std::string name;
  for (int i = 0; i < 71; ++i) name += "ö";
  return name;
}();
const std::string kLongKey(257, 'k');

INSTANTIATE_TEST_SUITE_P(
    Payees, WrongRow,
    testing::Values(WrongField{{2, "", "Anna", kGood, ""}, "customer", "empty"},
                    WrongField{{2, "  ", "Anna", kGood, ""}, "customer", "empty"},
                    WrongField{{2, "FI2112345600000785", "Anna", kGood, ""}, "customer", "columns"},
                    WrongField{{2, "c-\n1234", "Anna", kGood, ""}, "customer", "printable"},
                    WrongField{{2, kLongKey, "Anna", kGood, ""}, "customer", "at most 256"},
                    WrongField{{2, "c-1", "", kGood, ""}, "name", "empty"},
                    WrongField{{2, "c-1", "P\xE4ivi", kGood, ""}, "name", "UTF-8"},
                    WrongField{{2, "c-1", "FI2112345600000785", kGood, ""}, "name", "columns"},
                    WrongField{{2, "c-1", kLong, kGood, ""}, "name", "at most 70"},
                    WrongField{{2, "c-1", kLongNordic, kGood, ""}, "name", "it has 71"},
                    WrongField{{2, "c-1", "Anna", "", ""}, "iban", "empty"},
                    WrongField{{2, "c-1", "Anna", "FI2112345600000758", ""}, "iban", "check"},
                    WrongField{{2, "c-1", "Anna", kGood, "finnish"}, "language", "two letters"}));

TEST_F(Import, TakesNamesAndKeysUpToTheirLimits) {
  std::string nordic;
  for (int i = 0; i < 70; ++i) nordic += "ö";
  for (const std::string& name : {std::string(70, 'x'), nordic})
    EXPECT_TRUE(check_row({2, "c-1", name, kGood, ""}).wrong.empty()) << name.size();
  EXPECT_TRUE(check_row({2, std::string(256, 'k'), "Anna", kGood, ""}).wrong.empty());
}

TEST_F(Import, OfMoreRowsThanItTakesIsRefused) {
  PayeeImport import(*payees_);
  const RowText row{2, "", "", "", ""};
  for (size_t i = 0; i < PayeeImport::kRowsMax; ++i) ASSERT_TRUE(import.add(row).ok());
  const auto refused = import.add(row);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "too_many_rows");
}

}  // namespace
}  // namespace lupaus::server::payees
