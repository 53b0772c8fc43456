#!/usr/bin/env bash
# `quantcal quantize` as installed: its files against the packages gguf and safetensors.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite quantize

need_library
need_packages python3 python3-venv
OUT="$BUILD/quantize"
PYTHON="$OUT/venv/bin/python"
mkdir -p "$OUT"
if ! "$PYTHON" -c 'import gguf, safetensors' 2>/dev/null; then
    python3 -m venv --clear "$OUT/venv"
    "$PYTHON" -m pip install --quiet --disable-pip-version-check numpy gguf==0.19.0 safetensors
fi
export PYTHONDONTWRITEBYTECODE=1

check "--help names the command" grep -q quantize <("$PREFIX/bin/quantcal" --help)
run_counted models "$PYTHON" "$ROOT/Tests/Models/check.py" "$PREFIX/bin/quantcal" "$OUT/models"
rm -rf "$OUT/models"
finish
