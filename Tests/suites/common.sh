# shellcheck shell=bash
# Shared by the suites: where things are, how to get what is missing, how to
# count. Source it first:
#
#     source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
#     suite demo                  # names the suite; from here an error ends it
#     need_packages chromium      # installs the system packages that are missing
#     need_library                # $PREFIX holds an up to date libquantcal
#     check "the report exists" test -s "$BUILD/report.html"
#     finish                      # prints `demo: N passed, M failed`; the exit status follows
set -Eeuo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
BUILD="$ROOT/build"
PREFIX="$BUILD/prefix"
PASSED=0
FAILED=0
mkdir -p "$BUILD"
cd "$ROOT"
# shellcheck source=../../cmake/functions.sh
source "$ROOT/cmake/functions.sh"

# The toolchain's clang is beside its swift.
if command -v swift >/dev/null; then
    PATH="$PATH:$(dirname "$(readlink -f "$(command -v swift)")")"
else
    echo "swift is not on the PATH; install Swift 6.3 or newer: https://www.swift.org/install" >&2
    exit 1
fi

# Names the suite. If the script ends before `finish`, it says where, and the
# suite has failed.
suite() {
    SUITE="$1"
    FINISHED=0
    trap 'ERROR_LINE="${BASH_SOURCE[0]##*/}:$LINENO"' ERR
    trap 'unexpected_end $? "$BASH_COMMAND"' EXIT
}

unexpected_end() {
    if [ "$FINISHED" = 0 ]; then
        echo "$SUITE: stopped at ${ERROR_LINE:-its end} with status $1: $2" >&2
        echo "$SUITE: $PASSED passed, $((FAILED + 1)) failed"
        exit 1
    fi
}

pass() { PASSED=$((PASSED + 1)); }

fail() {
    FAILED=$((FAILED + 1))
    echo "FAILED: $*"
}

# check NAME COMMAND...: one check; its output is shown only if it fails.
check() {
    local name="$1" output
    shift
    if output="$("$@" 2>&1)"; then
        pass
        echo "ok: $name"
    else
        fail "$name"
        printf '%s\n' "$output" | sed 's/^/    /'
    fi
}

# run_counted NAME COMMAND...: runs a program whose last line is `[name: ]N passed, M failed`
# and adds its counts. A program that says nothing of the kind, or whose status
# contradicts its counts, is a failure.
run_counted() {
    local name="$1" log status=0 last
    shift
    log="$BUILD/logs/$SUITE-${name//[^A-Za-z0-9]/-}.out"
    mkdir -p "$BUILD/logs"
    "$@" >"$log" 2>&1 || status=$?
    cat "$log"
    last="$(tail -n 1 "$log")"
    if [[ "$last" =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] && [ "${BASH_REMATCH[1]}" -gt 0 ]; then
        PASSED=$((PASSED + BASH_REMATCH[1]))
        FAILED=$((FAILED + BASH_REMATCH[2]))
        if [ "$status" != 0 ] && [ "${BASH_REMATCH[2]}" = 0 ]; then
            fail "$name ended with status $status"
        fi
    else
        fail "$name ended with status $status and without a count of what passed"
    fi
}

finish() {
    FINISHED=1
    if [ "$PASSED" = 0 ] && [ "$FAILED" = 0 ]; then
        echo "FAILED: nothing was checked"
        FAILED=1
    fi
    echo "$SUITE: $PASSED passed, $FAILED failed"
    [ "$FAILED" = 0 ]
}

# need_library: an up to date libquantcal and tool in $PREFIX, found by whatever is
# built and run after it. Quick if nothing changed.
need_library() {
    need_build_packages
    install_library "$PREFIX"
    export LD_LIBRARY_PATH="$PREFIX/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    export PKG_CONFIG_PATH="$PREFIX/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
}

# The functions that the headers declare, one a line, sorted. The preprocessor takes
# the comments away; what is left of the form qc_name( is a declaration.
declared_functions() {
    cc -E -P -I "$ROOT/include" "$ROOT/include/quantcal.h" |
        grep -oE '\bqc_[a-z0-9_]+ *\(' | tr -d ' (' | LC_ALL=C sort -u
}
