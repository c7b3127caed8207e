// Single values of files: what is read, what is refused and in which words, and the one spelling in
// which formatting writes them.
#include <gmock/gmock.h>

#include "rules/language/canonical_scalar.h"
#include "rules/language/scalar_reader.h"

namespace lupaus::tests {
namespace {

using namespace rules::language;  // NOLINT: the readers of every scalar
using rules::model::format_duration;
using rules::model::format_limit;
using testing::HasSubstr;

Node scalar(std::string text) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.line = 3;
  node.column = 5;
  node.text = std::move(text);
  return node;
}

Node of_kind(Node::Kind kind) {
  Node node = scalar("");
  node.kind = kind;
  return node;
}

/// One reader's answer, and the only complaint, "code: message; hint".
struct Answer {
  std::string value = "none", told;
};

/// `write` makes a text of what `read` gave.
template <typename Read, typename Write>
Answer answer(const Node& node, const Read& read, const Write& write) {
  const std::string file = "p.yaml";
  Diagnostics diagnostics;
  const auto value = read(Context{file, diagnostics}, node);
  Answer given;
  if (value) given.value = write(*value);
  for (const auto& diagnostic : diagnostics.take({})) {
    EXPECT_EQ(given.told, "") << "one complaint is enough";
    given.told = diagnostic.error.code + ": " + diagnostic.error.message;
    if (!diagnostic.error.hint.empty()) given.told += "; " + diagnostic.error.hint;
  }
  EXPECT_EQ(value.has_value(), given.told.empty());
  return given;
}

Answer count_of(const Node& node) {
  return answer(
      node, [](const auto& c, const Node& n) { return read_count(c, n, "approvers"); },
      [](int32_t number) { return std::to_string(number); });
}
Answer percent_of(const Node& node) {
  return answer(
      node, [](const auto& c, const Node& n) { return read_percent(c, n, "objective"); },
      [](int64_t parts) { return std::to_string(parts); });
}
Answer limit_of(const Node& node) {
  return answer(
      node, [](const auto& c, const Node& n) { return read_limit(c, n, "within"); },
      [](const auto& limit) { return format_limit(limit); });
}
Answer money_of(const Node& node) {
  return answer(
      node, [](const auto& c, const Node& n) { return read_money(c, n, "payout"); },
      [](const auto& money) { return rules::model::format_money(money); });
}
Answer share_of(const Node& node) {
  return answer(
      node, [](const auto& c, const Node& n) { return read_share(c, n, "payout"); },
      [](const auto& share) {
        return std::to_string(share.parts_per_million) + " " + share.attribute +
               (share.is_final ? " at the end" : "");
      });
}
Answer flag_of(const Node& node) {
  return answer(
      node, [](const auto& c, const Node& n) { return read_flag(c, n, "personal"); },
      [](bool flag) { return flag ? "yes" : "no"; });
}
Answer name_of(const Node& node, bool has_path = false) {
  return answer(
      node, [&](const auto& c, const Node& n) { return read_name(c, n, "name", has_path); },
      [](const std::string& name) { return name; });
}
Answer word_of(const Node& node) {
  static constexpr std::string_view kWords[] = {"record", "hold", "pay"};
  return answer(
      node, [](const auto& c, const Node& n) { return read_word(c, n, "then", kWords); },
      [](std::string_view word) { return std::string(word); });
}

struct Row {
  std::string text, value, told;  ///< told: a part of it
};

template <typename Reader>
void expect_rows(const Reader& reader, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    const Answer given = reader(scalar(row.text));
    EXPECT_EQ(given.value, row.value) << row.text;
    EXPECT_THAT(given.told, HasSubstr(row.told)) << row.text;
  }
}

TEST(Scalar, OfAnotherShapeIsToldByWhatItIs) {
  using Kind = Node::Kind;
  const std::string kLeaveOut = "; write it after the key, or leave the key out";
  const std::string kSingle = "; write a single value";
  EXPECT_EQ(count_of(of_kind(Kind::scalar)).told,
            "P006: approvers needs a whole number, but the text is empty" + kLeaveOut);
  EXPECT_EQ(percent_of(of_kind(Kind::sequence)).told,
            "P006: objective needs a percentage, but a list is written" + kSingle);
  EXPECT_EQ(limit_of(of_kind(Kind::map)).told,
            "P006: within needs a length of time, but a map is written" + kSingle);
  EXPECT_EQ(money_of(of_kind(Kind::null)).told,
            "P006: payout needs a sum of money, but nothing is written" + kLeaveOut);
  EXPECT_EQ(flag_of(of_kind(Kind::null)).told,
            "P006: personal needs true or false, but nothing is written" + kLeaveOut);
  EXPECT_EQ(name_of(of_kind(Kind::map)).told,
            "P006: name needs a name, but a map is written" + kSingle);
  EXPECT_EQ(word_of(of_kind(Kind::sequence)).told,
            "P006: then needs a word, but a list is written" + kSingle);
  const auto date = [](const auto& c, const Node& n) { return read_date(c, n, "from"); };
  EXPECT_EQ(answer(of_kind(Kind::map), date, rules::model::format_local_date).told,
            "P006: from needs a date, but a map is written" + kSingle);
}

TEST(Scalar, ThatIsLongIsShownByItsBeginning) {
  const std::string umlauts = "x" + std::string(59, 'y') + "ää";
  EXPECT_THAT(flag_of(scalar(umlauts)).told, HasSubstr("but `x" + std::string(59, 'y') + "…`"));
  const std::string cut = std::string(59, 'y') + "ääää";
  EXPECT_THAT(flag_of(scalar(cut)).told, HasSubstr("but `" + std::string(59, 'y') + "…`"));
}

TEST(Scalar, ThatCountsIsOfPlainDigits) {
  expect_rows(count_of, {{"1", "1", ""},
                         {"1000000", "1000000", ""},
                         {"1000001", "none", "expected a whole number of at least 1"},
                         {"0", "none", "but `0`"},
                         {"-1", "none", "but `-1`"},
                         {"+1", "none", "but `+1`"},
                         {"01", "none", "but `01`"},
                         {"1.0", "none", "but `1.0`"},
                         {"9999999999", "none", "but `9999999999`"},
                         {"two", "none", "write plain digits, as in 2"}});
  for (const auto& [text, count] :
       {std::pair("1 time", 1), std::pair("3 times", 3), std::pair("1 times", 1)})
    EXPECT_EQ(find_times(text), count);
  for (const char* text : {"0 times", "times", " times", "three times", "3", "3 x", "03 times"})
    EXPECT_FALSE(find_times(text)) << text;
}

TEST(Scalar, ThatIsAPercentageHasFourDecimalsAtMost) {
  expect_rows(percent_of, {{"95%", "950000", ""},
                           {"0%", "0", ""},
                           {"100%", "1000000", ""},
                           {"12.5%", "125000", ""},
                           {"0.0001%", "1", ""},
                           {"100.0001%", "none", "expected at most 100%, but `100.0001%`"},
                           {"0.00001%", "none", "with at most four decimals"},
                           {"95", "none", "expected a percentage, but `95`"},
                           {"%", "none", "but `%`"},
                           {".5%", "none", "but `.5%`"},
                           {"5.%", "none", "but `5.%`"},
                           {"05%", "none", "but `05%`"},
                           {"99999999999%", "none", "but `99999999999%`"},
                           {"1234567890123%", "none", "but `1234567890123%`"},
                           {"ninety%", "none", "but `ninety%`"}});
}

TEST(Scalar, ThatIsALimitIsALengthOrDays) {
  expect_rows(limit_of, {{"15m", "15m", ""},
                         {"90m", "1h30m", ""},
                         {"1 business day", "1 business day", ""},
                         {"2 business days", "2 business days", ""},
                         {"1000 calendar days", "1000 calendar days", ""},
                         {"1 calendar day", "1 calendar day", ""},
                         {"1001 calendar days", "none", "P010"},
                         {"0 business days", "none", "P010"},
                         {"02 business days", "none", "P010"},
                         {"two business days", "none", "P010"},
                         {"2 days", "none", "P010: within: expected"},
                         {"2  business days", "none", "P010"}});
  const auto duration = [](const auto& c, const Node& n) { return read_duration(c, n, "hold"); };
  EXPECT_THAT(answer(scalar("2 business days"), duration, format_duration).told,
              HasSubstr("days may stand in target.within and tiers alone; write 24h"));
  EXPECT_THAT(answer(scalar("soon"), duration, format_duration).told,
              HasSubstr("write a length like `90s`"));
}

TEST(Scalar, ThatIsASumHasACurrencyAndIsAboveZero) {
  expect_rows(money_of, {{"EUR 10.00", "EUR 10.00", ""},
                         {"EUR 0.00", "none", "payout: expected a sum above zero"},
                         {"10", "none", "payout needs a currency: \"10\""},
                         {"10,00 ", "none", "write the ISO 4217 code before the sum"},
                         {"1'000.00", "none", "needs a currency"},
                         {"-", "none", "P011: payout: expected"},
                         {"EUR ten", "none", "P011: payout: expected"}});
}

TEST(Scalar, ThatIsAShareNamesItsAttribute) {
  expect_rows(share_of, {{"25% of ticket.fare", "250000 ticket.fare", ""},
                         {"12.5% of final(ticket.fare)", "125000 ticket.fare at the end", ""},
                         {"12.5% of final(ticket.fare", "125000 final(ticket.fare", ""},
                         {"1000000% of ticket.fare", "10000000000 ticket.fare", ""},
                         {"1000001% of ticket.fare", "none", "with at most four decimals"},
                         {"0% of ticket.fare", "none", "expected a share above zero"},
                         {"1.23456% of ticket.fare", "none", "write it as 25% of ticket.fare"}});
  EXPECT_TRUE(is_share("25% of ticket.fare"));
  EXPECT_TRUE(is_share("-2,5% of x"));
  EXPECT_FALSE(is_share("EUR 10.00"));
  EXPECT_FALSE(is_share("a 5% of x"));
}

TEST(Scalar, ThatIsAFlagANameOrAWordIsOneOfFew) {
  expect_rows(flag_of, {{"true", "yes", ""},
                        {"false", "no", ""},
                        {"True", "none", "personal: expected true or false, but `True`"}});
  expect_rows(word_of, {{"hold", "hold", ""},
                        {"holt", "none",
                         "expected record, hold or pay, but `holt`; did you mean "
                         "\"hold\"?"},
                        {"something", "none", "expected record, hold or pay, but `something`"}});
  EXPECT_EQ(word_of(scalar("something")).told.find("did you mean"), std::string::npos);
  expect_rows([](const Node& node) { return name_of(node); },
              {{"Az09-_.", "Az09-_.", ""},
               {std::string(63, 'a'), std::string(63, 'a'), ""},
               {std::string(64, 'a'), "none", "use at most 63 letters"},
               {"a b", "none", "expected a name in name, but `a b`"},
               {"a/b", "none", "but `a/b`"},
               {"ä", "none", "but `ä`"},
               {"a{", "none", "but `a{`"},
               {"a[", "none", "but `a[`"}});
  expect_rows([](const Node& node) { return name_of(node, true); },
              {{"helsinki-1/kiosk:1+2", "helsinki-1/kiosk:1+2", ""}, {"a b", "none", "but `a b`"}});
}

struct Spelling {
  Form form;
  std::string_view before, after;
};

TEST(CanonicalScalar, IsTheShortestSpellingAndLeavesAloneWhatIsWrong) {
  const Spelling rows[] = {
      {Form::duration, "3600s", "1h"},
      {Form::limit, "1 business days", "1 business day"},
      {Form::period, "1440m", "24h"},
      {Form::duration, "1d", "1d"},
      {Form::percent, "95.0%", "95%"},
      {Form::percent, "all", "all"},
      {Form::money, "EUR 10", "EUR 10.00"},
      {Form::money, "EUR   10.5", "EUR 10.50"},
      {Form::money, "EUR 10.", "EUR 10."},
      {Form::money, "EUR .5", "EUR .5"},
      {Form::money, "EUR ", "EUR "},
      {Form::money, "EUR ten", "EUR ten"},
      {Form::money, "EUR 10.x", "EUR 10.x"},
      {Form::money, "EUR 010", "EUR 010"},
      {Form::money, "EURO 10", "EURO 10"},
      {Form::money, "EUR10", "EUR10"},
      {Form::money, "QQQ 10", "QQQ 10"},
      {Form::money, "JPY 500", "JPY 500"},
      {Form::money, "JPY 500.0", "JPY 500.0"},
      {Form::money, "EUR 99999999999999999999", "EUR 99999999999999999999"},
      {Form::amount, "25.0% of ticket.fare", "25% of ticket.fare"},
      {Form::amount, "025.50% of ticket.fare", "25.5% of ticket.fare"},
      {Form::amount, "0.50% of ticket.fare", "0.5% of ticket.fare"},
      {Form::amount, "00% of ticket.fare", "0% of ticket.fare"},
      {Form::cap, "1 times", "1 time"},
      {Form::cap, "2 time", "2 times"},
      {Form::cap, "EUR 20", "EUR 20.00"},
      {Form::deadline, "ticket.x + 600s", "ticket.x + 10m"},
      {Form::deadline, "ticket.x - 90m", "ticket.x - 1h30m"},
      {Form::deadline, "ticket.x", "ticket.x"},
      {Form::deadline, "ticket.x * 600s", "ticket.x * 600s"},
      {Form::deadline, "ticket.x +600s", "ticket.x +600s"},
      {Form::deadline, "ticket.x + soon", "ticket.x + soon"},
      {Form::text, "90m", "90m"},
  };
  for (const Spelling& row : rows) {
    const std::string once = canonical_scalar(row.form, row.before);
    EXPECT_EQ(once, row.after) << row.before;
    EXPECT_EQ(canonical_scalar(row.form, once), once);
  }
}

/// The texts of a document that would be spelled anew, each with a bar behind.
std::string visited(const std::string& text) {
  Diagnostics unheard;
  auto documents = read_documents("p.yaml", text, unheard);
  std::string all;
  for (Node& document : documents)
    visit_scalars(document, [&](Node& node, Form) { all += node.text + "|"; });
  return all;
}

TEST(CanonicalScalar, IsOfPromisesAlone) {
  EXPECT_EQ(visited("kind: Promise\nspec: {target: {within: 90m}}\n"), "90m|");
  EXPECT_EQ(visited("kind: Promise\nspec: {target: {within: [{within: 90m}, {within: 1h}]}}\n"),
            "90m|1h|");
  EXPECT_EQ(visited("kind: Promise\nspec: {target: [{within: 90m}], unknown: 90m}\n"), "90m|");
  EXPECT_EQ(visited("kind: Promise\nspec: [90m]\nother: {target: {within: 90m}}\n"), "");
  EXPECT_EQ(visited("kind: Calendar\nspec: {target: {within: 90m}}\n"), "");
  EXPECT_EQ(visited("kind: [Promise]\nspec: {target: {within: 90m}}\n"), "");
  EXPECT_EQ(visited("spec: {target: {within: 90m}}\n"), "");
  EXPECT_EQ(visited("- Promise\n"), "");
}

}  // namespace
}  // namespace lupaus::tests
