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
        Tests/ABI/vectors/*.c Tests/ABI/support/elements.c -o "$OUT/vectors-$compiler" "${library[@]}" -lcjson -lm
    run_counted "vectors, $compiler" "$OUT/vectors-$compiler" Tests/Vectors/*/*.json
done
for level in reference avx2 avx512; do
    QUANTCAL_KERNELS=$level run_counted "vectors, $level kernels" "$OUT/vectors-gcc" Tests/Vectors/*/*.json
done

calls=(Tests/ABI/calls/*.c Tests/ABI/support/*.c)
for program in guard threads; do
    check "the $program program builds" gcc -std=c99 -D_DEFAULT_SOURCE "${strict[@]}" \
        "Tests/ABI/$program/$program.c" "${calls[@]}" -o "$OUT/$program" "${library[@]}" -lm -pthread
done
sees_overrun() { ! "$OUT/guard" --overrun; }
check "guard pages catch an overrun" sees_overrun
for level in reference avx2 avx512; do
    QUANTCAL_KERNELS=$level run_counted "guard pages, $level kernels" "$OUT/guard"
done
run_counted "threads" "$OUT/threads"

# Every function is used through its wrapper: the program refers to each of them.
for compiler in g++ clang++; do
    check "the C++ program builds with $compiler" "$compiler" -std=c++20 "${strict[@]}" \
        Tests/ABI/cplusplus/*.cpp -o "$OUT/cplusplus-$compiler" "${library[@]}"
    run_counted "quantcal.hpp, $compiler" "$OUT/cplusplus-$compiler"
done
wraps_every_declaration() {
    diff --label declared --label used -U0 <(declared_functions) \
        <(nm --undefined-only --format=posix "$OUT/cplusplus-g++" | sed -n 's/^\(qc_[a-z0-9_]*\) .*/\1/p' |
            LC_ALL=C sort)
}
check "quantcal.hpp reaches every declaration" wraps_every_declaration
finish
