"""Family `conformal`: thresholds, sets and intervals with a guarantee.

A score says how strange a point is: larger is stranger. With n calibration scores that
are exchangeable with the test point's, the set of all answers whose score is at most the
threshold holds the truth with probability at least 1 - alpha.
"""

from quantcal.conformal.calibrator import ConformalCalibrator
from quantcal.conformal.holdout import (
    ConformalHoldout,
    HoldoutAnswers,
    conformal_holdout_error,
    conformal_holdout_questions,
)
from quantcal.conformal.online import (
    ConformalOnline,
    ConformalOnlineInterval,
    ConformalOnlinePath,
    ConformalOnlineSummary,
)
from quantcal.conformal.planning import (
    ConformalCoverageLaw,
    ConformalCoveredLaw,
    conformal_coverage_law,
    conformal_coverage_quantile,
    conformal_covered_law,
    conformal_covered_quantile,
    conformal_pac_rank,
    conformal_pac_sample_size,
    conformal_sample_size,
)
from quantcal.conformal.risk import (
    ConformalRiskControl,
    conformal_risk_best,
    conformal_risk_control,
    conformal_risk_graph,
    conformal_risk_p_values,
    conformal_risk_select,
    conformal_risk_steps,
)
from quantcal.conformal.split import (
    ConformalSets,
    conformal_intervals,
    conformal_rank,
    conformal_sets,
    conformal_threshold,
)

__all__ = [
    "ConformalCalibrator",
    "ConformalCoverageLaw",
    "ConformalCoveredLaw",
    "ConformalHoldout",
    "ConformalOnline",
    "ConformalOnlineInterval",
    "ConformalOnlinePath",
    "ConformalOnlineSummary",
    "ConformalRiskControl",
    "ConformalSets",
    "HoldoutAnswers",
    "conformal_coverage_law",
    "conformal_coverage_quantile",
    "conformal_covered_law",
    "conformal_covered_quantile",
    "conformal_holdout_error",
    "conformal_holdout_questions",
    "conformal_intervals",
    "conformal_pac_rank",
    "conformal_pac_sample_size",
    "conformal_rank",
    "conformal_risk_best",
    "conformal_risk_control",
    "conformal_risk_graph",
    "conformal_risk_p_values",
    "conformal_risk_select",
    "conformal_risk_steps",
    "conformal_sample_size",
    "conformal_sets",
    "conformal_threshold",
]
