#!/bin/bash
# Proves the whole tree: packages, format, contract, lint, sanitizers, coverage, then every test of the release
# build. The last lines are ctest's summary of that build. About fifty-five minutes from nothing on two cores, half of it
# with a warm compiler cache.
# Usage: tests/run.sh [--quick] [--no-install]
#   --quick       the release build and its tests only, without e2e, bench and simulations
#   --no-install  do not touch the system's packages
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

quick=false
install=true
for argument in "$@"; do
  case "$argument" in
    --quick) quick=true ;;
    --no-install) install=false ;;
    *)
      sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
done

jobs=$(nproc)
export CMAKE_GENERATOR=Ninja CLICOLOR=0 GTEST_COLOR=no
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/thread_sanitizer.supp
began=$SECONDS

# stage "what" "expected time" command…: says what runs and how long it took; a failure ends the run.
stage() {
  local what=$1 expected=$2 from=$SECONDS
  shift 2
  printf '\n=== %s (cold: about %s; %s since the start)\n' "$what" "$expected" "$(elapsed "$began")"
  if ! "$@"; then
    printf '=== FAILED: %s, after %s\n' "$what" "$(elapsed "$from")"
    exit 1
  fi
  printf '=== done: %s, %s\n' "$what" "$(elapsed "$from")"
}

elapsed() {
  printf '%dm%02ds' $(((SECONDS - $1) / 60)) $(((SECONDS - $1) % 60))
}

sources() {
  find "$@" \( -name '*.cc' -o -name '*.h' \) -not -path '*/build/*' | sort
}

check_format() {
  sources rules server clients tests | xargs -r clang-format --dry-run -Werror
}

# Buf comes through npm. Without it the check is left out visibly, not silently.
check_contract() {
  local buf=@bufbuild/buf@1.50.0
  if ! command -v npx >/dev/null; then
    echo "SKIPPED: buf lint (there is no npx)"
  elif ! timeout 120 npx --yes "$buf" --version >/dev/null 2>&1; then
    echo "SKIPPED: buf lint (npm's registry is not reached)"
  else
    (cd proto && npx --yes "$buf" lint)
  fi
}

configure() {
  cmake --preset "$1" >"build/$1.log" 2>&1 || {
    cat "build/$1.log"
    return 1
  }
}

build() {
  local preset=$1
  shift
  configure "$preset" && cmake --build "build/$preset" -j "$jobs" "$@"
}

# WHY: g++ 12's ThreadSanitizer knows no kernel that spreads addresses as widely as new ones do.
still() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

build_still() {
  configure tsan && still cmake --build build/tsan -j "$jobs" --target lupaus_no_grpc_tests
}

# Judged by what it says: clang-tidy 14 calls C++20's capture of a structured binding an error, which it is not. What
# is compiled together switches a warning off that only g++ has, and that of shadows, which is on again here.
check_lint() {
  local said=build/lint.log
  sed -nE "s#^ *\"file\": \"($PWD/((rules|server|clients)/.*|build/release/(rules|server|clients)/.*/Unity/.*))\".*#\1#p" build/release/compile_commands.json | sort -u |
    xargs -r -P "$jobs" -n 2 clang-tidy -p build/release --quiet --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wshadow >"$said" 2>&1 || true
  if grep -E ':[0-9]+:[0-9]+: (warning|error): ' "$said" | grep -v 'error: reference to local binding' | sort -u; then
    return 1
  fi
  if grep -E '^(Error while|LLVM ERROR|error: )|not found in' "$said" | grep -v '^Error while processing'; then
    return 1
  fi
}

# Counts what runs of rules/ anew: tests/coverage.sh reads it afterwards.
test_tsan() {
  find build/tsan/rules -name '*.gcda' -delete
  LUPAUS_ROUNDS=20 still ctest --test-dir build/tsan --output-on-failure -j "$jobs" -L no_grpc
}

# Ctest hides what a passed test says: what was left out and the figures are shown, then its summary again.
figures='cases passed: | tickets under |simulated years|^  faults: |^seed [0-9]+: '
figures+='|^(first starts|kills|disk errors|power cuts|full disks|acks lost|double payouts)[a-z ]*  +[0-9]'
test_release() {
  local said=build/release/Testing/Temporary/LastTest.log summary=build/tests.log failed=0
  ctest --test-dir build/release --output-on-failure -j "$jobs" "$@" | tee "$summary" || failed=1
  printf '\n=== what the tests left out, and their figures\n'
  grep -aE "SKIPPED|$figures" "$said" || echo "nothing"
  sed -n '/tests passed, .* tests failed/,$p' "$summary"
  return $failed
}

mkdir -p build
$install && stage "packages" "30 s" deploy/install_packages.sh
if $quick; then
  stage "build release" "12 min" build release
  printf '\n=== tests of the release build\n'
  test_release -LE 'e2e|bench|simulation'
  exit
fi
stage "format of every source" "5 s" check_format
stage "lint of the contract" "10 s" check_contract
stage "build release" "12 min" build release
stage "lint of rules/, server/ and clients/" "5 min" check_lint
stage "build the unit tests with address and undefined-behaviour sanitizers" "15 min" build asan --target lupaus_unit_tests
# WHY: unoptimised and watched, a random round costs twenty times as much; the release build runs them all.
stage "unit tests with address and undefined-behaviour sanitizers" "3 min" \
  env LUPAUS_ROUNDS=25 ctest --test-dir build/asan --output-on-failure -j "$jobs" -LE 'e2e|bench|architecture|simulation' -E 'NOT_BUILT|^scenarios[.]'
# WHY the same seed: a run repeats. tests/nightly.sh fuzzes with others, and longer.
stage "fuzzing for a minute each" "3 min" tests/fuzz/run.sh --seed=1 60 promise cel event_batch calendar
stage "build the tests without gRPC with the thread sanitizer" "9 min" build_still
stage "tests without gRPC with the thread sanitizer" "6 min" test_tsan
stage "coverage of rules/ by those tests" "1 min" tests/coverage.sh --report
stage "the demo, as README says it" "30 s" env CLICOLOR=0 deploy/demo.sh --once
# Last, so that its summary ends the output.
printf '\n=== every test of the release build (about 6 min; %s since the start)\n' "$(elapsed "$began")"
test_release
