#!/usr/bin/env bash
# The examples of README.md, run as they stand there: the first block of each language.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite readme

need_library
need_packages gcc g++ pkg-config python3 python3-venv r-base-dev
OUT="$BUILD/readme"
mkdir -p "$OUT/swift/Sources/example" "$OUT/R"

# example LANGUAGE: the first block of README.md that is marked so.
example() {
    awk -v open="\`\`\`$1" '$0 == open && !seen { inside = 1; seen = 1; next }
        inside && /^```$/ { exit } inside' "$ROOT/README.md"
}

# compiled SOURCE COMPILER...: builds an example with what pkg-config says, and runs it.
compiled() {
    local source="$1" flags
    shift
    read -ra flags <<<"$(pkg-config --cflags --libs quantcal)"
    "$@" -Wall -Wextra -Werror "$source" -o "${source%.*}" "${flags[@]}" && "${source%.*}"
}

in_python() {
    local venv="$OUT/venv"
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check numpy
    PYTHONPATH="$ROOT/bindings/python" QUANTCAL_LIBRARY="$PREFIX/lib/libquantcal.so" \
        "$venv/bin/python" "$1"
}

in_r() {
    R CMD INSTALL --library="$OUT/R" "$ROOT/bindings/R" && R_LIBS="$OUT/R" Rscript "$1"
}

in_swift() {
    cat >"$OUT/swift/Package.swift" <<'PACKAGE'
// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "example",
    dependencies: [.package(name: "quantcal", path: "../../..")],
    targets: [
        .executableTarget(name: "example", dependencies: [.product(name: "Quantcal", package: "quantcal")])
    ])
PACKAGE
    swift run --package-path "$OUT/swift"
}

# says NAME EXPECTED COMMAND...: the command succeeds and prints what is expected.
says() {
    local name="$1" expected="$2" output
    shift 2
    if output="$("$@" 2>&1)" && [[ "$output" == *"$expected"* ]]; then
        pass
        echo "ok: $name"
    else
        fail "$name: no '$expected' in"
        printf '%s\n' "$output" | sed 's/^/    /'
    fi
}

example c >"$OUT/example.c"
example cpp >"$OUT/example.cpp"
example python >"$OUT/example.py"
example r >"$OUT/example.R"
example swift >"$OUT/swift/Sources/example/main.swift"

# Each expected text follows from the example by hand.
says "C" "at most 0.9" compiled "$OUT/example.c" gcc -std=c99 -pedantic
says "C++" "1.4 -1" compiled "$OUT/example.cpp" g++ -std=c++20
says "Python" "1.99318" in_python "$OUT/example.py"
says "R" "0.5 0.5 3.0 3.0 3.0 3.0 3.0 3.0 3.0" in_r "$OUT/example.R"
says "Swift" "[3.0, 1.5, 1.5]" in_swift
finish
