#!/usr/bin/env bash
# Formatting and plain mistakes: Swift, C and C++, shell. Only files that git
# tracks are looked at. `bash Tests/suites/style.sh --fix` formats them first.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite style

need_packages git clang-format shellcheck

tracked() { git ls-files -- "$@"; }

mapfile -t swift_files < <(tracked '*.swift')
mapfile -t c_files < <(tracked 'include/*.h' 'include/*.hpp' 'Sources/*.[ch]' 'Tests/*.[ch]' 'Tests/*.[ch]pp')
mapfile -t shell_files < <(tracked '*.sh' .ci/run)

if [ "${1:-}" = --fix ]; then
    swift format format --in-place --parallel "${swift_files[@]}"
    clang-format -i "${c_files[@]}"
fi

check "Swift follows .swift-format (${#swift_files[@]} files)" \
    swift format lint --strict --parallel "${swift_files[@]}"
check "C and C++ follow .clang-format (${#c_files[@]} files)" \
    clang-format --dry-run -Werror "${c_files[@]}"
for file in "${shell_files[@]}"; do
    check "$file parses" bash -n "$file"
done
check "shell scripts pass shellcheck (${#shell_files[@]} files)" \
    shellcheck --external-sources --source-path=SCRIPTDIR --severity=warning "${shell_files[@]}"

no_trailing_space() { ! git grep -nIE '[[:blank:]]+$' -- . ':!LICENSE' ':!*.patch' ':!Tests/Data'; }
check "no line ends in white space" no_trailing_space

# Long files are worth a look, not a failure.
while read -r lines file; do
    [ "$file" = total ] || [ "$lines" -le 300 ] || echo "note: $file has $lines lines"
done < <(tracked '*.swift' '*.[ch]' '*.hpp' '*.py' '*.R' '*.sh' | tr '\n' '\0' | xargs -0 wc -l)
finish
