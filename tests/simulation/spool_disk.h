// A simulated disk as a terminal's spool sees it.
#pragma once

#include <memory>

#include "clients/branch/spool/disk.h"
#include "tests/simulation/disk.h"

namespace lupaus::tests::simulation {

/// `disk` outlives it.
std::shared_ptr<clients::branch::spool::Disk> make_spool_disk(Disk& disk);

}  // namespace lupaus::tests::simulation
