// The keys below `reports`.
#include "fmt/format.h"
#include "server/config/keys.h"

namespace lupaus::server::config {
namespace {

using rules::model::Error;
using rules::model::Result;

Result<void> set_budgets(Config& config, const std::vector<std::string>& values) {
  config.budgets.clear();
  for (const std::string& value : values) {
    const size_t equals = value.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return Error{"CONFIG",
                   fmt::format("expected PROMISE=SUM, but got `{}`", value),
                   "for example served-in-15=EUR 500.00",
                   {}};
    }
    const std::string name = value.substr(0, equals);
    const auto sum = rules::model::parse_money(value.substr(equals + 1));
    if (!sum) return Error{"CONFIG", name + ": " + sum.error().message, sum.error().hint, {}};
    if (sum->minor <= 0) {
      return Error{"CONFIG",
                   fmt::format("{}: expected a sum above zero, but got `{}`", name,
                               value.substr(equals + 1)),
                   "leave the promise out where it has no budget",
                   {}};
    }
    if (!config.budgets.emplace(name, *sum).second)
      return Error{"CONFIG", fmt::format("the promise `{}` is there twice", name), "", {}};
  }
  return {};
}

std::vector<std::string> budgets_of(const Config& config) {
  std::vector<std::string> values;
  for (const auto& [name, sum] : config.budgets)
    values.push_back(name + "=" + rules::model::format_money(sum));
  return values;
}

}  // namespace

std::vector<Key> report_keys() {
  return {{"reports.budgets", true, set_budgets, budgets_of, true}};
}

}  // namespace lupaus::server::config
