// `lupaus schema` and `lupaus reference`: what may be written in promise files, for editors and for
// people.
#include <CLI/CLI.hpp>
#include <ostream>

#include "clients/cli/offline.h"
#include "rules/language/json_schema.h"
#include "rules/language/reference.h"

namespace lupaus::clients::cli {

void add_schema(CLI::App& app, Context& context) {
  app.add_subcommand("schema", "Print the JSON Schema of promise files, for editors")
      ->callback([&context] { context.out() << rules::language::json_schema(); });
  app.add_subcommand("reference", "Print the reference of promise files, as Markdown")
      ->callback([&context] { context.out() << rules::language::reference(); });
}

}  // namespace lupaus::clients::cli
