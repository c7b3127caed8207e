// A disk that fails when a test wants it to, for LD_PRELOAD: counts what a program does below one
// folder, and at the chosen call dies, fails, or leaves out what it should do. strace counts each
// thread on its own; this counts all of them together, so that every call of a run can be hit.
//
//   FAILING_DISK_BELOW   the folder
//   FAILING_DISK         CALL:WHEN:WHAT; CALL is sync, write, rename; WHEN is a number from 1, N+
//   for
//                       that and all later ones; WHAT is die (before the call), died (after it),
//                       EIO, ENOSPC, none (says that it was done)
//   FAILING_DISK_COUNTS  a file that gets "sync N", "write N", "rename N" when the program ends
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

enum Call { kSync, kWrite, kRename, kCalls };
constexpr const char* kNames[kCalls] = {"sync", "write", "rename"};

enum class Fault { none_wanted, die, died, fail, leave_out };

struct Plan {
  Call call = kCalls;
  long when = 0;
  bool and_later = false;
  Fault fault = Fault::none_wanted;
  int error = 0;
};

std::atomic<long> counts[kCalls];

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

Plan read_plan() {
  Plan plan;
  const char* text = getenv("FAILING_DISK");
  char call[16] = "", when[16] = "", what[16] = "";
  if (text == nullptr || sscanf(text, "%15[^:]:%15[^:]:%15s", call, when, what) != 3) return plan;
  for (int i = 0; i < kCalls; ++i) {
    if (strcmp(call, kNames[i]) == 0) plan.call = static_cast<Call>(i);
  }
  char* end = nullptr;
  plan.when = strtol(when, &end, 10);
  plan.and_later = *end == '+';
  if (strcmp(what, "die") == 0) plan.fault = Fault::die;
  if (strcmp(what, "died") == 0) plan.fault = Fault::died;
  if (strcmp(what, "none") == 0) plan.fault = Fault::leave_out;
  if (strcmp(what, "EIO") == 0 || strcmp(what, "ENOSPC") == 0) {
    plan.fault = Fault::fail;
    plan.error = strcmp(what, "EIO") == 0 ? EIO : ENOSPC;
  }
  return plan;
}

const Plan& plan() {
  static const Plan read = read_plan();
  return read;
}

bool is_below(const char* path) {
  static const char* const folder = getenv("FAILING_DISK_BELOW");
  static const size_t size = folder == nullptr ? 0 : strlen(folder);
  return size > 0 && strncmp(path, folder, size) == 0 && path[size] == '/';
}

bool is_below(int file) {
  char link[32], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return false;
  path[size] = '\0';
  return is_below(path);
}

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/// Runs `act` as the plan says; `done` is what success returns.
template <typename Act, typename Value>
Value meet(Call call, Value done, Act act) {
  const long number = ++counts[call];
  const Plan& planned = plan();
  const bool is_hit =
      planned.call == call && (planned.and_later ? number >= planned.when : number == planned.when);
  if (!is_hit) return act();
  switch (planned.fault) {
    case Fault::none_wanted:
      return act();
    case Fault::die:
      die();
    case Fault::died:
      act();
      die();
    case Fault::leave_out:
      return done;
    case Fault::fail:
      errno = planned.error;
      return -1;
  }
  return act();
}

__attribute__((destructor)) void write_counts() {
  const char* path = getenv("FAILING_DISK_COUNTS");
  FILE* file = path == nullptr ? nullptr : fopen(path, "w");
  if (file == nullptr) return;
  for (int i = 0; i < kCalls; ++i) fprintf(file, "%s %ld\n", kNames[i], counts[i].load());
  fclose(file);
}

}  // namespace

extern "C" {

int fsync(int file) {
  static const auto real = next<int (*)(int)>("fsync");
  return is_below(file) ? meet(kSync, 0, [=] { return real(file); }) : real(file);
}

int fdatasync(int file) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return is_below(file) ? meet(kSync, 0, [=] { return real(file); }) : real(file);
}

// Never counted: it promises nothing. Left out with the syncs, or it would do their work.
int sync_file_range(int file, off64_t offset, off64_t bytes, unsigned int flags) {
  static const auto real = next<int (*)(int, off64_t, off64_t, unsigned int)>("sync_file_range");
  if (plan().fault == Fault::leave_out && is_below(file)) return 0;
  return real(file, offset, bytes, flags);
}

ssize_t write(int file, const void* bytes, size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  const auto act = [=] { return real(file, bytes, size); };
  return is_below(file) ? meet(kWrite, static_cast<ssize_t>(size), act) : act();
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  const auto act = [=] { return real(file, bytes, size, offset); };
  return is_below(file) ? meet(kWrite, static_cast<ssize_t>(size), act) : act();
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  const auto act = [=] { return real(file, bytes, size, offset); };
  return is_below(file) ? meet(kWrite, static_cast<ssize_t>(size), act) : act();
}

int rename(const char* from, const char* to) noexcept {
  static const auto real = next<int (*)(const char*, const char*)>("rename");
  return is_below(to) ? meet(kRename, 0, [=] { return real(from, to); }) : real(from, to);
}

}  // extern "C"
