"""Family `conformal`: thresholds, sets and intervals with a guarantee.

A score says how strange a point is: larger is stranger. With n calibration scores that
are exchangeable with the test point's, the set of all answers whose score is at most the
threshold holds the truth with probability at least 1 - alpha.
"""

from quantcal.conformal.split import (
    ConformalSets,
    conformal_intervals,
    conformal_rank,
    conformal_sets,
    conformal_threshold,
)

__all__ = [
    "ConformalSets",
    "conformal_intervals",
    "conformal_rank",
    "conformal_sets",
    "conformal_threshold",
]
