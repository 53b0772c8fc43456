#!/usr/bin/env bash
# From a fresh clone to the demonstration's report:
#
#     bash cmake/quickstart.sh
#
# Installs the system packages that are missing (apt), builds the library and
# the tool, installs both into build/prefix and runs the tool's demonstration.
# Needs bash, apt and the Swift toolchain. Run again, it does only what is new.
set -Eeuo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
BUILD="$ROOT/build"
PREFIX="$BUILD/prefix"
REPORT="$BUILD/report.html"
STEP="starting"
trap 'echo "quickstart failed while $STEP (line $LINENO, status $?)" >&2' ERR

step() {
    STEP="$1"
    echo "== $STEP"
}

mkdir -p "$BUILD"
# shellcheck source=functions.sh
source "$ROOT/cmake/functions.sh"

step "looking for the Swift toolchain"
command -v swift >/dev/null || {
    echo "swift is not on the PATH; install Swift 6.3 or newer: https://www.swift.org/install" >&2
    false
}

step "installing missing system packages"
need_build_packages

step "building and installing into $PREFIX (the first time takes a few minutes)"
install_library "$PREFIX"

step "running the demonstration"
rm -f "$REPORT"
"$PREFIX/bin/quantcal" demo --report "$REPORT"
test -s "$REPORT"

echo
echo "The report:  $REPORT"
echo "The library: $PREFIX/lib/libquantcal.so"
echo "The tests:   bash Tests/run.sh"
