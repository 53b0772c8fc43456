#!/usr/bin/env bash
# `quantcal demo` as installed: its numbers against NumPy, its page, and what it says
# about files that are not as they should be.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite demo

need_library
need_packages python3 python3-venv
TOOL="$PREFIX/bin/quantcal"
DIGITS="$ROOT/Tests/Data/digits"
OUT="$BUILD/demo"
PYTHON="$OUT/venv/bin/python"
mkdir -p "$OUT"
if ! "$PYTHON" -c 'import numpy' 2>/dev/null; then
    python3 -m venv --clear "$OUT/venv"
    "$PYTHON" -m pip install --quiet --disable-pip-version-check numpy
fi
export PYTHONDONTWRITEBYTECODE=1

# -- The tool -----------------------------------------------------------------

version="$(sed -n 's/^#define QC_VERSION_STRING "\(.*\)"/\1/p' include/quantcal/base.h)"
check "--version is the headers'" test "$("$TOOL" --version)" = "$version"
check "--help names the demo" grep -q demo <("$TOOL" --help)

# Without options it finds the installed data, and writes where it stands.
demo_here() {
    rm -f "$OUT/report.html"
    (cd "$OUT" && "$TOOL" demo --json "$OUT/table.json" >"$OUT/printed.txt")
    grep -qF "$PREFIX/share/quantcal/digits" "$OUT/table.json"
}
check "the demo runs on the installed data" demo_here
for file in README.md model.safetensors {train,calibration,test}/{images,labels}.npy; do
    check "$file is installed" cmp "$DIGITS/$file" "$PREFIX/share/quantcal/digits/$file"
done
check "it is not larger than 1.5 MB" test "$(du -sb "$DIGITS" | cut -f1)" -lt 1500000
check "nothing is wrong, so nothing is remarked" bash -c "! grep -q 'no temperature' '$OUT/printed.txt'"

same_again() {
    "$TOOL" demo --json "$OUT/again.json" --report "$OUT/again.html" >"$OUT/again.txt"
    cmp "$OUT/table.json" "$OUT/again.json" && cmp "$OUT/report.html" "$OUT/again.html"
}
check "the same again, byte for byte" same_again

# The build in the repository finds the data there.
moved_into_the_repository() {
    install -D "$TOOL" "$OUT/bin/quantcal"
    "$OUT/bin/quantcal" demo --json "$OUT/moved.json" --report "$OUT/moved.html"
    grep -qF "\"$DIGITS/model.safetensors\"" "$OUT/moved.json"
}
check "a tool in the repository finds the data there" moved_into_the_repository
without_data() {
    local directory status=0
    directory="$(mktemp -d)"
    install -D "$TOOL" "$directory/bin/quantcal"
    "$directory/bin/quantcal" demo --report "$directory/r.html" >"$directory/log" 2>&1 || status=$?
    cat "$directory/log"
    [ "$status" != 0 ] && [ ! -e "$directory/r.html" ] &&
        grep -q "the demo's data is not there; give --model, --calibration and --test" "$directory/log"
    status=$?
    rm -r "$directory"
    return "$status"
}
check "a tool without data says so" without_data

# -- Numbers, page, errors ----------------------------------------------------

run_counted numbers "$PYTHON" "$DIGITS/check.py" "$OUT/table.json"
run_counted report "$PYTHON" "$DIGITS/check_report.py" "$OUT/report.html" "$OUT/printed.txt" \
    "Optical Recognition of Handwritten Digits" "CC BY 4.0"
rm -rf "$OUT/files"
run_counted errors "$PYTHON" "$DIGITS/check_errors.py" "$TOOL" "$OUT/files"
for name in "other forms" inverted separated "too few rows"; do
    run_counted "numbers of $name" "$PYTHON" "$DIGITS/check.py" "$OUT/files/$name/table.json"
    run_counted "report of $name" "$PYTHON" "$DIGITS/check_report.py" \
        "$OUT/files/$name/report.html" "$OUT/files/$name/printed.txt"
done
awkward='a <name> & "quotes"'
run_counted "report of an awkward name" "$PYTHON" "$DIGITS/check_report.py" \
    "$OUT/files/$awkward/report.html" "$OUT/files/$awkward/printed.txt" "$awkward/model.safetensors"
check "that name is in the JSON as it is" "$PYTHON" -c \
    'import json, sys; assert sys.argv[2] in json.load(open(sys.argv[1]))["model"]' \
    "$OUT/files/$awkward/table.json" "$awkward/"

# Can the recomputation fail? A changed digit must be found.
sed 's/"coverage": 0\.9/"coverage": 0.8/' "$OUT/table.json" >"$OUT/wrong.json"
finds_the_changed_digit() { ! "$PYTHON" "$DIGITS/check.py" "$OUT/wrong.json" >"$OUT/wrong.txt"; }
check "a changed number is found" finds_the_changed_digit
finish
