#!/usr/bin/env bash
# The library as a C and a C++ program sees it: the vectors in strict C99, and
# every wrapper of quantcal.hpp.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite c

need_library
need_packages gcc g++ libcjson-dev pkg-config
OUT="$BUILD/c"
mkdir -p "$OUT"
strict=(-pedantic -Wall -Wextra -Wconversion -Wshadow -Werror -O1 -g)
read -ra library < <(pkg-config --cflags --libs quantcal)

for compiler in gcc clang; do
    check "the vectors program builds with $compiler" "$compiler" -std=c99 "${strict[@]}" \
        Tests/ABI/vectors/*.c -o "$OUT/vectors-$compiler" "${library[@]}" -lcjson -lm
    run_counted "vectors, $compiler" "$OUT/vectors-$compiler" Tests/Vectors/*/*.json
done
for level in reference avx2; do
    QUANTCAL_KERNELS=$level run_counted "vectors, $level kernels" "$OUT/vectors-gcc" Tests/Vectors/*/*.json
done
finish
