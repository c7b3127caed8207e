// What the disk itself takes to make a write durable: the limit that figures with a sync in them
// are seen beside.
#pragma once

#include <string>
#include <vector>

namespace lupaus::tests::bench {

/// Appends and syncs, one after the other on one thread, as a journal would.
struct SyncPlan {
  double syncs_per_second = 1'000;
  size_t bytes_a_sync = 4'096;
  double seconds = 5;
};

/// How long each sync took that a file in `folder` was given at that pace, in ms, ascending. Empty
/// when the file cannot be written.
std::vector<double> sync_raw_file(const std::string& folder, const SyncPlan& plan);

}  // namespace lupaus::tests::bench
