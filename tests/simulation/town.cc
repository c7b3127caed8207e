#include "tests/simulation/town.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "rules/language/compile.h"

namespace lupaus::tests::simulation {

using rules::model::Error;
using rules::model::Result;

std::string branch_name(int branch) { return fmt::format("branch-{}", branch + 1); }

Result<rules::model::BookPtr> make_book(const std::string& promises_file, int branches) {
  std::ostringstream promises;
  promises << std::ifstream(promises_file).rdbuf();
  std::string places;
  const std::array<const char*, 3> zones = {"Europe/Helsinki", "Europe/London", "Europe/Berlin"};
  for (size_t i = 0; i < zones.size(); ++i) {
    places += fmt::format(
        "---\napiVersion: lupaus/v1\nkind: Calendar\nmetadata: {{name: hours-{}}}\nspec:\n"
        "  timezone: {}\n  hours: {{mon-sun: [\"{}-12:00\", \"12:30-{}\"]}}\n",
        i, zones[i], i == 0 ? "09:00" : "08:00", i == 0 ? "17:00" : "16:00");
  }
  for (int branch = 0; branch < branches; ++branch) {
    const auto name = branch_name(branch);
    const size_t zone = static_cast<size_t>(branch) % zones.size();
    places += fmt::format(
        "---\napiVersion: lupaus/v1\nkind: Branch\nmetadata: {{name: {0}}}\nspec:\n"
        "  timezone: {1}\n  hours: hours-{2}\n"
        "  sources: [{{id: {0}/kiosk-1, reports: [issued]}}, {{id: {0}/counters}}]\n",
        name, zones[zone], zone);
  }
  const std::vector<rules::model::SourceFile> files = {{"promises.yaml", promises.str()},
                                                       {"places.yaml", places.substr(4)}};
  const auto compiled = rules::language::compile(files);
  if (compiled.book) return compiled.book;
  std::string said;
  for (const auto& diagnostic : compiled.diagnostics)
    said += rules::language::format_diagnostic(diagnostic) + "\n";
  return Error{"bad_book", said, "", {}};
}

clients::branch::simulator::Plan plan_of(int branch, int day) {
  clients::branch::simulator::Plan plan;
  plan.branch = branch_name(branch);
  plan.date = fmt::format("d{}", day + 1);
  plan.opens_at = kBegin + std::chrono::hours(19 + 24 * day);
  plan.closes_at = plan.opens_at + std::chrono::hours(8);
  plan.counter_count = 1;
  plan.adviser_count = 1;
  plan.arrivals_per_hour = 5.0;
  plan.customer_count = 60;
  plan.services = {{"cash", 'A', 0.5, std::chrono::seconds(240)},
                   {"account", 'B', 0.3, std::chrono::seconds(420)},
                   {"loan", 'C', 0.2, std::chrono::seconds(900), true}};
  return plan;
}

}  // namespace lupaus::tests::simulation
