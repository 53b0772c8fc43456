#!/usr/bin/env bash
# The Python package, installed as a user would: types, style, documentation examples,
# tests.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite python

need_packages cmake ninja-build pkg-config libopenblas-dev python3 python3-venv
PACKAGE="$ROOT/bindings/python"
VENV="$BUILD/python/venv"
mkdir -p "$BUILD/python"

install_package() {
    [ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
    # Of the same version it would be taken for installed.
    "$VENV/bin/python" -m pip uninstall --quiet --yes quantcal
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check "${PACKAGE}[test]"
}

# Installed again only if something that it is made of has changed.
bash "$PACKAGE/tests/ingredients.sh" >"$BUILD/python/ingredients.new"
if ! cmp -s "$BUILD/python/ingredients.new" "$BUILD/python/ingredients"; then
    rm -f "$BUILD/python/ingredients"
    alone python-build install_package >"$BUILD/python/install.log" 2>&1 || { tail -n 60 "$BUILD/python/install.log" && false; }
    mv "$BUILD/python/ingredients.new" "$BUILD/python/ingredients"
fi

# Nothing of the caller's may stand in for the installed package.
unset QUANTCAL_LIBRARY QUANTCAL_THREADS QUANTCAL_KERNELS PYTHONPATH
export PYTHONDONTWRITEBYTECODE=1
cd "$BUILD/python"
check "the installed package is the one that is tested" "$VENV/bin/python" -c \
    "import pathlib, quantcal; assert pathlib.Path('$VENV') in pathlib.Path(quantcal.__file__).parents"
check "mypy --strict" "$VENV/bin/mypy" --config-file "$PACKAGE/pyproject.toml" \
    --cache-dir "$BUILD/python/mypy" --strict -p quantcal
check "no plain mistakes" "$VENV/bin/ruff" check --no-cache "$PACKAGE"
check "the format is ruff's" "$VENV/bin/ruff" format --no-cache --check "$PACKAGE"
run_counted tests "$VENV/bin/pytest" -c "$PACKAGE/pyproject.toml" -p no:cacheprovider --quiet \
    --doctest-modules --pyargs quantcal "$PACKAGE/tests"
finish
