#!/bin/bash
# The programs of tests/run.sh for longer: properties with new seeds and many rounds, every test again and again, plain and
# under the sanitizers, until the time is up; then the fuzz targets for a quarter of an hour each. A failure prints the seed
# that repeats it.
# Usage: tests/nightly.sh [MINUTES]     default 120
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
minutes=${1:-120}
until=$((SECONDS + minutes * 60))

tests/run.sh
# Each source by itself: the builds above compile several as one, where a neighbour may bring what a source forgot to include.
cmake --preset dev
cmake --build build/dev

still() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/thread_sanitizer.supp
round=0
while ((SECONDS < until)); do
  round=$((round + 1))
  LUPAUS_SEED=$(od -An -N6 -tu8 /dev/urandom | tr -d ' ')
  export LUPAUS_SEED
  # WHY: the naive model never judges fewer than 100,000 tickets (12 a round); a sanitizer's round costs twenty times as much.
  plain=$((8400 * (round % 3 + 1))) watched=$((400 * (round % 3 + 1)))
  printf '\n=== night round %d: LUPAUS_SEED=%s LUPAUS_ROUNDS=%s and %s\n' "$round" "$LUPAUS_SEED" "$plain" "$watched"
  LUPAUS_ROUNDS=$plain ctest --test-dir build/release --output-on-failure -j "$(nproc)" --timeout 1800
  # A quarter of a simulated year in a different town each time.
  build/release/tests/simulation/lupaus_simulation --seed "$LUPAUS_SEED" --days 90 --branches $((2 + round % 8))
  build/release/tests/simulation/lupaus_simulation --seed "$LUPAUS_SEED" --seeds 8 --days 10 --branches $((2 + round % 4)) \
    --heartbeat 10s --faults tests/simulation/faults/ci.yaml --faults tests/simulation/faults/clocks.yaml
  export LUPAUS_ROUNDS=$watched
  ctest --test-dir build/asan --output-on-failure -j "$(nproc)" --timeout 1800 -LE 'e2e|bench|architecture|simulation' -E 'NOT_BUILT|^scenarios[.]'
  still ctest --test-dir build/tsan --output-on-failure -j "$(nproc)" --timeout 1800 -L no_grpc
done
# A server that acknowledges before the sync: the crash test must find it.
cmake --preset release -B build/fault -G Ninja -DLUPAUS_FAULT_ACK_BEFORE_SYNC=ON -DLUPAUS_TESTS=OFF -DLUPAUS_WEB=OFF
cmake --build build/fault --target lupausd
build/release/tests/e2e/crash/crash_test --lupausd build/fault/server/lupausd --kills 30 --seed 1 --fault-expected
LUPAUS_ALL_FAULTS=1 ctest --test-dir build/release --verbose --timeout 7200 -R e2e.disk_faults
# A million compensations through a bank that does everything wrong, with the house killed on the way; minutes, and a few GB.
LUPAUS_COMPENSATIONS=1000000 build/release/tests/server/compensate/server_compensate_once_test --gtest_filter='*KnowsKeysAlone*'
# Ten thousand terminals come back at once, each with a hundred events: fails unless everything is durable and nothing refused.
cmake --build build/release --target lupaus_bench_storm
build/release/tests/bench/lupaus_bench_storm build/release/server/lupausd tests/bench/book build/storm
tests/fuzz/run.sh 900
printf '\n=== %d rounds in %d minutes without a failure\n' "$round" "$minutes"
