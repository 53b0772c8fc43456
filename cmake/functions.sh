# shellcheck shell=bash
# What quickstart.sh and the test suites share: getting system packages, and
# building and installing the library. Expects ROOT and BUILD to be set.

# alone NAME COMMAND...: runs the command while no other script does what has this name.
alone() {
    local lock="$BUILD/$1.lock"
    shift
    (
        flock 9
        "$@"
    ) 9>"$lock"
}

# need_packages PACKAGE...: installs those system packages that are missing.
need_packages() {
    alone packages install_packages "$@"
}

install_packages() {
    local package missing=()
    for package in "$@"; do
        dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null |
            grep -qx installed || missing+=("$package")
    done
    [ "${#missing[@]}" = 0 ] && return
    echo "installing: ${missing[*]}"
    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "missing packages, and neither root nor sudo to install them: ${missing[*]}" >&2
            return 1
        }
        sudo=(sudo)
    fi
    # apt waits for its turn if another one runs. An outdated list of packages is the
    # usual reason of a failure, so it is fetched then.
    local install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive
        apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "${missing[@]}")
    "${install[@]}" >"$BUILD/apt.log" 2>&1 ||
        { "${sudo[@]}" apt-get -qq update && "${install[@]}"; } >"$BUILD/apt.log" 2>&1 ||
        { cat "$BUILD/apt.log" >&2 && return 1; }
}

# The packages that building the library and the tool needs, beside Swift.
need_build_packages() {
    need_packages cmake make pkg-config libopenblas-dev g++
}

# install_library PREFIX: builds what is out of date, and installs it. The output of
# the steps is in $BUILD/library.log, and shown if one of them fails.
install_library() {
    alone library build_and_install "$1"
}

build_and_install() {
    local log="$BUILD/library.log"
    {
        cmake -S "$ROOT/cmake" -B "$BUILD" &&
            cmake --build "$BUILD" &&
            cmake --install "$BUILD" --prefix "$1"
    } >"$log" 2>&1 || {
        tail -n 60 "$log" >&2
        return 1
    }
}
