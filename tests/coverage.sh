#!/bin/bash
# Line and branch coverage of rules/ by the tests without gRPC, as a table with a row a file; build/coverage.txt names the lines
# and branches that no test takes. Fails below the floor. Branches that only an exception takes, or nothing can, are left
# out. The build with the thread sanitizer counts, so that coverage needs no build of its own: that sanitizer adds no branch
# that gcov sees, as the undefined-behaviour sanitizer does at each division.
# Usage: tests/coverage.sh [--report] [LINES BRANCHES]     floor in percent, default 98 90
#   --report    of the tests that have run in build/tsan; without it builds and runs those of rules/ first
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
report=false
if [[ ${1:-} == --report ]]; then
  report=true
  shift
fi
lines=${1:-98} branches=${2:-90} build=${LUPAUS_COVERAGE_BUILD:-tsan}
export CMAKE_GENERATOR=Ninja

# WHY: g++ 12's ThreadSanitizer knows no kernel that spreads addresses as widely as new ones do.
still() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

if ! $report; then
  mkdir -p build
  cmake --preset "$build" >"build/$build.log" 2>&1 || { cat "build/$build.log"; exit 1; }
  still cmake --build "build/$build" -j "$(nproc)" --target lupaus_rules_tests
  find "build/$build/rules" -name '*.gcda' -delete
  export LUPAUS_ROUNDS=${LUPAUS_ROUNDS:-20}
  find "build/$build/tests/rules" -type f -perm -u+x -name 'rules_*_test' | sort |
    still xargs -P "$(nproc)" -I{} sh -c '{} >{}.log 2>&1 || { tail -50 {}.log; exit 255; }'
fi

# WHY: gcov writes a report of every header of the system unless it is told which are ours.
gcovr --root . --filter 'rules/' --gcov-executable "gcov --source-prefix $PWD --relative-only" \
  --exclude-throw-branches --exclude-unreachable-branches -j "$(nproc)" \
  --json build/coverage.json --json-summary build/coverage-summary.json "build/$build/rules"
python3 - build/coverage-summary.json build/coverage.json build/coverage.txt "$lines" "$branches" <<'PY'
import json, sys
summary, detail = (json.load(open(path)) for path in sys.argv[1:3])
least_lines, least_branches = map(float, sys.argv[4:6])
with open(sys.argv[3], "w") as gaps:
    for file in sorted(detail["files"], key=lambda file: file["file"]):
        for line in file["lines"]:
            branches = [branch["count"] for branch in line["branches"]]
            if line["count"] == 0:
                gaps.write(f"{file['file']}:{line['line_number']}: never run\n")
            elif 0 in branches:
                gaps.write(f"{file['file']}:{line['line_number']}: {branches.count(0)} of {len(branches)} branches never taken\n")
print(f"{'file':58} {'lines':>8} {'branches':>8}")
for file in sorted(summary["files"], key=lambda file: file["filename"]):
    branches = file["branch_percent"]
    print(f"{file['filename']:58} {file['line_percent']:7.1f}% {'' if branches is None else f'{branches:7.1f}%'}")
total_lines, total_branches = summary["line_percent"], summary["branch_percent"]
print(f"{'rules/':58} {total_lines:7.1f}% {total_branches:7.1f}%")
print(f"{summary['line_covered']} of {summary['line_total']} lines, {summary['branch_covered']} of {summary['branch_total']} branches;"
      f" the rest is in {sys.argv[3]}")
if total_lines < least_lines or total_branches < least_branches:
    sys.exit(f"expected at least {least_lines:g} % of lines and {least_branches:g} % of branches")
PY
