"""Family `conformal`: thresholds, sets and intervals with a guarantee.

A score says how strange a point is: larger is stranger. With n calibration scores that
are exchangeable with the test point's, the set of all answers whose score is at most the
threshold holds the truth with probability at least 1 - alpha.
"""

from quantcal.conformal.abstention import (
    AbstentionCurve,
    AbstentionSummary,
    AbstentionThreshold,
    conformal_abstention_curve,
    conformal_abstention_decisions,
    conformal_abstention_summary,
    conformal_abstention_threshold,
)
from quantcal.conformal.batch import (
    ConformalBatchLaw,
    ConformalRankBounds,
    ConformalRankBracket,
    conformal_batch_bracket,
    conformal_batch_law,
    conformal_batch_mean,
    conformal_batch_rank,
    conformal_batch_rank_sum,
    conformal_order_statistic,
)
from quantcal.conformal.calibrator import ConformalCalibrator
from quantcal.conformal.censoring import (
    ConformalCensoringWeights,
    conformal_censoring_weights,
)
from quantcal.conformal.circuit import (
    KnowledgeRule,
    conformal_circuit_bounds,
    conformal_circuit_probabilities,
)
from quantcal.conformal.class_scores import (
    RAPSPenalty,
    conformal_class_scores,
    conformal_class_sets,
    conformal_label_scores,
    conformal_raps_tune,
)
from quantcal.conformal.clusters import (
    ConformalClassClusters,
    ConformalClusterPlan,
    conformal_class_clusters,
    conformal_cluster_plan,
)
from quantcal.conformal.cross import (
    conformal_cross_bootstrap_intervals,
    conformal_cross_bootstrap_predictions,
    conformal_cross_intervals,
)
from quantcal.conformal.distribution import (
    ConformalBand,
    ConformalDistributionTransform,
    conformal_distribution_cdf,
    conformal_distribution_crps,
    conformal_distribution_pit,
    conformal_distribution_quantile,
)
from quantcal.conformal.holdout import (
    ConformalHoldout,
    HoldoutAnswers,
    conformal_holdout_error,
    conformal_holdout_questions,
)
from quantcal.conformal.martingale import (
    ConformalMartingale,
    ConformalMartingalePath,
    ConformalMartingaleSummary,
)
from quantcal.conformal.model_selection import (
    ConformalModelSelection,
    conformal_select_models,
    conformal_select_ridge,
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
from quantcal.conformal.policy import (
    AbstentionPolicy,
    conformal_policy_learn,
    conformal_policy_value,
)
from quantcal.conformal.pursuit import (
    PursuitChoice,
    conformal_pursuit_choose,
    conformal_pursuit_entropy_bound,
    conformal_pursuit_histories,
    conformal_pursuit_log_sizes,
)
from quantcal.conformal.refit_selection import (
    ConformalRefitRank,
    conformal_refit_rank,
    conformal_select_refitted,
)
from quantcal.conformal.regression_scores import (
    conformal_regression_intervals,
    conformal_regression_scores,
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
from quantcal.conformal.robust import (
    SmoothedScores,
    conformal_robust_bounds,
    conformal_robust_threshold,
    conformal_smoothed_scores,
    conformal_transformed_scores,
)
from quantcal.conformal.selection import (
    ConformalSelection,
    conformal_benjamini_hochberg,
    conformal_e_benjamini_hochberg,
    conformal_p_values,
    conformal_select,
)
from quantcal.conformal.split import (
    ConformalSets,
    conformal_intervals,
    conformal_rank,
    conformal_sets,
    conformal_threshold,
)

__all__ = [
    "AbstentionCurve",
    "AbstentionPolicy",
    "AbstentionSummary",
    "AbstentionThreshold",
    "ConformalBand",
    "ConformalBatchLaw",
    "ConformalCalibrator",
    "ConformalCensoringWeights",
    "ConformalClassClusters",
    "ConformalClusterPlan",
    "ConformalCoverageLaw",
    "ConformalCoveredLaw",
    "ConformalDistributionTransform",
    "ConformalHoldout",
    "ConformalMartingale",
    "ConformalMartingalePath",
    "ConformalMartingaleSummary",
    "ConformalModelSelection",
    "ConformalOnline",
    "ConformalOnlineInterval",
    "ConformalOnlinePath",
    "ConformalOnlineSummary",
    "ConformalRankBounds",
    "ConformalRankBracket",
    "ConformalRefitRank",
    "ConformalRiskControl",
    "ConformalSelection",
    "ConformalSets",
    "HoldoutAnswers",
    "KnowledgeRule",
    "PursuitChoice",
    "RAPSPenalty",
    "SmoothedScores",
    "conformal_abstention_curve",
    "conformal_abstention_decisions",
    "conformal_abstention_summary",
    "conformal_abstention_threshold",
    "conformal_batch_bracket",
    "conformal_batch_law",
    "conformal_batch_mean",
    "conformal_batch_rank",
    "conformal_batch_rank_sum",
    "conformal_benjamini_hochberg",
    "conformal_censoring_weights",
    "conformal_circuit_bounds",
    "conformal_circuit_probabilities",
    "conformal_class_clusters",
    "conformal_class_scores",
    "conformal_class_sets",
    "conformal_cluster_plan",
    "conformal_coverage_law",
    "conformal_coverage_quantile",
    "conformal_covered_law",
    "conformal_covered_quantile",
    "conformal_cross_bootstrap_intervals",
    "conformal_cross_bootstrap_predictions",
    "conformal_cross_intervals",
    "conformal_distribution_cdf",
    "conformal_distribution_crps",
    "conformal_distribution_pit",
    "conformal_distribution_quantile",
    "conformal_e_benjamini_hochberg",
    "conformal_holdout_error",
    "conformal_holdout_questions",
    "conformal_intervals",
    "conformal_label_scores",
    "conformal_order_statistic",
    "conformal_p_values",
    "conformal_pac_rank",
    "conformal_pac_sample_size",
    "conformal_policy_learn",
    "conformal_policy_value",
    "conformal_pursuit_choose",
    "conformal_pursuit_entropy_bound",
    "conformal_pursuit_histories",
    "conformal_pursuit_log_sizes",
    "conformal_rank",
    "conformal_raps_tune",
    "conformal_refit_rank",
    "conformal_regression_intervals",
    "conformal_regression_scores",
    "conformal_risk_best",
    "conformal_risk_control",
    "conformal_risk_graph",
    "conformal_risk_p_values",
    "conformal_risk_select",
    "conformal_risk_steps",
    "conformal_robust_bounds",
    "conformal_robust_threshold",
    "conformal_sample_size",
    "conformal_select",
    "conformal_select_models",
    "conformal_select_refitted",
    "conformal_select_ridge",
    "conformal_sets",
    "conformal_smoothed_scores",
    "conformal_threshold",
    "conformal_transformed_scores",
]
