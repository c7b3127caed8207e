// The five forms of output, byte for byte.
#include "clients/cli/output.h"

#include <gmock/gmock.h>

#include <sstream>

namespace lupaus::clients::cli {
namespace {

std::string print(Form form, bool is_terminal = false) {
  std::istringstream in;
  std::ostringstream out, err;
  Context context({in, out, err, is_terminal, false});
  context.form = form;
  Rows rows(context, {{"name", "NAME"}, {"count", "COUNT", false, true}, {"note", "NOTE", true}});
  rows.add({Cell::text("ä,b", Paint::red), Cell::number("7"), Cell::null()});
  rows.add({Cell::text("long name"), Cell::number("12"), Cell::text("say \"x\"")});
  rows.finish();
  return out.str();
}

TEST(Output, ATableIsAlignedByWhatIsShown) {
  EXPECT_EQ(print(Form::table), "NAME       COUNT\nä,b            7\nlong name     12\n");
  EXPECT_EQ(print(Form::wide),
            "NAME       COUNT  NOTE\nä,b            7  -\nlong name     12  say \"x\"\n");
}

TEST(Output, ColoursOnATerminalAlone) {
  EXPECT_EQ(print(Form::table).find('\033'), std::string::npos);
  EXPECT_NE(print(Form::table, true).find("\033[31mä,b\033[0m"), std::string::npos);
}

TEST(Output, ATableObeysNoTextOfPeople) {
  const auto printed = [](Form form) {
    std::istringstream in;
    std::ostringstream out, err;
    Context context({in, out, err, false, false});
    context.form = form;
    Rows rows(context, {{"reason", "REASON"}, {"next", "NEXT"}});
    rows.add({Cell::text("a\nb\t\x1B[31mc\x7F\xC2\x9B"
                         "d"),
              Cell::text("x")});
    rows.finish();
    return out.str();
  };
  EXPECT_EQ(printed(Form::table), "REASON         NEXT\na b \uFFFD[31mc\uFFFD\uFFFDd  x\n");
  EXPECT_EQ(printed(Form::csv),
            "reason,next\r\n\"a\nb\t\x1B[31mc\x7F\xC2\x9B"
            "d\",x\r\n");
  EXPECT_EQ(printable("a\n\x1B", true), "a\n\uFFFD");
}

TEST(Output, JsonAndLinesQuoteText) {
  const std::string first = R"({"name":"ä,b","count":7,"note":null})";
  const std::string second = R"({"name":"long name","count":12,"note":"say \"x\""})";
  EXPECT_EQ(print(Form::ndjson), first + "\n" + second + "\n");
  EXPECT_EQ(print(Form::json), "[\n" + first + ",\n" + second + "\n]\n");
}

TEST(Output, CsvQuotesOnlyWhatItMust) {
  EXPECT_EQ(print(Form::csv),
            "name,count,note\r\n\"ä,b\",7,\r\nlong name,12,\"say \"\"x\"\"\"\r\n");
}

}  // namespace
}  // namespace lupaus::clients::cli
