#!/usr/bin/env bash
# The R package: what configure says, R CMD check, the tests, the help pages.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite r

need_packages r-base-dev r-cran-testthat r-cran-jsonlite r-cran-roxygen2 r-cran-iso
need_library

package="$ROOT/bindings/R"
work="$BUILD/r"
mkdir -p "$work"

# The library is to be found by the run path that configure wrote, not by the environment.
unset LD_LIBRARY_PATH

# All that the outcome depends on. Files that a build leaves in the package's folder do not count.
fingerprint() {
    {
        R --version | sed -n 1p
        find "$package" "$ROOT/Tests/Vectors" "$ROOT/Tests/suites/r.sh" -type f \
            ! -name '*.o' ! -name '*.so' ! -name Makevars ! -name '*.py' -print0 | sort -z |
            xargs -0 sha256sum
        sha256sum "$PREFIX"/lib/libquantcal.so "$PREFIX"/include/quantcal/*.h "$PREFIX"/include/quantcal/*/*.h
    } | sha256sum
}

if [ -f "$work/passed" ] && [ "$(head -n 1 "$work/passed")" = "$(fingerprint)" ]; then
    echo "package, vectors and library are those of the last run, in which all passed"
    PASSED="$(tail -n 1 "$work/passed")"
    finish
    exit
fi

# A copy to try things on.
rm -rf "$work/copy"
mkdir "$work/copy"
cp -R "$package/." "$work/copy"
rm -f "$work"/copy/src/*.o "$work"/copy/src/*.so "$work/copy/src/Makevars"

# configure_says WORDS ENVIRONMENT...: configure refuses, in these words, and writes nothing.
configure_says() {
    local words="$1" output
    shift
    if output="$(cd "$work/copy" && env -u PKG_CONFIG_PATH "$@" ./configure 2>&1)"; then
        echo "configure found a library: $output"
        return 1
    fi
    printf '%s\n' "$output"
    for words in "$words" PKG_CONFIG_PATH QUANTCAL_PREFIX; do
        [[ "$output" == *"$words"* ]] || return 1
    done
    test ! -e "$work/copy/src/Makevars"
}

configures() {
    (cd "$work/copy" && env "$@" ./configure &&
        grep -qF -- "-Wl,-rpath,$PREFIX/lib" src/Makevars &&
        ./cleanup && test ! -e src/Makevars)
}

check "configure says that the library is missing" \
    configure_says "does not know 'quantcal'" PKG_CONFIG_LIBDIR=/nowhere
check "configure says that QUANTCAL_PREFIX is wrong" \
    configure_says "no quantcal.pc below QUANTCAL_PREFIX=/nowhere" QUANTCAL_PREFIX=/nowhere
check "configure says that pkg-config is missing" \
    configure_says "install pkg-config" PKG_CONFIG=no-such-program
check "configure uses PKG_CONFIG_PATH" configures PKG_CONFIG_PATH="$PREFIX/lib/pkgconfig"
check "configure uses QUANTCAL_PREFIX" configures -u PKG_CONFIG_PATH QUANTCAL_PREFIX="$PREFIX"

# The cast of entry points to R's DL_FUNC is the way R wants them.
compiles_cleanly() {
    local file
    for file in "$package"/src/*.c; do
        gcc -std=gnu11 -O2 -Wall -Wextra -Wshadow -Wno-cast-function-type -Werror -fsyntax-only \
            -I"$PREFIX/include" -I"$(R RHOME)/include" -isystem /usr/share/R/include "$file"
    done
}
check "the C code compiles without warnings" compiles_cleanly

check "the package builds" env -C "$work" R CMD build "$package"
tarball="$(find "$work" -maxdepth 1 -name 'quantcal_*.tar.gz' -print -quit)"

r_cmd_check() {
    rm -rf "$work/quantcal.Rcheck"
    QUANTCAL_VECTORS="$ROOT/Tests/Vectors" R CMD check --no-manual --output="$work" "$tarball"
}
check "R CMD check has no error" r_cmd_check
log="$work/quantcal.Rcheck/00check.log"
no_warnings() { ! grep -E '(WARNING|ERROR)S?$' "$log" && grep -E '^Status: ' "$log"; }
check "R CMD check has no warning" no_warnings
grep -A 6 'NOTE$' "$log" || true
tail -n 1 "$log"

# testthat's own counts: [ FAIL 0 | WARN 0 | SKIP 0 | PASS 0 ]
counts="$(grep -hoE '\[ FAIL [0-9]+ \| WARN [0-9]+ \| SKIP [0-9]+ \| PASS [0-9]+ \]' \
    "$work"/quantcal.Rcheck/tests/testthat.Rout* | tail -n 1)" || counts=""
if [[ "$counts" =~ FAIL\ ([0-9]+)\ .*WARN\ ([0-9]+)\ .*SKIP\ ([0-9]+)\ .*PASS\ ([0-9]+) ]]; then
    echo "testthat: $counts"
    PASSED=$((PASSED + BASH_REMATCH[4]))
    FAILED=$((FAILED + BASH_REMATCH[1] + BASH_REMATCH[2]))
else
    fail "testthat gave no counts"
fi
# What was skipped and what failed, one by one.
sed -n '/Skipped tests/,$p' "$work"/quantcal.Rcheck/tests/testthat.Rout*

# Another version of roxygen2 writes other files, so only the one named in DESCRIPTION can compare.
help_is_current() {
    cd "$work/copy" && R_LIBS="$work/quantcal.Rcheck" Rscript -e \
        'roxygen2::roxygenise(".", load_code = roxygen2::load_installed)' &&
        diff -r man "$package/man" && diff NAMESPACE "$package/NAMESPACE"
}
if grep -q "^RoxygenNote: $(Rscript -e 'cat(as.character(packageVersion("roxygen2")))')$" \
    "$package/DESCRIPTION"; then
    check "the help pages are those of the comments" help_is_current
else
    echo "another roxygen2 is installed: the help pages were not compared with the comments"
fi

[ "$FAILED" != 0 ] || printf '%s\n%s\n' "$(fingerprint)" "$PASSED" >"$work/passed"
finish
