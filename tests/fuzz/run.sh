#!/bin/bash
# Builds the fuzz targets in the preset asan and runs each for a while from its corpus. What breaks one is kept in
# build/fuzz/found, with the command that repeats it. New inputs that reach new code are added to build/fuzz/corpus;
# `--keep` merges them into tests/fuzz/corpus, smallest first.
# Usage: tests/fuzz/run.sh [--build-only] [--keep] [--seed=N] [SECONDS] [TARGET…]     default 60 each, all of CMakeLists.txt
#   --seed=N      every run tries the same; 0, the default, is another one each time
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build_only=false keep=false seconds=60 seed=0 names=()
for argument in "$@"; do
  case "$argument" in
    --build-only) build_only=true ;;
    --keep) keep=true ;;
    --seed=*) seed=${argument#*=} ;;
    [a-z]*) names+=("$argument") ;;
    *[!0-9]* | '') sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    *) seconds=$argument ;;
  esac
done
export CMAKE_GENERATOR=Ninja
mkdir -p build
cmake --preset asan >build/asan.log 2>&1 || { cat build/asan.log; exit 1; }
[[ ${#names[@]} -gt 0 ]] || mapfile -t names < <(sed -n 's/^lupaus_fuzzer(\([a-z_]*\).*/\1/p' tests/fuzz/CMakeLists.txt)
cmake --build build/asan -j "$(nproc)" --target "${names[@]/%/_fuzz}"
$build_only && exit

fuzz() {
  local name=$1 log=build/fuzz/$1.log
  mkdir -p "build/fuzz/corpus/$name" build/fuzz/found
  local corpus=("build/fuzz/corpus/$name")
  [[ ! -d tests/fuzz/corpus/$name ]] || corpus+=("tests/fuzz/corpus/$name")
  if ! "build/asan/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -seed="$seed" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/found/$name-" "${corpus[@]}" >"$log" 2>&1; then
    tail -60 "$log"
    echo "FAILED: $name; repeat it with build/asan/tests/fuzz/${name}_fuzz $(ls -t build/fuzz/found/"$name"-* | head -1)"
    return 1
  fi
  printf '%-12s %s runs, %s inputs in the corpus, none breaks it\n' "$name" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$(ls "build/fuzz/corpus/$name" | wc -l)"
}
export -f fuzz
export seconds seed
printf '%s\n' "${names[@]}" | xargs -n 1 -P "$(nproc)" bash -c 'fuzz "$0"'
if $keep; then
  for name in "${names[@]}"; do
    mkdir -p "tests/fuzz/corpus/$name"
    "build/asan/tests/fuzz/${name}_fuzz" -merge=1 "tests/fuzz/corpus/$name" "build/fuzz/corpus/$name" >/dev/null 2>&1
  done
fi
