// What one condition costs: compiled expressions over a ticket of four attributes, without the
// journal and the engine around them. lupaus_bench_conditions [ROUNDS]
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "rules/language/compile.h"
#include "tests/bench/table.h"

namespace {

using namespace lupaus;  // NOLINT: a program
using rules::model::Attribute;
using rules::model::Condition;
using rules::model::Scope;

constexpr int kEvaluations = 200'000;

constexpr std::array<std::array<Attribute, 4>, 4> kTickets = {{
    {{{"service", "loan"}, {"segment", "private"}, {"priority", "3"}, {"customer", "c-1048"}}},
    {{{"segment", "business"}, {"service", "account"}, {"customer", "c-77"}, {"priority", "1"}}},
    {{{"priority", "2"}, {"customer", "c-9"}, {"segment", "private"}, {"service", "insurance"}}},
    {{{"service", "cash"}, {"customer", "c-3"}, {"priority", "1"}, {"segment", "student"}}},
}};
constexpr std::array<Attribute, 2> kBranch = {{{"region", "uusimaa"}, {"size", "large"}}};

/// Nanoseconds an evaluation, mean over one round; every ticket answers in turn.
double round_ns(const Condition& condition, int64_t& yes) {
  std::array<Scope, kTickets.size()> scopes;
  for (size_t i = 0; i < scopes.size(); ++i) {
    scopes[i] = {"helsinki-1", kTickets[i], kBranch, kTickets[i], "payday", 5};
  }
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kEvaluations; ++i) {
    yes +=
        condition.evaluate(scopes[static_cast<size_t>(i) % scopes.size()]) == Condition::Value::yes
            ? 1
            : 0;
  }
  const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
  return spent.count() / kEvaluations;
}

struct Row {
  const char* what;
  const char* text;
  tests::bench::Target target;
};

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 21;
  rules::model::Vocabulary vocabulary = rules::language::queue_vocabulary();
  vocabulary.branch_attributes["region"] = {};
  const Row rows[] = {
      {"true", "true", {}},
      {"a typical applies",
       "ticket.service in [\"cash\", \"account\", \"loan\"] && branch.region == \"uusimaa\"",
       tests::bench::at_most(150)},
      {"six comparisons",
       "ticket.segment != \"staff\" && (ticket.service == \"loan\" || ticket.service == \"cash\") "
       "&& ticket.priority <= 2 && day.weekday < 6 && !has(ticket.partner)",
       {}},
      {"a macro over three texts",
       "[\"ca\", \"lo\", \"ac\"].exists(p, ticket.service.startsWith(p))",
       {}},
      {"a pattern", "ticket.customer.matches(\"^c-[0-9]{1,2}$\")", {}},
  };
  tests::bench::Table table;
  int64_t yes = 0;
  for (const Row& row : rows) {
    const auto condition = rules::language::compile_condition(row.text, {}, vocabulary);
    if (!condition) {
      std::fprintf(stderr, "%s\n", format_error(condition.error()).c_str());
      return 1;
    }
    round_ns(**condition, yes);
    std::vector<double> spent;
    for (int i = 0; i < rounds; ++i) spent.push_back(round_ns(**condition, yes));
    table.add(std::string("condition: ") + row.what, "ns", std::move(spent), row.target);
  }
  table.print();
  return yes > 0 ? 0 : 1;
}
