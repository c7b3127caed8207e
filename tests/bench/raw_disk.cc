#include "tests/bench/raw_disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace lupaus::tests::bench {

std::vector<double> sync_raw_file(const std::string& folder, const SyncPlan& plan) {
  using Clock = std::chrono::steady_clock;
  const std::string name = folder + "/raw.log";
  const int file = ::open(name.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return {};
  const std::string bytes(plan.bytes_a_sync, 'x');
  const auto start = Clock::now();
  std::vector<double> late;
  for (double sent = 0; sent < plan.seconds * plan.syncs_per_second; ++sent) {
    std::this_thread::sleep_until(start +
                                  std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(sent / plan.syncs_per_second)));
    const auto begin = Clock::now();
    if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fdatasync(file) != 0)
      break;
    late.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }
  ::close(file);
  ::unlink(name.c_str());
  std::sort(late.begin(), late.end());
  return late;
}

}  // namespace lupaus::tests::bench
