// `lupausd config`: what the configuration is, and what each key was set by.
#pragma once

#include <string>
#include <vector>

namespace lupaus::server {

/// `lupausd config [--config FILE] [--origin] [--json] [--KEY VALUE...]`: prints every key as
/// `serve` would take it. Exit code 0: it is right, 1: it is not (the first error is told), 2:
/// usage.
int run_show_config(const std::vector<std::string>& arguments);

}  // namespace lupaus::server
