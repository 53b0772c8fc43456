"""Uses the installed package, and fails if that loads a library from outside its wheel.

Allowed are the C and C++ runtimes, and what Python and NumPy had loaded before.
"""

from __future__ import annotations

import ctypes  # noqa: F401  with what it needs of the system
import mmap  # noqa: F401  a library of Python's own
import re
import sys
from pathlib import Path

import numpy as np

RUNTIMES = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s))\.so(\.|$).*")


def mapped() -> set[Path]:
    """The shared libraries in this process."""
    paths = re.findall(r"/.*\.so[^ /]*$", Path("/proc/self/maps").read_text(), re.MULTILINE)
    return {Path(path).resolve() for path in paths}


def main() -> int:
    before = mapped()
    import quantcal

    fit = quantcal.temperature_fit([[2, 0], [2, 0], [2, 0], [0, 2]], [0, 0, 1, 1])
    assert fit.outcome == "ok" and abs(fit.temperature - 2 / np.log(3)) < 1e-12
    wheel = Path(quantcal.__file__).resolve().parents[1]
    loaded = mapped() - before
    outside = [one for one in loaded if wheel not in one.parents and not RUNTIMES.match(one.name)]
    for path in sorted(loaded):
        print("outside the wheel:" if path in outside else "loaded:", path)
    own = [one.name for one in loaded if wheel in one.parents]
    for needed in ("libquantcal", "openblas"):
        if not any(needed in name for name in own):
            print(f"the wheel brings no {needed}")
            return 1
    return len(outside)


if __name__ == "__main__":
    sys.exit(main())
