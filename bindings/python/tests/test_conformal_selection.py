"""Selection: against the definitions in rational arithmetic, on data full of ties."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from selection_definitions import LEVELS, Numbers, check_selection, step_up

import quantcal


def rationals(values: NDArray[Any]) -> Numbers:
    return [Fraction(float(x)) for x in values]


class Case:
    """Scores with many ties and small whole weights, and what the definitions make of them."""

    def __init__(self, rng: np.random.Generator, weighted: bool) -> None:
        n, m = int(rng.integers(1, 25)), int(rng.integers(1, 13))
        self.q = float(rng.choice(LEVELS))
        self.calibration = rng.integers(0, int(rng.integers(2, 30)), n).astype(float)
        self.test = rng.integers(-3, int(rng.integers(0, 9)), m).astype(float)
        high = 5 if weighted else 2
        self.weights = rng.integers(1, high, n) * 0.75
        self.test_weights = rng.integers(int(not weighted), high, m) * 0.75
        self.given: dict[str, Any] = {"calibration": self.calibration, "test": self.test}
        if weighted:
            self.given |= {
                "calibration_weights": self.weights,
                "test_weights": self.test_weights,
            }
        self._points = list(zip(rationals(self.calibration), rationals(self.weights), strict=True))
        self._asked = rationals(self.test)
        self._own = rationals(self.test_weights)
        self._total = sum(rationals(self.weights), Fraction(0))

    def before(self, s: Fraction) -> Fraction:
        return sum((w for v, w in self._points if v < s), Fraction(0))

    def p_values(self) -> Numbers:
        beside = [sum((w for v, w in self._points if v == s), Fraction(0)) for s in self._asked]
        return [
            (self.before(s) + own + tied) / (self._total + own)
            for s, own, tied in zip(self._asked, self._own, beside, strict=True)
        ]

    def rejections(self) -> list[int]:
        counts = []
        for j, (s, own) in enumerate(zip(self._asked, self._own, strict=True)):
            p = [
                (self.before(t) + (own if s < t else 0)) / (self._total + own) for t in self._asked
            ]
            p[j] = Fraction(0)
            counts.append(step_up(p, Fraction(str(self.q))))
        return counts


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("pruning", ["heterogeneous", "homogeneous", "deterministic"])
def test_selections_follow_the_definition(
    rng: np.random.Generator, weighted: bool, pruning: Any
) -> None:
    for seed in range(400):
        case = Case(rng, weighted)
        found = quantcal.conformal_select(**case.given, q=case.q, pruning=pruning, seed=seed)
        check_selection(found, case.p_values(), case.rejections(), case.q, pruning)


def test_without_weights_it_is_the_benjamini_hochberg_procedure(rng: np.random.Generator) -> None:
    for _ in range(400):
        case = Case(rng, weighted=False)
        p, level = case.p_values(), Fraction(str(case.q))
        count = step_up(p, level)
        expected = [x <= level * count / len(p) for x in p]
        found = quantcal.conformal_select(**case.given, q=case.q)
        assert found.selected.tolist() == expected
        assert quantcal.conformal_benjamini_hochberg(found.p, case.q).tolist() == expected


def test_without_values_the_same_points_are_selected(rng: np.random.Generator) -> None:
    """Also where few of the scores are looked at closely; against the p-values' procedure."""
    spreads = [0.0, 1.0, 1e300, 1e-308]
    for size in (5, 300, 9000, 30_000):
        for ties in (3, 100, 10**9):
            n, m = rng.integers(1, size, 2)
            calibration, test = (
                np.round(rng.standard_normal(k) * ties) / ties * rng.choice(spreads[1:], k)
                for k in (n, m)
            )
            test -= float(rng.choice(spreads))
            calibration[rng.random(n) < 0.2] = np.inf
            test[rng.random(m) < rng.choice([0, 0.1])] = -np.inf
            for q in LEVELS:
                kind: Any = rng.choice([np.float64, np.float32])
                with np.errstate(over="ignore"):
                    given: Any = calibration.astype(kind), test.astype(kind), q
                found = quantcal.conformal_select(*given)
                bare = quantcal.conformal_select(*given, values=False)
                expected = quantcal.conformal_benjamini_hochberg(found.p, q)
                assert np.array_equal(found.selected, expected)
                assert np.array_equal(bare.selected, expected)
                assert bare.p.size == bare.e.size == 0


@pytest.mark.parametrize("options", [{"randomised": True}, {"pruning": "deterministic"}])
def test_values_may_be_unasked_for_in_every_way(
    rng: np.random.Generator, options: dict[str, Any]
) -> None:
    for _ in range(100):
        case = Case(rng, weighted=True)
        found = quantcal.conformal_select(**case.given, q=case.q, **options)
        bare = quantcal.conformal_select(**case.given, q=case.q, **options, values=False)
        assert np.array_equal(found.selected, bare.selected)


def test_equal_weights_are_as_none(rng: np.random.Generator) -> None:
    for _ in range(100):
        case = Case(rng, weighted=False)
        weight = float(rng.choice([0.1, 1e300, 1e-300, 3.0]))
        equal = {
            "calibration_weights": np.full(case.calibration.size, weight),
            "test_weights": np.full(case.test.size, weight),
        }
        pruning: Any = "deterministic"
        one = quantcal.conformal_select(**case.given, q=case.q, pruning=pruning)
        other = quantcal.conformal_select(**case.given, **equal, q=case.q, pruning=pruning)
        assert one.selected.tolist() == other.selected.tolist()
        assert one.p.tolist() == other.p.tolist()


def test_weights_of_any_scale_give_the_same(rng: np.random.Generator) -> None:
    for _ in range(100):
        case = Case(rng, weighted=True)
        found = quantcal.conformal_select(**case.given, q=case.q)
        scaled = case.given | {
            name: case.given[name] * 2.0 ** int(rng.integers(-1000, 1000))
            for name in ("calibration_weights",)
        }
        factor = scaled["calibration_weights"][0] / case.given["calibration_weights"][0]
        scaled["test_weights"] = case.given["test_weights"] * factor
        again = quantcal.conformal_select(**scaled, q=case.q)
        assert found.selected.tolist() == again.selected.tolist()
        assert found.p.tolist() == again.p.tolist()


def test_weights_of_any_kind_are_as_accurate_as_doubles(rng: np.random.Generator) -> None:
    n, m = 20_000, 500
    calibration, test = rng.standard_normal(n), rng.standard_normal(m)
    weights, own = np.exp(4 * rng.standard_normal(n)), np.exp(4 * rng.standard_normal(m))
    p = quantcal.conformal_p_values(
        calibration, test, calibration_weights=weights, test_weights=own, tail="lower"
    )
    below = np.array([weights[calibration < s].sum() for s in test])
    np.testing.assert_allclose(p, (below + own) / (weights.sum() + own), rtol=1e-9)


def test_p_values_count(rng: np.random.Generator) -> None:
    for tail in ("upper", "lower"):
        sign = 1 if tail == "upper" else -1
        calibration, test = rng.integers(0, 9, 300), rng.integers(-1, 11, 200)
        counts = [1 + np.sum(sign * calibration >= sign * s) for s in test]
        p = quantcal.conformal_p_values(calibration, test, tail=tail)
        assert p.tolist() == [count / 301 for count in counts]
        randomised = quantcal.conformal_p_values(calibration, test, tail=tail, randomised=True)
        strict = np.array([np.sum(sign * calibration > sign * s) for s in test]) / 301
        assert np.all((strict <= randomised) & (randomised <= p))
        order = rng.permutation(200)
        assert (
            p[order].tolist()
            == quantcal.conformal_p_values(calibration[::-1], test[order], tail=tail).tolist()
        )


def model_counts(calibration: NDArray[Any], test: NDArray[Any], q: Fraction) -> list[int]:
    """R_j of one score, by its definition."""
    n = len(calibration)
    counts = []
    for j in range(len(test)):
        p = [Fraction(int(np.sum(calibration <= t) + (test[j] <= t)), n + 1) for t in test]
        p[j] = Fraction(0)
        counts.append(step_up(p, q))
    return counts


def test_models_are_chosen_by_what_they_select(rng: np.random.Generator) -> None:
    for seed in range(300):
        n, m, models = int(rng.integers(1, 25)), int(rng.integers(1, 10)), int(rng.integers(1, 5))
        q = float(rng.choice(LEVELS))
        calibration = rng.integers(0, 12, (n, models))
        test = rng.integers(-3, 8, (m, models))
        pruning: Any = ("heterogeneous", "deterministic")[seed % 2]
        found = quantcal.conformal_select_models(calibration, test, q, pruning=pruning, seed=seed)
        counts = np.array(
            [model_counts(calibration[:, k], test[:, k], Fraction(str(q))) for k in range(models)]
        )
        best = counts[found.chosen, np.arange(m)]
        assert best.tolist() == counts.max(axis=0).tolist()
        p = [
            Fraction(int(1 + np.sum(calibration[:, k] <= test[j, k])), n + 1)
            for j, k in enumerate(found.chosen)
        ]
        check_selection(found, p, best.tolist(), q, pruning)


def test_equal_models_are_chosen_evenly() -> None:
    calibration, test = np.zeros((5, 4)), np.zeros((8000, 4))
    chosen = quantcal.conformal_select_models(calibration, test, 0.1, seed=3).chosen
    assert stats.chisquare(np.bincount(chosen, minlength=4)).pvalue > 1e-6


def test_step_up_procedures_are_scipys(rng: np.random.Generator) -> None:
    for _ in range(300):
        m, q = int(rng.integers(1, 200)), float(rng.choice(LEVELS))
        p = rng.random(m) ** rng.integers(1, 5)
        rejected = quantcal.conformal_benjamini_hochberg(p, q)
        np.testing.assert_array_equal(rejected, stats.false_discovery_control(p) <= q)


def test_ratios_that_meet_their_threshold_are_rejected(rng: np.random.Generator) -> None:
    for _ in range(300):
        n, m, q = int(rng.integers(1, 40)), int(rng.integers(1, 40)), float(rng.choice(LEVELS))
        counts = rng.integers(1, n + 2, m)
        exact = [Fraction(int(a), n + 1) for a in counts]
        count = step_up(exact, Fraction(str(q)))
        rejected = quantcal.conformal_benjamini_hochberg(counts / (n + 1), q)
        assert np.count_nonzero(rejected) == count


def test_the_expected_share_of_false_selections_is_bounded(rng: np.random.Generator) -> None:
    """With weights, under a shift that they know: the mean share over 1500 draws."""
    q, n, m, draws = 0.3, 40, 15, 1500
    shares = []
    for seed in range(draws):
        x = rng.random(n) ** 0.5, rng.random(m)  # densities 2 x and 1
        y = [one + 0.7 * rng.standard_normal(one.size) > 0.6 for one in x]
        found = quantcal.conformal_select(
            np.where(y[0], 10.0, 0.0) - x[0],
            -x[1],
            q,
            calibration_weights=1 / (2 * x[0]),
            test_weights=np.full(m, 0.5) / x[1],
            seed=seed,
        )
        shares.append(np.sum(found.selected & ~y[1]) / max(1, np.sum(found.selected)))
    assert np.mean(shares) <= q + 5 * np.std(shares) / np.sqrt(draws)
    assert np.mean(shares) > 0


def test_refusals() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="q is 1"):
        quantcal.conformal_select([1.0], [1.0], 1)
    with pytest.raises(quantcal.QuantcalValueError, match="calibration_weights has shape"):
        quantcal.conformal_p_values([1.0, 2], [1.0], calibration_weights=[1.0])
    with pytest.raises(quantcal.QuantcalValueError, match="test has shape"):
        quantcal.conformal_select_models([[1.0, 2]], [[1.0]], 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="pruning"):
        quantcal.conformal_select_models([[1.0]], [[1.0]], 0.1, pruning="none")
