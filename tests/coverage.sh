#!/bin/bash
# Line and branch coverage of rules/ by the tests of rules/ alone, as a table a file; build/coverage-branches.txt names the
# branches that no test takes. Fails below the floor. Branches that only an exception or an impossible path takes are left out.
# Usage: tests/coverage.sh [LINES BRANCHES]     floor in percent, default 98 90
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
lines=${1:-98} branches=${2:-90}
export CMAKE_GENERATOR=Ninja
# WHY: at -O0 with counters a random round costs ten times as much and covers nothing new.
export LUPAUS_ROUNDS=${LUPAUS_ROUNDS:-60}
mkdir -p build
cmake --preset coverage >build/coverage.log 2>&1 || { cat build/coverage.log; exit 1; }
cmake --build build/coverage -j "$(nproc)" --target lupaus_rules_tests
find build/coverage -name '*.gcda' -delete
find build/coverage/tests/rules -type f -perm -u+x -name 'rules_*_test' | sort |
  xargs -P "$(nproc)" -I{} sh -c '{} >{}.log 2>&1 || { tail -50 {}.log; exit 255; }'
gcovr --root . --filter 'rules/' --object-directory build/coverage --exclude-throw-branches --exclude-unreachable-branches \
  --decisions --txt-metric branch -j "$(nproc)" --txt build/coverage-branches.txt --json-summary build/coverage.json build/coverage
python3 - build/coverage.json "$lines" "$branches" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
print(f"{'file':58} {'lines':>8} {'branches':>8}")
for file in sorted(report["files"], key=lambda file: file["filename"]):
    branches = file["branch_percent"]
    print(f"{file['filename']:58} {file['line_percent']:7.1f}% {'' if branches is None else f'{branches:7.1f}%'}")
print(f"{'rules/':58} {report['line_percent']:7.1f}% {report['branch_percent']:7.1f}%")
if report["line_percent"] < float(sys.argv[2]) or report["branch_percent"] < float(sys.argv[3]):
    sys.exit(f"expected at least {sys.argv[2]} % of lines and {sys.argv[3]} % of branches")
PY
