#include "server/runtime/give_way.h"

#include <sys/resource.h>

#include <algorithm>

namespace lupaus::server::runtime {
namespace {

/// Ten steps are a weight of 110 instead of 1,024.
constexpr int kSteps = 10;
constexpr int kLowest = 19;

}  // namespace

void give_way() {
  // On Linux this is the thread's own, not the process's.
  const int now = ::getpriority(PRIO_PROCESS, 0);
  ::setpriority(PRIO_PROCESS, 0, std::min(now + kSteps, kLowest));
}

}  // namespace lupaus::server::runtime
