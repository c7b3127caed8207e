// The workbook, as its sheet is stored: text stays text, amounts are numbers, bytes repeat.
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "tests/server/finance/given.h"

namespace lupaus::server::finance {
namespace {

std::string run(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> piece{};
  for (size_t got = 0; (got = fread(piece.data(), 1, piece.size(), pipe)) > 0;)
    text.append(piece.data(), got);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

/// The part `name` of a workbook, a row a line.
std::string part(const std::string& workbook, const std::string& name) {
  std::string folder = ::testing::TempDir() + "workbook-XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/w.xlsx", std::ios::binary) << workbook;
  std::string text = run("unzip -p '" + folder + "/w.xlsx' " + name);
  std::filesystem::remove_all(folder);
  for (size_t at = text.find("<row"); at != std::string::npos; at = text.find("<row", at + 2))
    text.insert(at, "\n");
  return text + "\n";
}

constexpr const char* kSheet = "xl/worksheets/sheet1.xml";

TEST(Workbook, ItsSheetIsTheGoldenFile) {
  const Sample sample;
  expect_golden("payouts.xlsx.sheet.xml", part(*render("xlsx", sample.bare()), kSheet));
  expect_golden("payees.xlsx.sheet.xml", part(*render("xlsx", sample.whole()), kSheet));
}

TEST(Workbook, NoCellIsAFormulaWhateverItsText) {
  for (const std::string start : {"=", "+", "-", "@", "{=", "http://", "mailto:", "internal:"}) {
    Sample sample;
    sample.lines[0].customer = sample.lines[0].key.ticket = start + "1+1";
    sample.payees[sample.lines[0].customer].name = start + "NOW()";
    const std::string sheet = part(*render("xlsx", sample.whole()), kSheet);
    EXPECT_THAT(sheet, HasSubstr("<t>" + start + "NOW()</t>"));
    EXPECT_THAT(sheet, Not(HasSubstr("<f")));
    EXPECT_THAT(sheet, Not(HasSubstr("hyperlink")));
  }
}

TEST(Workbook, AmountsAreNumbersWithTheDecimalsOfTheirCurrency) {
  Sample sample;
  sample.set_amount(0, -1999);
  sample.set_amount(1, 999'999'999'999'999);
  sample.set_amount(2, 1'000'000'000'000'001);
  std::string workbook = *render("xlsx", sample.bare());
  EXPECT_THAT(part(workbook, kSheet), HasSubstr("<v>-19.99</v>"));
  EXPECT_THAT(part(workbook, kSheet), HasSubstr("<v>9999999999999.99</v>"));
  EXPECT_THAT(part(workbook, kSheet), HasSubstr("<t>10000000000000.01</t>"));
  EXPECT_THAT(part(workbook, "xl/styles.xml"), HasSubstr("formatCode=\"#,##0.00\""));
  sample.set_currency("JPY");
  workbook = *render("xlsx", sample.bare());
  EXPECT_THAT(part(workbook, kSheet), HasSubstr("<v>-1999</v>"));
  EXPECT_THAT(part(workbook, "xl/styles.xml"), Not(HasSubstr("#,##0.0")));
}

TEST(Workbook, ItsTimeIsTheBatchsOwn) {
  Sample sample;
  EXPECT_THAT(part(*render("xlsx", sample.bare()), "docProps/core.xml"),
              HasSubstr("2026-01-05T08:00:00Z"));
  sample.batch.created_at = {};
  EXPECT_THAT(part(*render("xlsx", sample.bare()), "docProps/core.xml"),
              HasSubstr("1970-01-01T00:00:01Z"));
}

TEST(Workbook, BytesThatAreNoTextAreReplacedAndTooLongOnesRefused) {
  Sample sample;
  sample.lines[0].key.ticket = std::string("a\xFF\0b", 4);
  EXPECT_THAT(part(*render("xlsx", sample.bare()), kSheet), HasSubstr("<t>a??b</t>"));
  sample.lines[0].key.ticket = std::string(32'768, 'x');
  EXPECT_THAT(render("xlsx", sample.bare()).error().message, HasSubstr("one of C-1-7 is longer"));
}

TEST(Workbook, WithoutScratchSpaceItIsRefused) {
  Sample sample;
  sample.settings.scratch_dir = "/nowhere/at/all";
  const auto workbook = render("xlsx", sample.whole());
  ASSERT_FALSE(workbook.ok());
  EXPECT_EQ(workbook.error().code, "storage");
}

}  // namespace
}  // namespace lupaus::server::finance
