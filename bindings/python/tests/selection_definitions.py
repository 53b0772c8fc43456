"""What selections are, by their definitions in rational arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

import quantcal

LEVELS = (0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 0.7)
Numbers = list[Fraction]
Rows = NDArray[np.float64]


def step_up(p: Numbers, q: Fraction) -> int:
    """How many hypotheses the Benjamini-Hochberg procedure rejects."""
    ordered = sorted(p)
    return max((k for k in range(1, len(p) + 1) if ordered[k - 1] <= q * k / len(p)), default=0)


def ridge_fit(x: Rows, outcomes: Rows, penalty: float) -> Rows:
    """Coefficients, by the rows that the penalty is worth."""
    columns = x.shape[1]
    wide = np.vstack([x, np.sqrt(penalty) * np.eye(columns)])
    known = np.append(outcomes, np.zeros(columns))
    return np.asarray(np.linalg.lstsq(wide, known, rcond=None)[0])


def check_selection(
    found: quantcal.ConformalSelection, p: Numbers, counts: list[int], q: float, pruning: str
) -> None:
    """The e-values tell xi; that the selection follows from it is what is looked at."""
    m, level = len(p), Fraction(str(q))
    candidates = [j for j in range(m) if p[j] <= level * counts[j] / m]
    np.testing.assert_allclose(found.p, [float(x) for x in p], rtol=1e-15)
    assert [j for j in range(m) if found.e[j] > 0] == candidates
    scaled = [m / (q * found.e[j]) for j in candidates]  # xi * R
    if pruning == "deterministic":
        assert scaled == pytest.approx([counts[j] for j in candidates], rel=1e-12)
        scaled = [float(counts[j]) for j in candidates]
    else:
        assert all(x <= counts[j] for x, j in zip(scaled, candidates, strict=True))
    limit = max((r for r in range(1, m + 1) if sum(x <= r for x in scaled) >= r), default=0)
    expected = {j for x, j in zip(scaled, candidates, strict=True) if x <= limit}
    assert set(np.flatnonzero(found.selected).tolist()) == expected
    again = quantcal.conformal_e_benjamini_hochberg(found.e, q)
    assert again.tolist() == found.selected.tolist()
