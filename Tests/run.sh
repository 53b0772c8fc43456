#!/usr/bin/env bash
# Runs the test suites and adds them up:
#
#     bash Tests/run.sh              every suite
#     bash Tests/run.sh c misuse     these suites
#     bash Tests/run.sh --list       their names
#
# Each suite is a script, Tests/suites/<name>.sh, that sets up what it needs. Its
# output goes to build/logs/<name>.log; what failed is shown here. The exit status
# is 0 only if every suite ran to its end and nothing in it failed.
set -Eeuo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
LOGS="$ROOT/build/logs"
trap 'echo "run.sh failed at line $LINENO" >&2' ERR

suite_names() {
    local script
    for script in "$ROOT"/Tests/suites/*.sh; do
        script="$(basename "$script" .sh)"
        [ "$script" = common ] || echo "$script"
    done
}

if [ "${1:-}" = --list ]; then
    suite_names
    exit
fi
if [ $# -gt 0 ]; then
    names=("$@")
else
    mapfile -t names < <(suite_names)
fi

mkdir -p "$LOGS"
total_passed=0
total_failed=0

# The last line of a suite's log, `<name>: N passed, M failed`, is its result. A
# suite that ends without one, or whose status contradicts it, has failed.
run_suite() {
    local name="$1" log="$LOGS/$1.log" status=0 start=$SECONDS last passed=0 failed=1
    if [ ! -f "$ROOT/Tests/suites/$name.sh" ]; then
        echo "no suite is called $name; there are: $(suite_names | tr '\n' ' ')" >&2
        total_failed=$((total_failed + 1))
        return
    fi
    printf '%-12s ' "$name"
    (cd "$ROOT" && bash "Tests/suites/$name.sh") >"$log" 2>&1 </dev/null || status=$?
    last="$(tail -n 1 "$log")"
    if [[ "$last" =~ ^"$name: "([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed="${BASH_REMATCH[1]}"
        failed="${BASH_REMATCH[2]}"
        if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ]; }; then
            failed=1
        fi
    fi
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
    printf '%6d passed %4d failed %6d s\n' "$passed" "$failed" $((SECONDS - start))
    if [ "$failed" != 0 ]; then
        { grep -E '^FAILED|[Ee]rror:|✘' "$log" || tail -n 25 "$log"; } | head -n 40 | sed 's/^/    /'
        echo "    (status $status, the whole output: $log)"
    fi
}

for name in "${names[@]}"; do
    run_suite "$name"
done
echo "$total_passed passed, $total_failed failed"
exit $((total_failed > 0))
