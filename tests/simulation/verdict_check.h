// The last judgement of a run: every final verdict and every debt in the journal against the naive
// model, which is given the events that were in the journal when the verdict became final.
#pragma once

#include <string>
#include <vector>

#include "rules/model/book.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/witness.h"

namespace lupaus::tests::simulation {

struct VerdictCheck {
  uint64_t verdicts = 0;  ///< compared
  uint64_t late = 0;     ///< of them on tickets of which more was heard later, or a clock was wrong
  uint64_t doubted = 0;  ///< of them left to a person because of a clock
  uint64_t silent = 0;   ///< not compared: left to a person because a source was silent
  std::vector<std::string> differences;
};

VerdictCheck check_verdicts(const Witness& witness, const rules::model::BookPtr& book,
                            Instant as_of);

}  // namespace lupaus::tests::simulation
