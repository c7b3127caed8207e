#!/bin/sh
# Installs what is missing, builds lupausd and lupaus, and runs them with a simulated bank. See deploy/running.md.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build="$root/build/release"

for flag in "$@"; do
  case "$flag" in
    -h | --help)
      cat <<'TEXT'
deploy/demo.sh [--once] [--speed N] [--seed S] [other flags of `lupausd dev`]

Without flags: a simulated bank on a clock that runs 60 times as fast, until Ctrl-C; the console is on
http://127.0.0.1:8080. With --once: one whole day of three branches in a few seconds; it prints what happens, the
manager's report, a proof and finance's payout file, and ends.
TEXT
      exit 0
      ;;
  esac
done

say() { printf '%s\n' "$*" >&2; }

say "This demo does three things:"
say "  1. installs the Debian packages that the build needs (half a minute, nothing when they are there)"
say "  2. builds lupausd and lupaus in build/release (5 to 10 minutes on two cores the first time, seconds later)"
say "  3. starts \`lupausd dev\` with a simulated bank; its data are thrown away at the end"
say ""
say "[1/3] packages"
"$root/deploy/install_packages.sh" --no-browser

say "[2/3] build"
cd "$root"
# An existing build directory keeps what it was configured with, tests included; a new one leaves the tests out.
if [ -f "$build/CMakeCache.txt" ]; then
  cmake --preset release -G Ninja >"$build/configure.log" 2>&1 || { cat "$build/configure.log" >&2; exit 1; }
else
  mkdir -p "$build"
  cmake --preset release -G Ninja -DLUPAUS_TESTS=OFF >"$build/configure.log" 2>&1 ||
    { cat "$build/configure.log" >&2; rm -f "$build/CMakeCache.txt"; exit 1; }
fi
cmake --build "$build" --target lupausd lupaus >&2

say "[3/3] lupausd dev $*"
exec "$build/server/lupausd" dev --book "$root/deploy/promises" "$@"
