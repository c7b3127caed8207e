#!/bin/bash
# Installs what building and testing Lupaus needs on Debian 12. Asks apt for nothing when all of it is there already.
# Usage: deploy/install_packages.sh [--no-browser] [--list]     as root, or as somebody who may use sudo
#   --no-browser  without what the console's tests alone need
#   --list        only say what would be there
set -euo pipefail

packages=(
  # tools
  g++ cmake ninja-build ccache mold pkg-config git python3 clang-format clang-tidy ca-certificates libjemalloc-dev
  # contract and transport
  libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev protobuf-compiler
  # libraries; Boost is 1.81, whose headers stand against those of 1.74
  librocksdb-dev libboost1.81-dev libboost-json1.81-dev libyaml-cpp-dev libspdlog-dev libfmt-dev
  libsimdjson-dev libcli11-dev libssl-dev libre2-dev libxml2-dev libxlsxwriter-dev libqrencode-dev
  # tests
  clang-16 libclang-rt-16-dev gcovr
  strace e2fsprogs libxml2-utils unzip
  libgtest-dev libgmock-dev libbenchmark-dev libhowardhinnant-date-dev
  # the zone tables are made of it
  tzdata
)

# The console is built with these. A Node of one's own from 18 on does as well, and Debian's would stand in its way.
command -v npm >/dev/null || packages+=(nodejs npm)

# The console's tests drive it; the fonts are for its pages.
if [[ "${1:-}" == --no-browser ]]; then
  shift
else
  packages+=(chromium fonts-dejavu-core)
fi

if [[ "${1:-}" == --list ]]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

is_installed() {
  [[ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" == "install ok installed" ]]
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "install_packages: all ${#packages[@]} packages are installed"
  exit 0
fi

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "install_packages: run as root, or install: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "install_packages: installing ${#missing[@]} of ${#packages[@]} packages: ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
