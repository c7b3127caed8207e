// The verbs that need no server.
#include "clients/cli/offline.h"

#include <CLI/CLI.hpp>

namespace lupaus::clients::cli {

void add_offline_verbs(CLI::App& app, Context& context) {
  add_check(app, context);
  add_eval(app, context);
  add_help(app, context);
  add_fmt(app, context);
  add_diff(app, context);
  add_schema(app, context);
  add_test(app, context);
  add_backtest(app, context);
  add_file_verbs(app, context);
  CLI::App& events = verb_group(app, "events", "Send, import, check, follow and repair events");
  add_import(events, context);
  add_lint(events, context);
}

}  // namespace lupaus::clients::cli
