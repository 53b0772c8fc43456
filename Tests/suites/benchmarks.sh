#!/usr/bin/env bash
# The benchmarks on small data: every row runs and every answer agrees. How fast anything is
# is not judged here. With QUANTCAL_BENCH_PEERS=1 all peers are installed, PyTorch among
# them; without, those are used that are there.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite benchmarks

# Nothing of the caller's may stand in for the installed package.
unset QUANTCAL_LIBRARY QUANTCAL_THREADS QUANTCAL_KERNELS PYTHONPATH
RESULTS="$BUILD/benchmarks/quick.json"
rm -f "$RESULTS"
run_counted rows bash Tests/Benchmarks/run.sh --quick --runs 2 --json "$RESULTS"
PYTHON="$BUILD/benchmarks/venv/bin/python"
check "the results are JSON, a row each" "$PYTHON" -B -c "
import json, subprocess
names = [row['name'] for row in json.load(open('$RESULTS'))['rows']]
listed = subprocess.check_output(['bash', 'Tests/Benchmarks/run.sh', '--quick', '--list'], text=True)
assert names == listed.splitlines() and len(set(names)) == len(names) > 0, names
"
GROWTH="$BUILD/benchmarks/growth"
rm -f "$GROWTH".*
check "the growth of times is measured and drawn" \
    bash Tests/Benchmarks/run.sh --complexity --largest 1e4 --runs 1 --json "$GROWTH.json" --plot "$GROWTH.svg"
check "each curve has its points" "$PYTHON" -B -c "
import json
curves = json.load(open('$GROWTH.json'))['curves']
assert len(curves) > 15 and all(curve['points'] for curve in curves), curves
assert '</svg>' in open('$GROWTH.svg').read()
"
run_counted harness "$PYTHON" -B Tests/Benchmarks/check_harness.py
run_counted families "$PYTHON" -B Tests/Benchmarks/check_families.py
finish
