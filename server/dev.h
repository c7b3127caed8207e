// `lupausd dev`: the whole product in one program for somebody who sees it for the first time. The
// server, simulated branches that report over gRPC, and one virtual clock that both go by.
#pragma once

#include <string>
#include <vector>

namespace lupaus::server {

/// Runs until the day is told (--once) or SIGINT or SIGTERM comes; gives the program's exit code.
/// `flags` are those after `dev`. Blocks SIGINT and SIGTERM in the calling thread: call it before
/// any thread is started.
int run_dev(const std::vector<std::string>& flags);

}  // namespace lupaus::server
