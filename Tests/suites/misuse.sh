#!/usr/bin/env bash
# Bad calls of every function: against the shipped library, and against one built
# under AddressSanitizer and UndefinedBehaviorSanitizer.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite misuse

need_library
need_packages gcc
OUT="$BUILD/misuse"
mkdir -p "$OUT"
strict=(-std=c99 -D_POSIX_C_SOURCE=200809L -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror -g)
sources=(Tests/ABI/misuse/*.c Tests/ABI/calls/*.c Tests/ABI/support/*.c)
read -ra library < <(pkg-config --cflags --libs quantcal)

check "the program builds" \
    gcc "${strict[@]}" -O1 "${sources[@]}" -o "$OUT/plain" "${library[@]}" -lm -pthread

every_declaration_has_a_row() {
    diff --label declared --label rows -U0 <(declared_functions) <("$OUT/plain" --list | LC_ALL=C sort -u)
}
check "every declaration has a row" every_declaration_has_a_row
run_counted "plain" "$OUT/plain"
for level in reference avx2; do
    QUANTCAL_KERNELS=$level run_counted "plain, $level kernels" "$OUT/plain" 100000
done

# The sanitized library stands in a directory of its own. Swift's clang links the
# program, because the runtime must be the one that Swift's compiler was built with.
# Not optimised, so that the standard library checks the bounds of buffers as well.
scratch="$BUILD/swift-address"
sanitized_library() {
    swift build --configuration debug --product quantcal --scratch-path "$scratch" \
        --sanitize address -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=all
}
check "the library builds under the sanitizers" sanitized_library
check "the program builds under the sanitizers" \
    clang "${strict[@]}" -O1 -fsanitize=address,undefined -fno-sanitize-recover=all "${sources[@]}" \
    -I include -o "$OUT/sanitized" -L "$scratch/debug" -lquantcal -lm -pthread
export LD_LIBRARY_PATH="$scratch/debug"
sees_overrun() { ! "$OUT/sanitized" --overrun 2>"$OUT/overrun" && grep 'AddressSanitizer: heap-buffer-overflow' "$OUT/overrun"; }
check "the sanitizer sees an overrun" sees_overrun
run_counted "sanitized" "$OUT/sanitized" 5000
finish
