// Draws the progress line.
#include "clients/cli/progress.h"

#include <ostream>

namespace lupaus::clients::cli {

using std::chrono::steady_clock;

Progress::Progress(const Context& context, std::string what, uint64_t total)
    : context_(context),
      what_(std::move(what)),
      total_(total),
      began_(steady_clock::now()),
      drawn_(began_) {}

Progress::~Progress() {
  if (is_drawn_) context_.err() << "\r\033[K" << std::flush;
}

void Progress::show(uint64_t done) {
  if (!context_.streams.is_err_terminal) return;
  if ((++calls_ & 0xff) != 0 && done != total_)
    return;  // WHY: a clock read for each row would cost more than the row
  show_now(done);
}

void Progress::show_now(uint64_t done) {
  if (!context_.streams.is_err_terminal) return;
  const auto now = steady_clock::now();
  if (now - drawn_ < std::chrono::milliseconds(200)) return;
  drawn_ = now;
  is_drawn_ = true;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_).count();
  context_.err() << "\r\033[K" << what_ << " " << done;
  if (total_ != 0) context_.err() << " of " << total_ << " (" << done * 100 / total_ << " %)";
  if (elapsed > 0) context_.err() << ", " << done * 1000 / static_cast<uint64_t>(elapsed) << "/s";
  context_.err() << std::flush;
}

}  // namespace lupaus::clients::cli
