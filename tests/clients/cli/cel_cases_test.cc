// The conformance cases of the Common Expression Language, where their file is present: all of them
// pass, and the count is printed. They are not part of this repository; without them the test is
// skipped, visibly.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "clients/cli/typed_json.h"
#include "rules/language/cel/evaluate.h"

namespace lupaus::clients::cli {
namespace {

namespace cel = rules::language::cel;

constexpr size_t kCases = 454;  // never falls

std::string cases_file() {
  const char* shared = std::getenv("LUPAUS_SHARED_DATA");
  const std::string folder =
      shared != nullptr ? shared : std::string(LUPAUS_SOURCE_DIR) + "/../shared/data";
  return folder + "/../cel/cases.jsonl";
}

/// What evaluating gives, in the typed form; {"error":true} for any error.
std::string evaluated(std::string_view text, std::string_view bindings_json) {
  cel::Arena arena;
  const auto bindings = read_bindings(bindings_json, arena);
  if (!bindings) return "unreadable bindings: " + bindings.error().message;
  const auto expression = cel::Expression::compile(text, bindings->names);
  if (!expression) return write_typed({});
  const auto value = expression->evaluate(bindings->values, arena);
  return write_typed(value ? *value : cel::Value());
}

std::string expected(simdjson::dom::element expect) {
  const std::string json = simdjson::minify(expect);
  cel::Arena arena;
  const auto value = read_typed(json, arena);
  return value ? write_typed(*value) : json;
}

TEST(CelCases, AllPass) {
  std::ifstream file(cases_file());
  if (!file) GTEST_SKIP() << "the cases are not at " << cases_file() << "; set LUPAUS_SHARED_DATA";
  simdjson::dom::parser parser;
  size_t count = 0, passed = 0;
  for (std::string line; std::getline(file, line);) {
    simdjson::dom::element row;
    ASSERT_EQ(parser.parse(line).get(row), simdjson::SUCCESS);
    ++count;
    const std::string_view text = row["expr"].get_string().value();
    const std::string bindings = simdjson::minify(row["bindings"].value());
    const std::string wanted = expected(row["expect"].value());
    const std::string found = evaluated(text, bindings);
    passed += found == wanted ? 1 : 0;
    EXPECT_EQ(found, wanted) << row["file"] << " " << row["section"] << " " << row["name"] << ": "
                             << text;
  }
  std::cout << "CEL cases passed: " << passed << " of " << count << std::endl;
  EXPECT_GE(passed, kCases);
}

}  // namespace
}  // namespace lupaus::clients::cli
