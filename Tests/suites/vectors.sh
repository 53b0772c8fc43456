#!/usr/bin/env bash
# The test vectors themselves: their form, where they come from, and that no
# declaration is without vectors and bindings.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite vectors

need_packages python3 python3-venv gcc
VECTORS="$ROOT/Tests/Vectors"
SCRATCH="$BUILD/vectors"
PYTHON="$SCRATCH/venv/bin/python"
rm -rf "$SCRATCH/generated" "$SCRATCH/include"
mkdir -p "$SCRATCH/generated" "$SCRATCH/include"
if ! "$PYTHON" -c 'import jsonschema' 2>/dev/null; then
    python3 -m venv --clear "$SCRATCH/venv"
    "$PYTHON" -m pip install --quiet --disable-pip-version-check 'jsonschema==4.25.1'
fi

run_counted "schema" "$PYTHON" -B "$VECTORS/check/schema.py" "$VECTORS"

# The generators write exactly what is committed: no more, no less, no other byte.
check "the generators run" python3 -B "$VECTORS/generate/all.py" "$SCRATCH/generated"
committed() { (cd "$VECTORS" && find . -mindepth 2 -name '*.json' | LC_ALL=C sort); }
generated() { (cd "$SCRATCH/generated" && find . -name '*.json' | LC_ALL=C sort); }
check "the generators write the committed files" diff <(committed) <(generated)
while read -r file; do
    check "${file#./} is what its generator writes" cmp "$VECTORS/$file" "$SCRATCH/generated/$file"
done < <(committed)

coverage() { ROOT="$1" declared_functions | python3 -B "$VECTORS/check/coverage.py" "$ROOT"; }
run_counted "coverage" coverage "$ROOT"

# Can that check fail? With one declaration more it must, and say what is missing.
cp -r "$ROOT/include" "$SCRATCH"
sed -i 's/^qc_status qc_conformal_rank(/void qc_conformal_nothing_f64(void);\n&/' \
    "$SCRATCH/include/quantcal/conformal/split.h"
log="$BUILD/logs/vectors-coverage-of-a-copy.out"
finds_the_extra_declaration() { ! coverage "$SCRATCH" >"$log"; }
check "one declaration more fails" finds_the_extra_declaration
for place in "the vectors" "the Python package" "the R package" "the Swift overlay"; do
    check "the failure names it and $place" \
        grep -qx "FAILED: qc_conformal_nothing_f64 is missing from $place" "$log"
done

# Can the schema fail?
mkdir -p "$SCRATCH/wrong/base"
cp "$VECTORS/schema.json" "$SCRATCH/wrong"
sed 's/"cases"/"case"/' "$VECTORS/base/version.json" >"$SCRATCH/wrong/base/version.json"
refuses_a_wrong_file() { ! "$PYTHON" -B "$VECTORS/check/schema.py" "$SCRATCH/wrong"; }
check "a file of another form fails" refuses_a_wrong_file
finish
