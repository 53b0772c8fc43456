#!/usr/bin/env bash
# Guarantees, counted: how often a fresh point is covered, how large a risk or a share of false
# discoveries is, against the exact intervals of what the theorems promise. Short by default;
# QUANTCAL_COVERAGE_DRAWS=10000 makes so many draws of each case, which takes minutes.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite coverage

need_library
need_packages python3 python3-venv
PYTHON="$BUILD/coverage/venv/bin/python"
if ! "$PYTHON" -c 'import numpy' 2>/dev/null; then
    python3 -m venv --clear "$BUILD/coverage/venv"
    "$PYTHON" -m pip install --quiet --disable-pip-version-check numpy
fi

unset QUANTCAL_THREADS QUANTCAL_KERNELS
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$ROOT/bindings/python"
export QUANTCAL_LIBRARY="$PREFIX/lib/libquantcal.so"
run_counted harness "$PYTHON" Tests/Coverage/check_harness.py
run_counted guarantees "$PYTHON" Tests/Coverage/run.py --draws "${QUANTCAL_COVERAGE_DRAWS:-500}"
finish
