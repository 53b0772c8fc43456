"""Counts what passes and what fails, for the checks of the demo."""

import sys

passed = failed = 0


def check(name, holds, detail=""):
    """One check; `detail` is shown if it fails."""
    global passed, failed
    if holds:
        passed += 1
        print(f"ok: {name}")
    else:
        failed += 1
        print(f"FAILED: {name}" + (f": {detail}" if detail else ""))


def finish():
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)
