// The verbs that need no server.
#include <CLI/CLI.hpp>

#include "clients/cli/context.h"

namespace lupaus::clients::cli {

void add_offline_verbs(CLI::App& app, Context&) {
  verb_group(app, "events", "Send, import, follow and repair events");
}

}  // namespace lupaus::clients::cli
