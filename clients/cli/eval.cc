// `lupaus eval`: what does this CEL expression give? For those who write conditions.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "clients/cli/offline.h"
#include "clients/cli/typed_json.h"
#include "rules/language/cel/evaluate.h"

namespace lupaus::clients::cli {
namespace {

namespace cel = rules::language::cel;

struct EvalOptions {
  std::string expression;
  std::string bindings = "{}";
};

void run_eval(Context& context, const EvalOptions& options) {
  cel::Arena arena;
  auto bindings = read_bindings(options.bindings, arena);
  if (!bindings) {
    rules::model::Error error = bindings.error();
    error.span.file = "--bindings";
    return context.fail(error, kUsage);
  }
  const auto fail = [&](rules::model::Error error) {
    error.span.file = "expression";
    context.fail(error);
  };
  const auto expression = cel::Expression::compile(options.expression, bindings->names);
  if (!expression) return fail(expression.error());
  const auto value = expression->evaluate(bindings->values, arena);
  if (!value) return fail(value.error());
  context.out() << write_typed(*value) << "\n";
}

}  // namespace

void add_eval(CLI::App& app, Context& context) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* verb = app.add_subcommand("eval", "Evaluate a CEL expression; needs no server");
  verb->add_option("expression", options->expression,
                   "The expression; after -- if it begins with -")
      ->required();
  verb->add_option("--bindings", options->bindings,
                   "Typed values by name, as {\"x\":{\"int\":\"1\"}}")
      ->type_name("JSON");
  verb->callback([options, &context] { run_eval(context, *options); });
}

}  // namespace lupaus::clients::cli
