#!/usr/bin/env bash
# The Swift tests: the core and the overlay.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite swift

need_build_packages

status=0
log="$BUILD/logs/swift-test.out"
mkdir -p "$BUILD/logs"
swift test 2>&1 | tee "$log" || status=$?

# Swift Testing prints a line for each test that ends, and one for the whole run.
count() {
    grep -E "^[^ ]+ +Test .* $1 after" "$log" | grep -cv 'Test run with' || true
}
PASSED="$(count passed)"
FAILED="$(count failed)"
if [ "$status" != 0 ] && [ "$FAILED" = 0 ]; then
    fail "swift test ended with status $status"
fi
finish
