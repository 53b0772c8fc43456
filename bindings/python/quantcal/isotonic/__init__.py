"""Family `isotonic`: regression under an order constraint."""

from quantcal.isotonic.centered import CenteredIsotonicFit, isotonic_centered
from quantcal.isotonic.direction import IsotonicDirection, isotonic_direction
from quantcal.isotonic.distribution import IsotonicDistribution
from quantcal.isotonic.distribution_fit import isotonic_distribution
from quantcal.isotonic.folds import RewardFolds, isotonic_reward_folds
from quantcal.isotonic.graph import IsotonicGraphFit, isotonic_graph
from quantcal.isotonic.grid import isotonic_grid
from quantcal.isotonic.nearly import NearlyIsotonicPath, isotonic_nearly
from quantcal.isotonic.order import IsotonicOrderFit, isotonic_order
from quantcal.isotonic.prediction import IsotonicModel, isotonic_fit, isotonic_predict
from quantcal.isotonic.regression import IsotonicFit, isotonic_regression
from quantcal.isotonic.reward import IsotonicReward, RewardMean, isotonic_reward_fit
from quantcal.isotonic.shape import ConvexFit, UnimodalFit, isotonic_convex, isotonic_unimodal
from quantcal.isotonic.state import IsotonicBlocks, IsotonicState
from quantcal.isotonic.weight import StabilizedWeights, isotonic_weight_stabilize

__all__ = [
    "CenteredIsotonicFit",
    "ConvexFit",
    "IsotonicBlocks",
    "IsotonicDirection",
    "IsotonicDistribution",
    "IsotonicFit",
    "IsotonicGraphFit",
    "IsotonicModel",
    "IsotonicOrderFit",
    "IsotonicReward",
    "IsotonicState",
    "NearlyIsotonicPath",
    "RewardFolds",
    "RewardMean",
    "StabilizedWeights",
    "UnimodalFit",
    "isotonic_centered",
    "isotonic_convex",
    "isotonic_direction",
    "isotonic_distribution",
    "isotonic_fit",
    "isotonic_graph",
    "isotonic_grid",
    "isotonic_nearly",
    "isotonic_order",
    "isotonic_predict",
    "isotonic_regression",
    "isotonic_reward_fit",
    "isotonic_reward_folds",
    "isotonic_unimodal",
    "isotonic_weight_stabilize",
]
