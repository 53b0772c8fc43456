#!/usr/bin/env bash
# Prints the checksums of all that the package is made of, so that a suite can tell
# whether what it built the last time still holds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

find Package.swift Sources include cmake bindings/python/{pyproject.toml,README.md,quantcal} \
    -type f -not -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
python3 --version
swift --version 2>&1
