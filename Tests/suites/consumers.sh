#!/usr/bin/env bash
# Programs that use an installed library: by CMake, by pkg-config, by dlopen; from the
# directory it was installed to, and from one that it was moved to. And how the
# build refuses a machine that lacks something.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite consumers

need_library
need_packages cmake make gcc g++ pkg-config
# What is found must be found by what was installed.
unset LD_LIBRARY_PATH PKG_CONFIG_PATH
OUT="$BUILD/consumers"
rm -rf "$OUT"
mkdir -p "$OUT"
consumers="$ROOT/Tests/ABI/consumers"
strict=(-pedantic -Wall -Wextra -Wconversion -Wshadow -Werror)

by_cmake() {
    cmake -S "$consumers" -B "$2" -DCMAKE_PREFIX_PATH="$1" && cmake --build "$2" &&
        "$2/consumer_c" && "$2/consumer_cpp"
}

# by_pkg_config PREFIX OUTPUT COMPILER...
by_pkg_config() {
    local prefix="$1" output="$2" flags
    shift 2
    flags="$(PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --cflags --libs quantcal)"
    case "$flags" in
    *"$prefix/lib"*) ;;
    *) echo "pkg-config does not name $prefix: $flags" && return 1 ;;
    esac
    read -ra flags <<<"$flags"
    "$@" "${strict[@]}" -o "$output" "${flags[@]}" -Wl,-rpath,"$prefix/lib" && "$output"
}

# use_from PREFIX NAME: every way to use the library that stands there.
use_from() {
    local prefix="$1" out="$OUT/$2"
    mkdir -p "$out"
    check "$2: a CMake project" by_cmake "$prefix" "$out/cmake"
    check "$2: pkg-config and C99" \
        by_pkg_config "$prefix" "$out/c" gcc -std=c99 "$consumers/consumer.c"
    check "$2: pkg-config and C++20" \
        by_pkg_config "$prefix" "$out/cpp" g++ -std=c++20 "$consumers/consumer.cpp"
    check "$2: the loader's program builds" gcc -std=c99 -D_POSIX_C_SOURCE=200809L "${strict[@]}" \
        -I "$prefix/include" "$consumers/dlopen.c" -o "$out/dlopen" -ldl -pthread
    check "$2: dlopen and dlclose" "$out/dlopen" "$prefix/lib/libquantcal.so"
    check "$2: the tool runs" "$prefix/bin/quantcal" --help
}

use_from "$PREFIX" installed
# The directory that it was installed to is gone then.
alone library cmake --install "$BUILD" --prefix "$OUT/first" >/dev/null
mv "$OUT/first" "$OUT/moved"
use_from "$OUT/moved" moved

refuses_another_version() {
    sed 's/quantcal 0.1/quantcal 9/' "$consumers/CMakeLists.txt" >"$OUT/CMakeLists.txt"
    ! cmake -S "$OUT" -B "$OUT/another" -DCMAKE_PREFIX_PATH="$PREFIX"
}
check "find_package refuses another major version" refuses_another_version

wheel_component() {
    alone library cmake --install "$BUILD" --component python --prefix "$OUT/wheel" &&
        diff <(cd "$OUT/wheel" && find . -type f) <(echo ./quantcal/libquantcal.so)
}
check "the component for the wheel is the library alone" wheel_component

# configure_fails MESSAGE VARIABLE=VALUE... -- ARGUMENT...
configure_fails() {
    local message="$1" environment=() output
    shift
    while [ "$1" != -- ]; do environment+=("$1") && shift; done
    shift
    rm -rf "$OUT/refused"
    if output="$(env "${environment[@]}" cmake -S cmake -B "$OUT/refused" "$@" 2>&1)"; then
        echo "configuring succeeded" && return 1
    fi
    tr -s '[:space:]' ' ' <<<"$output" | grep -F "$message" || { echo "$output" && return 1; }
}
printf '#!/bin/sh\necho "Swift version 5.9 (swift-5.9-RELEASE)"\n' >"$OUT/old-swift"
chmod +x "$OUT/old-swift"
check "an old Swift is refused" configure_fails "Swift 5.9 is too old" -- -DQUANTCAL_SWIFT="$OUT/old-swift"
check "a Swift that does not run is refused" configure_fails "does not work" -- -DQUANTCAL_SWIFT=/bin/false
check "a missing OpenBLAS is named" \
    configure_fails "OpenBLAS is missing: apt-get install libopenblas-dev" PKG_CONFIG_LIBDIR=/nonexistent --
finish
