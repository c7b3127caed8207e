// Preloaded into a program, it lives in another month: wall time is LUPAUS_SHIFT_SECONDS away from
// the machine's. Monotonic time is as it was. For whole programs under test, which know only the
// real clock.
#include <dlfcn.h>
#include <sys/time.h>

#include <cstdlib>
#include <ctime>

namespace {

time_t shift_seconds() {
  static const time_t seconds = [] {
    const char* given = std::getenv("LUPAUS_SHIFT_SECONDS");
    return given == nullptr ? time_t{0} : static_cast<time_t>(std::atoll(given));
  }();
  return seconds;
}

template <typename Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  static const auto next = real<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, at);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    at->tv_sec += shift_seconds();
  return result;
}

int gettimeofday(timeval* at, void* zone) noexcept {
  static const auto next = real<int (*)(timeval*, void*)>("gettimeofday");
  const int result = next(at, zone);
  if (result == 0) at->tv_sec += shift_seconds();
  return result;
}

time_t time(time_t* at) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != nullptr) *at = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
