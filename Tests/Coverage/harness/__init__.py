"""Counts what theorems promise, and says whether luck can explain the counts."""

from harness.claims import (
    Certain,
    Claim,
    Event,
    Superuniform,
    Uniform,
    beta_binomial_counts,
    losses,
)
from harness.laws import exact_rank
from harness.registry import Run, guarantee, mutant
from harness.scores import CONTINUOUS, SHAPES, TIED, is_tied, scores

__all__ = [
    "CONTINUOUS",
    "SHAPES",
    "TIED",
    "Certain",
    "Claim",
    "Event",
    "Run",
    "Superuniform",
    "Uniform",
    "beta_binomial_counts",
    "exact_rank",
    "guarantee",
    "is_tied",
    "losses",
    "mutant",
    "scores",
]
