#!/usr/bin/env bash
# Runs the test suites and adds them up:
#
#     bash Tests/run.sh              every suite
#     bash Tests/run.sh c misuse     these suites
#     bash Tests/run.sh --list       their names
#
# Each suite is a script, Tests/suites/<name>.sh, that sets up what it needs. Two of
# them run at a time; QUANTCAL_TEST_JOBS=1 is one after the other. A suite's output
# goes to build/logs/<name>.log; what failed is shown here. The exit status is 0 only
# if every suite ran to its end and nothing in it failed.
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

# What a suite has come to, from its last line, `<name>: N passed, M failed`, and its
# status: two numbers. One that ends without such a line, or whose status contradicts
# it, has failed.
counts() {
    local name="$1" status="$2" passed=0 failed=1 last
    last="$(tail -n 1 "$LOGS/$name.log")"
    if [[ "$last" =~ ^"$name: "([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed="${BASH_REMATCH[1]}"
        failed="${BASH_REMATCH[2]}"
        if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ]; }; then
            failed=1
        fi
    fi
    echo "$passed $failed"
}

# Runs one suite and says how it went, in one piece: others may be speaking.
run_suite() {
    local name="$1" log="$LOGS/$1.log" status=0 start=$SECONDS passed failed report
    (cd "$ROOT" && bash "Tests/suites/$name.sh") >"$log" 2>&1 </dev/null || status=$?
    counts "$name" "$status" >"$LOGS/$name.counts"
    read -r passed failed <"$LOGS/$name.counts"
    report="$(printf '%-12s %6d passed %4d failed %6d s' "$name" "$passed" "$failed" $((SECONDS - start)))"
    if [ "$failed" != 0 ]; then
        report+=$'\n'"$({ grep -E '^FAILED|[Ee]rror:|✘' "$log" || tail -n 25 "$log"; } | head -n 40 | sed 's/^/    /')"
        report+=$'\n'"    (status $status, the whole output: $log)"
    fi
    echo "$report"
}

case "${1:-}" in
--list)
    suite_names
    exit
    ;;
--one) # what this script calls itself with
    run_suite "$2"
    exit
    ;;
esac
if [ $# -gt 0 ]; then
    names=("$@")
else
    mapfile -t names < <(suite_names)
fi

total_passed=0
total_failed=0
known=()
for name in "${names[@]}"; do
    if [ -f "$ROOT/Tests/suites/$name.sh" ] && [ "$name" != common ]; then
        known+=("$name")
    else
        echo "no suite is called $name; there are: $(suite_names | tr '\n' ' ')" >&2
        total_failed=$((total_failed + 1))
    fi
done

mkdir -p "$LOGS"
for name in "${known[@]}"; do
    rm -f "$LOGS/$name.counts"
done
# By xargs, as jobs in the background would not be interrupted by Ctrl-C.
if [ "${#known[@]}" -gt 0 ]; then
    printf '%s\n' "${known[@]}" |
        xargs -P "${QUANTCAL_TEST_JOBS:-2}" -I NAME bash "${BASH_SOURCE[0]}" --one NAME || true
fi
for name in "${known[@]}"; do
    # A suite that left no counts was stopped.
    read -r passed failed < <(cat "$LOGS/$name.counts" 2>/dev/null || echo "0 1")
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
done
echo "$total_passed passed, $total_failed failed"
exit $((total_failed > 0))
