#include "tests/simulation/shrink.h"

namespace lupaus::tests::simulation {
namespace {

bool keep_if_failing(Trial& trial, const Trial& smaller,
                     const std::function<bool(const Trial&)>& fails) {
  if (!fails(smaller)) return false;
  trial = smaller;
  return true;
}

}  // namespace

Trial shrink(Trial trial, const std::function<bool(const Trial&)>& fails,
             std::vector<std::string>& left_out) {
  const auto lower = [&](int Trial::*number) {
    for (int parts = 2; trial.*number > 1 && parts <= 16;) {
      Trial smaller = trial;
      smaller.*number = std::max(1, trial.*number - std::max(1, trial.*number / parts));
      if (parts == 2) smaller.*number = std::max(1, trial.*number / 2);
      if (!keep_if_failing(trial, smaller, fails)) parts *= 2;
    }
  };
  lower(&Trial::days);
  lower(&Trial::branches);
  for (const auto kind : trial.faults.kinds()) {
    Trial smaller = trial;
    smaller.faults.leave_out(format_fault(kind));
    if (keep_if_failing(trial, smaller, fails)) left_out.emplace_back(format_fault(kind));
  }
  lower(&Trial::days);
  lower(&Trial::branches);
  return trial;
}

}  // namespace lupaus::tests::simulation
