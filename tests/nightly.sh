#!/bin/bash
# The programs of tests/run.sh for longer: properties with new seeds and many rounds, and every test again and again, plain
# and under the sanitizers, until the time is up. A failure prints the seed that repeats it.
# Usage: tests/nightly.sh [MINUTES]     default 120
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
minutes=${1:-120}
until=$((SECONDS + minutes * 60))

tests/run.sh

still() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

round=0
while ((SECONDS < until)); do
  round=$((round + 1))
  # WHY: of a different size each time, so that a short failing case is found as well as a rare one.
  export LUPAUS_ROUNDS=$((500 * (round % 8 + 1)))
  LUPAUS_SEED=$(od -An -N6 -tu8 /dev/urandom | tr -d ' ')
  export LUPAUS_SEED
  printf '\n=== night round %d: LUPAUS_SEED=%s LUPAUS_ROUNDS=%s\n' "$round" "$LUPAUS_SEED" "$LUPAUS_ROUNDS"
  ctest --test-dir build/release --output-on-failure -j "$(nproc)" --timeout 1800
  # A quarter of a simulated year in a different town each time.
  build/release/tests/simulation/lupaus_simulation --seed "$LUPAUS_SEED" --days 90 --branches $((2 + round % 8))
  ctest --test-dir build/asan --output-on-failure -j "$(nproc)" --timeout 1800 -LE 'e2e|bench|architecture|simulation' -E NOT_BUILT
  still ctest --test-dir build/tsan --output-on-failure -j "$(nproc)" --timeout 1800 -L no_grpc
done
LUPAUS_ALL_FAULTS=1 ctest --test-dir build/release --verbose --timeout 7200 -R e2e.disk_faults
tests/coverage.sh
tests/fuzz/run.sh 900
printf '\n=== %d rounds in %d minutes without a failure\n' "$round" "$minutes"
