// A line on stderr that says how far long work is; silent where stderr is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "clients/cli/context.h"

namespace lupaus::clients::cli {

/// Lives as long as the work; clears its line at the end. One thread.
class Progress {
 public:
  /// `total` 0: unknown.
  Progress(const Context& context, std::string what, uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` so far. Cheap: the line is redrawn at most five times a second.
  void show(uint64_t done);
  /// The same where each step is long: a clock is read each time.
  void show_now(uint64_t done);

 private:
  const Context& context_;
  std::string what_;
  uint64_t total_;
  uint64_t calls_ = 0;
  std::chrono::steady_clock::time_point began_, drawn_;
  bool is_drawn_ = false;
};

}  // namespace lupaus::clients::cli
