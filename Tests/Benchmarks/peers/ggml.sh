#!/usr/bin/env bash
# Builds ggml's libggml-base, which has its encoders and nothing for this machine alone, from the
# sources inside the package llama-cpp-python, and puts it into a virtual environment as the module
# `ggml_base`: ... ggml.sh VENV DIRECTORY. For the work it needs DIRECTORY, cmake, ninja and g++.
set -Eeuo pipefail

VENV="$1"
WORK="$2"
VERSION=0.3.36
PYTHON="$VENV/bin/python"

rm -rf "$WORK"
mkdir -p "$WORK/build"
"$PYTHON" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
    --dest "$WORK" "llama-cpp-python==$VERSION"
tar -xzf "$WORK"/llama_cpp_python-*.tar.gz -C "$WORK" --strip-components=1
parts=()
for part in COMMON TESTS EXAMPLES TOOLS SERVER; do parts+=("-DLLAMA_BUILD_$part=OFF"); done
cmake -G Ninja -S "$WORK/vendor/llama.cpp" -B "$WORK/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON \
    -DGGML_CPU=OFF "${parts[@]}"
cmake --build "$WORK/build" --target ggml-base

module="$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')/ggml_base"
mkdir -p "$module"
cp "$(find "$WORK/build" -name 'libggml-base.so*' -type f | head -n 1)" "$module/libggml-base.so"
echo "__version__ = \"llama-cpp-python $VERSION\"" >"$module/__init__.py"
rm -rf "$WORK"
