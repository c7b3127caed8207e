#!/usr/bin/env bash
# Measures Lupaus on this machine and prints one table: every figure with min, median and max, ratios against a bare
# server in the same run, and the targets beside them. It never fails for a slow figure. About eight minutes.
#   tests/bench/run.sh [--pairs N] [--scale X] [--only throughput|latency|deadline|backtest|memory]
# LUPAUS_BENCH_DIR: a folder on the disk to measure; default build/bench.
set -euo pipefail
cd "$(dirname "$0")/../.."
work="${LUPAUS_BENCH_DIR:-$PWD/build/bench}"
echo "Building release (a few minutes the first time)." >&2
cmake --preset release -G Ninja >/dev/null
cmake --build build/release --target lupausd lupaus lupaus_bench lupaus_bench_bare_server lupaus_bench_backtest \
  lupaus_bench_conditions lupaus_bench_engine lupaus_bench_ledger lupaus_bench_bank_answer lupaus_bench_check lupaus_bench_storm \
  lupaus_bench_finance lupaus_bench_webhook lupaus_bench_report lupaus_bench_console_load lupaus_bench_verify >&2
rm -rf "$work"
mkdir -p "$work/book"
cp tests/bench/book/*.yaml "$work/book/"
echo "Measuring on $(nproc) cores: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1); client and server share them."
build/release/tests/bench/lupaus_bench --lupausd build/release/server/lupausd --lupaus build/release/clients/cli/lupaus \
  --bare build/release/tests/bench/lupaus_bench_bare_server --book "$work/book" --work "$work" "$@"
echo "Backtests: CPU of one thread from the journal, of the whole program from a file."
build/release/tests/bench/lupaus_bench_backtest "$work" build/release/clients/cli/lupaus "$work/book"
echo "Rules alone, one thread."
for bench in conditions engine ledger bank_answer check; do "build/release/tests/bench/lupaus_bench_$bench"; done
echo "Files for finance, one thread."
build/release/tests/bench/lupaus_bench_finance
echo "A batch of a million transfers proved again from the journal."
build/release/tests/bench/lupaus_bench_verify "$work"
echo "Managers' questions, one thread."
build/release/tests/bench/lupaus_bench_report
echo "Ten thousand terminals come back at once, each with a hundred events."
build/release/tests/bench/lupaus_bench_storm build/release/server/lupausd "$work/book" "$work/storm"
echo "20,000 events a second, alone and with 200 watchers and 20 dashboards."
build/release/tests/bench/lupaus_bench_console_load build/release/server/lupausd build/release/clients/cli/lupaus "$work/book" \
  "$work/console"
echo "The outbox and its webhook."
build/release/tests/bench/lupaus_bench_webhook "$work/webhook"
echo "A bank's answer to 100,000 payments."
python3 tests/bench/answers_bench.py build/release/clients/cli/lupaus build/release/server/lupausd "$work/answers"
rm -rf "$work"
