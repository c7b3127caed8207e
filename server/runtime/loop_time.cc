// Two clocks agree when they have gone on by the same since they agreed last.
#include "server/runtime/loop_time.h"

namespace lupaus::server::runtime {

using rules::model::Duration;
using rules::model::Instant;

Instant LoopTime::read(Instant wall, Duration steady) {
  if (!agreed_) agreed_ = Agreement{wall, steady};
  const Instant expected = agreed_->wall + (steady - agreed_->steady);
  const Duration apart = wall - expected;
  if (apart >= -kJumpMin && apart <= kJumpMin) {
    agreed_ = Agreement{wall, steady};
    jump_ = Duration::zero();
    return wall;
  }
  if (!is_doubtful()) ++jump_count_;
  jump_ = apart;
  return expected;
}

}  // namespace lupaus::server::runtime
