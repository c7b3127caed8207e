#!/bin/bash
# `lupausd dev --once` tells a whole day: events, a warning, a breach, a voucher, the report, a proof, the payout file.
# Usage: demo_once_test.sh LUPAUSD BOOK
set -uo pipefail

lupausd=$1
book=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

expect() {
  grep -qE -- "$2" "$scratch/out" || fail "expected $1 (/$2/) in the output"
}

run_once() {
  "$lupausd" dev --once --seed 1 --grpc 127.0.0.1:0 --http 127.0.0.1:0 --book "$book" >"$1" 2>"$scratch/err"
}

started=$SECONDS
run_once "$scratch/out"
code=$?
took=$((SECONDS - started))
echo "one day in $took s, $(wc -l <"$scratch/out") lines"
[[ $code == 0 ]] || fail "expected exit 0, but it was $code: $(cat "$scratch/err")"
[[ $took -lt 60 ]] || fail "expected less than 60 s, but it took $took s"

expect "an issued ticket" '^[0-9:]{8}  helsinki-1 +A[0-9]{3} +issued .*service=cash'
expect "a warning" 'warning: about to break, due [0-9:]{8}, EUR 10\.00 at stake'
expect "a provisional breach" 'breach \(provisional\)'
expect "a confirmed breach" 'breach confirmed \[served-in-15\]'
expect "money owed" 'owed EUR [12]0\.00'
expect "a voucher" 'voucher [A-Z0-9-]+ for EUR [12]0\.00'
expect "the report's head" '^branch +hour +promises +kept +breached'
expect "a line of the report with money" '^helsinki-[123] .*EUR [0-9]+\.00'
expect "a redeemed voucher" '^voucher [A-Z0-9-]+: EUR [12]0\.00 '
expect "the proof's end" 'owed EUR [12]0\.00'
expect "the refusal of the creator's own approval" 'tries to approve it alone: refused'
expect "the approval by another" '^aino approves it; .*csv'

# The events are told in the order of their times, and a warning comes before its breach.
grep -E '^[0-9]{2}:[0-9]{2}:[0-9]{2}  helsinki' "$scratch/out" | cut -c1-8 >"$scratch/times"
sort -c "$scratch/times" || fail "expected the lines in order of time"

# The payout file: as many lines as the batch says, each for EUR 20.00 of the loan promise.
count=$(sed -nE 's/^frans draws up batch [^:]+: ([0-9]+) transfers.*/\1/p' "$scratch/out")
sed -n '/^aino approves it/,$p' "$scratch/out" | tail -n +2 >"$scratch/csv"
lines=$(grep -c 'loan-desk-30' "$scratch/csv")
[[ -n $count && $count -gt 0 && $count == "$lines" ]] ||
  fail "expected ${count:-a number of} transfers in the payout file, but it has $lines"

# The same seed breaks the same promises: the simulation and the engine go by one clock.
run_once "$scratch/again" || fail "expected exit 0 the second time"
sed -n '/^== The manager/,/^== The customer/p' "$scratch/out" >"$scratch/report"
sed -n '/^== The manager/,/^== The customer/p' "$scratch/again" >"$scratch/report-again"
[[ -s $scratch/report ]] && diff "$scratch/report" "$scratch/report-again" ||
  fail "expected the same report for the same seed"

if [[ $failures != 0 ]]; then
  tail -60 "$scratch/out"
  exit 1
fi
