// The verbs that ask a server.
#include "clients/cli/context.h"

namespace lupaus::clients::cli {

void add_online_verbs(CLI::App&, Context&) {}

}  // namespace lupaus::clients::cli
