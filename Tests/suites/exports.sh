#!/usr/bin/env bash
# The headers as a C and C++ compiler sees them, and the shipped files as the
# dynamic linker sees them.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite exports

need_library
need_packages binutils g++
LIBRARY="$(readlink -f "$PREFIX/lib/libquantcal.so")"
TOOL="$PREFIX/bin/quantcal"

# -- Headers ------------------------------------------------------------------

# Every header by itself, strictly, with each compiler. -Wpadded: no struct has
# padding that is not a declared field.
strict=(-pedantic -Wall -Wextra -Wconversion -Wshadow -Wpadded -Werror -fsyntax-only -I "$PREFIX/include")
for header in quantcal.h $(cd "$PREFIX/include" && echo quantcal/*.h quantcal/*/*.h); do
    for compiler in gcc clang; do
        check "$header is C99 to $compiler" \
            "$compiler" -std=c99 -Wstrict-prototypes "${strict[@]}" -x c - <<<"#include \"$header\""
    done
    for compiler in g++ clang++; do
        check "$header is C++20 to $compiler" \
            "$compiler" -std=c++20 "${strict[@]}" -x c++ - <<<"#include \"$header\""
    done
done
for compiler in g++ clang++; do
    check "quantcal.hpp is C++20 to $compiler" \
        "$compiler" -std=c++20 "${strict[@]}" -Wno-padded -x c++ - <<<'#include "quantcal.hpp"'
done

umbrella_includes_every_family() {
    local header included
    included="$(cc -E -I include include/quantcal.h)"
    for header in include/quantcal/*.h include/quantcal/*/*.h; do
        grep -q "\"$header\"" <<<"$included" || { echo "quantcal.h does not include $header"; return 1; }
    done
}
check "quantcal.h includes every family" umbrella_includes_every_family

no_constant_without_prefix() {
    local found
    # Include guards (QUANTCAL_) aside, every macro that a header leaves behind is QC_.
    found="$(diff <(cc -E -dM -include stddef.h -include stdint.h -x c /dev/null | sort) \
        <(cc -E -dM -I include include/quantcal.h | sort) | grep '^>' | grep -vE 'define (QC|QUANTCAL)_' || true)"
    [ -z "$found" ] || { echo "$found"; return 1; }
}
check "every macro is called QC_ or is an include guard" no_constant_without_prefix

# -- The library --------------------------------------------------------------

exports_equal_declarations() {
    diff --label declared --label exported -U0 <(declared_functions) \
        <(nm --dynamic --defined-only --format=posix "$LIBRARY" | cut -d' ' -f1 | LC_ALL=C sort)
}
check "the exported names are the declared ones ($(declared_functions | wc -l))" exports_equal_declarations

dynamic() { readelf --dynamic --wide "$1"; }
needed() { dynamic "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

# OpenBLAS, and the C and C++ runtimes.
allowed='^(libopenblas|libstdc\+\+|libgcc_s|libm|libc|libpthread|libdl|ld-linux-[a-z0-9_-]+)\.so\.[0-9]+$'
needs_only_what_is_allowed() { ! needed "$1" | grep -vE "$allowed"; }
has_no_run_path() { ! dynamic "$1" | grep -E '\((RPATH|RUNPATH)\)'; }
has_no_text_relocations() { ! dynamic "$1" | grep -E 'TEXTREL'; }
has_no_executable_stack() {
    local flags
    flags="$(readelf --program-headers --wide "$1" | awk '$1 == "GNU_STACK" { print $7 }')"
    echo "flags of the stack: $flags"
    [ "$flags" = RW ]
}
for file in "$LIBRARY" "$TOOL"; do
    name="$(basename "$file")"
    check "$name needs OpenBLAS and the C and C++ runtimes only" needs_only_what_is_allowed "$file"
    check "$name has no run path" has_no_run_path "$file"
    check "$name has no text relocations" has_no_text_relocations "$file"
    check "$name has no executable stack" has_no_executable_stack "$file"
done

soname_is() { dynamic "$LIBRARY" | grep -F "(SONAME)" | grep -F "[$1]"; }
abi_version="$(sed -n 's/^#define QC_ABI_VERSION //p' include/quantcal/base.h)"
check "the soname has the ABI's number" soname_is "libquantcal.so.$abi_version"
check "the library stays loaded" grep -q NODELETE <(dynamic "$LIBRARY")
check "the library is fully relocated at load" grep -q BIND_NOW <(dynamic "$LIBRARY")

# The Swift runtime inside takes 5 MB of it.
size_limit=12000000
size="$(stat --format=%s "$LIBRARY")"
check "the library is under $size_limit bytes ($size)" test "$size" -lt "$size_limit"
is_stripped() { ! readelf --sections --wide "$1" | grep -F .symtab; }
check "the library is stripped" is_stripped "$LIBRARY"
finish
