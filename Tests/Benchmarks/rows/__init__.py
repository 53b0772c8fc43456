"""The rows, all of them, by family. README.md says how to read one."""

from __future__ import annotations

from rows import calibration, conformal, isotonic, quantize

ROWS = [*conformal.ROWS, *isotonic.ROWS, *calibration.ROWS, *quantize.ROWS]
