// Each verb that needs no server adds itself to the command line; its file holds all of it.
#pragma once

#include "clients/cli/context.h"

namespace lupaus::clients::cli {

void add_check(CLI::App& app, Context& context);
void add_eval(CLI::App& app, Context& context);
void add_help(CLI::App& app, Context& context);
void add_fmt(CLI::App& app, Context& context);
void add_diff(CLI::App& app, Context& context);
/// `schema` and `reference`.
void add_schema(CLI::App& app, Context& context);
void add_test(CLI::App& app, Context& context);
void add_backtest(CLI::App& app, Context& context);
/// `log verify` and `restore`, which lupausd does: only it knows the database.
void add_file_verbs(CLI::App& app, Context& context);
/// Below `events`.
void add_import(CLI::App& events, Context& context);
void add_lint(CLI::App& events, Context& context);

}  // namespace lupaus::clients::cli
