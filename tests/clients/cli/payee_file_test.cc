// The list of payees as finance writes it: every spreadsheet's dialect, and every fault by its line
// without what stands there.
#include "clients/cli/payee_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lupaus::clients::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Read {
  rules::model::Result<void> result;
  std::vector<std::string> rows;  ///< "line|customer|name|iban|language"
  std::vector<BadLine> bad;
};

Read read(std::string_view text) {
  Read all;
  all.result = read_payee_file(
      text,
      [&](PayeeLine line) {
        all.rows.push_back(std::to_string(line.line) + "|" + line.customer + "|" + line.name + "|" +
                           line.iban + "|" + line.language);
        return true;
      },
      [&](BadLine line) { all.bad.push_back(std::move(line)); });
  return all;
}

TEST(PayeeFile, IsReadInEveryDialect) {
  const std::vector<std::string> wanted = {"2|c-1|Anna; \"A\", B|FI21 1|fi", "3|c-2|Bengt|DE89|"};
  for (const char* text : {
           "customer,name,iban,language\nc-1,\"Anna; \"\"A\"\", B\",FI21 1,fi\nc-2,Bengt,DE89,\n",
           "customer,name,iban,language\r\nc-1,\"Anna; \"\"A\"\", B\",FI21 1,fi\r\nc-2,Bengt,DE89,",
           "customer,name,iban,language\rc-1,\"Anna; \"\"A\"\", B\",FI21 1,fi\rc-2,Bengt,DE89,\r",
           "\xEF\xBB\xBF"
           "customer;name;iban;language\r\nc-1;\"Anna; \"\"A\"\", B\";FI21 1;fi\r\n"
           "c-2;Bengt;DE89;\r\n;;;\r\n\r\n",
           "\"IBAN\",language, Customer ,Name\nFI21 1,fi,c-1,\"Anna; \"\"A\"\", "
           "B\"\nDE89,,c-2,Bengt\n",
       }) {
    const Read all = read(text);
    ASSERT_TRUE(all.result.ok()) << format_error(all.result.error());
    EXPECT_EQ(all.rows, wanted) << text;
    EXPECT_TRUE(all.bad.empty());
  }
  EXPECT_EQ(read("customer,name,iban\nc-1,Anna,FI21\n").rows,
            std::vector<std::string>{"2|c-1|Anna|FI21|"});
}

TEST(PayeeFile, CountsLinesAsAnEditorDoes) {
  const Read all = read("customer,name,iban\n\n\nc-1,\"An\nna\",FI21\nc-2,Bengt,DE89\n");
  EXPECT_EQ(all.rows, (std::vector<std::string>{"4|c-1|An\nna|FI21|", "6|c-2|Bengt|DE89|"}));
}

TEST(PayeeFile, TellsLinesThatAreNoRows) {
  Read all = read("customer,name,iban\nc-1,Secret,Anna,FI21\nc-2,Bengt,DE89\nc-3,Secret\n");
  EXPECT_EQ(all.rows, std::vector<std::string>{"3|c-2|Bengt|DE89|"});
  ASSERT_EQ(all.bad.size(), 2u);
  EXPECT_EQ(all.bad[0].line, 2u);
  EXPECT_THAT(all.bad[0].what, HasSubstr("3 fields as in the header, but there are 4"));
  EXPECT_EQ(all.bad[1].line, 4u);
  for (const BadLine& line : all.bad) EXPECT_THAT(line.what + line.hint, Not(HasSubstr("Secret")));
  all = read("customer,name,iban\nc-1,\"Anna,FI21\nc-2,Bengt,DE89\n");
  EXPECT_TRUE(all.rows.empty());
  ASSERT_EQ(all.bad.size(), 1u);
  EXPECT_THAT(all.bad[0].what, HasSubstr("begins on line 2"));
}

TEST(PayeeFile, WithoutItsHeaderIsRefusedWithoutItsContent) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "no line in it"},
      {"c-1,Anna,FI2112345600000785\n", "number 1 is none"},
      {"customer,name,ibam\n", "did you mean `iban`?"},
      {"customer,name\n", "expected a column `iban`"},
      {"customer,name,iban,name\n", "`name` is there twice"},
      {std::string("\xFF\xFE"
                   "c\0u\0",
                   6),
       "UTF-16"},
  };
  for (const auto& [text, says] : cases) {
    const Read all = read(text);
    ASSERT_FALSE(all.result.ok()) << text;
    const std::string printed = format_error(all.result.error());
    EXPECT_THAT(printed, HasSubstr(says));
    EXPECT_THAT(printed, Not(HasSubstr("Anna")));
    EXPECT_THAT(printed, Not(HasSubstr("123456")));
  }
}

TEST(PayeeFile, InLatin1NamesLineFieldAndRemedy) {
  for (const auto& [field, row] : std::vector<std::pair<std::string, std::string>>{
           {"name", "c-2,V\xE4in\xF6,FI21"}, {"customer", "V\xE4in\xF6,Anna,FI21"}}) {
    const Read all = read("customer,name,iban\nc-1,Bengt,FI21\n" + row + "\nc-3,Anna,FI21\n");
    ASSERT_FALSE(all.result.ok());
    const std::string printed = format_error(all.result.error());
    EXPECT_EQ(all.result.error().span.line, 3u);
    EXPECT_THAT(printed, HasSubstr("`" + field + "`"));
    EXPECT_THAT(printed, HasSubstr("save the file as `CSV UTF-8`"));
    EXPECT_THAT(printed, Not(HasSubstr("in\xF6")));
  }
}

}  // namespace
}  // namespace lupaus::clients::cli
